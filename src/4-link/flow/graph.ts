// Nodes, inclusion edges and a work list: tokens spread along edges until nothing new arrives.

import {
  addPair,
  append,
  enqueue,
  holds,
  insert,
  itemsOf,
  membersOf,
  newLists,
  newPairs,
  newQueue,
  newSets,
  resized,
} from './columns.js';
import { newPaths, type Paths } from './paths.js';

/** Called once for each token that arrives at a node. */
export type Listener = (token: number) => void;

export interface Graph extends Paths {
  /** A fresh node with no tokens. */
  node(): number;
  /** `to` includes everything in `from`, now and later. */
  edge(from: number, to: number): void;
  add(node: number, token: number): void;
  /** How many nodes there are. */
  count(): number;
  has(node: number, token: number): boolean;
  /** The tokens of a node as they are now. */
  tokens(node: number): number[];
  size(node: number): number;
  /** One of the tokens of a node, in order of arrival: without a copy of them. */
  tokenAt(node: number, i: number): number;
  /** Hears every token of a node once, those already there first. */
  listen(node: number, listener: Listener): void;
  /** Hears of tokens by number instead of by closure: `onToken(constraint, token)`. */
  watch(node: number, constraint: number): void;
  /** Lets `token` no longer into `node`. Only before solving. */
  refuse(node: number, token: number): void;
  /** Lets only tokens that fit into a node, unless they come from a node that holds at most `few`. Only before
   *  anything has arrived. */
  guard(node: number, fits: (token: number) => boolean, few?: number): void;
  /** Adds everything in `from` to a node once a token that `wakes` (the unknown always does) is kept out of it, or
   *  when `awake` is called. */
  fallback(node: number, from: number, wakes: (token: number) => boolean): void;
  /** Falls back at every node that `needs` it; true when there was one. */
  awake(needs: (node: number) => boolean): boolean;
  /** Lets only tokens of a kind into a node, wherever they come from. Only before anything has arrived. */
  filter(node: number, fits: (token: number) => boolean): void;
  /** Whether a token from a node that holds `crowd` tokens may get into a node, if there is room. */
  admits(node: number, token: number, crowd: number): boolean;
  /** Runs until nothing changes. */
  solve(): void;
  /** Lets go of all who listen: nothing flows any more. */
  rest(): void;
}

/** What the graph asks about tokens to keep the sets small. */
export interface Limits {
  /** Put into a node instead of what no longer fits. */
  readonly unknown: number;
  /** How many tokens a node may hold before this one counts as unknown: fewer than 255. */
  readonly room: (token: number) => number;
  /** The tokens that already stand for this one: for an instance of a class, those of the classes above. */
  readonly above: (token: number) => readonly number[];
}

/** A value from a node with so few tokens is known well enough to be believed over an annotation. */
const FEW = 4;

/** More edges of one node than this are looked up in a table instead of one by one. */
const MOST_COMPARED = 8;

/** What is special about a node, as bits. */
enum Trait {
  /** The unknown is there, or can never get in: what no longer fits changes nothing. */
  Settled = 1,
  Refuses = 2,
  Filters = 4,
  Guards = 8,
  FallsBack = 16,
}

/** What a node takes in once it turns out that something unknown reaches it. */
interface Fallback {
  readonly from: number;
  readonly wakes: (token: number) => boolean;
}

interface Guard {
  readonly fits: (token: number) => boolean;
  readonly few: number;
}

