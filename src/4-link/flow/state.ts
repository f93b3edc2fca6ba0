// What all parts of the value flow share: the numbering of nodes, the graph, and what has been noticed so far.
import { ConstKind, Op } from '../../model/facts.js';
import type { Base, StoreKind, WorldClass, WorldFile } from '../../model/world.js';
import { isPlainName, placeAt, row, spelling, valueCount } from '../index-file.js';
import { classesByMetaclass, type MadeBy } from '../metaclasses.js';
import type { Meaning, Resolver } from '../resolve.js';
import { type Callers, newCallers } from './callers.js';
import { type HandedStores, newHandedStores } from './calls/handed-stores.js';
import { ranges } from './columns.js';
import { type DescriptorNames, newDescriptorNames } from './descriptor-names.js';
import { type Graph, type Guard, newGraph } from './graph.js';
import { type Having, newHaving } from './having.js';
import { type Kept, newKept, unboundIn } from './kept.js';
import { type KeptValues, newKeptValues } from './kept-values.js';
import { MODULE } from './library-makers.js';
import { newOnce, type Once } from './once.js';
import { newTokens, type Tokens } from './tokens.js';

/** A store on an instance as value flow sees it. */
export interface StoreSite {
  readonly cls: WorldClass;
  readonly file: WorldFile;
  readonly attr: string;
  readonly kind: StoreKind;
  /** UTF-16 offset. */
  readonly at: number;
  /** Node of the receiver. */
  readonly receiver: number;
  /** The receiver's token. */
  readonly token: number;
}

/** An object of an external type and the place that makes it. */
export interface MadeBag {
  readonly type: string;
  readonly items: number;
  readonly keys: number;
  readonly file: WorldFile;
  /** UTF-16 offset. */
  readonly at: number;
}

/** What a test tool stores under the last of dotted names: `mock.patch("shop.cart.Cart.total")`. */
export interface Patched {
  /** Node of what the names before the last stand for. */
  readonly holder: number;
  readonly attr: string;
  /** The patch may make names that are not there (`create=True`). */
  readonly creates: boolean;
  readonly file: WorldFile;
  /** UTF-16 offset. */
  readonly at: number;
}

/** A class statement or type() call with bases that only the run knows. */
export interface Combined {
  readonly file: WorldFile;
  /** UTF-16 offset. */
  readonly at: number;
  /** Name of the class statement, or `type()`. */
  readonly name: string;
  /** Bases that are always there. */
  readonly fixed: readonly Base[];
  /** Nodes of what may stand at the others. */
  readonly open: readonly number[];
  /** What stands at one open node may be combined with itself: a computed tuple of bases. */
  readonly many: boolean;
}

