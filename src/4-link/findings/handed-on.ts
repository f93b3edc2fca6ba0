// Where a function that reads, lists or stores is handed to another one, beside what that will call it with; or is called
// with what stands in a container.
import { ArgKind, Op } from '../../model/facts.js';
import type { FindingKind, WorldFile } from '../../model/world.js';
import { isSpread } from '../flow/calls/arguments.js';
import type { Token } from '../flow/tokens.js';
import { type Argument, argumentsOf, isInside, listAt, opAt, row, written } from '../index-file.js';
import type { CallsBehind } from './calls-behind.js';
import { LISTING } from './listings.js';
import { DICT_READERS } from './reflection.js';
import type { Call, Finder, Sight } from './sight.js';
import { COMPUTED, isSetter } from './stores.js';
import { WEAK_CALLS } from './weak-references.js';
import { newClassesWithin, newNoteWithin } from './within.js';

/** What functions do to the objects that they are called with. */
const DOES: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  ...[...DICT_READERS].map(name => [name, 'instance-dict'] as const),
  ...[...WEAK_CALLS].map(name => [name, 'weak-reference'] as const),
  ...[...LISTING].map(name => [name, 'class-listing'] as const),
  ...[...COMPUTED].map(name => [name, 'computed-store'] as const),
]);

const HANDED = 'hands on what stores its attributes';

/** The same to classes. */
const DOES_TO_CLASSES: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  ['builtins.vars', 'class-dict'],
  ...[...LISTING].map(name => [name, 'class-listing'] as const),
]);

/** `map(vars, items)`, `json.dumps(x, default=vars)`: the function reaches what stands beside it. */
export function newHandedOn(sight: Sight, { asksClass }: CallsBehind): Finder {
  const { solved, asked, instancesAt, note, noteAll } = sight;
  const { flow } = solved;
  const noteWithin = newNoteWithin(sight);
  const classesWithin = newClassesWithin(sight);

  /** Whether setattr() at place `i` may store on what stands at place `j`: behind its own name only on the next. */
  const mayReceive = (file: WorldFile, args: readonly Argument[], i: number, j: number): boolean => {
    const isNamed = flow.resolver.value(file, args[i]!.value).every(m => m.kind === 'external');
    return !isNamed || args[i + 1]?.kind !== ArgKind.Positional || j === i + 1;
  };

  /** `set_total = partialmethod(setattr, "total")` */
  const makesMethod = (file: WorldFile, callee: number): boolean =>
    flow.resolver
      .value(file, callee)
      .some(m => m.kind === 'external' && m.dotted === 'functools.partialmethod');

  /** `starmap(self.__setattr__, pairs)`: under which names it stores is not told. setters.ts sees to those of the world. */
  const setter = (file: WorldFile, receiver: number, at: number): void => {
    for (const cls of instancesAt(receiver)) note('computed-store', cls, file, at, HANDED);
  };

  const call = (site: Call): void => {
    const { file, callee, args, at } = site;
    if (asksClass(site)) return;
    spread(site);
    throughPartials(site);
    beside(file, callee, args, at);
    for (const { value } of args)
      if (opAt(file, value) === Op.Tuple) beside(file, callee, itemsOf(file, value), at);
  };

  /** The items of a tuple as if they were arguments: `jobs.put((setattr, (order, "state", 3)))`. */
  const itemsOf = (file: WorldFile, tuple: number): Argument[] =>
    Array.from(listAt(file, row(file, tuple).b), item => ({
      kind: item < 0 ? ArgKind.Star : ArgKind.Positional,
      name: '',
      value: item < 0 ? ~item : item,
    }));

  /** Notes what a function among these is handed on to do to the others. */
  const beside = (file: WorldFile, callee: number, args: readonly Argument[], at: number): void =>
    args.forEach((arg, i) => {
      if (flow.handedStores.makes(file, arg.value)) return;
      const { op } = written(file, arg.value);
      if (op !== Op.Var && op !== Op.Attr) return;
      for (const token of asked(file, arg.value)) {
        if (token.kind === 'externalMethod' && isSetter(token)) setter(file, token.receiver, at);
        if (token.kind !== 'external') continue;
        const kind = DOES.get(token.dotted);
        if (kind === undefined) continue;
        const says = `hands it to ${shortOf(token)}`;
        if (makesMethod(file, callee))
          for (const cls of flow.classesOf(file))
            if (isInside(cls, { file, at })) note(kind, cls, file, at, says);
        args.forEach((other, j) => {
          if (i === j || (kind === 'computed-store' && !mayReceive(file, args, i, j))) return;
          does(token.dotted, file, other.value, at, says);
        });
      }
    });

  /** Notes what a function does to what stands at a value, and in containers there. */
  const does = (dotted: string, file: WorldFile, value: number, at: number, says: string): void => {
    const kind = DOES.get(dotted);
    if (kind !== undefined) noteWithin(kind, file, value, at, says);
    const toClasses = DOES_TO_CLASSES.get(dotted);
    if (toClasses === undefined) return;
    noteAll(toClasses, classesWithin(file, value), file, at, says);
  };

  /** `vars(*given)`. What stores so is told in stores.ts. */
  const spread = (site: Call): void => {
    const { file, called, args, at } = site;
    if (!isSpread(args)) return;
    for (const token of called)
      if (token.kind === 'external' && !COMPUTED.has(token.dotted))
        for (const { value } of args) does(token.dotted, file, value, at, `passes it to ${shortOf(token)}()`);
  };

  /** `as_row(order)`, where another file says `as_row = partial(vars)`. */
  const throughPartials = ({ file, called, args, at }: Call): void => {
    for (const token of called) {
      if (token.kind !== 'partial' || token.file === file) continue;
      const held = argumentsOf(token.file, token.call)[0];
      for (const by of held ? asked(token.file, held.value) : [])
        if (by.kind === 'external')
          for (const { value } of args) does(by.dotted, file, value, at, `passes it to ${shortOf(by)}()`);
    }
  };
  return { call };
}

const shortOf = ({ dotted }: Token & { kind: 'external' }): string => dotted.replace(/^builtins\./, '');
