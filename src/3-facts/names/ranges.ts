// Ranges of text in which something is known of a name, cut where the name is bound anew.
import { F, K } from '../../2-parse/kinds.js';
import { childBy, firstChild, type Tree } from '../../2-parse/tree.js';
import { firstBinding, type Rebound } from './rebound.js';

export interface Range {
  readonly start: number;
  readonly end: number;
  /** From where on nothing may bind the name, when that is not where the range starts. */
  readonly since?: number;
  /** The block whose statements it consists of, where it does. */
  readonly block?: number;
}

/** The statements behind `statement` in its block, for what counts from `since` on. */
export function restOfBlock(t: Tree, statement: number, since: number): Range | null {
  const block = t.parent[statement]!;
  const first = t.next[statement]!;
  if (first < 0 || (t.kind[block] !== K.block && t.kind[block] !== K.module)) return null;
  return { start: t.end[statement]!, end: t.end[block]!, since, block };
}

/** How far a name that may not be bound anew from `since` on keeps its value in a range: all of it, or as many whole
 *  operands or statements of a block. */
export function stableTo(t: Tree, name: string, range: Range, since: number, rebound: Rebound): number {
  const binding = firstBinding(t, rebound, name, since);
  if (binding < 0 || t.start[binding]! >= range.end) return range.end;
  const again = firstBinding(t, rebound, name, t.end[binding]!);
  /** `name = ...` binds the name when all else of it has been done, unless something in it binds it as well. */
  const isLast = (n: number): boolean =>
    plainTarget(t, firstChild(t, n)) === binding && (again < 0 || t.start[again]! >= t.end[n]!);
  let end = range.start;
  for (let n = binding; n >= 0 && t.start[n]! >= range.start; n = t.parent[n]!) {
    const isOperand = t.field[n] === F.right && t.kind[t.parent[n]!] === K.boolean_operator;
    if (range.block === undefined ? isOperand : t.parent[n] === range.block)
      end = isLast(n) ? t.end[n]! : t.start[n]!;
  }
  return end;
}

/** The name that a statement `name = ...` of its own assigns once all else of it has been done, or -1. */
export function plainTarget(t: Tree, node: number): number {
  if (node < 0 || t.kind[node] !== K.assignment || t.kind[t.parent[node]!] !== K.expression_statement)
    return -1;
  if (childBy(t, node, F.type) >= 0 || childBy(t, node, F.right) < 0) return -1;
  const left = firstChild(t, node);
  return t.field[left] === F.left && t.kind[left] === K.identifier ? left : -1;
}
