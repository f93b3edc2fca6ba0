// Which classes a receiver may be an instance of when value flow cannot tell.
import { ArgKind, Op } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { Belief } from '../flow/belief.js';
import { functionKind } from '../flow/functions.js';
import { FEW } from '../flow/gates.js';
import { givesMore } from '../flow/having.js';
import type { Solved } from '../flow/solve.js';
import { UNKNOWN } from '../flow/tokens.js';
import { listAt, opAt, receiverKey, row, stringAt, valueCount, written } from '../index-file.js';
import { newAskedClasses } from './asked-classes.js';
import { newChains } from './chains.js';
import { newDescribed } from './described.js';
import { newLostContents } from './lost-contents.js';
import { newOpenOperations } from './open-operations.js';
import { newOrigins } from './origins.js';
import { newShapes } from './shapes.js';
import { type Uses, usesIn } from './uses.js';

/** Beside classes that bind a name, so many that may come from anywhere say nothing. */
const MANY = 32;

export interface Guesses {
  /** Classes whose instances may stand at a value that value flow knows nothing about; empty when it does know. */
  readonly at: (file: WorldFile, value: number) => readonly WorldClass[];
  /** Those of them whose instances found no room on the way there. */
  readonly lost: (file: WorldFile, value: number) => readonly WorldClass[];
  /** Classes of what is in containers that found no room at a node. */
  readonly lostIn: (node: number) => ReadonlySet<WorldClass>;
  /** Those that a store of a name that no instance keeps may be meant for: classes that fit the other names and bind
   *  this one as a class variable or method, else all that fit. */
  readonly storing: (file: WorldFile, value: number, attr: string) => readonly WorldClass[];
  /** Whether an annotation only describes what stands at a node. */
  readonly isDescribed: (node: number) => boolean;
  /** Classes whose instances value flow knows to stand at a value. */
  readonly standing: (file: WorldFile, value: number) => readonly WorldClass[];
  /** Those among what was handed to the unseen code that gives a receiver, among what the code asks it for, and among
   *  what found no room on the way there, which have no attribute of a name. Where value flow knows what may stand
   *  there, only the last. */
  readonly lacking: (file: WorldFile, value: number, attr: string) => readonly WorldClass[];
  /** Classes of what was given to unseen code whose results stand at a node. */
  readonly behind: (node: number) => ReadonlySet<WorldClass>;
  /** Names that variables are used with, and the classes that have all of them (none without names). */
  readonly usesOf: (
    file: WorldFile,
    variables: readonly number[],
  ) => { readonly names: readonly string[]; readonly fitting: readonly WorldClass[] };
  /** Those that bind the name as a class variable or method. */
  readonly binding: (file: WorldFile, value: number, attr: string) => readonly WorldClass[];
  /** Whether a class that is known to stand at a receiver has a name; else, where it is known who was handed to the
   *  unseen code that gives the receiver, whether one of these has it; else whether any class has it and all others
   *  that the receiver is used with. */
  readonly someFits: (file: WorldFile, value: number, attr: string) => boolean;
}

/** One call of a name that could not be resolved. */
interface OpenCall {
  readonly file: WorldFile;
  readonly call: number;
}

const mayBeRaised = ({ mro }: WorldClass): boolean =>
  mro.some(
    e =>
      e.kind === 'unknown' ||
      (e.kind === 'external' && (!e.layouts.length || e.layouts.some(l => l.isException))),
  );

