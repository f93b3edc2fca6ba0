// Which classes of the world have attributes of some names, as far as it shows.
import type { WorldClass } from '../../model/world.js';
import { above } from '../../slots.js';
import { keeps } from '../attributes.js';
import type { Solved } from '../flow/solve.js';

export interface Shapes {
  /** Classes that have a member, field or slot of a name. */
  readonly classesWith: (name: string) => ReadonlySet<WorldClass>;
  /** Whether instances have a name for all that can be seen. */
  readonly shows: (cls: WorldClass, name: string) => boolean;
  /** The same, or they may have it from a base that cannot be seen. */
  readonly has: (cls: WorldClass, name: string) => boolean;
  /** Classes of the world that have all of some names. */
  readonly byShape: (names: readonly string[]) => WorldClass[];
  /** Classes that bind a name plainly, and those below them. */
  readonly bindingPlainly: (attr: string) => readonly WorldClass[];
  /** Whether the body of a class, or of one above it, declares or stores an attribute. */
  readonly keepsItself: (cls: WorldClass, attr: string) => boolean;
}

export function newShapes({ flow, members }: Solved): Shapes {
  let shapes: Map<string, Set<WorldClass>> | null = null;
  const plain = new Map<string, readonly WorldClass[]>();

  const classesWith = (name: string): ReadonlySet<WorldClass> => {
    if (!shapes) {
      shapes = new Map();
      const put = (cls: WorldClass, n: string): void => {
        for (const c of [cls, ...cls.descendants]) {
          if (flow.describes(c)) continue;
          const set = shapes!.get(n);
          if (set) set.add(c);
          else shapes!.set(n, new Set([c]));
        }
      };
      for (const cls of flow.classes) {
        for (const m of cls.fact.members) put(cls, m.name);
        if (cls.slots?.kind === 'names') for (const n of cls.slots.names) put(cls, n);
      }
      for (const site of flow.stores.values()) if (keeps(site.kind)) put(site.cls, site.attr);
    }
    return shapes.get(name) ?? new Set();
  };

  const shows = (cls: WorldClass, name: string): boolean =>
    classesWith(name).has(cls) ||
    cls.mro.some(e => e.kind === 'external' && e.layouts.some(l => l.members.includes(name)));
  const has = (cls: WorldClass, name: string): boolean =>
    shows(cls, name) || cls.mro.some(e => e.kind === 'unknown');

  const byShape = ([first, ...rest]: readonly string[]): WorldClass[] => {
    if (first === undefined) return [];
    let candidates = [...classesWith(first)];
    for (const n of rest) {
      const having = classesWith(n);
      candidates = candidates.filter(c => having.has(c));
    }
    return candidates;
  };

  /** A class variable or method that a store on an instance would hide, not one that takes the store itself. */
  const bindsPlainly = (cls: WorldClass, attr: string): boolean => {
    const m = cls.members.get(attr);
    if (!m || m.kind === 'annotation') return false;
    const kind = members.kindOf(cls, m);
    return kind !== 'property' && kind !== 'accessor' && !members.isDataDescriptor(cls, m);
  };

  const bindingPlainly = (attr: string): readonly WorldClass[] => {
    let found = plain.get(attr);
    if (!found) {
      const binding = [...members.declaring(attr)].filter(c => bindsPlainly(c, attr));
      plain.set(attr, (found = binding.flatMap(c => [c, ...c.descendants])));
    }
    return found;
  };

  let storing: Map<string, Set<WorldClass>> | null = null;
  const keepsItself: Shapes['keepsItself'] = (cls, attr) => {
    if (!storing) {
      storing = new Map();
      for (const { cls: owner, file, attr: name, at, kind } of flow.stores.values())
        if (keeps(kind) && file === owner.file && owner.fact.at <= at && at < owner.fact.end)
          storing.set(name, (storing.get(name) ?? new Set()).add(owner));
    }
    const own = storing.get(attr);
    return [cls, ...above(cls)].some(c => c.members.has(attr) || own?.has(c));
  };

  return { classesWith, shows, has, byShape, bindingPlainly, keepsItself };
}
