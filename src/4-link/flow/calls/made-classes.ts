// Classes that a call makes from bases only the run knows.
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
    const given = list[1];
    if (given) elements(flow.valueNode(file, given.value), bases);
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
