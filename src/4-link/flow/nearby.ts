// Which of some few tokens are near a node, for every node at once: the walk back that belief.ts makes for one crowd,
// made forward from where the tokens come in, with a bit for each token.
import { addTo } from '../../model/grouping.js';
import { type Belief, FARTHEST } from './belief.js';
import { addPair, discard, hasPair, newColumn, newPairs } from './columns.js';
import { newStack, push, type Stack } from './stacks.js';
import type { Flow } from './state.js';
import type { Token } from './tokens.js';

/** The tokens that are asked for among those to be believed at a node. */
export type Nearby = (node: number) => readonly number[];

/** So many words of 32 tokens go forward at a time: what is kept for each crowd meanwhile is small. */
const WORDS = 8;
/** A step of the way forward, and as many before it as a crowd is wide at most. */
const STEPS = 4;

/** Only after solving: what finds the tokens that `asks` is true of. */
export type NearbyOf = (asks: (token: Token) => boolean) => Nearby;

export function newNearbyOf(flow: Flow, belief: Belief): NearbyOf {
  let crowds: Crowds | null = null;
  return asks => newNearby(flow, belief, (crowds ??= crowdsOf(flow, belief)), asks);
}

function newNearby(flow: Flow, belief: Belief, crowds: Crowds, asks: (token: Token) => boolean): Nearby {
  const { graph, tokens } = flow;
  const { isCrowd, admitsFromFar } = belief;
  const isAsked = Uint8Array.from({ length: tokens.count() }, (_, id) => Number(asks(tokens.get(id))));
  const at = (node: number): readonly number[] => {
    let found: number[] | null = null;
    const size = graph.size(node);
    for (let i = 0; i < size; i++) {
      const id = graph.tokenAt(node, i);
      if (isAsked[id]) found = [...(found ?? NONE), id];
    }
    return found ?? NONE;
  };

  /** The crowds where each asked token comes in, and the pairs of both where it could not have come from far. */
  const entries = new Map<number, number[]>();
  const invited = newPairs();
  const enter = (id: number, crowd: number): void => {
    addTo(entries, id, crowds.numberOf[crowd]!);
    if (!admitsFromFar(crowd, id)) addPair(invited, crowd, id);
  };
  for (let node = 0; node < graph.count(); node++) {
    const ids = at(node);
    if (ids.length === 0) continue;
    if (isCrowd(node)) {
      const sources = graph.sources(node);
      for (const id of ids) if (!sources.some(source => graph.has(source, id))) enter(id, node);
    } else if (belief.leadsOn(node)) {
      const into = graph.targets(node).filter(isCrowd);
      for (const id of ids) for (const to of into) if (graph.admits(to, id, graph.size(node))) enter(id, to);
    }
  }

  const asked = [...entries.keys()];
  const steps = newSteps(crowds.nodes.length, Math.min(WORDS, wordsFor(asked.length)));
  const parts: Part[] = [];
  for (let from = 0; from < asked.length; from += WORDS * 32) {
    const ids = asked.slice(from, from + WORDS * 32);
    const entered = ids.map(id => entries.get(id)!);
    const rows = goForward(crowds, entered, steps);
    parts.push({ ids, rows: sharedRows(rows, wordsFor(ids.length)) });
    discard(rows);
  }
  const near = (crowd: number): number[] =>
    parts.flatMap(({ ids, rows: { rowOf, rows } }) =>
      bitsOf(rows.items, rowOf[crowds.numberOf[crowd]!]!, wordsFor(ids.length)).map(bit => ids[bit]!),
    );
  steps.fresh.forEach(discard);
  return node =>
    isCrowd(node) ? near(node).filter(id => admitsFromFar(node, id) || hasPair(invited, node, id)) : at(node);
}

const NONE: readonly number[] = [];

/** Some of the tokens, and for each crowd as many words as these need, with the bits of those that are near it. Crowds
 *  that lie together have the same ones. */
interface Part {
  readonly ids: readonly number[];
  readonly rows: SharedRows;
}

/** Rows of so many words, those that are the same once: where the row of each crowd starts. */
interface SharedRows {
  readonly rowOf: Int32Array;
  readonly rows: Stack;
}

