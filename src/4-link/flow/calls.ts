// Calls: arguments reach parameters, results come back; what leaves the world may come back changed.
import { ArgKind, ConstKind, Op, type ParameterFact } from '../../model/facts.js';
import type { Parameter, WorldClass, WorldFile } from '../../model/world.js';
import { describesField } from '../../slots.js';
import {
  type Argument,
  mayCreate,
  opAt,
  row,
  spelling,
  stringAt,
  argumentsOf as writtenArguments,
} from '../index-file.js';
import type { Layouts } from '../layouts/layouts.js';
import type { Meaning } from '../resolve.js';
import { addPair, newPairs, type Pairs } from './columns.js';
import {
  externalKind,
  GIVES_ITEMS,
  GIVES_SAME,
  isMapping,
  isPlainContainer,
  TAKES_ELEMENTS,
} from './externals.js';
import { takesInstance } from './functions.js';
import type { Members } from './members.js';
import { literalNames, storedNames } from './names.js';
import { type Flow, functionKey, newBag } from './state.js';
import type { Summaries } from './summaries.js';
import { FOREIGN, type Token, UNKNOWN } from './tokens.js';

/** Arguments of a call: where they are written, and how many leading ones to leave out. */
export interface Arguments {
  readonly file: WorldFile;
  /** The call value. */
  readonly call: number;
  readonly skip: number;
}

export interface Calls {
  /** What happens when `token` is called by the call value `call`. */
  readonly call: (file: WorldFile, call: number, token: number) => void;
  /** Calls a function with arguments that stand at nodes; `given` parameters are bound already. */
  /** `receiver`: node of the object whose method it is, where `given` is 1 and it is known. */
  readonly apply: (
    file: WorldFile,
    fn: number,
    given: number,
    args: readonly number[],
    into: number,
    receiver?: number,
  ) => void;
  /** Lets everything at `bag` reach unseen code: it may call what it is given with anything it is given. */
  readonly leave: (bag: number) => void;
  /** Elements of whatever stands at `from` flow into `into`: the one at `place`, or those from `start` on. */
  readonly elements: (from: number, into: number, place?: number, start?: number) => void;
  /** `*args` or `**kwargs` of a parameter as a container; `places`: what is known to stand first. */
  readonly parameterBag: (
    variable: number,
    mapping: boolean,
    places?: readonly number[],
  ) => Token & { kind: 'bag' };
}

/** A store made through setattr() and its like, for one token of the receiver. `value` is -1 for a deletion. */
export type OnStore = (
  token: number,
  site: {
    readonly file: WorldFile;
    readonly attr: string;
    readonly value: number;
    /** UTF-16 offset. */
    readonly at: number;
    /** Node of the receiver. */
    readonly receiver: number;
  },
) => void;

/** A call that is given more than this says nothing about what it passes on. */
const MOST_PASSED = 8;

/** `*args` or `**kwargs`. */
const isRest = (p: ParameterFact): boolean => p.kind === 'star' || p.kind === 'doubleStar';

