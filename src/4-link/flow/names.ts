// Attribute names that are strings: literals, constants, what is put together of them, and loops over displays of them.
import { ArgKind, Op, Operator } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import {
  argumentsOf,
  listAt,
  opAt,
  operatorAt,
  row,
  spelling,
  stringAt,
  valueCount,
  written,
} from '../index-file.js';
import type { Resolver } from '../resolve.js';
import type { Callers } from './callers.js';
import { composedNames } from './composed-names.js';
import { copiedBy, displayAt, namesOfLibrary, UNITING, unitedBy } from './displays.js';
import { lookedUp } from './looked-up.js';

const DEEPEST = 6;

/** Every string a value may be, or null when that cannot be told. `givenFor`: what calls give for parameters, where these
 *  may be looked through. */
export function literalNames(
  file: WorldFile,
  value: number,
  resolver: Resolver,
  depth = 0,
  givenFor: Callers['givenFor'] | null = null,
): readonly string[] | null {
  if (depth > DEEPEST) return null;
  const inner = (v: number, at = file): readonly string[] | null =>
    literalNames(at, v, resolver, depth + 1, givenFor);
  const namesOf = (at: WorldFile, v: number): readonly string[] | null => inner(v, at);
  const sight = { resolver, isReceiver, isParameter, namesOf };
  const r = written(file, value);
  switch (r.op) {
    case Op.Str:
      return [stringAt(file, r.a)];
    case Op.Join:
      return union([...listAt(file, r.b)].map(v => inner(v)));
    case Op.Var: {
      const bound = resolver.bindings(file);
      const values = bound.values.get(r.a);
      if (!values) {
        const given = givenFor?.(file, r.a);
        if (given) return union(given.map(g => inner(g.value, g.file)));
        const found = resolver.variable(file, r.a);
        const only = found.length === 1 ? found[0]! : null;
        return only?.kind === 'value' ? inner(only.value, only.file) : null;
      }
      if (isParameter(file, r.a) || bound.imports.has(r.a)) return null;
      return union(values.map(v => inner(v)));
    }
    case Op.Iter:
      return literalItems(file, r.a, resolver, depth + 1, -1);
    case Op.Item: {
      const inner = row(file, r.a);
      if (inner.op !== Op.Iter) return lookedUp(file, r.a, r.b, sight);
      const beside = besides(file, inner.a, r.b, resolver);
      return beside === null
        ? literalItems(file, inner.a, resolver, depth + 1, r.b)
        : literalItems(file, beside, resolver, depth + 1, -1);
    }
    case Op.Sub:
      return lookedUp(file, value, -1, sight);
    default:
      return composedNames(file, value, v => inner(v)) ?? lookedUp(file, value, -1, sight);
  }
}

/** The words in all strings that may be names: what code may ask for by name. `without`: strings that calls of these, as
 *  they are spelled, are given do not count. */
export function spokenIn(files: readonly WorldFile[], without: RegExp | null = null): ReadonlySet<string> {
  const found = new Set<string>();
  for (const file of files) {
    const others = new Set<number>();
    for (let v = 0; without && v < valueCount(file); v++)
      if (opAt(file, v) === Op.Call && without.test(spelling(file, row(file, v).a)))
        for (const { value } of argumentsOf(file, v)) others.add(value);
    for (let v = 0; v < valueCount(file); v++)
      if (opAt(file, v) === Op.Str && !others.has(v))
        for (const word of stringAt(file, row(file, v).a).split(/\W+/)) found.add(word);
  }
  return found;
}

/** What the part number `place` of the items comes from: for `zip(NAMES, values)` and `enumerate(NAMES)`. */
export function besides(file: WorldFile, call: number, place: number, resolver: Resolver): number | null {
  if (row(file, call).op !== Op.Call) return null;
  const called = resolver.value(file, row(file, call).a);
  const isOnly = (dotted: string): boolean => called.every(m => m.kind === 'external' && m.dotted === dotted);
  const args = argumentsOf(file, call);
  if (args.slice(0, place + 1).some(a => a.kind !== ArgKind.Positional)) return null;
  if (isOnly('builtins.zip')) return args[place]?.value ?? null;
  return isOnly('builtins.enumerate') && place === 1 ? (args[0]?.value ?? null) : null;
}

/** How a computed name begins and ends. */
export interface Ends {
  readonly start: string;
  readonly end: string;
}

/** A name of which nothing is known. */
export const OPEN_ENDS: Ends = { start: '', end: '' };

/** How a computed name surely begins and ends: `"visit_" + kind`, `f"on_{event}"`, `"do_%s" % name`. */
export function endsOf(file: WorldFile, value: number, resolver: Resolver, depth = 0): Ends {
  if (depth > DEEPEST) return OPEN_ENDS;
  const inner = (v: number): Ends => endsOf(file, v, resolver, depth + 1);
  const r = written(file, value);
  switch (r.op) {
    case Op.Str: {
      const text = stringAt(file, r.a);
      return { start: text, end: text };
    }
    case Op.Binary: {
      const { start } = inner(r.a);
      if (operatorAt(file, value).operator === Operator.Mod) return { start: start.split('%')[0]!, end: '' };
      return { start, end: inner(r.b).end };
    }
    case Op.Text: {
      const parts = [...listAt(file, r.b)];
      const [first, last] = [parts[0], parts.at(-1)];
      return first === undefined ? OPEN_ENDS : { start: inner(first).start, end: inner(last!).end };
    }
    case Op.Call: {
      const callee = row(file, r.a);
      const isFormat = callee.op === Op.Attr && stringAt(file, callee.b) === 'format';
      return isFormat ? { start: inner(callee.a).start.split('{')[0]!, end: '' } : OPEN_ENDS;
    }
    case Op.Var: {
      const values = resolver.bindings(file).values.get(r.a) ?? [];
      return values.length === 1 && !isParameter(file, r.a) ? inner(values[0]!) : OPEN_ENDS;
    }
    default:
      return OPEN_ENDS;
  }
}

