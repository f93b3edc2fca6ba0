// Whether other code may run between two places of a function: calls, and whatever else gives control away.
import { F, K } from '../../2-parse/kinds.js';
import type { Tree } from '../../2-parse/tree.js';
import { countWhere } from '../../model/search.js';

/** Whether other code may have run since the offset `from` when the name at `node` is read. */
export type Interludes = (from: number, node: number) => boolean;

const GIVING_AWAY: ReadonlySet<number> = new Set([K.call, K.await, K.yield]);
export const LOOPS: ReadonlySet<number> = new Set([K.for_statement, K.while_statement]);
const STORES: ReadonlySet<number> = new Set([K.assignment, K.augmented_assignment]);

/** The interludes of a file, in time in proportion to what lies between. */
export function interludesIn(t: Tree): Interludes {
  const nodes: number[] = [];
  for (let node = 0; node < t.count; node++) if (GIVING_AWAY.has(t.kind[node]!)) nodes.push(node);
  const firstFrom = (offset: number): number => countWhere(nodes.length, n => t.start[nodes[n]!]! < offset);
  return (from, node) => {
    const to = runBefore(t, from, node);
    for (let i = firstFrom(from); i < nodes.length && t.start[nodes[i]!]! < to; i++)
      if (t.end[nodes[i]!]! <= to) return true;
    return false;
  };
}

/** Up to where the text behind `from` may have run when `node` is read: all of a loop, and what is stored. */
function runBefore(t: Tree, from: number, node: number): number {
  let to = t.start[node]!;
  for (let n = node; n >= 0 && t.start[n]! >= from; n = t.parent[n]!) {
    const parent = t.parent[n]!;
    const isTarget = parent >= 0 && STORES.has(t.kind[parent]!) && t.field[n] === F.left;
    if (isTarget) to = t.end[parent]!;
    if (LOOPS.has(t.kind[n]!)) to = t.end[n]!;
  }
  return to;
}
