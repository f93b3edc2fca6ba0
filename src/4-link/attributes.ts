// Which class an attribute belongs to: stores on instances, placed along the hierarchy and never twice.
import { addTo } from '../model/grouping.js';
import type { Base, Field, Store, WorldClass } from '../model/world.js';
import {
  above,
  declaredSlots,
  fieldDecorator,
  inheritsFrom,
  isSpecialSlot,
  mangled,
  methodsNamed,
  PROTOCOLS,
  relatives,
} from '../slots.js';
import type { Members } from './flow/members.js';
import type { StoreSite } from './flow/state.js';
import { isInside, placeAt } from './index-file.js';

export interface Attributes {
  /** Stores on instances of exactly this class, in source order. */
  readonly stores: (cls: WorldClass) => readonly Store[];
  /** Names that this class must hold itself (or holds already, when it declares slots), with their stores, first
   *  assignment first. */
  readonly own: (cls: WorldClass) => ReadonlyMap<string, readonly Store[]>;
}

/** What a name already means on instances of a class before any slot is written. `read-only`: a property above that
 *  cannot be set, so that code which stores the name all the same means an attribute of its own. */
type Occupant = 'descriptor' | 'read-only' | 'slot' | 'free';

/** A bare annotation declares an attribute of the class that carries it, unless a class above or below binds the name
 *  itself, or the name is one of `ofClasses`: those that only classes get. */
export function placeAttributes(
  classes: readonly WorldClass[],
  sites: Iterable<StoreSite>,
  members: Members,
  ofClasses: ReadonlySet<string>,
): Attributes {
  const byClass = new Map<WorldClass, Store[]>();
  for (const site of sites) {
    const { cls, attr, kind, file } = site;
    addTo(byClass, cls, { cls, attr, kind, file, at: placeAt(file, site.at) });
  }
  for (const cls of classes) {
    const made = fieldDecorator(cls) !== null;
    for (const field of cls.fields) {
      if (!made && (ofClasses.has(field.name) || !isDeclaration(cls, field))) continue;
      const attr = mangled(cls.ref.name, field.name);
      const store: Store = { cls, attr, kind: 'set', file: cls.file, at: placeAt(cls.file, field.at) };
      addTo(byClass, cls, store);
    }
  }
  for (const [cls, list] of byClass) list.sort(byFirstAssignment(cls));

  const owned = new Map<WorldClass, ReadonlyMap<string, readonly Store[]>>();
  const own = (cls: WorldClass): ReadonlyMap<string, readonly Store[]> => {
    const known = owned.get(cls);
    if (known) return known;
    const found = new Map<string, Store[]>();
    owned.set(cls, found);
    const declared = declaredSlots(cls);
    if (declared) {
      const stores = byClass.get(cls) ?? [];
      for (const name of declared)
        if (!isSpecialSlot(name))
          found.set(
            name,
            stores.filter(s => s.attr === name),
          );
      return found;
    }
    const fields = fieldDecorator(cls) ? cls.fields : [];
    for (const store of [...(byClass.get(cls) ?? []), ...leftBy(cls.bases), ...uncoveredBy(cls)]) {
      if (!keeps(store.kind)) continue;
      const list = found.get(store.attr);
      if (list) list.push(store);
      else if (fields.some(f => f.name === store.attr)) {
        // a field that a class above has already keeps its place there
        if (!above(cls).some(c => own(c).has(store.attr))) found.set(store.attr, [store]);
      } else if (isKept(cls, store, occupantOf(cls, store.attr, own, members)))
        found.set(store.attr, [store]);
    }
    return found;
  };
  /** Stores on instances of bases that declare slots but none for the name: mixins leave them to the classes below. */
  const leftBy = (bases: readonly Base[]): Store[] =>
    bases.flatMap(base => {
      if (base.kind !== 'class' || declaredSlots(base.cls) === null) return [];
      const { cls } = base;
      return [...(byClass.get(cls) ?? []), ...leftBy(cls.bases)].filter(
        s => !own(cls).has(s.attr) && isKept(cls, s, occupantOf(cls, s.attr, own, members)),
      );
    });
  /** Stores in methods above on a property or descriptor, in whose place this class has something that takes none: there
   *  its own instances keep what is stored. */
  const uncoveredBy = (cls: WorldClass): Store[] =>
    above(cls).flatMap(c =>
      (byClass.get(c) ?? []).filter(
        s => cls.members.has(s.attr) && isOwn(c, s) && occupantOf(c, s.attr, own, members) === 'descriptor',
      ),
    );
  return { stores: cls => byClass.get(cls) ?? [], own };
}

/** Whether an annotation without value declares an attribute of instances. In a protocol it describes others'. */
function isDeclaration(cls: WorldClass, field: Field): boolean {
  if (field.hasDefault || inheritsFrom(cls, PROTOCOLS)) return false;
  return ![...relatives(cls)].some(c => c !== cls && c.members.has(field.name));
}

/** Whether a store of this kind leaves an attribute behind, which then gets a slot. */
export const keeps = (kind: Store['kind']): boolean => kind === 'set' || kind === 'augmented';

const isKept = (cls: WorldClass, store: Store, occupant: Occupant): boolean =>
  occupant === 'free' || (occupant === 'read-only' && isOwn(cls, store));

/** Whether a store stands in the class statement itself. */
const isOwn = (cls: WorldClass, { file, at }: Store): boolean => isInside(cls, { file, at: at.offset });

/** Stores in `__init__` and its like first, then the rest of the class, then the world outside. */
function byFirstAssignment(cls: WorldClass): (a: Store, b: Store) => number {
  const makers = methodsNamed(cls, /^__(new|init|post_init|attrs_post_init)__$/);
  const isMade = fieldDecorator(cls) !== null;
  const rank = (s: Store): number => {
    if (isMade && cls.fields.some(f => f.at === s.at.offset)) return 0;
    if (!isOwn(cls, s)) return 2;
    return makers.some(f => f.at <= s.at.offset && s.at.offset < f.end) ? 0 : 1;
  };
  return (a, b) =>
    rank(a) - rank(b) || (a.at.path < b.at.path ? -1 : a.at.path > b.at.path ? 1 : a.at.offset - b.at.offset);
}

function occupantOf(cls: WorldClass, attr: string, own: Attributes['own'], members: Members): Occupant {
  // every object takes these itself; rules of their own look at them
  if (attr === '__class__' || attr === '__dict__') return 'descriptor';
  for (const entry of cls.mro) {
    if (entry.kind === 'unknown') continue;
    if (entry.kind === 'external') {
      if (entry.layouts.every(l => l.slots.includes(attr))) return 'slot';
      continue;
    }
    const member = entry.cls.members.get(attr);
    if (member) {
      const kinds = entry.cls.fact.members
        .filter(m => m.name === attr && m.kind === 'function' && !m.isTyping)
        .map(m => members.kindOf(entry.cls, m));
      if (entry.cls !== cls && kinds.length > 0 && kinds.every(k => k === 'property')) return 'read-only';
      if (kinds.some(k => k === 'property' || k === 'accessor')) return 'descriptor';
      if (members.isDataDescriptor(entry.cls, member)) return 'descriptor';
    }
    // a class variable gives way to a slot where it is the default of a field
    if (entry.cls !== cls && own(entry.cls).has(attr)) return 'slot';
    if (member) return 'free';
  }
  return 'free';
}
