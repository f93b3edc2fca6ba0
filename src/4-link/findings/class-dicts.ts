// What code does with the names and values of a class: it lists them, asks for some by name, or picks those that pass a
// test that no slot passes.
import { ACT_WIDTH, Act, ArgKind, ConstKind, Op, PUBLIC } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { literalNames } from '../flow/names.js';
import { argumentsOf, listAt, opAt, operandsOf, row, spelling, stringAt, valueCount } from '../index-file.js';
import type { Meaning, Resolver } from '../resolve.js';

/** Names asked for; `all` where everything is listed; `public` where that goes for names without an underscore at their
 *  front; `none` where nothing comes through that a slot brings. */
export type Asked = readonly string[] | 'all' | 'public' | 'none';

export interface ClassDicts {
  /** What is asked of the `__dict__` of a class that stands at a value: `C.__dict__`, `vars(C)`. */
  readonly askedOf: (file: WorldFile, value: number) => Asked;
  /** The same of a listing: `dir(C)`, `inspect.getmembers(C)`. */
  readonly listed: (file: WorldFile, value: number) => Asked;
  /** Whether a value only goes into `isinstance()` with classes of descriptors, none of which a slot is. */
  readonly isTestedForOthers: (file: WorldFile, value: number) => boolean;
}

/** Predicates that are false of member descriptors (inspect; test/predicates.test.ts asks real interpreters). */
export const NO_SLOT_IS: ReadonlySet<string> = new Set(
  (
    'isfunction ismethod isclass ismodule isbuiltin iscoroutinefunction isgeneratorfunction isasyncgenfunction ' +
    'isroutine ismethoddescriptor isabstract'
  )
    .split(' ')
    .map(n => `inspect.${n}`),
);

/** Classes that a member descriptor, or the tuple or list at `__slots__`, may be an instance of. */
const MAY_BE_SLOT =
  /^(builtins\.(object|tuple|list|str)|types\.(MemberDescriptorType|GetSetDescriptorType)|(collections\.abc|typing|abc|numbers|os|contextlib|inspect)\..*)$/;

/** Of these, those below which isinstance() asks for nothing but subclasses. Nobody registers a descriptor of Python's
 *  own with an abstract class. */
const ASKS_SUBCLASSES: ReadonlySet<string> = new Set(['typing.Generic', 'abc.ABC']);

/** Classes of descriptors and functions that a slot is no instance of, nor None or the default of a field. */
const OTHER_DESCRIPTORS: ReadonlySet<string> = new Set([
  'builtins.property',
  'builtins.staticmethod',
  'builtins.classmethod',
  'functools.cached_property',
  'functools.partialmethod',
]);

const NO_TESTS = new Int32Array(0);

/** Attributes that the tuple or list at `__slots__` has. */
const OF_SEQUENCES: ReadonlySet<string> = new Set(
  'append clear copy count extend index insert pop remove reverse sort'.split(' '),
);

/** Functions and methods that give the items they are given, in a new container. */
const COPIES: ReadonlySet<string> = new Set([
  'list',
  'tuple',
  'sorted',
  'dict',
  'reversed',
  'set',
  'frozenset',
]);
const VIEWS: ReadonlySet<string> = new Set(['items', 'values', 'keys', 'copy']);

