// A syntax tree as plain columns: one row a named node, in pre-order. Walks need neither recursion nor the parser.
import { F, K } from './kinds.js';

/** The tree of one text. Nodes are known by their row. */
export interface Tree {
  readonly text: string;
  /** Number of rows. Row 0 is the module. */
  readonly count: number;
  /** `K` number of each node. */
  readonly kind: Uint8Array;
  /** UTF-16 offsets, end exclusive. */
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /** Row of the parent, -1 for the module. */
  readonly parent: Int32Array;
  /** Row of the next named sibling, -1 for the last. */
  readonly next: Int32Array;
  /** `F` number of the field by which the parent holds this node, 0 for none. */
  readonly field: Uint8Array;
  /** Offset where the text stops being Python that the grammar knows, or -1. */
  readonly errorAt: number;
  /** Parsing took too long and was given up: there is only the module. */
  readonly cut: boolean;
}

/** Row of the first named child, or -1. */
export const firstChild = (t: Tree, node: number): number =>
  node + 1 < t.count && t.parent[node + 1] === node ? node + 1 : -1;

/** Rows of the named children (comments are no nodes). */
export function* children(t: Tree, node: number): Generator<number> {
  for (let c = firstChild(t, node); c >= 0; c = t.next[c]!) yield c;
}

/** Row of the first child held by `field`, or -1. */
export function childBy(t: Tree, node: number, field: number): number {
  for (let c = firstChild(t, node); c >= 0; c = t.next[c]!) if (t.field[c] === field) return c;
  return -1;
}

/** Source text of a node; names as Python takes them, which is the same for `ﬁ` and `fi` (reference 2.3). */
export function textOf(t: Tree, node: number): string {
  const text = t.text.slice(t.start[node], t.end[node]);
  const isName = t.kind[node] === K.identifier || t.kind[node] === K.dotted_name;
  return isName && !ASCII.test(text) ? text.normalize('NFKC') : text;
}

const ASCII = /^[\0-\x7f]*$/;

/** Whether a yield expression hands on what another generator yields. */
export const isYieldFrom = (t: Tree, node: number): boolean =>
  /^yield\s+from\b/.test(t.text.slice(t.start[node], Math.min(t.end[node]!, t.start[node]! + 40)));

/** Whether a type alias statement is none: `type(x).name = v` and `type(x)[k] = v` parse as one in which `type` is the
 *  keyword. */
export function storesOnType(t: Tree, node: number): boolean {
  if (node < 0 || t.kind[node] !== K.type_alias_statement) return false;
  const left = childBy(t, node, F.left);
  const target = left < 0 ? -1 : firstChild(t, left);
  return target >= 0 && (t.kind[target] === K.attribute || t.kind[target] === K.subscript);
}

/** Whether the parentheses of `(x)` are those of a call `type(x)` at the start of such a statement. */
export function isTypeCall(t: Tree, node: number): boolean {
  let n = node;
  for (let up = t.parent[n]!; up >= 0; n = up, up = t.parent[n]!) {
    if (t.kind[up] === K.type) return t.field[up] === F.left && storesOnType(t, t.parent[up]!);
    const isRoot = t.kind[up] === K.attribute || t.kind[up] === K.subscript;
    if (!isRoot || firstChild(t, up) !== n) return false;
  }
  return false;
}

/** Whether a boolean operator is `and`. */
export function isAnd(t: Tree, node: number): boolean {
  const left = childBy(t, node, F.left);
  const right = childBy(t, node, F.right);
  // a comment always ends its line: were it free to end earlier, a row of # could be cut in 2^n ways
  return /^(?:[\s\\]|#[^\r\n]*(?:[\r\n]|$))*and\b/.test(t.text.slice(t.end[left], t.start[right]));
}

/** The node under any number of parentheses. */
export function unwrapped(t: Tree, node: number): number {
  let n = node;
  while (t.kind[n] === K.parenthesized_expression || t.kind[n] === K.type) {
    const inner = firstChild(t, n);
    if (inner < 0) return n;
    n = inner;
  }
  return n;
}

/** `(a)` as a target or pattern: a group, not a tuple of one. */
export function isGroup(t: Tree, node: number): boolean {
  const only = firstChild(t, node);
  if (t.kind[node] !== K.tuple_pattern || only < 0 || t.next[only]! >= 0) return false;
  return !t.text.slice(t.end[only], t.end[node]).includes(',');
}
