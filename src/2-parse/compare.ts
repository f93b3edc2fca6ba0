// Whether two trees are the same but for what edits put in or take out.
import type { Edit } from '../model/decision.js';
import { K } from './kinds.js';
import type { Tree } from './tree.js';

/** A text before and after its edits. */
export interface Edited {
  readonly before: string;
  readonly after: string;
  readonly edits: readonly Edit[];
}

/** Ranges of the new text that edits wrote, in order. */
function written(edits: readonly Edit[]): { start: number; end: number }[] {
  let shift = 0;
  return edits.map(e => {
    const start = e.start + shift;
    shift += e.text.length - (e.end - e.start);
    return { start, end: start + e.text.length };
  });
}

/** Kinds and texts of the nodes outside `ranges`, blocks left out (an inline body may become a block). */
function* outside(t: Tree, ranges: readonly { start: number; end: number }[]): Generator<string> {
  let r = 0;
  for (let n = 0; n < t.count; n++) {
    const start = t.start[n]!;
    while (r < ranges.length && ranges[r]!.end <= start) r++;
    const range = ranges[r];
    if (range && start >= range.start && start < range.end && t.end[n]! <= range.end) continue;
    if (t.kind[n] === K.block) continue;
    const leaf = n + 1 >= t.count || t.parent[n + 1] !== n;
    yield leaf ? `${t.kind[n]} ${t.text.slice(start, t.end[n])}` : `${t.kind[n]}`;
  }
}

/** A sentence on the first difference outside the edits, or null when there is none. */
export function difference(before: Tree, after: Tree, edits: readonly Edit[]): string | null {
  if (before.errorAt < 0 && after.errorAt >= 0) return 'the new text does not parse';
  const removed = edits.filter(e => e.end > e.start).map(e => ({ start: e.start, end: e.end }));
  const old = outside(before, removed);
  const now = outside(after, written(edits));
  for (;;) {
    const a = old.next();
    const b = now.next();
    if (a.done && b.done) return null;
    if (a.value !== b.value)
      return `the tree differs: ${a.value ?? 'nothing'} became ${b.value ?? 'nothing'}`;
  }
}
