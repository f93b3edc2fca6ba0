// What may stand at a place though value flow does not show it there: what found no room on the way, as some of the many
// kinds in a table, and what is in containers that found none (losses.ts), as some of the many lists that a function is
// given. They are taken to be used as those that did.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { Belief } from '../flow/belief.js';
import { newMarks } from '../flow/columns.js';
import { GIVES_ITEMS } from '../flow/externals.js';
import { FEW } from '../flow/gates.js';
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
export const MOST = 128;
/** A search that comes to more places than this has lost its aim, and says nothing. */
const MOST_PLACES = 400;
/** So has one that looks into so many. */
const MOST_COUNTED = 5000;
/** So has one that comes to containers, known or not, so often. */
const MOST_ASKED = 8000;
/** A node with fewer tokens has had room for all that came. */
const ROOM = 24;
/** Containers within containers are told apart so far. */
const DEEPEST = 4;

/** Where a search looks: at a node for what stands so many steps inwards in containers there, or for what calls of
 *  that give. */
interface Place {
  readonly node: number;
  readonly depth: number;
  readonly called: boolean;
  readonly fits: Fits;
}

/** Whether instances of a class may have come from there. */
type Fits = (cls: WorldClass) => boolean;
const ANY: Fits = () => true;

const keyOf = ({ node, depth, called, fits }: Place): number =>
  (node * (DEEPEST + 2) + depth + 1) * 4 + (called ? 2 : 0) + (fits === ANY ? 1 : 0);

const NONE: ReadonlySet<WorldClass> = new Set();

