// Nodes, inclusion edges and a work list: tokens spread along edges until nothing new arrives.
import {
  append,
  enqueue,
  holds,
  insert,
  type Lists,
  membersOf,
  newColumn,
  newLists,
  newQueue,
  newSets,
  resized,
} from './columns.js';
import { type Limits, newCrowding } from './crowding.js';
import { newEdges } from './edges.js';
import { Gate, type Guard, newGates } from './gates.js';
import { type Losses, newLosses } from './losses.js';
import { newPaths, type Paths } from './paths.js';

/** Called once for each token that arrives at a node. */
export type Listener = (token: number) => void;

/** The constraint graph of the points-to analysis: each node holds a set of tokens, all by number. */
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
  readonly losses: Losses;
  /** Hears every token of a node once, those already there first. */
  listen(node: number, listener: Listener): void;
  /** Hears of tokens by number instead of by closure: `onToken(constraint, token)`. */
  watch(node: number, constraint: number): void;
  /** Lets `token` no longer into `node`. Only before solving. */
  refuse(node: number, token: number): void;
  /** Lets only tokens into a node that a guard lets in. Only before anything has arrived. */
  guard(node: number, guard: Guard): void;
  isGuarded(node: number): boolean;
  /** Guards a node as another one is, from now on, unless it is guarded already. */
  guardAs(node: number, other: number): void;
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

/** What is known of each node stands side by side: it is asked for together. */
enum Column {
  /** Where its set of tokens starts. */
  Tokens,
  /** Where the set of nodes starts that it has edges to, and how many they are. */
  Edges,
  EdgeCount,
  /** Lists of constraints and listeners. */
  Watchers,
  Listening,
}
const WIDTH = 5;

/** The state of a node: how many tokens it holds, how many of these have been handed on, and what is special about it. */
enum State {
  Size = 0xff,
  OneSeen = 1 << 8,
  /** The unknown is there, or can never get in: what no longer fits changes nothing. */
  Settled = 1 << 16,
  // here stand those of `Gate`
  FallsBack = 1 << 20,
}
const seenIn = (state: number): number => (state >> 8) & State.Size;

/** What a node takes in once it turns out that something unknown reaches it. */
interface Fallback {
  readonly from: number;
  readonly wakes: (token: number) => boolean;
}

