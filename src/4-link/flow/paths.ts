// Edges walked backwards: from where the tokens of a node came.
import { itemsOf, type Lists, newColumn } from './columns.js';

/** Only after solving. */
export interface Paths {
  /** Nodes with an edge to this one. */
  sources(node: number): Int32Array;
  /** Nodes that this one has an edge to. */
  targets(node: number): Iterable<number>;
  /** Nodes along which a token came to a node, where it entered the graph first. For explanations: takes time. */
  path(node: number, token: number): number[];
}

/** The ways back along `edges`, which stand in the list of each node; `nodes` tells how many nodes there are. */
export function newPaths(
  edges: Lists,
  listOf: (node: number) => number,
  has: (node: number, token: number) => boolean,
  nodes: () => number,
): Paths {
  let incoming: Incoming | null = null;
  const sources = (node: number): Int32Array => {
    incoming ??= reversed(edges, listOf, nodes());
    return incoming.from.subarray(incoming.start[node], incoming.start[node + 1]);
  };
  return {
    sources,
    targets: node => itemsOf(edges, listOf(node)),
    path(node, token) {
      const via = new Map<number, number>([[node, -1]]);
      let last = node;
      for (const at of via.keys()) {
        last = at;
        const holding = [...sources(at)].filter(s => has(s, token));
        if (!holding.length) break;
        for (const s of holding) if (!via.has(s)) via.set(s, at);
      }
      const path: number[] = [];
      for (let at = last; at >= 0; at = via.get(at)!) path.push(at);
      return path;
    },
  };
}

/** Edges by where they lead: the sources of node n stand from `start[n]` up to `start[n + 1]`. */
interface Incoming {
  readonly start: Int32Array;
  readonly from: Int32Array;
}

function reversed({ entries, last }: Lists, listOf: (node: number) => number, nodes: number): Incoming {
  const start = newColumn(nodes + 2);
  for (let e = 2; e <= last; e += 2) start[entries[e + 1]! + 2]!++;
  for (let n = 2; n < start.length; n++) start[n]! += start[n - 1]!;
  const from = newColumn(last >> 1);
  for (let source = 0; source < nodes; source++) {
    const end = listOf(source);
    for (let e = end; e; ) {
      e = entries[e]!;
      from[start[entries[e + 1]! + 1]!++] = source;
      if (e === end) break;
    }
  }
  return { start, from };
}
