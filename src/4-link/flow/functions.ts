// What a function is once its decorators have had their say.
import type { ParameterFact } from '../../model/definitions.js';
import { Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { opAt, row, spelling, stringAt } from '../index-file.js';
import type { Resolver } from '../resolve.js';

export type FunctionKind =
  | 'method'
  | 'static'
  | 'class'
  | 'property'
  /** `@x.setter`, `@x.deleter`: part of a property, no attribute of its own. */
  | 'accessor'
  /** A descriptor that computes once and keeps the value in the instance's `__dict__` under the same name. */
  | 'cached'
  /** Decorated by something that may replace it. */
  | 'opaque';

/** Decorators that give back a function that behaves like the one they get, as far as arguments go. */
const TRANSPARENT: ReadonlySet<string> = new Set([
  'abc.abstractmethod',
  'typing.overload',
  'typing.override',
  'typing.final',
  'typing.no_type_check',
  'typing_extensions.overload',
  'typing_extensions.override',
  'typing_extensions.final',
  'typing_extensions.deprecated',
  'warnings.deprecated',
  'functools.lru_cache',
  'functools.cache',
  'functools.wraps',
  'functools.singledispatch',
  'functools.singledispatchmethod',
  'contextlib.contextmanager',
  'contextlib.asynccontextmanager',
  'asyncio.coroutine',
  'types.coroutine',
  'atexit.register',
  'reprlib.recursive_repr',
  'unittest.skip',
  'unittest.skipIf',
  'unittest.skipUnless',
  'unittest.mock.patch',
  'pytest.fixture',
]);

/** Names by which the world's libraries call descriptors that cache in the instance dictionary. */
const CACHED =
  /(^|[._])(cached_?property|reify|lazy\.lazy|funcy\.cached_readonly|lazy_?property|lazy_?attribute|memoized_?property|cachedproperty|threaded_cached_property|cached_property_with_ttl)$/i;

/** Whether a dotted name or spelling is that of such a descriptor. */
export const isCachedName = (name: string): boolean => CACHED.test(name);

/** How far up the bases of a class are looked at: `class lazy(lazy)` may stand above itself. */
const DEEPEST = 4;

/** Dotted name of what stands at a value when it comes from outside the world, else how it is spelled. Of several
 *  things that may stand there, or that a class there inherits from, it is the one that keeps a value in the `__dict__`. */
export function calledName(file: WorldFile, value: number, resolver: Resolver, depth = 0): string {
  const meanings = resolver.value(file, value);
  const external = meanings.flatMap(m => (m.kind === 'external' ? [m.dotted] : []));
  const inherited = meanings.flatMap(m =>
    m.kind === 'class' && depth < DEEPEST
      ? m.file.facts.classes[m.number]!.bases.map(b => calledName(m.file, b.value, resolver, depth + 1))
      : [],
  );
  return [...external, ...inherited].find(isCachedName) ?? external[0] ?? spelling(file, value);
}

/** Whether a function is a stub that only tells of types: marked with `@overload`. */
export const isOverload = (file: WorldFile, fn: number, resolver: Resolver): boolean =>
  file.facts.functions[fn]!.decorators.length > 0 &&
  decoratorNames(file, fn, resolver).some(d => /^typing(_extensions)?\.overload$/.test(d.name));

/** Dotted names or spellings of a function's decorators, the call around them taken off. */
export function decoratorNames(
  file: WorldFile,
  fn: number,
  resolver: Resolver,
): { readonly name: string; readonly value: number; readonly accessor: boolean }[] {
  const { name: own, decorators } = file.facts.functions[fn]!;
  /** `x`, or `Base.x` above a function of that name. */
  const mayBeProperty = (value: number): boolean => {
    const { op, b } = row(file, value);
    return op === Op.Var || (op === Op.Attr && stringAt(file, b) === own);
  };
  return decorators.map(value => {
    const callee = opAt(file, value) === Op.Call ? row(file, value).a : value;
    const r = row(file, callee);
    const accessor =
      r.op === Op.Attr && /^(setter|getter|deleter)$/.test(stringAt(file, r.b)) && mayBeProperty(r.a);
    return { name: calledName(file, callee, resolver), value, accessor };
  });
}

/** What a class body makes of a function, by its name and decorators. `__new__` is static, `__init_subclass__` and
 *  `__class_getitem__` are class methods without a decorator (reference 3.3.1, 3.3.3.1, 3.3.5). */
export function functionKind(file: WorldFile, fn: number, resolver: Resolver): FunctionKind {
  const fact = file.facts.functions[fn]!;
  let kind: FunctionKind = 'method';
  if (fact.name === '__new__' || fact.name === '__init_subclass__' || fact.name === '__class_getitem__')
    kind = fact.name === '__new__' ? 'static' : 'class';
  for (const { name, accessor } of decoratorNames(file, fn, resolver)) {
    if (accessor) return 'accessor';
    if (isCachedName(name)) return 'cached';
    if (name === 'builtins.staticmethod' || name === 'abc.abstractstaticmethod') kind = 'static';
    else if (name === 'builtins.classmethod' || name === 'abc.abstractclassmethod') kind = 'class';
    else if (name === 'builtins.property' || /property$/i.test(name)) kind = 'property';
    else if (!TRANSPARENT.has(name) && kind === 'method') kind = 'opaque';
  }
  return kind;
}

/** Whether a function of a class takes the instance as its first parameter. */
export const takesInstance = (kind: FunctionKind): boolean =>
  kind === 'method' || kind === 'property' || kind === 'accessor' || kind === 'cached' || kind === 'opaque';

/** Whether a decorator leaves a function what it is. */
export const isTransparent = (name: string): boolean => TRANSPARENT.has(name);

/** `*args` or `**kwargs`. */
export const isRest = (p: ParameterFact): boolean => p.kind === 'star' || p.kind === 'doubleStar';
