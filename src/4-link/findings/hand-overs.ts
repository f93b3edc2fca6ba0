// What a program hands to code that is not seen, and under which names: the indexes behind origins.ts.
import { ACT_WIDTH, Act, Op } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { WorldFile } from '../../model/world.js';
import type { Flow } from '../flow/state.js';
import { argumentsOf, opAt, receiverKey, row, stringAt, valueCount, written } from '../index-file.js';

/** A value of a file. */
export interface Site {
  readonly file: WorldFile;
  readonly value: number;
}

export interface HandOvers {
  /** Values that a file stores on a receiver, puts into it, or hands to it or one of its methods, by receiver. */
  readonly handedIn: (file: WorldFile) => ReadonlyMap<string, readonly number[]>;
  /** What is sent into generators, wherever. */
  readonly sends: () => readonly Site[];
  /** Calls that a function is handed to, by file and number. */
  readonly callsWith: (file: WorldFile, fn: number) => readonly Site[];
  /** Values that are stored under a name on functions and on what is no object of the world. */
  readonly storedAs: (name: string) => readonly Site[];
}

/** @param isUnseen whether what stands at a node is, or may be, code that is not seen */
export function newHandOvers(
  flow: Flow,
  live: readonly WorldFile[],
  isUnseen: (node: number) => boolean,
): HandOvers {
  const { graph, tokens } = flow;
  const handed = new Map<number, ReadonlyMap<string, readonly number[]>>();
  let sent: Site[] | null = null;
  let callbacks: Map<string, Site[]> | null = null;
  let stored: Map<string, Site[]> | null = null;

  const handedIn: HandOvers['handedIn'] = file => {
    const before = handed.get(file.index);
    if (before) return before;
    const found = new Map<string, number[]>();
    const put = (receiver: number, value: number): void => {
      const key = receiverKey(file, receiver);
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

  const callsWith: HandOvers['callsWith'] = (file, fn) => {
    if (!callbacks) {
      callbacks = new Map();
      for (const at of live)
        for (const { call } of callsIn(at))
          for (const { value } of argumentsOf(at, call)) {
            const { op } = written(at, value);
            if (op !== Op.Var && op !== Op.Attr && op !== Op.Func) continue;
            for (const id of graph.tokens(flow.valueNode(at, value))) {
              const token = tokens.get(id);
              if (token.kind === 'function' || token.kind === 'bound')
                addTo(callbacks, `${token.file.index}:${token.fn}`, { file: at, value: call });
            }
          }
    }
    return callbacks.get(`${file.index}:${fn}`) ?? [];
  };

  const isOfWorld = (node: number): boolean =>
    [...graph.tokens(node)].some(id => /^(instance|class|module)$/.test(tokens.get(id).kind));

  const storedAs: HandOvers['storedAs'] = name => {
    if (!stored) {
      stored = new Map();
      for (const file of live) {
        const { acts } = file.facts;
        for (let i = 0; i < acts.length; i += ACT_WIDTH) {
          const [act, receiver, attr, value] = acts.subarray(i, i + ACT_WIDTH);
          if (act === Act.Store && value! >= 0 && !isOfWorld(flow.valueNode(file, receiver!)))
            addTo(stored, stringAt(file, attr!), { file, value: value! });
        }
      }
    }
    return stored.get(name) ?? [];
  };

  return { handedIn, sends, callsWith, storedAs };
}

/** Calls of a file, with what they call. */
function* callsIn(file: WorldFile): Generator<{ readonly call: number; readonly callee: number }> {
  for (let call = 0; call < valueCount(file); call++)
    if (opAt(file, call) === Op.Call) yield { call, callee: row(file, call).a };
}
