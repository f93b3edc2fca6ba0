// Calls of functions of which a node has no room to tell one from the other: large tables of them.
import { ArgKind } from '../../../model/facts.js';
import type { Containers } from '../containers.js';
import type { Flow } from '../state.js';
import type { Token } from '../tokens.js';
import type { Arguments } from './arguments.js';
import type { Binding } from './binding.js';

/** Calls all that a token stands for: what the calls of all of them are given meets on its way to their parameters. */
export type CallLeft = (token: Token & { kind: 'rest' }, args: Arguments) => void;

/** `*args` are taken for so many arguments. */
const MOST_SPREAD = 6;

export function newCallLeft(flow: Flow, { elements }: Containers, { parameterAt }: Binding): CallLeft {
  const { graph, tokens } = flow;
  /** Nodes of what is given at a place or under a keyword. */
  const nodes = new Map<string, number>();

  const nodeFor = (rest: Token & { kind: 'rest' }, argument: number | string): number => {
    const id = tokens.id(rest);
    const key = `${id} ${typeof argument} ${argument}`;
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const node = graph.node();
    nodes.set(key, node);
    tokens.eachLeft(id, of => {
      const token = tokens.get(of);
      if (token.kind !== 'function') return;
      const parameter = parameterAt(token.file, token.fn, argument);
      if (parameter !== null) graph.edge(node, parameter);
    });
    return node;
  };

  return (rest, { file, list }) => {
    tokens.eachLeft(tokens.id(rest), id => {
      const token = tokens.get(id);
      if (token.kind === 'function') flow.called.add(flow.returnNode(token.file, token.fn));
    });
    list.forEach(({ kind, name, value }, i) => {
      const from = flow.valueNode(file, value);
      if (kind === ArgKind.Positional) graph.edge(from, nodeFor(rest, i));
      else if (kind === ArgKind.Keyword) graph.edge(from, nodeFor(rest, name));
      else if (kind === ArgKind.Star)
        for (let place = i; place < MOST_SPREAD; place++) elements(from, nodeFor(rest, place), place - i);
    });
  };
}
