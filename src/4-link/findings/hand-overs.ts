// What a program hands to code that is not seen, and under which names: the indexes behind origin-search.ts.
import { ACT_WIDTH, Act, Op } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { literalNames } from '../flow/names.js';
import type { Solved } from '../flow/solve.js';
import type { Token } from '../flow/tokens.js';
import { argumentsOf, callsIn, objectKey, opAt, row, stringAt, written } from '../index-file.js';

/** A value of a file. */
export interface ValueIn {
  readonly file: WorldFile;
  readonly value: number;
}

/** A value that is called; `call` is -1 where that is the work of a decorator. */
export interface Callee extends ValueIn {
  readonly call: number;
}

export interface HandOvers {
  /** Values that a file stores on a receiver, puts into it, or hands to it or one of its methods, by receiver. */
  readonly handedIn: (file: WorldFile) => ReadonlyMap<string, readonly number[]>;
  /** What is sent into generators, wherever. */
  readonly sends: () => readonly ValueIn[];
  /** Values of a file that are called with a function, which is given by file and number; decorators are. */
  readonly calledWith: (file: WorldFile, fn: number) => readonly Callee[];
  /** What is handed, in whatever file, to objects of unseen code that come from where those at a node come from. */
  readonly handedTo: (node: number) => Iterable<ValueIn>;
  /** What is handed to instances of a class when they are made, and by calls of methods, where that is the work of
   *  unseen code. */
  readonly handedToInstances: (cls: WorldClass) => readonly ValueIn[];
  /** Values that are stored under a name, or under one that is computed, on functions and on what is no object of the
   *  world. */
  readonly storedAs: (name: string) => Iterable<ValueIn>;
}

/** A search for where an object comes from that takes more steps than this ends. */
const MOST_STEPS = 24;

const OF_WORLD: ReadonlySet<Token['kind']> = new Set(['instance', 'class', 'module']);

