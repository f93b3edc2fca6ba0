// Mappings whose keys are mostly written out, `{"open": a, "close": b}`, `dict(open=a)`, `**options`: what stands under
// each name is kept apart.
import type { Graph } from './graph.js';
import type { Once } from './once.js';
import type { Token } from './tokens.js';

/** A container, or any object of an external type. */
export type Bag = Token & { readonly kind: 'bag' };

export interface Keyed {
  /** Keeps apart what a mapping that was just made takes in under different names. One that shows what is kept elsewhere,
   *  besides what it takes in, has `hear` told each name, with the node of what stands under it. */
  readonly keepNames: (bag: Bag, hear?: Hear) => void;
  /** Node that what is stored in a container flows into. `names`: under which keys, or null where they are computed. */
  readonly under: (bag: Bag, names: readonly string[] | null) => readonly number[];
  /** Nodes of what a container may give for these keys. */
  readonly at: (bag: Bag, names: readonly string[] | null) => readonly number[];
  /** Puts what one mapping holds into another, some names left out. */
  readonly pour: (from: Bag, into: Bag, without?: ReadonlySet<string>) => void;
}

/** A mapping keeps apart what stands under so many names. */
const MOST_NAMES = 64;

type Hear = (name: string, node: number) => void;

/** What a mapping holds: under each name, and under keys that are computed. */
interface Held {
  readonly names: Map<string, number>;
  readonly loose: number;
  /** It shows more than that. */
  readonly shows: boolean;
  readonly heard: Hear[];
}

export function newKeyed(graph: Graph, once: Once): Keyed {
  /** By the node of all that a mapping holds. */
  const mappings = new Map<number, Held>();

  const keepNames: Keyed['keepNames'] = (bag, hear) => {
    if (mappings.has(bag.items)) return;
    const loose = graph.node();
    graph.edge(loose, bag.items);
    mappings.set(bag.items, {
      names: new Map(),
      loose,
      shows: hear !== undefined,
      heard: hear ? [hear] : [],
    });
  };

  const named = (bag: Bag, held: Held, name: string): number => {
    const known = held.names.get(name);
    if (known !== undefined) return known;
    if (held.names.size >= MOST_NAMES) return held.loose;
    const node = graph.node();
    held.names.set(name, node);
    graph.edge(node, bag.items);
    for (const hear of held.heard) hear(name, node);
    return node;
  };

  const under: Keyed['under'] = (bag, names) => {
    const held = mappings.get(bag.items);
    if (!held) return [bag.items];
    return names ? names.map(name => named(bag, held, name)) : [held.loose];
  };

  const at: Keyed['at'] = (bag, names) => {
    const held = mappings.get(bag.items);
    if (!held || !names) return [bag.items];
    return [held.loose, ...names.map(name => named(bag, held, name))];
  };

  const pour: Keyed['pour'] = (from, into, without = NOTHING) => {
    if (from.items === into.items || !once('pour', from.items, into.items)) return;
    graph.edge(from.keys, into.keys);
    const source = mappings.get(from.items);
    const target = mappings.get(into.items);
    if (!source || !target) return graph.edge(from.items, target?.loose ?? into.items);
    graph.edge(source.loose, target.loose);
    if (source.shows) graph.edge(from.items, into.items);
    const hear: Hear = (name, node) => {
      if (!without.has(name)) graph.edge(node, named(into, target, name));
    };
    source.heard.push(hear);
    for (const [name, node] of [...source.names]) hear(name, node);
  };

  return { keepNames, under, at, pour };
}

const NOTHING: ReadonlySet<string> = new Set();
