// Which tokens may get into a node: what it refuses, what filters it, what guards it.
import { addPair, hasPair, newPairs } from './columns.js';

/** Lets in what fits, and anything from a node that holds at most so few tokens. */
export interface Guard {
  readonly fits: (token: number) => boolean;
  readonly few: number;
}

/** A value from a node with so few tokens is known well enough to be believed over an annotation. */
export const FEW = 4;

/** What selects at a node, as bits of its state. */
export enum Gate {
  Refuses = 1 << 17,
  Filters = 1 << 18,
  Guards = 1 << 19,
  Any = Refuses | Filters | Guards,
}

export interface Gates {
  readonly refuse: (node: number, token: number) => void;
  readonly filter: (node: number, fits: (token: number) => boolean) => void;
  readonly guard: (node: number, guard: Guard) => void;
  /** The guard of a node, if it has one. */
  readonly guardOf: (node: number) => Guard | undefined;
  /** Whether a token that comes from a node which holds `crowd` of them may get in; `state`: bits of the node's. */
  readonly letIn: (node: number, token: number, crowd: number, state: number) => boolean;
}

/** @param mark sets bits in the state of a node */
export function newGates(mark: (node: number, gate: Gate) => void): Gates {
  /** Nodes and tokens. */
  const refused = newPairs();
  const filters = new Map<number, (token: number) => boolean>();
  const guards = new Map<number, Guard>();
  return {
    refuse(node, token) {
      mark(node, Gate.Refuses);
      addPair(refused, node, token);
    },
    filter(node, fits) {
      mark(node, Gate.Filters);
      filters.set(node, fits);
    },
    guard(node, guard) {
      mark(node, Gate.Guards);
      guards.set(node, guard);
    },
    guardOf: node => guards.get(node),
    letIn(node, token, crowd, state) {
      if (state & Gate.Refuses && hasPair(refused, node, token)) return false;
      if (state & Gate.Filters && !filters.get(node)!(token)) return false;
      if (!(state & Gate.Guards)) return true;
      const guard = guards.get(node)!;
      return crowd <= guard.few || guard.fits(token);
    },
  };
}
