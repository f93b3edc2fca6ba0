// `operator.attrgetter("part.price", "name")`, `itemgetter(0)` and `methodcaller("grow", 2)`: they read whatever they
// are called with (https://docs.python.org/3/library/operator.html#operator.attrgetter).
import { ArgKind } from '../../../model/facts.js';
import { argumentsOf, row } from '../../index-file.js';
import type { Members } from '../members.js';
import { literalNames } from '../names.js';
import { type Flow, newBag } from '../state.js';
import { type Token, UNKNOWN } from '../tokens.js';
import { isSpread } from './arguments.js';
import type { Binding } from './binding.js';
import type { Handing } from './partials.js';

type Made = Token & { kind: 'getter' };

/** Names that tell more of an object when they are read than what they give. */
const GOT: ReadonlySet<string> = new Set(['__dict__', '__setattr__', '__delattr__']);

/** Calls a getter with what is at the node `receiver`: one attribute or item, a tuple of several, or what the method
 *  gives flows into `into`. */
export type Getter = (made: Made, receiver: number, into: number) => void;

/** How a getter gets what it does not read itself. */
export interface Getting
  extends Pick<Binding, 'applyToken' | 'subscript'>,
    Pick<Handing, 'functionsOf' | 'hand'> {}

export function newGetter(flow: Flow, members: Members, getting: Getting): Getter {
  const { graph } = flow;

  /** What dotted names lead to from a node. */
  const follow = (receiver: number, dotted: string, { file, call }: Made): number => {
    let from = receiver;
    for (const name of dotted.split('.')) {
      const [holder, to] = [from, graph.node()];
      if (GOT.has(name)) flow.got.push({ name, node: holder, file, at: row(file, call).at });
      graph.listen(holder, id => members.read(id, name, to, holder));
      from = to;
    }
    return from;
  };

  const attribute = (made: Made, value: number, receiver: number): number => {
    const found = graph.node();
    const names = literalNames(made.file, value, flow.resolver);
    if (!names) graph.add(found, UNKNOWN);
    for (const dotted of names ?? []) graph.edge(follow(receiver, dotted, made), found);
    return found;
  };

  const item = ({ file }: Made, index: number, receiver: number): number => {
    const found = graph.node();
    graph.listen(receiver, id => getting.subscript(file, index, id, found));
    return found;
  };

  const call = (made: Made, receiver: number, into: number): void => {
    const { file } = made;
    const [name, ...list] = argumentsOf(file, made.call);
    if (!name) return;
    const places = list.filter(a => a.kind === ArgKind.Positional).map(a => flow.valueNode(file, a.value));
    const isPlain = places.length === list.length;
    graph.listen(attribute(made, name.value, receiver), id => {
      if (!getting.applyToken(id, isSpread(list) ? [] : places, into)) graph.add(into, UNKNOWN);
      for (const { file: target, fn, given } of isPlain ? [] : getting.functionsOf(id))
        getting.hand(target, fn, given, { file, call: made.call, list });
    });
  };

  return (made, receiver, into) => {
    if (made.gets === 'result') return call(made, receiver, into);
    const get = made.gets === 'items' ? item : attribute;
    const places = argumentsOf(made.file, made.call).map(({ value }) => get(made, value, receiver));
    if (places.length === 1) graph.edge(places[0]!, into);
    else graph.add(into, newBag(flow, 'tuple', { places }));
  };
}
