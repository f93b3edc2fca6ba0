// `operator.attrgetter("part.price", "name")`: reads attributes of whatever it is called with.
import type { WorldFile } from '../../../model/world.js';
import { argumentsOf } from '../../index-file.js';
import type { Members } from '../members.js';
import { literalNames } from '../names.js';
import { type Flow, newBag } from '../state.js';
import { UNKNOWN } from '../tokens.js';

/** Calls the getter that a call value made with what is at the node `receiver`: one attribute, or a tuple of several,
 *  flows into `into` (https://docs.python.org/3/library/operator.html#operator.attrgetter). */
export type Getter = (
  made: { readonly file: WorldFile; readonly call: number },
  receiver: number,
  into: number,
) => void;

export function newGetter(flow: Flow, members: Members): Getter {
  const { graph } = flow;

  /** What dotted names lead to from a node. */
  const follow = (receiver: number, dotted: string): number => {
    let from = receiver;
    for (const name of dotted.split('.')) {
      const [holder, to] = [from, graph.node()];
      graph.listen(holder, id => members.read(id, name, to, holder));
      from = to;
    }
    return from;
  };

  return ({ file, call }, receiver, into) => {
    const places = argumentsOf(file, call).map(({ value }) => {
      const found = graph.node();
      const names = literalNames(file, value, flow.resolver);
      if (!names) graph.add(found, UNKNOWN);
      for (const dotted of names ?? []) graph.edge(follow(receiver, dotted), found);
      return found;
    });
    if (places.length === 1) graph.edge(places[0]!, into);
    else graph.add(into, newBag(flow, 'tuple', { places }));
  };
}
