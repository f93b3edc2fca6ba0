// Classes that hand reads on: `def __getattr__(self, name): return getattr(self.target, name)`.
import { Op } from '../../model/facts.js';
import type { WorldClass } from '../../model/world.js';
import { argumentsOf, opAt, row, valueCount } from '../index-file.js';
import type { Lookups, Method } from './lookups.js';
import type { Flow } from './state.js';

/** Nodes of the objects that are asked for the names which instances of a class do not have. */
export type Delegates = (cls: WorldClass) => readonly number[];

export function newDelegates(flow: Flow, { methods }: Lookups): Delegates {
  const known = new Map<WorldClass, readonly number[]>();

  const askedIn = ({ file, fn }: Method): number[] => {
    const { at: start, end, parameters } = file.facts.functions[fn]!;
    const found: number[] = [];
    for (let v = 0; v < valueCount(file); v++) {
      const { op, a, at } = row(file, v);
      if (op !== Op.Call || at < start || at >= end) continue;
      const [receiver, name] = argumentsOf(file, v);
      if (!receiver || !name || opAt(file, name.value) !== Op.Var) continue;
      if (row(file, name.value).a !== parameters[1]?.variable) continue;
      if (flow.resolver.value(file, a).some(m => m.kind === 'external' && m.dotted === 'builtins.getattr'))
        found.push(flow.valueNode(file, receiver.value));
    }
    return found;
  };

  return cls => {
    let found = known.get(cls);
    if (!found) known.set(cls, (found = methods(cls, '__getattr__').flatMap(askedIn)));
    return found;
  };
}
