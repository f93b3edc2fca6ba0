// Which rewrites pay: bytes by class, and the classes to leave alone when only the best are wanted.
import type { Decision } from '../model/decision.js';
import { type Profile, profiledId } from '../model/profile.js';
import type { World } from '../model/world.js';
import { atClass } from '../rules/rule.js';
import { belowSaving } from '../rules/wishes.js';
import { above } from '../slots.js';
import { estimateSaving } from './estimate.js';
import type { Withheld } from './policy.js';

/** What a rewrite has to save. */
export interface Aim {
  readonly profile: Profile | null;
  /** Least bytes that a class must save: per instance, or with a profile all that were alive at once. */
  readonly minSaving: number | null;
  /** How many classes are rewritten at most, not counting bases that they need. */
  readonly top: number | null;
  /** The Python whose sizes count where there is no profile to tell. */
  readonly python: readonly [number, number];
}

/** Estimated bytes that a rewrite saves: per instance, or with a profile all instances that were alive at once. */
export function savingOf(decision: Decision, { profile, python }: Pick<Aim, 'profile' | 'python'>): number {
  const each = estimateSaving(decision, profile?.python ?? python)?.saved ?? 0;
  return profile === null ? each : each * (profile.classes[profiledId(decision.cls.id)]?.alive ?? 0);
}

/** The rewrites that are not worth it, by class id. A base that a worthwhile class needs is kept. */
export function unprofitable(
  rewrites: readonly Decision[],
  world: World,
  aim: Aim,
): ReadonlyMap<string, Withheld> {
  const { minSaving, top } = aim;
  if (minSaving === null && top === null) return new Map();
  const worth = rewrites
    .map(decision => ({ id: decision.cls.id, bytes: savingOf(decision, aim) }))
    .sort((a, b) => b.bytes - a.bytes || (a.id < b.id ? -1 : 1));
  const chosen = worth.filter(({ bytes }) => bytes >= (minSaving ?? 0)).slice(0, top ?? worth.length);
  const classes = new Map(world.classes.map(cls => [cls.ref.id, cls]));
  const kept = new Set(chosen.flatMap(({ id }) => [id, ...above(classes.get(id)!).map(base => base.ref.id)]));
  const left = worth.filter(({ id }) => !kept.has(id));
  return new Map(
    left.map(({ id, bytes }) => {
      const says = `saves ${bytes} bytes by estimate${aim.profile === null ? ' per instance' : ' in the profiled run'}`;
      return [id, { rule: belowSaving, evidence: [atClass(classes.get(id)!, says)] }];
    }),
  );
}