function sharedRows(all: Int32Array, words: number): SharedRows {
  const rowOf = new Int32Array(all.length / words);
  const rows = newStack();
  const starts = new Map<number, number[]>();
  const isAt = (start: number, from: number): boolean => {
    for (let w = 0; w < words; w++) if (rows.items[start + w] !== all[from + w]) return false;
    return true;
  };
  for (let n = 0; n < rowOf.length; n++) {
    const from = n * words;
    let hash = 0;
    for (let w = 0; w < words; w++) hash = Math.imul(hash ^ all[from + w]!, 0x9e3779b1) ^ (hash >>> 15);
    let start = starts.get(hash)?.find(known => isAt(known, from));
    if (start === undefined) {
      start = rows.count;
      for (let w = 0; w < words; w++) push(rows, all[from + w]!);
      addTo(starts, hash, start);
    }
    rowOf[n] = start;
  }
  return { rowOf, rows };
}

const wordsFor = (bits: number): number => Math.ceil(bits / 32);

/** All crowds, numbered anew, views behind what they show, and which of them each takes in. */
interface Crowds {
  readonly nodes: readonly number[];
  /** The number of a node that is a crowd. */
  readonly numberOf: Int32Array;
  /** The crowds that crowd `n` takes in stand in `sources` from `start[n]` up to `start[n + 1]`. */
  readonly start: Int32Array;
  readonly sources: Int32Array;
  readonly widths: Uint8Array;
}

function crowdsOf({ graph }: Flow, { isCrowd, leadsOn, widthOf }: Belief): Crowds {
  const nodes: number[] = [];
  const numberOf = newColumn(graph.count());
  for (let node = 0; node < graph.count(); node++) if (isCrowd(node)) numberOf[node] = nodes.push(node) - 1;
  const start = new Int32Array(nodes.length + 1);
  const sources = newStack();
  nodes.forEach((node, n) => {
    for (const source of graph.sources(node))
      if (isCrowd(source) && leadsOn(source)) push(sources, numberOf[source]!);
    start[n + 1] = sources.count;
  });
  return { nodes, numberOf, start, sources: sources.items, widths: Uint8Array.from(nodes, widthOf) };
}

/** What reaches each crowd at a step for the first time, and whether anything does, for the last few steps. */
interface Steps {
  readonly fresh: readonly Int32Array[];
  readonly moves: readonly Uint8Array[];
}

const newSteps = (crowds: number, words: number): Steps => ({
  fresh: Array.from({ length: STEPS }, () => new Int32Array(crowds * words)),
  moves: Array.from({ length: STEPS }, () => new Uint8Array(crowds)),
});

/** Takes tokens forward from the crowds where each comes in: the words of every crowd. */
function goForward(
  { nodes, start, sources, widths }: Crowds,
  entries: readonly (readonly number[])[],
  { fresh, moves }: Steps,
): Int32Array {
  const words = wordsFor(entries.length);
  fresh[0]!.fill(0);
  moves[0]!.fill(0);
  entries.forEach((entered, bit) => {
    for (const crowd of entered) {
      fresh[0]![crowd * words + (bit >> 5)]! |= 1 << (bit & 31);
      moves[0]![crowd] = 1;
    }
  });
  const passed = new Int32Array(nodes.length * words);
  passed.set(fresh[0]!.subarray(0, passed.length));
  /** The last step at which something came anywhere. */
  let last = 0;
  for (let step = 0; step < FARTHEST && step - last < STEPS; step++) {
    const [news, moved] = [fresh[step % STEPS]!, moves[step % STEPS]!];
    if (step > 0) {
      news.fill(0);
      moved.fill(0);
    }
    for (let crowd = 0; crowd < nodes.length; crowd++) {
      const before = step - widths[crowd]!;
      if (before < 0) continue;
      const [came, has] = [fresh[before % STEPS]!, moves[before % STEPS]!];
      const to = crowd * words;
      let isNew = 0;
      for (let i = start[crowd]!; i < start[crowd + 1]!; i++) {
        const source = sources[i]!;
        if (!has[source]) continue;
        const from = source * words;
        for (let w = 0; w < words; w++) isNew |= news[to + w]! |= came[from + w]! & ~passed[to + w]!;
      }
      if (!isNew) continue;
      moved[crowd] = 1;
      last = step;
      for (let w = 0; w < words; w++) passed[to + w]! |= news[to + w]!;
    }
  }
  return passed;
}

/** The bits that are set in some words, in order. */
function bitsOf(rows: Int32Array, from: number, words: number): number[] {
  const bits: number[] = [];
  for (let word = 0; word < words; word++)
    for (let left = rows[from + word]!; left !== 0; left &= left - 1)
      bits.push(word * 32 + 31 - Math.clz32(left & -left));
  return bits;
}
