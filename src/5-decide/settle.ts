// Safety is not local: a fold over the hierarchy until nothing changes. Each step only ever takes classes out.
import type { Evidence } from '../model/decision.js';
import { addTo } from '../model/grouping.js';
import type { Base, MroEntry, World, WorldClass } from '../model/world.js';
import {
  above,
  bringsWeakref,
  declaredSlots,
  definesSlots,
  dictFrom,
  isSpecialSlot,
  layoutsClash,
  weakrefAbove,
} from '../slots.js';
import { canBeHollow } from './hollow.js';

/** Why the hierarchy does not let a class have slots although nothing in the class is against it. */
export type Withdrawal =
  | { readonly kind: 'base'; readonly base: WorldClass }
  | { readonly kind: 'layout'; readonly computed: boolean; readonly evidence: Evidence }
  | { readonly kind: 'idle' };

/** Which classes get slots, and why the others do not. */
export interface Settled {
  /** Classes that get slots. */
  readonly slotted: ReadonlySet<WorldClass>;
  readonly withdrawn: ReadonlyMap<WorldClass, Withdrawal>;
  /** Classes among `slotted` that get `__weakref__`. */
  readonly weak: ReadonlySet<WorldClass>;
  /** Classes that would stand in nobody's way if they left their attributes to the classes below them, and can. */
  readonly hollow: ReadonlySet<WorldClass>;
}

/** Which relations between classes count; all of them but in proofs that each is needed, and where the user wants no
 *  `__weakref__`. */
export interface Heeds {
  /** Whether a `__dict__` from this kind of base stands in the way. */
  readonly dictFrom: (kind: MroEntry['kind']) => boolean;
  readonly layouts: boolean;
  readonly idle: boolean;
  /** Whether classes that are referred to weakly get `__weakref__`. */
  readonly weakrefs: boolean;
}

/** Candidates that stand out. */
export interface Standing {
  /** They keep a `__dict__` beside their slots, and so gain least. */
  readonly hybrid: ReadonlySet<WorldClass>;
  /** They can have slots without all others: these give way to them. */
  readonly sure: ReadonlySet<WorldClass>;
}

/** Those of `candidates` that can all have slots at once: of two that cannot go together, the one gives way on which
 *  less depends. */
export function settle(
  candidates: Iterable<WorldClass>,
  { hybrid, sure }: Standing,
  world: World,
  heeds: Heeds,
): Settled {
  const slotted = new Set(candidates);
  const withdrawn = new Map<WorldClass, Withdrawal>();
  const take = (cls: WorldClass, why: Withdrawal): void => {
    slotted.delete(cls);
    withdrawn.set(cls, why);
  };

  const isReferred = (c: WorldClass): boolean => world.findings(c, 'weak-reference').length > 0;
  // what has slots already is referred to through what the classes above it have, or means one of those below it
  const isReferredAs = (c: WorldClass): boolean => definesSlots(c) && isReferred(c);
  const needsWeakref = (c: WorldClass): boolean =>
    bringsWeakref(c) ||
    (heeds.weakrefs && (isReferred(c) || c.descendants.some(isReferredAs) || above(c).some(isReferredAs)));
  // up to 3.10 a plain subclass of a class whose only slot is __weakref__ counts as a layout of its own
  const weakCounts = world.python.oldest[0] === 3 && world.python.oldest[1] < 11;
  const hollow = new Set<WorldClass>();
  const adds = (c: WorldClass): boolean => {
    if (slotted.has(c)) return world.attributes(c).size > 0 || (weakCounts && needsWeakref(c));
    const declared = declaredSlots(c);
    return c.slots?.kind === 'opaque' || (declared?.some(name => !isSpecialSlot(name)) ?? false);
  };

  for (let changed = true; changed; ) {
    changed = false;
    for (const cls of [...slotted]) {
      const from = dictFrom(cls, c => slotted.has(c) && (c === cls || !hybrid.has(c)), world.alternatives);
      if (!from || !heeds.dictFrom(from.kind)) continue;
      if (from.kind === 'class') take(cls, { kind: 'base', base: from.cls });
      else slotted.delete(cls);
      changed = true;
    }
    for (const combination of heeds.layouts ? world.combinations : []) {
      for (const cls of hollowsOf(combination.bases, adds, slotted, world)) hollow.add(cls);
      for (const loser of losersOf(combination.bases, adds, slotted, { hybrid, sure }, world)) {
        const says = `${combination.name} combines it with another class that has slots`;
        take(loser, {
          kind: 'layout',
          computed: combination.computed,
          evidence: { at: combination.at, says },
        });
        changed = true;
      }
    }
  }
  if (heeds.idle) withdrawIdle(world, slotted, take);
  return { slotted, withdrawn, hollow, weak: weakClasses(slotted, needsWeakref) };
}

/** The classes to take out so that bases can be laid out together: those that are not sure first, then hybrid ones,
 *  then those on which the fewest classes with instances depend: mixins stand before what they are mixed into. */
