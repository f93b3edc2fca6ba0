// Names that are read, plain and dotted: what they mean where they stand.
import { F, K, type KindName } from '../../2-parse/kinds.js';
import { childBy, children, type Tree, textOf } from '../../2-parse/tree.js';
import { LATE, Op } from '../../model/facts.js';
import { intern } from '../columns.js';
import { classAround, functionAround } from '../names/around.js';
import { Context, isCapture } from '../names/context.js';
import {
  type Draft,
  emit,
  listed,
  nameAt,
  setSecondOperand,
  type ValueOfNode,
  valueAt,
  valueBy,
  variableAt,
} from './draft.js';

export const reads = {
  identifier(d, node) {
    const { t, s } = d;
    if (s.context[node] !== Context.Load || !isRead(t, node)) return -1;
    const at = t.start[node]!;
    const scope = s.scopeOf[node]!;
    const spelled = textOf(t, node);
    if (spelled === '__class__') {
      const cls = classAround(s.scopes, scope);
      if (cls >= 0 && functionAround(s.scopes, scope) >= 0) return emit(d, Op.ClassCell, cls, 0, at);
    }
    const variable = d.versions.readAt(node, s.variable(scope, spelled));
    const had = d.having(node);
    const list = had.length
      ? 1 +
        listed(
          d,
          had.map(attribute => intern(d.strings, attribute)),
        )
      : 0;
    return narrowed(d, node, emit(d, Op.Var, variable, list, at));
  },
  attribute(d, node) {
    const { t, s } = d;
    if (s.context[node] !== Context.Load) return -1;
    const object = valueBy(d, node, F.object);
    const name = nameAt(d, childBy(t, node, F.attribute));
    return narrowed(d, node, emit(d, Op.Attr, object, name, t.start[node]!));
  },
  member_type(d, node) {
    const [base, part] = children(d.t, node);
    if (base === undefined || part === undefined) return -1;
    const name = intern(d.strings, textOf(d.t, part));
    return emit(d, Op.Attr, valueAt(d, base), name, d.t.start[node]!);
  },
  /** In a pattern: the class of a class pattern, or a dotted name that is compared with. */
  dotted_name(d, node) {
    const parent = d.t.kind[d.t.parent[node]!];
    const isCompared = parent === K.case_pattern && !isCapture(d.t, node);
    return parent === K.class_pattern || isCompared ? chain(d, node) : -1;
  },
} satisfies Partial<Record<KindName, ValueOfNode>>;

/** Nodes that hold names without reading them. */
const NAMING: ReadonlySet<number> = new Set([
  K.dotted_name,
  K.parameters,
  K.lambda_parameters,
  K.global_statement,
  K.nonlocal_statement,
  K.keyword_pattern,
]);

/** Whether an identifier that is not stored to is read: not the name of an attribute, a parameter, a keyword. */
function isRead(t: Tree, node: number): boolean {
  const field = t.field[node]!;
  const parent = t.kind[t.parent[node]!]!;
  if (field === F.attribute || field === F.alias) return false;
  return !(field === F.name && parent !== K.named_expression) && !NAMING.has(parent);
}

/** A value as far as isinstance() tests say more of it where it stands. */
function narrowed(d: Draft, node: number, value: number): number {
  const { is, isNot, late } = d.narrowing(node);
  const at = d.t.start[node]!;
  // a test stands before what it narrows and is lowered later
  const after = (op: Op, known: number, operand: () => number): number => {
    const left = emit(d, late ? op | LATE : op, known, -1, at);
    d.last.push(() => setSecondOperand(d, left, operand()));
    return left;
  };
  const passed = is < 0 ? value : after(Op.Narrow, value, () => testOf(d, is));
  return isNot.length === 0
    ? passed
    : after(Op.Exclude, passed, () =>
        listed(
          d,
          isNot.map(cls => valueAt(d, cls)),
        ),
      );
}

/** The classes of a test; what type() is compared with, in a set: nothing else passes, whoever claims to be one. */
function testOf(d: Draft, cls: number): number {
  const value = valueAt(d, cls);
  if (d.t.kind[d.t.parent[cls]!] !== K.comparison_operator) return value;
  return emit(d, Op.Set, 0, listed(d, [value]), d.t.start[cls]!);
}

/** `a.b.c` where the grammar has one node for all of it. */
function chain(d: Draft, node: number): number {
  const at = d.t.start[node]!;
  let value = -1;
  for (const c of children(d.t, node))
    value = value < 0 ? emit(d, Op.Var, variableAt(d, c), 0, at) : emit(d, Op.Attr, value, nameAt(d, c), at);
  return value < 0 ? emit(d, Op.Unknown, 0, 0, at) : value;
}