/** A graph whose nodes below `first` are numbered by the caller. */
export function newGraph(
  first: number,
  limits: Limits,
  onToken: (constraint: number, token: number) => void,
): Graph {
  let room = first + (first >> 2) + 1024;
  let next = first;
  const sets = newSets(room);
  let traits: Uint8Array = new Uint8Array(room);
  /** How many tokens of each node have been handed to its edges and watchers, in order of arrival. */
  let seen: Uint8Array = new Uint8Array(room);
  const edges = newLists(room);
  /** Edges of nodes that have many. */
  const manyEdges = newPairs();
  let watchers = newLists(room);
  let listening = newLists(room);
  let listeners: Listener[] = [];
  const refused = new Map<number, Set<number>>();
  const filters = new Map<number, (token: number) => boolean>();
  const guards = new Map<number, Guard>();
  const fallbacks = new Map<number, Fallback>();
  let queue = newQueue();
  let spare = newQueue();

  const makeRoom = (): void => {
    room += room >> 2;
    sets.start = resized(sets.start, room);
    sets.size = resized(sets.size, room);
    traits = resized(traits, room);
    seen = resized(seen, room);
    for (const lists of [edges, watchers, listening]) lists.tail = resized(lists.tail, room);
  };

  const letsIn = (node: number, token: number, crowd: number, trait: number): boolean => {
    if (trait & Trait.Refuses && refused.get(node)!.has(token)) return false;
    if (trait & Trait.Filters && !filters.get(node)!(token)) return false;
    if (!(trait & Trait.Guards) || crowd <= FEW) return true;
    const guard = guards.get(node)!;
    return crowd <= guard.few || guard.fits(token);
  };

  const isCovered = (node: number, token: number): boolean => {
    for (const above of limits.above(token)) if (holds(sets, node, above)) return true;
    return false;
  };

  /** Falls back at a node that `token` was kept out of, if that is a reason to. */
  const fallBack = (node: number, token: number): void => {
    const fallback = fallbacks.get(node)!;
    if (!fallback.wakes(token)) return;
    traits[node]! &= ~Trait.FallsBack;
    fallbacks.delete(node);
    edge(fallback.from, node);
  };

  const add = (node: number, token: number, crowd: number): void => {
    const size = sets.size[node]!;
    const trait = traits[node]!;
    if (trait & Trait.Settled && size >= limits.room(token))
      return trait & Trait.FallsBack ? fallBack(node, limits.unknown) : undefined;
    if (holds(sets, node, token)) return;
    if (trait > Trait.Settled && !letsIn(node, token, crowd, trait))
      return trait & Trait.FallsBack ? fallBack(node, token) : undefined;
    if (token === limits.unknown) traits[node] = trait | Trait.Settled;
    else {
      if (size > 0 && isCovered(node, token)) return;
      if (size >= limits.room(token)) return add(node, limits.unknown, 1);
    }
    insert(sets, node, token);
    enqueue(queue, node, token);
  };

  /** Adds an edge; false when it was there already. */
  const link = (from: number, to: number): boolean => {
    const last = edges.tail[from]!;
    let compared = 0;
    for (let entry = last; entry && compared < MOST_COMPARED; compared++) {
      entry = edges.next[entry]!;
      if (edges.item[entry] === to) return false;
      if (entry === last) {
        // the last one that is compared finds no table yet: those before it go there now
        if (compared === MOST_COMPARED - 1)
          for (const item of itemsOf(edges, from)) addPair(manyEdges, from, item);
        else break;
      }
    }
    if (compared === MOST_COMPARED && !addPair(manyEdges, from, to)) return false;
    append(edges, from, to);
    return true;
  };

  const edge = (from: number, to: number): void => {
    if (from === to || !link(from, to)) return;
    const crowd = sets.size[from]!;
    for (let i = 0; i < crowd; i++) add(to, sets.pool[sets.start[from]! + i]!, crowd);
  };

  const handOut = (node: number, token: number): void => {
    seen[node]!++;
    // those that join while this token is handed out hear of it when they join
    const [lastEdge, lastWatcher, lastListener] = [
      edges.tail[node]!,
      watchers.tail[node]!,
      listening.tail[node]!,
    ];
    const crowd = sets.size[node]!;
    for (let e = lastEdge; e; ) {
      e = edges.next[e]!;
      add(edges.item[e]!, token, crowd);
      if (e === lastEdge) break;
    }
    for (let w = lastWatcher; w; ) {
      w = watchers.next[w]!;
      onToken(watchers.item[w]!, token);
      if (w === lastWatcher) break;
    }
    for (let l = lastListener; l; ) {
      l = listening.next[l]!;
      listeners[listening.item[l]!]!(token);
      if (l === lastListener) break;
    }
  };

  /** Tokens of a node that have been handed out; the others are still on the work list. */
  const replay = (node: number, listener: Listener): void => {
    const count = seen[node]!;
    for (let i = 0; i < count; i++) listener(sets.pool[sets.start[node]! + i]!);
  };

  return {
    node() {
      if (next === room) makeRoom();
      return next++;
    },
    add: (node, token) => add(node, token, 1),
    edge,
    has: (node, token) => holds(sets, node, token),
    tokens: node => membersOf(sets, node),
    size: node => sets.size[node]!,
    count: () => next,
    tokenAt: (node, i) => sets.pool[sets.start[node]! + i]!,
    listen(node, listener) {
      append(listening, node, listeners.push(listener) - 1);
      replay(node, listener);
    },
    watch(node, constraint) {
      append(watchers, node, constraint);
      replay(node, token => onToken(constraint, token));
    },
    ...newPaths(edges, sets, () => next),
    admits: (node, token, crowd) =>
      traits[node]! <= Trait.Settled || letsIn(node, token, crowd, traits[node]!),
    guard(node, fits, few = FEW) {
      traits[node]! |= Trait.Guards;
      guards.set(node, { fits, few });
    },
    fallback(node, from, wakes) {
      traits[node]! |= Trait.FallsBack;
      fallbacks.set(node, { from, wakes });
    },
    awake(needs) {
      const found = [...fallbacks.keys()].filter(needs);
      for (const node of found) fallBack(node, limits.unknown);
      return found.length > 0;
    },
    filter(node, fits) {
      traits[node]! |= Trait.Filters;
      if (!fits(limits.unknown)) traits[node]! |= Trait.Settled;
      filters.set(node, fits);
    },
    refuse(node, token) {
      traits[node]! |= Trait.Refuses;
      if (token === limits.unknown) traits[node]! |= Trait.Settled;
      const known = refused.get(node);
      if (known) known.add(token);
      else refused.set(node, new Set([token]));
    },
    solve() {
      while (queue.count) {
        const now = queue;
        queue = spare;
        queue.count = 0;
        for (let i = 0; i < now.count; i++) handOut(now.keys[i]!, now.items[i]!);
        spare = now;
      }
    },
    rest() {
      listeners = [];
      [watchers, listening] = [newLists(0), newLists(0)];
      [queue, spare] = [newQueue(), newQueue()];
    },
  };
}
