// What a plan claims about the layout of a class, against the class as an interpreter makes it.
import type { Decision, Rewrite } from '../model/decision.js';
import { isSpecialSlot, mangled } from '../slots.js';
import type { Fault } from './python.js';

/** A class of an imported module. */
export interface Layout {
  /** Instances have a `__dict__`, can be referred to weakly; the same for those of its first base in memory. */
  readonly dict: boolean;
  readonly weakref: boolean;
  readonly baseWeakref: boolean;
  /** Names of the slots of its own, as the class keeps them: private names mangled. */
  readonly members: readonly string[];
  /** It has a `__slots__` of its own. */
  readonly slotted: boolean;
  /** It has Python functions: no extension module put a class of its own in the place of the one in the source. */
  readonly written: boolean;
  /** Pointers by which instances are larger than those of the base in memory, without those for `__dict__` and
   *  `__weakref__`. */
  readonly grown: number;
}

/** A class that is rewritten without asking for unsafe ones. */
export const isRewritten = (d: Decision): d is Rewrite => d.kind === 'rewrite' && d.applicability === 'safe';

/** The faults of one rewritten class, given its layout before and after; null when the module offers no such class:
 *  it was deleted, or replaced by one from elsewhere. */
export function layoutFaults(decision: Rewrite, before: Layout | null, after: Layout | null): Fault[] {
  if (before === null) return [];
  const fault = (kind: string, detail: string): Fault => ({ kind, where: decision.cls.id, detail });
  if (after === null) return [fault('class is gone', 'is a class before, and none after')];
  if (!after.slotted) return !before.written ? [] : [fault('has no slots', 'keeps the layout that it had')];
  const claimed = decision.slots.map(s => s.name);
  const names = claimed.filter(n => !isSpecialSlot(n)).map(n => mangled(decision.cls.name, n));
  const faults: Fault[] = [];
  if (after.dict !== claimed.includes('__dict__'))
    faults.push(fault('keeps its dict', `${after.dict ? 'has a' : 'has no'} __dict__, not as the plan says`));
  if (after.weakref !== (after.baseWeakref || claimed.includes('__weakref__')))
    faults.push(fault('other weakref', `${after.weakref ? 'takes' : 'refuses'} weak references`));
  if (names.toSorted().join() !== after.members.toSorted().join())
    faults.push(fault('other slots', `planned ${names.join(', ')}; has ${after.members.join(', ')}`));
  if (after.grown !== names.length)
    faults.push(fault('other size', `planned ${names.length} slots; has room for ${after.grown}`));
  return faults;
}
