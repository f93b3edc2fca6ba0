// What calls into code outside the world give back, for the functions that matter most often.
import { lastPart } from '../../model/dotted.js';

/** Functions that give back no object of the caller's, and call none of the functions they are given; classes whose
 *  objects keep texts and numbers, and have no `__dict__`. */
const PLAIN: ReadonlySet<string> = new Set([
  ...(
    'len str int float bool complex repr ascii print isinstance issubclass hash id ord chr hex oct bin abs round ' +
    'format input any all range bytes bytearray open callable divmod pow sum hasattr dir compile ' +
    'delattr setattr help memoryview slice breakpoint'
  )
    .split(' ')
    .map(n => `builtins.${n}`),
  ...'Path PurePath PosixPath PurePosixPath WindowsPath PureWindowsPath'.split(' ').map(n => `pathlib.${n}`),
  'datetime.date',
  'datetime.timedelta',
  'decimal.Decimal',
  'uuid.UUID',
]);

/** Functions that put the elements of their arguments into a new container. */
const COLLECT: ReadonlySet<string> = new Set([
  'concurrent.futures.as_completed',
  'asyncio.as_completed',
  'builtins.list',
  'builtins.tuple',
  'builtins.set',
  'builtins.frozenset',
  'builtins.reversed',
  'builtins.iter',
  'builtins.sorted',
  'builtins.filter',
  'collections.deque',
  'itertools.chain',
  'itertools.cycle',
  'itertools.islice',
  'itertools.takewhile',
  'itertools.dropwhile',
  'itertools.filterfalse',
  'heapq.nlargest',
  'heapq.nsmallest',
  'heapq.merge',
  'random.sample',
  'random.choices',
  'typing.List',
  'typing.Deque',
]);

/** Functions that give back one of their arguments or one of their elements. */
const PICK: ReadonlySet<string> = new Set([
  'builtins.next',
  'builtins.min',
  'builtins.max',
  'builtins.anext',
  'random.choice',
  'heapq.heappop',
  'heapq.heappushpop',
  'heapq.heapreplace',
  'asyncio.wait_for',
  'asyncio.shield',
  'asyncio.run',
  'asyncio.create_task',
  'asyncio.ensure_future',
  'asyncio.run_coroutine_threadsafe',
]);

/** Where the functions and methods above, and methods of plain containers, take a function that they call with
 *  elements: under the keyword `key`, or at this place. */
const CALLS_AT: ReadonlyMap<string, number> = new Map([
  ...['filter', 'filterfalse', 'takewhile', 'dropwhile'].map(name => [name, 0] as const),
  ...['nlargest', 'nsmallest'].map(name => [name, 2] as const),
  ['groupby', 1],
]);

/** Whether the argument at a place, or with a keyword, is a function that is called with elements; `name`: the last
 *  part of the name of what is called. */
export const isCalledBy = (name: string, place: number, keyword: string): boolean =>
  keyword === 'key' || (keyword === '' && CALLS_AT.get(name) === place);

/** What `functools.wraps(f)` gives. */
export const UPDATES = 'functools.wraps()';

/** What `NewType("Metres", float)` gives. */
export const NEW_TYPE = 'typing.NewType()';

/** What code that is text defines: one that may store on what it is handed, one that the program puts together. */
export const RUN_OPEN = 'exec(open)';
export const RUN_MADE = 'exec(made)';

/** Functions that give back their first argument, or something of the same class. */
const SAME: ReadonlySet<string> = new Set([
  'copy.copy',
  'copy.deepcopy',
  'weakref.proxy',
  // what is stored on these is stored on what they stand for
  'wrapt.ObjectProxy',
  'wrapt.CallableObjectProxy',
  'contextlib.closing',
  'contextlib.aclosing',
  'contextlib.nullcontext',
  'typing.no_type_check',
  'typing.final',
  'typing.assert_type',
  'typing.reveal_type',
  'sys.intern',
  'functools.total_ordering',
  'functools.cmp_to_key',
  'functools.singledispatch',
  'functools.lru_cache',
  'functools.cache',
  'functools.update_wrapper',
  UPDATES,
  NEW_TYPE,
  'pprint.pprint',
]);

/** A mapping that is filled with what it counts as well. */
export const COUNTER = 'collections.Counter';

const MAPPINGS: ReadonlySet<string> = new Set([
  'builtins.dict',
  'collections.OrderedDict',
  'collections.defaultdict',
  COUNTER,
  'collections.ChainMap',
  'weakref.WeakValueDictionary',
  'weakref.WeakKeyDictionary',
  'types.MappingProxyType',
  'collections.abc.Mapping',
]);

