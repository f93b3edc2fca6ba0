// Proxies that hand stores on: `def __setattr__(self, name, value): setattr(self.target, name, value)`.
import { Op } from '../../model/facts.js';
import type { WorldClass } from '../../model/world.js';
import { argumentsOf, opAt, row, valueCount } from '../index-file.js';
import type { Flow } from './state.js';

/** What the `__setattr__` of a class does with what is stored on its instances. */
export interface Forward {
  /** Nodes of the objects that it stores it on instead. */
  readonly receivers: readonly number[];
  /** It does nothing else with the name, so that the instances themselves keep nothing. */
  readonly only: boolean;
}

/** Every class with a `__setattr__` that hands stores on. */
export function forwardsIn(flow: Flow): ReadonlyMap<WorldClass, Forward> {
  const found = new Map<WorldClass, Forward>();
  for (const file of flow.files)
    for (const fn of file.facts.functions) {
      const [self, name] = fn.parameters;
      if (fn.cls < 0 || fn.name !== '__setattr__' || !self || !name) continue;
      const isParameter = (value: number, variable: number): boolean =>
        opAt(file, value) === Op.Var && row(file, value).a === variable;
      const receivers: number[] = [];
      let uses = 0;
      for (let v = 0; v < valueCount(file); v++) {
        const { op, a, at } = row(file, v);
        if (at < fn.at || at >= fn.end) continue;
        if (isParameter(v, name.variable)) uses++;
        if (op !== Op.Call) continue;
        const [receiver, stored] = argumentsOf(file, v);
        if (!receiver || !stored || !isParameter(stored.value, name.variable)) continue;
        if (isParameter(receiver.value, self.variable)) continue;
        if (flow.resolver.value(file, a).some(m => m.kind === 'external' && SETS.has(m.dotted)))
          receivers.push(flow.valueNode(file, receiver.value));
      }
      const cls = flow.classesOf(file)[fn.cls]!;
      // the parameter itself is no use
      if (receivers.length) found.set(cls, { receivers, only: uses === receivers.length });
    }
  return found;
}

const SETS: ReadonlySet<string> = new Set(['builtins.setattr', 'builtins.object.__setattr__']);
