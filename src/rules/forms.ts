// In which form a dataclass or an attrs class can take its slots, and everything that stands against each form.
import type { Evidence } from '../model/decision.js';
import type { CellUse, Field, StoreKind, World, WorldClass } from '../model/world.js';
import { above, attrsDecorator, dataclassDecorator, fieldDecorator, relatives } from '../slots.js';
import { atClass, findingsOn, inFileOf } from './rule.js';
import { type ExplicitSuper, explicitSuper, keepsStill, noticesSecondClass } from './second-class.js';

/** A way to write the slots of a dataclass. */
export type Form =
  /** `slots=True` in the decorator; `supers` are the calls of super() that it needs to be written out. */
  | { readonly kind: 'keyword'; readonly supers: readonly ExplicitSuper[] }
  /** `__slots__ = (...)` in the body. */
  | { readonly kind: 'literal' };

/** Whether the oldest Python of the range comes before 3.`minor`. */
export const isOlderThan = (world: World, minor: number): boolean =>
  world.python.oldest[0] === 3 && world.python.oldest[1] < minor;

const oldest = (world: World): string => `the range begins with ${world.python.oldest.join('.')}`;

/** Methods by which a class takes its state back itself, or is made anew instead. */
export const TAKES_STATE = ['__setstate__', '__reduce__', '__reduce_ex__'];

/** An option that is not plainly False counts as set. */
const isSet = (flags: ReadonlyMap<string, boolean | null>, name: string): boolean =>
  flags.has(name) && flags.get(name) !== false;

/** Whether a dataclass is frozen, or may be: an option that cannot be read counts as set. */
export const isFrozen = (cls: WorldClass): boolean =>
  isSet(dataclassDecorator(cls)?.flags ?? new Map(), 'frozen');

/** Whether a decorator gives a class a `__setattr__` that refuses every store. */
export const refusesStores = (cls: WorldClass): boolean =>
  isSet(fieldDecorator(cls)?.flags ?? new Map(), 'frozen') ||
  /^attrs?\.frozen$/.test(attrsDecorator(cls)?.name ?? '');

/** Whether a name is a field that a decorator makes of the body of this very class. */
export const isFieldOf = (cls: WorldClass, name: string): boolean =>
  fieldDecorator(cls) !== null && cls.fields.some(f => f.name === name);

/** Fields that a class inherits. */
const inheritedFields = (cls: WorldClass): Field[] =>
  above(cls).flatMap(c => (fieldDecorator(c) ? c.fields : []));

/** Stores of names that are no fields: they have no slot in the form `slots=True`. */
export function* nonFieldStores(cls: WorldClass, world: World): Generator<Evidence> {
  for (const [attr, stores] of world.attributes(cls))
    if (!isFieldOf(cls, attr)) for (const s of stores) yield { at: s.at, says: `stores .${attr}` };
}

/** Weak references that `slots=True` alone does not allow: `weakref_slot=True` exists from 3.11. */
export function* missingWeakref(cls: WorldClass, world: World): Generator<Evidence> {
  if (!isOlderThan(world, 11)) return;
  for (const f of world.findings(cls, 'weak-reference')) yield f.evidence;
}

/** What stands against `slots=True` on a dataclass, uses of the `__class__` cell left out. */
export function* keywordHurts(cls: WorldClass, world: World): Generator<Evidence> {
  if (isOlderThan(world, 10)) yield atClass(cls, `slots=True needs Python 3.10, and ${oldest(world)}`);
  yield* noticesSecondClass(cls, world, dataclassDecorator(cls)!);
  yield* lostMembers(cls);
  if (isFrozen(cls)) yield* frozenHurts(cls, world);
}

/** Members under the name of an inherited field: the second class is made without them. */
function* lostMembers(cls: WorldClass): Generator<Evidence> {
  for (const { name } of inheritedFields(cls)) {
    const member = cls.members.get(name);
    if (member && !isFieldOf(cls, name))
      yield inFileOf(cls, member.at, `slots=True would take ${name} out of the body`);
  }
}

/** What a store does to an attribute. */
const DOES: Readonly<Record<StoreKind, string>> = {
  set: 'stores',
  augmented: 'stores',
  declare: 'declares',
  delete: 'deletes',
  refused: 'tries to change',
};

/** What frozen dataclasses with slots generate: a `__setattr__` and `__delattr__` that keep to the first class up to
 *  3.13, and a state of the fields alone (`_dataclass_getstate` in Lib/dataclasses.py). */
function* frozenHurts(cls: WorldClass, world: World): Generator<Evidence> {
  for (const c of [cls, ...above(cls)])
    for (const name of ['__getstate__', '__setstate__']) {
      const member = c.members.get(name);
      // 3.10 and early releases of 3.11 replace those of the class itself as well
      if (member && (c !== cls || isOlderThan(world, 12)))
        yield inFileOf(c, member.at, `frozen with slots=True brings its own ${name}`);
    }
  const isField = (c: WorldClass, attr: string): boolean => isFieldOf(c, attr) || isFieldOf(cls, attr);
  for (const c of relatives(cls))
    for (const [attr, [store]] of c === cls ? [] : world.attributes(c))
      if (store && !isField(c, attr))
        yield { at: store.at, says: `stores .${attr}, which is no field, on or below a frozen class` };
  // with slots these raise TypeError instead of FrozenInstanceError
  for (const c of relatives(cls))
    for (const { attr, kind, at } of world.stores(c))
      if (kind !== 'declare' && !isField(c, attr) && !world.attributes(c).has(attr))
        yield { at, says: `${DOES[kind]} .${attr}, which is no field` };
  for (const d of cls.descendants) {
    const outside = d.mro.find(e => e.kind === 'unknown' || (e.kind === 'external' && !keepsStill(e.dotted)));
    if (outside) yield atClass(d, `${d.ref.name} may store what is no field below a frozen class`);
  }
  for (const f of cls.fields)
    if (!f.isSet && !isSetAtOnce(cls, f, world))
      yield inFileOf(cls, f.at, `${f.name} may be unset when a frozen instance is copied`);
}

