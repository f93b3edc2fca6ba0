// Which functions a place is in: asked of every read and store, so each file's functions are nested once.
import { countWhere } from '../model/search.js';
import type { WorldFile } from '../model/world.js';

/** The functions of a file in the order of their starts, and the one around each, by place in that order; -1 for none. */
interface Nest {
  readonly order: readonly number[];
  readonly outer: readonly number[];
}

const nests = new WeakMap<WorldFile, Nest>();

/** The functions around an offset, by number, the innermost first. */
export function functionsAround(file: WorldFile, offset: number): readonly number[] {
  const { functions } = file.facts;
  const { order, outer } = nestOf(file);
  const found: number[] = [];
  let place = countWhere(order.length, n => functions[order[n]!]!.at <= offset) - 1;
  for (; place >= 0; place = outer[place]!)
    if (offset < functions[order[place]!]!.end) found.push(order[place]!);
  return found;
}

function nestOf(file: WorldFile): Nest {
  const known = nests.get(file);
  if (known) return known;
  const { functions } = file.facts;
  const order = [...functions.keys()].sort((a, b) => functions[a]!.at - functions[b]!.at);
  const outer: number[] = [];
  /** Functions around the one at hand, the innermost last. */
  const open: number[] = [];
  order.forEach((fn, place) => {
    while (open.length && functions[order[open.at(-1)!]!]!.end <= functions[fn]!.at) open.pop();
    outer.push(open.at(-1) ?? -1);
    open.push(place);
  });
  const nest = { order, outer };
  nests.set(file, nest);
  return nest;
}
