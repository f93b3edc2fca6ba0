// Where a class body can take one more statement.
import { F, K } from '../2-parse/kinds.js';
import { childBy, children, type Tree } from '../2-parse/tree.js';
import type { BodyAnchor, Span } from '../model/anchor.js';
import { isDocstring } from './strings.js';

const span = (t: Tree, node: number): Span => ({ start: t.start[node]!, end: t.end[node]! });

/** Offset just behind the colon of a class header. Between the header's last part and the colon there are only
 *  blanks, line continuations and, inside parentheses, comments. */
function colonAfter(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== ':') {
    if (text[at] === '#') while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
    else at++;
  }
  return at + 1;
}

const definedBy = (t: Tree, statement: number): number =>
  t.kind[statement] === K.decorated_definition ? childBy(t, statement, F.definition) : statement;

function kindOfStatement(t: Tree, statement: number): 'function' | 'class' | 'other' {
  const kind = t.kind[definedBy(t, statement)];
  if (kind === K.function_definition) return 'function';
  return kind === K.class_definition ? 'class' : 'other';
}

/** The anchor of a class definition, or null when its body is not whole. */
export function anchorOf(t: Tree, node: number): BodyAnchor | null {
  const body = childBy(t, node, F.body);
  if (body < 0) return null;
  const statements = [...children(t, body)];
  const first = statements[0];
  if (first === undefined) return null;
  const headerEnd = Math.max(
    t.end[childBy(t, node, F.name)]!,
    ...[F.superclasses, F.type_parameters].map(f => {
      const part = childBy(t, node, f);
      return part < 0 ? 0 : t.end[part]!;
    }),
  );
  const colon = colonAfter(t.text, headerEnd);
  const docstring = isDocstring(t, first);
  const next = docstring ? statements[1] : first;
  return {
    keyword: t.start[node]!,
    colon,
    inline: !/[\r\n]/.test(t.text.slice(colon, t.start[first])),
    first: span(t, first),
    docstring: docstring ? span(t, first) : null,
    next: next === undefined ? null : span(t, next),
    nextKind: next === undefined ? null : kindOfStatement(t, next),
  };
}
