// Calls that a call leads to: of what a partial holds, and of what is handed on together with what it is called with.
import { ArgKind, Op } from '../../model/facts.js';
import { around } from '../flow/calls/arguments.js';
import { argumentsOf, written } from '../index-file.js';
import type { Call, Sight } from './sight.js';

/** Functions that ask which class something is of, and call nothing that they are given. */
const ASKS_CLASS: ReadonlySet<string> = new Set(['builtins.isinstance', 'builtins.issubclass']);

/** A partial that holds a partial, and so on, is followed so far. */
const DEEPEST = 4;

export interface CallsBehind {
  /** The calls behind a call, as if they were written in its place. */
  readonly of: (call: Call) => readonly Call[];
  /** Whether all that is called asks for classes. */
  readonly asksClass: (call: Call) => boolean;
}

const NO_CALLS: readonly Call[] = [];

export function newCallsBehind({ solved, asked }: Sight): CallsBehind {
  const { resolver } = solved.flow;

  const asksClass: CallsBehind['asksClass'] = ({ file, callee }) => {
    const found = resolver.value(file, callee);
    return found.length > 0 && found.every(m => m.kind === 'external' && ASKS_CLASS.has(m.dotted));
  };

  /** `as_row = partial(vars)`, then `as_row(order)`. One that another file makes has its arguments there. */
  const ofPartials = (site: Call, depth = 0): readonly Call[] =>
    site.called.flatMap(token => {
      if (token.kind !== 'partial' || token.file !== site.file || depth > DEEPEST) return [];
      const [held, ...own] = argumentsOf(token.file, token.call);
      if (!held) return [];
      const called = asked(token.file, held.value);
      const behind = { ...site, callee: held.value, called, args: around(own, site.args) };
      return [behind, ...ofPartials(behind, depth + 1)];
    });

  /** `pool.submit(pickle.dumps, order, 0)` */
  const ofHanded = (site: Call): readonly Call[] =>
    site.args.length < 2 || asksClass(site)
      ? NO_CALLS
      : site.args.slice(0, -1).flatMap(({ kind, value }, i) => {
          const { op } = written(site.file, value);
          if (kind !== ArgKind.Positional || (op !== Op.Var && op !== Op.Attr)) return [];
          const called = asked(site.file, value).filter(token => token.kind === 'external');
          return called.length ? [{ ...site, callee: value, called, args: site.args.slice(i + 1) }] : [];
        });

  return {
    of: site => {
      const handed = ofHanded(site);
      return site.called.some(token => token.kind === 'partial') ? [...ofPartials(site), ...handed] : handed;
    },
    asksClass,
  };
}
