// What functions give back only where a parameter is given, or is not: `if func is None: return partial(decorator, ...)`.
// A decorator that is written with and without parentheses would otherwise mix all functions that it was ever given.
import { PRESENCE_WIDTH, Presence } from '../../../model/facts.js';
import { addTo } from '../../../model/grouping.js';
import type { WorldFile } from '../../../model/world.js';
import { metaclassesOf } from '../../../slots.js';
import type { Resolver } from '../../resolve.js';
import { isRest } from '../functions.js';
import type { Token } from '../tokens.js';

/** What a test of a parameter says where a value is returned. */
export interface Condition {
  /** Index among the parameters. */
  readonly parameter: number;
  readonly is: Presence;
}

/** A value that is returned only under conditions. */
export interface Conditional {
  readonly value: number;
  readonly conditions: readonly Condition[];
}

/** Conditions on parameters of a function under which it returns a value. */
export type ConditionsAt = (file: WorldFile, fn: number, value: number) => readonly Condition[];

export function newConditionsAt(resolver: Resolver): ConditionsAt {
  const known = new Map<WorldFile, ReadonlyMap<number, readonly Tested[]>>();
  const inFile = (file: WorldFile): ReadonlyMap<number, readonly Tested[]> => {
    let found = known.get(file);
    if (!found) known.set(file, (found = testedIn(file)));
    return found;
  };
  return (file, fn, value) =>
    (inFile(file).get(value) ?? []).flatMap(({ variable, is }) => {
      if (resolver.bindings(file).values.has(variable)) return [];
      const { parameters } = file.facts.functions[fn]!;
      const parameter = parameters.findIndex(p => p.variable === variable && !isRest(p));
      return parameter < 0 ? [] : [{ parameter, is }];
    });
}

interface Tested {
  readonly variable: number;
  readonly is: Presence;
}

function testedIn({ facts: { presences } }: WorldFile): ReadonlyMap<number, readonly Tested[]> {
  const found = new Map<number, Tested[]>();
  for (let i = 0; i < presences.length; i += PRESENCE_WIDTH)
    addTo(found, presences[i]!, { variable: presences[i + 1]!, is: presences[i + 2]! });
  return found;
}

/** Whether a token may stand for what is None, or false. */
export function mayLack(token: Token, is: Presence): boolean {
  switch (token.kind) {
    case 'function':
    case 'bound':
    case 'partial':
    case 'getter':
      return false;
    case 'instance':
      return is === Presence.False;
    case 'class':
      return is === Presence.False && metaclassesOf(token.cls).length > 0;
    default:
      return true;
  }
}
