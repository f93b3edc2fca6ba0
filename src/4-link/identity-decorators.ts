// Decorators of the project that give back the class they decorate, or a plain subclass of it.
import { ArgKind, Op } from '../model/facts.js';
import type { WorldFile } from '../model/world.js';
import { isOverload } from './flow/functions.js';
import { HARMLESS } from './harmless.js';
import { argumentsOf, returnsOf, row } from './index-file.js';
import type { Meaning, Resolver } from './resolve.js';

/** Decorators that call others, and variables bound to others, that are looked through. */
const DEEPEST = 5;

/** Whether a function returns nothing but what it is handed, never assigned anew, or a plain subclass of it.
 *  `handed`: number of the parameter that takes it. */
export function returnsItsArgument(
  file: WorldFile,
  fn: number,
  resolver: Resolver,
  handed: number,
  depth = 0,
): boolean {
  const parameter = file.facts.functions[fn]!.parameters[handed];
  if (parameter?.kind !== 'positional') return false;
  if (resolver.bindings(file).values.has(parameter.variable)) return false;
  const returns = returnsOf(file, fn);
  const gives = (v: number): boolean => isOnly(file, v, parameter.variable, resolver, depth);
  if (!returns.some(gives)) return false;
  // `if cls is None: return wrap` is the way out of `@decorator()`
  const isOptional = parameter.defaultValue >= 0;
  return returns.every(v => gives(v) || (isOptional && isIdentityDecorator(file, v, resolver, depth)));
}

/** Whether a value is nothing but a variable's: the variable, or another that is only ever bound to it or to a plain
 *  subclass of it. */
function isOnly(
  file: WorldFile,
  value: number,
  variable: number,
  resolver: Resolver,
  depth: number,
): boolean {
  const r = row(file, value);
  if (depth > DEEPEST) return false;
  if (r.op === Op.Narrow || r.op === Op.Exclude) return isOnly(file, r.a, variable, resolver, depth + 1);
  if (r.op === Op.Class) return isSubclassOf(file, r.a, variable);
  if (r.op === Op.Call) return isHandedBack(file, value, variable, resolver, depth + 1);
  if (r.op !== Op.Var) return false;
  if (r.a === variable) return true;
  const bound = resolver.bindings(file).values.get(r.a);
  return bound?.every(v => isOnly(file, v, variable, resolver, depth + 1)) ?? false;
}

/** Whether a call hands a variable's value to a function that gives it back: `wrap(cls, frozen=True)`. */
function isHandedBack(
  file: WorldFile,
  call: number,
  variable: number,
  resolver: Resolver,
  depth: number,
): boolean {
  const [first] = argumentsOf(file, call);
  if (first?.kind !== ArgKind.Positional || !isOnly(file, first.value, variable, resolver, depth))
    return false;
  return areIdentityDecorators(bodiesOf(resolver.value(file, row(file, call).a), resolver), resolver, depth);
}

/** Meanings without what is marked with @overload, which only tells of types. */
export function bodiesOf(all: readonly Meaning[], resolver: Resolver): readonly Meaning[] {
  const bodies = all.filter(m => m.kind !== 'function' || !isOverload(m.file, m.number, resolver));
  return bodies.length ? bodies : all;
}

/** Whether all that stands somewhere are functions that give back their first argument. */
const areIdentityDecorators = (found: readonly Meaning[], resolver: Resolver, depth: number): boolean =>
  depth <= DEEPEST &&
  found.every(m => {
    if (m.kind === 'external') return HARMLESS.has(m.dotted);
    return (
      m.kind === 'function' &&
      m.file.facts.functions[m.number]!.decorators.length === 0 &&
      returnsItsArgument(m.file, m.number, resolver, 0, depth + 1)
    );
  });

/** Whether a value is a function that gives back its first argument, a partial of one by keywords, or made by a call of
 *  another function that gives such a one. */
function isIdentityDecorator(file: WorldFile, value: number, resolver: Resolver, depth: number): boolean {
  const r = row(file, value);
  if (r.op !== Op.Call) return areIdentityDecorators(resolver.value(file, value), resolver, depth);
  const callee = bodiesOf(resolver.value(file, r.a), resolver);
  const [first, ...others] = argumentsOf(file, value);
  if (first?.kind !== ArgKind.Positional && callee.every(m => m.kind === 'function'))
    return (
      depth <= DEEPEST && callee.every(m => makesIdentityDecorator(m.file, m.number, resolver, depth + 1))
    );
  const isPartial = callee.every(m => m.kind === 'external' && m.dotted === 'functools.partial');
  if (!first || !isPartial || others.some(a => a.kind !== ArgKind.Keyword)) return false;
  return areIdentityDecorators(resolver.value(file, first.value), resolver, depth);
}

/** Whether a class statement has a variable among its bases and nothing unusual about it. */
function isSubclassOf(file: WorldFile, cls: number, variable: number): boolean {
  const fact = file.facts.classes[cls]!;
  const isBase = fact.bases.some(b => row(file, b.value).op === Op.Var && row(file, b.value).a === variable);
  return isBase && !fact.keywords.length && !fact.decorators.length;
}

/** Whether calling a function gives a decorator that returns its argument. */
export function makesIdentityDecorator(file: WorldFile, fn: number, resolver: Resolver, depth = 0): boolean {
  const returns = returnsOf(file, fn);
  const makes = (v: number): boolean => isIdentityDecorator(file, v, resolver, depth);
  if (returns.length > 0 && returns.every(makes)) return true;
  // `def decorator(cls=None, *, frozen=False)`: with a class it gives that back
  const isOptional = (file.facts.functions[fn]!.parameters[0]?.defaultValue ?? -1) >= 0;
  return isOptional && returns.some(makes) && returnsItsArgument(file, fn, resolver, 0, depth);
}
