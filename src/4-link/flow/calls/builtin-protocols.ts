// Builtins that call special methods of what they are given: `abs(x)`, `divmod(x, y)`, `sum(rows, start)`; and
// `locals()` and `globals()`, which give what stands around them.
import { Operator } from '../../../model/facts.js';
import { row } from '../../index-file.js';
import type { Containers } from '../containers.js';
import type { Operators } from '../operators.js';
import type { Flow } from '../state.js';
import { FOREIGN, UNKNOWN } from '../tokens.js';
import { type Arguments, nodeOf } from './arguments.js';
import type { Binding } from './binding.js';
import type { SpecialCall } from './special.js';

/** The calls, by the dotted name of what is called. */
export function newBuiltinProtocols(
  flow: Flow,
  { elements, madeBy }: Containers,
  { applyMethods }: Binding,
  operators: Operators,
): ReadonlyMap<string, SpecialCall> {
  const { graph, tokens } = flow;

  /** Calls a method of the argument at a place with the others. */
  const asks =
    (method: string, place = 0): SpecialCall =>
    (args, into) => {
      const receiver = nodeOf(flow, args, place);
      graph.add(into, FOREIGN);
      if (receiver === null) return;
      const others = args.list.flatMap(({ value }, i) =>
        i === place ? [] : [flow.valueNode(args.file, value)],
      );
      graph.listen(receiver, id => {
        const token = tokens.get(id);
        if (token.kind === 'instance') applyMethods(token.cls, method, others, into);
      });
    };
  const both =
    (...calls: readonly SpecialCall[]): SpecialCall =>
    (args, into) => {
      for (const call of calls) call(args, into);
    };

  const power: SpecialCall = (args, into) => {
    const [base, exponent] = [nodeOf(flow, args, 0), nodeOf(flow, args, 1)];
    graph.add(into, FOREIGN);
    if (base !== null && exponent !== null) operators.between(base, exponent, Operator.Pow, into);
  };

  const sum: SpecialCall = (args, into) => {
    const first = nodeOf(flow, args, 0);
    if (first === null) return;
    const item = graph.node();
    elements(first, item);
    const start = nodeOf(flow, args, 1) ?? graph.node();
    if (args.list.length < 2) graph.add(start, FOREIGN);
    graph.edge(start, into);
    graph.listen(item, id => {
      if (tokens.get(id).kind === 'bag') graph.add(into, id);
    });
    for (const left of [start, into]) operators.between(left, item, Operator.Add, into);
  };

  const reversed: SpecialCall = (args, into) => {
    const first = nodeOf(flow, args, 0);
    if (first === null) return;
    const result = madeBy(args, 'builtins.reversed');
    const given = graph.node();
    asks('__reversed__')(args, given);
    elements(given, result.items);
    elements(first, result.items);
    graph.add(into, tokens.id(result));
  };

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
    ['builtins.abs', asks('__abs__')],
    ['builtins.round', asks('__round__')],
    ['builtins.divmod', both(asks('__divmod__'), asks('__rdivmod__', 1))],
    ['builtins.pow', power],
    ['builtins.sum', sum],
    ['builtins.reversed', reversed],
    ['builtins.globals', globals],
    ['builtins.locals', locals],
  ]);
}

/** The scope of the innermost function around a call, or 0. */
function scopeAround({ file, call }: Arguments): number {
  const { at } = row(file, call);
  const around = file.facts.functions.filter(fn => fn.at <= at && at < fn.end);
  return around.sort((a, b) => b.at - a.at)[0]?.scope ?? 0;
}
