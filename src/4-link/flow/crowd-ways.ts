// What crowds take in (belief.ts): they have numbers of their own, so that what a walk through many of them asks about
// each stands close together, and lists that are the same are kept once.
import { addTo } from '../../model/grouping.js';
import { newColumn } from './columns.js';
import { newStack, push, type Stack } from './stacks.js';

/** What stands in the record of a crowd. */
export enum OfCrowd {
  Node,
  /** Where the list of tokens starts that it takes in, and that of crowds, by their numbers; what comes before the first
   *  of a list is its length. 0 where that has not been told. */
  Tokens,
  Sources,
  /** How far it is to these crowds. */
  Width,
}
export const CROWD_WIDTH = 4;

export interface CrowdWays {
  readonly records: Stack;
  /** What the lists are in. */
  readonly pool: Stack;
  /** The number of a crowd, by its node. */
  readonly numberOf: (node: number) => number;
  /** Tells what a crowd takes in: tokens, and from which crowds. */
  readonly tell: (node: number, width: number, tokens: readonly number[], sources: readonly number[]) => void;
}

/** Nothing told yet, for nodes below `nodes`. */
export function newCrowdWays(nodes: number): CrowdWays {
  /** Their numbers, raised by 1. */
  const numbers = newColumn(nodes);
  const records = newStack();
  const pool = newStack();
  /** Where lists start, by a number made of what is in them. */
  const starts = new Map<number, number[]>();

  const numberOf = (node: number): number => {
    const known = numbers[node]!;
    if (known > 0) return known - 1;
    const number = records.count / CROWD_WIDTH;
    numbers[node] = number + 1;
    push(records, node);
    for (let i = 1; i < CROWD_WIDTH; i++) push(records, 0);
    return number;
  };
  const listOf = (items: readonly number[]): number => {
    let hash = items.length;
    for (const item of items) hash = Math.imul(hash ^ item, 0x9e3779b1) ^ (hash >>> 15);
    const known = starts
      .get(hash)
      ?.find(
        at => pool.items[at - 1] === items.length && items.every((item, i) => pool.items[at + i] === item),
      );
    if (known !== undefined) return known;
    push(pool, items.length);
    const start = pool.count;
    for (const item of items) push(pool, item);
    addTo(starts, hash, start);
    return start;
  };

  return {
    records,
    pool,
    numberOf,
    tell(node, width, tokens, sources) {
      const numbered = sources.map(numberOf);
      const at = numberOf(node) * CROWD_WIDTH;
      records.items[at + OfCrowd.Tokens] = listOf(tokens);
      records.items[at + OfCrowd.Sources] = listOf(numbered);
      records.items[at + OfCrowd.Width] = width;
    },
  };
}
