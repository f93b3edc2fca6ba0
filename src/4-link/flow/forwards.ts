// Classes that keep no attributes under the names that are stored: `def __setattr__(self, name, value):
// setattr(self.target, name, value)` hands them on, `self[name] = value` makes an item of them.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { argumentsOf, opAt, row, stringAt, valueCount } from '../index-file.js';
import type { Flow } from './state.js';

/** What the `__setattr__` of a class does with what is stored on its instances. */
export interface Forward {
  /** Nodes of the objects that it stores it on instead. */
  readonly receivers: readonly number[];
  /** The instances themselves keep nothing: it does nothing else with the name, or nothing that stores. */
  readonly only: boolean;
}

/** Every class with a `__setattr__` that hands stores on or drops them. */
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
      let stores = false;
      for (let v = 0; v < valueCount(file); v++) {
        const { op, a, at } = row(file, v);
        if (at < fn.at || at >= fn.end) continue;
        if (isParameter(v, name.variable)) uses++;
        if (op === Op.Attr && DIRECT.has(stringAt(file, row(file, v).b))) stores = true;
        if (op !== Op.Call) continue;
        const args = argumentsOf(file, v);
        const isHanded = args.some(arg => isParameter(arg.value, name.variable));
        if (isHanded && !isHarmless(file, a, self.variable)) stores = true;
        if (args.some(arg => isParameter(arg.value, self.variable))) stores = true;
        const [receiver, stored] = args;
        if (!receiver || !stored || !isParameter(stored.value, name.variable)) continue;
        if (isParameter(receiver.value, self.variable)) continue;
        if (flow.resolver.value(file, a).some(m => m.kind === 'external' && SETS.has(m.dotted)))
          receivers.push(flow.valueNode(file, receiver.value));
      }
      const cls = flow.classesOf(file)[fn.cls]!;
      // the parameter itself is no use
      if (receivers.length) found.set(cls, { receivers, only: uses === receivers.length });
      else if (!stores) found.set(cls, { receivers, only: true });
    }
  return found;

  /** Whether what is called with the name does not store anything on the object: a function of Python's own, a method
   *  of something that the object has. */
  function isHarmless(file: WorldFile, callee: number, self: number): boolean {
    if (opAt(file, callee) === Op.Attr) {
      const { op, a } = row(file, row(file, callee).a);
      return op === Op.Attr && opAt(file, a) === Op.Var && row(file, a).a === self;
    }
    const called = flow.resolver.value(file, callee);
    return called.every(
      m => m.kind === 'external' && /^builtins\.\w+$/.test(m.dotted) && !SETS.has(m.dotted),
    );
  }
}

/** Names by which an object is given attributes past its `__setattr__`. */
const DIRECT: ReadonlySet<string> = new Set(['__setattr__', '__dict__']);

const SETS: ReadonlySet<string> = new Set(['builtins.setattr', 'builtins.object.__setattr__']);