/** A graph whose nodes below `first` are numbered by the caller. */
export function newGraph(
  first: number,
  limits: Limits,
  onToken: (constraint: number, token: number) => void,
): Graph {
  let room = first + (first >> 2) + 1024;
  let next = first;
  let nodes = newColumn(room * WIDTH);
  /** Their states stand apart: half of all tokens come to nodes that are full, of which no more is asked. */
  let states = newColumn(room);
  const sets = newSets(room);
  const edges = newEdges(room);
  let watchers = newLists();
  let listening = newLists();
  let listeners: Listener[] = [];
  const fallbacks = new Map<number, Fallback>();
  let queue = newQueue();
  let spare = newQueue();

  const stateOf = (node: number): number => states[node]!;
  const sizeOf = (node: number): number => stateOf(node) & State.Size;
  const mark = (node: number, state: State | Gate): void => {
    states[node]! |= state;
  };
  const tokenAt = (node: number, i: number): number => sets.pool[nodes[node * WIDTH]! + i]!;
  const has = (node: number, token: number): boolean =>
    holds(sets, nodes[node * WIDTH]!, sizeOf(node), token);

  /** Falls back at a node that `token` was kept out of, if that is a reason to. */
  const fallBack = (node: number, token: number): void => {
    const fallback = fallbacks.get(node)!;
    if (!fallback.wakes(token)) return;
    states[node]! &= ~State.FallsBack;
    fallbacks.delete(node);
    edge(fallback.from, node);
  };

  const gates = newGates(mark);
  const { letIn } = gates;
  const { isCovered, isFull, restFor } = newCrowding(sets, limits);
  const addRest = (node: number, token: number): void => {
    const rest = restFor(nodes[node * WIDTH]!, sizeOf(node), token);
    if (rest >= 0 && !has(node, rest)) add(node, rest, 1);
  };

  const losses = newLosses();

  const add = (node: number, token: number, crowd: number): void => {
    const state = states[node]!;
    const size = state & State.Size;
    if (size >= limits.idleFrom(token) && (state & (State.Settled | State.FallsBack)) === State.Settled)
      return;
    const at = node * WIDTH;
    const start = nodes[at]!;
    const isSettled = (state & State.Settled) !== 0;
    if (isSettled && isFull(start, size, token)) {
      if (limits.isContainer(token)) losses.note(node, token);
      if (state & State.FallsBack) fallBack(node, limits.unknown);
      return addRest(node, token);
    }
    if (holds(sets, start, size, token)) return;
    if (state & Gate.Any && !letIn(node, token, crowd, state))
      return state & State.FallsBack ? fallBack(node, token) : undefined;
    if (token !== limits.unknown) {
      if (isCovered(start, size, token)) return;
      if (!isSettled && isFull(start, size, token)) {
        if (limits.isContainer(token)) losses.note(node, token);
        add(node, limits.unknown, 1);
        return addRest(node, token);
      }
    }
    nodes[at] = insert(sets, start, size, token);
    states[node] = (state | (token === limits.unknown ? State.Settled : 0)) + 1;
    enqueue(queue, node, token);
  };

  /** Adds an edge; false when it was there already. */
  const link = (from: number, to: number): boolean => {
    const at = from * WIDTH;
    const count = nodes[at + Column.EdgeCount]!;
    const start = edges.add(from, nodes[at + Column.Edges]!, count, to);
    if (start < 0) return false;
    nodes[at + Column.Edges] = start;
    nodes[at + Column.EdgeCount] = count + 1;
    return true;
  };

  const edge = (from: number, to: number): void => {
    if (from === to || !link(from, to)) return;
    const crowd = sizeOf(from);
    for (let i = 0; i < crowd; i++) add(to, tokenAt(from, i), crowd);
  };

  const handOut = (node: number, token: number): void => {
    const at = node * WIDTH;
    const crowd = (states[node]! += State.OneSeen) & State.Size;
    // those that join while this token is handed out hear of it when they join
    const edgeCount = nodes[at + Column.EdgeCount]!;
    const lastWatcher = nodes[at + Column.Watchers]!;
    const lastListener = nodes[at + Column.Listening]!;
    // they move when others join
    for (let i = 0; i < edgeCount; i++) add(edges.sets.pool[nodes[at + Column.Edges]! + i]!, token, crowd);
    for (let w = lastWatcher; w; ) {
      w = watchers.entries[w]!;
      onToken(watchers.entries[w + 1]!, token);
      if (w === lastWatcher) break;
    }
    for (let l = lastListener; l; ) {
      l = listening.entries[l]!;
      listeners[listening.entries[l + 1]!]!(token);
      if (l === lastListener) break;
    }
  };

  /** Tokens of a node that have been handed out; the others are still on the work list. */
  const replay = (node: number, listener: Listener): void => {
    const count = seenIn(stateOf(node));
    for (let i = 0; i < count; i++) listener(tokenAt(node, i));
  };
  const join = (node: number, column: Column, lists: Lists, item: number): void => {
    const at = node * WIDTH + column;
    nodes[at] = append(lists, nodes[at]!, item);
  };

  return {
    node() {
      if (next === room) {
        nodes = resized(nodes, (room += room >> 2) * WIDTH);
        states = resized(states, room);
      }
      return next++;
    },
    add: (node, token) => add(node, token, 1),
    edge,
    has,
    tokens: node => membersOf(sets, nodes[node * WIDTH]!, sizeOf(node)),
    size: sizeOf,
    count: () => next,
    tokenAt,
    losses,
    listen(node, listener) {
      join(node, Column.Listening, listening, listeners.push(listener) - 1);
      replay(node, listener);
    },
    watch(node, constraint) {
      join(node, Column.Watchers, watchers, constraint);
      replay(node, token => onToken(constraint, token));
    },
    ...newPaths(
      edges.sets,
      node => nodes[node * WIDTH + Column.Edges]!,
      node => nodes[node * WIDTH + Column.EdgeCount]!,
      has,
      () => next,
    ),
    admits(node, token, crowd) {
      const state = stateOf(node);
      return !(state & Gate.Any) || letIn(node, token, crowd, state);
    },
    guard: gates.guard,
    isGuarded: node => (stateOf(node) & Gate.Guards) !== 0,
    guardAs(node, other) {
      const guard = gates.guardOf(other);
      if (guard && !gates.guardOf(node)) gates.guard(node, guard);
    },
    fallback(node, from, wakes) {
      mark(node, State.FallsBack);
      fallbacks.set(node, { from, wakes });
    },
    awake(needs) {
      const found = [...fallbacks.keys()].filter(needs);
      for (const node of found) fallBack(node, limits.unknown);
      return found.length > 0;
    },
    filter(node, fits) {
      gates.filter(node, fits);
      if (!fits(limits.unknown)) mark(node, State.Settled);
    },
    refuse(node, token) {
      gates.refuse(node, token);
      if (token === limits.unknown) mark(node, State.Settled);
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
      edges.rest();
      fallbacks.clear();
      listeners = [];
      [watchers, listening] = [newLists(), newLists()];
      [queue, spare] = [newQueue(), newQueue()];
    },
  };
}
