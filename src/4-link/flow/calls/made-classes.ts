// Classes that a call makes from bases only the run knows.
import { ArgKind } from '../../../model/facts.js';
import { row } from '../../index-file.js';
import type { Containers } from '../containers.js';
import type { Flow } from '../state.js';
import { SOME_CLASS } from '../tokens.js';
import type { Arguments } from './arguments.js';

/** `type(name, bases, body)`, `Meta(name, bases, body)`: notes what may be combined; a class flows into `into`. */
export type MakeClass = (args: Arguments, into: number) => void;

export function newMakeClass(flow: Flow, { elements }: Containers): MakeClass {
  const { graph } = flow;
  return ({ file, call, list }, into) => {
    const bases = graph.node();
    // `type(*given)`
    const spread = list.slice(0, 2).find(arg => arg.kind === ArgKind.Star);
    const given = graph.node();
    if (spread) elements(flow.valueNode(file, spread.value), given);
    else if (list[1]) graph.edge(flow.valueNode(file, list[1].value), given);
    elements(given, bases);
    flow.combined.push({
      file,
      at: row(file, call).at,
      name: 'type()',
      fixed: [],
      open: [bases],
      many: true,
    });
    graph.add(into, SOME_CLASS);
  };
}
