// Reads along a path that only the run knows, step by step: `for name in path.split("."): x = getattr(x, name)`; and into
// a tree whose classes list what they keep: `for name in x._fields: visit(getattr(x, name))`.
import { Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { argumentsOf, callsIn, listAt, opAt, row, stringAt, written } from '../../index-file.js';
import type { Members } from '../members.js';
import type { Flow } from '../state.js';
import type { Arguments } from './arguments.js';

export interface Steps {
  /** Whether the next step is taken from what a call of `getattr(x, name)` gives: it becomes x, or is handed to the
   *  function around the call, whose parameter x is. */
  readonly isOne: (args: Arguments) => boolean;
  /** Lets all that instances at a node keep flow into another one. */
  readonly take: (from: number, into: number) => void;
  /** Lets what `getattr(x, name)` gives flow into a node where the class of x lists the names:
   *  `for name in x._fields`. */
  readonly listed: (args: Arguments, receiver: number, into: number) => void;
}

export function newSteps({ graph, listedNames, once, resolver, tokens }: Flow, members: Members): Steps {
  /** Whether a variable takes a value, maybe one of two, maybe by way of another variable. */
  const takes = (file: WorldFile, variable: number, value: number, depth = 0): boolean =>
    resolver
      .bindings(file)
      .values.get(variable)
      ?.some(bound => {
        const arms = opAt(file, bound) === Op.Join ? [...listAt(file, row(file, bound).b)] : [bound];
        return arms.some(arm => {
          const { op, a } = written(file, arm);
          return arm === value || (op === Op.Var && depth === 0 && takes(file, a, value, 1));
        });
      }) ?? false;

  const isHeld = (file: WorldFile, value: number, call: number): boolean => {
    const { op, a } = written(file, value);
    return value === call || (op === Op.Var && takes(file, a, call, 1));
  };

  const isOne: Steps['isOne'] = ({ file, call, list: [receiver] }) => {
    const r = receiver ? written(file, receiver.value) : null;
    if (r?.op !== Op.Var) return false;
    if (takes(file, r.a, call)) return true;
    const { functions } = file.facts;
    const around = functions.find(fn => fn.parameters.some(p => p.variable === r.a));
    if (!around) return false;
    const isAround = (callee: number): boolean => {
      const { op, a, b } = row(file, callee);
      if (op === Op.Var) return file.facts.variables[a]!.name === around.name;
      return op === Op.Attr && stringAt(file, b) === around.name;
    };
    for (const { call: next, callee } of callsIn(file)) {
      const { at } = row(file, next);
      if (around.at <= at && at < around.end && isAround(callee))
        if (argumentsOf(file, next).some(arg => isHeld(file, arg.value, call))) return true;
    }
    return false;
  };

  const take: Steps['take'] = (from, into) => {
    if (!once('steps', from, into)) return;
    graph.listen(from, id => {
      const token = tokens.get(id);
      if (token.kind === 'instance') graph.edge(members.everything(token.cls), into);
    });
  };

  const listed: Steps['listed'] = ({ file, list: [object, name] }, receiver, into) => {
    const lists = object && name ? listedNames.listsAt(file, object.value, name.value) : null;
    if (!lists) return;
    graph.listen(receiver, id => {
      const token = tokens.get(id);
      // an instance of a class stands for those of classes below it
      for (const cls of token.kind === 'instance' ? [token.cls, ...token.cls.descendants] : [])
        for (const each of listedNames.namesIn(lists, cls) ?? [])
          members.read(tokens.id({ kind: 'instance', cls }), each, into, receiver);
    });
  };

  return { isOne, take, listed };
}
