// Proof, from the texts alone, that a rewritten file is the old one plus slots.
import type { Edit } from '../model/decision.js';
import { lineEnd, lineStart, newlineLength } from './lines.js';

/**
 * Checks that `after` is `before` with exactly these edits (taking the inserted ranges out, and putting the
 * replaced ones back, gives `before` again), and that each edit adds white space and one `__slots__`
 * statement on lines of its own and nothing else. Edits in file order; UTF-16 offsets into `before`.
 *
 * Returns null when all of it holds, else a sentence on the first thing that does not.
 */
export function verifyText(before: string, after: string, edits: readonly Edit[]): string | null {
  const changed = verifyEdited(before, after, edits);
  if (changed !== null) return changed;
  const strange = edits.find(edit => !addsOnlySlots(before, edit));
  return strange
    ? `the edit for ${strange.cls} at ${strange.start} adds more than a __slots__ statement`
    : null;
}

/** The first half of `verifyText`: nothing but the edited ranges differs. For edits of any kind. */
export function verifyEdited(before: string, after: string, edits: readonly Edit[]): string | null {
  let from = 0;
  let to = 0;
  for (const edit of edits) {
    const kept = before.slice(from, edit.start);
    if (edit.start < from || edit.end < edit.start || edit.end > before.length) {
      return `the edit for ${edit.cls} at ${edit.start} is out of order or out of bounds`;
    }
    if (after.slice(to, to + kept.length) !== kept) return `the text above offset ${edit.start} was changed`;
    to += kept.length;
    if (after.slice(to, to + edit.text.length) !== edit.text) {
      return `the edit for ${edit.cls} at ${edit.start} is not in the new text`;
    }
    to += edit.text.length;
    from = edit.end;
  }
  return after.slice(to) === before.slice(from) ? null : 'the text below the last edit was changed';
}

const NEWLINE = '(?:\\r\\n|\\r|\\n)';
const INDENT = '[ \\t]+';
const NAME = `(?:"[\\p{ID_Start}_]\\p{ID_Continue}*"|'[\\p{ID_Start}_]\\p{ID_Continue}*')`;
const TUPLE = `\\((?:|${NAME},|${NAME}(?:, ${NAME})+|(?:${NEWLINE}${INDENT}${NAME},)+${NEWLINE}${INDENT})\\)`;
const STATEMENT = `${INDENT}__slots__ = ${TUPLE}`;

/**
 * Whether an edit adds one `__slots__` statement and otherwise white space: whole lines between two lines,
 * a last line, or a body on the header's line that becomes a block.
 */
export function addsOnlySlots(before: string, edit: Edit): boolean {
  const { start, end, text } = edit;
  if (start === end && start === lineStart(before, start) && start < before.length) {
    return matches(`${NEWLINE}?${STATEMENT}${NEWLINE}{1,2}`, text);
  }
  const removed = before.slice(start, end);
  const gap = /^(?:[ \t\f]|\\(?:\r\n|\r|\n))*/.exec(removed)![0];
  if (before[start - 1] === ':' && gap === removed && end < lineEnd(before, end)) {
    return matches(`${NEWLINE}${STATEMENT}${NEWLINE}${INDENT}`, text);
  }
  if (end < before.length && newlineLength(before, end) === 0) return false;
  if (start === end) return addsLastLine(before, edit);

  const moved = removed.slice(gap.length);
  const at = text.indexOf(moved);
  if (before[start - 1] !== ':' || at < 0) return false;
  const [above, below] = [text.slice(0, at), text.slice(at + moved.length)];
  return matches(`${NEWLINE}${INDENT}`, above) && matches(`${NEWLINE}${STATEMENT}`, below);
}

/** At the end of a text: behind a last line without a newline, or as one more line. */
function addsLastLine(before: string, { start, text }: Edit): boolean {
  if (start !== before.length) return false;
  return start === lineStart(before, start)
    ? matches(`${NEWLINE}?${STATEMENT}${NEWLINE}`, text)
    : matches(`${NEWLINE}{1,2}${STATEMENT}`, text);
}

function matches(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern}$`, 'u').test(text);
}
