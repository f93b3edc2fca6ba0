// Predicates about slots and layouts that read like the Python reference, section 3.3.2.4, and CPython's
// Objects/typeobject.c (best_base, type_new_slots).
import type { FunctionFact } from './model/definitions.js';
import { VALUE_WIDTH } from './model/facts.js';
import type { ExternalClass } from './model/layouts.js';
import type { Base, ClassDecorator, MroEntry, World, WorldClass } from './model/world.js';

/** Whether a name is no attribute of its own when it stands among slots. */
export const isSpecialSlot = (name: string): boolean => name === '__dict__' || name === '__weakref__';

/** A private name as the compiler stores it (reference 6.2.1). */
export function mangled(cls: string, name: string): string {
  if (!name.startsWith('__') || name.endsWith('__')) return name;
  const bare = cls.replace(/^_+/, '');
  return bare ? `_${bare}${name}` : name;
}

/** A stored name as it is spelled inside the class: the reverse of `mangled`. */
export function spelledIn(cls: string, name: string): string {
  const bare = cls.replace(/^_+/, '');
  const prefix = `_${bare}__`;
  return bare && name.startsWith(prefix) && !name.endsWith('__') ? name.slice(prefix.length - 2) : name;
}

/** Slots that a class declares, mangled; null when it declares none or they cannot be read. */
export const declaredSlots = (cls: WorldClass): readonly string[] | null =>
  cls.slots?.kind === 'names' ? cls.slots.names.map(n => mangled(cls.ref.name, n)) : null;

/** The dataclass decorator of a class, or null. */
export const dataclassDecorator = (cls: WorldClass): ClassDecorator | null =>
  cls.decorators.find(d => (d.wraps ?? d.name) === 'dataclasses.dataclass') ?? null;

/** The attrs decorator of a class, or null. */
export const attrsDecorator = (cls: WorldClass): ClassDecorator | null =>
  cls.decorators.find(d => isAttrsDecorator(d.wraps ?? d.name)) ?? null;

const isAttrsDecorator = (name: string): boolean =>
  /^attrs?\.(s|attrs|attributes|dataclass|define|frozen|mutable)$/.test(name);

/** Whether a dotted name is a decorator that makes fields of what a class body annotates. */
export const makesFields = (name: string): boolean =>
  name === 'dataclasses.dataclass' || isAttrsDecorator(name);

/** Whether a dotted name is the function that describes one field: `dataclasses.field`, `attr.ib` and its aliases. */
export const describesField = (name: string): boolean =>
  name === 'dataclasses.field' || /^attrs?\.(ib|attrib|attr|field)$/.test(name);

/** The decorator that makes the fields of a class, or null. */
export const fieldDecorator = (cls: WorldClass): ClassDecorator | null =>
  dataclassDecorator(cls) ?? attrsDecorator(cls);

/** Whether attrs makes a class referable weakly when it has slots: it does unless it is told otherwise. */
export const bringsWeakref = (cls: WorldClass): boolean =>
  attrsDecorator(cls) !== null && attrsDecorator(cls)!.flags.get('weakref_slot') !== false;

/** Whether a class declares slots, be they empty or computed. */
export const definesSlots = (cls: WorldClass): boolean => cls.slots !== null;

/** Classes that keep a dictionary per instance where the layout does not show it: with slots, threads would share the
 *  attributes of a `local`, and a property of a class below `property` could not store its docstring (Objects/
 *  descrobject.c, property_init_impl; of 150 built-in classes on 3.8 to 3.13 no other does so). */
const HIDDEN_DICT: ReadonlySet<string> = new Set(['threading.local', '_thread._local', 'builtins.property']);

/** Whether instances of a class outside the world carry a `__dict__` on some Python of the range. */
export const externalHasDict = (layouts: readonly ExternalClass[]): boolean =>
  layouts.some(l => l.hasDict || HIDDEN_DICT.has(l.name));

