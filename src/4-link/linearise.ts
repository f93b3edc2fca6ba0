// C3 linearisation over classes of the world and classes outside it (Python reference 3.3.3.1; CPython
// Objects/typeobject.c, mro_implementation).
import type { ExternalClass } from '../model/layouts.js';
import type { Base, MroEntry, WorldClass } from '../model/world.js';
import type { Layouts } from './layouts/layouts.js';

const keyOf = (entry: MroEntry): string => {
  switch (entry.kind) {
    case 'class':
      return `class:${entry.cls.index}`;
    case 'external':
      return entry.layouts.length ? entry.layouts[0]!.name : entry.dotted;
    case 'unknown':
      return `unknown:${entry.base.at.path}:${entry.base.at.offset}`;
  }
};

/** Merges the orders of the bases; null when there is no consistent order. */
function merge(lists: readonly (readonly MroEntry[])[]): MroEntry[] | null {
  const keys = lists.map(list => list.map(keyOf));
  const heads = lists.map(() => 0);
  /** How many lists have each entry behind their head. */
  const behind = new Map<string, number>();
  const count = (key: string, more: number): unknown => behind.set(key, (behind.get(key) ?? 0) + more);
  for (const list of keys) for (const key of list.slice(1)) count(key, 1);
  const out: MroEntry[] = [];
  for (;;) {
    const left = keys.flatMap((list, i) => (heads[i]! < list.length ? [i] : []));
    if (!left.length) return out;
    const from = left.find(i => !behind.get(keys[i]![heads[i]!]!));
    if (from === undefined) return null;
    const key = keys[from]![heads[from]!]!;
    out.push(lists[from]![heads[from]!]!);
    for (const i of left) {
      if (keys[i]![heads[i]!] !== key) continue;
      const next = keys[i]![++heads[i]!];
      if (next !== undefined) count(next, -1);
    }
  }
}

/** The MRO of a class, given the bases of all: without `object`, the class itself first. Where no consistent order exists,
 *  so that the class statement raises TypeError, that of a depth-first walk. */
export function lineariser(layouts: readonly Layouts[]): (cls: WorldClass) => readonly MroEntry[] {
  const memo = new Map<number, readonly MroEntry[]>();
  const external = new Map<string, MroEntry[]>();

  const ofExternal = (found: readonly ExternalClass[], dotted: string): MroEntry[] => {
    const key = found.length ? found[0]!.name : dotted;
    const known = external.get(key);
    if (known) return known;
    const self: MroEntry = { kind: 'external', layouts: found, dotted };
    const parents = (found[0]?.bases ?? []).map(name =>
      ofExternal(
        layouts.map(l => l.find(name)).filter(l => l !== null),
        name,
      ),
    );
    const heads = parents.map(p => p[0]!).filter(Boolean);
    const order = [self, ...(merge([...parents, heads]) ?? parents.flat())];
    external.set(key, order);
    return order;
  };
  const ofBase = (base: Base): MroEntry[] => {
    switch (base.kind) {
      case 'class':
        return [...of(base.cls)];
      case 'external':
        return base.dotted === 'builtins.object' ? [] : ofExternal(base.layouts, base.dotted);
      case 'unknown':
        return [{ kind: 'unknown', base }];
    }
  };
  const of = (cls: WorldClass): readonly MroEntry[] => {
    const known = memo.get(cls.index);
    if (known) return known;
    const self: MroEntry = { kind: 'class', cls };
    memo.set(cls.index, [self]);
    const parents = cls.bases.map(ofBase).filter(p => p.length);
    const heads = parents.map(p => p[0]!);
    // one base: its own order, which a merge would give as well
    const merged = parents.length === 1 ? parents[0]! : merge([...parents, heads]);
    const seen = new Set<string>();
    const walked = parents.flat().filter(e => !seen.has(keyOf(e)) && seen.add(keyOf(e)));
    // bases in a circle: the class itself stands first and only once
    const order = [self, ...(merged ?? walked).filter(e => !(e.kind === 'class' && e.cls === cls))];
    memo.set(cls.index, order);
    return order;
  };
  return of;
}
