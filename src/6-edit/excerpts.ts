// The statements of a module that edits lie in: all of a rewritten file that has to be parsed again.
import type { Edited } from '../2-parse/compare.js';

/** The parts of a text that are edited, each by itself before and after. They start and end where statements of the
 *  module do, offsets of which are given in order: what such a part means does not depend on what stands around it. */
export function excerptsOf({ before, after, edits }: Edited, statements: Uint32Array): Edited[] {
  const found: Edited[] = [];
  /** By how much the text above got longer. */
  let shift = 0;
  for (let i = 0; i < edits.length; ) {
    const first = i;
    const start = statements.findLast(at => at < edits[first]!.start) ?? 0;
    let end = start;
    let longer = 0;
    for (; i < edits.length && (i === first || edits[i]!.start <= end); i++) {
      const edit = edits[i]!;
      end = Math.max(end, statements.find(at => at > edit.end) ?? before.length);
      longer += edit.text.length - (edit.end - edit.start);
    }
    found.push({
      before: before.slice(start, end),
      after: after.slice(start + shift, end + shift + longer),
      edits: edits.slice(first, i).map(e => ({ ...e, start: e.start - start, end: e.end - start })),
    });
    shift += longer;
  }
  return found;
}
