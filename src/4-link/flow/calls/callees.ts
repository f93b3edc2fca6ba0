// Which values of a file are called.
import { Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { opAt, row, valueCount } from '../../index-file.js';
import type { Resolver } from '../../resolve.js';

/** Values of a file that are called, where they stand or through a variable. */
export type Callees = (file: WorldFile) => ReadonlySet<number>;

export function newCallees(resolver: Resolver): Callees {
  const callees = new Map<WorldFile, ReadonlySet<number>>();
  return file => {
    const known = callees.get(file);
    if (known) return known;
    const found = new Set<number>();
    for (let v = 0; v < valueCount(file); v++) {
      const { op, a: callee } = row(file, v);
      if (op !== Op.Call) continue;
      found.add(callee);
      if (opAt(file, callee) !== Op.Var) continue;
      for (const value of resolver.bindings(file).values.get(row(file, callee).a) ?? []) found.add(value);
    }
    callees.set(file, found);
    return found;
  };
}
