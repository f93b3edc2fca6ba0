// What a call is given, and whether a function takes it.
import type { ParameterFact } from '../../../model/definitions.js';
import { ArgKind } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { type Argument, argumentsOf } from '../../index-file.js';
import { isRest } from '../functions.js';
import { literalNames } from '../names.js';
import type { Flow } from '../state.js';

/** A call and what it gives to what it calls. */
export interface Arguments {
  readonly file: WorldFile;
  /** The call value. */
  readonly call: number;
  readonly list: readonly Argument[];
}

/** All arguments of a call value. */
export const writtenAt = (file: WorldFile, call: number): Arguments => ({
  file,
  call,
  list: argumentsOf(file, call),
});

/** Node of the argument at a place of the call, or null where there is none. */
export function nodeOf(flow: Flow, { file, list }: Arguments, i: number): number | null {
  const arg = list[i];
  return arg ? flow.valueNode(file, arg.value) : null;
}

/** The names that the argument at a place of the call may be, or null when its text is computed. */
export function namesOf(flow: Flow, { file, list }: Arguments, i: number): readonly string[] | null {
  const arg = list[i];
  return arg ? literalNames(file, arg.value, flow.resolver) : null;
}

/** Whether a call has `*x` or `**x` among its arguments. */
export const isSpread = (list: readonly Argument[]): boolean =>
  list.some(a => a.kind === ArgKind.Star || a.kind === ArgKind.DoubleStar);

/** What a partial holds, before and behind what it is called with. */
export const around = (own: readonly Argument[], given: readonly Argument[]): readonly Argument[] => [
  ...own.filter(a => a.kind !== ArgKind.Keyword),
  ...given,
  ...own.filter(a => a.kind === ArgKind.Keyword),
];

/** The argument that a call without `*x` and `**x` gives for a parameter; `given` parameters are bound already. */
export function argumentFor(
  parameters: readonly ParameterFact[],
  given: number,
  parameter: number,
  list: readonly Argument[],
): Argument | undefined {
  const { kind, name } = parameters[parameter]!;
  if (kind === 'positional') {
    let place = given;
    for (const arg of list) if (arg.kind === ArgKind.Positional && place++ === parameter) return arg;
  }
  return list.find(a => a.kind === ArgKind.Keyword && a.name === name);
}

/** Whether a function may be called so: too many arguments, a missing or an unknown one raise TypeError, so that the
 *  function cannot be what such a call means. `given` parameters are bound already. */
export function accepts(
  parameters: readonly ParameterFact[],
  given: number,
  list: readonly Argument[],
): boolean {
  let count = given;
  for (const arg of list) {
    if (arg.kind === ArgKind.Positional) count++;
    else if (arg.kind === ArgKind.Keyword && !takes(parameters, arg.name)) return false;
  }
  const isSure = !isSpread(list);
  let positionals = 0;
  let takesMore = false;
  for (const p of parameters) {
    if (p.kind === 'star') takesMore = true;
    const isGiven = p.kind === 'positional' && positionals++ < count;
    if (isGiven || !isSure || isRest(p) || p.defaultValue >= 0) continue;
    if (!list.some(a => a.kind === ArgKind.Keyword && a.name === p.name)) return false;
  }
  return takesMore || count <= positionals;
}

/** Whether a function may be given an argument under a name. */
const takes = (parameters: readonly ParameterFact[], name: string): boolean =>
  parameters.some(p => p.kind === 'doubleStar' || (p.name === name && !isRest(p)));
