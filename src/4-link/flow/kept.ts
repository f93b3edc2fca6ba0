// What is kept outside of classes: on functions, on modules of other code, in modules under names that are not bound there.
import { addTo } from '../../model/grouping.js';
import type { WorldFile } from '../../model/world.js';
import type { Meaning } from '../resolve.js';
import type { Graph } from './graph.js';
import type { Token } from './tokens.js';

/** Values by the place that keeps them, whichever comes first, the store or the read. */
export interface Kept {
  readonly put: (place: string, given: number) => void;
  readonly read: (place: string, into: number) => void;
}

/** An attribute of a function of the world. */
export const onFunction = ({ file, fn }: Token & { kind: 'function' | 'bound' }, attr: string): string =>
  `${file.index}:${fn}.${attr}`;

/** The functions that wrappers of functools hide: what `f.__wrapped__` gives. */
export const WRAPPED = '__wrapped__';

/** What the program puts in the place of modules: `sys.modules["shop"] = Shop()`. */
export const LOADED = 'sys.modules[]';

/** The same, where it is known of which module. */
export const loadedAs = (m: Meaning & { kind: 'module' | 'external' }): string =>
  `sys.modules[${m.kind === 'module' ? m.file.index : m.dotted}]`;

/** Type of the exceptions from outside the world that are made with objects of the world. */
export const RAISED = 'raised';

/** Those that a class of exceptions catches. */
export const raisedAs = (dotted: string): string => `${RAISED} ${dotted}`;

/** What has a dotted name outside the world. */
export const onExternal = (dotted: string, attr: string): string => `${dotted}.${attr}`;

/** Names of a module that no statement of it binds: `globals()["x"] = v`, `setattr(module, name, v)`. */
export const unboundIn = (file: WorldFile): string => `${file.index}`;

/** One of these names, where it is told: `shop.log = v`. */
export const unboundAs = (file: WorldFile, name: string): string => `${file.index} ${name}`;

export function newKept(graph: Graph): Kept {
  const nodes = new Map<string, number>();
  const readers = new Map<string, number[]>();
  return {
    put(place, given) {
      let node = nodes.get(place);
      if (node === undefined) {
        nodes.set(place, (node = graph.node()));
        for (const into of readers.get(place) ?? []) graph.edge(node, into);
        readers.delete(place);
      }
      graph.edge(given, node);
    },
    read(place, into) {
      const node = nodes.get(place);
      if (node !== undefined) return graph.edge(node, into);
      addTo(readers, place, into);
    },
  };
}
