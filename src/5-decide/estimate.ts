// What slots are expected to save, from a table of sizes measured on real interpreters; nothing is run.
//
// footprints.json is made by footprints/generate.py and is not to be edited by hand: `npm run footprints`.
import { createRequire } from 'node:module';
import type { Decision, Footprint } from '../model/decision.js';

/** Bytes of one instance, values left out; below a builtin base, only what the class adds to it. */
export interface Estimate {
  readonly before: number;
  readonly after: number;
  /** `before - after`. */
  readonly saved: number;
}

type Version = readonly [number, number];
/** Bytes for 0, 1, 2, ... attributes. */
interface Sizes {
  readonly plain: readonly number[];
  readonly slots: readonly number[];
  readonly weakref: readonly number[];
}
type Table = Readonly<Record<string, Readonly<Record<Footprint['base'], Sizes>>>>;

const table = createRequire(import.meta.url)('#footprints') as Table;

/** The versions that were measured, oldest first. */
export const MEASURED: readonly Version[] = Object.keys(table).map(name => {
  const [major, minor] = name.split('.').map(Number);
  return [major!, minor!];
});

/** What one instance of a class is expected to take before and after. Null for a class that is not rewritten, and for
 *  one that keeps a `__dict__`, which takes what is put into it; a version that was not measured counts as the nearest
 *  one that was. */
export function estimateSaving(decision: Decision, python: Version): Estimate | null {
  if (decision.kind !== 'rewrite' || decision.slots.some(slot => slot.name === '__dict__')) return null;
  return estimateOf(decision.footprint, python);
}

/** The same for what an instance consists of. */
export function estimateOf(footprint: Footprint, python: Version): Estimate {
  const sizes = table[nearest(python).join('.')]![footprint.base];
  const { moved, slotted, weakref } = footprint;
  const before = at(sizes.plain, moved) + 8 * slotted;
  const after = at(weakref ? sizes.weakref : sizes.slots, moved + slotted);
  return { before, after, saved: before - after };
}

/** Beyond the table each attribute counts 8 bytes, slot or not: dictionaries grow faster than that. */
const at = (sizes: readonly number[], n: number): number => {
  const last = sizes.length - 1;
  return sizes[Math.min(n, last)]! + 8 * Math.max(0, n - last);
};

const nearest = ([major, minor]: Version): Version =>
  MEASURED.findLast(([a, b]) => a < major || (a === major && b <= minor)) ?? MEASURED[0]!;

/** The measured versions that lie in a range, oldest first; the nearest one when none does. */
export function measuredIn(range: {
  readonly oldest: Version;
  readonly newest: Version;
}): readonly Version[] {
  const order = ([major, minor]: Version): number => major * 1000 + minor;
  const found = MEASURED.filter(v => order(v) >= order(range.oldest) && order(v) <= order(range.newest));
  return found.length > 0 ? found : [nearest(range.oldest)];
}
