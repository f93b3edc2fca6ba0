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
const BARE = builtIn('none');
const GENERATOR = builtIn(
  'none',
  'close send throw gi_code gi_frame gi_running gi_suspended gi_yieldfrom aclose asend athrow ag_await ag_code ag_frame ag_running ag_suspended',
);
/** What an annotation names that is a protocol of containers: any of them may stand there. */
const SOME = builtIn(
  'stores',
  [LIST, DEQUE, TUPLE, SET, FROZEN, DICT, GENERATOR].flatMap(t => [...t.names]).join(' ') +
    ' elements subtract total maps new_child parents keyrefs valuerefs itervaluerefs',
);
const PROTOCOLS =
  'Collection Container Generator ItemsView Iterable Iterator KeysView Mapping MutableMapping MutableSequence ' +
  'MutableSet Reversible Sequence Set ValuesView AsyncGenerator AsyncIterable AsyncIterator';

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
  ['weakref.ref', BARE],
  ['weakref.ReferenceType', BARE],
  ['builtins.object', BARE],
  ['generator', GENERATOR],
  ...PROTOCOLS.split(' ').flatMap(name => [
    [`collections.abc.${name}`, SOME] as const,
    // `typing.Set` is set itself
    ...(name === 'Set' ? [] : [[`typing.${name}`, SOME] as const]),
  ]),
]);

/** Whether objects of a type surely have no attribute of a name. */
export const lacks = (type: string, name: string): boolean =>
  name === '__dict__'
    ? DATA_TYPES.has(type)
    : !/^__\w+__$/.test(name) && BUILT_IN.get(type)?.names.has(name) === false;

/** Whether `x[key] = value` surely fails for objects of a type. */
export function takesNoItems(type: string): boolean {
  const index = BUILT_IN.get(type)?.index;
  return index === 'reads' || index === 'none';
}

/** Whether `x[key]` surely fails for objects of a type. */
export const givesNoItems = (type: string): boolean => BUILT_IN.get(type)?.index === 'none';

/** Types whose instances are data, no classes, functions or modules: what `isinstance(x, list)` lets through. */
const DATA: ReadonlySet<string> = new Set(
  (
    'str bytes bytearray memoryview int float complex bool list tuple dict set frozenset range slice ' +
    'BaseException Exception'
  )
    .split(' ')
    .map(name => `builtins.${name}`),
);
/** Which of them the containers that are made here are instances of, by the names that their types go by. */
const DATA_TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ['builtins.list', ['builtins.list']],
  ['builtins.sorted', ['builtins.list']],
  ['dict', ['builtins.dict']],
  ['builtins.dict', ['builtins.dict']],
  ['tuple', ['builtins.tuple']],
  ['builtins.tuple', ['builtins.tuple']],
  ['builtins.set', ['builtins.set']],
  ['builtins.frozenset', ['builtins.frozenset']],
  ['collections.deque', []],
  ['generator', []],
]);

/** Whether a type, by its dotted name, is one whose instances are surely data. */
export const isData = (dotted: string): boolean => DATA.has(dotted);

/** Which of the types above the containers of a type are instances of, or null where that is not known. */
export const dataTypesOf = (type: string): readonly string[] | null => DATA_TYPES.get(type) ?? null;
