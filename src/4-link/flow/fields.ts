// What instances keep: one node for each class and attribute name, seen by whoever reads the name along the hierarchy.
import type { WorldClass } from '../../model/world.js';
import { relatives } from '../../slots.js';
import { append, itemsOf, newLists } from './columns.js';
import type { Graph } from './graph.js';

export interface Fields {
  /** Node of the values that instances of exactly this class keep under a name. */
  readonly field: (cls: WorldClass, name: string) => number;
  /** Lets what instances of a class, or of a relative, keep under a name flow into `into`. */
  readonly read: (cls: WorldClass, name: string, into: number) => void;
  /** Node of everything instances of a class keep. */
  readonly everything: (cls: WorldClass) => number;
  /** Nodes of what instances of a class keep, one a name and class, some names left out. Only after solving. */
  readonly fields: (cls: WorldClass, without: ReadonlySet<string>) => readonly number[];
  /** Nodes of what instances of a class, or of a relative, keep under a name. Only after solving. */
  readonly kept: (cls: WorldClass, name: string) => readonly number[];
  /** Nodes of what instances of any class keep under a name. */
  readonly named: (name: string) => Iterable<number>;
}

interface Field {
  readonly byClass: Map<WorldClass, number>;
  /** Lists of nodes. */
  readonly readers: Map<WorldClass, number>;
}

export function newFields(graph: Graph): Fields {
  const fields = new Map<string, Field>();
  const readers = newLists();
  const families = new Map<WorldClass, ReadonlySet<WorldClass>>();
  const nodesOf = new Map<WorldClass, number[]>();
  const all = new Map<WorldClass, number>();
  const names = new Map<number, string>();

  const family = (cls: WorldClass): ReadonlySet<WorldClass> => {
    let known = families.get(cls);
    if (!known) families.set(cls, (known = relatives(cls)));
    return known;
  };

  /** Entries of a table for the family of a class, walking over the smaller of the two. */
  function* related<T>(table: ReadonlyMap<WorldClass, T>, cls: WorldClass): Generator<T> {
    const near = family(cls);
    if (table.size < near.size) {
      for (const [other, entry] of table) if (near.has(other)) yield entry;
    } else
      for (const other of near) {
        const entry = table.get(other);
        if (entry !== undefined) yield entry;
      }
  }

  const record = (name: string): Field => {
    let known = fields.get(name);
    if (!known) fields.set(name, (known = { byClass: new Map(), readers: new Map() }));
    return known;
  };

  return {
    field(cls, name) {
      const found = record(name);
      const known = found.byClass.get(cls);
      if (known !== undefined) return known;
      const node = graph.node();
      found.byClass.set(cls, node);
      put(nodesOf, cls, node);
      names.set(node, name);
      for (const list of related(found.readers, cls))
        for (const into of itemsOf(readers, list)) graph.edge(node, into);
      for (const into of related(all, cls)) graph.edge(node, into);
      return node;
    },
    read(cls, name, into) {
      const found = record(name);
      found.readers.set(cls, append(readers, found.readers.get(cls) ?? 0, into));
      for (const node of related(found.byClass, cls)) graph.edge(node, into);
    },
    everything(cls) {
      const known = all.get(cls);
      if (known !== undefined) return known;
      const into = graph.node();
      all.set(cls, into);
      for (const nodes of related(nodesOf, cls)) for (const node of nodes) graph.edge(node, into);
      return into;
    },
    kept: (cls, name) => {
      const found = fields.get(name);
      return found ? [...related(found.byClass, cls)] : [];
    },
    named: name => fields.get(name)?.byClass.values() ?? [],
    fields: (cls, without) =>
      [...related(nodesOf, cls)].flat().filter(node => !without.has(names.get(node)!)),
  };
}

function put(lists: Map<WorldClass, number[]>, cls: WorldClass, item: number): void {
  const list = lists.get(cls);
  if (list) list.push(item);
  else lists.set(cls, [item]);
}
