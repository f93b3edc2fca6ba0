// Calls of functions that take iterables and give others: map(), zip(), itertools, gather(). What they give is followed
// as a list, whatever it is.
import { ArgKind } from '../../../model/facts.js';
import type { Containers } from '../containers.js';
import { type Flow, newBag } from '../state.js';
import { UNKNOWN } from '../tokens.js';
import { nodeOf } from './arguments.js';
import type { HandedFunctions } from './handed-functions.js';
import type { SpecialCall } from './special.js';

/** Functions that put their second argument into the list that is their first. */
const PUSHES = ['heapq.heappush', 'bisect.insort', 'bisect.insort_left', 'bisect.insort_right'];

/** These calls, by the dotted name of what is called. */
export function newIterableCalls(
  flow: Flow,
  { elements, madeBy }: Containers,
  { calledWith, mapped }: HandedFunctions,
): ReadonlyMap<string, SpecialCall> {
  const { graph, tokens } = flow;

  /** `map(f, xs)` as a list of what `f` gives. */
  const map: SpecialCall = (args, into) => {
    const result = madeBy(args, 'builtins.list');
    mapped(args, result.items);
    graph.add(into, tokens.id(result));
  };
  /** `zip(xs, ys)` and `enumerate(xs)` as a list of tuples; `counts`: a number stands first in them. */
  const zipping =
    (counts: boolean): SpecialCall =>
    (args, into) => {
      const result = madeBy(args, 'builtins.list');
      const places = args.list.filter(a => a.kind === ArgKind.Positional).map(() => graph.node());
      const items = graph.node();
      if (counts) places.unshift(graph.node());
      args.list.forEach((arg, i) => {
        if (arg.kind === ArgKind.Star) {
          const row = graph.node();
          elements(flow.valueNode(args.file, arg.value), row);
          elements(row, items);
          return;
        }
        const place = places[counts ? 1 : i];
        if (place === undefined || arg.kind !== ArgKind.Positional) return;
        elements(flow.valueNode(args.file, arg.value), place);
      });
      graph.add(result.items, newBag(flow, 'tuple', { places, items }));
      graph.add(into, tokens.id(result));
    };

  /** `itertools.chain.from_iterable(rows)` as a list of the elements of the elements. */
  const chained: SpecialCall = (args, into) => {
    const result = madeBy(args, 'builtins.list');
    const rows = graph.node();
    const first = nodeOf(flow, args, 0);
    if (first !== null) elements(first, rows);
    elements(rows, result.items);
    graph.add(into, tokens.id(result));
  };
  /** `itertools.groupby(rows, key)` as a list of pairs: a key, and a list of elements. */
  const grouped: SpecialCall = (args, into) => {
    const result = madeBy(args, 'builtins.list');
    const [items, keys] = [graph.node(), graph.node()];
    const [first, key] = [nodeOf(flow, args, 0), nodeOf(flow, args, 1)];
    if (first !== null) elements(first, items);
    if (key === null) graph.edge(items, keys);
    else {
      graph.add(keys, UNKNOWN);
      calledWith(args, items, 'groupby');
    }
    const group = graph.node();
    graph.add(group, newBag(flow, 'builtins.list', { items }));
    graph.add(result.items, newBag(flow, 'tuple', { places: [keys, group] }));
    graph.add(into, tokens.id(result));
  };
  /** `itertools.tee(rows)` as a list of lists of the elements. */
  const split: SpecialCall = (args, into) => {
    const result = madeBy(args, 'builtins.list');
    const items = graph.node();
    const first = nodeOf(flow, args, 0);
    if (first !== null) elements(first, items);
    graph.add(result.items, newBag(flow, 'builtins.list', { items }));
    graph.add(into, tokens.id(result));
  };
  /** `asyncio.gather(one(), *others)` as a list of what each gives. */
  const gathered: SpecialCall = (args, into) => {
    const result = madeBy(args, 'builtins.list');
    for (const { kind, value } of args.list) {
      if (kind === ArgKind.Positional) graph.edge(flow.valueNode(args.file, value), result.items);
      else if (kind === ArgKind.Star) elements(flow.valueNode(args.file, value), result.items);
    }
    graph.add(into, tokens.id(result));
  };
  /** `itertools.repeat(x)` as a list of what it is given. */
  const repeated: SpecialCall = (args, into) => {
    const result = madeBy(args, 'builtins.list');
    const first = nodeOf(flow, args, 0);
    if (first !== null) graph.edge(first, result.items);
    graph.add(into, tokens.id(result));
  };
  /** `heapq.heappush(heap, x)`, `bisect.insort(rows, x)` */
  const push: SpecialCall = args => {
    const [into, from] = [nodeOf(flow, args, 0), nodeOf(flow, args, 1)];
    if (into === null || from === null) return;
    graph.listen(into, id => {
      const token = tokens.get(id);
      if (token.kind === 'bag') graph.edge(from, token.items);
    });
  };

  return new Map([
    ...PUSHES.map(name => [name, push] as const),
    ['builtins.map', map],
    ['builtins.zip', zipping(false)],
    ['builtins.enumerate', zipping(true)],
    ['itertools.chain.from_iterable', chained],
    ['itertools.groupby', grouped],
    ['itertools.tee', split],
    ['itertools.repeat', repeated],
    ['asyncio.gather', gathered],
  ]);
}
