// Which of many regions of a text an offset lies in, the innermost first.
import { countWhere } from '../../model/search.js';

interface Region {
  readonly start: number;
  readonly end: number;
}

/** Regions in the order of their starts, each with the number of the last one before it that reaches over its start. */
export interface Enclosing<R extends Region> {
  readonly regions: readonly R[];
  readonly outer: Int32Array;
}

/** Regions that start at one place come in the given order, the outermost first. */
export function enclosing<R extends Region>(list: readonly R[]): Enclosing<R> {
  const regions = list.toSorted((a, b) => a.start - b.start);
  const outer = new Int32Array(regions.length);
  const open: number[] = [];
  for (const [i, { start }] of regions.entries()) {
    while (open.length && regions[open.at(-1)!]!.end <= start) open.pop();
    outer[i] = open.at(-1) ?? -1;
    open.push(i);
  }
  return { regions, outer };
}

/** The regions around an offset, the innermost first. */
export function* around<R extends Region>(known: Enclosing<R> | undefined, at: number): Generator<R> {
  if (!known) return;
  const { regions, outer } = known;
  // what reaches over `at` from before it reaches over the start of the last region before it
  for (let i = countWhere(regions.length, n => regions[n]!.start <= at) - 1; i >= 0; i = outer[i]!)
    if (at < regions[i]!.end) yield regions[i]!;
}
