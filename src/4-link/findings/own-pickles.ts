// Pickles that a program keeps for itself while it runs: nothing but what it has just dumped is ever stored there.
import { ConstKind, Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { isParameter } from '../flow/names.js';
import type { Solved } from '../flow/solve.js';
import { listAt, row, stringAt, written } from '../index-file.js';
import type { Meaning } from '../resolve.js';

/** Whether what stands at a value was dumped by the run that loads it, or is None. */
export type OwnPickles = (file: WorldFile, value: number) => boolean;

export function newOwnPickles({ flow }: Solved): OwnPickles {
  const { resolver } = flow;
  const known = new Map<string, boolean>();
  /** Attributes that are being looked at: they count as far as the others do. */
  const open = new Set<string>();

  const keptUnder = (attr: string): boolean => {
    if (open.has(attr)) return true;
    const answer = known.get(attr);
    if (answer !== undefined) return answer;
    open.add(attr);
    const is = !!flow.keptValues(attr)?.every(({ file, value }) => isOwn(file, value));
    open.delete(attr);
    // what holds only as far as others that are still open is no answer yet
    if (!is || !open.size) known.set(attr, is);
    return is;
  };

  const isOwn: OwnPickles = (file, value) => {
    const r = written(file, value);
    switch (r.op) {
      case Op.Const:
        return r.a === ConstKind.None;
      case Op.Join:
        return [...listAt(file, r.b)].every(v => isOwn(file, v));
      case Op.Narrow:
        return isOwn(file, r.a);
      case Op.Attr:
        return keptUnder(stringAt(file, r.b));
      case Op.Call:
        return isOnly(resolver.value(file, r.a), 'pickle.dumps');
      case Op.Var: {
        const { imports, values } = resolver.bindings(file);
        const bound = imports.has(r.a) || isParameter(file, r.a) ? [] : (values.get(r.a) ?? []);
        const { name, scope } = file.facts.variables[r.a]!;
        // other code may store it on the module
        if (scope === 0 && !keptUnder(name)) return false;
        return bound.length > 0 && bound.every(v => row(file, v).op !== Op.Var && isOwn(file, v));
      }
      default:
        return false;
    }
  };
  return isOwn;
}

const isOnly = ([only, ...others]: readonly Meaning[], dotted: string): boolean =>
  only?.kind === 'external' && only.dotted === dotted && !others.length;