/** Whether a class gives its instances a `__dict__` of itself, whatever its bases do. */
export const addsDict = (cls: WorldClass): boolean =>
  !definesSlots(cls) || (cls.slots?.kind === 'names' && cls.slots.names.includes('__dict__'));

/** Why instances have a `__dict__`: the first entry of the MRO that brings one, with `slotted` counted as having
 *  slots; null when none does. A base whose decorator puts a subclass in its place brings the `__dict__` of that; at
 *  a base that is a parameter any of the classes that stand there may bring one. What `object` stands for as well
 *  counts as that. */
export function dictFrom(
  cls: WorldClass,
  slotted: (c: WorldClass) => boolean,
  alternatives: World['alternatives'],
): MroEntry | null {
  for (const entry of cls.mro) {
    if (entry.kind === 'unknown') {
      if (entry.base.spare) continue;
      const from = alternatives(entry.base)?.map(c => dictFrom(c, slotted, alternatives));
      if (from?.every(f => f === null)) continue;
      return from?.find(f => f !== null) ?? entry;
    }
    if (entry.kind === 'external' && externalHasDict(entry.layouts)) return entry;
    if (entry.kind !== 'class') continue;
    if (addsDict(entry.cls) && !slotted(entry.cls)) return entry;
    if (entry.cls !== cls && entry.cls.decorators.some(d => d.makes.some(m => addsDict(m) && !slotted(m))))
      return entry;
  }
  return null;
}

/** Whether instances can be referred to weakly through a class above (the class itself left out). */
export function weakrefAbove(cls: WorldClass, provides: (c: WorldClass) => boolean): boolean {
  return cls.mro
    .slice(1)
    .some(entry =>
      entry.kind === 'class'
        ? provides(entry.cls)
        : entry.kind === 'external' && entry.layouts.every(l => l.hasWeakref),
    );
}

/** Functions that the body of a class binds to names that fit. */
export const methodsNamed = (cls: WorldClass, names: RegExp): FunctionFact[] =>
  cls.fact.members.flatMap(m => {
    if (m.kind !== 'function' || m.isTyping || !names.test(m.name)) return [];
    const { values, functions } = cls.file.facts;
    return [functions[values[m.value * VALUE_WIDTH + 1]!]!];
  });

/** Whether two sets have a class in common. */
export function meets(some: ReadonlySet<WorldClass>, others: ReadonlySet<WorldClass>): boolean {
  if (some.size > others.size) return meets(others, some);
  for (const cls of some) if (others.has(cls)) return true;
  return false;
}

/** What stands above a class, by its MRO: asked for each value that comes by. */
const lines = new WeakMap<readonly MroEntry[], readonly WorldClass[]>();

/** Works out once what is asked of a class for each value that comes by. Not before all classes are linked. */
function once<T extends object>(find: (cls: WorldClass) => T): (cls: WorldClass) => T {
  const known = new WeakMap<WorldClass, T>();
  return cls => {
    let found = known.get(cls);
    if (!found) known.set(cls, (found = find(cls)));
    return found;
  };
}

/** Classes of the world above a class, nearest first. */
export function above(cls: WorldClass): readonly WorldClass[] {
  let known = lines.get(cls.mro);
  if (!known) {
    known = cls.mro.slice(1).flatMap(entry => (entry.kind === 'class' ? [entry.cls] : []));
    lines.set(cls.mro, known);
  }
  return known;
}

/** The class of the world that a class finally comes from; itself when it stands alone. */
export const rootOf = (cls: WorldClass): WorldClass => above(cls).at(-1) ?? cls;

/** The class, those above and below it, and what else is above those below: all that may act on its instances or
 *  share them. */
export const relatives = once((cls): ReadonlySet<WorldClass> => {
  const found = new Set([cls, ...above(cls)]);
  for (const below of cls.descendants) {
    if (found.has(below)) continue;
    found.add(below);
    // with one base there is nothing above it that is not above or below the class already
    if (below.bases.length > 1) for (const c of above(below)) found.add(c);
  }
  return found;
});

