// What the calls of a function give for its parameters, where all of them can be seen.
import { Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { argumentsOf, opAt, row, stringAt, valueCount } from '../index-file.js';
import type { Resolver } from '../resolve.js';
import { argumentFor, isSpread } from './calls/arguments.js';
import { functionKind } from './functions.js';

/** A value and the file that it is written in. */
export interface Written {
  readonly file: WorldFile;
  readonly value: number;
}

export interface Callers {
  /** All that calls give for a parameter, its default where one leaves it out; null where some call may not be seen: there
   *  is none, the function is handed on as a value, or arguments are unpacked. */
  readonly givenFor: (file: WorldFile, variable: number) => readonly Written[] | null;
}

/** Where a name is called, and whether it is read for something else. */
interface Uses {
  readonly calls: Written[];
  isRead: boolean;
}

export function newCallers(files: readonly WorldFile[], resolver: Resolver): Callers {
  const known = new Map<string, readonly Written[] | null>();
  let uses: ReadonlyMap<string, Uses> | null = null;

  const givenFor: Callers['givenFor'] = (file, variable) => {
    const key = `${file.index}:${variable}`;
    let given = known.get(key);
    if (given === undefined) known.set(key, (given = find(file, variable)));
    return given;
  };

  const find = (file: WorldFile, variable: number): readonly Written[] | null => {
    const number = file.facts.functions.findIndex(f => f.parameters.some(p => p.variable === variable));
    const fn = file.facts.functions[number];
    if (!fn || fn.isLambda) return null;
    const used = (uses ??= usesIn(files)).get(fn.name);
    if (!used || used.isRead) return null;
    const place = fn.parameters.findIndex(p => p.variable === variable);
    const parameter = fn.parameters[place]!;
    if (parameter.kind === 'star' || parameter.kind === 'doubleStar') return null;
    const skipped = fn.cls >= 0 && functionKind(file, number, resolver) !== 'static' ? 1 : 0;
    const found: Written[] = [];
    for (const { file: at, value: call } of used.calls) {
      const called = resolver.value(at, row(at, call).a);
      const isOther = called.every(m => m.kind !== 'function' || m.file !== file || m.number !== number);
      if (called.length && isOther && called.every(m => m.kind !== 'unknown')) continue;
      const list = argumentsOf(at, call);
      if (isSpread(list)) return null;
      const given = argumentFor(fn.parameters, skipped, place, list);
      if (given) found.push({ file: at, value: given.value });
      else if (parameter.defaultValue >= 0) found.push({ file, value: parameter.defaultValue });
      else return null;
    }
    return found.length ? found : null;
  };
  return { givenFor };
}

function usesIn(files: readonly WorldFile[]): ReadonlyMap<string, Uses> {
  const found = new Map<string, Uses>();
  const usesOf = (file: WorldFile, value: number): Uses | null => {
    const { op, a, b } = row(file, value);
    if (op !== Op.Var && op !== Op.Attr) return null;
    const name = op === Op.Var ? file.facts.variables[a]!.name : stringAt(file, b);
    let known = found.get(name);
    if (!known) found.set(name, (known = { calls: [], isRead: false }));
    return known;
  };
  for (const file of files) {
    const called = new Set<number>();
    for (let v = 0; v < valueCount(file); v++)
      if (opAt(file, v) === Op.Call) {
        called.add(row(file, v).a);
        usesOf(file, row(file, v).a)?.calls.push({ file, value: v });
      }
    for (let v = 0; v < valueCount(file); v++) {
      const used = called.has(v) ? null : usesOf(file, v);
      if (used) used.isRead = true;
    }
  }
  return found;
}
