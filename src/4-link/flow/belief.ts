// Which of the tokens at a node are to be believed: a crowd of unrelated classes is a sign that the analysis lost track.
import type { WorldClass } from '../../model/world.js';
import { rootOf } from '../../slots.js';
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
  const ways = new Map<number, Int32Array>();
  const marks = newMarks();
  /** What a crowd takes in, once each and in order: tokens of its own and of sources that are no crowds, and `~source`
   *  for those that are. */
  const waysInto = (node: number): Int32Array => {
    const known = ways.get(node);
    if (known) return known;
    const sources = graph.sources(node);
    const found: number[] = [];
    marks.clear();
    for (const source of sources) for (const id of graph.tokens(source)) marks.add(id);
    for (const id of graph.tokens(node)) if (!marks.has(id)) found.push(id);
    marks.clear();
    for (const source of sources) {
      const given = flow.passing.get(source);
      if (given !== undefined && isCrowd(given)) continue;
      if (isCrowd(source)) found.push(~source);
      else for (const id of graph.tokens(source)) if (marks.add(id)) found.push(id);
    }
    const made = Int32Array.from(found);
    ways.set(node, made);
    return made;
  };
  /** Adds the tokens that reach a crowd from places that are none, and those that came to be there. */
  const gather = (node: number, into: number[], depth: number): void => {
    for (const way of waysInto(node)) {
      if (way >= 0) {
        if (reached.add(way)) into.push(way);
      } else if (passed.add(~way) && depth < DEEPEST) gather(~way, into, depth + 1);
    }
  };
  /** Tokens and crowds that the walk from one crowd has met. */
  const reached = newMarks();
  const passed = newMarks();
  const believed = new Map<number, Int32Array>();
  const nearTo = (node: number): Int32Array => {
    const known = believed.get(node);
    if (known) return known;
    const found: number[] = [];
    reached.clear();
    passed.clear();
    passed.add(node);
    gather(node, found, 1);
    const near = Int32Array.from(found);
    believed.set(node, near);
    return near;
  };
  return {
    isCrowd,
    tokens: node => (isCrowd(node) ? nearTo(node) : graph.tokens(node)),
    holds: (node, token) => (isCrowd(node) ? nearTo(node).includes(token) : graph.has(node, token)),
  };
}

/** A set of small numbers that is emptied at once. */
interface Marks {
  /** False when the number is there already. */
  add(number: number): boolean;
  has(number: number): boolean;
  clear(): void;
}

function newMarks(): Marks {
  let rounds = new Int32Array(1 << 12);
  let round = 1;
  return {
    add(number) {
      if (number >= rounds.length) {
        const bigger = new Int32Array(Math.max(number + 1, rounds.length * 2));
        bigger.set(rounds);
        rounds = bigger;
      }
      if (rounds[number] === round) return false;
      rounds[number] = round;
      return true;
    },
    has: number => rounds[number] === round,
    clear() {
      round++;
    },
  };
}

const isOfClass = (token: Token): token is Token & { kind: 'instance' | 'class' } =>
  token.kind === 'instance' || token.kind === 'class';
