// Functions handed to functions outside the world, which call them: `key=`, predicates, factories, `map(f, xs)`.
import { ArgKind } from '../../../model/facts.js';
import type { Containers } from '../containers.js';
import { isCalledBy } from '../externals.js';
import type { Flow } from '../state.js';
import { UNKNOWN } from '../tokens.js';
import { type Arguments, isSpread } from './arguments.js';
import type { Binding } from './binding.js';
import { newFirstOf } from './unbound.js';

export interface HandedFunctions {
  /** Functions among the arguments are called with what is at `bag`, or with elements of the other arguments; where it
   *  is known what is called, the arguments that this calls. */
  readonly calledWith: (args: Arguments, bag: number, by?: string) => void;
  /** What is at a node is called without arguments, by code that the call of `args` sets up. */
  readonly produce: (factories: number, args: Arguments, into: number) => void;
  /** The first argument is called with elements of the others; its results flow into `into`. */
  readonly mapped: (args: Arguments, into: number) => void;
  /** What `field(default_factory=Leaf)` or `attr.ib(factory=Leaf)` gives to instances of its own accord. */
  readonly fieldDefault: (args: Arguments, into: number) => void;
}

export function newHandedFunctions(
  flow: Flow,
  { elements, madeBy }: Containers,
  { applyToken, functionsOf }: Binding,
): HandedFunctions {
  const { graph, tokens } = flow;
  const firstOf = newFirstOf(flow);

  /** What functions handed to a call are called with: nodes of that, and the one where it meets once there is such a
   *  function. */
  interface Given {
    readonly from: number[];
    into: number | null;
  }
  const givenAt = new Map<string, Given>();

  const calledWith: HandedFunctions['calledWith'] = ({ file, call, list }, bag, by) => {
    const key = `${file.index}:${call}:${by ?? ''}`;
    const known = givenAt.get(key);
    if (known) {
      if (known.into === null) known.from.push(bag);
      else graph.edge(bag, known.into);
      return;
    }
    const isSure = by !== undefined && !isSpread(list);
    const others = list.filter((arg, i) => !isSure || !isCalledBy(by, i, arg.name));
    const given: Given = { from: [bag], into: null };
    givenAt.set(key, given);
    const meeting = (): number => {
      if (given.into !== null) return given.into;
      given.into = graph.node();
      for (const from of given.from) graph.edge(from, given.into);
      for (const { value } of others) elements(flow.valueNode(file, value), given.into);
      return given.into;
    };
    for (const arg of list) {
      if (isSure && others.includes(arg)) continue;
      graph.listen(flow.valueNode(file, arg.value), id => {
        for (const { file: target, fn, given: bound } of functionsOf(id)) {
          flow.called.add(flow.returnNode(target, fn));
          const met = tokens.get(id).kind === 'instance' ? without(id, meeting()) : meeting();
          target.facts.functions[fn]!.parameters.forEach((p, i) => {
            if (i < bound || p.kind !== 'positional') return;
            graph.edge(i ? met : firstOf(target, fn, met), flow.variableNode(target, p.variable));
          });
        }
      });
    }
  };

  /** An object that is called is not what it is called with. */
  const without = (id: number, from: number): number => {
    const others = graph.node();
    graph.filter(others, other => other !== id);
    graph.edge(from, others);
    return others;
  };

  const produce: HandedFunctions['produce'] = (factories, args, into) =>
    graph.listen(factories, id => {
      const token = tokens.get(id);
      if (token.kind === 'external') graph.add(into, tokens.id(madeBy(args, token.dotted)));
      else applyToken(id, [], into);
    });

  const mapped: HandedFunctions['mapped'] = ({ file, list }, into) => {
    const [callee, ...others] = list;
    if (!callee) return;
    const given = others.map(arg => {
      const element = graph.node();
      elements(flow.valueNode(file, arg.value), element);
      return element;
    });
    graph.listen(flow.valueNode(file, callee.value), id => {
      if (!applyToken(id, given, into)) graph.add(into, UNKNOWN);
    });
  };

  const fieldDefault: HandedFunctions['fieldDefault'] = (args, into) => {
    args.list.forEach((arg, i) => {
      const from = flow.valueNode(args.file, arg.value);
      if (arg.name === 'default' || (i === 0 && arg.kind === ArgKind.Positional)) graph.edge(from, into);
      if (/^(default_factory|factory|converter)$/.test(arg.name)) produce(from, args, into);
    });
  };

  return { calledWith, produce, mapped, fieldDefault };
}
