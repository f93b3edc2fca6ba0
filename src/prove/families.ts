// The order in which classes are tried: hierarchies together, bases before their subclasses.
import type { World, WorldClass } from '../model/world.js';
import { above } from '../slots.js';

/** Ids of classes in an order of which every beginning is a plan by itself: no class comes before its bases. */
export function inFamilies(ids: ReadonlySet<string>, world: World): readonly string[] {
  const members = world.classes.filter(cls => ids.has(cls.ref.id));
  const family = new Map<WorldClass, Set<WorldClass>>(members.map(cls => [cls, new Set([cls])]));
  for (const cls of members) {
    const line = [cls, ...above(cls)].flatMap(each => [...(family.get(each) ?? [])]);
    const joined = new Set(line);
    for (const each of joined) family.set(each, joined);
  }
  const done = new Set<WorldClass>();
  return members.flatMap(cls => {
    if (done.has(cls)) return [];
    const together = [...family.get(cls)!].sort((a, b) => a.mro.length - b.mro.length || a.index - b.index);
    for (const each of together) done.add(each);
    return together.map(each => each.ref.id);
  });
}
