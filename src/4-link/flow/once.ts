// Work that is done once: it would otherwise set itself off again.
import { addPair, newPairs, type Pairs } from './columns.js';

/** True the first time that something is to be done to these two numbers. */
export type Once = (what: string, a: number, b?: number) => boolean;

/** Most kinds of work are done to few. */
const ROOM = 1 << 5;

export function newOnce(): Once {
  const done = new Map<string, Pairs>();
  return (what, a, b = 0) => {
    let pairs = done.get(what);
    if (!pairs) done.set(what, (pairs = newPairs(ROOM)));
    return addPair(pairs, a, b);
  };
}
