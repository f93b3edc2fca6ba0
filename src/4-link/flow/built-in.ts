// What containers of built-in types surely cannot do: a place where many kinds of objects meet calls methods that only
// some of them have.

/** A type of which all is known. */
interface BuiltIn {
  /** Attributes that are no special methods (`dir()` of CPython 3.8 to 3.13). */
  readonly names: ReadonlySet<string>;
  /** Whether items can be stored and read by index. */
  readonly index: 'stores' | 'reads' | 'none';
}

const builtIn = (index: BuiltIn['index'], names = ''): BuiltIn => ({
  names: new Set(names.split(' ')),
  index,
});

const IN_ORDER = 'append clear copy count extend index insert pop remove reverse';
const COMPARING = 'copy difference intersection isdisjoint issubset issuperset symmetric_difference union';
const CHANGING =
  'add clear difference_update discard intersection_update pop remove symmetric_difference_update update';

const LIST = builtIn('stores', `${IN_ORDER} sort`);
const DEQUE = builtIn('stores', `${IN_ORDER} appendleft extendleft maxlen popleft rotate`);
const TUPLE = builtIn('reads', 'count index');
const FROZEN = builtIn('none', COMPARING);
const SET = builtIn('none', `${COMPARING} ${CHANGING}`);
const DICT = builtIn(
  'stores',
  'clear copy default_factory fromkeys get items keys most_common move_to_end pop popitem setdefault update values',
);
const REFERENCE = builtIn('none');

/** By the names that the types go by here. */
const BUILT_IN: ReadonlyMap<string, BuiltIn> = new Map([
  ['dict', DICT],
  ['builtins.dict', DICT],
  ['builtins.list', LIST],
  ['builtins.sorted', LIST],
  ['typing.List', LIST],
  ['collections.deque', DEQUE],
  ['typing.Deque', DEQUE],
  ['tuple', TUPLE],
  ['builtins.tuple', TUPLE],
  ['typing.Tuple', TUPLE],
  ['builtins.frozenset', FROZEN],
  ['typing.FrozenSet', FROZEN],
  ['builtins.set', SET],
  ['typing.Set', SET],
  ['weakref.ref', REFERENCE],
  ['weakref.ReferenceType', REFERENCE],
]);

/** Whether objects of a type surely have no attribute of a name. */
export const lacks = (type: string, name: string): boolean =>
  !/^__\w+__$/.test(name) && BUILT_IN.get(type)?.names.has(name) === false;

/** Whether `x[key] = value` surely fails for objects of a type. */
export function takesNoItems(type: string): boolean {
  const index = BUILT_IN.get(type)?.index;
  return index === 'reads' || index === 'none';
}

/** Whether `x[key]` surely fails for objects of a type. */
export const givesNoItems = (type: string): boolean => BUILT_IN.get(type)?.index === 'none';
