// Which code is called from code of a kind: one step up the stack, as far as value flow knows what is called.
import type { WorldFile } from '../../model/world.js';
import { functionsAround } from '../functions-around.js';
import { callsIn, row } from '../index-file.js';
import type { Sight } from './sight.js';

type At = (file: WorldFile, at: number) => boolean;

/** Whether a place is in a function that is called where something holds. */
export function newCalledFrom({ live, tokensOf }: Sight, holds: At): At {
  let known: Map<WorldFile, Set<number>> | null = null;
  const called = (): ReadonlyMap<WorldFile, ReadonlySet<number>> => {
    if (known) return known;
    known = new Map();
    for (const file of live)
      for (const { call, callee } of callsIn(file)) {
        if (!holds(file, row(file, call).at)) continue;
        for (const token of tokensOf(file, callee)) {
          if (token.kind !== 'function' && token.kind !== 'bound') continue;
          const functions = known.get(token.file) ?? new Set();
          known.set(token.file, functions.add(token.fn));
        }
      }
    return known;
  };

  return (file, at) => {
    const functions = called().get(file);
    return functions !== undefined && functionsAround(file, at).some(fn => functions.has(fn));
  };
}