/** Only after solving. */
export function newLostContents({ flow }: Solved, belief: Belief): LostContents {
  const { graph, tokens } = flow;
  /** What searches from nodes have found, and those for what is in containers there. */
  const known = new Map<number, ReadonlySet<WorldClass>>();
  const knownWithin = new Map<number, ReadonlySet<WorldClass>>();
  const lastValue = flow.files.length ? flow.variableNode(flow.files[0]!, 0) : 0;

  /** Whether what stands at a node is not all that may stand there. */
  const isOpen = (node: number): boolean => graph.size(node) === 0 || graph.has(node, UNKNOWN);
  /** Whether a node has taken in so many that others may have found no room there. */
  const isFull = (node: number): boolean => graph.size(node) > ROOM && graph.has(node, UNKNOWN);
  const holds = (node: number, kind: Token['kind']): boolean =>
    graph.tokens(node).some(id => tokens.get(id).kind === kind);
  const bags = new Map<number, readonly Bag[]>();
  /** Searches come to the same nodes again and again. */
  const bagsAt = (node: number): readonly Bag[] => {
    let found = bags.get(node);
    if (!found) bags.set(node, (found = graph.tokens(node).map(tokens.get).filter(isBag)));
    return found;
  };

  const classesAt = (node: number): WorldClass[] =>
    graph.tokens(node).flatMap(id => {
      const token = tokens.get(id);
      return token.kind === 'class' ? [token.cls] : [];
    });
  /** Whether a token stands at a node, or one that stands for it. */
  const stands = (node: number, token: number): boolean =>
    graph.has(node, token) || tokens.above(token).some(other => graph.has(node, other));

  /** What fits where a search came from, and is let in where it is now: by annotations of what stands there, or of what
   *  is in containers there. */
  const fitsAt = ({ node, depth, called, fits }: Place): Fits => {
    const guarded = depth === 0 ? [node] : bagsAt(node).map(bag => bag.items);
    const told = called || depth > 1 ? [] : guarded.filter(graph.isGuarded);
    if (told.length === 0) return fits;
    return cls =>
      fits(cls) && told.some(at => graph.admits(at, tokens.id({ kind: 'instance', cls }), FEW + 1));
  };

  /** Nodes of what has its elements at a node. */
  const iteratedFor = lookup(() => flow.iterated.values(), SECOND);

  /** Tokens that have been met at one place. */
  const met = newMarks();

  const search = (start: number, within = 0): ReadonlySet<WorldClass> => {
    const found = new Set<WorldClass>();
    const counted = new Set<number>();
    const isLost = (): boolean => found.size > MOST || counted.size > MOST_COUNTED || asked > MOST_ASKED;
    let asked = 0;
    /** Counts the instances, or what calls give, that are in a container, so many steps inwards. */
    const countWithin = (bag: Bag, from: Place): void => {
      for (const node of [bag.items, bag.keys, ...(bag.places ?? [])])
        countAt({ ...from, node, depth: from.depth - 1 });
    };
    const countAt = (place: Place): void => {
      const key = keyOf(place);
      asked++;
      if (counted.has(key)) return;
      counted.add(key);
      if (place.depth === 0 && isFull(place.node)) go(place);
      for (const id of belief.tokens(place.node)) {
        if (isLost()) return;
        countToken(tokens.get(id), place);
      }
    };
    const countToken = (token: Token, place: Place): void => {
      if (place.depth > 0) {
        if (token.kind === 'bag') countWithin(token, place);
      } else if (token.kind === (place.called ? 'class' : 'instance')) {
        if (place.fits(token.cls)) found.add(token.cls);
      } else if (place.called && (token.kind === 'function' || token.kind === 'bound')) {
        const result = { ...place, node: flow.returnNode(token.file, token.fn), called: false };
        countAt(result);
        go(result);
      }
    };
    /** Types of containers that have been looked for, by place. */
    const taken = new Map<number, readonly string[]>();
    const seen = new Set<number>();
    const places: Place[] = [];
    const go = (place: Place): void => {
      const key = keyOf(place);
      if (place.depth > DEEPEST || places.length > MOST_PLACES || seen.has(key)) return;
      seen.add(key);
      places.push(place);
    };

    /** What came to a node that was full; what others put into a container there that they take for another one. */
    const countLost = (place: Place): void => {
      for (const id of graph.losses.at(place.node)) {
        if (isLost()) return;
        const token = tokens.get(id);
        if (token.kind === 'bag') countWithin(token, place);
      }
      for (const bag of bagsAt(place.node)) {
        if (place.depth === 1 && isFull(bag.items)) go({ ...place, node: bag.items, depth: 0 });
        if (graph.size(bag.items) === 0) countTakenFor(bag, place);
      }
    };
    const countTakenFor = (bag: Bag, place: Place): void => {
      for (const full of graph.losses.of(tokens.id(bag))) {
        if (isLost()) return;
        const key = keyOf({ ...place, node: full });
        const types = taken.get(key) ?? [];
        if (types.includes(bag.type)) continue;
        taken.set(key, [...types, bag.type]);
        for (const other of bagsAt(full)) if (other.type === bag.type) countWithin(other, place);
      }
    };

    /** What found no room on the last step to a node. */
    const countShort = (place: Place): void => {
      const { node } = place;
      met.clear();
      for (const id of graph.tokens(node)) met.add(id);
      for (const source of graph.sources(node)) {
        const crowd = graph.size(source);
        for (let i = 0; i < crowd; i++) {
          const id = graph.tokenAt(source, i);
          if (met.has(id) || !graph.admits(node, id, crowd)) continue;
          met.add(id);
          if (!stands(node, id)) countToken(tokens.get(id), place);
        }
      }
    };

    /** What classes made that stand at a node, and found no room where it came to. */
    const countMade = (classes: number, place: Place): void => {
      for (const cls of classesAt(classes)) {
        const made = tokens.id({ kind: 'instance', cls });
        if (!stands(place.node, made)) countToken(tokens.get(made), place);
      }
    };

    const operands = (file: WorldFile, value: number, place: Place): void => {
      const { op, a, b } = row(file, value);
      const goTo = (operand: number, depth = place.depth): void =>
        go({ ...place, node: flow.valueNode(file, operand), depth });
      switch (op) {
        case Op.Sub:
        case Op.Item:
        case Op.Field:
          return goTo(a, place.depth + 1);
        case Op.Rest:
        case Op.Await:
        case Op.Enter:
        case Op.Narrow:
        case Op.Exclude:
          return goTo(a);
        case Op.Binary:
          goTo(a);
          return goTo(b);
        case Op.Call:
          if (!place.called) return calledAt(file, a, place);
      }
    };

    const calledAt = (file: WorldFile, value: number, place: Place): void => {
      const callee = flow.valueNode(file, value);
      // `kind()`: instances of the classes that may stand there, what the functions give
      if (place.depth === 0 && graph.has(callee, UNKNOWN)) {
        go({ ...place, node: callee, called: true });
        if (isFull(place.node)) countMade(callee, place);
      }
      if (opAt(file, value) !== Op.Attr || !holds(callee, 'bagMethod')) return;
      const { a: receiver, b: name } = row(file, value);
      const depth = place.depth + stepsInto(stringAt(file, name));
      go({ ...place, node: flow.valueNode(file, receiver), depth });
    };

    go({ node: start, depth: within, called: false, fits: ANY });
    for (const from of places) {
      if (places.length > MOST_PLACES || isLost()) return NONE;
      const { node, depth } = from;
      const place = { ...from, fits: fitsAt(from) };
      if (depth > 0) countLost(place);
      if (depth === 0 && isFull(node)) countShort(place);
      for (const source of graph.sources(node))
        if (graph.has(source, UNKNOWN)) go({ ...place, node: source });
      for (const whole of iteratedFor(node)) go({ ...place, node: whole, depth: depth + 1 });
      if (node >= lastValue) continue;
      const origin = flow.constraint(node);
      if ('value' in origin) operands(origin.file, origin.value, place);
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
    within(node) {
      let classes = knownWithin.get(node);
      if (!classes) knownWithin.set(node, (classes = search(node, 1)));
      return classes;
    },
  };
}

/** How much further in a container stands what one of its methods gives. */
const stepsInto = (method: string): number => (method === 'items' ? -1 : GIVES_ITEMS.has(method) ? 1 : 0);

const isBag = (token: Token): token is Bag => token.kind === 'bag';
