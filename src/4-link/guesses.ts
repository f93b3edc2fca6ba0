// Which classes a receiver may be an instance of when value flow cannot tell.
import { ACT_WIDTH, Act, ArgKind, Op, VALUE_WIDTH } from '../model/facts.js';
import type { WorldClass, WorldFile } from '../model/world.js';
import type { Belief } from './flow/belief.js';
import type { Solved } from './flow/solve.js';
import { UNKNOWN } from './flow/tokens.js';
import { listAt, opAt, row, stringAt, valueCount } from './index-file.js';

export interface Guesses {
  /** Classes whose instances may stand at a value that value flow knows nothing about; empty when it does know. */
  readonly at: (file: WorldFile, value: number) => readonly WorldClass[];
}

/** One call of a name that could not be resolved. */
interface OpenCall {
  readonly file: WorldFile;
  readonly call: number;
}

export function newGuesses(solved: Solved, live: readonly WorldFile[], belief: Belief): Guesses {
  const { flow } = solved;
  const { graph, tokens } = flow;
  const used = new Map<number, Map<number, Set<string>>>();
  let openCalls: Map<string, OpenCall[]> | null = null;
  let shapes: Map<string, Set<WorldClass>> | null = null;

  /** Names read, called or stored on each variable of a file. */
  const namesOn = (file: WorldFile): Map<number, Set<string>> => {
    const known = used.get(file.index);
    if (known) return known;
    const found = new Map<number, Set<string>>();
    const add = (base: number, name: string): void => {
      const r = row(file, base);
      if (r.op !== Op.Var) return;
      const set = found.get(r.a);
      if (set) set.add(name);
      else found.set(r.a, new Set([name]));
    };
    const { values, acts } = file.facts;
    for (let i = 0; i < values.length; i += VALUE_WIDTH)
      if (values[i] === Op.Attr) add(values[i + 1]!, stringAt(file, values[i + 2]!));
    for (let i = 0; i < acts.length; i += ACT_WIDTH)
      if (acts[i] === Act.StoreAug) add(acts[i + 1]!, stringAt(file, acts[i + 2]!));
    used.set(file.index, found);
    return found;
  };

  /** Classes that have a member, field or slot of a name, by name. */
  const classesWith = (name: string): ReadonlySet<WorldClass> => {
    if (!shapes) {
      shapes = new Map();
      const put = (cls: WorldClass, n: string): void => {
        for (const c of [cls, ...cls.descendants]) {
          const set = shapes!.get(n);
          if (set) set.add(c);
          else shapes!.set(n, new Set([c]));
        }
      };
      for (const cls of flow.classes) {
        for (const m of cls.fact.members) put(cls, m.name);
        if (cls.slots?.kind === 'names') for (const n of cls.slots.names) put(cls, n);
      }
      for (const site of flow.stores.values()) put(site.cls, site.attr);
    }
    return shapes.get(name) ?? new Set();
  };

  const byShape = (file: WorldFile, value: number): WorldClass[] => {
    const r = row(file, value);
    if (r.op !== Op.Var) return [];
    const names = [...(namesOn(file).get(r.a) ?? [])].filter(n => !/^__\w+__$/.test(n));
    const [first, ...rest] = names;
    if (first === undefined) return [];
    let candidates = [...classesWith(first)];
    for (const n of rest) {
      const having = classesWith(n);
      candidates = candidates.filter(c => having.has(c));
    }
    return candidates;
  };

  /** Calls by attribute whose target is unknown, by the last name. */
  const callsOf = (name: string): readonly OpenCall[] => {
    if (!openCalls) {
      openCalls = new Map();
      for (const file of live) {
        const count = valueCount(file);
        for (let v = 0; v < count; v++) {
          if (opAt(file, v) !== Op.Call) continue;
          const callee = row(file, v).a;
          if (opAt(file, callee) !== Op.Attr || !graph.has(flow.valueNode(file, callee), UNKNOWN)) continue;
          const method = stringAt(file, row(file, callee).b);
          const list = openCalls.get(method);
          if (list) list.push({ file, call: v });
          else openCalls.set(method, [{ file, call: v }]);
        }
      }
    }
    return openCalls.get(name) ?? [];
  };

  /** A parameter of a function that some unresolved call may mean: what stands there in those calls. */
  const byName = (file: WorldFile, value: number): WorldClass[] => {
    const r = row(file, value);
    if (r.op !== Op.Var) return [];
    const fn = file.facts.functions.find(f => f.parameters.some(p => p.variable === r.a));
    if (!fn || fn.isLambda) return [];
    const position = fn.parameters.findIndex(p => p.variable === r.a) - (fn.cls >= 0 ? 1 : 0);
    const name = fn.parameters.find(p => p.variable === r.a)!.name;
    const found = new Set<WorldClass>();
    for (const open of callsOf(fn.name)) {
      const list = listAt(open.file, row(open.file, open.call).b);
      for (let i = 0; i < list.length; i += 3) {
        const matches =
          list[i] === ArgKind.Positional
            ? i / 3 === position
            : list[i] === ArgKind.Keyword && stringAt(open.file, list[i + 1]!) === name;
        if (!matches) continue;
        for (const id of graph.tokens(flow.valueNode(open.file, list[i + 2]!))) {
          const token = tokens.get(id);
          if (token.kind === 'instance') found.add(token.cls);
        }
      }
    }
    return [...found];
  };

  return {
    at(file, value) {
      const node = flow.valueNode(file, value);
      if (graph.size(node) > 0 && !graph.has(node, UNKNOWN) && !belief.isCrowd(node)) return [];
      return [...new Set([...byShape(file, value), ...byName(file, value)])];
    },
  };
}
