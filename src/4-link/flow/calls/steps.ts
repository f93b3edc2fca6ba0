// Reads along a path that only the run knows, step by step: `for name in path.split("."): x = getattr(x, name)`.
import { Op } from '../../../model/facts.js';
import { argumentsOf, callsIn, row, stringAt } from '../../index-file.js';
import type { Members } from '../members.js';
import type { Flow } from '../state.js';
import type { Arguments } from './arguments.js';

export interface Steps {
  /** Whether the next step is taken from what a call of `getattr(x, name)` gives: it becomes x, or is handed to the
   *  function around the call, whose parameter x is. */
  readonly isOne: (args: Arguments) => boolean;
  /** Lets all that instances at a node keep flow into another one. */
  readonly take: (from: number, into: number) => void;
}

export function newSteps({ graph, once, resolver, tokens }: Flow, members: Members): Steps {
  const isOne: Steps['isOne'] = ({ file, call, list: [receiver] }) => {
    const r = receiver ? row(file, receiver.value) : null;
    if (r?.op !== Op.Var) return false;
    if (resolver.bindings(file).values.get(r.a)?.includes(call)) return true;
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
        if (argumentsOf(file, next).some(arg => arg.value === call)) return true;
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

  return { isOne, take };
}
