// Calls of functions, classes and methods outside the world: what is known of them, or else that they may do anything.
import { lastPart } from '../../../model/dotted.js';
import { ArgKind, Op } from '../../../model/facts.js';
import type { Base, WorldClass, WorldFile } from '../../../model/world.js';
import { above, describesField } from '../../../slots.js';
import { opAt, placeAt, row, spelling } from '../../index-file.js';
import type { Layouts } from '../../layouts/layouts.js';
import type { Containers } from '../containers.js';
import { COUNTER, type ExternalKind, externalKind, isLazyProxy, isReference } from '../externals.js';
import { WRAPPED } from '../kept.js';
import { GET } from '../methods.js';
import type { Raised } from '../raised.js';
import { addClasses, type Flow } from '../state.js';
import { FOREIGN, SOME_CLASS, type Token, UNKNOWN } from '../tokens.js';
import { type Arguments, namesOf, nodeOf } from './arguments.js';
import type { Construct } from './construct.js';
import type { Escapes } from './escapes.js';
import type { HandedFunctions } from './handed-functions.js';
import type { LibraryObjects } from './library-objects.js';
import type { NamedStores } from './named-stores.js';
import type { Protocols } from './protocols.js';
import type { Results } from './results.js';
import type { SpecialCall } from './special.js';

/** What makes an instance when a class is called. */
const CALLS_CLASS = /^(builtins\.type|abc\.ABCMeta)\.__call__$/;

export interface ExternalCalls {
  /** Calls what has a dotted name outside the world; what it gives flows into `into`. */
  readonly external: (dotted: string, args: Arguments, into: number) => void;
  /** Calls a method that a class of the world inherits from outside. */
  readonly externalMethod: (token: Token & { kind: 'externalMethod' }, args: Arguments, into: number) => void;
}

/** What calls of external code are followed with. */
export interface ExternalTools {
  readonly containers: Containers;
  readonly results: Results;
  readonly escapes: Escapes;
  readonly stores: NamedStores;
  readonly handed: HandedFunctions;
  readonly library: LibraryObjects;
  readonly special: ReadonlyMap<string, SpecialCall>;
  /** What `type.__call__` does. */
  readonly make: Construct;
  readonly protocols: Protocols;
  readonly raised: Raised;
}

/** Functions that keep another one as `__wrapped__`, and the place of that among what they are called with. */
const HIDING: ReadonlyMap<string, number> = new Map([
  ['functools.wraps', 0],
  ['functools.update_wrapper', 1],
]);

/** What a dotted name tells of calls of it. */
interface Traits {
  readonly hides: number | null;
  readonly patches: boolean;
  /** It is the `__new__` of a class, or does the same. */
  readonly creates: boolean;
  readonly callsClass: boolean;
  readonly describesField: boolean;
  /** `attr.Factory` */
  readonly produces: boolean;
  /** It does nothing with what it is given. */
  readonly isIdle: boolean;
  readonly kind: ExternalKind;
  readonly isException: boolean;
}

function traitsOf(dotted: string, layouts: Layouts): Traits {
  const layout = layouts.find(dotted);
  return {
    hides: HIDING.get(dotted) ?? null,
    patches: /\bmock\.patch(\.object|\.multiple)?$/.test(dotted),
    creates: /\.__new__$|^copyreg\.__newobj__$/.test(dotted),
    callsClass: CALLS_CLASS.test(dotted),
    describesField: describesField(dotted),
    produces: /^attrs?\.Factory$/.test(dotted),
    isIdle: /^builtins\.\w+\.__init__$/.test(dotted),
    kind: externalKind(dotted, layout !== null),
    isException: layout?.isException ?? false,
  };
}

