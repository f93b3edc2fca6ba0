// Pickles that a program keeps for itself while it runs, or sends to a process of its own: nothing but what it has just
// dumped is ever there.
import { ConstKind, Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { isParameter } from '../flow/names.js';
import type { Solved } from '../flow/solve.js';
import { listAt, row, stringAt, written } from '../index-file.js';
import type { Meaning } from '../resolve.js';

/** Whether what stands at a value was dumped by the run that loads it, came in from a process at the other end of a pipe
 *  or a socket, or is None. */
export type OwnPickles = (file: WorldFile, value: number) => boolean;

/** Methods of sockets, connections and streams that give what the other end has sent; files have none of them. */
const RECEIVING = /^(recv(_bytes|_exactly|from)?|receive(_exactly|_until)?|readexactly|readuntil)$/;

const STDIN: ReadonlySet<string> = new Set(['sys.stdin', 'sys.stdin.buffer']);

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
      case Op.Await:
        return isOwn(file, r.a);
      case Op.Attr:
        return (
          isOnly(resolver.value(file, value), dotted => STDIN.has(dotted)) ||
          (stringAt(file, r.b) === 'buffer' && isOwn(file, r.a)) ||
          keptUnder(stringAt(file, r.b))
        );
      case Op.Call: {
        const callee = written(file, r.a);
        return (
          (callee.op === Op.Attr && RECEIVING.test(stringAt(file, callee.b))) ||
          isOnly(resolver.value(file, r.a), dotted => dotted === 'pickle.dumps')
        );
      }
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

const isOnly = ([only, ...others]: readonly Meaning[], passes: (dotted: string) => boolean): boolean =>
  only?.kind === 'external' && passes(only.dotted) && !others.length;
