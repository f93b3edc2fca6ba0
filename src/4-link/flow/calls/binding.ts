// Arguments reach parameters: by position, by name, through `*args` and `**kwargs`.
import { ArgKind, Op } from '../../../model/facts.js';
import type { WorldClass, WorldFile } from '../../../model/world.js';
import { metaclassesOf } from '../../../slots.js';
import { opAt, row, stringAt } from '../../index-file.js';
import { type Containers, KEPT_APART } from '../containers.js';
import { isRest } from '../functions.js';
import type { Method } from '../lookups.js';
import type { Members } from '../members.js';
import type { Flow } from '../state.js';
import { newSubscript, type Subscript } from '../subscripts.js';
import type { Token } from '../tokens.js';
import { type Arguments, accepts, argumentFor, isSpread } from './arguments.js';
import { type Fill, newFill } from './fill.js';
import { newGetter } from './getters.js';
import { type Makers, newMakers } from './makers.js';
import { newOverloads } from './overloads.js';
import { type CallPartial, type Given, newCallPartial } from './partials.js';
import type { Results } from './results.js';
import type { Wrappers } from './wrappers.js';

export interface Binding {
  /** Calls a function as a call is written, `given` parameters being bound already; its results flow into `into`. */
  readonly bind: (file: WorldFile, fn: number, given: number, args: Arguments, into: number) => void;
  /** Calls a function with arguments that stand at nodes; `given` parameters are bound already.
   *  `receiver`: node of the object whose method it is, where `given` is 1 and it is known. */
  readonly apply: (
    file: WorldFile,
    fn: number,
    given: number,
    args: readonly number[],
    into: number,
    receiver?: number,
  ) => void;
  /** Calls the methods of a name on instances of a class with arguments that stand at nodes; without `into`, their
   *  results go nowhere. */
  readonly applyMethods: (cls: WorldClass, name: string, args: readonly number[], into?: number) => void;
  /** Functions that a call of a token calls, with the number of parameters that are bound then. */
  readonly functionsOf: (id: number) => readonly (Method & { readonly given: number })[];
  /** Calls what a token stands for with arguments that stand at nodes; false for what is no function or class of the
   *  world. */
  readonly applyToken: (id: number, args: readonly number[], into: number) => boolean;
  /** Where an argument of a function goes, by its place or keyword, or null. */
  readonly parameterAt: (file: WorldFile, fn: number, argument: number | string) => number | null;
  readonly callPartial: CallPartial;
  readonly subscript: Subscript;
  /** Arguments of a class without methods that make its instances. */
  readonly fill: Fill;
  readonly makers: Makers;
}

