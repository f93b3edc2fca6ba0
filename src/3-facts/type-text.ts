// Annotations written as strings: a small parser of type expressions.

/** An annotation written as a string, as far as it is a type expression. */
export type TypeText =
  | { readonly kind: 'name'; readonly path: readonly string[] }
  | { readonly kind: 'subscript'; readonly base: TypeText; readonly items: readonly TypeText[] }
  | { readonly kind: 'union'; readonly left: TypeText; readonly right: TypeText }
  | { readonly kind: 'list'; readonly items: readonly TypeText[] }
  | { readonly kind: 'other' };

/** Parses `list[Node] | None` and the like; null when it is no type expression. Depth is bounded. */
export function parseTypeText(text: string): TypeText | null {
  const tokens = text.match(/[A-Za-z_]\w*|\.\.\.|[[\](),.|]|"[^"]*"|'[^']*'|-?\d+|\S/g) ?? [];
  let at = 0;
  const peek = (): string | undefined => tokens[at];
  const eat = (token: string): boolean => {
    if (tokens[at] !== token) return false;
    at++;
    return true;
  };
  const items = (close: string, depth: number): TypeText[] | null => {
    const found: TypeText[] = [];
    while (!eat(close)) {
      eat('*');
      const item = union(depth + 1);
      if (!item) return null;
      found.push(item);
      if (!eat(',') && peek() !== close) return null;
    }
    return found;
  };
  const atom = (depth: number): TypeText | null => {
    const token = tokens[at++];
    if (token === undefined || depth > 50) return null;
    let node: TypeText;
    if (/^[A-Za-z_]/.test(token)) {
      const path = [token];
      while (peek() === '.' && /^[A-Za-z_]/.test(tokens[at + 1] ?? '')) {
        at++;
        path.push(tokens[at++]!);
      }
      node = { kind: 'name', path };
    } else if (/^["']/.test(token)) {
      return parseTypeText(token.slice(1, -1));
    } else if (token === '[' || token === '(') {
      const inside = items(token === '[' ? ']' : ')', depth);
      if (!inside) return null;
      return token === '(' && inside.length === 1 ? inside[0]! : { kind: 'list', items: inside };
    } else if (token === '...' || /^-?\d/.test(token)) {
      return { kind: 'other' };
    } else return null;
    while (eat('[')) {
      const inside = items(']', depth);
      if (!inside) return null;
      node = { kind: 'subscript', base: node, items: inside };
    }
    return node;
  };
  const union = (depth: number): TypeText | null => {
    let left = atom(depth);
    while (left && eat('|')) {
      const right = atom(depth);
      if (!right) return null;
      left = { kind: 'union', left, right };
    }
    return left;
  };
  const parsed = union(0);
  return parsed && at === tokens.length ? parsed : null;
}
