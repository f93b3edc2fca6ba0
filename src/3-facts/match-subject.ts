// `match [a, b]:` over `case [_, x]:`, which the grammar takes for an annotation of `match[a, b]`.
import { K } from '../2-parse/kinds.js';
import type { Tree } from '../2-parse/tree.js';
import { misreadAt } from './misread.js';

/** A match statement whose subject is a list display, up to its first case. */
const LIST_SUBJECT =
  /^([ \t]*match[ \t]*)\[([^\n]*)\](?=[ \t]*:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*case\b)/gm;

/** Offset where the tree is not what Python 3 reads, or -1. */
export const unsoundAt = (t: Tree): number => (t.errorAt >= 0 ? t.errorAt : misreadAt(t));

/** Parses a text; where the grammar fails on lists that are matched, with parentheses in the place of their brackets. */
export function parsePython(text: string, parse: (text: string) => Tree): Tree {
  const tree = parse(text);
  if (tree.cut || unsoundAt(tree) < 0 || !/\bmatch[ \t]*\[/.test(text)) return tree;
  const starts = new Set<number>();
  const rewritten = text.replace(LIST_SUBJECT, (_, before: string, inside: string, at: number) => {
    starts.add(at + before.length);
    return `${before}(${inside})`;
  });
  const other = parse(rewritten);
  if (!starts.size || unsoundAt(other) >= 0) return tree;
  for (let node = 0; node < other.count; node++) {
    const isSubject = other.kind[node] === K.tuple || other.kind[node] === K.parenthesized_expression;
    if (isSubject && starts.has(other.start[node]!)) other.kind[node] = K.list;
  }
  return { ...other, text };
}
