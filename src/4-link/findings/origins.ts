// Whose instances may have gone through code that is not seen and come back: the result of a task, what a namespace
// or a queue of a library holds, the arguments of an exception.
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { Belief } from '../flow/belief.js';
import type { Solved } from '../flow/solve.js';
import { UNKNOWN } from '../flow/tokens.js';
import { newSearch, type Reach } from './origin-search.js';

export interface Origins {
  /** Classes of what was given to the unseen code that a value comes from; empty where value flow knows the value. */
  readonly of: (file: WorldFile, value: number) => ReadonlySet<WorldClass>;
  /** Those of them that come there on the shortest ways. */
  readonly nearest: (file: WorldFile, value: number) => ReadonlySet<WorldClass>;
  /** The same as `of` for what stands at a node. */
  readonly behind: (node: number) => ReadonlySet<WorldClass>;
}

const REACHES: readonly Reach[] = ['near', 'named', 'anywhere'];

const NONE: ReadonlySet<WorldClass> = new Set();

export function newOrigins(solved: Solved, live: readonly WorldFile[], belief: Belief): Origins {
  const { flow } = solved;
  const { graph } = flow;
  const search = newSearch(solved, live, belief);
  const known = new Map<number, readonly ReadonlySet<WorldClass>[]>();

  /** What each search finds, the one that goes farthest last, as long as none is lost. */
  const searched = (node: number): readonly ReadonlySet<WorldClass>[] => {
    if (graph.size(node) > 0 && !graph.has(node, UNKNOWN) && !belief.isCrowd(node)) return [];
    let found = known.get(node);
    if (!found) {
      const results: ReadonlySet<WorldClass>[] = [];
      for (const reach of REACHES) {
        const classes = search(node, reach);
        if (!classes) break;
        results.push(classes);
      }
      known.set(node, (found = results));
    }
    return found;
  };
  const behind: Origins['behind'] = node => searched(node).at(-1) ?? NONE;
  return {
    of: (file, value) => behind(flow.valueNode(file, value)),
    nearest: (file, value) => searched(flow.valueNode(file, value)).find(found => found.size > 0) ?? NONE,
    behind,
  };
}