/** @param isUnseen whether what stands at a node is, or may be, code that is not seen */
export function newHandOvers(
  { flow, layouts }: Pick<Solved, 'flow' | 'layouts'>,
  live: readonly WorldFile[],
  isUnseen: (node: number) => boolean,
): HandOvers {
  const { graph, resolver, tokens } = flow;
  const handed = new Map<number, ReadonlyMap<string, readonly number[]>>();
  let sent: ValueIn[] | null = null;
  /** By the node of what a function returns. */
  let callbacks: Map<number, Callee[]> | null = null;
  let taken: Taken | null = null;
  let stored: Outside | null = null;
  const lastValue = flow.files.length ? flow.variableNode(flow.files[0]!, 0) : 0;

  const handedIn: HandOvers['handedIn'] = file => {
    const before = handed.get(file.index);
    if (before) return before;
    const found = new Map<string, number[]>();
    const put = (receiver: number, value: number): void => {
      const key = objectKey(file, receiver);
      if (key !== null && value >= 0) addTo(found, key, value);
    };
    for (const { call, callee } of callsIn(file)) {
      if (!isUnseen(flow.valueNode(file, callee))) continue;
      const receivers = opAt(file, callee) === Op.Attr ? [row(file, callee).a, callee] : [callee];
      for (const arg of argumentsOf(file, call)) for (const receiver of receivers) put(receiver, arg.value);
    }
    const { acts } = file.facts;
    for (let i = 0; i < acts.length; i += ACT_WIDTH)
      if (acts[i] === Act.Store || acts[i] === Act.StoreItem) put(acts[i + 1]!, acts[i + 3]!);
    handed.set(file.index, found);
    return found;
  };

  const sends: HandOvers['sends'] = () => {
    if (sent) return sent;
    sent = [];
    for (const file of live)
      for (const { call, callee } of callsIn(file))
        if (opAt(file, callee) === Op.Attr && /^a?send$/.test(stringAt(file, row(file, callee).b)))
          for (const { value } of argumentsOf(file, call)) sent.push({ file, value });
    return sent;
  };

  const calledWith: HandOvers['calledWith'] = (file, fn) => {
    if (!callbacks) {
      callbacks = new Map();
      for (const at of live) {
        for (const { call, callee } of callsIn(at)) {
          const by: Callee = { file: at, value: callee, call };
          for (const { value } of argumentsOf(at, call)) {
            const { op } = written(at, value);
            if (op !== Op.Var && op !== Op.Attr && op !== Op.Func) continue;
            for (const id of graph.tokens(flow.valueNode(at, value))) {
              const token = tokens.get(id);
              if (token.kind === 'function' || token.kind === 'bound')
                addTo(callbacks, flow.returnNode(token.file, token.fn), by);
            }
          }
        }
        at.facts.functions.forEach(({ decorators }, number) => {
          for (const value of decorators)
            addTo(callbacks!, flow.returnNode(at, number), { file: at, value, call: -1 });
        });
      }
    }
    return callbacks.get(flow.returnNode(file, fn)) ?? [];
  };

  const objects = new Map<string, boolean>();
  /** Whether a dotted name may stand for an object of a library, which modules that import it share. */
  const isObject = (dotted: string): boolean => {
    let is = objects.get(dotted);
    if (is === undefined) {
      const [library, ...names] = dotted.split('.');
      is = names.length > 0 && library !== 'builtins' && !layouts.isModule(library!);
      objects.set(dotted, is);
    }
    return is;
  };

  /** Where objects at a node come from: nodes that nothing flows into, dotted names of what is imported. */
  const rootsOf = (node: number): ReadonlySet<number | string> => {
    let known = rootsAt.get(node);
    if (!known) rootsAt.set(node, (known = findRoots(node)));
    return known;
  };
  const rootsAt = new Map<number, ReadonlySet<number | string>>();
  const findRoots = (node: number): ReadonlySet<number | string> => {
    const roots = new Set<number | string>();
    const seen = new Set([node]);
    for (const at of seen) {
      if (seen.size > MOST_STEPS) return NOWHERE;
      for (const id of graph.tokens(at)) {
        const token = tokens.get(id);
        if (token.kind === 'external' && isObject(token.dotted)) roots.add(token.dotted);
      }
      const sources = graph.sources(at);
      const part = sources.length ? null : partOf(at);
      for (const source of part === null ? sources : [part]) seen.add(source);
      if (part === null && !sources.length) roots.add(at);
    }
    return roots;
  };

  /** Node of the object that what stands at a node is a part of: `sends, receives = lib.channel()`, `app.extensions`. */
  const partOf = (node: number): number | null => {
    if (node >= lastValue) return null;
    const origin = flow.constraint(node);
    if (!('value' in origin)) return null;
    const { op, a } = row(origin.file, origin.value);
    return PARTS.has(op) ? flow.valueNode(origin.file, a) : null;
  };

  const take = (file: WorldFile, object: number, values: readonly number[]): void => {
    const { byRoot, byClass } = taken!;
    const node = flow.valueNode(file, object);
    const roots = rootsOf(node);
    const here = graph.tokens(node).map(tokens.get);
    for (const value of values) {
      const given: ValueIn = { file, value };
      for (const root of roots) addTo(byRoot, root, given);
      for (const token of here)
        if (token.kind === 'instance' || token.kind === 'class' || token.kind === 'super')
          addTo(byClass, token.cls, given);
    }
  };

  const takenIn = (): Taken => {
    if (taken) return taken;
    taken = { byRoot: new Map(), byClass: new Map() };
    for (const file of live) {
      for (const { call, callee } of callsIn(file)) {
        const args = argumentsOf(file, call);
        if (!args.length || !isUnseen(flow.valueNode(file, callee))) continue;
        const object = opAt(file, callee) === Op.Attr ? row(file, callee).a : callee;
        take(
          file,
          object,
          args.map(arg => arg.value),
        );
      }
      const { acts } = file.facts;
      for (let i = 0; i < acts.length; i += ACT_WIDTH) {
        const [act, receiver, , value] = acts.subarray(i, i + ACT_WIDTH);
        if (act === Act.StoreItem && value! >= 0 && isUnseen(flow.valueNode(file, receiver!)))
          take(file, receiver!, [value!]);
      }
    }
    return taken;
  };

  function* handedTo(node: number): Generator<ValueIn> {
    const { byRoot } = takenIn();
    for (const root of rootsOf(node)) yield* byRoot.get(root) ?? [];
  }
  const handedToInstances: HandOvers['handedToInstances'] = cls => takenIn().byClass.get(cls) ?? [];

  const isOfWorld = (node: number): boolean =>
    graph.tokens(node).some(id => OF_WORLD.has(tokens.get(id).kind));

  function* storedAs(name: string): Generator<ValueIn> {
    stored ??= storedOutside();
    yield* stored.named.get(name) ?? [];
    yield* stored.computed;
  }

  const storedOutside = (): Outside => {
    const named = new Map<string, ValueIn[]>();
    const computed: ValueIn[] = [];
    for (const file of live) {
      const { acts } = file.facts;
      for (let i = 0; i < acts.length; i += ACT_WIDTH) {
        const [act, receiver, attr, value] = acts.subarray(i, i + ACT_WIDTH);
        if (act === Act.Store && value! >= 0 && !isOfWorld(flow.valueNode(file, receiver!)))
          addTo(named, stringAt(file, attr!), { file, value: value! });
      }
      for (const { call, callee } of callsIn(file)) {
        const [receiver, name, given] = argumentsOf(file, call);
        if (!given || !isSetattr(file, callee) || isOfWorld(flow.valueNode(file, receiver!.value))) continue;
        const names = literalNames(file, name!.value, resolver);
        for (const each of names ?? []) addTo(named, each, { file, value: given.value });
        if (!names) computed.push({ file, value: given.value });
      }
    }
    return { named, computed };
  };

  const isSetattr = (file: WorldFile, callee: number): boolean =>
    opAt(file, callee) === Op.Var &&
    resolver.value(file, callee).some(m => m.kind === 'external' && m.dotted === 'builtins.setattr');

  return { handedIn, sends, calledWith, handedTo, handedToInstances, storedAs };
}

/** What is stored on functions and on what is no object of the world: by name, and under names that are computed. */
interface Outside {
  readonly named: ReadonlyMap<string, readonly ValueIn[]>;
  readonly computed: readonly ValueIn[];
}

/** What objects of unseen code are handed. */
interface Taken {
  readonly byRoot: Map<number | string, ValueIn[]>;
  readonly byClass: Map<WorldClass, ValueIn[]>;
}

/** What gives a part of an object, or what it stands for. */
const PARTS: ReadonlySet<Op> = new Set([Op.Item, Op.Attr, Op.Await, Op.Enter, Op.Narrow, Op.Exclude]);

const NOWHERE: ReadonlySet<never> = new Set();
