// Which protocols a program pickles at, as far as numbers and names tell: 0 and 1 refuse instances with slots.
import type { FunctionFact } from '../../model/definitions.js';
import { ArgKind, ConstKind, Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { type Argument, argumentsOf, listAt, opAt, row, stringAt, written } from '../index-file.js';
import type { Meaning, Resolver } from '../resolve.js';

/** Protocols of the pickle module that are 2 or newer on every Python 3. */
const NEW_PROTOCOLS: ReadonlySet<string> = new Set(['pickle.HIGHEST_PROTOCOL', 'pickle.DEFAULT_PROTOCOL']);

/** How deep a chain of names is followed to the number behind a protocol. */
const DEEPEST = 4;

export interface PickleProtocols {
  /** Whether the protocol at a value may be 0 or 1: unless all that it may be is known to be none of them. */
  readonly mayBeOld: (file: WorldFile, value: number) => boolean;
  /** Whether an argument may name such a protocol: `pickle.dumps(order, **options)`. */
  readonly mayNameOld: (file: WorldFile, argument: Argument) => boolean;
}

export function newPickleProtocols(resolver: Resolver): PickleProtocols {
  const mayNameOld = (file: WorldFile, { kind, value }: Argument): boolean => {
    if (kind === ArgKind.Star) return true;
    if (kind !== ArgKind.DoubleStar) return false;
    const found = resolver.value(file, value);
    return (
      !found.length ||
      found.some(m => {
        if (m.kind !== 'value' || opAt(m.file, m.value) !== Op.Dict) return true;
        const entries = listAt(m.file, row(m.file, m.value).b);
        return entries.some((key, i) => {
          if (i % 2) return false;
          if (key < 0 || opAt(m.file, key) !== Op.Str) return true;
          return stringAt(m.file, row(m.file, key).a) === 'protocol' && mayBeOld(m.file, entries[i + 1]!);
        });
      })
    );
  };

  const mayBeOld = (file: WorldFile, value: number, depth = 0): boolean => {
    const r = written(file, value);
    if (depth > DEEPEST) return true;
    if (r.op === Op.Const) return r.a === ConstKind.Int && (r.b === 0 || r.b === 1);
    const fn = file.facts.functions.find(f => r.op === Op.Var && f.parameters.some(p => p.variable === r.a));
    if (fn) return givenMayBeOld(file, fn, r.a, depth + 1);
    if (r.op === Op.Iter) return itemMayBeOld(file, r.a, depth + 1);
    if (r.op !== Op.Var && r.op !== Op.Attr) return true;
    const isNew = (m: Meaning): boolean =>
      m.kind === 'external'
        ? NEW_PROTOCOLS.has(m.dotted)
        : m.kind === 'value' && !mayBeOld(m.file, m.value, depth + 1);
    return !resolver.value(file, value).every(isNew);
  };

  /** The same for the items of a display or a `range()`. */
  const itemMayBeOld = (file: WorldFile, value: number, depth: number): boolean => {
    const r = row(file, value);
    if (r.op === Op.Tuple || r.op === Op.List)
      return [...listAt(file, r.b)].some(item => item < 0 || mayBeOld(file, item, depth));
    if (r.op !== Op.Call) return true;
    const [start, stop] = argumentsOf(file, value);
    return !stop || mayBeOld(file, start!.value, depth);
  };

  /** The same for a parameter: its default, or what `pytest.mark.parametrize("protocol", ...)` gives it. */
  const givenMayBeOld = (file: WorldFile, fn: FunctionFact, variable: number, depth: number): boolean => {
    const parameter = fn.parameters.find(p => p.variable === variable)!;
    if (parameter.defaultValue >= 0) return mayBeOld(file, parameter.defaultValue, depth);
    for (const decorator of fn.decorators) {
      if (opAt(file, decorator) !== Op.Call) continue;
      const [names, items] = argumentsOf(file, decorator);
      if (!names || !items || opAt(file, names.value) !== Op.Str) continue;
      if (stringAt(file, row(file, names.value).a) === parameter.name)
        return itemMayBeOld(file, items.value, depth);
    }
    return true;
  };

  return { mayBeOld: (file, value) => mayBeOld(file, value), mayNameOld };
}
