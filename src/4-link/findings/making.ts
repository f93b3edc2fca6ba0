// Where classes are made over by a call, and instances made in other ways than by calling their class.
import { Op } from '../../model/facts.js';
import { makesFields } from '../../slots.js';
import type { Token } from '../flow/tokens.js';
import { opAt, row, stringAt } from '../index-file.js';
import type { Call, Finder, Sight } from './sight.js';

/** Whether calls of a token are looked at here. */
export const asksMaking = (token: Token): token is Token & { kind: 'external' } =>
  token.kind === 'external' && makesFields(token.dotted);

/** Finds subscripted classes that are called, decorators that are, and instances without `__init__`. */
export function newMaking({ solved, asked, note, onClass }: Sight): Finder {
  const { flow } = solved;

  /** `C[int](...)`, by whatever name: `IntC = C[int]`, or handed on to be called elsewhere. */
  const subscripted = ({ file, callee, args, at }: Call): void => {
    const isTyping = flow.resolver
      .value(file, callee)
      .some(m => m.kind === 'external' && /^typing(_extensions)?\./.test(m.dotted));
    for (const value of [callee, ...(isTyping ? [] : args.map(a => a.value))])
      for (const m of flow.resolver.value(file, value))
        if (m.kind === 'subscript' && m.base.kind === 'class')
          note('subscripted-call', flow.classOf(m.base), file, at, 'is called through a subscription');
  };

  /** `C = dataclass(C)`, `dataclass(frozen=True)(C)`. */
  const madeByCall = ({ file, callee, args: [first], at }: Call): void => {
    if (!first) return;
    const maker = opAt(file, callee) === Op.Call ? row(file, callee).a : callee;
    for (const token of asked(file, maker))
      if (asksMaking(token))
        onClass('made-by-call', file, first.value, at, `hands the class to ${token.dotted}()`);
  };

  /** `C.__new__(C)` outside of `__new__`: an instance whose `__init__` has not run. */
  const bareInstance = ({ file, callee, args: [first], at }: Call): void => {
    if (!first || opAt(file, callee) !== Op.Attr || stringAt(file, row(file, callee).b) !== '__new__') return;
    if (file.facts.functions.some(f => f.name === '__new__' && f.cls >= 0 && f.at <= at && at < f.end))
      return;
    onClass('bare-instance', file, first.value, at, 'makes an instance without __init__');
  };

  return {
    call: site => {
      subscripted(site);
      madeByCall(site);
      bareInstance(site);
    },
  };
}
