// Second pass, backwards: every expression becomes a value, every statement an act. Children stand behind their
// parent in the tree, so going from the last node to the first needs no recursion however deep the nesting.
import { K, type KindName } from '../../2-parse/kinds.js';
import type { Tree } from '../../2-parse/tree.js';
import type { ImportFact } from '../../model/definitions.js';
import { finished } from '../columns.js';
import type { Scoping } from '../names/scopes.js';
import { assignments, assignmentValues } from './assignments.js';
import { calls } from './calls.js';
import { definitions, definitionValues } from './definitions.js';
import { type ActsOfNode, type Draft, newDraft, sortedActs, type ValueOfNode } from './draft.js';
import { exportedIn } from './exports.js';
import { expressions } from './expressions.js';
import { imports } from './imports.js';
import { literals } from './literals.js';
import { patterns } from './patterns.js';
import { reads } from './reads.js';

export interface Lowered
  extends Readonly<Pick<Draft, 'nodeValues' | 'parameters' | 'generators' | 'dynamicBodies'>> {
  readonly values: Int32Array;
  readonly acts: Int32Array;
  readonly lists: Int32Array;
  readonly presences: Int32Array;
  readonly strings: readonly string[];
  readonly imports: readonly ImportFact[];
  readonly exported: readonly string[] | null;
}

/** A table by `K` number. */
function byKind<T>(...tables: readonly Partial<Record<KindName, T>>[]): readonly (T | undefined)[] {
  const found: T[] = [];
  for (const table of tables)
    for (const [kind, item] of Object.entries(table)) found[K[kind as KindName]] = item;
  return Array.from({ length: Object.keys(K).length }, (_, kind) => found[kind]);
}

const VALUES = byKind<ValueOfNode>(assignmentValues, calls, expressions, definitionValues, literals, reads);
const ACTS = byKind<ActsOfNode>(assignments, definitions, imports, patterns);

/** What a file says in values and acts. Adds to the variables of the scoping. */
export function lower(t: Tree, s: Scoping): Lowered {
  const d = newDraft(t, s);
  for (let node = t.count - 1; node >= 0; node--) {
    const kind = t.kind[node]!;
    const value = VALUES[kind]?.(d, node) ?? -1;
    if (value >= 0) d.nodeValues[node] = value;
    ACTS[kind]?.(d, node);
  }
  for (const write of d.last) write();
  return {
    values: finished(d.values),
    acts: sortedActs(d),
    lists: finished(d.lists),
    presences: finished(d.presences),
    strings: d.strings.list,
    imports: d.imports.reverse(),
    exported: exportedIn(t, s),
    nodeValues: d.nodeValues,
    parameters: d.parameters,
    generators: d.generators,
    dynamicBodies: d.dynamicBodies,
  };
}