export function newClassDicts(resolver: Resolver): ClassDicts {
  const users = new Map<WorldFile, Int32Array>();

  /** The value that uses a value, or -1: an expression has one place. */
  const userOf = (file: WorldFile, value: number): number => {
    let known = users.get(file);
    if (!known) users.set(file, (known = usersIn(file)));
    return known[value]!;
  };

  const askedOf: ClassDicts['askedOf'] = (file, value) => {
    const user = userOf(file, value);
    if (user < 0) return 'all';
    const r = row(file, user);
    if (r.op === Op.Sub && r.a === value) return namesAt(file, r.b);
    if (r.op === Op.In && r.b === value) return namesAt(file, r.a);
    if (r.op === Op.Attr && stringAt(file, r.b) === 'get') {
      const call = userOf(file, user);
      const first = call >= 0 && row(file, call).a === user ? argumentsOf(file, call)[0] : undefined;
      return first ? namesAt(file, first.value) : 'all';
    }
    return listed(file, value);
  };

  const namesAt = (file: WorldFile, value: number): Asked => literalNames(file, value, resolver) ?? 'all';

  const listed: ClassDicts['listed'] = (file, value) => {
    for (let at = value, user = userOf(file, at); user >= 0; at = user, user = userOf(file, at)) {
      const r = row(file, user);
      if (r.op === Op.In && r.b === at) return namesAt(file, r.a);
      if (r.op === Op.Iter) return picked(file, r.b > 0 ? listAt(file, r.b - 1) : NO_TESTS);
      const isView = r.op === Op.Attr && VIEWS.has(stringAt(file, r.b));
      const isCall = r.op === Op.Call && (r.a === at || isCopy(file, r.a));
      if (!isView && !isCall) return 'all';
    }
    return 'all';
  };

  const isCopy = (file: WorldFile, callee: number): boolean =>
    resolver
      .value(file, callee)
      .some(m => m.kind === 'external' && COPIES.has(m.dotted.replace(/^builtins\./, '')));

  /** What comes through a loop: nothing of slots where each way through it has a test that is false of them. */
  const picked = (file: WorldFile, ways: Int32Array): Asked => {
    if (hasOnEachWay(ways, test => test !== PUBLIC && isFalseOfSlots(file, test))) return 'none';
    return hasOnEachWay(ways, test => test === PUBLIC) ? 'public' : 'all';
  };

  /** Whether a call whose first argument is a member descriptor, or what stands at `__slots__`, gives False. */
  const isFalseOfSlots = (file: WorldFile, call: number): boolean => {
    const args = argumentsOf(file, call);
    const found = resolver.value(file, row(file, call).a);
    return (
      found.length > 0 &&
      found.every(m => {
        if (m.kind !== 'external') return false;
        if (m.dotted === 'builtins.callable' || NO_SLOT_IS.has(m.dotted)) return true;
        const second = args[1];
        if (!second || second.kind !== ArgKind.Positional) return false;
        if (m.dotted === 'builtins.isinstance') return isNoClassOfSlots(file, second.value);
        if (m.dotted === 'builtins.hasattr') return isNoNameOfSlots(file, second.value);
        return (
          m.dotted === 'builtins.getattr' &&
          isNoNameOfSlots(file, second.value) &&
          isFalse(file, args[2]?.value)
        );
      })
    );
  };

  const isNoNameOfSlots = (file: WorldFile, value: number): boolean =>
    literalNames(file, value, resolver)?.every(n => !/^__\w+__$/.test(n) && !OF_SEQUENCES.has(n)) ?? false;

  const isFalse = (file: WorldFile, value: number | undefined): boolean => {
    if (value === undefined || opAt(file, value) !== Op.Const) return false;
    const { a, b } = row(file, value);
    return a === ConstKind.None || (a === ConstKind.Bool && b === 0);
  };

  /** Whether a class, or each of a tuple of classes, is none of those that a slot is an instance of. */
  const isNoClassOfSlots = (file: WorldFile, value: number): boolean => {
    const r = row(file, value);
    if (r.op === Op.Tuple) return [...listAt(file, r.b)].every(v => v >= 0 && isNoClassOfSlots(file, v));
    if (r.op === Op.Binary) return isNoClassOfSlots(file, r.a) && isNoClassOfSlots(file, r.b);
    const found = resolver.value(file, value);
    return (
      found.length > 0 &&
      found.every(m => {
        if (m.kind === 'class') return !asksMore(m.file, m.number);
        if (m.kind === 'external') return !MAY_BE_SLOT.test(m.dotted);
        return m.kind === 'value' && opAt(m.file, m.value) === Op.Tuple && isNoClassOfSlots(m.file, m.value);
      })
    );
  };

  /** Whether isinstance() may ask a class, or what makes it, and not only for its subclasses. */
  const asksMore = (file: WorldFile, number: number): boolean => {
    const fact = file.facts.classes[number]!;
    if (fact.keywords.length || fact.members.some(m => m.name === '__subclasshook__')) return true;
    return fact.bases.some(b => {
      const found = resolver.value(file, b.value);
      return !found.length || found.some(m => asksAsBase(m.kind === 'subscript' ? m.base : m));
    });
  };

  /** The same for what stands above a class: `dict[str, int]` asks what `dict` asks. */
  const asksAsBase = (m: Meaning): boolean => {
    if (m.kind === 'class') return asksMore(m.file, m.number);
    return m.kind !== 'external' || (MAY_BE_SLOT.test(m.dotted) && !ASKS_SUBCLASSES.has(m.dotted));
  };

  const isTestedForOthers: ClassDicts['isTestedForOthers'] = (file, value) => {
    const user = userOf(file, value);
    if (user < 0 || opAt(file, user) !== Op.Call) return false;
    const [first, second] = argumentsOf(file, user);
    if (first?.value !== value || !second || spelling(file, row(file, user).a) !== 'isinstance') return false;
    const { op, b } = row(file, second.value);
    const classes = op === Op.Tuple ? [...listAt(file, b)] : [second.value];
    return classes.every(v => v >= 0 && isOneOf(OTHER_DESCRIPTORS, file, v));
  };
  const isOneOf = (names: ReadonlySet<string>, file: WorldFile, value: number): boolean => {
    const found = resolver.value(file, value);
    return found.length > 0 && found.every(m => m.kind === 'external' && names.has(m.dotted));
  };

  return { askedOf, listed, isTestedForOthers };
}

/** Whether each way through a loop has a test of some kind; `ways` as `Op.Iter` has them. */
function hasOnEachWay(ways: Int32Array, is: (test: number) => boolean): boolean {
  let has = false;
  for (const test of ways) {
    if (test === -1 && !has) return false;
    has = test !== -1 && (has || is(test));
  }
  return ways.length > 0;
}

/** For each value of a file the value it is a part of, or -1; -2 where it stands in more than one place. */
function usersIn(file: WorldFile): Int32Array {
  const count = valueCount(file);
  const users = new Int32Array(count).fill(-1);
  const use = (part: number, by: number): void => {
    if (part >= 0) users[part] = users[part] === -1 ? by : -2;
  };
  for (let v = 0; v < count; v++) for (const part of operandsOf(file, v)) use(part, v);
  // `(names := vars(C)).get("x")`
  const { acts } = file.facts;
  for (let i = 0; i < acts.length; i += ACT_WIDTH) if (acts[i] === Act.Bind) use(acts[i + 2]!, -2);
  return users;
}
