// `locals()` and `globals()`, which give what stands around them, and what lists the members of something.
import { functionsAround } from '../../functions-around.js';
import { row } from '../../index-file.js';
import type { Containers } from '../containers.js';
import { OPEN_ENDS } from '../names.js';
import { type Flow, newBag } from '../state.js';
import { FOREIGN, UNKNOWN } from '../tokens.js';
import { type Arguments, nodeOf } from './arguments.js';
import type { Escapes } from './escapes.js';
import type { SpecialCall } from './special.js';

/** The calls, by the dotted name of what is called. */
export function newNamespaceCalls(
  flow: Flow,
  { madeBy }: Containers,
  { leaveBy }: Escapes,
): ReadonlyMap<string, SpecialCall> {
  const { graph, tokens } = flow;

  const globals: SpecialCall = ({ file }, into) => {
    graph.add(into, flow.namespace(file.host ?? file));
    graph.add(into, UNKNOWN);
  };
  const locals: SpecialCall = (args, into) => {
    const scope = scopeAround(args);
    if (scope === 0) return globals(args, into);
    const result = madeBy(args, 'dict');
    args.file.facts.variables.forEach((v, number) => {
      if (v.scope === scope && v.bound) graph.edge(flow.variableNode(args.file, number), result.items);
    });
    graph.add(into, tokens.id(result));
  };

  /** `inspect.getmembers(x)`: names and what they give, functions among it. */
  const listed: SpecialCall = (args, into) => {
    const object = nodeOf(flow, args, 0);
    leaveBy(args);
    graph.add(into, UNKNOWN);
    if (object === null) return;
    const receiver = graph.node();
    graph.filter(receiver, id => id !== flow.someModule);
    graph.edge(object, receiver);
    const [names, values, others] = [graph.node(), graph.node(), graph.node()];
    graph.add(names, FOREIGN);
    graph.filter(others, id => id === UNKNOWN);
    graph.edge(into, others);
    graph.edge(others, values);
    graph.add(values, tokens.id({ kind: 'methods', receiver, ends: OPEN_ENDS }));
    const result = madeBy(args, 'builtins.list');
    graph.add(result.items, newBag(flow, 'tuple', { places: [names, values] }));
    graph.add(into, tokens.id(result));
  };

  return new Map([
    ['inspect.getmembers', listed],
    ['builtins.globals', globals],
    ['builtins.locals', locals],
  ]);
}

/** The scope of the innermost function around a call, or 0. */
function scopeAround({ file, call }: Arguments): number {
  const [innermost] = functionsAround(file, row(file, call).at);
  return innermost === undefined ? 0 : file.facts.functions[innermost]!.scope;
}
