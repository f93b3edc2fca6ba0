// What instances keep: one node for each class and attribute name, seen by whoever reads the name along the hierarchy.
import { addTo } from '../../model/grouping.js';
import type { WorldClass } from '../../model/world.js';
import { relatives } from '../../slots.js';
import { addPair, append, eachOf, newLists, newPairs } from './columns.js';
import type { Graph } from './graph.js';

/** What is stored under names that are computed: it may be read under any. */
export const ANY_NAME = '*';
/** Names of what a class itself keeps begin so. */
export const OF_CLASS = 'class ';

const isOfClass = (name: string): boolean => name.startsWith(OF_CLASS);
/** The name that stands for any where this one is read; special ones are never computed. */
const anyFor = (name: string): string | null => {
  if (/^__\w+__$/.test(name)) return null;
  return isOfClass(name) ? OF_CLASS + ANY_NAME : ANY_NAME;
};
const isAny = (name: string): boolean => name === ANY_NAME || name === OF_CLASS + ANY_NAME;

export interface Fields {
  /** Node of the values that instances of exactly this class keep under a name. */
  readonly field: (cls: WorldClass, name: string) => number;
  /** Lets what instances of a class, or of a relative, keep under a name flow into `into`. */
  readonly read: (cls: WorldClass, name: string, into: number) => void;
  /** The same for all names that fit; `kept` by the class itself or by its instances. */
  readonly readFitting: (
    cls: WorldClass,
    kept: Keeper,
    fits: (name: string) => boolean,
    into: number,
  ) => void;
  /** Lets what is kept under computed names flow to where a name is read, if that `needs` it; true where it now does. */
  readonly spread: (needs: (node: number) => boolean) => boolean;
  /** Whether instances of a class get attributes under names that are computed. */
  readonly isComputed: (cls: WorldClass) => boolean;
  /** Node of everything instances of a class keep. */
  readonly everything: (cls: WorldClass) => number;
  /** Nodes of what instances of a class keep, one a name and class, some names left out. Only after solving. */
  readonly fields: (cls: WorldClass, without: ReadonlySet<string>) => readonly number[];
  /** Nodes of what instances of a class, or of a relative, keep under a name. Only after solving. */
  readonly kept: (cls: WorldClass, name: string) => readonly number[];
  /** Nodes of what instances of any class keep under a name. */
  readonly named: (name: string) => Iterable<number>;
}

export type Keeper = 'class' | 'instance';

interface Field {
  readonly byClass: Map<WorldClass, number>;
  /** Lists of nodes. */
  readonly readers: Map<WorldClass, number>;
}

/** Lets what is kept under names that fit flow into a node. */
interface Watcher {
  readonly fits: (name: string) => boolean;
  readonly into: number;
}

/** @param onComputed instances of a class may get attributes of any name */
export function newFields(graph: Graph, onComputed: (cls: WorldClass) => void): Fields {
  const fields = new Map<string, Field>();
  const readers = newLists();
  const nodesOf = new Map<WorldClass, number[]>();
  const all = new Map<WorldClass, number>();
  const spreading = newPairs();
  const isNew = (node: number, into: number): boolean => addPair(spreading, node, into);
  const watchers = new Map<WorldClass, Watcher[]>();
  const names = new Map<number, string>();

  /** Relatives of classes, by the index of each. */
  const families: (ReadonlySet<WorldClass> | undefined)[] = [];
  /** Entries of a table for a class and its relatives, walking over the smaller of the two. */
  const eachRelated = <T>(
    table: ReadonlyMap<WorldClass, T>,
    cls: WorldClass,
    use: (entry: T) => void,
  ): void => {
    if (table.size === 0) return;
    const near = (families[cls.index] ??= relatives(cls));
    if (table.size < near.size) {
      for (const [other, entry] of table) if (near.has(other)) use(entry);
    } else
      for (const other of near) {
        const entry = table.get(other);
        if (entry !== undefined) use(entry);
      }
  };
  const related = <T>(table: ReadonlyMap<WorldClass, T>, cls: WorldClass): readonly T[] => {
    const found: T[] = [];
    eachRelated(table, cls, entry => found.push(entry));
    return found;
  };

  const record = (name: string): Field => {
    let known = fields.get(name);
    if (!known) fields.set(name, (known = { byClass: new Map(), readers: new Map() }));
    return known;
  };

  const watch = (cls: WorldClass, watcher: Watcher): void => {
    addTo(watchers, cls, watcher);
    for (const nodes of related(nodesOf, cls))
      for (const node of nodes) if (watcher.fits(names.get(node)!)) graph.edge(node, watcher.into);
  };

  /** The nodes among `asking` that need more, by class. */
  const needing = (
    asking: Field['readers'],
    needs: (node: number) => boolean,
  ): ReadonlyMap<WorldClass, readonly number[]> => {
    const found = new Map<WorldClass, readonly number[]>();
    for (const [cls, list] of asking) {
      let nodes: number[] | null = null;
      eachOf(readers, list, node => {
        if (needs(node)) (nodes ??= []).push(node);
      });
      if (nodes) found.set(cls, nodes);
    }
    return found;
  };

  return {
    field(cls, name) {
      const found = record(name);
      const known = found.byClass.get(cls);
      if (known !== undefined) return known;
      const node = graph.node();
      found.byClass.set(cls, node);
      addTo(nodesOf, cls, node);
      names.set(node, name);
      eachRelated(found.readers, cls, list => {
        eachOf(readers, list, into => graph.edge(node, into));
      });
      for (const list of related(watchers, cls))
        for (const { fits, into } of list) if (fits(name)) graph.edge(node, into);
      if (name === ANY_NAME) onComputed(cls);
      return node;
    },
    read(cls, name, into) {
      const found = record(name);
      found.readers.set(cls, append(readers, found.readers.get(cls) ?? 0, into));
      eachRelated(found.byClass, cls, node => graph.edge(node, into));
    },
    spread(needs) {
      let isDone = false;
      for (const [name, { readers: asking }] of fields) {
        const any = fields.get(anyFor(name) ?? '');
        if (!any || isAny(name)) continue;
        const inNeed = needing(asking, needs);
        if (inNeed.size === 0) continue;
        for (const [cls, node] of any.byClass)
          for (const nodes of related(inNeed, cls))
            for (const into of nodes)
              if (needs(into) && isNew(node, into)) {
                graph.edge(node, into);
                isDone = true;
              }
      }
      return isDone;
    },
    readFitting(cls, kept, fits, into) {
      const start = kept === 'class' ? OF_CLASS : '';
      const isKept = (name: string): boolean =>
        isOfClass(name) === (kept === 'class') && (isAny(name) || fits(name.slice(start.length)));
      watch(cls, { fits: isKept, into });
    },
    isComputed: cls => fields.get(ANY_NAME)?.byClass.has(cls) ?? false,
    everything(cls) {
      const known = all.get(cls);
      if (known !== undefined) return known;
      const into = graph.node();
      all.set(cls, into);
      watch(cls, { fits: () => true, into });
      return into;
    },
    kept: (cls, name) => {
      const found = fields.get(name);
      return found ? related(found.byClass, cls) : [];
    },
    named: name => fields.get(name)?.byClass.values() ?? [],
    fields: (cls, without) =>
      related(nodesOf, cls)
        .flat()
        .filter(node => !without.has(names.get(node)!)),
  };
}