export interface Flow {
  readonly files: readonly WorldFile[];
  readonly classes: readonly WorldClass[];
  readonly resolver: Resolver;
  readonly classOf: (m: Meaning & { kind: 'class' }) => WorldClass;
  /** Classes that a metaclass makes, those below them left out. */
  readonly madeBy: MadeBy;
  /** Classes of a file by their number. */
  readonly classesOf: (file: WorldFile) => readonly WorldClass[];
  readonly graph: Graph;
  readonly tokens: Tokens;
  /** Token of a module that is imported under a computed name: which one is open. */
  readonly someModule: number;
  /** Node of a value; that of a variable of which no more is known is the variable's own node. */
  readonly valueNode: (file: WorldFile, value: number) => number;
  readonly variableNode: (file: WorldFile, variable: number) => number;
  /** Whether a node is that of a written `None`. */
  readonly isNone: (node: number) => boolean;
  /** Node of what a function returns. */
  readonly returnNode: (file: WorldFile, fn: number) => number;
  /** Node of what a generator yields. */
  readonly yieldNode: (file: WorldFile, fn: number) => number;
  /** Node of what the `return` statements of a generator give. */
  readonly endNode: (file: WorldFile, fn: number) => number;
  /** Functions that something in the world calls, by the node of what they return. */
  readonly called: Set<number>;
  readonly instantiated: Set<WorldClass>;
  /** Calls that make the descriptors of a class, with their UTF-16 offsets. */
  readonly descriptorsMade: Map<WorldClass, { readonly file: WorldFile; readonly at: number }[]>;
  /** Classes that code which is not seen is given. */
  readonly handedOut: Set<WorldClass>;
  /** What is stored on each class from outside its body. */
  readonly attached: Map<WorldClass, Attached[]>;
  /** Nodes of what decorators are given: surely something. */
  readonly decorating: Set<number>;
  /** Those of what the decorators of one definition made so far. */
  readonly stacked: Set<number>;
  /** Where getters like `operator.attrgetter("__dict__")` are called, with the name that they read. */
  readonly got: (Attached & { readonly name: string })[];
  readonly descriptorNames: DescriptorNames;
  readonly having: Having;
  /** What guards annotated nodes, by what their annotations allow. */
  readonly annotated: Map<string, Guard>;
  /** Nodes of what unseen code may pass on to functions it is given, with the node of all that it is given. */
  readonly passing: Map<number, number>;
  /** Nodes that hold of another one only what a filter lets through, with that node. */
  readonly views: Map<number, number>;
  readonly stores: Map<string, StoreSite>;
  /** What is kept on functions and modules. */
  readonly kept: Kept;
  /** The names of a module that come at run time, as a dict: what `globals()` gives besides those that it binds. */
  readonly namespace: (file: WorldFile) => number;
  readonly once: Once;
  /** Containers of external types, with the call that makes them. */
  readonly made: MadeBag[];
  readonly patched: Patched[];
  readonly handedStores: HandedStores;
  readonly callers: Callers;
  readonly keptValues: KeptValues;
  /** Files that run texts, or files that are found by their path, as code which may store attributes. */
  readonly runningTexts: Set<WorldFile>;
  /** Class statements and type() calls with bases that only the run knows. */
  readonly combined: Combined[];
}

/** What stands at a node where something is done to it. */
export interface Attached {
  readonly node: number;
  readonly file: WorldFile;
  /** UTF-16 offset. */
  readonly at: number;
}

/** Numbers a constraint that an `act` row stands for, behind all value nodes. */
export interface Numbering {
  readonly valueBase: (file: WorldFile) => number;
  readonly constraintOfAct: (file: WorldFile, actRow: number) => number;
  /** The file and row behind a constraint number. */
  readonly constraint: (
    number: number,
  ) =>
    | { readonly file: WorldFile; readonly value: number }
    | { readonly file: WorldFile; readonly act: number };
}

/** What a function returns, what it yields, and what it returns at the end of a generator. */
const NODES_OF_FUNCTION = 3;