export function newBinding(
  flow: Flow,
  members: Members,
  containers: Containers,
  results: Results,
  wrappers: Wrappers,
): Binding {
  const { graph, tokens } = flow;
  const { elements, contents, fillMapping, parameterBag, parameterNode } = containers;
  const { resultsOf } = newOverloads(flow);
  const node = flow.valueNode;

  /** Node of what `*args` of a function holds at places that are not known, or null where it has none. */
  const restNode = (file: WorldFile, fn: number): number | null => {
    const rest = file.facts.functions[fn]!.parameters.find(p => p.kind === 'star');
    return rest ? parameterNode(file, rest) : null;
  };
  /** Where the positional argument `i` of a function goes. */
  const positional = (file: WorldFile, fn: number, i: number): number | null => {
    const { parameters } = file.facts.functions[fn]!;
    const p = parameters[i];
    if (p?.kind === 'positional') return parameterNode(file, p);
    const rest = parameters.findIndex(q => q.kind === 'star');
    return rest < 0 ? null : parameterNode(file, parameters[rest]!, i - rest);
  };
  /** Where the keyword argument `name` of a function goes. */
  const named = (file: WorldFile, fn: number, name: string): number | null => {
    const { parameters } = file.facts.functions[fn]!;
    const p = parameters.find(q => q.name === name && !isRest(q));
    if (p) return parameterNode(file, p);
    const rest = parameters.find(q => q.kind === 'doubleStar');
    return rest ? parameterNode(file, rest, name) : null;
  };
  const parameterAt: Binding['parameterAt'] = (file, fn, argument) =>
    typeof argument === 'string' ? named(file, fn, argument) : positional(file, fn, argument);
  const link = (from: number, to: number | null): void => {
    if (to !== null) graph.edge(from, to);
  };

  /** `*from` as the argument number `at`; `counted`: there is no `*x` before it, so that it is known where it goes. */
  const spread = (from: number, file: WorldFile, fn: number, at: number, counted: boolean): void => {
    const { parameters } = file.facts.functions[fn]!;
    for (let i = at; i < parameters.length; i++)
      if (parameters[i]!.kind === 'positional')
        elements(from, parameterNode(file, parameters[i]!), counted ? i - at : -1);
    const rest = parameters.findIndex(p => p.kind === 'star');
    if (rest < 0) return;
    const taken = Math.max(at - rest, 0);
    if (counted)
      for (let place = taken; place < KEPT_APART; place++)
        elements(from, parameterNode(file, parameters[rest]!, place), rest + place - at);
    elements(
      from,
      parameterNode(file, parameters[rest]!),
      -1,
      counted ? Math.max(rest + KEPT_APART - at, 0) : 0,
    );
  };

  const apply: Binding['apply'] = (file, fn, given, args, into, receiver) => {
    flow.called.add(flow.returnNode(file, fn));
    const givenFor = (parameter: number): readonly number[] | null => {
      const arg = parameter < given ? receiver : args[parameter - given];
      return arg === undefined ? null : [arg];
    };
    results.flowInto(file, fn, givenFor, into);
    args.forEach((arg, i) => {
      link(arg, positional(file, fn, i + given));
    });
  };

  const applyMethods: Binding['applyMethods'] = (cls, name, args, into) => {
    for (const m of members.methods(cls, name)) apply(m.file, m.fn, 1, args, into ?? graph.node());
  };

  const subscript = newSubscript(flow, members, containers, applyMethods);
  const makers = newMakers(flow, results);
  const fill = newFill(flow, members, containers, applyMethods);

  const functionsOf: Binding['functionsOf'] = id => {
    const token = tokens.get(id);
    if (token.kind === 'function') return [{ file: token.file, fn: token.fn, given: 0 }];
    if (token.kind === 'bound') return [{ file: token.file, fn: token.fn, given: 1 }];
    if (token.kind !== 'instance') return [];
    return members.methods(token.cls, '__call__').map(m => ({ ...m, given: 1 }));
  };

  const applyToken: Binding['applyToken'] = (id, args, into) => {
    const token = tokens.get(id);
    if (token.kind === 'function') apply(token.file, token.fn, 0, args, into);
    else if (token.kind === 'bound') apply(token.file, token.fn, 1, args, into);
    else if (token.kind === 'class') {
      const made = makers.into(token.cls, into);
      for (const { file, fn, result } of made) apply(file, fn, 1, args, result);
      if (!made.length) fill(token.cls, args, 0);
    } else if (token.kind === 'instance' && members.methods(token.cls, '__call__').length)
      applyMethods(token.cls, '__call__', args, into);
    else if (token.kind === 'partial') callPartial(token, args, into);
    else if (token.kind === 'getter' && args[0] !== undefined) get(token, args[0], into);
    else return false;
    return true;
  };

  /** Nodes of the arguments that a call gives for a parameter, or null when it cannot be told. */
  const givenFor = (
    file: WorldFile,
    fn: number,
    given: number,
    { file: caller, list }: Arguments,
    parameter: number,
  ): Given => {
    if (list.some(a => a.kind === ArgKind.Star)) return null;
    const { parameters } = file.facts.functions[fn]!;
    const arg = argumentFor(parameters, given, parameter, list);
    if (arg) return [node(caller, arg.value)];
    if (isSpread(list)) return null;
    const { defaultValue } = parameters[parameter]!;
    return defaultValue >= 0 ? [node(file, defaultValue)] : [];
  };

  /** The receivers of a method call that may reach the function, or null for other calls: what stands before the dot, if
   *  that has the function as a method. What is kept there under the name, `holder.callback()`, has its own. */
  const receiverOf = ({ file, call }: Arguments, target: WorldFile, fn: number): readonly number[] | null => {
    const callee = row(file, call).a;
    if (opAt(file, callee) !== Op.Attr) return null;
    const name = stringAt(file, row(file, callee).b);
    const [self] = target.facts.functions[fn]!.parameters;
    const found = graph.node();
    graph.listen(node(file, row(file, callee).a), id => {
      const token = tokens.get(id);
      if (token.kind === 'super') graph.edge(token.receiver, found);
      else if (isObject(token) && isMethodOf(token, name, target, fn)) graph.add(found, id);
      else if (self && mayKeep(token, name)) graph.edge(containers.parameterNode(target, self), found);
    });
    return [found];
  };

  const isObject = (token: Token): token is Token & { kind: 'instance' | 'class' } =>
    token.kind === 'instance' || token.kind === 'class';

  /** Whether a lookup of the name finds the function; what is a class itself is bound to class methods only. */
  const isMethodOf = (
    { kind, cls }: Token & { kind: 'instance' | 'class' },
    name: string,
    target: WorldFile,
    fn: number,
  ): boolean =>
    members.lookup(cls, name).some(m => {
      const is = members.kindOf(m.cls, m.fact);
      if (is === null || (kind === 'class' && is !== 'class')) return false;
      return m.cls.file === target && row(m.cls.file, m.fact.value).a === fn;
    });

  /** Whether something may be kept under a name that can be called like a method: in a module or another object, in a
   *  class variable, by what cannot be told of a decorator, on an instance, by a metaclass. */
  const mayKeep = (token: Token, name: string): boolean => {
    if (!isObject(token)) return token.kind === 'module' || token.kind === 'bag';
    const found = members.lookup(token.cls, name);
    if (found.length) return found.some(m => [null, 'opaque'].includes(members.kindOf(m.cls, m.fact)));
    return (
      token.kind === 'instance' ||
      metaclassesOf(token.cls).length > 0 ||
      token.cls.mro.some(e => e.kind === 'unknown')
    );
  };

  const bind: Binding['bind'] = (file, fn, given, args, into) => {
    if (!accepts(file.facts.functions[fn]!.parameters, given, args.list)) return;
    const through = resultsOf(file, fn, given, args, into);
    if (!through.length) return;
    flow.called.add(flow.returnNode(file, fn));
    const argumentsFor = (parameter: number): Given =>
      parameter < given ? receiverOf(args, file, fn) : givenFor(file, fn, given, args, parameter);
    for (const result of through) results.flowInto(file, fn, argumentsFor, result);
    hand(file, fn, given, args);
  };

  /** Arguments of a call reach the parameters of a function, `given` of which are bound already. */
  const hand = (file: WorldFile, fn: number, given: number, args: Arguments): void => {
    const { parameters } = file.facts.functions[fn]!;
    let at = given;
    let counted = true;
    for (const arg of args.list) {
      const from = node(args.file, arg.value);
      switch (arg.kind) {
        case ArgKind.Positional:
          if (flow.handedStores.makes(args.file, arg.value)) {
            if (counted) at++;
          } else if (counted) link(from, positional(file, fn, at++));
          else {
            for (let i = at; i < parameters.length; i++)
              if (parameters[i]!.kind === 'positional') link(from, parameterNode(file, parameters[i]!));
            link(from, restNode(file, fn));
          }
          break;
        case ArgKind.Keyword:
          link(from, named(file, fn, arg.name));
          if (parameters.some(p => p.kind === 'positional' && p.name === arg.name)) wrappers.open(file, fn);
          break;
        case ArgKind.Star:
          spread(from, file, fn, at, counted);
          counted = false;
          break;
        case ArgKind.DoubleStar: {
          const named = parameters.slice(at).filter(p => !isRest(p));
          for (const p of named) contents(from, parameterNode(file, p), p.name);
          const rest = parameters.find(p => p.kind === 'doubleStar');
          if (rest) {
            const bag = parameterBag(flow.variableNode(file, rest.variable), true);
            fillMapping(from, bag, new Set(named.map(p => p.name)));
          }
          break;
        }
      }
    }
  };

  const callPartial = newCallPartial(flow, results, makers, fill, {
    functionsOf,
    givenFor,
    hand,
    positional,
  });

  const get = newGetter(flow, members, { subscript, applyToken, functionsOf, hand });

  return {
    bind,
    apply,
    applyMethods,
    applyToken,
    functionsOf,
    parameterAt,
    callPartial,
    subscript,
    makers,
    fill,
  };
}
