// How much room tokens get at a node, by their kind.
import type { Token } from './tokens.js';

/** A node that holds this many tokens takes no more of a kind: it is no longer told apart from the unknown. Classes
 *  tell most and get most room (more than belief.ts calls a crowd); containers multiply fastest and tell least. */
const MOST_OF_CLASS = 40;
const MOST_OTHERS = 24;
const MOST_CONTAINERS = 12;
/** More than functions may fill: what is left of them stands beside them. */
const MOST_RESTS = 64;
/** More than any node holds. */
const ANY_NUMBER = 256;

/** How many tokens a node may hold before this one counts as unknown. */
export function roomFor(token: Token): number {
  switch (token.kind) {
    case 'instance':
    case 'class':
      return MOST_OF_CLASS;
    case 'bag':
    case 'bagMethod':
      return MOST_CONTAINERS;
    case 'rest':
      return MOST_RESTS;
    default:
      return MOST_OTHERS;
  }
}

/** From how many tokens on, the unknown among them, a node takes no more of this one and nothing else comes of it. There
 *  is more room for functions that are alike, and containers are kept track of where they find none. */
export function idleFrom(token: Token): number {
  switch (token.kind) {
    case 'bag':
    case 'function':
    case 'bound':
      return ANY_NUMBER;
    default:
      return roomFor(token);
  }
}
