// Whose instances may have gone through code that is not seen and come back: the result of a task, what a namespace
// or a queue of a library holds, the arguments of an exception.
import { ACT_WIDTH, Act, Op } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { Belief } from '../flow/belief.js';
import type { Solved } from '../flow/solve.js';
import { type Token, UNKNOWN } from '../flow/tokens.js';
import { argumentsOf, opAt, receiverKey, row, stringAt, valueCount } from '../index-file.js';

export interface Origins {
  /** Classes of what was given to the unseen code that a value comes from; empty where value flow knows the value. */
  readonly of: (file: WorldFile, value: number) => ReadonlySet<WorldClass>;
  /** The same for what stands at a node. */
  readonly behind: (node: number) => ReadonlySet<WorldClass>;
}

/** A walk that comes to more places than this stops: it has lost its aim. */
const MOST_PLACES = 60;
/** So does one that comes to more classes. */
const MOST_CLASSES = 8;

/** Functions that give the variables of where they are called. */
const NAMESPACES: ReadonlySet<string> = new Set(
  ['locals', 'globals', 'vars', 'eval', 'exec'].map(name => `builtins.${name}`),
);

/** Functions that read an attribute, or call a method, of the object that they or their result is given. */
const READERS: ReadonlySet<string> = new Set([
  'builtins.getattr',
  'operator.attrgetter',
  'operator.methodcaller',
]);

/** Types of objects that carry what they were made with to a handler far away. */
const EXCEPTIONS = /(Error|Exception|Warning|Interrupt|Exit|Iteration)$/;

/** A value of a file. */
interface Site {
  readonly file: WorldFile;
  readonly value: number;
}