export type ExternalKind = 'plain' | 'collect' | 'pick' | 'same' | 'mapping' | 'object' | 'unknown';

/** How a call of an external function or class is modelled. */
export function externalKind(dotted: string, isClass: boolean): ExternalKind {
  if (PLAIN.has(dotted)) return 'plain';
  if (COLLECT.has(dotted)) return 'collect';
  if (PICK.has(dotted)) return 'pick';
  if (SAME.has(dotted)) return 'same';
  if (MAPPINGS.has(dotted)) return 'mapping';
  const name = lastPart(dotted);
  return isClass || /^[A-Z]/.test(name) ? 'object' : 'unknown';
}

/** Container types whose elements are only what was put in by code that is seen. */
export const isPlainContainer = (type: string): boolean =>
  type === 'dict' ||
  type === 'generator' ||
  COLLECT.has(type) ||
  MAPPINGS.has(type) ||
  /^(typing|collections|collections\.abc|queue|weakref|builtins|multiprocessing\.queues)\./.test(type);

const BUILT_IN: ReadonlySet<string> = new Set([
  ...['dict', 'tuple', 'builtins.sorted'],
  ...['list', 'dict', 'set', 'frozenset', 'tuple'].map(name => `builtins.${name}`),
  ...['deque', 'defaultdict', 'OrderedDict', 'Counter'].map(name => `collections.${name}`),
]);

const METHODS: ReadonlySet<string> = new Set(
  (
    'add append appendleft clear copy count difference difference_update discard elements extend extendleft fromkeys ' +
    'get index insert intersection intersection_update isdisjoint issubset issuperset items keys most_common ' +
    'move_to_end pop popitem popleft remove reverse rotate setdefault sort subtract symmetric_difference ' +
    'symmetric_difference_update total union update values'
  ).split(' '),
);

/** Whether a name is a method of the containers of a type that does nothing but hold what it is given. */
export const isMethodOf = (type: string, name: string): boolean => BUILT_IN.has(type) && METHODS.has(name);

/** Whether calling an object of a type gives what it refers to weakly. */
export const isReference = (type: string): boolean => type === 'weakref.ref' || type === 'weakref.WeakMethod';

/** Whether objects of a type stand for what the function gives that they are made with. */
export const isLazyProxy = (type: string): boolean =>
  /^(werkzeug(\.local)?\.LocalProxy|django\.utils\.functional\.SimpleLazyObject|lazy_object_proxy\.Proxy)$/.test(
    type,
  );

/** Whether objects of a type are mocks, which answer calls as they are told. */
export const isMock = (type: string): boolean => /\bmock\.\w*Mock$/.test(type);

/** Types of objects whose attributes are what they were made with. */
export const isNamespace = (type: string): boolean =>
  /^(types\.SimpleNamespace|argparse\.Namespace|optparse\.Values|logging\.LogRecord)$/.test(type);

/** Types of objects, other than containers, whose attributes may be anything that is stored on them. */
export const keepsAttributes = (type: string): boolean => type !== 'tuple' && !isPlainContainer(type);

/** What `shelve.open()` gives: a mapping that may hold what other programs put there. */
export const SHELF = 'shelve.Shelf';

export const isMapping = (type: string): boolean => type === 'dict' || type === SHELF || MAPPINGS.has(type);

/** Methods of containers that give back what is in them. */
export const GIVES_ITEMS: ReadonlySet<string> = new Set(
  (
    'get pop popitem popleft setdefault get_nowait __getitem__ __next__ next peek first last one result ' +
    'fetchone fetchall values send throw asend athrow __anext__'
  ).split(' '),
);

/** Methods that give back the container itself or one like it. */
export const GIVES_SAME: ReadonlySet<string> = new Set(
  (
    'copy __copy__ union intersection difference symmetric_difference new_child __iter__ __enter__ __aenter__ ' +
    'fromkeys __or__ __and__ __sub__ __add__'
  ).split(' '),
);

/** Methods that take elements out of a container they are given. */
export const TAKES_ELEMENTS: ReadonlySet<string> = new Set(
  'extend extendleft update union difference_update intersection_update __ior__ __iadd__'.split(' '),
);

/** Names of zope.interface, as they are imported and where they are defined. */
export const ofZope = (...names: readonly string[]): string[] =>
  names.flatMap(name => [`zope.interface.${name}`, `zope.interface.declarations.${name}`]);
