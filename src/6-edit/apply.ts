// Edits become text: checked for order, bounds and overlap, then applied in one go.
import MagicString from 'magic-string';
import type { Edit } from '../model/decision.js';

/**
 * Applies the edits of one file, which must be in file order. Several insertions at one place are taken in the
 * given order when they belong to one class. Offsets are UTF-16; neither a surrogate pair nor CR LF may be cut.
 *
 * Returns the new text, or what is wrong with the edits (then nothing was applied). magic-string alone would
 * silently accept an insertion inside a replaced range.
 */
export function applyEdits(
  text: string,
  edits: readonly Edit[],
): { readonly text: string } | { readonly problem: string } {
  const problem = findProblem(text, edits);
  if (problem !== null) return { problem };

  const result = new MagicString(text);
  for (const edit of edits) {
    if (edit.start === edit.end) result.appendLeft(edit.start, edit.text);
    else if (edit.text === '') result.remove(edit.start, edit.end);
    else result.update(edit.start, edit.end, edit.text);
  }
  return { text: result.toString() };
}

function findProblem(text: string, edits: readonly Edit[]): string | null {
  let previous: Edit | null = null;
  for (const edit of edits) {
    const problem = problemOf(text, edit, previous);
    if (problem !== null) return problem;
    previous = edit;
  }
  return null;
}

function problemOf(text: string, edit: Edit, previous: Edit | null): string | null {
  const { start, end } = edit;
  const name = `the edit for ${edit.cls} at ${start}..${end}`;
  if (!Number.isInteger(start) || !Number.isInteger(end)) return `${name} has an offset that is no integer`;
  if (end < start) return `${name} ends before it starts`;
  if (start < 0 || end > text.length) return `${name} lies outside of the text (length ${text.length})`;
  if (cuts(text, start) || cuts(text, end)) return `${name} cuts a character or a newline in two`;
  if (!previous) return null;

  const other = `the edit for ${previous.cls} at ${previous.start}..${previous.end}`;
  if (start < previous.start) return `${name} comes after ${other} but stands before it in the file`;
  if (start < previous.end) return `${name} overlaps ${other}`;
  const samePlace = start === end && previous.start === previous.end && start === previous.start;
  if (samePlace && edit.cls !== previous.cls) return `${name} and ${other} insert at the same place`;
  return null;
}

/** The offset lies inside a surrogate pair or between CR and LF. */
function cuts(text: string, offset: number): boolean {
  if (offset === 0 || offset === text.length) return false;
  const pair = text.slice(offset - 1, offset + 1);
  return pair === '\r\n' || /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(pair);
}
