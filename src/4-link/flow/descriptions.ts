// Classes that only describe others to type checkers: what stands where they are named is never an instance of theirs.
import { Op } from '../../model/facts.js';
import type { WorldClass } from '../../model/world.js';
import { PROTOCOLS } from '../../slots.js';
import { argumentsOf, lastName, opAt, row, valueCount } from '../index-file.js';
import type { Flow } from './state.js';

/** Whether a class describes others: a protocol itself, or one that has nothing but annotations and is never made, as a
 *  stand-in for a class of code without types. */
export type Describes = (cls: WorldClass) => boolean;

export function newDescribes(flow: Pick<Flow, 'files' | 'resolver' | 'classOf'>): Describes {
  let named: ReadonlySet<WorldClass> | null = null;
  const known = new Map<WorldClass, boolean>();
  const isMade = (cls: WorldClass): boolean => (named ??= namedInCalls(flow)).has(cls);
  return cls => {
    let describes = known.get(cls);
    if (describes === undefined)
      known.set(cls, (describes = isProtocol(cls) || (isBare(cls) && !isMade(cls))));
    return describes;
  };
}

/** Whether a class is a protocol itself, not one that conforms to it by name. */
export const isProtocol = (cls: WorldClass): boolean =>
  cls.bases.some(b => b.kind === 'external' && PROTOCOLS.has(b.dotted));

/** Whether a class has annotations and nothing else, nor anything above or below it. */
const isBare = (cls: WorldClass): boolean =>
  cls.fact.members.length > 0 &&
  cls.fact.members.every(m => m.kind === 'annotation') &&
  cls.bases.length === 0 &&
  cls.descendants.length === 0 &&
  cls.decorators.length === 0 &&
  cls.metaclasses.length === 0;

/** Functions that are given a class to ask or tell something of it, and make no instance. */
const ASKING: ReadonlySet<string> = new Set([
  'isinstance',
  'issubclass',
  'super',
  'cast',
  'TypeVar',
  'len',
  'repr',
]);

/** Classes that calls name, other than through a variable that may also stand for one below: `cls()`; or are given, to
 *  make instances: `map(Node, parts)`, `defaultdict(Node)`. */
export function namedInCalls({
  files,
  resolver,
  classOf,
}: Pick<Flow, 'files' | 'resolver' | 'classOf'>): ReadonlySet<WorldClass> {
  const found = new Set<WorldClass>();
  for (const file of files)
    for (let v = 0; v < valueCount(file); v++) {
      if (opAt(file, v) !== Op.Call) continue;
      const { a } = row(file, v);
      const asks = ASKING.has(lastName(file, a));
      const given = asks ? [] : argumentsOf(file, v).map(arg => arg.value);
      for (const value of [a, ...given])
        for (const m of resolver.value(file, value)) if (m.kind === 'class') found.add(classOf(m));
    }
  return found;
}
