// What is listed where objects of many unrelated classes meet, as plug-ins do: `[getattr(plugin, n) for n in dir(plugin)]`.
import { addTo } from '../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above } from '../../slots.js';
import { keeps } from '../attributes.js';
import type { StoreSite } from '../flow/state.js';
import type { Sight } from './sight.js';

/** Methods that run before anybody lists the attributes of an instance. */
const MAKING: ReadonlySet<string> = new Set(['__new__', '__init__', '__post_init__']);

/** Classes in the crowd at a value whose slots may be unset when they are listed, be it likely or not that their
 *  instances come so far: of the others a listing gives the same names. */
export function newListedCrowds({
  solved: { flow },
  belief,
}: Sight): (file: WorldFile, value: number) => Iterable<WorldClass> {
  const making = new Map<WorldFile, readonly { readonly at: number; readonly end: number }[]>();
  const isMade = ({ file, at }: StoreSite): boolean => {
    let functions = making.get(file);
    if (!functions) making.set(file, (functions = file.facts.functions.filter(f => MAKING.has(f.name))));
    return functions.some(f => f.at <= at && at < f.end);
  };

  let sites: ReadonlyMap<WorldClass, readonly StoreSite[]> | null = null;
  const sitesOf = (cls: WorldClass): readonly StoreSite[] => {
    if (!sites) {
      const found = new Map<WorldClass, StoreSite[]>();
      for (const site of flow.stores.values()) if (keeps(site.kind)) addTo(found, site.cls, site);
      sites = found;
    }
    return sites.get(cls) ?? [];
  };
  const mayBeUnset = (cls: WorldClass): boolean => {
    const all = [cls, ...above(cls)].flatMap(sitesOf);
    const set = new Set(all.filter(isMade).map(site => site.attr));
    return all.some(site => !set.has(site.attr));
  };

  return function* (file, value) {
    const node = flow.valueNode(file, value);
    if (!belief.isCrowd(node)) return;
    for (const id of flow.graph.tokens(node)) {
      const token = flow.tokens.get(id);
      if (token.kind === 'instance' && mayBeUnset(token.cls)) yield token.cls;
    }
  };
}
