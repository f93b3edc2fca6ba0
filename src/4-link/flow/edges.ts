// Where values flow from each node: sets of nodes, in which none stands twice.
import { addPair, discard, holds, insert, newPairs, newSets, type Sets } from './columns.js';

/** More edges of one node than this are looked up in a table instead of one by one. */
const MOST_COMPARED = 8;

export interface Edges {
  readonly sets: Sets;
  /** Adds an edge to those of a node, whose set starts at `start` and holds so many: where it starts then, or -1 where the
   *  edge was there already. */
  readonly add: (from: number, start: number, count: number, to: number) => number;
  /** Lets go of what only adding needs. */
  readonly rest: () => void;
}

/** No edges yet, with room for so many. */
export function newEdges(room: number): Edges {
  const sets = newSets(room);
  /** Edges of nodes that have many. */
  let many = newPairs();
  return {
    sets,
    add(from, start, count, to) {
      if (count <= MOST_COMPARED) {
        if (holds(sets, start, count, to)) return -1;
        // those before it go into the table now
        if (count === MOST_COMPARED)
          for (let i = start; i < start + count; i++) addPair(many, from, sets.pool[i]!);
      }
      if (count >= MOST_COMPARED && !addPair(many, from, to)) return -1;
      return insert(sets, start, count, to);
    },
    rest() {
      discard(many.table);
      many = newPairs();
    },
  };
}
