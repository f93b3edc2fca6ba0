// One search of origins.ts: back from a node along values, through code that is not seen, to what that was given.
import { withoutLast } from '../../model/dotted.js';
import { ACT_WIDTH, Act, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above, outsideOf } from '../../slots.js';
import type { Belief } from '../flow/belief.js';
import type { Solved } from '../flow/solve.js';
import { type Token, UNKNOWN } from '../flow/tokens.js';
import { argumentsOf, objectKey, opAt, row, stringAt } from '../index-file.js';
import { newHandOvers } from './hand-overs.js';
import { newLoaded } from './loaded.js';
import { parameterFinder } from './parameters.js';
import { newPlainData } from './plain-data.js';
import { MOST_PLACES, newTallies } from './tally.js';
import { newUnseenCode } from './unseen-code.js';

/** Functions that give the variables of where they are called. */
const NAMESPACES: ReadonlySet<string> = new Set(
  ['locals', 'globals', 'vars', 'eval', 'exec'].map(name => `builtins.${name}`),
);

/** Of these, those that give what their own scope binds. */
const OF_SCOPE: ReadonlySet<string> = new Set(['builtins.locals']);

/** Those that give the variables of what they are given. */
const OF_OBJECT: ReadonlySet<string> = new Set(['builtins.vars']);

/** Functions that read an attribute, or call a method, of the object that they or their result is given. */
const READERS: ReadonlySet<string> = new Set([
  'builtins.getattr',
  'operator.attrgetter',
  'operator.methodcaller',
  'inspect.getattr_static',
  'inspect.getmembers',
  'dataclasses.fields',
  'dataclasses.asdict',
  'dataclasses.astuple',
]);

const GIVING_STATE: readonly string[] = ['__getstate__', '__reduce__', '__reduce_ex__'];

/** Functions that give the exception that is being handled, and attributes that hold one. */
const EXCEPTION_NOW: ReadonlySet<string> = new Set(['sys.exc_info', 'sys.exception']);
const OF_EXCEPTIONS: ReadonlySet<string> = new Set(['__cause__', '__context__', 'exceptions']);

/** How far a search goes: along values, also where only names tell what is meant, also to what is put into an object in
 *  other functions and files. What goes further counts where it does not lead too far. */
export type Reach = 'near' | 'named' | 'anywhere';

/** The classes that a search from a node comes upon; null when it has come to more than one that knows its aim would. */
export type Search = (start: number, reach: Reach) => ReadonlySet<WorldClass> | null;

