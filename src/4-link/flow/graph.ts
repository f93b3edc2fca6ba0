// Nodes, inclusion edges and a work list: tokens spread along edges until nothing new arrives.

import { hasToken, sizeOf, type TokenSet, tokensIn, withToken } from './token-set.js';

/** Called once for each token that arrives at a node. */
export type Listener = (token: number) => void;

export interface Graph {
  /** A fresh node with no tokens. */
  node(): number;
  /** `to` includes everything in `from`, now and later. */
  edge(from: number, to: number): void;
  add(node: number, token: number): void;
  has(node: number, token: number): boolean;
  tokens(node: number): Iterable<number>;
  size(node: number): number;
  /** Hears every token of a node once, those already there first. */
  listen(node: number, listener: Listener): void;
  /** Hears of tokens by number instead of by closure: `onToken(constraint, token)`. */
  watch(node: number, constraint: number): void;
  /** Lets `token` no longer into `node`. Only before solving. */
  refuse(node: number, token: number): void;
  /** Lets only tokens that fit into a node, unless they come from a node that holds at most `few`. Only before
   *  anything has arrived. */
  guard(node: number, fits: (token: number) => boolean, few?: number): void;
  /** Nodes with an edge to this one. Only after solving. */
  sources(node: number): readonly number[];
  /** Nodes along which a token came to a node, where it entered the graph first. For explanations: takes time. */
  path(node: number, token: number): number[];
  /** Lets only tokens of a kind into a node, wherever they come from. Only before anything has arrived. */
  filter(node: number, fits: (token: number) => boolean): void;
  /** Runs until nothing changes. */
  solve(): void;
}

/** What the graph asks about tokens to keep the sets small. */
export interface Limits {
  /** Put into a node instead of what no longer fits. */
  readonly unknown: number;
  /** How many tokens a node may hold before this one counts as unknown. */
  readonly room: (token: number) => number;
  /** Whether the tokens of a node already stand for this one: an instance of a base for one of a subclass. */
  readonly covered: (token: number, holds: (token: number) => boolean) => boolean;
}

/** A value from a node with so few tokens is known well enough to be believed over an annotation. */
const FEW = 4;

const NOTHING: readonly number[] = [];

/** A graph whose nodes below `first` are numbered by the caller. */
export function newGraph(
  first: number,
  limits: Limits,
  onToken: (constraint: number, token: number) => void,
): Graph {
  const sets: (TokenSet | undefined)[] = [];
  const edges: (number[] | undefined)[] = [];
  const edgeSets: (Set<number> | undefined)[] = [];
  const watchers: (number[] | undefined)[] = [];
  const listeners: (Listener[] | undefined)[] = [];
  const refused: (Set<number> | undefined)[] = [];
  const filters: (((token: number) => boolean) | undefined)[] = [];
  const fewOf: (number | undefined)[] = [];
  const guards: (((token: number) => boolean) | undefined)[] = [];
  const workNodes: number[] = [];
  const workTokens: number[] = [];
  /** How many tokens of each node have been handed to its edges and watchers, in order of arrival. */
  const seen: number[] = [];
  let next = first;
  let done = 0;

  /** Tokens of a node that have been handed out; the others are still on the work list. */
  const handedOut = (node: number): number[] => {
    const count = seen[node] ?? 0;
    const out: number[] = [];
    if (!count) return out;
    for (const token of tokensIn(sets[node])) {
      if (out.length === count) break;
      out.push(token);
    }
    return out;
  };

  let incoming: Map<number, number[]> | null = null;
  const sources = (node: number): readonly number[] => {
    if (!incoming) {
      const reversed = new Map<number, number[]>();
      edges.forEach((targets, source) => {
        for (const to of targets ?? []) {
          const list = reversed.get(to);
          if (list) list.push(source);
          else reversed.set(to, [source]);
        }
      });
      incoming = reversed;
    }
    return incoming.get(node) ?? NOTHING;
  };

  const add = (node: number, token: number, crowd = 1): void => {
    const set = sets[node];
    if (hasToken(set, token)) return;
    if (refused[node]?.has(token) || filters[node]?.(token) === false) return;
    if (crowd > FEW && crowd > (fewOf[node] ?? 0) && guards[node]?.(token) === false) return;
    if (token !== limits.unknown) {
      if (set !== undefined && limits.covered(token, above => hasToken(set, above))) return;
      if (sizeOf(set) >= limits.room(token)) return add(node, limits.unknown);
    }
    sets[node] = withToken(set, token);
    workNodes.push(node);
    workTokens.push(token);
  };
  return {
    node: () => next++,
    add: (node, token) => add(node, token),
    edge(from, to) {
      if (from === to) return;
      const list = (edges[from] ??= []);
      if (list.length < 8) {
        if (list.includes(to)) return;
      } else {
        const set = (edgeSets[from] ??= new Set(list));
        if (set.has(to)) return;
        set.add(to);
      }
      list.push(to);
      const set = sets[from];
      if (set === undefined) return;
      const crowd = sizeOf(set);
      for (const token of [...tokensIn(set)]) add(to, token, crowd);
    },
    has: (node, token) => hasToken(sets[node], token),
    tokens: node => tokensIn(sets[node]),
    size: node => sizeOf(sets[node]),
    listen(node, listener) {
      (listeners[node] ??= []).push(listener);
      for (const token of handedOut(node)) listener(token);
    },
    watch(node, constraint) {
      (watchers[node] ??= []).push(constraint);
      for (const token of handedOut(node)) onToken(constraint, token);
    },
    sources,
    path(node, token) {
      const via = new Map<number, number>([[node, -1]]);
      let last = node;
      for (const at of via.keys()) {
        last = at;
        const holding = sources(at).filter(s => hasToken(sets[s], token));
        if (!holding.length) break;
        for (const s of holding) if (!via.has(s)) via.set(s, at);
      }
      const path: number[] = [];
      for (let at = last; at >= 0; at = via.get(at)!) path.push(at);
      return path;
    },
    guard(node, fits, few = FEW) {
      guards[node] = fits;
      fewOf[node] = few;
    },
    filter(node, fits) {
      filters[node] = fits;
    },
    refuse(node, token) {
      (refused[node] ??= new Set()).add(token);
    },
    solve() {
      while (done < workNodes.length) {
        const node = workNodes[done]!;
        const token = workTokens[done]!;
        done++;
        if (done > 1 << 20) {
          workNodes.splice(0, done);
          workTokens.splice(0, done);
          done = 0;
        }
        seen[node] = (seen[node] ?? 0) + 1;
        const out = edges[node];
        const watching = watchers[node];
        const listening = listeners[node];
        // those that join while this token is handed out hear of it when they join
        const [edgeCount, watcherCount, listenerCount] = [out?.length, watching?.length, listening?.length];
        const crowd = sizeOf(sets[node]);
        for (let i = 0; i < (edgeCount ?? 0); i++) add(out![i]!, token, crowd);
        for (let i = 0; i < (watcherCount ?? 0); i++) onToken(watching![i]!, token);
        for (let i = 0; i < (listenerCount ?? 0); i++) listening![i]!(token);
      }
    },
  };
}
