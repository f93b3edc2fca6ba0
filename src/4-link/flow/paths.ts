// Edges walked backwards: from where the tokens of a node came.
import { holds, itemsOf, type Lists, type Sets } from './columns.js';

/** Only after solving. */
export interface Paths {
  /** Nodes with an edge to this one. */
  sources(node: number): Int32Array;
  /** Nodes that this one has an edge to. */
  targets(node: number): Iterable<number>;
  /** Nodes along which a token came to a node, where it entered the graph first. For explanations: takes time. */
  path(node: number, token: number): number[];
}

/** The ways back along `edges`; `nodes` tells how many nodes there are. */
export function newPaths(edges: Lists, sets: Sets, nodes: () => number): Paths {
  let incoming: Incoming | null = null;
  const sources = (node: number): Int32Array => {
    incoming ??= reversed(edges, nodes());
    return incoming.from.subarray(incoming.start[node], incoming.start[node + 1]);
  };
  return {
    sources,
    targets: node => itemsOf(edges, node),
    path(node, token) {
      const via = new Map<number, number>([[node, -1]]);
      let last = node;
      for (const at of via.keys()) {
        last = at;
        const holding = [...sources(at)].filter(s => holds(sets, s, token));
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

function reversed(edges: Lists, nodes: number): Incoming {
  const start = new Int32Array(nodes + 2);
  for (let e = 1; e <= edges.count; e++) start[edges.item[e]! + 2]!++;
  for (let n = 2; n < start.length; n++) start[n]! += start[n - 1]!;
  const from = new Int32Array(edges.count);
  for (let source = 0; source < nodes; source++) {
    const last = edges.tail[source]!;
    for (let e = last; e; ) {
      e = edges.next[e]!;
      from[start[edges.item[e]! + 1]!++] = source;
      if (e === last) break;
    }
  }
  return { start, from };
}
