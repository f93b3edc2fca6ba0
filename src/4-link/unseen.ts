// Files that could not be understood: which of them make a result incomplete, and which are only worth a note.
import type { Problem } from '../model/decision.js';
import { lineAndColumn } from '../model/facts.js';
import type { Unreadable } from '../model/source.js';
import type { Collected } from './link.js';

/** Files that the note names. */
const MOST_NAMED = 3;

/** What keeps a result from being complete: files to be rewritten that cannot be understood, and files of which nothing
 *  is known. */
export function missed(unreadable: readonly Unreadable[], collected: readonly Collected[]): Problem[] {
  const broken = collected.filter(c => c.facts.errorAt >= 0 && c.source.role === 'target');
  return [
    ...unreadable.filter(u => !u.harmless).map(u => ({ path: u.path, line: 0, message: u.problem })),
    ...broken.map(c => ({
      path: c.source.path,
      line: lineAndColumn(c.facts.lineStarts, c.facts.errorAt).line,
      message: c.facts.beyond
        ? `${c.facts.beyond}, so its classes are left alone. Split the file or exclude it.`
        : 'cannot be parsed as Python 3, so its classes are left alone. Fix the syntax or exclude the file.',
    })),
  ];
}

/** One sentence on files that are only read and were not understood: classes that they name are left alone, which is
 *  all that can be done about them, and enough. None where there is no such file. */
export function onlyNamed(
  unreadable: readonly Unreadable[],
  collected: readonly Collected[],
): readonly string[] {
  const files = [
    ...unreadable.filter(u => u.harmless).map(u => ({ path: u.path, why: u.problem.replace(/\. .*$/s, '') })),
    ...collected
      .filter(c => c.facts.errorAt >= 0 && c.source.role === 'evidence')
      .map(c => ({ path: c.source.path, why: c.facts.beyond ?? 'no Python 3' })),
  ];
  if (files.length === 0) return [];
  const named = files.slice(0, MOST_NAMED).map(({ path, why }) => `${path} (${why.replace(/\.$/, '')})`);
  const more =
    files.length > MOST_NAMED
      ? `${named.join(', ')} and ${files.length - MOST_NAMED} more`
      : named.join(', ');
  return [`not understood, so classes named there are left alone: ${more}`];
}