export function newSearch(solved: Solved, live: readonly WorldFile[], belief: Belief): Search {
  const { flow, layouts, members } = solved;
  const { graph, resolver, tokens } = flow;
  const lastValue = flow.files.length ? flow.variableNode(flow.files[0]!, 0) : 0;

  const isUnseen = newUnseenCode(flow);
  const handOvers = newHandOvers(solved, live, isUnseen);
  const loaded = newLoaded(solved, belief);
  const tallyOf = newTallies(solved, live, belief);
  const parameterAt = parameterFinder(flow);
  const isPlainData = newPlainData(flow, parameterAt);

  const holds = (node: number, ...kinds: Token['kind'][]): boolean =>
    graph.tokens(node).some(id => kinds.includes(tokens.get(id).kind));
  /** Whether something that is not known stands at a node, or a module of which as much is read. */
  const isOpen = (node: number): boolean => graph.has(node, UNKNOWN) || graph.has(node, flow.someModule);

  const search: Search = (start, reach) => {
    const wide = reach !== 'near';
    const seen = new Set<number>();
    /** Of these, what stands at the start itself, not in what is gone into. */
    const itself = new Set<number>();
    const tally = tallyOf();
    const { count, countInside, countParts, countExceptions } = tally;
    const classes = new Set<WorldClass>();
    const isLost = (): boolean => seen.size > MOST_PLACES || tally.isLost();

    /** What is handed to unseen code, and what that comes from. */
    const given = (at: WorldFile, v: number): void => {
      count(flow.valueNode(at, v));
      walk(at, v);
    };

    /** An object of unseen code: what was put into it may come out of it. */
    const through = (at: WorldFile, v: number): void => {
      const node = flow.valueNode(at, v);
      for (const id of graph.tokens(node)) countInside(tokens.get(id));
      walk(at, v);
      const key = objectKey(at, v);
      if (holds(node, 'instance', 'class') && !isUnseen(node)) return;
      if (key !== null) for (const put of handOvers.handedIn(at).get(key) ?? []) given(at, put);
      throughNode(node);
    };

    /** The same for what other functions and files put into it. */
    const throughNode = (node: number): void => {
      if (reach !== 'anywhere' || isLost()) return;
      for (const { file, value } of handOvers.handedTo(node)) given(file, value);
      for (const id of graph.tokens(node)) {
        const token = tokens.get(id);
        if (token.kind === 'instance') ofInstances(token.cls);
      }
    };
    const ofInstances = (cls: WorldClass): void => {
      for (const { file, value } of handOvers.handedToInstances(cls)) given(file, value);
    };

    const walk = (at: WorldFile, v: number): void => walkNode(flow.valueNode(at, v));

    const walkNode = (node: number, isStart = false): void => {
      if (isLost() || isPlainData(node)) return;
      if (seen.has(node) && (isStart || !itself.delete(node))) return;
      seen.add(node);
      if (isStart) itself.add(node);
      const tracesUnknown = isOpen(node);
      for (const source of graph.sources(node))
        if (!tracesUnknown || isOpen(source)) walkNode(source, isStart);
      if (node >= lastValue) return handedOver(node);
      const origin = flow.constraint(node);
      if ('value' in origin) operands(origin.file, origin.value);
    };

    /** A parameter of a function that unseen code calls: it is given what belongs to the object whose method took the
     *  function, what stood beside it, what the object that was made with it is handed later, what other methods of
     *  the object give. */
    const handedOver = (node: number): void => {
      const parameter = parameterAt(node);
      if (!parameter) return;
      const { file: at, fn } = parameter;
      handedState(at, fn);
      for (const { file, value: callee, call } of handOvers.calledWith(at, fn)) {
        if (isLost() || !isUnseen(flow.valueNode(file, callee))) continue;
        if (opAt(file, callee) === Op.Attr) through(file, row(file, callee).a);
        else if (call < 0) walk(file, callee);
        if (call < 0) continue;
        for (const arg of argumentsOf(file, call)) walk(file, arg.value);
        throughNode(flow.valueNode(file, call));
      }
      if (reach !== 'anywhere') return;
      const { cls } = at.facts.functions[fn]!;
      const owner = cls < 0 ? null : flow.classesOf(at)[cls]!;
      for (const c of owner && !isLost() ? [owner, ...owner.descendants] : [])
        if (outsideOf(c).length > 0) {
          ofInstances(c);
          // as a visitor is given what it made of the parts
          for (const one of [c, ...above(c)]) ofMethods(one);
        }
    };

    /** `__setstate__` is handed what other methods of the class give for that. */
    const handedState = (at: WorldFile, fn: number): void => {
      const { cls, name } = at.facts.functions[fn]!;
      if (cls < 0 || name !== '__setstate__') return;
      for (const giver of GIVING_STATE)
        for (const m of members.methods(flow.classesOf(at)[cls]!, giver))
          count(flow.returnNode(m.file, m.fn));
    };

    const operands = (at: WorldFile, v: number): void => {
      const { op, a, b } = row(at, v);
      switch (op) {
        case Op.Attr:
          if (stringAt(at, b) === '__dict__') ofModules(flow.valueNode(at, a));
          tally.countComputed(at, a);
          through(at, a);
          return named(at, a, stringAt(at, b));
        case Op.Sub:
          through(at, a);
          if (wide) through(at, b);
          return tally.countFrameVariable(at, a, b);
        case Op.Iter:
        case Op.Item:
        case Op.Rest:
        case Op.Enter:
        case Op.Await:
        case Op.Field:
        case Op.Narrow:
        case Op.Exclude:
          return through(at, a);
        case Op.Binary:
          through(at, a);
          return through(at, b);
        case Op.Caught:
          return countExceptions();
        case Op.Call:
          return called(at, v, a);
        case Op.Unknown:
          return resumed(at, row(at, v).at);
        default:
          return;
      }
    };

    /** `vars(module)`, `module.__dict__` */
    const ofModules = (node: number): void => {
      for (const id of graph.tokens(node)) {
        const token = tokens.get(id);
        if (token.kind === 'module') tally.countVariables(token.file, -1);
      }
    };

    /** `unknown.name`: what is stored under the name on other unknowns; failing that, what classes keep under it. */
    const named = (at: WorldFile, receiver: number, name: string): void => {
      if (OF_EXCEPTIONS.has(name)) return countExceptions();
      if (!wide || isLost() || holds(flow.valueNode(at, receiver), 'instance')) return;
      for (const site of handOvers.storedAs(name)) count(flow.valueNode(site.file, site.value));
      for (const node of members.named(name)) count(node);
    };

    const called = (at: WorldFile, call: number, callee: number): void => {
      if (itself.has(flow.valueNode(at, call)) && loaded.isModule(at, callee)) return;
      const args = argumentsOf(at, call);
      // `type` and the like keep nothing of what they are given elsewhere
      if (!isPythons(at, callee, args.length > 0)) through(at, callee);
      if ([callee, ...args.map(arg => arg.value)].some(v => isReader(at, v)))
        for (const arg of args) countParts(at, arg.value);
      if (!isLost()) inherited(at, callee);
      if (opAt(at, callee) === Op.Attr && args[0])
        tally.countFrameVariable(at, row(at, callee).a, args[0].value);
      if (isOneOf(EXCEPTION_NOW, at, callee)) countExceptions();
      for (const cls of loaded.by(at, call)) classes.add(cls);
      if (!isUnseen(flow.valueNode(at, callee))) return;
      for (const arg of args) given(at, arg.value);
      const [of] = args;
      if (of && isOneOf(OF_OBJECT, at, callee)) ofModules(flow.valueNode(at, of.value));
      else if (isOneOf(NAMESPACES, at, callee))
        tally.countVariables(at, row(at, call).at, isOneOf(OF_SCOPE, at, callee));
    };

    /** A method that comes from a class outside the world may give what the methods of the class below it give. */
    const inherited = (at: WorldFile, callee: number): void => {
      if (!wide) return;
      const node = flow.valueNode(at, callee);
      for (const id of graph.tokens(node)) {
        const token = tokens.get(id);
        if (token.kind === 'externalMethod') ofReceivers(token.receiver);
      }
      if (opAt(at, callee) === Op.Attr && graph.has(node, UNKNOWN))
        ofReceivers(flow.valueNode(at, row(at, callee).a));
    };

    /** The methods of those at a node whose classes have others outside the world above them. */
    const ofReceivers = (node: number): void => {
      for (const id of belief.tokens(node)) {
        const holder = tokens.get(id);
        if (holder.kind === 'instance' && outsideOf(holder.cls).length > 0) ofMethods(holder.cls);
      }
    };

    const ofMethods = (cls: WorldClass): void => {
      tally.countResults(cls);
      for (const node of tally.resultsOf(cls)) walkNode(node);
    };

    /** `row = yield`, `row = yield from rows()`, `row = yield store.get()`: what is sent, what the other generator gives
     *  at its end, what a scheduler gets out of the request. */
    const resumed = (at: WorldFile, offset: number): void => {
      const { acts, functions } = at.facts;
      for (let i = 0; i < acts.length; i += ACT_WIDTH)
        if (acts[i + 4] === offset && acts[i + 2]! >= 0) {
          if (acts[i] === Act.YieldFrom || acts[i] === Act.Yield) through(at, acts[i + 2]!);
          if (acts[i] === Act.YieldFrom) return;
        }
      if (!functions.some(fn => fn.isGenerator && fn.at <= offset && offset < fn.end)) return;
      for (const each of handOvers.sends()) given(each.file, each.value);
    };

    walkNode(start, true);
    return isLost() ? null : new Set([...tally.found, ...classes]);
  };

  /** `getattr(x, name)`, `operator.attrgetter(name)(x)` */
  const isReader = (file: WorldFile, callee: number): boolean => {
    const maker = opAt(file, callee) === Op.Call ? row(file, callee).a : callee;
    return isOneOf(READERS, file, maker);
  };
  const isOneOf = (names: ReadonlySet<string>, file: WorldFile, value: number): boolean =>
    resolver.value(file, value).some(m => m.kind === 'external' && names.has(m.dotted));

  /** A function of Python's own; of its library, those that are given something here: others, as
   *  `decimal.getcontext()`, may give what their module was given before. */
  const isPythons = (file: WorldFile, value: number, isGiven: boolean): boolean =>
    resolver.value(file, value).some(m => {
      if (m.kind !== 'external') return false;
      return m.dotted.startsWith('builtins.') || (isGiven && layouts.isModule(withoutLast(m.dotted)));
    });

  return search;
}
