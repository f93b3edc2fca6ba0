// What is listed where objects of many unrelated classes meet, as plug-ins do: `[getattr(plugin, n) for n in dir(plugin)]`.
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { Sight } from './sight.js';

/** Classes in the crowd at a value whose slots may be unset when they are listed, be it likely or not that their
 *  instances come so far: of the others a listing gives the same names. */
export function newListedCrowds({
  solved: { flow },
  belief,
  unset,
}: Sight): (file: WorldFile, value: number) => Iterable<WorldClass> {
  return function* (file, value) {
    const node = flow.valueNode(file, value);
    if (!belief.isCrowd(node)) return;
    for (const id of flow.graph.tokens(node)) {
      const token = flow.tokens.get(id);
      if (token.kind === 'instance' && unset(token.cls).size > 0) yield token.cls;
    }
  };
}
