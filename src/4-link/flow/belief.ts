// Which of the tokens at a node are to be believed: a crowd of unrelated classes is a sign that the analysis lost track.
import { rootOf } from '../../slots.js';
import { keepRow, newMarks, newRows, rowAt } from './columns.js';
import { CROWD_WIDTH, newCrowdWays, OfCrowd } from './crowd-ways.js';
import { newStack, push } from './stacks.js';
import type { Flow } from './state.js';
import type { Token } from './tokens.js';

/** A node with instances of more classes than this is a crowd: what is there counts as unknown. */
const CROWD = 32;
/** So is one with classes of more hierarchies than this. */
const FAMILIES = 8;
/** How far what comes to a node through crowds is believed, helpers being called by helpers: through five of them, or
 *  seven that take in one other crowd only, as a helper with one caller does. */
export const FARTHEST = 15;
const WIDE = 3;
const NARROW = 2;

export interface Belief {
  /** The node holds so many classes that it says nothing. */
  readonly isCrowd: (node: number) => boolean;
  /** Whether what stands at a node is believed to go on from there: not what unseen code passes on from a crowd. */
  readonly leadsOn: (node: number) => boolean;
  /** How far it is from a crowd to those that it takes in; 0 for a view of one. */
  readonly widthOf: (crowd: number) => number;
  /** Whether a crowd takes in a token that comes to it through other crowds. */
  readonly admitsFromFar: (crowd: number, token: number) => boolean;
  /** Tokens of a node; of a crowd, those that come from a place near by that is none. */
  readonly tokens: (node: number) => Iterable<number>;
  /** Whether one of these passes a test, which asks nothing of the belief itself; nearest first, and no more of a crowd
   *  are looked for than that takes. */
  readonly some: (node: number, passes: (token: number) => boolean) => boolean;
  readonly holds: (node: number, token: number) => boolean;
}