export function newGuesses(solved: Solved, live: readonly WorldFile[], belief: Belief): Guesses {
  const { flow, narrow } = solved;
  const { graph, resolver, tokens } = flow;
  const used = new Map<WorldFile, Uses>();
  const origins = newOrigins(solved, live, belief);
  const operandsOf = newOpenOperations(solved, live);
  const askedFor = newAskedClasses(narrow);
  const lostContents = newLostContents(solved, belief);
  const { classesWith, shows, has, byShape, bindingPlainly, keepsItself } = newShapes(solved);
  let openCalls: Map<string, OpenCall[]> | null = null;

  const namesOn = (file: WorldFile): Uses => {
    let known = used.get(file);
    if (!known) used.set(file, (known = usesIn(file)));
    return known;
  };
  const usedOn = (file: WorldFile, value: number): string[] => {
    const key = receiverKey(file, value);
    if (key === null) return [];
    const { names, open } = namesOn(file);
    const all = [...(names.get(key) ?? [])];
    return open.has(key) ? all.filter(name => classesWith(name).size > 0) : all;
  };

  /** Calls by attribute whose target is unknown, by the last name. */
  const callsOf = (name: string): readonly OpenCall[] => {
    if (!openCalls) {
      openCalls = new Map();
      for (const file of live) {
        const count = valueCount(file);
        for (let v = 0; v < count; v++) {
          if (opAt(file, v) !== Op.Call) continue;
          const callee = row(file, v).a;
          if (opAt(file, callee) !== Op.Attr || !graph.has(flow.valueNode(file, callee), UNKNOWN)) continue;
          const method = stringAt(file, row(file, callee).b);
          addTo(openCalls, method, { file, call: v });
        }
      }
    }
    return openCalls.get(name) ?? [];
  };

  /** A parameter of a function that some unresolved call or operator may mean: what stands there in those. */
  const byName = (file: WorldFile, value: number): readonly WorldClass[] => {
    const r = written(file, value);
    if (r.op !== Op.Var) return [];
    const node = flow.variableNode(file, r.a);
    let found = named.get(node);
    if (!found) named.set(node, (found = [...standingFor(file, r.a)]));
    return found;
  };
  const named = new Map<number, readonly WorldClass[]>();
  const standingFor = (file: WorldFile, variable: number): ReadonlySet<WorldClass> => {
    const found = new Set<WorldClass>();
    const number = file.facts.functions.findIndex(f => f.parameters.some(p => p.variable === variable));
    const fn = file.facts.functions[number];
    if (!fn || fn.isLambda) return found;
    const isBound = fn.cls >= 0 && functionKind(file, number, resolver) !== 'static';
    const position = fn.parameters.findIndex(p => p.variable === variable) - (isBound ? 1 : 0);
    const name = fn.parameters.find(p => p.variable === variable)!.name;
    const standsAt = (node: number): void => {
      for (const id of graph.tokens(node)) {
        const token = tokens.get(id);
        if (token.kind === 'instance') found.add(token.cls);
      }
    };
    if (isBound && position === 0) for (const other of operandsOf(fn.name)) standsAt(other);
    for (const open of callsOf(fn.name)) {
      const list = listAt(open.file, row(open.file, open.call).b);
      for (let i = 0; i < list.length; i += 3) {
        const matches =
          list[i] === ArgKind.Positional
            ? i / 3 === position
            : list[i] === ArgKind.Keyword && stringAt(open.file, list[i + 1]!) === name;
        if (matches) standsAt(flow.valueNode(open.file, list[i + 2]!));
      }
    }
    return found;
  };

  /** Classes that unseen code may give back there, and that have all names the value is used with. */
  const comingBack = (file: WorldFile, value: number): WorldClass[] => {
    const names = usedOn(file, value);
    return [...origins.of(file, value)].filter(c => names.every(n => has(c, n)));
  };

  /** The same for what comes there on the shortest ways. */
  const nearest = (file: WorldFile, value: number, names: readonly string[]): WorldClass[] =>
    [...origins.nearest(file, value)].filter(c => names.every(n => has(c, n)));

  /** Classes of what found no room on the way there, that have all names the value is used with. */
  const lost = (file: WorldFile, value: number): WorldClass[] => {
    const names = usedOn(file, value);
    return [...lostContents.at(flow.valueNode(file, value))].filter(c => names.every(n => has(c, n)));
  };

  const described = newDescribed(flow, byShape);
  const chains = newChains(solved, belief, (file, value, name) => byShape([name, ...usedOn(file, value)]));

  const binding: Guesses['binding'] = (file, value, attr) => {
    const names = usedOn(file, value);
    const fitting = bindingPlainly(attr).filter(c => names.every(n => has(c, n)));
    return left(file, value, fitting);
  };

  const standing: Guesses['standing'] = (file, value) =>
    [...belief.tokens(flow.valueNode(file, value))].flatMap(id => {
      const token = tokens.get(id);
      return token.kind === 'instance' && !flow.describes(token.cls) ? [token.cls] : [];
    });

  /** Whether value flow knows what stands at a node. */
  const isTyped = (node: number): boolean =>
    graph.size(node) > 0 && !graph.has(node, UNKNOWN) && !belief.isCrowd(node) && !described.is(node);
  const at: Guesses['at'] = (file, value) => {
    const node = flow.valueNode(file, value);
    if (isTyped(node)) return [];
    const names = written(file, value).op === Op.Var ? usedOn(file, value) : [];
    return left(file, value, [
      ...byShape(names),
      ...byName(file, value),
      ...comingBack(file, value),
      ...lost(file, value),
      ...askedFor(file, value),
      ...chains(file, value),
    ]);
  };

  /** Whether a variable only holds what an `except` clause catches. */
  const isCaught = (file: WorldFile, variable: number): boolean =>
    resolver
      .bindings(file)
      .values.get(variable)
      ?.every(v => opAt(file, v) === Op.Caught) ?? false;

  /** Those of some classes that tests and annotations leave at a value. */
  const left = (file: WorldFile, value: number, classes: readonly WorldClass[]): readonly WorldClass[] => {
    const { op, a } = written(file, value);
    const place = op === Op.Var ? flow.variableNode(file, a) : flow.valueNode(file, value);
    // an annotation with a class outside the world means those below it as well
    const fits = (cls: WorldClass): boolean =>
      cls.mro.some(givesMore) || graph.admits(place, tokens.id({ kind: 'instance', cls }), FEW + 1);
    if (op === Op.Var && isCaught(file, a)) classes = classes.filter(mayBeRaised);
    return [...new Set(classes)].filter(cls => narrow.leaves(file, value, cls) && fits(cls));
  };
  return {
    at,
    lost: (file, value) => left(file, value, lost(file, value)),
    lostIn: lostContents.within,
    isDescribed: described.is,
    standing,
    behind: origins.behind,
    usesOf(file, variables) {
      const names = [...new Set(variables.flatMap(v => [...(namesOn(file).names.get(`${v}`) ?? [])]))];
      return { names, fitting: byShape(names) };
    },
    someFits(file, value, attr) {
      const names = usedOn(file, value);
      if (standing(file, value).some(c => has(c, attr))) return true;
      const back = nearest(file, value, names);
      if (back.length) return back.some(c => has(c, attr));
      const owners = [...classesWith(attr)];
      if (owners.some(c => names.every(n => shows(c, n)))) return true;
      // what has an unseen base may have any name: a class that shows them all comes first
      return !byShape(names).length && owners.some(c => names.every(n => has(c, n)));
    },
    lacking(file, value, attr) {
      const known = standing(file, value);
      const near = known.length
        ? []
        : [...nearest(file, value, usedOn(file, value)), ...askedFor(file, value)];
      // where most keep the name by themselves, it is one of those: what found no room beside them is none
      const isOneOfThem = known.filter(c => keepsItself(c, attr)).length * 2 > known.length;
      // an instance of a class may be one of those below it
      return left(file, value, [
        ...(isOneOfThem ? [] : lost(file, value)),
        ...described.lacking(flow.valueNode(file, value), attr),
        ...near,
      ]).filter(c => ![c, ...c.descendants].some(d => has(d, attr)));
    },
    binding,
    storing(file, value, attr) {
      const names = usedOn(file, value);
      const plainly = binding(file, value, attr);
      // what keeps the name as an attribute takes the store
      const back = [...comingBack(file, value), ...askedFor(file, value)].filter(
        c => !has(c, attr) || bindingPlainly(attr).includes(c),
      );
      // beside classes that bind the name, what may come from anywhere says nothing
      if (plainly.length)
        return [...new Set([...plainly, ...(back.length > MANY ? [] : left(file, value, back))])];
      const ledTo = chains(file, value).filter(c => names.every(n => has(c, n)) && !has(c, attr));
      return left(file, value, [
        ...byShape(names),
        ...byName(file, value),
        ...lost(file, value),
        ...described.lacking(flow.valueNode(file, value), attr),
        ...back,
        ...ledTo,
      ]);
    },
  };
}
