// Operators, subscripts and the like: expressions made of others.
import { F, K, type KindName } from '../../2-parse/kinds.js';
import { childBy, children, firstChild, isYieldFrom } from '../../2-parse/tree.js';
import { ConstKind, Op, Operator } from '../../model/facts.js';
import { Context } from '../names/context.js';
import { indexIn, indexOf } from './annotations.js';
import { type Draft, emit, firstOperand, listed, opOf, type ValueOfNode, valueAt, valueBy } from './draft.js';
import { binary, operatorBetween, signAt } from './operators.js';

export const expressions = {
  not_operator: someText,
  comparison_operator(d, node) {
    const operands = [...children(d.t, node)];
    // of a chain each pair is compared
    const results = operands.slice(1).map((right, i) => ofTwo(d, node, operands[i]!, right));
    return results.length === 1 ? results[0]! : emit(d, Op.Join, 0, listed(d, results), d.t.start[node]!);
  },
  conditional_expression(d, node) {
    const [then, , otherwise] = children(d.t, node);
    return then === undefined || otherwise === undefined ? -1 : anyOf(d, node, [then, otherwise]);
  },
  boolean_operator: (d, node) => anyOf(d, node, [childBy(d.t, node, F.left), childBy(d.t, node, F.right)]),
  binary_operator(d, node) {
    const left = childBy(d.t, node, F.left);
    return ofTwo(d, node, left, childBy(d.t, node, F.right));
  },
  union_type(d, node) {
    const parts = [...children(d.t, node)].map(c => valueAt(d, c));
    return parts.length < 2 ? -1 : parts.reduce((l, r) => binary(d, Operator.Or, l, r, d.t.start[node]!));
  },
  unary_operator(d, node) {
    const at = d.t.start[node]!;
    const inner = valueBy(d, node, F.argument);
    // the number behind a sign is another one
    return opOf(d, inner) === Op.Const
      ? emit(d, Op.Const, firstOperand(d, inner), -1, at)
      : binary(d, signAt(d.t, node), inner, inner, at);
  },
  generic_type(d, node) {
    const [base, args] = children(d.t, node);
    if (base === undefined || args === undefined) return -1;
    const items = [...children(d.t, args)].map(part => valueAt(d, part));
    const index = indexOf(d, items, d.t.start[node]!);
    return emit(d, Op.Sub, valueAt(d, base), index, d.t.start[node]!);
  },
  subscript(d, node) {
    if (d.s.context[node] !== Context.Load) return -1;
    const index = indexIn(d, node);
    return emit(d, Op.Sub, valueBy(d, node, F.value), index, d.t.start[node]!);
  },
  // what `yield from` gives is what the other generator ends with, or what it waits for
  yield: (d, node) =>
    isYieldFrom(d.t, node) ? emit(d, Op.Await, valueAt(d, firstChild(d.t, node)), 0, d.t.start[node]!) : -1,
  await: (d, node) => emit(d, Op.Await, valueAt(d, firstChild(d.t, node)), 0, d.t.start[node]!),
} satisfies Partial<Record<KindName, ValueOfNode>>;

/** What the operator between two operands gives. */
function ofTwo(d: Draft, node: number, left: number, right: number): number {
  const at = d.t.start[node]!;
  const operator = operatorBetween(d.t, left, right);
  if (operator === 'in') return emit(d, Op.In, valueAt(d, left), valueAt(d, right), at);
  if (operator !== null) return binary(d, operator, valueAt(d, left), valueAt(d, right), at);
  const isNamed = d.t.kind[right] === K.identifier || d.t.kind[right] === K.attribute;
  return isNamed ? emit(d, Op.Is, valueAt(d, left), valueAt(d, right), at) : someText(d, node);
}

/** A plain value that is not known. */
function someText(d: Draft, node: number): number {
  return emit(d, Op.Const, ConstKind.Text, -1, d.t.start[node]!);
}

/** Any one of the values of some nodes. */
function anyOf(d: Draft, node: number, parts: readonly number[]): number {
  const items = parts.map(part => valueAt(d, part));
  return emit(d, Op.Join, 0, listed(d, items), d.t.start[node]!);
}
