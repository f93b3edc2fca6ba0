// Containers and what is in them: those that a call makes, those that `*args` stands for, elements of whatever is
// iterated.
import type { ParameterFact } from '../../model/definitions.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { metaclassesOf } from '../../slots.js';
import { row } from '../index-file.js';
import { addPair, newPairs } from './columns.js';
import { isMapping, isPlainContainer, isReference } from './externals.js';
import { isRest } from './functions.js';
import type { Bag, Keyed } from './keyed.js';
import type { Method } from './lookups.js';
import type { Members } from './members.js';
import { hasPlainMetaclass } from './plain-classes.js';
import { type Flow, newBag } from './state.js';
import { FOREIGN, UNKNOWN } from './tokens.js';

/** So many of the arguments that `*args` takes in are kept apart. */
export const KEPT_APART = 6;

export interface Containers extends Keyed {
  /** Elements of whatever stands at `from` flow into `into`: the one at `place`, or those from `start` on. */
  readonly elements: (from: number, into: number, place?: number, start?: number) => void;
  /** What a mapping given as `**x` holds under a name, or all that a sequence holds, flows into `into`. */
  readonly contents: (from: number, into: number, name: string) => void;
  /** Puts the items of a mapping, or of pairs, that stand at `from` into the mapping `into`, some names left out. */
  readonly fillMapping: (from: number, into: Bag, without?: ReadonlySet<string>) => void;
  /** The container of an external type that a call value makes: one for each call and type. */
  readonly madeBy: (site: { readonly file: WorldFile; readonly call: number }, type: string) => Bag;
  /** `*args` or `**kwargs` of a parameter as a container; `places`: what is known to stand first. */
  readonly parameterBag: (variable: number, mapping: boolean, places?: readonly number[]) => Bag;
  /** Node that what is given for a parameter flows into: for `*args` and `**kwargs`, that of their items; for
   *  that of the argument at a place in it, or under a name, where that is known. */
  readonly parameterNode: (file: WorldFile, parameter: ParameterFact, place?: number | string) => number;
}

/** What iterating over an instance calls. */
interface Iteration {
  /** Methods that give what is iterated over. */
  readonly iterables: readonly Method[];
  /** Methods that give one element. */
  readonly steps: readonly Method[];
}

