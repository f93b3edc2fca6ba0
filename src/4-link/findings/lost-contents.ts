// What may stand at a place though value flow does not show it there: what is in containers that found no room on the
// way (losses.ts), as some of the many lists that a function is given. They are taken to be used as those that did.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { Belief } from '../flow/belief.js';
import { GIVES_ITEMS } from '../flow/externals.js';
import type { Bag } from '../flow/keyed.js';
import { lookup, SECOND } from '../flow/losses.js';
import type { Solved } from '../flow/solve.js';
import { type Token, UNKNOWN } from '../flow/tokens.js';
import { opAt, row, stringAt } from '../index-file.js';

/** Classes of the instances that may stand at a node, or in containers there, besides those that value flow shows. */
export interface LostContents {
  readonly at: (node: number) => ReadonlySet<WorldClass>;
  readonly within: (node: number) => ReadonlySet<WorldClass>;
}

/** More classes than this stand for anything at all. */
export const MANY = 32;
/** A search that comes to more places than this has lost its aim, and says nothing. */
const MOST_PLACES = 400;
/** So has one that looks into so many. */
const MOST_COUNTED = 5000;
/** Containers within containers are told apart so far. */
const DEEPEST = 4;

const NONE: ReadonlySet<WorldClass> = new Set();

/** Only after solving. */
export function newLostContents({ flow }: Solved, belief: Belief): LostContents {
  const { graph, tokens } = flow;
  const known = new Map<number, ReadonlySet<WorldClass>>();
  const lastValue = flow.files.length ? flow.variableNode(flow.files[0]!, 0) : 0;

  /** Whether what stands at a node is not all that may stand there. */
  const isOpen = (node: number): boolean => graph.size(node) === 0 || graph.has(node, UNKNOWN);
  const holds = (node: number, kind: Token['kind']): boolean =>
    graph.tokens(node).some(id => tokens.get(id).kind === kind);
  const bagsAt = (node: number): Bag[] => graph.tokens(node).map(tokens.get).filter(isBag);

  /** Nodes of what has its elements at a node. */
  const iteratedFor = lookup(() => flow.iterated.values(), SECOND);

  const search = (start: number, within = 0): ReadonlySet<WorldClass> => {
    const found = new Set<WorldClass>();
    const counted = new Set<number>();
    const isLost = (): boolean => found.size > MANY || counted.size > MOST_COUNTED;
    /** Counts the instances, and instances of the classes, that are in a container, so many steps inwards. */
    const countWithin = (bag: Bag, depth: number): void => {
      for (const node of [bag.items, bag.keys, ...(bag.places ?? [])]) countAt(node, depth - 1);
    };
    const countAt = (node: number, depth: number): void => {
      const key = node * (DEEPEST + 1) + depth;
      if (counted.has(key)) return;
      counted.add(key);
      for (const id of belief.tokens(node)) {
        if (isLost()) return;
        const token = tokens.get(id);
        if (depth > 0 && token.kind === 'bag') countWithin(token, depth);
        else if (depth === 0 && (token.kind === 'instance' || token.kind === 'class')) found.add(token.cls);
      }
    };
    const seen = new Set<number>();
    const places: { readonly node: number; readonly depth: number }[] = [];
    const go = (node: number, depth: number): void => {
      const key = node * (DEEPEST + 1) + depth;
      if (depth > DEEPEST || places.length > MOST_PLACES || seen.has(key)) return;
      seen.add(key);
      places.push({ node, depth });
    };

    /** What came to a node that was full; what others put into a container there that they take for another one. */
    const countLost = (node: number, depth: number): void => {
      for (const id of graph.losses.at(node)) {
        if (isLost()) return;
        const token = tokens.get(id);
        if (token.kind === 'bag') countWithin(token, depth);
      }
      for (const bag of bagsAt(node)) {
        if (graph.size(bag.items) > 0) continue;
        for (const full of graph.losses.of(tokens.id(bag)))
          for (const other of bagsAt(full)) if (other.type === bag.type) countWithin(other, depth);
      }
    };

    const operands = (file: WorldFile, value: number, depth: number): void => {
      const { op, a, b } = row(file, value);
      switch (op) {
        case Op.Sub:
        case Op.Item:
        case Op.Field:
          return go(flow.valueNode(file, a), depth + 1);
        case Op.Rest:
        case Op.Await:
        case Op.Enter:
        case Op.Narrow:
        case Op.Exclude:
          return go(flow.valueNode(file, a), depth);
        case Op.Binary:
          go(flow.valueNode(file, a), depth);
          return go(flow.valueNode(file, b), depth);
        case Op.Call:
          return called(file, a, depth);
      }
    };

    const called = (file: WorldFile, value: number, depth: number): void => {
      const callee = flow.valueNode(file, value);
      // `kind()`: instances of the classes that may stand there
      if (depth === 0 && graph.has(callee, UNKNOWN)) go(callee, 0);
      if (opAt(file, value) !== Op.Attr || !holds(callee, 'bagMethod')) return;
      const { a: receiver, b: name } = row(file, value);
      go(flow.valueNode(file, receiver), depth + stepsInto(stringAt(file, name)));
    };

    go(start, within);
    for (const { node, depth } of places) {
      if (places.length > MOST_PLACES || isLost()) return NONE;
      if (depth > 0) countLost(node, depth);
      for (const source of graph.sources(node)) if (graph.has(source, UNKNOWN)) go(source, depth);
      for (const whole of iteratedFor(node)) go(whole, depth + 1);
      if (node >= lastValue) continue;
      const origin = flow.constraint(node);
      if ('value' in origin) operands(origin.file, origin.value, depth);
    }
    return isLost() ? NONE : found;
  };

  return {
    at(node) {
      if (!isOpen(node)) return NONE;
      let classes = known.get(node);
      if (!classes) known.set(node, (classes = search(node)));
      return classes;
    },
    within: node => search(node, 1),
  };
}

/** How much further in a container stands what one of its methods gives. */
const stepsInto = (method: string): number => (method === 'items' ? -1 : GIVES_ITEMS.has(method) ? 1 : 0);

const isBag = (token: Token): token is Bag => token.kind === 'bag';
