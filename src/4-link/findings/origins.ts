// Whose instances may have gone through code that is not seen and come back: the result of a task, what a namespace
// or a queue of a library holds, the arguments of an exception.
import { ACT_WIDTH, Act, Op } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { Belief } from '../flow/belief.js';
import type { Solved } from '../flow/solve.js';
import { UNKNOWN } from '../flow/tokens.js';
import { argumentsOf, opAt, receiverKey, row, valueCount } from '../index-file.js';

export interface Origins {
  /** Classes of what was given to the unseen code that a value comes from; empty where value flow knows the value. */
  readonly of: (file: WorldFile, value: number) => ReadonlySet<WorldClass>;
}

/** A walk that comes to more places than this stops: it has lost its aim. */
const MOST_PLACES = 60;
/** So does one that comes to more classes. */
const MOST_CLASSES = 8;

/** Functions that give the variables of where they are called. */
const NAMESPACES: ReadonlySet<string> = new Set(
  ['locals', 'globals', 'vars', 'eval', 'exec'].map(name => `builtins.${name}`),
);

/** Types of objects that carry what they were made with to a handler far away. */
const EXCEPTIONS = /(Error|Exception|Warning|Interrupt|Exit|Iteration)$/;

export function newOrigins({ flow }: Solved, belief: Belief): Origins {
  const { graph, tokens } = flow;
  const lastValue = flow.files.length ? flow.variableNode(flow.files[0]!, 0) : 0;
  const handed = new Map<number, ReadonlyMap<string, readonly number[]>>();
  const known = new Map<number, ReadonlySet<WorldClass>>();

  /** Values that a file stores on a receiver, puts into it or hands to one of its methods, by receiver. */
  const handedIn = (file: WorldFile): ReadonlyMap<string, readonly number[]> => {
    const before = handed.get(file.index);
    if (before) return before;
    const found = new Map<string, number[]>();
    const put = (receiver: number, value: number): void => {
      const key = receiverKey(file, receiver);
      if (key !== null && value >= 0) addTo(found, key, value);
    };
    for (let v = 0; v < valueCount(file); v++) {
      const r = row(file, v);
      if (r.op !== Op.Call || opAt(file, r.a) !== Op.Attr || !isUnseen(flow.valueNode(file, r.a))) continue;
      for (const arg of argumentsOf(file, v)) put(row(file, r.a).a, arg.value);
    }
    const { acts } = file.facts;
    for (let i = 0; i < acts.length; i += ACT_WIDTH)
      if (acts[i] === Act.Store || acts[i] === Act.StoreItem) put(acts[i + 1]!, acts[i + 3]!);
    handed.set(file.index, found);
    return found;
  };

  /** Whether what stands at a node is, or may be, code that is not seen. */
  const isUnseen = (node: number): boolean => {
    for (const id of graph.tokens(node)) {
      const token = tokens.get(id);
      if (token.kind === 'class') {
        if (token.cls.mro.some(e => e.kind !== 'class')) return true;
      } else if (token.kind !== 'function' && token.kind !== 'bound' && token.kind !== 'module') return true;
    }
    return graph.size(node) === 0;
  };

  const find = (file: WorldFile, value: number): ReadonlySet<WorldClass> => {
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
        else if (token.kind === 'bag')
          for (const inner of [token.items, ...(token.places ?? [])]) count(inner);
        else if (token.kind === 'function' || token.kind === 'bound') {
          count(flow.returnNode(token.file, token.fn));
          count(flow.yieldNode(token.file, token.fn));
        } else if (token.kind === 'partial')
          for (const arg of argumentsOf(token.file, token.call)) count(flow.valueNode(token.file, arg.value));
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
      for (const id of graph.tokens(node)) {
        const token = tokens.get(id);
        if (token.kind !== 'instance' && token.kind !== 'class') countToken(id);
      }
      walk(at, v);
      const key = receiverKey(at, v);
      if (key !== null && isUnseen(node)) for (const put of handedIn(at).get(key) ?? []) given(at, put);
    };
    const countToken = (id: number): void => {
      const token = tokens.get(id);
      if (token.kind === 'bag') for (const inner of [token.items, ...(token.places ?? [])]) count(inner);
      else if (token.kind === 'function' || token.kind === 'bound')
        count(flow.returnNode(token.file, token.fn));
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
          through(at, a);
          if (!isUnseen(flow.valueNode(at, a))) return;
          for (const arg of argumentsOf(at, v)) given(at, arg.value);
          return namespace(at, v);
        default:
          return;
      }
    };

    /** `locals()["row"]`: anything that stands in a variable there. */
    const namespace = (at: WorldFile, call: number): void => {
      const r = row(at, call);
      const isNamespace = [...graph.tokens(flow.valueNode(at, r.a))].some(id => {
        const token = tokens.get(id);
        return token.kind === 'external' && NAMESPACES.has(token.dotted);
      });
      if (!isNamespace) return;
      const around = at.facts.functions.filter(fn => fn.at <= r.at && r.at < fn.end).map(fn => fn.scope);
      at.facts.variables.forEach(({ scope }, number) => {
        if (scope === 0 || around.includes(scope)) count(flow.variableNode(at, number));
      });
    };

    walk(file, value);
    return seen.size > MOST_PLACES || counted.size > MOST_PLACES || found.size > MOST_CLASSES ? NONE : found;
  };

  const of: Origins['of'] = (file, value) => {
    const node = flow.valueNode(file, value);
    if (graph.size(node) > 0 && !graph.has(node, UNKNOWN) && !belief.isCrowd(node)) return NONE;
    let classes = known.get(node);
    if (!classes) known.set(node, (classes = find(file, value)));
    return classes;
  };
  return { of };
}

const NONE: ReadonlySet<WorldClass> = new Set();
