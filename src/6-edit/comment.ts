// The comment that leaves a class alone, on the line that ends its header.
import type { BodyAnchor } from '../model/anchor.js';
import type { Edit } from '../model/decision.js';
import { lineEnd, marks } from './lines.js';

/**
 * The edit that puts `# slotify: skip` behind everything on the line of the header's colon, another comment included.
 * Null where no comment can stand there: inside of a string, or behind a backslash that joins lines.
 */
export function skipComment(text: string, anchor: BodyAnchor, cls: string): Edit | null {
  const end = lineEnd(text, anchor.colon);
  for (const mark of marks(text, anchor.colon)) {
    if (mark.start >= end) break;
    if (mark.kind === 'join' || (mark.kind === 'string' && mark.end > end)) return null;
  }
  const line = text.slice(anchor.colon, end);
  const start = anchor.colon + line.trimEnd().length;
  return { start, end: start, text: '  # slotify: skip', cls };
}
