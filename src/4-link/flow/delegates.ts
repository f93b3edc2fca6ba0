// What hands reads on: `def __getattr__(self, name): return getattr(self.target, name)`, in a class or a module.
import { Op } from '../../model/facts.js';
import type { WorldClass } from '../../model/world.js';
import { argumentsOf, opAt, returnsOf, row, valueCount } from '../index-file.js';
import type { Lookups, Method } from './lookups.js';
import { isParameter } from './names.js';
import type { Flow } from './state.js';

export interface Delegates {
  /** Nodes of the objects that are asked for the names which instances of a class do not have. */
  readonly asked: (cls: WorldClass) => readonly number[];
  /** Node of what a `__getattr__` gives for a name: where it hands the read on, what the object that it asks has under
   *  that very name. */
  readonly answer: (getter: Method, name: string) => number;
}

/** `read`: lets what a token has under a name flow into a node. */
export function newDelegates(
  flow: Flow,
  { methods }: Lookups,
  read: (token: number, name: string, into: number, receiver: number) => void,
): Delegates {
  const { graph, resolver } = flow;

  /** Whether a call asks for the name that a `__getattr__` is given: `getattr(x, name)`. */
  const asks = ({ file, fn }: Method, call: number): boolean => {
    const { op, a } = row(file, call);
    if (op !== Op.Call) return false;
    const { cls, parameters } = file.facts.functions[fn]!;
    const [receiver, name] = argumentsOf(file, call);
    if (!receiver || !name || opAt(file, name.value) !== Op.Var) return false;
    if (row(file, name.value).a !== parameters[cls < 0 ? 0 : 1]?.variable) return false;
    return resolver.value(file, a).some(m => m.kind === 'external' && m.dotted === 'builtins.getattr');
  };

  const askedIn = (getter: Method): number[] => {
    const { file, fn } = getter;
    const { at: start, end } = file.facts.functions[fn]!;
    const found: number[] = [];
    for (let v = 0; v < valueCount(file); v++) {
      const { at } = row(file, v);
      if (at >= start && at < end && asks(getter, v))
        found.push(flow.valueNode(file, argumentsOf(file, v)[0]!.value));
    }
    return found;
  };
  const known = new Map<WorldClass, readonly number[]>();

  /** The values that a function gives back, those of its variables in their place. */
  const given = ({ file, fn }: Method): ReadonlySet<number> => {
    const found = new Set<number>();
    const met = new Set<number>();
    const add = (value: number): void => {
      if (met.has(value)) return;
      met.add(value);
      const { op, a } = row(file, value);
      const bound =
        op === Op.Var && !isParameter(file, a) ? resolver.bindings(file).values.get(a) : undefined;
      if (bound && file.facts.variables[a]!.scope === file.facts.functions[fn]!.scope) bound.forEach(add);
      else found.add(value);
    };
    returnsOf(file, fn).forEach(add);
    return found;
  };

  const answers = new Map<string, number>();
  const answer: Delegates['answer'] = (getter, name) => {
    const { file, fn } = getter;
    const key = `${file.index}:${fn}.${name}`;
    let into = answers.get(key);
    if (into !== undefined) return into;
    const values = [...given(getter)];
    const { isGenerator, isAsync, decorators } = file.facts.functions[fn]!;
    const isPlain = !isGenerator && !isAsync && !decorators.length;
    const handsOn = isPlain && values.some(v => asks(getter, v));
    answers.set(key, (into = handsOn ? graph.node() : flow.returnNode(file, fn)));
    if (!handsOn) return into;
    for (const value of values) {
      if (!asks(getter, value)) {
        graph.edge(flow.valueNode(file, value), into);
        continue;
      }
      const [receiver, , otherwise] = argumentsOf(file, value);
      const node = flow.valueNode(file, receiver!.value);
      graph.listen(node, id => read(id, name, into, node));
      if (otherwise) graph.edge(flow.valueNode(file, otherwise.value), into);
    }
    return into;
  };

  return {
    asked(cls) {
      let found = known.get(cls);
      if (!found) known.set(cls, (found = methods(cls, '__getattr__').flatMap(askedIn)));
      return found;
    },
    answer,
  };
}
