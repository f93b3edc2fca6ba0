// Objects that stand for something by being that one object: `MISSING = Missing()`, asked for as `x is MISSING`.
import { Op } from '../model/facts.js';
import type { WorldClass } from '../model/world.js';
import type { Flow } from './flow/state.js';
import { opAt, row, valueCount } from './index-file.js';

/** Classes whose instances something is compared with by identity, where nothing else may stand. */
export function comparedIn(flow: Flow): ReadonlySet<WorldClass> {
  const found = new Set<WorldClass>();
  for (const file of flow.files)
    for (let v = 0; v < valueCount(file); v++) {
      if (opAt(file, v) !== Op.Is) continue;
      const node = flow.valueNode(file, row(file, v).b);
      if (flow.graph.size(node) !== 1) continue;
      const token = flow.tokens.get(flow.graph.tokenAt(node, 0));
      if (token.kind === 'instance') found.add(token.cls);
    }
  return found;
}
