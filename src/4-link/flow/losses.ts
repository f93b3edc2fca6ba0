// Containers that found no room at a node (crowding.ts): what is in them may stand where contents of others there do.
import { addPair, eachPair, newColumn, newPairs, type Pairs } from './columns.js';

export interface Losses {
  readonly note: (node: number, token: number) => void;
  /** The containers that found no room at a node. Only after solving. */
  readonly at: (node: number) => Int32Array;
  /** The nodes at which one of them found none. Only after solving. */
  readonly of: (token: number) => Int32Array;
}

/** Which number of a pair is given. */
export const FIRST = 0;
export const SECOND = 1;

export function newLosses(): Losses {
  const lost = newPairs();
  return {
    note: (node, token) => addPair(lost, node, token),
    at: lookup(() => [lost], FIRST),
    of: lookup(() => [lost], SECOND),
  };
}

/** A function that gives, for one number of pairs, what it is paired with. The pairs are gone through when it is first
 *  asked. */
export function lookup(sets: () => Iterable<Pairs>, given: number): (number: number) => Int32Array {
  let known: Grouped | null = null;
  return number => {
    known ??= grouped([...sets()], given);
    return number + 1 < known.start.length
      ? known.others.subarray(known.start[number], known.start[number + 1])
      : known.others.subarray(0, 0);
  };
}

/** What a number n is paired with stands from `start[n]` up to `start[n + 1]`. */
interface Grouped {
  readonly start: Int32Array;
  readonly others: Int32Array;
}

function grouped(sets: readonly Pairs[], given: number): Grouped {
  let last = -1;
  const each = (use: (number: number, other: number) => void): void => {
    for (const pairs of sets) eachPair(pairs, (a, b) => (given === FIRST ? use(a, b) : use(b, a)));
  };
  each(number => {
    if (number > last) last = number;
  });
  const start = newColumn(last + 3);
  each(number => {
    start[number + 2]!++;
  });
  for (let n = 2; n < start.length; n++) start[n]! += start[n - 1]!;
  const others = newColumn(start[last + 2]!);
  each((number, other) => {
    others[start[number + 1]!++] = other;
  });
  return { start, others };
}
