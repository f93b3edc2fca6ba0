// What string literals say.
import { K } from '../2-parse/kinds.js';
import { children, type Tree, textOf, unwrapped } from '../2-parse/tree.js';

/** The letters before the quotes of a string. */
export const PREFIX = /^[a-zA-Z]*/;

export type Literal =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes' }
  /** A string whose text depends on the run (f-string), or is written with escapes nobody needs here. */
  | { readonly kind: 'opaque' };

/** What a `string` node stands for. Escapes are not decoded: such a literal is opaque. */
export function literalOf(t: Tree, node: number): Literal {
  const source = textOf(t, node);
  const prefix = PREFIX.exec(source)![0].toLowerCase();
  if (prefix.includes('b')) return { kind: 'bytes' };
  for (const c of children(t, node)) if (t.kind[c] === K.interpolation) return { kind: 'opaque' };
  const quote = source.startsWith(source[prefix.length]!.repeat(3), prefix.length) ? 3 : 1;
  const text = source.slice(prefix.length + quote, source.length - quote);
  if (prefix.includes('f') && /[{}]/.test(text)) return { kind: 'opaque' };
  return text.includes('\\') && !prefix.includes('r') ? { kind: 'opaque' } : { kind: 'text', text };
}

/** The text of a string or of several side by side, or null where it cannot be told. */
export function literalText(t: Tree, node: number): string | null {
  if (t.kind[node] === K.string) {
    const literal = literalOf(t, node);
    return literal.kind === 'text' ? literal.text : null;
  }
  if (t.kind[node] !== K.concatenated_string) return null;
  let text = '';
  for (const c of children(t, node)) {
    const part = literalText(t, c);
    if (part === null) return null;
    text += part;
  }
  return text;
}

/** Whether a statement is a docstring: a plain string literal alone (no bytes, no f-string). */
export function isDocstring(t: Tree, statement: number): boolean {
  if (t.kind[statement] !== K.expression_statement) return false;
  const [inner, second] = children(t, statement);
  if (inner === undefined || second !== undefined) return false;
  const only = unwrapped(t, inner);
  const parts = t.kind[only] === K.concatenated_string ? [...children(t, only)] : [only];
  return parts.every(part => {
    if (t.kind[part] !== K.string) return false;
    const prefix = PREFIX.exec(textOf(t, part))![0].toLowerCase();
    return !prefix.includes('b') && !prefix.includes('f') && !prefix.includes('t');
  });
}
