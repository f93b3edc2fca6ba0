// What all parts of the value flow share: the nodes, the graph, and what has been noticed so far.
import { addTo } from '../../model/grouping.js';
import type { Base, StoreKind, WorldClass, WorldFile } from '../../model/world.js';
import { classesByMetaclass, type MadeBy } from '../metaclasses.js';
import type { Meaning, Resolver } from '../resolve.js';
import { type Callers, newCallers } from './callers.js';
import { type HandedStores, newHandedStores } from './calls/handed-stores.js';
import type { Pairs } from './columns.js';
import { type Describes, newDescribes } from './descriptions.js';
import { type DescriptorNames, newDescriptorNames } from './descriptor-names.js';
import type { Guard } from './gates.js';
import { type Graph, newGraph } from './graph.js';
import { type Having, newHaving } from './having.js';
import { type Kept, newKept, unboundIn } from './kept.js';
import { type KeptValues, newKeptValues } from './kept-values.js';
import { MODULE } from './library-makers.js';
import { type ListedNames, newListedNames } from './listed-names.js';
import { type Loadable, newLoadable } from './loadable.js';
import { type Ends, OPEN_ENDS } from './names.js';
import { type Nodes, type Numbering, newNumbering } from './numbering.js';
import { newOnce, type Once } from './once.js';
import { newSubmodules } from './submodules.js';
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
  /** The receiver is known to have had the attribute before. */
  readonly had: boolean;
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

/** The dict of a module: `globals()`, `vars(module)`. */
export interface Namespace {
  readonly file: WorldFile;
  /** Node of what is put into it. */
  readonly stored: number;
}

/** What value flow works on, and what it leaves behind for those who ask later. */
export interface Flow extends Nodes {
  readonly files: readonly WorldFile[];
  readonly classes: readonly WorldClass[];
  readonly resolver: Resolver;
  /** Whether a name of a package is its submodule and nothing else. */
  readonly isSubmodule: (file: WorldFile, name: string) => boolean;
  readonly classOf: (m: Meaning & { kind: 'class' }) => WorldClass;
  /** Classes that a metaclass makes, those below them left out. */
  readonly madeBy: MadeBy;
  /** Classes of a file by their number. */
  readonly classesOf: (file: WorldFile) => readonly WorldClass[];
  readonly graph: Graph;
  readonly tokens: Tokens;
  /** Token of a module that is imported under a computed name: which one is open. */
  readonly someModule: number;
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
  readonly listedNames: ListedNames;
  readonly having: Having;
  readonly describes: Describes;
  /** What guards annotated nodes, by what their annotations allow. */
  readonly annotated: Map<string, Guard>;
  /** Nodes of what unseen code may pass on to functions it is given, with the node of all that it is given. */
  readonly passing: Map<number, number>;
  /** Nodes that hold of another one only what a filter lets through, with that node. */
  readonly views: Map<number, number>;
  readonly stores: Map<string, StoreSite>;
  /** What is kept on functions and modules. */
  readonly kept: Kept;
  readonly loadable: Loadable;
  /** Modules that are loaded under names that are computed. */
  readonly loaded: Set<WorldFile>;
  /** Modules in whose place the program puts other objects. */
  readonly replaced: Set<WorldFile>;
  /** Files that load modules under names of which nothing is known: others than themselves. */
  readonly loaders: Set<WorldFile>;
  /** The names of a module that come at run time, and its functions, as a dict: what `globals()` gives besides others that
   *  it binds. */
  readonly namespace: (file: WorldFile) => number;
  /** What the dict of a module is, by its token. */
  readonly namespaceOf: (token: number) => Namespace | undefined;
  /** Token of the functions of a module, whichever is asked for, or of those whose names fit. */
  readonly functionsIn: (file: WorldFile, ends?: Ends) => number;
  readonly once: Once;
  /** Nodes of what is iterated over, with those that its elements flow into; by place and start in it. */
  readonly iterated: Map<number, Pairs>;
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

/** An empty flow over the nodes of all files. */
export function newFlow(
  files: readonly WorldFile[],
  classes: readonly WorldClass[],
  resolver: Resolver,
  onToken: (constraint: number, token: number) => void,
): Flow & Numbering {
  const numbering = newNumbering(files);
  const byFile = new Map<number, WorldClass[]>();
  for (const cls of classes) addTo(byFile, cls.file.index, cls);
  const classesOf = (file: WorldFile): readonly WorldClass[] => byFile.get(file.index) ?? [];
  const classOf: Flow['classOf'] = m => byFile.get(m.file.index)![m.number]!;
  const tokens = newTokens();
  const graph = newGraph(numbering.count, tokens, onToken);
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
  const namespacesById = new Map<number, Namespace>();
  const namespace = (file: WorldFile): number => {
    let known = namespaces.get(file);
    if (known === undefined) {
      const [items, stored] = [graph.node(), graph.node()];
      known = tokens.id({ kind: 'bag', type: 'dict', items, keys: graph.node(), places: null, loose: false });
      namespaces.set(file, known);
      namespacesById.set(known, { file, stored });
      const own = functionsIn(file);
      graph.add(items, own);
      graph.filter(stored, id => id !== own);
      graph.edge(items, stored);
      kept.put(unboundIn(file), stored);
    }
    return known;
  };
  const modules = new Map<WorldFile, number>();
  const functionsIn: Flow['functionsIn'] = (file, ends = OPEN_ENDS) => {
    let receiver = modules.get(file);
    if (receiver === undefined) {
      modules.set(file, (receiver = graph.node()));
      graph.add(receiver, tokens.id({ kind: 'module', file }));
    }
    return tokens.id({ kind: 'methods', receiver, ends });
  };
  return {
    ...numbering,
    files,
    classes,
    resolver,
    isSubmodule: newSubmodules(resolver),
    classOf,
    madeBy: classesByMetaclass(classes),
    classesOf,
    graph,
    tokens,
    someModule,
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
    listedNames: newListedNames(files, resolver, classesOf),
    having,
    describes: newDescribes({ files, resolver, classOf }),
    annotated: new Map(),
    passing: new Map(),
    views: new Map(),
    stores: new Map(),
    kept,
    loadable: newLoadable(files, resolver),
    loaded: new Set(),
    replaced: new Set(),
    loaders: new Set(),
    namespace,
    namespaceOf: token => namespacesById.get(token),
    functionsIn,
    made: [],
    patched: [],
    handedStores: newHandedStores(resolver),
    callers: newCallers(files, resolver),
    keptValues: newKeptValues(files, classes, resolver),
    once: newOnce(),
    iterated: new Map(),
    combined: [],
  };
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

/** Whether so many classes may find no room at one place. */
export const mayBeShort = (classes: readonly WorldClass[]): boolean => classes.length > FEWEST_SHORT;
/** Fewer than a node has room for. */
const FEWEST_SHORT = 24;

/** Lets classes stand at a node: many of them come from nodes of their own, where those that find no room are found
 *  (findings/lost-contents.ts). */
export function addClasses({ graph, tokens }: Flow, classes: readonly WorldClass[], into: number): void {
  const isMany = mayBeShort(classes);
  for (const cls of classes) {
    const from = isMany ? graph.node() : into;
    graph.add(from, tokens.id({ kind: 'class', cls }));
    if (isMany) graph.edge(from, into);
  }
}
