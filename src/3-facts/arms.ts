// The arms of `if` statements one of which surely runs: those of statements that have an `else`.
import { K } from '../2-parse/kinds.js';
import { firstChild, type Tree } from '../2-parse/tree.js';
import { armsOf, hasElse, leaves } from './names/conditions.js';

/** Rows of ARM_WIDTH numbers, the arms of a statement one after the other. */
export function armsIn(t: Tree): Int32Array {
  const found: number[] = [];
  for (let node = 0; node < t.count; node++) {
    if (t.kind[node] !== K.if_statement || !hasElse(t, node)) continue;
    for (const arm of armsOf(t, node)) {
      const first = firstChild(t, arm);
      const start = t.start[first >= 0 ? first : arm]!;
      found.push(t.start[node]!, start, t.end[arm]!, leaves(t, arm) ? 1 : 0);
    }
  }
  return Int32Array.from(found);
}
