// Which operator stands between two operands. The tree has no nodes for operators, so they are read off the text.
import type { Tree } from '../../2-parse/tree.js';
import { IN_PLACE, OP_BITS, Op, Operator } from '../../model/facts.js';
import { type Draft, emit } from './draft.js';

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['|', Operator.Or],
  ['^', Operator.Xor],
  ['&', Operator.And],
  ['<<', Operator.LShift],
  ['>>', Operator.RShift],
  ['+', Operator.Add],
  ['-', Operator.Sub],
  ['*', Operator.Mul],
  ['@', Operator.MatMul],
  ['/', Operator.TrueDiv],
  ['//', Operator.FloorDiv],
  ['%', Operator.Mod],
  ['**', Operator.Pow],
  ['<', Operator.Lt],
  ['<=', Operator.Le],
  ['>', Operator.Gt],
  ['>=', Operator.Ge],
  ['==', Operator.Eq],
  ['!=', Operator.Ne],
]);

const SIGNS: ReadonlyMap<string, Operator> = new Map([
  ['-', Operator.Neg],
  ['+', Operator.Pos],
  ['~', Operator.Invert],
]);

/** Brackets, line breaks and whole comments before an operator, then the operator itself. */
const BETWEEN = /^(?:[\s)\\]|#[^\r\n]*(?:[\r\n]|$))*(?:(not\s+)?(in)\b|([-+*/%@&|^<>=!]+))/;

/** The operator between two operands; null for `is` and `is not`, which call nothing. */
export function operatorBetween(t: Tree, left: number, right: number): Operator | 'in' | null {
  const [, , isIn, sign] = BETWEEN.exec(t.text.slice(t.end[left], t.start[right])) ?? [];
  if (isIn) return 'in';
  return OPERATORS.get(sign ?? '') ?? null;
}

/** The operator before the `=` of an augmented assignment. */
export function operatorBefore(t: Tree, left: number, right: number): Operator {
  const sign = BETWEEN.exec(t.text.slice(t.end[left], t.start[right]))?.[3] ?? '';
  return OPERATORS.get(sign.slice(0, -1))!;
}

/** The operator of a sign: `-x`, `~x`. */
export const signAt = (t: Tree, node: number): Operator => SIGNS.get(t.text[t.start[node]!]!)!;

/** Writes `a operator b`, or `a operator= b`; its number. */
export const binary = (
  d: Draft,
  operator: Operator,
  a: number,
  b: number,
  offset: number,
  inPlace = false,
): number => emit(d, Op.Binary | ((operator | (inPlace ? IN_PLACE : 0)) << OP_BITS), a, b, offset);
