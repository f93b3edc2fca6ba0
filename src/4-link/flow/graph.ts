// Nodes, inclusion edges and a work list: tokens spread along edges until nothing new arrives.

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
  /** Hears every token of a node, those already there first. */
  listen(node: number, listener: Listener): void;
  /** Hears of tokens by number instead of by closure: `onToken(constraint, token)`. */
  watch(node: number, constraint: number): void;
  /** Lets `token` no longer into `node`. Only before solving. */
  refuse(node: number, token: number): void;
  /** Runs until nothing changes. */
  solve(): void;
}

/** Tokens a node may hold before it counts as unknown: past it, one node could be anything of everything. */
export const MOST_TOKENS = 600;

const NOTHING: readonly number[] = [];

export function newGraph(first: number, unknown: number, onToken: (constraint: number, token: number) => void): Graph {
  const sets: (Set<number> | undefined)[] = [];
  const edges: (number[] | undefined)[] = [];
  const edgeSets: (Set<number> | undefined)[] = [];
  const watchers: (number[] | undefined)[] = [];
  const listeners: (Listener[] | undefined)[] = [];
  const refused: (Set<number> | undefined)[] = [];
  const workNodes: number[] = [];
  const workTokens: number[] = [];
  let next = first;
  let done = 0;

  const add = (node: number, token: number): void => {
    const set = (sets[node] ??= new Set());
    if (set.has(token)) return;
    if (refused[node]?.has(token)) return;
    if (set.size >= MOST_TOKENS && token !== unknown) return add(node, unknown);
    set.add(token);
    workNodes.push(node);
    workTokens.push(token);
  };
  return {
    node: () => next++,
    add,
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
      if (set) for (const token of set) add(to, token);
    },
    has: (node, token) => sets[node]?.has(token) ?? false,
    tokens: node => sets[node] ?? NOTHING,
    size: node => sets[node]?.size ?? 0,
    listen(node, listener) {
      (listeners[node] ??= []).push(listener);
      const set = sets[node];
      if (set) for (const token of [...set]) listener(token);
    },
    watch(node, constraint) {
      (watchers[node] ??= []).push(constraint);
      const set = sets[node];
      if (set) for (const token of [...set]) onToken(constraint, token);
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
        const out = edges[node];
        if (out) for (let i = 0; i < out.length; i++) add(out[i]!, token);
        const watching = watchers[node];
        if (watching) for (let i = 0; i < watching.length; i++) onToken(watching[i]!, token);
        const listening = listeners[node];
        if (listening) for (let i = 0; i < listening.length; i++) listening[i]!(token);
      }
    },
  };
}
