// Where names are bound anew: what was known of one before holds no longer behind it.
import { F, K } from '../../2-parse/kinds.js';
import { childBy, type Tree, textOf } from '../../2-parse/tree.js';
import { addTo } from '../../model/grouping.js';
import { countWhere } from '../../model/search.js';
import { Context, isCapture } from './context.js';
import type { Scoping } from './scopes.js';

/** The nodes that bind each name in any way, in the order of their starts; those of attributes under `.name`. */
export type Rebound = ReadonlyMap<string, readonly number[]>;

/** Every place of a file that binds a name. */
export function reboundIn(t: Tree, s: Scoping): Rebound {
  const rebound = new Map<string, number[]>();
  for (let node = 0; node < t.count; node++) {
    const name = nameBoundAt(t, s, node);
    if (name !== null) addTo(rebound, name, node);
  }
  return rebound;
}

/** The first node from an offset on that binds a plain or dotted name, or a part of it; -1 where none does. */
export function firstBinding(t: Tree, rebound: Rebound, name: string, from: number): number {
  let found = -1;
  for (const [i, part] of name.split('.').entries()) {
    const nodes = rebound.get(i ? `.${part}` : part) ?? [];
    const node = nodes[countWhere(nodes.length, n => t.start[nodes[n]!]! < from)];
    if (node !== undefined && (found < 0 || t.start[node]! < t.start[found]!)) found = node;
  }
  return found;
}

/** The name that a node binds, an attribute as `.name`, or null. */
function nameBoundAt(t: Tree, s: Scoping, node: number): string | null {
  switch (t.kind[node]) {
    case K.identifier:
      return s.context[node] === Context.Load ? null : textOf(t, node);
    case K.attribute:
      return s.context[node] === Context.Load ? null : `.${textOf(t, childBy(t, node, F.attribute))}`;
    case K.function_definition:
    case K.class_definition:
      return textOf(t, childBy(t, node, F.name));
    case K.dotted_name:
      return isCapture(t, node) ? textOf(t, node) : null;
    default:
      return null;
  }
}