/** The class and those below it that have other bases beside its line: what a lookup finds after the class is the same
 *  for all others below. */
export const crossings = once((cls): readonly WorldClass[] => [
  cls,
  ...cls.descendants.filter(d => d.bases.length > 1),
]);

/** What is not of the world above a class, or beside it above one below: instances of the class may be of that, too. */
export const outsideOf = once((cls): readonly Exclude<MroEntry, { kind: 'class' }>[] =>
  crossings(cls).flatMap(c => c.mro.filter(e => e.kind !== 'class')),
);

/** External classes above a class, nearest first. */
export const externalAbove = (cls: WorldClass): (MroEntry & { kind: 'external' })[] =>
  cls.mro.filter(entry => entry.kind === 'external');

/** Whether a class inherits, directly or not, from a class outside the world with one of these names. */
export const inheritsFrom = (cls: WorldClass, names: ReadonlySet<string>): boolean =>
  externalAbove(cls).some(e => names.has(e.dotted) || e.layouts.some(l => names.has(l.name)));

const TYPE: ReadonlySet<string> = new Set(['builtins.type']);

/** Whether the instances of a class are classes. */
export const isMetaclass = (cls: WorldClass): boolean => inheritsFrom(cls, TYPE);

/** The metaclasses of the world that make a class: those written at it and at the classes above it. */
export const metaclassesOf = once((cls): readonly WorldClass[] =>
  [cls, ...above(cls)].flatMap(c => c.metaclasses.flatMap(m => (m.kind === 'class' ? [m.cls] : []))),
);

/** The names of typing.Protocol. */
export const PROTOCOLS: ReadonlySet<string> = new Set(['typing.Protocol', 'typing_extensions.Protocol']);

/** Whether a class adds to the memory layout of its base, given the slots it would have. */
export type AddsLayout = (cls: WorldClass) => boolean;

/** The classes of a base's line that have a layout of their own, the most derived first (CPython's `solid_base` is
 *  the first); empty for `object`. */
function solidLine(base: Base, adds: AddsLayout): readonly string[] {
  if (base.kind === 'unknown') return [];
  if (base.kind === 'external') return base.solids;
  return base.cls.mro.flatMap(e => {
    if (e.kind === 'class') return adds(e.cls) ? [e.cls.ref.id] : [];
    return e.kind === 'external' && e.layouts.some(l => l.solid) ? [e.layouts[0]!.name] : [];
  });
}

/** Whether bases cannot be laid out together: `multiple bases have instance lay-out conflict`. */
export function layoutsClash(bases: readonly Base[], adds: AddsLayout): boolean {
  const lines = bases.map(b => solidLine(b, adds)).filter(l => l.length);
  // the longest line must contain the layout of each other one
  const winner = lines.reduce<readonly string[]>((best, l) => (l.length > best.length ? l : best), []);
  return lines.some(l => !winner.includes(l[0]!));
}

/** Special names that the library asks objects for and no class or module of it has (found in its sources, 3.8 to
 *  3.13), and those that zope.interface keeps on classes as well as on instances. */
export const ASKED_OF_OBJECTS: ReadonlySet<string> = new Set(
  (
    '__annotate__ __classcell__ __conform__ __dataclass_transform__ __deprecated__ __getnewargs_ex__ ' +
    '__metadata__ __mutable_keys__ __no_type_check__ __notes__ __optional_keys__ __orig_class__ __origname__ ' +
    '__override__ __partialmethod__ __readonly_keys__ __required_keys__ __safe_for_unpickling__ __signature__ ' +
    '__slotnames__ __supertype__ __test__ __unittest_expecting_failure__ __unittest_skip__ __unittest_skip_why__ ' +
    '__implemented__ __providedBy__ __provides__'
  ).split(' '),
);

/** Special names that code stores on objects of any kind; all others are looked up on the class (reference 3.3). */
export const STORED_ON_ALL: ReadonlySet<string> = new Set(
  '__module__ __doc__ __name__ __qualname__ __wrapped__ __signature__ __annotations__'.split(' '),
);