export function newContainers(flow: Flow, members: Members, keyed: Keyed): Containers {
  const { graph, tokens } = flow;
  const iterations = new Map<WorldClass, Iteration>();
  const elementsOfResults = new Map<number, number>();
  /** What each call makes, by type. */
  const resultBags = new Map<string, Map<number, number>>();
  const parameterBags = new Map<number, number>();

  /** True the first time the elements of a node are asked for. */
  const isNew = (from: number, into: number, place: number, start: number): boolean => {
    const key = place * 1000 + start;
    let known = flow.iterated.get(key);
    if (!known) flow.iterated.set(key, (known = newPairs()));
    return addPair(known, from, into);
  };

  const elements: Containers['elements'] = (from, into, place = -1, start = 0) => {
    if (isNew(from, into, place, start)) graph.listen(from, id => elementsOf(id, into, place, start));
  };

  const elementsOf = (id: number, into: number, place: number, start: number): void => {
    const token = tokens.get(id);
    switch (token.kind) {
      case 'foreign':
        return graph.add(into, FOREIGN);
      case 'bag':
        return elementsOfBag(token, into, place, start);
      case 'instance': {
        const { iterables, steps } = iterationOf(token.cls);
        for (const m of iterables) graph.edge(elementsGivenBy(m), into);
        for (const m of steps) graph.edge(flow.returnNode(m.file, m.fn), into);
        // named tuples and subclasses of containers give what was stored in them, which is not followed
        if (!iterables.length && !steps.length) graph.add(into, UNKNOWN);
        return;
      }
      case 'class':
        for (const { iterables, steps } of metaclassesOf(token.cls).map(iterationOf)) {
          for (const m of iterables) graph.edge(elementsGivenBy(m), into);
          for (const m of steps) graph.edge(flow.returnNode(m.file, m.fn), into);
        }
        // of other classes, only enumerations and the like can be iterated over: they give their members
        if (hasPlainMetaclass(token.cls)) return;
        return graph.add(into, tokens.id({ kind: 'instance', cls: token.cls }));
      default:
        return graph.add(into, UNKNOWN);
    }
  };

  /** Node of the elements of what a method gives: one for all who iterate over it. */
  const elementsGivenBy = ({ file, fn }: Method): number => {
    const from = flow.returnNode(file, fn);
    let known = elementsOfResults.get(from);
    if (known === undefined) {
      elementsOfResults.set(from, (known = graph.node()));
      elements(from, known);
    }
    return known;
  };

  const iterationOf = (cls: WorldClass): Iteration => {
    let known = iterations.get(cls);
    if (!known) {
      const named = (names: readonly string[]) => names.flatMap(name => members.methods(cls, name));
      const iterables = named(['__iter__', '__aiter__']);
      const steps = named(['__next__', '__anext__', ...(iterables.length ? [] : ['__getitem__'])]);
      iterations.set(cls, (known = { iterables, steps }));
    }
    return known;
  };

  const elementsOfBag = (bag: Bag, into: number, place: number, start: number): void => {
    const exact = place >= 0 ? bag.places?.[place] : undefined;
    if (exact !== undefined) {
      graph.edge(exact, into);
      if (bag.loose) graph.edge(bag.items, into);
      return;
    }
    if (isMapping(bag.type)) return graph.edge(bag.keys, into);
    if (isReference(bag.type)) return graph.add(into, FOREIGN);
    graph.edge(bag.items, into);
    // behind the known places of `self, *rest = args` there are only items
    if (place < (bag.places?.length ?? 0))
      for (const p of (bag.places ?? []).slice(start)) graph.edge(p, into);
    if (!isPlainContainer(bag.type) && bag.type !== 'tuple') graph.add(into, UNKNOWN);
  };

  const contents: Containers['contents'] = (from, into, name) => {
    if (!flow.once(`contents ${name}`, from, into)) return;
    graph.listen(from, id => {
      const token = tokens.get(id);
      if (token.kind === 'bag') {
        for (const node of keyed.at(token, [name])) graph.edge(node, into);
        for (const p of token.places ?? []) graph.edge(p, into);
      } else elementsOf(id, into, -1, 0);
    });
  };

  const fillMapping: Containers['fillMapping'] = (from, into, without) => {
    if (!flow.once('mapping', from, into.items)) return;
    graph.listen(from, id => {
      const token = tokens.get(id);
      if (token.kind === 'bag' && isMapping(token.type)) {
        return keyed.pour(token, into, without);
      }
      const under = keyed.under(into, null);
      if (token.kind === 'instance' && members.lookup(token.cls, 'keys').length > 0)
        for (const m of members.methods(token.cls, '__getitem__'))
          for (const node of under) graph.edge(flow.returnNode(m.file, m.fn), node);
      const pair = graph.node();
      elementsOf(id, pair, -1, 0);
      elements(pair, into.keys, 0);
      for (const node of under) elements(pair, node, 1);
    });
  };

  const madeBy: Containers['madeBy'] = ({ file, call }, type) => {
    let made = resultBags.get(type);
    if (!made) resultBags.set(type, (made = new Map()));
    const at = flow.valueNode(file, call);
    const known = made.get(at);
    if (known !== undefined) return tokens.get(known) as Bag;
    const id = newBag(flow, type);
    made.set(at, id);
    const bag = tokens.get(id) as Bag;
    flow.made.push({ type, items: bag.items, keys: bag.keys, file, at: row(file, call).at });
    return bag;
  };

  const parameterBag: Containers['parameterBag'] = (variable, mapping, places) => {
    let id = parameterBags.get(variable);
    if (id === undefined) {
      const loose = !mapping && !places;
      const kept = loose ? Array.from({ length: KEPT_APART }, () => graph.node()) : (places ?? null);
      id = newBag(flow, mapping ? 'dict' : 'tuple', { places: kept, loose });
      parameterBags.set(variable, id);
      if (mapping) keyed.keepNames(tokens.get(id) as Bag);
    }
    graph.add(variable, id);
    return tokens.get(id) as Bag;
  };

  const parameterNode: Containers['parameterNode'] = (file, parameter, place = -1) => {
    const variable = flow.variableNode(file, parameter.variable);
    if (!isRest(parameter)) return variable;
    const bag = parameterBag(variable, parameter.kind === 'doubleStar');
    if (typeof place === 'number')
      return (bag.loose ? bag.places?.[place] : undefined) ?? keyed.under(bag, null)[0]!;
    return keyed.under(bag, [place])[0]!;
  };

  return { ...keyed, elements, contents, fillMapping, madeBy, parameterBag, parameterNode };
}
