// Reading one file's facts: rows by name, and what binds each variable.
import type { Place } from '../model/decision.js';
import type { ImportFact } from '../model/definitions.js';
import {
  ACT_WIDTH,
  Act,
  ArgKind,
  ConstKind,
  IN_PLACE,
  LATE,
  lineAndColumn,
  OP_BITS,
  Op,
  type Operator,
  VALUE_WIDTH,
} from '../model/facts.js';
import { addTo } from '../model/grouping.js';
import { countWhere } from '../model/search.js';
import type { WorldClass, WorldFile } from '../model/world.js';

const OP_MASK = (1 << OP_BITS) - 1;

/** One row of a file's values. */
export interface Row {
  readonly op: Op;
  readonly a: number;
  readonly b: number;
  readonly at: number;
}

/** The row of a value. */
export const row = (file: WorldFile, value: number): Row => {
  const d = file.facts.values;
  const i = value * VALUE_WIDTH;
  return { op: d[i]! & OP_MASK, a: d[i + 1]!, b: d[i + 2]!, at: d[i + 3]! };
};

/** What a value is made of: the op of its row. */
export const opAt = (file: WorldFile, value: number): Op => file.facts.values[value * VALUE_WIDTH]! & OP_MASK;

/** The operator of an `Op.Binary` value, and whether it stands before `=`. */
export const operatorAt = (file: WorldFile, value: number): { operator: Operator; inPlace: boolean } => {
  const written = file.facts.values[value * VALUE_WIDTH]! >> OP_BITS;
  return { operator: written & ~IN_PLACE, inPlace: (written & IN_PLACE) !== 0 };
};

/** Whether other code may run between a test and the `Op.Narrow` or `Op.Exclude` value that rests on it. */
export const isLate = (file: WorldFile, value: number): boolean =>
  (file.facts.values[value * VALUE_WIDTH]! & LATE) !== 0;

/** Whether a value is a variable of which no more is known where it is read than elsewhere. */
export const isPlainName = (file: WorldFile, value: number): boolean =>
  opAt(file, value) === Op.Var && file.facts.values[value * VALUE_WIDTH + 2] === 0;

/** The names that what stands at a variable is known to have as attributes where it is read; none for other values. */
export const namesAt = (file: WorldFile, value: number): readonly string[] => {
  const { op, b } = row(file, value);
  if (op !== Op.Var || b === 0) return NO_NAMES;
  const { lists, strings } = file.facts;
  const names: string[] = [];
  for (let i = b, end = b + lists[b - 1]!; i < end; i++) names.push(strings[lists[i]!]!);
  return names;
};

const NO_NAMES: readonly string[] = [];

/** How many values a file has; they are numbered from 0. */
export const valueCount = (file: WorldFile): number => file.facts.values.length / VALUE_WIDTH;

/** Calls of a file, with what they call. */
export function* callsIn(file: WorldFile): Generator<{ readonly call: number; readonly callee: number }> {
  const count = valueCount(file);
  for (let call = 0; call < count; call++)
    if (opAt(file, call) === Op.Call) yield { call, callee: row(file, call).a };
}

/** Items of the list at `at`. */
export const listAt = (file: WorldFile, at: number): Int32Array => {
  const length = file.facts.lists[at]!;
  return file.facts.lists.subarray(at + 1, at + 1 + length);
};

/** Values that a function returns, each arm of a conditional expression by itself. */
export function returnsOf(file: WorldFile, fn: number): number[] {
  const { acts } = file.facts;
  const found: number[] = [];
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    if (acts[i] === Act.Return && acts[i + 1] === fn) found.push(acts[i + 2]!);
  return found.flatMap(v => (row(file, v).op === Op.Join ? [...listAt(file, row(file, v).b)] : [v]));
}

/** One argument of a call; `name` is empty where none is written. */
export interface Argument {
  readonly kind: ArgKind;
  readonly name: string;
  readonly value: number;
}

/** Arguments of the call value `call`, in order. */
export function argumentsOf(file: WorldFile, call: number): Argument[] {
  // not by `listAt`: a view of a column takes longer to make than the list
  const { lists } = file.facts;
  const at = row(file, call).b;
  const found: Argument[] = [];
  for (let i = at + 1, end = i + lists[at]!; i < end; i += 3)
    found.push({
      kind: lists[i]!,
      name: lists[i + 1]! >= 0 ? stringAt(file, lists[i + 1]!) : '',
      value: lists[i + 2]!,
    });
  return found;
}

/** The values that a value is made of, in order. */
export function operandsOf(file: WorldFile, value: number): readonly number[] {
  const { op, a, b } = row(file, value);
  switch (op) {
    case Op.Attr:
    case Op.Iter:
    case Op.Enter:
    case Op.Await:
    case Op.Item:
    case Op.Rest:
    case Op.Comp:
    case Op.Caught:
    case Op.Field:
      return [a];
    case Op.Binary:
    case Op.Sub:
    case Op.In:
    case Op.Narrow:
      return [a, b];
    case Op.Exclude:
      return [a, ...listAt(file, b)];
    case Op.Call:
      return [a, ...argumentsOf(file, value).map(arg => arg.value)];
    case Op.Tuple:
    case Op.List:
    case Op.Set:
      return Array.from(listAt(file, b), item => (item < 0 ? ~item : item));
    case Op.Dict:
      return [...listAt(file, b)].filter(item => item >= 0);
    case Op.Join:
    case Op.Text:
      return [...listAt(file, b)];
    default:
      return [];
  }
}

/** Whether a call of `mock.patch` or `mock.patch.object` may make names that are not there: `create`, which may also
 *  come by position or in `**options`, is left out or False otherwise. `position`: its place among the parameters. */
