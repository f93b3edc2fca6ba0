// Class members by name: who declares them along the hierarchy, and what kind of function each is.
import type { MemberFact } from '../../model/definitions.js';
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above, crossings, meets, relatives } from '../../slots.js';
import { opAt, row } from '../index-file.js';
import type { Resolver } from '../resolve.js';
import { calledName, type FunctionKind, functionKind, isCachedName } from './functions.js';

/** A member and the class whose body binds it. */
export interface Found {
  readonly cls: WorldClass;
  readonly fact: MemberFact;
}

/** Whether a member is there when the program runs: one for type checkers alone hides nothing. */
export const isAtRun = ({ fact }: Found): boolean => !fact.isTyping;

/** A function of a class body. */
export interface Method {
  readonly file: WorldFile;
  readonly fn: number;
}

export interface Lookups {
  /** The classes whose body binds a name, in the order of the program. */
  readonly declaring: (name: string) => Iterable<WorldClass>;
  /** Members called `name` that the body of exactly this class binds. */
  readonly own: (cls: WorldClass, name: string) => Found[];
  /** Class members called `name` that a lookup on an instance of `cls`, or of a class below it, may find. */
  readonly lookup: (cls: WorldClass, name: string) => readonly Found[];
  /** The functions among those members. */
  readonly methods: (cls: WorldClass, name: string) => readonly Method[];
  /** Kind of the function a member is, or null for other members. */
  readonly kindOf: (cls: WorldClass, fact: MemberFact) => FunctionKind | null;
  /** Whether a class member keeps its value in the instance's `__dict__`: a cached_property or a lookalike, as a
   *  decorator or as `area = cached_property(measure)`. */
  readonly isCached: (cls: WorldClass, fact: MemberFact) => boolean;
  /** Variables that a class body binds, by name. */
  readonly variables: (cls: WorldClass) => ReadonlyMap<string, number>;
}

export function newLookups(classes: readonly WorldClass[], resolver: Resolver): Lookups {
  const { all: declaring, typing } = declaringClasses(classes);
  const kinds = new Map<WorldFile, FunctionKind[]>();
  const bodies = new Map<WorldFile, ReadonlyMap<number, ReadonlyMap<string, number>>>();

  const kindOf: Lookups['kindOf'] = (cls, fact) => {
    if (fact.kind !== 'function') return null;
    let known = kinds.get(cls.file);
    if (!known) kinds.set(cls.file, (known = []));
    const fn = row(cls.file, fact.value).a;
    return (known[fn] ??= functionKind(cls.file, fn, resolver));
  };

  const isCached: Lookups['isCached'] = (cls, fact) => {
    if (fact.kind !== 'assign' || fact.value < 0) return kindOf(cls, fact) === 'cached';
    if (opAt(cls.file, fact.value) !== Op.Call) return false;
    return isCachedName(calledName(cls.file, row(cls.file, fact.value).a, resolver));
  };

  const own: Lookups['own'] = (cls, name) =>
    declaring.get(name)?.has(cls)
      ? cls.fact.members.filter(m => m.name === name && m.kind !== 'annotation').map(fact => ({ cls, fact }))
      : [];

  const lookup = remembered<readonly Found[]>((cls, name) => {
    const owners = declaring.get(name);
    if (!owners || !meets(owners, relatives(cls))) return NOTHING;
    const firsts = new Set<WorldClass>();
    for (const c of crossings(cls)) {
      const first = firstOf(c, name, owners);
      if (first) firsts.add(first);
    }
    const found = [...firsts].flatMap(c => own(c, name));
    // the fewer of the two are asked one by one, in the order of the program either way
    const below =
      owners.size < cls.descendants.length
        ? [...owners].filter(o => o !== cls && o.mro.some(e => e.kind === 'class' && e.cls === cls))
        : cls.descendants.filter(d => owners.has(d));
    for (const owner of below) if (!firsts.has(owner)) found.push(...own(owner, name));
    return found;
  });

  /** The first class in the line of another that has a member. */
  const firstOf = (cls: WorldClass, name: string, owners: ReadonlySet<WorldClass>): WorldClass | null => {
    // what is for type checkers alone hides nothing
    const hidden = typing.get(name);
    if (owners.has(cls) && !hidden?.has(cls)) return cls;
    let first = owners.has(cls) ? cls : null;
    for (const c of above(cls)) {
      if (!owners.has(c)) continue;
      if (!hidden?.has(c)) return c;
      first ??= c;
    }
    return first;
  };

  const methods = remembered<readonly Method[]>((cls, name) =>
    lookup(cls, name).flatMap(({ cls: { file }, fact }): Method[] => {
      if (fact.kind === 'function') return [{ file, fn: row(file, fact.value).a }];
      // `__radd__ = __add__`
      if (fact.kind !== 'assign' || fact.value < 0 || opAt(file, fact.value) !== Op.Var) return [];
      return resolver
        .value(file, fact.value)
        .flatMap(m => (m.kind === 'function' ? [{ file: m.file, fn: m.number }] : []));
    }),
  );

  const variables: Lookups['variables'] = cls => {
    let known = bodies.get(cls.file);
    if (!known) bodies.set(cls.file, (known = variablesOfBodies(cls.file)));
    return known.get(cls.fact.scope) ?? NONE;
  };

  return {
    declaring: name => declaring.get(name) ?? NOTHING,
    own,
    lookup,
    methods,
    kindOf,
    isCached,
    variables,
  };
}

const NOTHING: readonly never[] = [];
const NONE: ReadonlyMap<string, number> = new Map();

/** A function of a class and a name that works out each answer once. */
export function remembered<T extends object>(
  find: (cls: WorldClass, name: string) => T,
): (cls: WorldClass, name: string) => T {
  /** Answers by name, for each class by its index. */
  const answers: (Map<string, T> | undefined)[] = [];
  return (cls, name) => {
    const byName = (answers[cls.index] ??= new Map());
    let found = byName.get(name);
    if (!found) byName.set(name, (found = find(cls, name)));
    return found;
  };
}

/** Classes by the name of a member, in the order of the program. */
type ByName = ReadonlyMap<string, ReadonlySet<WorldClass>>;

/** The classes whose body binds each name; `typing`: those of them that bind it for type checkers alone. */
function declaringClasses(classes: readonly WorldClass[]): { readonly all: ByName; readonly typing: ByName } {
  const [all, typing] = [new Map<string, Set<WorldClass>>(), new Map<string, Set<WorldClass>>()];
  for (const cls of classes) {
    const members = cls.fact.members.filter(m => m.kind !== 'annotation');
    const atRun = new Set(members.filter(m => !m.isTyping).map(m => m.name));
    for (const { name } of members) {
      put(all, name, cls);
      if (!atRun.has(name)) put(typing, name, cls);
    }
  }
  return { all, typing };
}

function put(byName: Map<string, Set<WorldClass>>, name: string, cls: WorldClass): void {
  const known = byName.get(name);
  if (known) known.add(cls);
  else byName.set(name, new Set([cls]));
}

/** Variables of a file's class bodies by scope and name. */
function variablesOfBodies(file: WorldFile): ReadonlyMap<number, ReadonlyMap<string, number>> {
  const bodies = new Map<number, Map<string, number>>();
  const { scopes, variables } = file.facts;
  variables.forEach((v, number) => {
    if (scopes[v.scope]!.kind !== 'class') return;
    const known = bodies.get(v.scope);
    if (!known) bodies.set(v.scope, new Map([[v.name, number]]));
    else if (!known.has(v.name)) known.set(v.name, number);
  });
  return bodies;
}
