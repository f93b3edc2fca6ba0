// Edges walked backwards: from where the tokens of a node came.
import { newColumn, type Sets } from './columns.js';

/** Only after solving. */
export interface Paths {
  /** Nodes with an edge to this one. */
  sources(node: number): Int32Array;
  /** Nodes that this one has an edge to. */
  targets(node: number): Int32Array;
  /** Nodes along which a token came to a node, where it entered the graph first. For explanations: takes time. */
  path(node: number, token: number): number[];
}

/** The ways back along `edges`, given where the set of each node starts and how many are in it; `nodes` tells how many
 *  nodes there are. */
export function newPaths(
  edges: Sets,
  startOf: (node: number) => number,
  countOf: (node: number) => number,
  has: (node: number, token: number) => boolean,
  nodes: () => number,
): Paths {
  let incoming: Incoming | null = null;
  // not by a view of the pool for each node: there are millions
  const eachTarget: EachTarget = (node, use) => {
    const start = startOf(node);
    for (let i = start, end = start + countOf(node); i < end; i++) use(edges.pool[i]!);
  };
  const sources = (node: number): Int32Array => {
    incoming ??= reversed(nodes(), eachTarget);
    return incoming.from.subarray(incoming.start[node], incoming.start[node + 1]);
  };
  return {
    sources,
    targets: node => edges.pool.subarray(startOf(node), startOf(node) + countOf(node)),
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

type EachTarget = (node: number, use: (target: number) => void) => void;

function reversed(nodes: number, eachTarget: EachTarget): Incoming {
  const start = newColumn(nodes + 2);
  const count = (target: number): void => {
    start[target + 2]!++;
  };
  for (let source = 0; source < nodes; source++) eachTarget(source, count);
  for (let n = 2; n < start.length; n++) start[n]! += start[n - 1]!;
  const from = newColumn(start[nodes + 1]!);
  let source = 0;
  const put = (target: number): void => {
    from[start[target + 1]!++] = source;
  };
  for (; source < nodes; source++) eachTarget(source, put);
  return { start, from };
}
