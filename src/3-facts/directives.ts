// Comments that speak to slotify: `# slotify: skip`, `# slotify: ignore[reason, ...]`.
import { K } from '../2-parse/kinds.js';
import type { Tree } from '../2-parse/tree.js';
import type { ClassFact } from '../model/definitions.js';
import type { DirectiveFact } from '../model/facts.js';

const DIRECTIVE = /#[ \t]*slotify[ \t]*:[ \t]*([^\r\n#]*)/gi;

/**
 * Every directive of a file in order of place, with the class on whose header it stands: between its first decorator
 * and the end of the line with the colon. What stands inside a string is none.
 * @param nodes the nodes of `classes`, one each.
 */
export function directivesOf(
  t: Tree,
  nodes: readonly number[],
  classes: readonly ClassFact[],
): readonly DirectiveFact[] {
  // most files have none, and the scan costs less than the search for strings
  const found = [...t.text.matchAll(DIRECTIVE)];
  if (found.length === 0) return [];
  const headers = classes.map((cls, i) => ({
    start: startOf(t, nodes[i]!),
    end: lineEndAt(t.text, cls.anchor.colon),
  }));
  return found
    .filter(match => !isInString(t, match.index))
    .map(match => ({
      says: parsed(match[1]!.trim()),
      cls: headers.findIndex(({ start, end }) => start <= match.index && match.index < end),
      at: match.index,
    }));
}

function parsed(text: string): DirectiveFact['says'] {
  if (/^skip\b(?![-[])/i.test(text)) return { kind: 'skip' };
  const list = /^ignore[ \t]*\[([^\]]*)\]/i.exec(text)?.[1];
  const reasons = list
    ?.split(',')
    .map(each => each.trim())
    .filter(each => each !== '');
  return reasons?.length ? { kind: 'ignore', reasons } : { kind: 'unknown', text };
}

/** Start of a class statement with its decorators. */
function startOf(t: Tree, node: number): number {
  const parent = t.parent[node]!;
  return t.start[parent >= 0 && t.kind[parent] === K.decorated_definition ? parent : node]!;
}

function isInString(t: Tree, offset: number): boolean {
  for (let n = 0; n < t.count; n++)
    if (t.kind[n] === K.string && t.start[n]! < offset && offset < t.end[n]!) return true;
  return false;
}

function lineEndAt(text: string, offset: number): number {
  const rest = /[\r\n]/g;
  rest.lastIndex = offset;
  return rest.exec(text)?.index ?? text.length;
}