export function newCalls(
  flow: Flow,
  members: Members,
  summaries: Summaries,
  layouts: Layouts,
  onStore: OnStore,
): Calls {
  const { graph, tokens } = flow;
  const escaping = new Set<number>();
  const callBags = new Map<string, number>();
  const resultBags = new Map<string, number>();
  const parameterBags = new Map<number, number>();

  const argumentsOf = ({ file, call, skip }: Arguments): Argument[] =>
    writtenArguments(file, call).slice(skip);
  const node = (file: WorldFile, value: number): number => flow.valueNode(file, value);

  const asked = new Map<number, Pairs>();
  /** True the first time the elements of a node are asked for. */
  const isNew = (from: number, into: number, place: number, start: number): boolean => {
    const key = place * 1000 + start;
    let known = asked.get(key);
    if (!known) asked.set(key, (known = newPairs()));
    return addPair(known, from, into);
  };

  const elements = (from: number, into: number, place = -1, start = 0): void => {
    if (isNew(from, into, place, start)) graph.listen(from, id => elementsOf(id, into, place, start));
  };

  const elementsOf = (id: number, into: number, place: number, start = 0): void => {
    const token = tokens.get(id);
    switch (token.kind) {
      case 'unknown':
        return graph.add(into, UNKNOWN);
      case 'foreign':
        return graph.add(into, FOREIGN);
      case 'bag': {
        const exact = place >= 0 ? token.places?.[place] : undefined;
        if (exact !== undefined) return graph.edge(exact, into);
        if (isMapping(token.type)) return graph.edge(token.keys, into);
        graph.edge(token.items, into);
        // behind the known places of `self, *rest = args` there are only items
        if (place < (token.places?.length ?? 0))
          for (const p of (token.places ?? []).slice(start)) graph.edge(p, into);
        if (!isPlainContainer(token.type) && token.type !== 'tuple') graph.add(into, UNKNOWN);
        return;
      }
      case 'instance': {
        let seen = false;
        for (const name of ['__iter__', '__aiter__'])
          for (const m of members.lookup(token.cls, name)) {
            if (m.fact.kind !== 'function') continue;
            seen = true;
            elements(flow.returnNode(m.cls.file, row(m.cls.file, m.fact.value).a), into);
          }
        for (const name of ['__next__', '__anext__', ...(seen ? [] : ['__getitem__'])])
          for (const m of members.lookup(token.cls, name)) {
            if (m.fact.kind !== 'function') continue;
            seen = true;
            graph.edge(flow.returnNode(m.cls.file, row(m.cls.file, m.fact.value).a), into);
          }
        if (seen) return;
        // named tuples and subclasses of containers give what was stored in them, which is not followed
        return graph.add(into, UNKNOWN);
      }
      case 'class':
        return graph.add(into, tokens.id({ kind: 'instance', cls: token.cls }));
      default:
        return graph.add(into, UNKNOWN);
    }
  };

  /** Everything a mapping or sequence given as `**x` or `*x` holds. */
  const contents = (from: number, into: number): void => {
    if (!flow.once(`contents ${from} ${into}`)) return;
    graph.listen(from, id => {
      const token = tokens.get(id);
      if (token.kind === 'bag') {
        graph.edge(token.items, into);
        for (const p of token.places ?? []) graph.edge(p, into);
      } else elementsOf(id, into, -1);
    });
  };

  const parameterBag: Calls['parameterBag'] = (variable, mapping, places) => {
    const id =
      parameterBags.get(variable) ?? newBag(flow, mapping ? 'dict' : 'tuple', { places: places ?? null });
    parameterBags.set(variable, id);
    graph.add(variable, id);
    return tokens.get(id) as Token & { kind: 'bag' };
  };

  /** Where the positional argument `i` of a function goes. */
  const positional = (file: WorldFile, fn: number, i: number): number | null => {
    const { parameters } = file.facts.functions[fn]!;
    const p = parameters[i];
    if (p?.kind === 'positional') return flow.variableNode(file, p.variable);
    const star = parameters.find(q => q.kind === 'star');
    return star ? parameterBag(flow.variableNode(file, star.variable), false).items : null;
  };
  const named = (file: WorldFile, fn: number, name: string): number | null => {
    const { parameters } = file.facts.functions[fn]!;
    const p = parameters.find(q => q.name === name && q.kind !== 'star' && q.kind !== 'doubleStar');
    if (p) return flow.variableNode(file, p.variable);
    const rest = parameters.find(q => q.kind === 'doubleStar');
    return rest ? parameterBag(flow.variableNode(file, rest.variable), true).items : null;
  };

  const restNodes = new Map<string, number>();
  /** What a function gives back besides its own arguments. */
  const restOf = (file: WorldFile, fn: number, rest: readonly number[]): number => {
    const key = functionKey(file, fn);
    const known = restNodes.get(key);
    if (known !== undefined) return known;
    const into = graph.node();
    restNodes.set(key, into);
    for (const value of rest) graph.edge(node(file, value), into);
    return into;
  };

  /** What a call gives: the function's results, those that are its own arguments from this call only. `given` tells
   *  where the arguments of a parameter stand, or null when that is not known. */
  const results = (
    file: WorldFile,
    fn: number,
    given: (parameter: number) => readonly number[] | null,
    into: number,
  ): void => {
    const summary = summaries.of(file, fn);
    const sources = summary?.passed.map(p => given(p.parameter));
    if (!summary || !sources || sources.includes(null)) return graph.edge(flow.returnNode(file, fn), into);
    graph.edge(restOf(file, fn, summary.rest), into);
    summary.passed.forEach((p, i) => {
      for (const source of sources[i] ?? []) {
        graph.edge(p.as === 'same' ? source : instancesOf(source), into);
      }
    });
  };
  const instances = new Map<number, number>();
  /** A node of instances of the classes at a node, and of the instances there as they are. */
  const instancesOf = (classes: number): number => {
    const known = instances.get(classes);
    if (known !== undefined) return known;
    const into = graph.node();
    instances.set(classes, into);
    newInstance(classes, into);
    graph.listen(classes, id => {
      if (tokens.get(id).kind === 'instance') graph.add(into, id);
    });
    return into;
  };

  const apply: Calls['apply'] = (file, fn, given, args, into, receiver) => {
    flow.called.add(functionKey(file, fn));
    results(
      file,
      fn,
      parameter => {
        if (parameter < given) return receiver === undefined ? null : [receiver];
        const arg = args[parameter - given];
        return arg === undefined ? null : [arg];
      },
      into,
    );
    args.forEach((arg, i) => {
      const to = positional(file, fn, i + given);
      if (to !== null) graph.edge(arg, to);
    });
  };

  /** Nodes of the arguments that a call gives for a parameter, or null when it cannot be told. */
  const givenFor = (
    file: WorldFile,
    fn: number,
    given: number,
    args: Arguments,
    parameter: number,
  ): readonly number[] | null => {
    const list = argumentsOf(args);
    if (list.some(a => a.kind === ArgKind.Star || a.kind === ArgKind.DoubleStar)) return null;
    const fact = file.facts.functions[fn]!.parameters[parameter]!;
    const positionals = list.filter(a => a.kind === ArgKind.Positional);
    const arg =
      (fact.kind === 'positional' ? positionals[parameter - given] : undefined) ??
      list.find(a => a.kind === ArgKind.Keyword && a.name === fact.name);
    if (arg) return [node(args.file, arg.value)];
    return fact.defaultValue >= 0 ? [node(file, fact.defaultValue)] : [];
  };

  /** What stands before the dot of a method call that may reach the function, or null for other calls. */
  const receiverOf = ({ file, call }: Arguments, target: WorldFile, fn: number): readonly number[] | null => {
    const callee = row(file, call).a;
    if (opAt(file, callee) !== Op.Attr) return null;
    const name = stringAt(file, row(file, callee).b);
    const found = graph.node();
    const reaches = (cls: WorldClass): boolean => {
      const hits = members.lookup(cls, name);
      return hits.some(m => {
        if (m.fact.kind !== 'function' || members.kindOf(m.cls, m.fact) === 'opaque') return true;
        return m.cls.file === target && row(m.cls.file, m.fact.value).a === fn;
      });
    };
    graph.listen(node(file, row(file, callee).a), id => {
      const token = tokens.get(id);
      if (token.kind === 'super') graph.edge(token.receiver, found);
      else if (token.kind !== 'instance' && token.kind !== 'class') return;
      else if (reaches(token.cls) || !members.lookup(token.cls, name).length) graph.add(found, id);
    });
    return [found];
  };

  /** Whether a function may be called so: too many arguments, a missing or an unknown one raise TypeError, so that the
   *  function cannot be what such a call means. */
  const accepts = (file: WorldFile, fn: number, given: number, args: Arguments): boolean => {
    const { parameters } = file.facts.functions[fn]!;
    const list = argumentsOf(args);
    const isSpread = list.some(a => a.kind === ArgKind.Star || a.kind === ArgKind.DoubleStar);
    const count = given + list.filter(a => a.kind === ArgKind.Positional).length;
    const keywords = list.filter(a => a.kind === ArgKind.Keyword).map(a => a.name);
    const positionals = parameters.filter(p => p.kind === 'positional');
    if (count > positionals.length && !parameters.some(p => p.kind === 'star')) return false;
    const takesAny = parameters.some(p => p.kind === 'doubleStar');
    if (!takesAny && keywords.some(k => !parameters.some(p => p.name === k && !isRest(p)))) return false;
    if (isSpread) return true;
    return parameters.every(
      p =>
        isRest(p) ||
        p.defaultValue >= 0 ||
        keywords.includes(p.name) ||
        (p.kind === 'positional' && positionals.indexOf(p) < count),
    );
  };

  /** `part`: these are not all arguments of the call. */
  const bind = (
    file: WorldFile,
    fn: number,
    given: number,
    args: Arguments,
    into: number,
    part = false,
  ): void => {
    if (!part && !accepts(file, fn, given, args)) return;
    flow.called.add(functionKey(file, fn));
    results(
      file,
      fn,
      parameter =>
        parameter < given ? receiverOf(args, file, fn) : givenFor(file, fn, given, args, parameter),
      into,
    );
    const fact = file.facts.functions[fn]!;
    let at = given;
    let counted = true;
    for (const arg of argumentsOf(args)) {
      const from = node(args.file, arg.value);
      switch (arg.kind) {
        case ArgKind.Positional: {
          if (counted) {
            const to = positional(file, fn, at++);
            if (to !== null) graph.edge(from, to);
          } else for (let i = at; i <= fact.parameters.length; i++) linkTo(from, positional(file, fn, i));
          break;
        }
        case ArgKind.Keyword:
          linkTo(from, named(file, fn, arg.name));
          break;
        case ArgKind.Star:
          counted = false;
          spread(from, file, fn, at);
          break;
        case ArgKind.DoubleStar:
          for (const p of fact.parameters.slice(at))
            if (p.kind === 'positional' || p.kind === 'keyword')
              contents(from, flow.variableNode(file, p.variable));
          {
            const rest = fact.parameters.find(q => q.kind === 'doubleStar');
            if (rest) contents(from, parameterBag(flow.variableNode(file, rest.variable), true).items);
          }
          break;
      }
    }
  };
  const linkTo = (from: number, to: number | null): void => {
    if (to !== null) graph.edge(from, to);
  };
  const spread = (from: number, file: WorldFile, fn: number, at: number): void => {
    const { parameters } = file.facts.functions[fn]!;
    for (let i = at; i < parameters.length; i++) {
      if (parameters[i]!.kind !== 'positional') continue;
      elements(from, flow.variableNode(file, parameters[i]!.variable), i - at);
    }
    const star = parameters.find(q => q.kind === 'star');
    if (star) elements(from, parameterBag(flow.variableNode(file, star.variable), false).items);
  };

  /** A node that holds everything given to one call, deeply. */
  const bagOf = (args: Arguments): number => {
    const key = `${args.file.index}:${args.call}`;
    const known = callBags.get(key);
    if (known !== undefined) return known;
    const bag = graph.node();
    callBags.set(key, bag);
    for (const arg of argumentsOf(args)) graph.edge(node(args.file, arg.value), bag);
    return bag;
  };

  /** Everything given to a call reaches unseen code; returns the node that holds it. */
  const leaveBy = (args: Arguments): number => {
    const bag = bagOf(args);
    leave(bag);
    for (const arg of argumentsOf(args)) {
      if (arg.kind !== ArgKind.Keyword || arg.name !== 'default') continue;
      graph.listen(node(args.file, arg.value), id => {
        const token = tokens.get(id);
        if (token.kind === 'function') handBack(token.file, token.fn, 0, bag);
        else if (token.kind === 'bound') handBack(token.file, token.fn, 1, bag);
      });
    }
    return bag;
  };
  /** The hook of a serialiser, `json.dumps(x, default=plain)`: it is handed every object in `x`, and every object in
   *  what it gives back. */
  const handBack = (file: WorldFile, fn: number, given: number, bag: number): void => {
    const objects = graph.node();
    graph.filter(objects, id => tokens.get(id).kind === 'instance');
    graph.edge(bag, objects);
    apply(file, fn, given, [objects], bag);
  };

  const leave = (bag: number): void => {
    if (escaping.has(bag)) return;
    escaping.add(bag);
    const passed = passedFrom(bag);
    graph.listen(bag, id => {
      const token = tokens.get(id);
      switch (token.kind) {
        case 'bag':
          // the functions of a property are called through the class that holds it
          if (token.type === 'builtins.property') return;
          graph.edge(token.items, bag);
          graph.edge(token.keys, bag);
          for (const p of token.places ?? []) graph.edge(p, bag);
          return;
        case 'function':
        case 'bound':
          return callUnseen(token.file, token.fn, token.kind === 'bound' ? 1 : 0, passed);
        case 'class':
          // a subclass of a framework's class: the framework calls its methods with what it is given
          return methodsUnseen(token.cls, bag, passed);
        case 'partial':
          for (const arg of argumentsOf({ file: token.file, call: token.call, skip: 0 }))
            graph.edge(node(token.file, arg.value), bag);
          return;
        default:
          return;
      }
    });
  };
  /** What unseen code may pass on of what it is given: instances of the world, unless they are a crowd (functions and
   *  modules would connect everything with everything). */
  const passedFrom = (bag: number): number => {
    const passed = graph.node();
    graph.guard(passed, () => false, MOST_PASSED);
    graph.filter(passed, id => tokens.get(id).kind === 'instance');
    graph.edge(bag, passed);
    flow.passing.set(passed, bag);
    return passed;
  };
  /** Methods that override one of a class outside the world are called by it. */
  const methodsUnseen = (cls: WorldClass, bag: number, passed: number): void => {
    const outside = cls.mro.filter(e => e.kind !== 'class');
    const overrides = (name: string): boolean =>
      outside.some(e =>
        e.kind === 'unknown' ? !name.startsWith('_') : e.layouts.some(l => l.members.includes(name)),
      );
    for (const m of cls.fact.members) {
      if (m.kind !== 'function' || !overrides(m.name)) continue;
      const given = takesInstance(members.kindOf(cls, m)!) ? 1 : 0;
      const fn = row(cls.file, m.value).a;
      // json.JSONEncoder.default
      if (m.name === 'default') handBack(cls.file, fn, given, bag);
      callUnseen(cls.file, fn, given, passed);
    }
  };
  const callUnseen = (file: WorldFile, fn: number, given: number, passed: number): void => {
    const fact = file.facts.functions[fn]!;
    fact.parameters.slice(given).forEach(p => {
      const variable = flow.variableNode(file, p.variable);
      const inner = p.kind === 'star' || p.kind === 'doubleStar';
      const to = inner ? parameterBag(variable, p.kind === 'doubleStar').items : variable;
      graph.edge(passed, to);
      graph.add(to, UNKNOWN);
    });
  };

  const construct = (cls: WorldClass, args: Arguments, into: number): void => {
    flow.instantiated.add(cls);
    const made = { file: args.file, at: row(args.file, args.call).at };
    const others = flow.constructed.get(cls);
    if (!others) flow.constructed.set(cls, [made]);
    else if (others.length < 2 && !others.some(o => o.file === made.file && o.at === made.at))
      others.push(made);
    graph.add(into, tokens.id({ kind: 'instance', cls }));
    let seen = false;
    let outside = false;
    for (const entry of cls.mro) {
      if (entry.kind !== 'class') {
        outside ||= entry.kind === 'unknown' || entry.layouts[0]?.members.length !== 0;
        continue;
      }
      for (const name of ['__init__', '__new__']) {
        const m = entry.cls.members.get(name);
        if (m?.kind !== 'function' || (seen && name === '__init__')) continue;
        const fn = row(entry.cls.file, m.value).a;
        bind(entry.cls.file, fn, 1, args, name === '__new__' ? into : graph.node());
        seen = true;
      }
      if (seen) break;
    }
    if (seen) return;
    const parameters = parametersOf(cls);
    const positional = parameters.filter(p => !p.keywordOnly);
    const fields = parameters.filter(p => p.isField).map(p => p.name);
    let at = 0;
    for (const arg of argumentsOf(args)) {
      const from = node(args.file, arg.value);
      if (arg.kind === ArgKind.Positional && at < positional.length) {
        const p = positional[at++]!;
        if (p.isField) graph.edge(from, members.field(cls, p.name));
      } else if (arg.kind === ArgKind.Keyword) graph.edge(from, members.field(cls, arg.name));
      else for (const name of fields) contents(from, members.field(cls, name));
    }
    if (outside) leaveBy(args);
  };

  /** Parameters of a generated `__init__`, bases first; a parameter declared anew keeps its place. */
  const parametersOf = (cls: WorldClass): Parameter[] => {
    const found = new Map<string, Parameter>();
    for (const entry of [...cls.mro].reverse())
      if (entry.kind === 'class') for (const p of entry.cls.parameters) found.set(p.name, p);
    return [...found.values()];
  };

  const resultBag = (file: WorldFile, call: number, type: string): Token & { kind: 'bag' } => {
    const key = `${file.index}:${call}:${type}`;
    const known = resultBags.get(key);
    const id = known ?? newBag(flow, type);
    const bag = tokens.get(id) as Token & { kind: 'bag' };
    if (known === undefined)
      flow.made.push({ type, items: bag.items, keys: bag.keys, file, at: row(file, call).at });
    resultBags.set(key, id);
    return bag;
  };

  /** The names that an argument may be, or null when its text is computed. */
  const names = (file: WorldFile, arg: Argument | undefined): readonly string[] | null =>
    arg ? literalNames(file, arg.value, flow.resolver) : null;

  const storeNamed = (
    receiver: number,
    attrs: readonly string[] | null,
    site: { readonly file: WorldFile; readonly value: number; readonly at: number },
  ): void => {
    for (const attr of attrs ?? []) graph.listen(receiver, id => onStore(id, { ...site, attr, receiver }));
  };

  /** `setattr(receiver, name, ...)` */
  const storeOn = (
    file: WorldFile,
    list: readonly Argument[],
    site: { readonly file: WorldFile; readonly value: number; readonly at: number },
  ): void => {
    if (!list[0] || !list[1]) return;
    storeNamed(
      node(file, list[0].value),
      storedNames(file, list[0].value, list[1].value, flow.resolver),
      site,
    );
  };

  /** Test tools that store under a literal name: `monkeypatch.setattr(x, "name", v)`, `mock.patch.object(x, "name")`,
   *  and with a dotted one `mock.patch("shop.cart.Cart.total")`. */
  const patches = (file: WorldFile, call: number): void => {
    const written = spelling(file, row(file, call).a);
    if (!/\b(patch|patch\.object|setattr|delattr)$/.test(written)) return;
    const list = argumentsOf({ file, call, skip: 0 });
    const [target, name] = list;
    const at = row(file, call).at;
    const dotted = target && opAt(file, target.value) === Op.Str ? names(file, target)?.[0] : undefined;
    if (dotted !== undefined)
      return patchDotted(dotted, { file, value: name?.value ?? -1, at }, mayCreate(file, list, 3));
    if (!name || written.endsWith('.patch')) return;
    storeOn(file, list, { file, value: list[2]?.value ?? name.value, at });
  };
  /** A store under the last of dotted names, on what the others stand for. */
  const patchDotted = (
    dotted: string,
    site: { readonly file: WorldFile; readonly value: number; readonly at: number },
    creates: boolean,
  ): void => {
    const parts = dotted.split('.');
    const attr = parts.pop()!;
    for (let count = parts.length; count > 0; count--) {
      const name = parts.slice(0, count).join('.');
      const modules: readonly Meaning[] =
        name === '__main__' ? [{ kind: 'module', file: site.file }] : flow.resolver.module(name, site.file);
      if (!modules.some(m => m.kind === 'module')) continue;
      let holder = graph.node();
      for (const m of modules) members.meaning(m, holder);
      for (const part of parts.slice(count)) {
        const [from, to] = [holder, graph.node()];
        graph.listen(from, id => members.read(id, part, to, from, true));
        holder = to;
      }
      flow.patched.push({ holder, attr, creates, file: site.file, at: site.at });
      return storeNamed(holder, [attr], site);
    }
  };

  const external = (dotted: string, file: WorldFile, call: number, into: number): void => {
    const args: Arguments = { file, call, skip: 0 };
    const list = argumentsOf(args);
    const first = list[0] ? node(file, list[0].value) : null;
    const at = row(file, call).at;
    switch (dotted) {
      case 'builtins.getattr': {
        const known = names(file, list[1]);
        if (list[2]) graph.edge(node(file, list[2].value), into);
        if (first === null) return;
        if (known === null) return graph.add(into, UNKNOWN);
        for (const name of known) graph.listen(first, id => members.read(id, name, into, first));
        return;
      }
      case 'builtins.setattr':
      case 'builtins.object.__setattr__':
      case 'builtins.type.__setattr__': {
        return storeOn(file, list, { file, value: list[2]?.value ?? -1, at });
      }
      case 'builtins.delattr':
      case 'builtins.object.__delattr__': {
        return storeOn(file, list, { file, value: -1, at });
      }
      case 'builtins.vars':
        if (first !== null) graph.listen(first, id => members.read(id, '__dict__', into, first));
        return;
      case 'builtins.type':
        if (list.length >= 3) {
          noteCombination(file, call, list[1]!.value);
          return graph.add(into, UNKNOWN);
        }
        if (first !== null) graph.listen(first, id => members.read(id, '__class__', into, first));
        return;
      case 'builtins.super':
        if (list.length === 2 && list[1]) {
          const receiver = node(file, list[1].value);
          graph.listen(node(file, list[0]!.value), id => {
            const token = tokens.get(id);
            if (token.kind === 'class')
              graph.add(into, tokens.id({ kind: 'super', cls: token.cls, receiver }));
          });
        }
        return;
      case 'typing.cast':
      case 'typing_extensions.cast':
        return castTo(file, list, into);
      case 'builtins.property': {
        const result = resultBag(file, call, dotted);
        for (const arg of list) graph.edge(node(file, arg.value), result.items);
        return graph.add(into, tokens.id(result));
      }
      case 'functools.partial':
      case 'functools.partialmethod':
        return graph.add(into, tokens.id({ kind: 'partial', file, call }));
      case 'importlib.import_module':
      case 'builtins.__import__': {
        const known = names(file, list[0]);
        for (const name of known ?? []) {
          const module = dotted === 'builtins.__import__' ? name.split('.')[0]! : name;
          for (const m of flow.resolver.module(module, file)) members.meaning(m, into);
        }
        if (!known) graph.add(into, UNKNOWN);
        return;
      }
      case 'pickle.dumps': {
        const result = resultBag(file, call, dotted);
        if (first !== null) graph.edge(first, result.items);
        return graph.add(into, tokens.id(result));
      }
      case 'pickle.loads':
        if (first !== null)
          graph.listen(first, id => {
            const token = tokens.get(id);
            if (token.kind === 'bag' && token.type === 'pickle.dumps') graph.edge(token.items, into);
            else graph.add(into, UNKNOWN);
          });
        return;
      case 'builtins.map':
      case 'builtins.enumerate':
      case 'builtins.zip':
        return iteratorCall(dotted, file, call, list, into);
      default:
        break;
    }
    if (/\bmock\.patch(\.object)?$/.test(dotted)) patches(file, call);
    if (/\.__new__$/.test(dotted)) return newInstance(first, into);
    if (describesField(dotted)) fieldDefault(file, list, into);
    if (/^attrs?\.Factory$/.test(dotted) && first !== null) graph.listen(first, id => call1(id, into));
    if (/^builtins\.\w+\.__init__$/.test(dotted)) return;
    const bag = bagOf(args);
    switch (externalKind(dotted, layouts.find(dotted) !== null)) {
      case 'plain':
        keyFunctions(list, file, bag);
        return graph.add(into, FOREIGN);
      case 'collect': {
        const result = resultBag(file, call, dotted);
        for (const arg of list)
          if (arg.kind !== ArgKind.Keyword) elements(node(file, arg.value), result.items);
        keyFunctions(list, file, result.items);
        return graph.add(into, tokens.id(result));
      }
      case 'pick':
        for (const arg of list) {
          graph.edge(node(file, arg.value), into);
          elements(node(file, arg.value), into);
        }
        return keyFunctions(list, file, into);
      case 'same':
        if (first !== null) graph.edge(first, into);
        for (const arg of list.slice(1)) graph.edge(node(file, arg.value), bag);
        return;
      case 'mapping': {
        const result = resultBag(file, call, dotted);
        for (const arg of list) {
          const from = node(file, arg.value);
          if (arg.kind === ArgKind.Keyword) graph.edge(from, result.items);
          else fillMapping(from, result);
        }
        if (dotted === 'collections.defaultdict' && list[0])
          graph.listen(node(file, list[0].value), id => call1(id, result.items));
        return graph.add(into, tokens.id(result));
      }
      case 'object': {
        const result = resultBag(file, call, dotted);
        graph.edge(bag, result.items);
        leave(bag);
        return graph.add(into, tokens.id(result));
      }
      case 'unknown':
        leaveBy(args);
        return graph.add(into, UNKNOWN);
    }
  };

  /** What `field(default_factory=Leaf)` or `attr.ib(factory=Leaf)` gives to instances of its own accord. */
  const fieldDefault = (file: WorldFile, list: readonly Argument[], into: number): void => {
    list.forEach((arg, i) => {
      const from = node(file, arg.value);
      if (arg.name === 'default' || (i === 0 && arg.kind === ArgKind.Positional)) graph.edge(from, into);
      if (/^(default_factory|factory|converter)$/.test(arg.name)) graph.listen(from, id => call1(id, into));
    });
  };

  /** Calls something without arguments. */
  const call1 = (id: number, into: number): void => {
    const token = tokens.get(id);
    if (token.kind === 'function') apply(token.file, token.fn, 0, [], into);
    else if (token.kind === 'bound') apply(token.file, token.fn, 1, [], into);
    else if (token.kind === 'class') {
      flow.instantiated.add(token.cls);
      graph.add(into, tokens.id({ kind: 'instance', cls: token.cls }));
      const m = members.lookup(token.cls, '__init__')[0];
      if (m?.fact.kind === 'function')
        apply(m.cls.file, row(m.cls.file, m.fact.value).a, 1, [], graph.node());
    } else if (token.kind === 'external') graph.add(into, newBag(flow, token.dotted));
  };

  const fillMapping = (from: number, into: Token & { kind: 'bag' }): void => {
    if (!flow.once(`mapping ${from} ${into.items}`)) return;
    graph.listen(from, id => {
      const token = tokens.get(id);
      if (token.kind === 'bag' && isMapping(token.type)) {
        graph.edge(token.items, into.items);
        graph.edge(token.keys, into.keys);
        return;
      }
      const pair = graph.node();
      elementsOf(id, pair, -1);
      elements(pair, into.keys, 0);
      elements(pair, into.items, 1);
    });
  };

  /** Functions among the arguments (`key=`, predicates) are called with what is at `bag`. */
  const keyFunctions = (list: readonly Argument[], file: WorldFile, bag: number): void => {
    for (const arg of list)
      graph.listen(node(file, arg.value), id => {
        const token = tokens.get(id);
        if (token.kind !== 'function' && token.kind !== 'bound') return;
        const spreadBag = graph.node();
        graph.edge(bag, spreadBag);
        for (const other of list) elements(node(file, other.value), spreadBag);
        const params = token.file.facts.functions[token.fn]!.parameters.slice(token.kind === 'bound' ? 1 : 0);
        flow.called.add(functionKey(token.file, token.fn));
        for (const p of params)
          if (p.kind === 'positional') graph.edge(spreadBag, flow.variableNode(token.file, p.variable));
      });
  };

  const castTo = (file: WorldFile, list: readonly Argument[], into: number): void => {
    const type = list[0];
    const from = list[1];
    if (!type || !from) return;
    const told = flow.resolver
      .value(file, type.value)
      .filter(m => m.kind === 'class')
      .map(flow.classOf);
    if (!told.length) return graph.edge(node(file, from.value), into);
    for (const cls of told) graph.add(into, tokens.id({ kind: 'instance', cls }));
    // a stand-in for the class that is told
    const isRelated = (cls: WorldClass): boolean =>
      told.some(t => t === cls || t.descendants.includes(cls) || cls.descendants.includes(t));
    graph.listen(node(file, from.value), id => {
      const token = tokens.get(id);
      if (token.kind === 'instance' && !isRelated(token.cls)) graph.add(into, id);
    });
  };

  const iteratorCall = (
    dotted: string,
    file: WorldFile,
    call: number,
    list: readonly Argument[],
    into: number,
  ): void => {
    const result = resultBag(file, call, 'builtins.list');
    if (dotted === 'builtins.map' && list[0]) {
      const args = list.slice(1).map(arg => {
        const element = graph.node();
        elements(node(file, arg.value), element);
        return element;
      });
      graph.listen(node(file, list[0].value), id => {
        const token = tokens.get(id);
        if (token.kind === 'function') apply(token.file, token.fn, 0, args, result.items);
        else if (token.kind === 'bound') apply(token.file, token.fn, 1, args, result.items);
        else if (token.kind === 'class') {
          call1(id, result.items);
          const m = members.lookup(token.cls, '__init__')[0];
          if (m?.fact.kind === 'function')
            apply(m.cls.file, row(m.cls.file, m.fact.value).a, 1, args, graph.node());
        } else if (token.kind === 'unknown') graph.add(result.items, UNKNOWN);
      });
    } else {
      const places = list.filter(a => a.kind === ArgKind.Positional).map(() => graph.node());
      if (dotted === 'builtins.enumerate') places.unshift(graph.node());
      list.forEach((arg, i) => {
        const place = places[dotted === 'builtins.enumerate' ? 1 : i];
        if (place !== undefined && arg.kind === ArgKind.Positional) elements(node(file, arg.value), place);
      });
      graph.add(result.items, newBag(flow, 'tuple', { places }));
    }
    graph.add(into, tokens.id(result));
  };

  const newInstance = (first: number | null, into: number): void => {
    if (first === null) return;
    graph.listen(first, id => {
      const token = tokens.get(id);
      if (token.kind !== 'class') return;
      flow.instantiated.add(token.cls);
      graph.add(into, tokens.id({ kind: 'instance', cls: token.cls }));
    });
  };

  const externalMethod = (
    token: Token & { kind: 'externalMethod' },
    file: WorldFile,
    call: number,
    into: number,
  ): void => {
    const args: Arguments = { file, call, skip: 0 };
    const list = argumentsOf(args);
    const name = token.dotted.slice(token.dotted.lastIndexOf('.') + 1);
    const at = row(file, call).at;
    if (name === '__new__') return newInstance(list[0] ? node(file, list[0].value) : token.receiver, into);
    if (name === '__setattr__' || name === '__delattr__') {
      return storeNamed(token.receiver, names(file, list[0]), { file, value: list[1]?.value ?? -1, at });
    }
    if (name === '__init__' && token.dotted === 'builtins.object.__init__') return;
    const bag = leaveBy(args);
    // inherited code calls the methods of the class it is inherited by
    const passed = passedFrom(bag);
    graph.listen(token.receiver, id => {
      const receiver = tokens.get(id);
      if (receiver.kind === 'instance' && flow.once(`inherited ${token.dotted} ${receiver.cls.index} ${bag}`))
        methodsUnseen(receiver.cls, bag, passed);
    });
    graph.add(into, UNKNOWN);
  };
  const bagMethod = (
    token: Token & { kind: 'bagMethod' },
    file: WorldFile,
    call: number,
    into: number,
  ): void => {
    const bag = tokens.get(token.bag) as Token & { kind: 'bag' };
    const list = argumentsOf({ file, call, skip: 0 });
    const { name } = token;
    if (isMapping(bag.type) && (name === 'items' || name === 'popitem')) {
      const pair = newBag(flow, 'tuple', { places: [bag.keys, bag.items] });
      if (name === 'popitem') return graph.add(into, pair);
      const result = resultBag(file, call, 'builtins.list');
      graph.add(result.items, pair);
      return graph.add(into, tokens.id(result));
    }
    if (isMapping(bag.type) && (name === 'keys' || name === 'values')) {
      const result = resultBag(file, call, 'builtins.list');
      graph.edge(name === 'keys' ? bag.keys : bag.items, result.items);
      return graph.add(into, tokens.id(result));
    }
    const keyed = isMapping(bag.type) && /^(get|pop|setdefault|__getitem__|__setitem__)$/.test(name);
    const take = (arg: Argument, i: number): void => {
      const from = node(file, arg.value);
      if (keyed && i === 0) return graph.edge(from, bag.keys);
      if (keyed) {
        if (name === 'setdefault' || name === '__setitem__') graph.edge(from, bag.items);
        return graph.edge(from, into);
      }
      if (!TAKES_ELEMENTS.has(name)) return graph.edge(from, bag.items);
      if (arg.kind === ArgKind.Keyword) return graph.edge(from, bag.items);
      return isMapping(bag.type) ? fillMapping(from, bag) : elements(from, bag.items);
    };
    for (const [i, arg] of list.entries()) take(arg, i);
    keyFunctions(list, file, bag.items);
    if (GIVES_ITEMS.has(name)) {
      graph.edge(bag.items, into);
      for (const p of bag.places ?? []) graph.edge(p, into);
      graph.add(into, FOREIGN);
    } else if (GIVES_SAME.has(name)) graph.add(into, token.bag);
    if (!isPlainContainer(bag.type) && bag.type !== 'tuple') {
      leaveBy({ file, call, skip: 0 });
      graph.edge(bag.items, into);
      graph.add(into, UNKNOWN);
    }
  };

  const noteCombination = (file: WorldFile, call: number, bases: number): void => {
    const found = graph.node();
    elements(node(file, bases), found);
    flow.combined.push({
      file,
      at: row(file, call).at,
      name: 'type()',
      fixed: [],
      open: [found],
      many: true,
    });
  };

  const callToken = (file: WorldFile, call: number, id: number): void => {
    const token = tokens.get(id);
    const into = node(file, call);
    const args: Arguments = { file, call, skip: 0 };
    switch (token.kind) {
      case 'unknown':
      case 'foreign':
        patches(file, call);
        leaveBy(args);
        return graph.add(into, UNKNOWN);
      case 'function':
        return bind(token.file, token.fn, 0, args, into);
      case 'bound':
        bind(token.file, token.fn, 1, args, into);
        return;
      case 'class':
        return construct(token.cls, args, into);
      case 'instance': {
        const found = members.lookup(token.cls, '__call__');
        for (const m of found)
          if (m.fact.kind === 'function') bind(m.cls.file, row(m.cls.file, m.fact.value).a, 1, args, into);
        if (!found.length) graph.add(into, UNKNOWN);
        return;
      }
      case 'external':
        return external(token.dotted, file, call, into);
      case 'externalMethod':
        return externalMethod(token, file, call, into);
      case 'bagMethod':
        return bagMethod(token, file, call, into);
      case 'bag':
        if (token.type === 'weakref.ref' || token.type === 'weakref.WeakMethod')
          return graph.edge(token.items, into);
        leaveBy(args);
        return graph.add(into, UNKNOWN);
      case 'partial': {
        const given = argumentsOf({ file: token.file, call: token.call, skip: 0 });
        const callee = given[0];
        if (!callee) return;
        graph.listen(node(token.file, callee.value), inner =>
          partialCall(inner, token, given.length - 1, args, into),
        );
        return;
      }
      case 'module':
      case 'super':
        return graph.add(into, UNKNOWN);
    }
  };
  const partialCall = (
    inner: number,
    token: Token & { kind: 'partial' },
    count: number,
    args: Arguments,
    into: number,
  ): void => {
    const callee = tokens.get(inner);
    if (callee.kind === 'class') return construct(callee.cls, args, into);
    if (callee.kind !== 'function' && callee.kind !== 'bound') return graph.add(into, UNKNOWN);
    const shift = callee.kind === 'bound' ? 1 : 0;
    bind(callee.file, callee.fn, shift, { file: token.file, call: token.call, skip: 1 }, into, true);
    bind(callee.file, callee.fn, shift + count, args, into, true);
  };

  return { call: callToken, apply, leave, elements, parameterBag };
}

/** True for `x[1:2]` and other indexes that give a part of the same kind. */
export const isSlice = (file: WorldFile, index: number): boolean =>
  opAt(file, index) === Op.Const && row(file, index).a === ConstKind.Ellipsis;
