// Methods that a computed name may mean: `getattr(self, "visit_" + kind)(node)`.
import type { MemberFact } from '../../../model/definitions.js';
import type { WorldClass, WorldFile } from '../../../model/world.js';
import { relatives } from '../../../slots.js';
import type { Part } from '../loadable.js';
import type { Members } from '../members.js';
import { type Ends, OPEN_ENDS } from '../names.js';
import type { Flow } from '../state.js';
import type { Token } from '../tokens.js';

export interface NamedMethods {
  /** Names of the functions that the body of a class binds, which an instance or the class itself has, or a module. */
  readonly namesOf: (token: Token) => ReadonlySet<string>;
  /** Hears the tokens of a receiver, and of the objects that these hand reads on to. */
  readonly reach: (receiver: number, use: (id: number, receiver: number) => void) => void;
  /** Lets what a name of which nothing is known may mean in modules that are loaded by such names flow into a node:
   *  `getattr(importlib.import_module(module), name)`. */
  readonly ofLoaded: (modules: number, into: number) => void;
  /** Lets what is put on an instance or a class under names that fit flow into a node. */
  readonly put: (token: Token, fits: (name: string) => boolean, into: number) => void;
  /** Hands each function that the token stands for to `use`, and each class of a module that is loaded by a name of which
   *  nothing is known. */
  readonly each: (token: Token & { kind: 'methods' }, use: (id: number) => void) => void;
}

/** Functions and classes that a module defines. */
const functionsOf = (file: WorldFile): readonly (Part & { readonly name: string })[] =>
  file.facts.functions.flatMap(({ name, qualname }, number) =>
    name === qualname ? [{ kind: 'function', file, number, name } as const] : [],
  );

const classesOf = (file: WorldFile): readonly (Part & { readonly name: string })[] =>
  file.facts.classes.flatMap(({ qualname }, number) =>
    qualname.includes('.') ? [] : [{ kind: 'class', file, number, name: qualname } as const],
  );

export const fitsEnds = (name: string, { start, end }: Ends): boolean =>
  name.startsWith(start) && name.endsWith(end);

export function newNamedMethods(flow: Flow, members: Members): NamedMethods {
  const { graph, resolver, tokens } = flow;

  /** `visit_Set = visit_List` is one as well. */
  const isFunction = ({ file }: WorldClass, m: MemberFact): boolean =>
    m.kind === 'function' ||
    (m.kind === 'assign' && resolver.value(file, m.value).some(v => v.kind === 'function'));

  const namesOf: NamedMethods['namesOf'] = token => {
    if (token.kind === 'module') return new Set(functionsOf(token.file).map(f => f.name));
    if (token.kind !== 'instance' && token.kind !== 'class') return new Set();
    let names = ofClasses.get(token.cls);
    if (!names) {
      const family = [...relatives(token.cls)];
      names = new Set(
        family.flatMap(c => [...c.members.values()].filter(m => isFunction(c, m)).map(m => m.name)),
      );
      ofClasses.set(token.cls, names);
    }
    return names;
  };
  const ofClasses = new Map<WorldClass, ReadonlySet<string>>();

  /** Nodes of what stands under a name on one token of a receiver. */
  const nodes = new Map<string, number>();
  const nodeOf = (receiver: number, id: number, name: string): number => {
    const key = `${receiver}:${id}:${name}`;
    let node = nodes.get(key);
    if (node === undefined) {
      nodes.set(key, (node = graph.node()));
      members.read(id, name, node, receiver);
    }
    return node;
  };

  const reach: NamedMethods['reach'] = (receiver, use) => {
    const reached = new Set<number>();
    const go = (node: number): void => {
      if (reached.has(node)) return;
      reached.add(node);
      graph.listen(node, id => {
        use(id, node);
        const token = tokens.get(id);
        if (token.kind === 'instance') members.asked(token.cls).forEach(go);
      });
    };
    go(receiver);
  };

  /** `run = globals()["start"]` stands for others again. */
  const isOne = (id: number): boolean => tokens.get(id).kind !== 'methods';

  const isLoaded = (id: number): boolean => {
    const token = tokens.get(id);
    return id === flow.someModule || (token.kind === 'module' && flow.loaded.has(token.file));
  };
  const ofLoaded: NamedMethods['ofLoaded'] = (modules, into) =>
    graph.listen(modules, id => {
      if (!isLoaded(id) || !flow.once('of loaded', modules, into)) return;
      const receiver = graph.node();
      graph.filter(receiver, isLoaded);
      graph.edge(modules, receiver);
      // called they may be; what else is done to what is asked of modules says nothing of each of their functions
      graph.add(into, tokens.id({ kind: 'methods', receiver, ends: OPEN_ENDS }));
    });

  /** What modules define that only computed names can mean; where nothing is known of a name, also what strings name. */
  const loadable = (ends: Ends): readonly number[] => {
    const others = flow.loadable.unnamed().filter(file => !flow.loaders.has(file));
    const defined = others.flatMap(file => [...functionsOf(file), ...classesOf(file)]);
    const spelled = ends.start || ends.end ? [] : flow.loadable.parts();
    return [...defined.filter(part => fitsEnds(part.name, ends)), ...spelled].map(tokenOf);
  };
  const tokenOf = (part: Part): number =>
    part.kind === 'class'
      ? tokens.id({ kind: 'class', cls: flow.classOf(part) })
      : tokens.id({ kind: 'function', file: part.file, fn: part.number });

  return {
    namesOf,
    reach,
    ofLoaded,
    put(token, fits, into) {
      if (token.kind === 'instance' || token.kind === 'class')
        members.readFitting(token.cls, token.kind, fits, into);
    },
    each({ receiver, ends }, use) {
      reach(receiver, (id, from) => {
        if (id === flow.someModule) for (const part of loadable(ends)) use(part);
        for (const name of namesOf(tokens.get(id)))
          if (fitsEnds(name, ends)) graph.listen(nodeOf(from, id, name), found => isOne(found) && use(found));
      });
    },
  };
}
