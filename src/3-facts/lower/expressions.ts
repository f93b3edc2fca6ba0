// Operators, subscripts and the like: expressions made of others.
import { F, type KindName } from '../../2-parse/kinds.js';
import { childBy, children, firstChild } from '../../2-parse/tree.js';
import { ConstKind, Op } from '../../model/facts.js';
import { Context } from '../names/context.js';
import { indexOf } from './annotations.js';
import { type Draft, emit, firstOperand, listed, opOf, type ValueOfNode, valueAt, valueBy } from './draft.js';

export const expressions = {
  not_operator: someText,
  comparison_operator(d, node) {
    const { t } = d;
    const [element, container, more] = children(t, node);
    if (element === undefined || container === undefined || more !== undefined) return someText(d, node);
    const between = t.text.slice(t.end[element], t.start[container]);
    return /^[\s)]*(not\s+)?in\b/.test(between)
      ? emit(d, Op.In, valueAt(d, element), valueAt(d, container), t.start[node]!)
      : someText(d, node);
  },
  conditional_expression(d, node) {
    const [then, , otherwise] = children(d.t, node);
    return then === undefined || otherwise === undefined ? -1 : anyOf(d, node, [then, otherwise]);
  },
  boolean_operator: (d, node) => anyOf(d, node, [childBy(d.t, node, F.left), childBy(d.t, node, F.right)]),
  binary_operator: (d, node) =>
    emit(d, Op.Binary, valueBy(d, node, F.left), valueBy(d, node, F.right), d.t.start[node]!),
  union_type(d, node) {
    const parts = [...children(d.t, node)].map(c => valueAt(d, c));
    return parts.length < 2 ? -1 : parts.reduce((l, r) => emit(d, Op.Binary, l, r, d.t.start[node]!));
  },
  unary_operator(d, node) {
    const at = d.t.start[node]!;
    const inner = valueBy(d, node, F.argument);
    // the number behind a sign is another one
    return opOf(d, inner) === Op.Const
      ? emit(d, Op.Const, firstOperand(d, inner), -1, at)
      : emit(d, Op.Binary, inner, inner, at);
  },
  generic_type(d, node) {
    const [base, args] = children(d.t, node);
    return base === undefined || args === undefined ? -1 : subscript(d, node, base, [...children(d.t, args)]);
  },
  subscript(d, node) {
    const { t, s } = d;
    if (s.context[node] !== Context.Load) return -1;
    const parts = [...children(t, node)].filter(c => t.field[c] === F.subscript);
    return subscript(d, node, childBy(t, node, F.value), parts);
  },
  await: (d, node) => emit(d, Op.Await, valueAt(d, firstChild(d.t, node)), 0, d.t.start[node]!),
} satisfies Partial<Record<KindName, ValueOfNode>>;

/** A plain value that is not known. */
function someText(d: Draft, node: number): number {
  return emit(d, Op.Const, ConstKind.Text, -1, d.t.start[node]!);
}

/** Any one of the values of some nodes. */
function anyOf(d: Draft, node: number, parts: readonly number[]): number {
  const items = parts.map(part => valueAt(d, part));
  return emit(d, Op.Join, 0, listed(d, items), d.t.start[node]!);
}

function subscript(d: Draft, node: number, base: number, parts: readonly number[]): number {
  const at = d.t.start[node]!;
  const items = parts.map(part => valueAt(d, part));
  const index = indexOf(d, items, at);
  return emit(d, Op.Sub, valueAt(d, base), index, at);
}
