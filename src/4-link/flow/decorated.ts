// What decorators make of the functions and classes they are given.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above } from '../../slots.js';
import { argumentsOf, opAt, row } from '../index-file.js';
import type { Binding } from './calls/binding.js';
import type { Escapes } from './calls/escapes.js';
import { decoratorNames, isTransparent } from './functions.js';
import type { Flow } from './state.js';
import type { Token } from './tokens.js';

export interface Decorated {
  /** A def or lambda: the function itself, and what its decorators make of it. */
  readonly defined: (file: WorldFile, fn: number, into: number) => void;
  /** What decorators make of a class, besides the class itself, flows into `into`. */
  readonly decoratedClass: (cls: WorldClass, token: number, into: number) => void;
}

/** A decorator that is applied. */
interface Applied {
  readonly value: number;
  /** It gives back the very object that it is given. */
  readonly keeps: boolean;
}

/** What a decorator hands to the one above it; what unseen code made of a function is most often a function. */
const MADE: ReadonlySet<Token['kind']> = new Set(['function', 'bound', 'instance', 'class']);

/** Decorators of decorators that are handed the object whose method is called. */
const HANDS_INSTANCES = /^wrapt(\.\w+)*\.(decorator|function_wrapper)$/;

/** Decorators that change how a method is bound, which reading it heeds. */
const BINDS_ANEW = /^builtins\.(staticmethod|classmethod|property)$/;

export function newDecorated(
  flow: Flow,
  { applyToken, applyMethods }: Binding,
  { leave }: Escapes,
): Decorated {
  const { graph, tokens } = flow;

  const defined: Decorated['defined'] = (file, fn, into) => {
    const token = tokens.id({ kind: 'function', file, fn });
    graph.add(into, token);
    const names = decoratorNames(file, fn, flow.resolver).reverse();
    for (const { name, value } of names) if (name.endsWith('.register')) joins(file, fn, value);
    const changing = names.filter(d => !d.accessor && !isTransparent(d.name) && !BINDS_ANEW.test(d.name));
    decorated(
      file,
      changing.map(d => ({ value: d.value, keeps: false })),
      token,
      into,
    );
  };

  /** `@total.register(Row)` on a `functools.singledispatch`: a call of the one function may mean the other. */
  const joins = (file: WorldFile, fn: number, decorator: number): void => {
    const registering = opAt(file, decorator) === Op.Call ? row(file, decorator).a : decorator;
    if (opAt(file, registering) !== Op.Attr) return;
    const types = registering === decorator ? [] : registeredFor(file, decorator);
    graph.listen(flow.valueNode(file, row(file, registering).a), id => {
      const token = tokens.get(id);
      if (token.kind !== 'function' && token.kind !== 'bound') return;
      graph.edge(flow.returnNode(file, fn), flow.returnNode(token.file, token.fn));
      const { parameters } = file.facts.functions[fn]!;
      const general = token.file.facts.functions[token.fn]!;
      general.parameters.forEach((p, i) => {
        const to = parameters[i];
        if (!to) return;
        const [from, into] = [
          flow.variableNode(token.file, p.variable),
          flow.variableNode(file, to.variable),
        ];
        // the type of the first argument, behind `self`, says which function is called
        if (types.length && i === (general.cls >= 0 ? 1 : 0)) ofTypes(from, types, into);
        else graph.edge(from, into);
      });
      flow.called.add(flow.returnNode(file, fn));
    });
  };

  /** The classes of the world that a call registers a function for; none where it is registered for others as well. */
  const registeredFor = (file: WorldFile, call: number): readonly WorldClass[] => {
    const [first] = argumentsOf(file, call);
    const types = first ? flow.resolver.value(file, first.value) : [];
    return types.every(m => m.kind === 'class') ? types.map(flow.classOf) : [];
  };

  /** What is at a node flows into `into` as far as it may be an instance of one of some classes. */
  const ofTypes = (from: number, types: readonly WorldClass[], into: number): void =>
    graph.listen(from, id => {
      const token = tokens.get(id);
      for (const cls of types)
        if (token.kind === 'instance' && [token.cls, ...above(token.cls)].includes(cls)) graph.add(into, id);
        else if (token.kind === 'unknown' || (token.kind === 'instance' && above(cls).includes(token.cls)))
          graph.add(into, tokens.id({ kind: 'instance', cls }));
    });

  const decoratedClass: Decorated['decoratedClass'] = (cls, token, into) => {
    const decorators = cls.fact.decorators.map(({ value }, i) => ({
      value,
      keeps: cls.decorators[i]!.keeps,
    }));
    decorated(cls.file, decorators.reverse(), token, into);
  };

  /** What decorators, the innermost first, make of a token flows into `into`. */
  const decorated = (file: WorldFile, decorators: readonly Applied[], token: number, into: number): void => {
    const isFunction = tokens.get(token).kind === 'function';
    let given = graph.node();
    graph.add(given, token);
    decorators.forEach(({ value, keeps }, i) => {
      const isLast = i + 1 === decorators.length;
      // what one that keeps its class gives back is that class, not also those that it gives others
      const made = isLast && !keeps ? into : graph.node();
      flow.decorating.add(given);
      decorate(file, value, given, isFunction, made);
      if (isLast || keeps) return;
      graph.edge(made, into);
      given = graph.node();
      graph.filter(given, id => MADE.has(tokens.get(id).kind));
      graph.add(given, token);
      graph.edge(made, given);
      flow.stacked.add(given);
    });
  };

  /** What the decorator at the value `decorator` makes of what stands at a node flows into `into`. */
  const decorate = (
    file: WorldFile,
    value: number,
    argument: number,
    isFunction: boolean,
    into: number,
  ): void =>
    graph.listen(flow.valueNode(file, value), id => {
      const decorator = tokens.get(id);
      if (decorator.kind === 'instance') return applyMethods(decorator.cls, '__call__', [argument], into);
      if (decorator.kind === 'function') handsInstances(decorator, argument);
      if (applyToken(id, [argument], into)) return;
      // unseen code gets hold of the function: it calls it with whatever it has
      if (isFunction) leave(argument);
    });

  /** `@wrapt.decorator def traced(wrapped, instance, args, kwargs)`: where it decorates a method, the second is what the
   *  method is called on. */
  const handsInstances = ({ file, fn }: Token & { kind: 'function' }, decorated: number): void => {
    const [, instance] = file.facts.functions[fn]!.parameters;
    if (!instance || !decoratorNames(file, fn, flow.resolver).some(d => HANDS_INSTANCES.test(d.name))) return;
    const node = flow.variableNode(file, instance.variable);
    graph.listen(decorated, id => {
      const token = tokens.get(id);
      const cls = token.kind === 'function' ? token.file.facts.functions[token.fn]!.cls : -1;
      if (token.kind === 'function' && cls >= 0)
        graph.add(node, tokens.id({ kind: 'instance', cls: flow.classesOf(token.file)[cls]! }));
    });
  };

  return { defined, decoratedClass };
}
