// What is too much to analyse: a file beyond these bounds counts as one that cannot be read.
import { K } from '../2-parse/kinds.js';
import type { Tree } from '../2-parse/tree.js';

/** Levels of nesting; CPython refuses most code long before (200 parentheses, 100 indents). Long sums and other chains
 *  of operators count as one level: they are found in generated code. */
const DEEPEST = 1_000;
/** Class statements in one file. */
const MOST_CLASSES = 20_000;

const OPERATORS: ReadonlySet<number> = new Set([K.binary_operator, K.boolean_operator]);

export interface Beyond {
  /** UTF-16 offset of what is too much. */
  readonly at: number;
  /** What it is, as a problem of the file. */
  readonly says: string;
}

/** Where a file is too much to analyse, or null. */
export function beyondBounds(t: Tree): Beyond | null {
  if (t.cut) return { at: 0, says: 'takes too long to parse' };
  const depth = new Uint16Array(t.count);
  let classes = 0;
  for (let node = 1; node < t.count; node++) {
    const level = depth[t.parent[node]!]! + (OPERATORS.has(t.kind[node]!) ? 0 : 1);
    depth[node] = level;
    if (level > DEEPEST) return { at: t.start[node]!, says: `nests deeper than ${DEEPEST} levels` };
    if (t.kind[node] === K.class_definition && ++classes > MOST_CLASSES)
      return { at: t.start[node]!, says: `has more than ${MOST_CLASSES} classes` };
  }
  return null;
}

/** The same text with nothing in it. */
export const emptied = (t: Tree): Tree => ({
  ...t,
  count: 1,
  kind: t.kind.subarray(0, 1),
  start: t.start.subarray(0, 1),
  end: t.end.subarray(0, 1),
  parent: t.parent.subarray(0, 1),
  next: t.next.subarray(0, 1),
  field: t.field.subarray(0, 1),
});
