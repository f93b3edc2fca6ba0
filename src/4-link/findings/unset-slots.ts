// Which slots of an instance may still be unset when somebody asks for them: those that no method fills while it is made.
import { addTo } from '../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above } from '../../slots.js';
import { keeps } from '../attributes.js';
import type { Flow, StoreSite } from '../flow/state.js';

/** Methods that run before anybody sees an instance. */
export const MAKING: ReadonlySet<string> = new Set(['__new__', '__init__', '__post_init__']);

/** Stores on instances of a class under names that its making does not store. */
export function newUnsetSlots(flow: Flow): (cls: WorldClass) => readonly StoreSite[] {
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

  const known = new Map<WorldClass, readonly StoreSite[]>();
  return cls => {
    let unset = known.get(cls);
    if (!unset) {
      const all = [cls, ...above(cls)].flatMap(sitesOf);
      const set = new Set(all.filter(isMade).map(site => site.attr));
      known.set(cls, (unset = all.filter(site => !set.has(site.attr))));
    }
    return unset;
  };
}