/** The names under which a call stores on a receiver, or null when they are computed. Several names at once count
 *  only on a method's own receiver: elsewhere such a loop is how open objects are filled. */
export function storedNames(
  file: WorldFile,
  receiver: number,
  name: number,
  resolver: Resolver,
  callers: Callers | null,
): readonly string[] | null {
  const found = literalNames(file, name, resolver, 0, callers?.givenWithin ?? null);
  return found && (found.length === 1 || isReceiver(file, receiver)) ? found : null;
}

/** Whether a value is the first parameter of a method. */
export const isReceiver = (file: WorldFile, value: number): boolean => {
  const r = written(file, value);
  return r.op === Op.Var && file.facts.functions.some(f => f.cls >= 0 && f.parameters[0]?.variable === r.a);
};

/** Whether a variable is a parameter of a function. */
export const isParameter = (file: WorldFile, variable: number): boolean =>
  file.facts.functions.some(f => f.parameters.some(p => p.variable === variable));

/** The strings in a display of literals; with a place, those at that place of its items. Of a dict these are its keys,
 *  or what its methods give. */
export function literalItems(
  file: WorldFile,
  value: number,
  resolver: Resolver,
  depth = 0,
  place = -1,
): readonly string[] | null {
  if (depth > DEEPEST) return null;
  const r = row(file, value);
  if (r.op === Op.Tuple || r.op === Op.List || r.op === Op.Set) {
    return union(
      [...listAt(file, r.b)].map(item => {
        if (item < 0) return null;
        if (place < 0) return literalNames(file, item, resolver, depth + 1);
        const inner = row(file, item);
        if (inner.op !== Op.Tuple && inner.op !== Op.List) return null;
        const at = listAt(file, inner.b)[place];
        return at === undefined || at < 0 ? null : literalNames(file, at, resolver, depth + 1);
      }),
    );
  }
  if (r.op === Op.Dict) return place < 0 ? keysOf(file, r.b, 0, resolver, depth) : null;
  const inner = (v: number): readonly string[] | null => literalItems(file, v, resolver, depth + 1, place);
  if (r.op === Op.Binary)
    return UNITING.has(operatorAt(file, value).operator) ? union([r.a, r.b].map(inner)) : null;
  if (r.op === Op.Call) {
    const parts = unitedBy(file, value) ?? copiedBy(file, value, resolver);
    return parts ? union(parts.map(inner)) : viewed(file, value, resolver, depth, place);
  }
  const display = displayAt(file, value, resolver, isReceiver);
  if (!display) return place < 0 ? namesOfLibrary(file, value, resolver) : null;
  return literalItems(display.file, display.value, resolver, depth + 1, place);
}

/** The strings that `keys()`, `values()` or `items()` of a dict display give; `place`: of the pairs of the latter. */
function viewed(
  file: WorldFile,
  call: number,
  resolver: Resolver,
  depth: number,
  place: number,
): readonly string[] | null {
  const callee = row(file, row(file, call).a);
  if (callee.op !== Op.Attr || argumentsOf(file, call).length) return null;
  const display =
    opAt(file, callee.a) === Op.Dict
      ? { file, value: callee.a }
      : displayAt(file, callee.a, resolver, isReceiver);
  const dict = display && row(display.file, display.value);
  if (dict?.op !== Op.Dict) return null;
  const column = VIEWS.get(`${stringAt(file, callee.b)} ${place}`);
  return column === undefined ? null : keysOf(display!.file, dict.b, column, resolver, depth);
}

/** Which column of a dict display a view of it gives, by its name and the place in what it gives. */
const VIEWS: ReadonlyMap<string, number> = new Map([
  ['keys -1', 0],
  ['items 0', 0],
  ['values -1', 1],
  ['items 1', 1],
]);

/** The strings in a column of a dict display: 0 for its keys, 1 for its values. */
const keysOf = (
  file: WorldFile,
  list: number,
  column: number,
  resolver: Resolver,
  depth: number,
): readonly string[] | null => {
  const parts = [...listAt(file, list)];
  // of `**other` no key is told
  if (parts.some((part, i) => i % 2 === 0 && part < 0)) return null;
  return union(parts.filter((_, i) => i % 2 === column).map(v => literalNames(file, v, resolver, depth + 1)));
};

function union(parts: readonly (readonly string[] | null)[]): readonly string[] | null {
  const all = new Set<string>();
  for (const part of parts) {
    if (!part) return null;
    for (const name of part) all.add(name);
  }
  return [...all];
}
