// `locals()` and `globals()`, which give what stands around them.
import { functionsAround } from '../../functions-around.js';
import { row } from '../../index-file.js';
import type { Containers } from '../containers.js';
import type { Flow } from '../state.js';
import { UNKNOWN } from '../tokens.js';
import type { Arguments } from './arguments.js';
import type { SpecialCall } from './special.js';

/** The calls, by the dotted name of what is called. */
export function newNamespaceCalls(flow: Flow, { madeBy }: Containers): ReadonlyMap<string, SpecialCall> {
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

  return new Map([
    ['builtins.globals', globals],
    ['builtins.locals', locals],
  ]);
}

/** The scope of the innermost function around a call, or 0. */
function scopeAround({ file, call }: Arguments): number {
  const [innermost] = functionsAround(file, row(file, call).at);
  return innermost === undefined ? 0 : file.facts.functions[innermost]!.scope;
}