export function newExternalCalls(flow: Flow, layouts: Layouts, tools: ExternalTools): ExternalCalls {
  const { graph, tokens } = flow;
  const { elements, fillMapping, keepNames, madeBy, parameterNode, under } = tools.containers;
  const { leaveBy, bagOf, inherited } = tools.escapes;
  const { calledWith, produce, fieldDefault } = tools.handed;
  const { library, stores, results, special, make, protocols, raised } = tools;

  /** `type.__call__(cls, ...)`, `super().__call__(...)` in a metaclass: makes an instance of each class at a node. */
  const called = (classes: number, args: Arguments, into: number): void =>
    graph.listen(classes, id => {
      const token = tokens.get(id);
      if (
        token.kind === 'class' &&
        flow.once('called', flow.valueNode(args.file, args.call), token.cls.index)
      )
        make(token.cls, args, into);
    });

  /** `super().__new__(cls)`; in a metaclass, `super().__new__(mcs, name, bases, body)`. */
  const created = (classes: number, args: Arguments, into: number): void => {
    results.instances(classes, into);
    const bases = args.list[2];
    if (bases && !isParameter(args.file, bases.value)) graph.listen(classes, id => combined(id, args));
  };

  /** `cls.__subclasses__()`: a list of the classes that inherit from it, those of the next level among them. */
  const below = (cls: WorldClass): readonly WorldClass[] => cls.descendants;
  /** `cls.mro()` */
  const line = (cls: WorldClass): readonly WorldClass[] => [cls, ...above(cls)];
  const listed = (
    classes: number,
    given: (cls: WorldClass) => readonly WorldClass[],
    args: Arguments,
    into: number,
  ): void => {
    const result = madeBy(args, 'builtins.list');
    graph.listen(classes, id => {
      const token = tokens.get(id);
      if (token.kind !== 'class') return;
      addClasses(flow, given(token.cls), result.items);
      if (given !== line) return;
      graph.add(result.items, token.cls.mro.some(e => e.kind === 'unknown') ? SOME_CLASS : FOREIGN);
    });
    graph.add(into, tokens.id(result));
  };

  /** `f.__get__(x)`: the function as a method of x. */
  const bound = (functions: number, args: Arguments, into: number): void => {
    const object = nodeOf(flow, args, 0);
    if (object === null) return;
    graph.listen(functions, id => {
      const token = tokens.get(id);
      const self =
        token.kind === 'function' ? token.file.facts.functions[token.fn]!.parameters[0] : undefined;
      if (token.kind !== 'function' || !self || flow.isNone(object)) return graph.add(into, id);
      graph.edge(object, parameterNode(token.file, self));
      graph.add(into, tokens.id({ ...token, kind: 'bound' }));
    });
  };

  /** The bases of classes that a metaclass makes are combined with others where it changes them. */
  const combined = (id: number, { file, call, list }: Arguments): void => {
    const token = tokens.get(id);
    if (token.kind !== 'class') return;
    const { at } = row(file, list[2]!.value);
    const added: Base = {
      kind: 'unknown',
      text: spelling(file, list[2]!.value),
      dotted: null,
      because: `the metaclass ${token.cls.ref.name} computes it`,
      at: placeAt(file, at),
    };
    for (const made of flow.madeBy(token.cls).flatMap(c => [c, ...c.descendants]))
      if (flow.once('bases', flow.valueNode(file, call), made.index))
        flow.combined.push({
          file,
          at,
          name: made.ref.name,
          fixed: [...made.bases, added],
          open: [],
          many: false,
        });
  };

  /** Whether a value is a parameter as it was given. */
  const isParameter = (file: WorldFile, value: number): boolean =>
    opAt(file, value) === Op.Var && !flow.resolver.bindings(file).values.has(row(file, value).a);

  const traits = new Map<string, Traits>();
  const external: ExternalCalls['external'] = (dotted, args, into) => {
    protocols(dotted, args, into);
    let is = traits.get(dotted);
    if (!is) traits.set(dotted, (is = traitsOf(dotted, layouts)));
    const hidden = is.hides === null ? null : nodeOf(flow, args, is.hides);
    if (hidden !== null) flow.kept.put(WRAPPED, hidden);
    const own = special.get(dotted);
    if (own) return own(args, into);
    const first = nodeOf(flow, args, 0);
    if (is.patches) stores.patches(args, dotted);
    if (is.creates) return first === null ? undefined : created(first, args, into);
    if (is.callsClass && first !== null) return called(first, { ...args, list: args.list.slice(1) }, into);
    if (is.describesField) fieldDefault(args, into);
    if (is.produces && first !== null) produce(first, args, into);
    if (!is.isIdle) byKind(dotted, is, args, first, into);
  };

  /** `read = staticmethod(vars)` in a class body: what a library defines is called as it is. */
  const unbound = (from: number, into: number): void =>
    graph.listen(from, id => {
      const { kind } = tokens.get(id);
      if (kind === 'external' || kind === 'partial') graph.add(into, id);
    });

  const byKind = (
    dotted: string,
    { kind, isException }: Traits,
    args: Arguments,
    first: number | null,
    into: number,
  ): void => {
    const { file, list } = args;
    switch (kind) {
      case 'plain':
        return graph.add(into, FOREIGN);
      case 'collect': {
        const result = madeBy(args, dotted);
        for (const arg of list)
          if (arg.kind !== ArgKind.Keyword) elements(flow.valueNode(file, arg.value), result.items);
        calledWith(args, result.items, lastPart(dotted));
        return graph.add(into, tokens.id(result));
      }
      case 'pick':
        if (dotted === 'builtins.next' && first !== null)
          graph.listen(first, id => raised.goesOn(id, '__next__', file, first));
        for (const arg of list) {
          // what is only called gives nothing itself
          if (arg.name === 'key') continue;
          const from = flow.valueNode(file, arg.value);
          graph.edge(from, into);
          elements(from, into);
        }
        return calledWith(args, into, lastPart(dotted));
      case 'same':
        if (first === null) return graph.add(into, UNKNOWN);
        graph.edge(first, into);
        for (const arg of list.slice(1)) graph.edge(flow.valueNode(file, arg.value), bagOf(args));
        return;
      case 'mapping': {
        const result = madeBy(args, dotted);
        if (dotted === 'builtins.dict') keepNames(result);
        const isDefault = dotted === 'collections.defaultdict';
        for (const [i, arg] of list.entries()) {
          const from = flow.valueNode(file, arg.value);
          if (isDefault && i === 0 && arg.kind === ArgKind.Positional) continue;
          if (arg.kind === ArgKind.Keyword)
            for (const node of under(result, [arg.name])) graph.edge(from, node);
          else fillMapping(from, result);
          if (dotted === COUNTER) elements(from, result.keys);
        }
        if (isDefault && first !== null) produce(first, args, result.items);
        return graph.add(into, tokens.id(result));
      }
      case 'object': {
        const result = madeBy(args, dotted);
        // a reference gives what it was made for, not what that holds
        graph.edge(isReference(dotted) && first !== null ? first : bagOf(args), result.items);
        // the parts of a property are called with instances of the class that holds it
        if (dotted !== 'builtins.property') leaveBy(args);
        if (isException) raised.made(dotted, bagOf(args));
        if (isLazyProxy(dotted) && first !== null) produce(first, args, into);
        if (dotted === 'builtins.staticmethod' && first !== null) unbound(first, into);
        return graph.add(into, tokens.id(result));
      }
      case 'unknown':
        if (library(dotted, args, into)) return;
        leaveBy(args);
        return graph.add(into, UNKNOWN);
    }
  };

  const externalMethod: ExternalCalls['externalMethod'] = (token, args, into) => {
    const name = lastPart(token.dotted);
    if (token.dotted === GET) return bound(token.receiver, args, into);
    if (name === '__new__') return created(nodeOf(flow, args, 0) ?? token.receiver, args, into);
    if (token.dotted === 'builtins.type.__subclasses__') return listed(token.receiver, below, args, into);
    if (token.dotted === 'builtins.type.mro') return listed(token.receiver, line, args, into);
    if (CALLS_CLASS.test(token.dotted)) return called(token.receiver, args, into);
    if (name === '__setattr__' || name === '__delattr__') {
      const { file, call, list } = args;
      const site = { file, value: list[1]?.value ?? -1, at: row(file, call).at, past: true };
      return stores.storeNamed(token.receiver, namesOf(flow, args, 0), site);
    }
    if (token.dotted === 'builtins.object.__init__') return;
    inherited(token.receiver, token.dotted, leaveBy(args));
    if (!library(token.dotted, args, into)) graph.add(into, UNKNOWN);
  };

  return { external, externalMethod };
}
