// Calls of functions of which a node has no room to tell one from the other: large tables of them.
import { ArgKind } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import type { Containers } from '../containers.js';
import type { Flow } from '../state.js';
import type { Arguments } from './arguments.js';
import type { Binding } from './binding.js';

/** Calls all that a token, which is given by its number, stands for: what the calls of all of them are given meets on its
 *  way to their parameters. */
export type CallLeft = (rest: number, args: Arguments) => void;

/** `*args` are taken for so many arguments. */
const MOST_SPREAD = 6;

export function newCallLeft(flow: Flow, { elements }: Containers, { parameterAt }: Binding): CallLeft {
  const { graph, tokens } = flow;
  /** Nodes of what is given at a place or under a keyword, by the number of what is called. */
  const nodes = new Map<number, Map<number | string, number>>();

  /** Hears the functions that a token stands for. */
  const each = (rest: number, use: (file: WorldFile, fn: number) => void): void =>
    tokens.eachLeft(rest, id => {
      const token = tokens.get(id);
      if (token.kind === 'function') use(token.file, token.fn);
    });

  const nodesOf = (rest: number): Map<number | string, number> => {
    let known = nodes.get(rest);
    if (!known) {
      nodes.set(rest, (known = new Map()));
      each(rest, (file, fn) => flow.called.add(flow.returnNode(file, fn)));
    }
    return known;
  };
  const nodeFor = (rest: number, argument: number | string): number => {
    const given = nodesOf(rest);
    const known = given.get(argument);
    if (known !== undefined) return known;
    const node = graph.node();
    given.set(argument, node);
    each(rest, (file, fn) => {
      const parameter = parameterAt(file, fn, argument);
      if (parameter !== null) graph.edge(node, parameter);
    });
    return node;
  };

  return (rest, { file, list }) => {
    nodesOf(rest);
    list.forEach(({ kind, name, value }, i) => {
      const from = flow.valueNode(file, value);
      if (kind === ArgKind.Positional) graph.edge(from, nodeFor(rest, i));
      else if (kind === ArgKind.Keyword) graph.edge(from, nodeFor(rest, name));
      else if (kind === ArgKind.Star)
        for (let place = i; place < MOST_SPREAD; place++) elements(from, nodeFor(rest, place), place - i);
    });
  };
}
