// What `__all__` lists.
import { F, K } from '../../2-parse/kinds.js';
import { childBy, children, type Tree, textOf } from '../../2-parse/tree.js';
import type { Scoping } from '../names/scopes.js';
import { literalText } from '../strings.js';

/** The names in `__all__`; null where it is no plain list, or put together in parts: what it holds in the end is not
 *  known then. */
export function exportedIn(t: Tree, s: Scoping): readonly string[] | null {
  if (!t.text.includes('__all__')) return null;
  let mention = -1;
  for (let node = 0; node < t.count; node++) {
    if (t.kind[node] !== K.identifier || textOf(t, node) !== '__all__') continue;
    if (mention >= 0) return null;
    mention = node;
  }
  const parent = mention < 0 ? -1 : t.parent[mention]!;
  if (t.kind[parent] !== K.assignment || t.field[mention] !== F.left || s.scopeOf[mention] !== 0) return null;
  const right = childBy(t, parent, F.right);
  if (t.kind[right] !== K.list && t.kind[right] !== K.tuple) return null;
  const names = [...children(t, right)].map(c => literalText(t, c));
  return names.every(name => name !== null) ? names : null;
}