/** Lays out the nodes of all files and makes an empty flow. */
export function newFlow(
  files: readonly WorldFile[],
  classes: readonly WorldClass[],
  resolver: Resolver,
  onToken: (constraint: number, token: number) => void,
): Flow & Numbering {
  // a file stands in `files` at its index
  const valueBase = new Int32Array(files.length);
  const variableBase = new Int32Array(files.length);
  const functionBase = new Int32Array(files.length);
  const actBase = new Int32Array(files.length);
  let next = 0;
  for (const file of files) {
    valueBase[file.index] = next;
    next += valueCount(file);
  }
  const lastValue = next;
  for (const file of files) {
    variableBase[file.index] = next;
    next += file.facts.variables.length;
    functionBase[file.index] = next;
    next += file.facts.functions.length * NODES_OF_FUNCTION;
  }
  let nextAct = lastValue;
  for (const file of files) {
    actBase[file.index] = nextAct;
    nextAct += file.facts.acts.length;
  }
  const byFile = new Map<number, WorldClass[]>();
  for (const cls of classes) {
    const list = byFile.get(cls.file.index);
    if (list) list.push(cls);
    else byFile.set(cls.file.index, [cls]);
  }
  const classesOf = (file: WorldFile): readonly WorldClass[] => byFile.get(file.index) ?? [];
  const fileOfValue = ranges(valueBase, lastValue);
  const fileOfAct = ranges(actBase, nextAct);
  const tokens = newTokens();
  const graph = newGraph(next, tokens, onToken);
  const someModule = tokens.id({
    kind: 'bag',
    type: MODULE,
    items: graph.node(),
    keys: graph.node(),
    places: null,
    loose: false,
  });
  const kept = newKept(graph);
  const having = newHaving(classes, graph, tokens);
  const namespaces = new Map<WorldFile, number>();
  const namespace = (file: WorldFile): number => {
    let known = namespaces.get(file);
    if (known === undefined) {
      const items = graph.node();
      known = tokens.id({ kind: 'bag', type: 'dict', items, keys: graph.node(), places: null, loose: false });
      namespaces.set(file, known);
      kept.put(unboundIn(file), items);
    }
    return known;
  };
  const variableNode = (file: WorldFile, variable: number): number => variableBase[file.index]! + variable;
  return {
    files,
    classes,
    resolver,
    classOf: m => byFile.get(m.file.index)![m.number]!,
    madeBy: classesByMetaclass(classes),
    classesOf,
    graph,
    tokens,
    someModule,
    valueNode: (file, value) =>
      isPlainName(file, value) ? variableNode(file, row(file, value).a) : valueBase[file.index]! + value,
    variableNode,
    isNone: node => {
      if (node >= lastValue) return false;
      const file = files[fileOfValue(node)]!;
      const { op, a } = row(file, node - valueBase[file.index]!);
      return op === Op.Const && a === ConstKind.None;
    },
    returnNode: (file, fn) => functionBase[file.index]! + fn * NODES_OF_FUNCTION,
    yieldNode: (file, fn) => functionBase[file.index]! + fn * NODES_OF_FUNCTION + 1,
    endNode: (file, fn) => functionBase[file.index]! + fn * NODES_OF_FUNCTION + 2,
    called: new Set(),
    instantiated: new Set(),
    descriptorsMade: new Map(),
    handedOut: new Set(),
    attached: new Map(),
    runningTexts: new Set(),
    decorating: new Set(),
    stacked: new Set(),
    got: [],
    descriptorNames: newDescriptorNames(resolver, classesOf),
    having,
    annotated: new Map(),
    passing: new Map(),
    views: new Map(),
    stores: new Map(),
    kept,
    namespace,
    made: [],
    patched: [],
    handedStores: newHandedStores(resolver),
    callers: newCallers(files, resolver),
    keptValues: newKeptValues(files, classes, resolver),
    once: newOnce(),
    combined: [],
    valueBase: file => valueBase[file.index]!,
    constraintOfAct: (file, actRow) => actBase[file.index]! + actRow,
    constraint: number => {
      if (number < lastValue) {
        const file = files[fileOfValue(number)]!;
        return { file, value: number - valueBase[file.index]! };
      }
      const file = files[fileOfAct(number)]!;
      return { file, act: number - actBase[file.index]! };
    },
  };
}

/** What a node stands for, in words: `variable order (shop/cart.py)`. */
export function describeNode(flow: Flow & Numbering, node: number): string {
  for (const file of flow.files) {
    const { path } = file.source;
    const value = node - flow.valueBase(file);
    if (value >= 0 && value < valueCount(file)) {
      const at = placeAt(file, row(file, value).at);
      return `${spelling(file, value)} at ${path}:${at.line}:${at.column}`;
    }
    const variable = node - flow.variableNode(file, 0);
    if (variable >= 0 && variable < file.facts.variables.length)
      return `variable ${file.facts.variables[variable]!.name} in ${path}`;
    const fn = node - flow.returnNode(file, 0);
    if (fn >= 0 && fn < file.facts.functions.length * NODES_OF_FUNCTION) {
      const { qualname } = file.facts.functions[Math.floor(fn / NODES_OF_FUNCTION)]!;
      return `what is ${fn % NODES_OF_FUNCTION === 1 ? 'yielded' : 'returned'} by ${qualname} in ${path}`;
    }
  }
  return '(internal)';
}

/** A fresh container. `items` and `keys` are nodes that may already exist. */
export function newBag(
  flow: Flow,
  type: string,
  parts: {
    readonly items?: number;
    readonly keys?: number;
    readonly places?: readonly number[] | null;
    readonly loose?: boolean;
  } = {},
): number {
  return flow.tokens.id({
    kind: 'bag',
    type,
    items: parts.items ?? flow.graph.node(),
    keys: parts.keys ?? flow.graph.node(),
    places: parts.places ?? null,
    loose: parts.loose ?? false,
  });
}
