// Stores on something that cannot be typed: which classes they may be meant for.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { STORED_ON_ALL } from '../../slots.js';
import type { Found } from '../flow/lookups.js';
import type { StoreSite } from '../flow/state.js';
import { SOME_CLASS, UNKNOWN } from '../flow/tokens.js';
import { argumentsOf, namesAt, opAt, row } from '../index-file.js';
import { newBlankClasses } from './blank-classes.js';
import { newMarked } from './marked.js';
import type { Sight } from './sight.js';

export interface UnresolvedStores {
  /** A store of an attribute on a receiver, at a UTF-16 offset. */
  readonly store: (file: WorldFile, receiver: number, attr: string, at: number) => void;
  /** A store over what the receiver has already, be it a method: also classes that bind the name may stand there. */
  readonly replace: (file: WorldFile, receiver: number, attr: string, at: number) => void;
  readonly end: () => void;
}

/** What tests store on mocks, which stand where it cannot be told: `client.return_value.get.return_value = page`. */
const OF_MOCKS: ReadonlySet<string> = new Set(['return_value', 'side_effect']);

/** Decorators above each other that are looked through. */
const MOST_STACKED = 6;

/**
 * Notes what stores on unknown receivers may do.
 * @param kept every name that instances of some class of the world keep
 * @param doubted stores that the classes they seem to be on need not get
 */
export function newUnresolvedStores(
  sight: Sight,
  kept: ReadonlySet<string>,
  doubted: readonly StoreSite[],
): UnresolvedStores {
  const { solved, live, belief, guesses, note } = sight;
  const { flow, layouts, members } = solved;
  const { graph, tokens } = flow;
  const blankClasses = newBlankClasses(solved, live);
  const { callables, singletons } = newMarked(sight);

  const isOfPython = (attr: string): boolean => STORED_ON_ALL.has(attr) || layouts.specialNames.has(attr);

  /** A store on something that cannot be typed: if no instance keeps the name, classes that look alike are in doubt,
   *  and of those that bind the name in their body only these; besides them, what is there to take any name. If some
   *  do, the others are in doubt only where they were handed to what gives the receiver. */
  const store: UnresolvedStores['store'] = (file, receiver, attr, at) => {
    // special names are stored on classes: `cls.__init__ = wrapped(cls.__init__)`
    if (isOfPython(attr) && (!STORED_ON_ALL.has(attr) || standsForClass(file, receiver))) return;
    if (OF_MOCKS.has(attr) && file.facts.imports.some(i => /(^|\.)mock$|^unittest$/.test(i.module))) return;
    const node = flow.valueNode(file, receiver);
    if (isTyped(node)) return;
    // it is known that nothing but classes stands there, be it unknown which
    if (graph.has(node, SOME_CLASS) && !graph.has(node, UNKNOWN)) return;
    const isOwned = (kept.has(attr) || taken().has(attr)) && guesses.someFits(file, receiver, attr);
    const stands = flow.having.admits(namesAt(file, receiver));
    const candidates = isOwned ? besideOwners(file, receiver, attr) : unowned(file, receiver, attr);
    for (const cls of new Set(candidates)) {
      if (stands(tokens.id({ kind: 'instance', cls })) && !takesItself(cls, attr))
        mayStore(cls, file, attr, at);
    }
  };

  const isTyped = (node: number): boolean => {
    const isOpen = graph.has(node, UNKNOWN) || graph.has(node, SOME_CLASS) || guesses.isDescribed(node);
    return graph.size(node) > 0 && !isOpen && !belief.isCrowd(node);
  };

  const replace: UnresolvedStores['replace'] = (file, receiver, attr, at) => {
    if (isTyped(flow.valueNode(file, receiver)) || OF_MOCKS.has(attr)) return;
    for (const cls of guesses.binding(file, receiver, attr)) mayStore(cls, file, attr, at);
  };

  /** Of a name that some class keeps or takes, what may stand there all the same: also what has it as a class variable
   *  in the very file. */
  function* besideOwners(file: WorldFile, receiver: number, attr: string): Generator<WorldClass> {
    yield* guesses.lacking(file, receiver, attr);
    for (const cls of guesses.binding(file, receiver, attr))
      if (!kept.has(attr) || (cls.file === file && showsDefault(cls, attr))) yield cls;
  }

  /** Whether a name is a class variable, which instances show until they have a value of their own. */
  const showsDefault = (cls: WorldClass, attr: string): boolean =>
    members.lookup(cls, attr).some(m => m.fact.kind === 'assign');

  /** Classes that a store of any other name may be meant for. */
  function* unowned(file: WorldFile, receiver: number, attr: string): Generator<WorldClass> {
    if (guesses.standing(file, receiver).some(cls => takesItself(cls, attr))) return;
    // what calls make of a function may be of any class, but names of functions are stored on functions
    if (isOfPython(attr) && standsForFunction(file, receiver)) return;
    if (attr !== '__module__') yield* guesses.storing(file, receiver, attr);
    // a loop over what a module holds does not spell the name
    else if (opAt(file, receiver) !== Op.Attr) yield* singletons();
    if (isOfPython(attr)) return;
    // names made in the image of Python's mark functions, and what stands for one
    if (/^__\w+__$/.test(attr)) yield* callables();
    yield* blankClasses();
  }

  const mayStore = (cls: WorldClass, file: WorldFile, attr: string, at: number): void =>
    note('unresolved-store', cls, file, at, `may store .${attr} on it`, attr, false);

  let takers: Set<string> | null = null;
  /** Names under which a property or another data descriptor of some class takes what is stored. */
  const taken = (): Set<string> =>
    (takers ??= new Set(
      flow.classes.flatMap(cls =>
        cls.fact.members
          .filter(fact => isProperty({ cls, fact }) || members.isDataDescriptor(cls, fact))
          .map(m => m.name),
      ),
    ));

  /** Whether a property or another data descriptor of the class gets what is stored under a name: with slots as
   *  without. */
  const takesItself = (cls: WorldClass, attr: string): boolean => {
    const found = members.lookup(cls, attr);
    return found.length > 0 && found.every(m => isProperty(m) || members.isDataDescriptor(m.cls, m.fact));
  };
  const isProperty = ({ cls, fact }: Found): boolean => {
    const kind = members.kindOf(cls, fact);
    return kind === 'property' || kind === 'accessor';
  };

  /** Whether a value is a function, or nothing but what calls make of one: decorators, and what is called like them. */
  const standsForFunction = (file: WorldFile, value: number, depth = 0): boolean => {
    const { op, a } = row(file, value);
    if (op === Op.Func || depth > MOST_STACKED) return op === Op.Func;
    const isOne = (v: number): boolean => standsForFunction(file, v, depth + 1);
    if (op === Op.Call) return argumentsOf(file, value).some(arg => isOne(arg.value));
    const bound = op === Op.Var ? (flow.resolver.bindings(file).values.get(a) ?? []) : [];
    return bound.length > 0 && bound.every(isOne);
  };

  const standsForClass = (file: WorldFile, value: number): boolean =>
    graph.tokens(flow.valueNode(file, value)).some(id => tokens.get(id).kind === 'class');

  return {
    store,
    replace,
    end() {
      for (const { cls, file, attr, at } of doubted) mayStore(cls, file, attr, at);
    },
  };
}
