// The oldest and newest Python that a run is judged for.
import type { PythonRange } from '../model/decision.js';
import type { Declared } from './requires-python.js';
import { admitted, type Minor } from './specifiers.js';

/** The oldest and the newest version that slotify has tables for. */
export const OLDEST: Minor = [3, 8];
export const NEWEST: Minor = [3, 13];

/** The range of versions; or what is wrong and what to do, as a sentence. */
export type RangeResult =
  | { readonly kind: 'range'; readonly range: PythonRange }
  | { readonly kind: 'problem'; readonly problem: string };

/** `3.9`, `py39`, `py3.10` as a version; null for anything else. */
export function parseTarget(text: string): Minor | null {
  const match = /^(?:py)?([23])\.?(\d{1,2})$/.exec(text.trim());
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

/**
 * From a target version that the user set for slotify (`from` says where).
 * @returns a problem when it is no version or older than any that slotify knows: rules for a newer one would be
 * wrong there without a word.
 */
export function rangeFromTarget(text: string, from: string): RangeResult {
  const target = parseTarget(text);
  if (target === null || isOlder(target, OLDEST)) {
    const known = `${shown(OLDEST)} to ${shown(NEWEST)}`;
    return {
      kind: 'problem',
      problem: `${from} is "${text}". Give a Python version from ${known}, e.g. 3.9.`,
    };
  }
  return { kind: 'range', range: withinTables(target, NEWEST, from, shown(target)) };
}

/** From what another tool was told; null when that is no version. */
export function rangeFromTool(text: string, from: string): PythonRange | null {
  const target = parseTarget(text);
  return target === null ? null : withinTables(target, NEWEST, from, shown(target));
}

/**
 * From the versions that the project declares: the oldest minor version with an admitted patch release, and the
 * newest when there is an upper bound. Versions without tables are brought to the nearest one, and `from` says so.
 */
export function rangeFromDeclared(declared: Declared & { kind: 'declared' }): RangeResult {
  const minors = admitted(declared.specifier);
  const oldest = minors[0];
  const newest = minors.at(-1);
  if (oldest === undefined || newest === undefined) {
    return {
      kind: 'problem',
      problem: `${declared.from} is "${declared.text}", which no Python fits. Correct it, or give --target-version.`,
    };
  }
  return { kind: 'range', range: withinTables(oldest, newest, declared.from, declared.text) };
}

/** When nothing is said: all versions with tables. */
export function defaultRange(): PythonRange {
  return { oldest: OLDEST, newest: NEWEST, from: 'default' };
}

function withinTables(oldest: Minor, newest: Minor, from: string, says: string): PythonRange {
  const range = { oldest: clamp(oldest), newest: clamp(newest) };
  if (isOlder(oldest, OLDEST)) {
    return { ...range, from: `${from} (it says ${says}; judged from ${shown(OLDEST)}, the oldest known)` };
  }
  if (isOlder(NEWEST, oldest)) {
    return { ...range, from: `${from} (it says ${says}; judged as ${shown(NEWEST)}, the newest known)` };
  }
  return { ...range, from };
}

function clamp(version: Minor): Minor {
  if (isOlder(version, OLDEST)) return OLDEST;
  return isOlder(NEWEST, version) ? NEWEST : version;
}

/** Whether `a` comes before `b`. */
export function isOlder(a: Minor, b: Minor): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

function shown([major, minor]: Minor): string {
  return `${major}.${minor}`;
}
