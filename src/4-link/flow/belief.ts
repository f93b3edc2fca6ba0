// Which of the tokens at a node are to be believed: a crowd of unrelated classes is a sign that the analysis lost track.
import type { WorldClass } from '../../model/world.js';
import type { Flow } from './state.js';
import type { Token } from './tokens.js';

/** A node with instances of more classes than this is a crowd: what is there counts as unknown. */
const CROWD = 32;
/** So is one with classes of more hierarchies than this. */
const FAMILIES = 8;
/** What comes to a node through at most so many crowds is believed: helpers are called by helpers. */
const DEEPEST = 6;

export interface Belief {
  /** The node holds so many classes that it says nothing. */
  readonly isCrowd: (node: number) => boolean;
  /** Tokens of a node; of a crowd, those that come from a place near by that is none. */
  readonly tokens: (node: number) => Iterable<number>;
  readonly holds: (node: number, token: number) => boolean;
}

export function newBelief(flow: Flow): Belief {
  const { graph, tokens } = flow;
  const crowds = new Map<number, boolean>();
  const isCrowd = (node: number): boolean => {
    if (graph.size(node) <= FAMILIES) return false;
    const known = crowds.get(node);
    if (known !== undefined) return known;
    let count = 0;
    const families = new Set<WorldClass>();
    for (const id of graph.tokens(node)) {
      const token = tokens.get(id);
      if (!isOfClass(token)) continue;
      count++;
      families.add(rootOf(token.cls));
    }
    const is = count > CROWD || families.size > FAMILIES;
    crowds.set(node, is);
    return is;
  };
  /** Adds the tokens that reach a crowd from places that are none, and those that came to be there. */
  const gather = (node: number, into: Set<number>, seen: Set<number>, depth: number): void => {
    for (const id of graph.tokens(node)) if (!comesFromElsewhere(node, id)) into.add(id);
    for (const source of graph.sources(node)) {
      if (seen.has(source)) continue;
      seen.add(source);
      const given = flow.passing.get(source);
      if (given !== undefined && isCrowd(given)) continue;
      if (!isCrowd(source)) for (const id of graph.tokens(source)) into.add(id);
      else if (depth < DEEPEST) gather(source, into, seen, depth + 1);
    }
  };
  const comesFromElsewhere = (node: number, token: number): boolean => {
    for (const source of graph.sources(node)) if (graph.has(source, token)) return true;
    return false;
  };
  const believed = new Map<number, ReadonlySet<number>>();
  const nearTo = (node: number): ReadonlySet<number> => {
    const known = believed.get(node);
    if (known) return known;
    const found = new Set<number>();
    gather(node, found, new Set([node]), 1);
    believed.set(node, found);
    return found;
  };
  return {
    isCrowd,
    tokens: node => (isCrowd(node) ? nearTo(node) : graph.tokens(node)),
    holds: (node, token) => (isCrowd(node) ? nearTo(node).has(token) : graph.has(node, token)),
  };
}

const isOfClass = (token: Token): token is Token & { kind: 'instance' | 'class' } =>
  token.kind === 'instance' || token.kind === 'class';

/** The class of the world that a class finally comes from; itself when it stands alone. */
function rootOf(cls: WorldClass): WorldClass {
  let root = cls;
  for (const entry of cls.mro) if (entry.kind === 'class') root = entry.cls;
  return root;
}