export function newOrigins({ flow, members }: Solved, live: readonly WorldFile[], belief: Belief): Origins {
  const { graph, resolver, tokens } = flow;
  const lastValue = flow.files.length ? flow.variableNode(flow.files[0]!, 0) : 0;
  const handed = new Map<number, ReadonlyMap<string, readonly number[]>>();
  const known = new Map<number, ReadonlySet<WorldClass>>();
  let sent: Site[] | null = null;

  /** Values that a file stores on a receiver, puts into it or hands to one of its methods, by receiver. */
  const handedIn = (file: WorldFile): ReadonlyMap<string, readonly number[]> => {
    const before = handed.get(file.index);
    if (before) return before;
    const found = new Map<string, number[]>();
    const put = (receiver: number, value: number): void => {
      const key = receiverKey(file, receiver);
      if (key !== null && value >= 0) addTo(found, key, value);
    };
    for (const { call, base } of methodCalls(file))
      if (isUnseen(flow.valueNode(file, row(file, call).a)))
        for (const arg of argumentsOf(file, call)) put(base, arg.value);
    const { acts } = file.facts;
    for (let i = 0; i < acts.length; i += ACT_WIDTH)
      if (acts[i] === Act.Store || acts[i] === Act.StoreItem) put(acts[i + 1]!, acts[i + 3]!);
    handed.set(file.index, found);
    return found;
  };

  /** What is sent into generators, wherever. */
  const sends = (): readonly Site[] => {
    if (sent) return sent;
    sent = [];
    for (const file of live)
      for (const { call, name } of methodCalls(file))
        if (/^a?send$/.test(name))
          for (const { value } of argumentsOf(file, call)) sent.push({ file, value });
    return sent;
  };

  /** Whether what stands at a node is, or may be, code that is not seen. */
  const isUnseen = (node: number): boolean => {
    for (const id of graph.tokens(node)) {
      const token = tokens.get(id);
      if (token.kind === 'class' || token.kind === 'instance') {
        if (token.cls.mro.some(e => e.kind !== 'class')) return true;
      } else if (token.kind !== 'function' && token.kind !== 'bound' && token.kind !== 'module') return true;
    }
    return graph.size(node) === 0;
  };

  const holdsInstance = (node: number): boolean =>
    [...graph.tokens(node)].some(id => tokens.get(id).kind === 'instance');

  const find = (start: number): ReadonlySet<WorldClass> => {
    const found = new Set<WorldClass>();
    const seen = new Set<number>();
    const counted = new Set<number>();

    /** Instances at a node, in containers there, and those that functions and classes there give when called. */
    const count = (node: number): void => {
      if (counted.has(node) || counted.size > MOST_PLACES) return;
      counted.add(node);
      for (const id of belief.tokens(node)) {
        const token = tokens.get(id);
        if (token.kind === 'instance' || token.kind === 'class') found.add(token.cls);
        else countInside(token);
      }
    };
    /** What a container holds, what a function gives. */
    const countInside = (token: Token): void => {
      if (token.kind === 'bag')
        for (const inner of [token.items, token.keys, ...(token.places ?? [])]) count(inner);
      else if (token.kind === 'function' || token.kind === 'bound')
        count(flow.returnNode(token.file, token.fn));
      else if (token.kind === 'partial')
        for (const arg of argumentsOf(token.file, token.call)) count(flow.valueNode(token.file, arg.value));
    };
    /** What the instances at a value keep and what their methods give. */
    const countParts = (at: WorldFile, v: number): void => {
      for (const id of belief.tokens(flow.valueNode(at, v))) {
        const token = tokens.get(id);
        if (token.kind !== 'instance') continue;
        count(members.everything(token.cls));
        for (const name of token.cls.members.keys())
          for (const method of members.methods(token.cls, name))
            count(flow.returnNode(method.file, method.fn));
      }
    };

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
      const key = receiverKey(at, v);
      if (key === null || (holdsInstance(node) && !isUnseen(node))) return;
      for (const put of handedIn(at).get(key) ?? []) given(at, put);
    };

    const walk = (at: WorldFile, v: number): void => walkNode(flow.valueNode(at, v));

    const walkNode = (node: number): void => {
      if (seen.has(node) || seen.size > MOST_PLACES) return;
      seen.add(node);
      const tracesUnknown = graph.has(node, UNKNOWN);
      for (const source of graph.sources(node))
        if (!tracesUnknown || graph.has(source, UNKNOWN)) walkNode(source);
      if (node >= lastValue) return;
      const origin = flow.constraint(node);
      if ('value' in origin) operands(origin.file, origin.value);
    };

    const operands = (at: WorldFile, v: number): void => {
      const { op, a, b } = row(at, v);
      switch (op) {
        case Op.Attr:
        case Op.Sub:
        case Op.Iter:
        case Op.Item:
        case Op.Rest:
        case Op.Enter:
        case Op.Await:
        case Op.Field:
        case Op.Narrow:
          return through(at, a);
        case Op.Binary:
          through(at, a);
          return through(at, b);
        case Op.Caught:
          for (const made of flow.made) if (EXCEPTIONS.test(made.type)) count(made.items);
          return;
        case Op.Call:
          return called(at, v, a);
        case Op.Unknown:
          return resumed(at, row(at, v).at);
        default:
          return;
      }
    };

    const called = (at: WorldFile, call: number, callee: number): void => {
      through(at, callee);
      const args = argumentsOf(at, call);
      if (isReader(at, callee)) for (const arg of args) countParts(at, arg.value);
      if (!isUnseen(flow.valueNode(at, callee))) return;
      for (const arg of args) given(at, arg.value);
      if (isNamespace(at, callee)) countVariables(at, row(at, call).at);
    };

    /** `row = yield`, `row = yield from rows()`: what is sent, and what the other generator gives at its end. */
    const resumed = (at: WorldFile, offset: number): void => {
      const { acts, functions } = at.facts;
      for (let i = 0; i < acts.length; i += ACT_WIDTH)
        if (acts[i] === Act.YieldFrom && acts[i + 4] === offset) return through(at, acts[i + 2]!);
      if (!functions.some(fn => fn.isGenerator && fn.at <= offset && offset < fn.end)) return;
      for (const each of sends()) given(each.file, each.value);
    };

    /** What stands in the variables around an offset, and in those of the module. */
    const countVariables = (at: WorldFile, offset: number): void => {
      const { functions, variables } = at.facts;
      const around = functions.filter(fn => fn.at <= offset && offset < fn.end).map(fn => fn.scope);
      variables.forEach(({ scope }, number) => {
        if (scope === 0 || around.includes(scope)) count(flow.variableNode(at, number));
      });
    };

    walkNode(start);
    const isLost = Math.max(seen.size, counted.size) > MOST_PLACES || found.size > MOST_CLASSES;
    return isLost ? NONE : found;
  };

  /** `getattr(x, name)`, `operator.attrgetter(name)(x)` */
  const isReader = (file: WorldFile, callee: number): boolean => {
    const maker = opAt(file, callee) === Op.Call ? row(file, callee).a : callee;
    return resolver.value(file, maker).some(m => m.kind === 'external' && READERS.has(m.dotted));
  };
  const isNamespace = (file: WorldFile, callee: number): boolean =>
    resolver.value(file, callee).some(m => m.kind === 'external' && NAMESPACES.has(m.dotted));

  const behind: Origins['behind'] = node => {
    if (graph.size(node) > 0 && !graph.has(node, UNKNOWN) && !belief.isCrowd(node)) return NONE;
    let classes = known.get(node);
    if (!classes) known.set(node, (classes = find(node)));
    return classes;
  };
  return { of: (file, value) => behind(flow.valueNode(file, value)), behind };
}

const NONE: ReadonlySet<WorldClass> = new Set();

/** Calls of a file by attribute: the call, what stands before the dot, the name. */
function* methodCalls(
  file: WorldFile,
): Generator<{ readonly call: number; readonly base: number; readonly name: string }> {
  for (let call = 0; call < valueCount(file); call++) {
    const r = row(file, call);
    if (r.op !== Op.Call || opAt(file, r.a) !== Op.Attr) continue;
    const callee = row(file, r.a);
    yield { call, base: callee.a, name: stringAt(file, callee.b) };
  }
}