function losersOf(
  bases: readonly Base[],
  adds: (c: WorldClass) => boolean,
  slotted: ReadonlySet<WorldClass>,
  { hybrid, sure }: Standing,
  world: World,
): WorldClass[] {
  if (!layoutsClash(bases, adds)) return [];
  const weight = (cls: WorldClass): number =>
    [cls, ...cls.descendants].filter(c => slotted.has(c) && world.instantiated(c)).length;
  const weights = new Map(inOrderOfYielding(bases, slotted).map(c => [c, weight(c)]));
  const entries = [...weights.keys()].sort((a, b) => weights.get(a)! - weights.get(b)!);
  const giveWay = sure.size ? entries.filter(c => !sure.has(c)) : [];
  return untilNoClash(bases, [...giveWay, ...entries.filter(c => hybrid.has(c)), ...entries], adds);
}

/** The classes that can leave their attributes to those below them so that bases can be laid out together. */
const hollowsOf = (
  bases: readonly Base[],
  adds: (c: WorldClass) => boolean,
  slotted: ReadonlySet<WorldClass>,
  world: World,
): WorldClass[] =>
  layoutsClash(bases, adds)
    ? untilNoClash(
        bases,
        inOrderOfYielding(bases, slotted).filter(c => canBeHollow(c, world)),
        adds,
      )
    : [];

/** Slotted classes of the lines of bases: the first base keeps its layout, later ones give way, the most derived class
 *  of a line first. */
const inOrderOfYielding = (bases: readonly Base[], slotted: ReadonlySet<WorldClass>): WorldClass[] =>
  [...bases]
    .reverse()
    .flatMap(b => (b.kind === 'class' ? b.cls.mro : []))
    .flatMap(e => (e.kind === 'class' && slotted.has(e.cls) ? [e.cls] : []));

/** As many of `candidates`, in order, as must add no layout for the bases to go together; none where that is not
 *  enough. */
function untilNoClash(
  bases: readonly Base[],
  candidates: readonly WorldClass[],
  adds: (c: WorldClass) => boolean,
): WorldClass[] {
  const out = new Set<WorldClass>();
  const still = (c: WorldClass): boolean => adds(c) && !out.has(c);
  for (const cls of candidates) {
    if (!layoutsClash(bases, still)) return [...out];
    if (still(cls) && !isShared(bases, cls)) out.add(cls);
  }
  return layoutsClash(bases, still) ? [] : [...out];
}

/** Whether every line of bases goes through `other`: such a class clashes with none of them. */
const isShared = (bases: readonly Base[], other: WorldClass): boolean =>
  bases.every(b =>
    b.kind === 'class'
      ? b.cls.mro.some(e => e.kind === 'class' && e.cls === other)
      : b.kind === 'unknown' || b.solids.length === 0,
  );

/** Empty slots pay only for a class that is instantiated or has a subclass with slots. */
function withdrawIdle(
  world: World,
  slotted: Set<WorldClass>,
  take: (cls: WorldClass, why: Withdrawal) => void,
): void {
  const inPlaceOf = replaced(world);
  const isNeeded = (cls: WorldClass): boolean =>
    world.attributes(cls).size > 0 ||
    [cls, ...(inPlaceOf.get(cls) ?? []).filter(c => slotted.has(c))].some(
      c => world.instantiated(c) || c.descendants.some(d => slotted.has(d) || d.slots),
    );
  // subclasses first, so that a class with only idle subclasses is idle as well
  for (let changed = true; changed; ) {
    changed = false;
    for (const cls of [...slotted]) {
      if (isNeeded(cls)) continue;
      take(cls, { kind: 'idle' });
      changed = true;
    }
  }
}

/** Classes in whose place a decorator puts another one, by that one: whatever inherits from them inherits from it. */
function replaced({ classes }: World): ReadonlyMap<WorldClass, readonly WorldClass[]> {
  const found = new Map<WorldClass, WorldClass[]>();
  for (const cls of classes) for (const made of cls.decorators.flatMap(d => d.makes)) addTo(found, made, cls);
  return found;
}

/** Subclasses of int, tuple and bytes have no room for slots, `__weakref__` included: they could never be referred to
 *  weakly. */
const isVariableSized = (cls: WorldClass): boolean =>
  cls.mro.some(e => e.kind === 'external' && e.layouts.some(l => l.variableSize));

/** Which slotted classes get `__weakref__`: those that are referred to weakly, once in each line of the MRO. */
function weakClasses(slotted: ReadonlySet<WorldClass>, needs: (c: WorldClass) => boolean): Set<WorldClass> {
  const weak = new Set<WorldClass>();
  const provides = (c: WorldClass): boolean =>
    slotted.has(c) ? weak.has(c) : !definesSlots(c) || (declaredSlots(c)?.includes('__weakref__') ?? true);
  const inOrder = [...slotted].sort((a, b) => a.mro.length - b.mro.length);
  for (const cls of inOrder)
    if (needs(cls) && !isVariableSized(cls) && !weakrefAbove(cls, provides)) weak.add(cls);
  return weak;
}
