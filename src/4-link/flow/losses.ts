// What found no room at a node, of what others stand in: containers and functions (crowding.ts).
import { addTo } from '../../model/grouping.js';
import { addPair, newPairs, type Pairs, pairsIn } from './columns.js';

export interface Losses {
  readonly note: (node: number, token: number) => void;
  /** The containers and functions that found no room at a node. Only after solving. */
  readonly at: (node: number) => readonly number[];
  /** The nodes at which one of them found none. Only after solving. */
  readonly of: (token: number) => readonly number[];
}

export function newLosses(): Losses {
  const lost = newPairs();
  return {
    note: (node, token) => addPair(lost, node, token),
    at: lookup(() => [lost], false),
    of: lookup(() => [lost], true),
  };
}

const NONE: readonly number[] = [];

/** A function that gives, for a number, what it is paired with: the second numbers of pairs that it stands first in, or
 *  the other way round. The pairs are gone through when it is first asked. */
export function lookup(
  sets: () => Iterable<Pairs>,
  isSecond: boolean,
): (number: number) => readonly number[] {
  let known: Map<number, number[]> | null = null;
  const grouped = (): Map<number, number[]> => {
    const map = new Map<number, number[]>();
    for (const pairs of sets())
      for (const [first, second] of pairsIn(pairs))
        if (isSecond) addTo(map, second, first);
        else addTo(map, first, second);
    return map;
  };
  return number => (known ??= grouped()).get(number) ?? NONE;
}
