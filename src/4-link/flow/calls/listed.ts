// New containers that a function makes of what it is given: each call gets its own, and not one that holds what all
// calls gave.
import { ArgKind, Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { argumentsOf, listAt, opAt, row } from '../../index-file.js';
import type { Containers } from '../containers.js';
import { decoratorNames } from '../functions.js';
import { type Flow, newBag } from '../state.js';

/** A new container with what a function is given: `return [value]`, `return a, b`, `return list(values)`. */
export interface Listed {
  /** Value of the display or call. */
  readonly value: number;
  /** What stands at each place of it, or, of `list(values)`, what its elements are taken from. */
  readonly parts: readonly Part[];
}

export interface Part {
  readonly value: number;
  /** Parameters that the value comes from. */
  readonly parameters: readonly number[];
}

/** Types of displays. */
const DISPLAYS: ReadonlyMap<Op, string> = new Map([
  [Op.List, 'builtins.list'],
  [Op.Tuple, 'tuple'],
  [Op.Set, 'builtins.set'],
]);
/** What makes a new container of the elements of its argument. */
const LISTS: ReadonlySet<string> = new Set(
  ['list', 'tuple', 'set', 'frozenset'].map(name => `builtins.${name}`),
);
/** Decorators that leave it at one container for each call: others may give what they keep to all who ask. */
const BINDS = /^builtins\.(staticmethod|classmethod)$/;

/** The parts of `a if test else b`, or the value itself. */
export const alternatives = (file: WorldFile, value: number): number[] =>
  opAt(file, value) === Op.Join
    ? [...listAt(file, row(file, value).b)].flatMap(v => alternatives(file, v))
    : [value];

/** The values that a returned display holds, or the one that `list(x)` takes its elements from; none for any other
 *  value, nor where a decorator may keep the container. */
export function partsOf(flow: Flow, file: WorldFile, fn: number, value: number): readonly number[] {
  const { op, b } = row(file, value);
  const parts = DISPLAYS.has(op)
    ? [...listAt(file, b)]
    : listType(flow, file, value)
      ? taken(file, value)
      : [];
  if (parts.some(p => p < 0)) return [];
  return decoratorNames(file, fn, flow.resolver).every(d => BINDS.test(d.name)) ? parts : [];
}

const taken = (file: WorldFile, call: number): number[] => {
  const list = argumentsOf(file, call);
  return list.length === 1 && list[0]!.kind === ArgKind.Positional ? [list[0]!.value] : [];
};

/** The type that a call like `list(x)` makes, or null for any other value. */
function listType(flow: Flow, file: WorldFile, value: number): string | null {
  if (opAt(file, value) !== Op.Call) return null;
  const [only, ...others] = flow.resolver.value(file, row(file, value).a);
  return only?.kind === 'external' && !others.length && LISTS.has(only.dotted) ? only.dotted : null;
}

/** The container that a display or `list(x)` makes of what stands at the nodes of its parts, as a token. */
export type ListOf = (file: WorldFile, value: number, parts: readonly (readonly number[])[]) => number;

export function newListOf(flow: Flow, { elements }: Containers): ListOf {
  const { graph } = flow;
  const made = new Map<string, number>();
  const joined = (nodes: readonly number[]): number => {
    if (nodes.length === 1) return nodes[0]!;
    const place = graph.node();
    for (const node of nodes) graph.edge(node, place);
    return place;
  };
  return (file, value, parts) => {
    const key = `${flow.valueNode(file, value)} ${parts.join(' ')}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const places = parts.map(joined);
    const op = opAt(file, value);
    const items = graph.node();
    const type = DISPLAYS.get(op) ?? listType(flow, file, value)!;
    const id = newBag(flow, type, { items, places: op === Op.Tuple ? places : null });
    made.set(key, id);
    if (op === Op.Tuple) return id;
    for (const place of places) {
      if (op === Op.Call) elements(place, items);
      else graph.edge(place, items);
    }
    return id;
  };
}
