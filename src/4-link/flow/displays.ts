// Which displays of names a name stands for, and what operators and calls put together of them.
import { ArgKind, Op, Operator } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { argumentsOf, opAt, type Row, row, stringAt } from '../index-file.js';
import type { Resolver } from '../resolve.js';

/** Operators between containers that give what is in both. */
export const UNITING: ReadonlySet<Operator> = new Set([Operator.Add, Operator.Or]);

/** What `A.union(B)` puts together; null for other calls. */
export function unitedBy(file: WorldFile, call: number): readonly number[] | null {
  const callee = row(file, row(file, call).a);
  if (callee.op !== Op.Attr || stringAt(file, callee.b) !== 'union') return null;
  const args = argumentsOf(file, call);
  return args.every(a => a.kind === ArgKind.Positional) ? [callee.a, ...args.map(a => a.value)] : null;
}

const COPYING = /^builtins\.(frozenset|list|set|sorted|tuple)$/;

/** What `sorted(A)` or `frozenset(A)` takes its items of; null for other calls. */
export function copiedBy(file: WorldFile, call: number, resolver: Resolver): readonly number[] | null {
  const [only, ...others] = argumentsOf(file, call);
  if (!only || only.kind !== ArgKind.Positional || others.some(a => a.kind !== ArgKind.Keyword)) return null;
  const called = resolver.value(file, row(file, call).a);
  const isCopy = called.length > 0 && called.every(m => m.kind === 'external' && COPYING.test(m.dotted));
  return isCopy ? [only.value] : null;
}

/** Tuples of names in the standard library that code goes through as functools does (CPython 3.8 to 3.13). */
const OF_LIBRARY: ReadonlyMap<string, readonly string[]> = new Map([
  ['functools.WRAPPER_UPDATES', ['__dict__']],
  [
    'functools.WRAPPER_ASSIGNMENTS',
    ['__module__', '__name__', '__qualname__', '__doc__', '__annotations__', '__type_params__'],
  ],
]);

export function namesOfLibrary(file: WorldFile, value: number, resolver: Resolver): readonly string[] | null {
  const { op } = row(file, value);
  if (op !== Op.Var && op !== Op.Attr) return null;
  const [only, ...others] = resolver.value(file, value);
  return only?.kind === 'external' && !others.length ? (OF_LIBRARY.get(only.dotted) ?? null) : null;
}

/** The display that a name or an attribute means, as long as it stays what it is. `isReceiver`: whether a value is the
 *  object that a method is called on. */
export function displayAt(
  file: WorldFile,
  value: number,
  resolver: Resolver,
  isReceiver: (file: WorldFile, value: number) => boolean,
): { readonly file: WorldFile; readonly value: number } | null {
  const r = row(file, value);
  if (r.op !== Op.Var && r.op !== Op.Attr) return null;
  const found = resolver.value(file, value);
  const ofSelf = r.op === Op.Attr && isReceiver(file, r.a) ? resolver.constant(stringAt(file, r.b)) : null;
  const only = ofSelf ?? (found.length === 1 ? found[0]! : null);
  if (only?.kind !== 'value') return null;
  switch (opAt(only.file, only.value)) {
    case Op.Tuple:
      return only;
    case Op.List:
    case Op.Set:
    case Op.Dict:
    case Op.Binary:
    case Op.Call:
      // what may grow after it was made does not count
      return staysAsMade(file, r, only, ofSelf !== null, resolver) ? only : null;
    default:
      return null;
  }
}

/** Whether the display that is read at `r` stays what it is. */
function staysAsMade(
  file: WorldFile,
  r: Row,
  display: { readonly file: WorldFile; readonly value: number },
  ofSelf: boolean,
  { bindings, unchanged }: Resolver,
): boolean {
  if (ofSelf) return unchanged.classVariable(stringAt(file, r.b));
  if (display.file === file) return r.op === Op.Var && unchanged.variable(file, r.a);
  const { values, moduleNames } = bindings(display.file);
  for (const variable of moduleNames.values())
    if (values.get(variable)?.includes(display.value)) return unchanged.variable(display.file, variable);
  return false;
}