export function newBelief(flow: Flow): Belief {
  const { graph, tokens } = flow;
  const crowds = new Int8Array(graph.count());
  /** For each token of a class the index of the class that this finally comes from; -1 for others. */
  const familyOf = Int32Array.from({ length: tokens.count() }, (_, id) => {
    const token = tokens.get(id);
    return isOfClass(token) ? rootOf(token.cls).index : -1;
  });
  const families = newMarks();
  const isCrowd = (node: number): boolean => {
    const known = crowds[node]!;
    if (known !== 0) return known > 0;
    const is = holdsCrowd(node);
    crowds[node] = is ? 1 : -1;
    return is;
  };
  const holdsCrowd = (node: number): boolean => {
    const viewed = flow.views.get(node);
    if (viewed !== undefined) return isCrowd(viewed);
    const size = graph.size(node);
    if (size <= FAMILIES) return false;
    let count = 0;
    let met = 0;
    families.clear();
    for (let i = 0; i < size; i++) {
      const family = familyOf[graph.tokenAt(node, i)]!;
      if (family < 0) continue;
      count++;
      if (families.add(family)) met++;
    }
    return count > CROWD || met > FAMILIES;
  };
  const leading = new Int8Array(graph.count());
  const leadsOn = (node: number): boolean => {
    const known = leading[node]!;
    if (known !== 0) return known > 0;
    const given = flow.passing.get(node);
    const leads = given === undefined || !isCrowd(given);
    leading[node] = leads ? 1 : -1;
    return leads;
  };
  const admitsFromFar = (crowd: number, token: number): boolean => graph.admits(crowd, token, FAMILIES + 1);
  const widths = new Uint8Array(graph.count());
  const widthOf = (crowd: number): number => {
    const known = widths[crowd]!;
    if (known !== 0 || flow.views.has(crowd)) return known;
    let count = 0;
    const sources = graph.sources(crowd);
    for (let i = 0; i < sources.length && count < 2; i++)
      if (isCrowd(sources[i]!) && leadsOn(sources[i]!)) count++;
    const width = count < 2 ? NARROW : WIDE;
    widths[crowd] = width;
    return width;
  };
  const crowdWays = newCrowdWays(graph.count());
  const marks = newMarks();
  /** Tells what a crowd takes in, once each and in order: tokens of its own and of sources that are no crowds, and those
   *  that are. */
  const tellWays = (node: number): void => {
    const sources = graph.sources(node);
    const found = ownTokens(node, sources);
    const from: number[] = [];
    marks.clear();
    for (const source of sources) {
      if (!leadsOn(source)) continue;
      if (isCrowd(source)) {
        from.push(source);
        continue;
      }
      const count = graph.size(source);
      for (let i = 0; i < count; i++) {
        const id = graph.tokenAt(source, i);
        if (!marks.has(id) && graph.admits(node, id, count)) {
          marks.add(id);
          found.push(id);
        }
      }
    }
    crowdWays.tell(node, widthOf(node), found, from);
  };
  /** Tokens of a node that none of its sources holds. */
  const ownTokens = (node: number, sources: Int32Array): number[] => {
    let left = graph.size(node);
    const own = graph.tokens(node);
    marks.clear();
    for (const id of own) marks.add(id);
    for (const source of sources) {
      if (left === 0) return [];
      const count = graph.size(source);
      for (let i = 0; i < count; i++) if (marks.remove(graph.tokenAt(source, i))) left--;
    }
    return own.filter(id => marks.has(id));
  };
  /** Tokens that the walk back from one crowd has met. */
  const reached = newMarks();
  const passed = newMarks();
  const passedLists = newMarks();
  const believed = newRows(graph.count());
  /** Tokens that reach a crowd from places that are none, and those that came to be there, nearest first, as far as
   *  the crowd lets them in. */
  const nearTo = (node: number): Int32Array => {
    if (rowAt(believed, node) === 0) someNear(node, () => false);
    const start = rowAt(believed, node);
    return believed.pool.subarray(start, start + believed.pool[start - 1]!);
  };
  /** Crowds by how far they are, and what is found: the next walk uses the room again. */
  const fronts = Array.from({ length: FARTHEST }, newStack);
  const found = newStack();
  /** Keeps them where none passes. */
  const someNear = (node: number, passes: (token: number) => boolean): boolean => {
    const isView = flow.views.has(node);
    reached.clear();
    passed.clear();
    for (const front of fronts) front.count = 0;
    found.count = 0;
    passedLists.clear();
    push(fronts[0]!, crowdWays.numberOf(node));
    const { records } = crowdWays;
    for (let far = 0; far < FARTHEST; far++) {
      const front = fronts[far]!;
      const isOwn = far === 0 && !isView;
      // a view is no way: what it shows comes next, in this front
      for (let n = 0; n < front.count; n++) {
        const crowd = front.items[n]!;
        if (!passed.add(crowd)) continue;
        const at = crowd * CROWD_WIDTH;
        if (records.items[at + OfCrowd.Tokens] === 0) tellWays(records.items[at]!);
        const { pool } = crowdWays;
        const list = records.items[at + OfCrowd.Tokens]!;
        // many crowds take in the same
        const end = passedLists.add(list) ? list + pool.items[list - 1]! : 0;
        for (let i = list; i < end; i++) {
          const token = pool.items[i]!;
          if (!reached.add(token) || (!isOwn && !admitsFromFar(node, token))) continue;
          if (passes(token)) return true;
          push(found, token);
        }
        const next = fronts[far + records.items[at + OfCrowd.Width]!];
        if (!next) continue;
        const from = records.items[at + OfCrowd.Sources]!;
        const last = from + pool.items[from - 1]!;
        for (let i = from; i < last; i++) {
          const source = pool.items[i]!;
          if (!passed.has(source)) push(next, source);
        }
      }
    }
    keepRow(believed, node, found.items.subarray(0, found.count));
    return false;
  };
  return {
    isCrowd,
    leadsOn,
    widthOf,
    admitsFromFar,
    tokens: node => (isCrowd(node) ? nearTo(node) : graph.tokens(node)),
    some(node, passes) {
      if (!isCrowd(node)) return graph.tokens(node).some(passes);
      return rowAt(believed, node) === 0 ? someNear(node, passes) : nearTo(node).some(passes);
    },
    holds: (node, token) => (isCrowd(node) ? nearTo(node).includes(token) : graph.has(node, token)),
  };
}

const isOfClass = (token: Token): token is Token & { kind: 'instance' | 'class' } =>
  token.kind === 'instance' || token.kind === 'class';