/** Whether `__init__` or `__post_init__` of the class itself stores a field. */
function isSetAtOnce(cls: WorldClass, field: Field, world: World): boolean {
  const { functions, classes } = cls.file.facts;
  const makers = functions.filter(f => classes[f.cls] === cls.fact && /^__(post_)?init__$/.test(f.name));
  const stores = world.attributes(cls).get(field.name) ?? [];
  return stores.some(
    s => s.file === cls.file && makers.some(f => f.at <= s.at.offset && s.at.offset < f.end),
  );
}

/** What stands against a literal `__slots__` in the body of a dataclass. */
export function* literalHurts(cls: WorldClass, world: World): Generator<Evidence> {
  for (const f of cls.fields)
    if (f.hasDefault) yield inFileOf(cls, f.at, `the default of ${f.name} is a class variable`);
  if (isFrozen(cls)) yield* copiesOfFrozen(cls, world);
  for (const { name } of inheritedFields(cls)) {
    const member = cls.members.get(name);
    if (member && !isFieldOf(cls, name) && !world.isDescriptor(cls, member))
      yield inFileOf(cls, member.at, `${name} would make the inherited slot read-only`);
  }
}

/** Copies and pickles of frozen instances: with literal slots their state is put back with `setattr()`, which a frozen
 *  class refuses (`load_build` in Lib/pickle.py, `_reconstruct` in Lib/copy.py). */
function* copiesOfFrozen(cls: WorldClass, world: World): Generator<Evidence> {
  if ([cls, ...above(cls)].some(c => TAKES_STATE.some(name => c.members.has(name)))) return;
  // also where nothing in sight copies it: who uses a library may, and installed packages do
  yield atClass(cls, 'frozen instances with literal slots cannot be pickled or copied');
  for (const c of relatives(cls)) for (const f of world.findings(c, 'state-copy')) yield f.evidence;
}

/** Uses of the `__class__` cell that would see the class before slots: all of them in a dataclass up to 3.13. */
export const staleCells = (cls: WorldClass, world: World): readonly CellUse[] =>
  isOlderThan(world, 14) ? cls.cellUses : [];

/** A use of the cell as evidence. */
export const saysStale = (cls: WorldClass, use: CellUse): Evidence =>
  inFileOf(
    cls,
    use.at,
    `${use.kind === 'super' ? 'zero-argument super()' : '__class__'} would see the class before slots`,
  );

/** Whether some file names a class by a dotted string, as `mock.patch("shop.models.Order")` does: its name may come to
 *  mean something else while its methods run. */
function isPatched(cls: WorldClass, world: World): boolean {
  const dotted = `${cls.file.source.module}.${cls.ref.qualname}`;
  return world.files.some(f => f.source.role !== 'environment' && f.facts.strings.includes(dotted));
}

const isEmpty = (found: Generator<Evidence>): boolean => Boolean(found.next().done);

/** The form in which a dataclass takes its slots, the first that is exact: `slots=True`, a literal, `slots=True` with
 *  super() written out; null when there is none. */
export function dataclassForm(cls: WorldClass, world: World): Form | null {
  const stale = staleCells(cls, world);
  const keyword =
    isEmpty(keywordHurts(cls, world)) &&
    isEmpty(nonFieldStores(cls, world)) &&
    isEmpty(missingWeakref(cls, world));
  if (keyword && !stale.length) return { kind: 'keyword', supers: [] };
  if (isEmpty(literalHurts(cls, world))) return { kind: 'literal' };
  if (!keyword) return null;
  const supers = isPatched(cls, world) ? [null] : stale.map(use => explicitSuper(cls, use));
  return supers.every(s => s !== null) ? { kind: 'keyword', supers } : null;
}

/** What stands against `slots=True` on an attrs class. attrs mends the `__class__` cell where it finds it: in functions,
 *  static and class methods and properties of the body (`_create_slots_class` in attr/_make.py). */
export function* attrsHurts(cls: WorldClass, world: World): Generator<Evidence> {
  const own = attrsDecorator(cls)!;
  yield* noticesSecondClass(cls, world, own);
  yield* lostMembers(cls);
  // all methods share one cell: it is mended when one of them is found
  if (!cls.cellUses.some(use => use.inPlainMethod)) for (const use of cls.cellUses) yield saysStale(cls, use);
  if (!isSet(own.flags, 'auto_detect'))
    for (const name of ['__getstate__', '__setstate__']) {
      const holder = [cls, ...above(cls)].find(c => c.members.has(name));
      if (holder) yield inFileOf(holder, holder.members.get(name)!.at, `attrs brings its own ${name}`);
    }
  if (own.flags.get('weakref_slot') === false)
    for (const f of findingsOn(cls, world, 'weak-reference')) yield f.evidence;
}
