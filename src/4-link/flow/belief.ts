// Which of the tokens at a node are to be believed: a crowd of classes is a sign that the analysis lost track.
import type { Flow } from './state.js';
import type { Token } from './tokens.js';

/** A node with instances of more classes than this is a crowd: what is there counts as unknown. */
const CROWD = 32;

export interface Belief {
  /** The node holds so many classes that it says nothing. */
  readonly isCrowd: (node: number) => boolean;
  /** Tokens of a node; of a crowd, those that come straight from a place that is none. */
  readonly tokens: (node: number) => ReadonlySet<number>;
}

export function newBelief(flow: Flow): Belief {
  const { graph, tokens } = flow;
  const crowds = new Map<number, boolean>();
  const isCrowd = (node: number): boolean => {
    if (graph.size(node) <= CROWD) return false;
    const known = crowds.get(node);
    if (known !== undefined) return known;
    let count = 0;
    for (const id of graph.tokens(node)) if (isOfClass(tokens.get(id))) count++;
    crowds.set(node, count > CROWD);
    return count > CROWD;
  };
  return {
    isCrowd,
    tokens(node) {
      if (!isCrowd(node)) return new Set(graph.tokens(node));
      const found = new Set<number>();
      for (const source of graph.sources(node)) {
        if (isCrowd(source)) continue;
        for (const id of graph.tokens(source)) found.add(id);
      }
      return found;
    },
  };
}

const isOfClass = (token: Token): boolean => token.kind === 'instance' || token.kind === 'class';
