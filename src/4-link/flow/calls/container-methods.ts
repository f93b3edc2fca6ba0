// Calls of methods of containers: what they put in and what they give back.
import { ArgKind, Operator } from '../../../model/facts.js';
import type { Argument } from '../../index-file.js';
import type { Containers } from '../containers.js';
import {
  COUNTER,
  GIVES_ITEMS,
  GIVES_SAME,
  isMapping,
  isPlainContainer,
  TAKES_ELEMENTS,
} from '../externals.js';
import type { Bag } from '../keyed.js';
import { literalNames } from '../names.js';
import type { Operators } from '../operators.js';
import { type Flow, newBag } from '../state.js';
import { FOREIGN, type Token, UNKNOWN } from '../tokens.js';
import type { Arguments } from './arguments.js';
import type { Escapes } from './escapes.js';
import type { HandedFunctions } from './handed-functions.js';
import type { LibraryObjects } from './library-objects.js';

/** Calls a method of a container; what it gives flows into `into`. */
export type ContainerMethod = (token: Token & { kind: 'bagMethod' }, args: Arguments, into: number) => void;

export function newContainerMethods(
  flow: Flow,
  { elements, fillMapping, madeBy, under, at }: Containers,
  { leaveBy }: Escapes,
  { calledWith }: HandedFunctions,
  { between }: Operators,
  library: LibraryObjects,
): ContainerMethod {
  const { graph, tokens } = flow;

  /** `keys()`, `values()`, `items()` of a mapping; `elements()`, `most_common()` of one that counts. */
  const view = (bag: Bag, name: string, args: Arguments, into: number): void => {
    const result = madeBy(args, 'builtins.list');
    if (name === 'items' || name === 'most_common') graph.add(result.items, pairOf(bag));
    else graph.edge(name === 'keys' || name === 'elements' ? bag.keys : bag.items, result.items);
    graph.add(into, tokens.id(result));
  };
  /** A key and a value of a mapping as a tuple. */
  const pairOf = (bag: Bag): number => newBag(flow, 'tuple', { places: [bag.keys, bag.items] });

  const take = (bag: Bag, name: string, arg: Argument, from: number): void => {
    const names = isMapping(bag.type) && arg.kind === ArgKind.Keyword ? [arg.name] : null;
    if (!TAKES_ELEMENTS.has(name) || arg.kind === ArgKind.Keyword)
      for (const node of under(bag, names)) graph.edge(from, node);
    else if (isMapping(bag.type)) {
      fillMapping(from, bag);
      if (bag.type === COUNTER) elements(from, bag.keys);
    } else elements(from, bag.items);
  };
  /** Methods of mappings that are given a key, and a value to store or to give back. */
  const takeKeyed = (
    bag: Bag,
    name: string,
    names: readonly string[] | null,
    i: number,
    from: number,
    into: number,
  ): void => {
    if (i === 0) return graph.edge(from, bag.keys);
    if (name === 'setdefault' || name === '__setitem__')
      for (const node of under(bag, names)) graph.edge(from, node);
    graph.edge(from, into);
  };

  return (token, args, into) => {
    const bag = tokens.get(token.bag) as Bag;
    const { name } = token;
    if (isMapping(bag.type)) {
      if (name === 'popitem') return graph.add(into, pairOf(bag));
      if (VIEWS.has(name)) return view(bag, name, args, into);
    }
    const isKeyed = isMapping(bag.type) && KEYED.test(name);
    const [first] = args.list;
    const names = isKeyed && first ? literalNames(args.file, first.value, flow.resolver) : null;
    args.list.forEach((arg, i) => {
      const from = flow.valueNode(args.file, arg.value);
      if (isKeyed) takeKeyed(bag, name, names, i, from, into);
      else take(bag, name, arg, from);
    });
    const isPlain = isPlainContainer(bag.type) || bag.type === 'tuple';
    calledWith(args, bag.items, isPlain ? name : undefined);
    if (name === 'sort') between(bag.items, bag.items, Operator.Lt);
    if (SEARCHES.has(name))
      for (const arg of args.list) between(flow.valueNode(args.file, arg.value), bag.items, Operator.Eq);
    if (GIVES_ITEMS.has(name)) {
      for (const node of at(bag, names)) graph.edge(node, into);
      for (const p of bag.places ?? []) graph.edge(p, into);
      graph.add(into, FOREIGN);
    } else if (GIVES_SAME.has(name)) graph.add(into, token.bag);
    if (isPlain) return graph.add(into, FOREIGN);
    if (library(`${bag.type}.${name}`, args, into, bag.items)) return;
    leaveBy(args);
    graph.edge(bag.items, into);
    graph.add(into, UNKNOWN);
  };
}

/** Methods that look for an equal item. */
const SEARCHES: ReadonlySet<string> = new Set(['index', 'remove', 'count', '__contains__']);
const VIEWS: ReadonlySet<string> = new Set(['keys', 'values', 'items', 'elements', 'most_common']);
const KEYED = /^(get|pop|setdefault|__getitem__|__setitem__)$/;