export function mayCreate(file: WorldFile, args: readonly Argument[], position: number): boolean {
  return args.some((arg, i) => {
    if (arg.kind === ArgKind.DoubleStar || arg.kind === ArgKind.Star) return true;
    if (arg.kind === ArgKind.Keyword ? arg.name !== 'create' : i !== position) return false;
    const { op, a, b } = row(file, arg.value);
    return !(op === Op.Const && a === ConstKind.Bool && b === 0);
  });
}

/** True for `x[1:2]` and other indexes that give a part of the same kind. */
export const isSlice = (file: WorldFile, index: number): boolean =>
  opAt(file, index) === Op.Const && row(file, index).a === ConstKind.Ellipsis;

/** The text with a number. */
export const stringAt = (file: WorldFile, number: number): string => file.facts.strings[number]!;

/** The place of a UTF-16 offset: line and column from 1. */
export function placeAt(file: WorldFile, offset: number): Place {
  const { line, column } = lineAndColumn(file.facts.lineStarts, offset);
  return { path: file.source.path, offset, line, column };
}

/** How a name, dotted name or call of one is written; `...` for what is more than that. */
export function spelling(file: WorldFile, value: number): string {
  const r = row(file, value);
  switch (r.op) {
    case Op.Var:
      return file.facts.variables[r.a]!.name;
    case Op.Attr:
      return `${spelling(file, r.a)}.${stringAt(file, r.b)}`;
    case Op.Call:
      return `${spelling(file, r.a)}()`;
    case Op.Sub:
      return `${spelling(file, r.a)}[]`;
    case Op.Narrow:
    case Op.Exclude:
      return spelling(file, r.a);
    default:
      return '...';
  }
}

/** The last part of a name or dotted name, whatever tests tell of it; empty for what is none. */
export function lastName(file: WorldFile, value: number): string {
  const r = row(file, value);
  if (r.op === Op.Narrow || r.op === Op.Exclude) return lastName(file, r.a);
  if (r.op === Op.Var) return file.facts.variables[r.a]!.name;
  return r.op === Op.Attr ? stringAt(file, r.b) : '';
}

/** What is written at a value, whatever tests have ruled out there: the same name or attribute. */
export function written(file: WorldFile, value: number): Row {
  const r = row(file, value);
  return r.op === Op.Exclude ? written(file, r.a) : r;
}

/** What tells receivers of a file apart: a variable by its number, `self.client` by its spelling. */
export function receiverKey(file: WorldFile, value: number): string | null {
  const r = written(file, value);
  if (r.op === Op.Var) return `${r.a}`;
  return r.op === Op.Attr ? spelling(file, value) : null;
}

/** The same, with what belongs to a local variable apart for each function: `pool.submit` in two of them. */
export function objectKey(file: WorldFile, value: number): string | null {
  const key = receiverKey(file, value);
  let root = written(file, value);
  if (root.op !== Op.Attr) return key;
  while (root.op === Op.Attr) root = written(file, root.a);
  return root.op === Op.Var && isLocal(file, root.a) ? `${root.a} ${key}` : key;
}

const parameters = new WeakMap<WorldFile, ReadonlySet<number>>();

/** Whether a variable belongs to a function that binds it itself. */
function isLocal(file: WorldFile, variable: number): boolean {
  const { functions, scopes, variables } = file.facts;
  const { scope, bound } = variables[variable]!;
  if (!bound || scopes[scope]!.kind !== 'function') return false;
  let given = parameters.get(file);
  if (!given) {
    given = new Set(functions.flatMap(f => f.parameters.map(p => p.variable)));
    parameters.set(file, given);
  }
  return !given.has(variable);
}

/** What binds the variables of a file. */
export interface Bindings {
  /** Values bound to each variable. */
  readonly values: ReadonlyMap<number, readonly number[]>;
  readonly imports: ReadonlyMap<number, readonly ImportFact[]>;
  /** Variable of a name bound at module level. */
  readonly moduleNames: ReadonlyMap<string, number>;
  readonly starImports: readonly ImportFact[];
}

/** What the statements of a file bind. */
export function bindingsOf(file: WorldFile): Bindings {
  const values = new Map<number, number[]>();
  const imports = new Map<number, ImportFact[]>();
  const moduleNames = new Map<string, number>();
  const { acts, variables } = file.facts;
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    if (acts[i] === Act.Bind) addTo(values, acts[i + 1]!, acts[i + 2]!);
  for (const fact of file.facts.imports) if (fact.variable >= 0) addTo(imports, fact.variable, fact);
  variables.forEach((v, number) => {
    if (v.scope === 0 && v.bound) moduleNames.set(v.name, number);
  });
  return { values, imports, moduleNames, starImports: file.facts.imports.filter(i => i.name === '*') };
}

/** Whether what is done at a UTF-16 offset is expected to fail, and fails with slots if it does without. */
export function isToFail({ facts: { failing } }: WorldFile, at: number): boolean {
  return failing[countWhere(failing.length, n => failing[n]! < at)] === at;
}

/** Whether a place, as a store that is made there, is in the statement of a class. */
export const isInside = (
  cls: WorldClass,
  { file, at }: { readonly file: WorldFile; readonly at: number },
): boolean => file === cls.file && at >= cls.fact.anchor.keyword && at < cls.fact.end;

/** Offsets of the rows of acts of a kind whose first operand is `a`. */
export function actsOf(file: WorldFile, kind: Act, a: number): number[] {
  const { acts } = file.facts;
  const found: number[] = [];
  for (let i = 0; i < acts.length; i += ACT_WIDTH) if (acts[i] === kind && acts[i + 1] === a) found.push(i);
  return found;
}
