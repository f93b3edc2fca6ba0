// How many tokens a node may hold, and which of them stand for others: what keeps the sets small.
import { newMarks, type Sets } from './columns.js';

/** What the graph asks about tokens to keep the sets small. */
export interface Limits {
  /** Put into a node instead of what no longer fits. */
  readonly unknown: number;
  /** How many tokens a node may hold before this one counts as unknown: fewer than 255. */
  readonly room: (token: number) => number;
  /** A node with so many tokens, the unknown among them, takes no more of this one, and nothing else comes of it. */
  readonly idleFrom: (token: number) => number;
  /** Whether two tokens, where both are functions, are called in one way, or written in one file and called with as
   *  many arguments: entries of one table. */
  readonly similar: (token: number, other: number) => boolean;
  /** The token for one that finds no room and others that are called as it is, or -1. */
  readonly rest: (token: number) => number;
  /** Whether two tokens are of one kind that is kept at a node in larger numbers. */
  readonly alike: (token: number, other: number) => boolean;
  /** The tokens that already stand for this one: for an instance of a class, those of the classes above. */
  readonly above: (token: number) => readonly number[];
  /** Whether a token is a container. */
  readonly isContainer: (token: number) => boolean;
}

/** A node holds this many tokens that are alike. */
const MOST_ALIKE = 48;

/** Questions about a set of `size` tokens that starts at `start` and does not hold `token`. */
export interface Crowding {
  /** Whether it holds one that stands for the token. */
  readonly isCovered: (start: number, size: number, token: number) => boolean;
  /** Whether it has no room for the token. */
  readonly isFull: (start: number, size: number, token: number) => boolean;
  /** The token that goes beside the unknown for one that finds no room, where all functions there are called in one way,
   *  or -1. */
  readonly restFor: (start: number, size: number, token: number) => number;
}

export function newCrowding(sets: Sets, limits: Limits): Crowding {
  /** The tokens that stand for `markedFor`. */
  const marked = newMarks();
  let markedFor = -1;
  return {
    isCovered(start, size, token) {
      if (size === 0) return false;
      const above = limits.above(token);
      if (above.length === 0) return false;
      // one token comes to many nodes in a row
      if (token !== markedFor) {
        marked.clear();
        for (const other of above) marked.add(other);
        markedFor = token;
      }
      for (let i = start; i < start + size; i++) if (marked.has(sets.pool[i]!)) return true;
      return false;
    },
    isFull(start, size, token) {
      if (size < limits.room(token)) return false;
      if (size >= MOST_ALIKE) return true;
      for (let i = 0; i < size; i++) if (!limits.alike(token, sets.pool[start + i]!)) return true;
      return false;
    },
    restFor(start, size, token) {
      const rest = limits.rest(token);
      if (rest < 0) return rest;
      for (let i = 0; i < size; i++) if (!limits.similar(token, sets.pool[start + i]!)) return -1;
      return rest;
    },
  };
}
