// Where names are bound anew: what was known of one before holds no longer behind it.
import { F, K } from '../../2-parse/kinds.js';
import { childBy, type Tree, textOf } from '../../2-parse/tree.js';
import { addTo } from '../../model/grouping.js';
import { Context, isCapture } from './context.js';
import type { Scoping } from './scopes.js';

/** Offsets at which each name is bound in any way, in order; those of attributes under `.name`. */
export type Rebound = ReadonlyMap<string, readonly number[]>;

/** Every place of a file that binds a name. */
export function reboundIn(t: Tree, s: Scoping): Rebound {
  const rebound = new Map<string, number[]>();
  for (let node = 0; node < t.count; node++) {
    const name = nameBoundAt(t, s, node);
    if (name !== null) addTo(rebound, name, t.start[node]!);
  }
  return rebound;
}

/** Whether a plain or dotted name keeps its value in a range: no part of it is bound there. */
export const isStable = (rebound: Rebound, name: string, start: number, end: number): boolean =>
  name
    .split('.')
    .every((part, i) => !rebound.get(i ? `.${part}` : part)?.some(at => start <= at && at < end));

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
