// `operator.attrgetter("part.price", "name")`: reads attributes of whatever it is called with.
import type { WorldFile } from '../../../model/world.js';
import { argumentsOf, row } from '../../index-file.js';
import type { Members } from '../members.js';
import { literalNames } from '../names.js';
import { type Flow, newBag } from '../state.js';
import { UNKNOWN } from '../tokens.js';

/** Calls the getter that a call value made with what is at the node `receiver`: one attribute, or a tuple of several,
 *  flows into `into` (https://docs.python.org/3/library/operator.html#operator.attrgetter). */
export type Getter = (made: Made, receiver: number, into: number) => void;

/** A getter, by the call that makes it. */
interface Made {
  readonly file: WorldFile;
  readonly call: number;
}

export function newGetter(flow: Flow, members: Members): Getter {
  const { graph } = flow;

  /** What dotted names lead to from a node. */
  const follow = (receiver: number, dotted: string, { file, call }: Made): number => {
    let from = receiver;
    for (const name of dotted.split('.')) {
      const [holder, to] = [from, graph.node()];
      if (name === '__dict__') flow.dictsGot.push({ node: holder, file, at: row(file, call).at });
      graph.listen(holder, id => members.read(id, name, to, holder));
      from = to;
    }
    return from;
  };

  return (made, receiver, into) => {
    const { file, call } = made;
    const places = argumentsOf(file, call).map(({ value }) => {
      const found = graph.node();
      const names = literalNames(file, value, flow.resolver);
      if (!names) graph.add(found, UNKNOWN);
      for (const dotted of names ?? []) graph.edge(follow(receiver, dotted, made), found);
      return found;
    });
    if (places.length === 1) graph.edge(places[0]!, into);
    else graph.add(into, newBag(flow, 'tuple', { places }));
  };
}
