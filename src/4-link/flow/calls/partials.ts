// Calls of `functools.partial(f, x)` and the like: its own arguments, and those of the call behind them.
import { ArgKind } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { type Argument, argumentsOf } from '../../index-file.js';
import type { Method } from '../lookups.js';
import type { Flow } from '../state.js';
import { type Token, UNKNOWN } from '../tokens.js';
import { type Arguments, argumentFor, isSpread } from './arguments.js';
import type { Fill } from './fill.js';
import type { Makers } from './makers.js';
import type { Results } from './results.js';

/** Nodes of the arguments that a call gives for a parameter, or null where that cannot be told. */
export type Given = readonly number[] | null;

/** Calls a partial with more arguments: as they are written, or nodes where they stand. */
export type CallPartial = (
  token: Token & { kind: 'partial' },
  args: Arguments | readonly number[],
  into: number,
) => void;

/** How arguments reach parameters, `given` of which are bound already. */
export interface Handing {
  readonly functionsOf: (id: number) => readonly (Method & { readonly given: number })[];
  readonly givenFor: (
    file: WorldFile,
    fn: number,
    given: number,
    args: Arguments,
    parameter: number,
  ) => Given;
  readonly hand: (file: WorldFile, fn: number, given: number, args: Arguments) => void;
  readonly positional: (file: WorldFile, fn: number, i: number) => number | null;
}

const isPlace = (a: Argument): boolean => a.kind === ArgKind.Positional;

export function newCallPartial(
  flow: Flow,
  results: Results,
  makers: Makers,
  fill: Fill,
  { functionsOf, givenFor, hand, positional }: Handing,
): CallPartial {
  const { graph, tokens } = flow;

  return ({ file, call }, args, into) => {
    const [callee, ...list] = argumentsOf(file, call);
    if (!callee) return;
    const own: Arguments = { file, call, list };
    const before = list.filter(isPlace).length;
    const places = 'list' in args ? args.list.filter(isPlace).length : args.length;
    const behind = (target: WorldFile, fn: number, given: number, parameter: number): Given => {
      if ('list' in args) return givenFor(target, fn, given, args, parameter);
      const arg = args[parameter - given];
      return arg === undefined ? null : [arg];
    };
    const complete = (target: WorldFile, fn: number, given: number, result: number): void => {
      flow.called.add(flow.returnNode(target, fn));
      const { parameters } = target.facts.functions[fn]!;
      const argumentsFor = (p: number): Given => {
        if (p < given || list.some(a => a.kind === ArgKind.Star)) return null;
        const arg = argumentFor(parameters, given, p, list);
        if (arg) return [flow.valueNode(file, arg.value)];
        // what is given by place does not stand in `**kwargs`, too
        const isByPlace = parameters[p]!.kind === 'positional' && p - given - before < places;
        return isByPlace || !isSpread(list) ? behind(target, fn, given + before, p) : null;
      };
      results.flowInto(target, fn, argumentsFor, result);
      hand(target, fn, given, own);
      if ('list' in args) return hand(target, fn, given + before, args);
      args.forEach((arg, i) => {
        const to = positional(target, fn, i + given + before);
        if (to !== null) graph.edge(arg, to);
      });
    };
    graph.listen(flow.valueNode(file, callee.value), id => {
      const token = tokens.get(id);
      const completeAll = (of: number): boolean => {
        const functions = functionsOf(of);
        for (const { file: target, fn, given } of functions) complete(target, fn, given, into);
        return functions.length > 0;
      };
      if (token.kind === 'rest') return tokens.eachLeft(id, completeAll);
      const isFunction = completeAll(id);
      if (token.kind !== 'class') return isFunction ? undefined : graph.add(into, UNKNOWN);
      const made = makers.into(token.cls, into);
      for (const { file: target, fn, result } of made) complete(target, fn, 1, result);
      if (made.length) return;
      fill(token.cls, own, 0);
      fill(token.cls, args, before);
    });
  };
}
