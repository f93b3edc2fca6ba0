// What names stand for, once value flow knows more than the files tell: static meanings, and names of modules.
import type { WorldFile } from '../../model/world.js';
import type { Meaning } from '../resolve.js';
import type { Delegates } from './delegates.js';
import { loadedAs, unboundAs, unboundIn } from './kept.js';
import type { Flow } from './state.js';
import { UNKNOWN } from './tokens.js';

export interface Meanings {
  /** Lets what a static meaning stands for flow into a node. */
  readonly meaning: (m: Meaning, into: number) => void;
  /** Lets what `module.name` gives flow into a node, for a module of the world. */
  readonly readModule: (file: WorldFile, name: string, into: number) => void;
}

/** `answer`: node of what a `__getattr__` gives for a name. */
export function newMeanings(flow: Flow, answer: Delegates['answer']): Meanings {
  const { graph, tokens } = flow;

  const meaning: Meanings['meaning'] = (m, into) => {
    switch (m.kind) {
      case 'class':
        return graph.add(into, tokens.id({ kind: 'class', cls: flow.classOf(m) }));
      case 'function':
        return graph.add(into, tokens.id({ kind: 'function', file: m.file, fn: m.number }));
      case 'module':
        flow.kept.read(loadedAs(m), into);
        return graph.add(into, tokens.id({ kind: 'module', file: m.file }));
      case 'external':
        flow.kept.read(loadedAs(m), into);
        return graph.add(into, tokens.id({ kind: 'external', dotted: m.dotted }));
      case 'value':
        return graph.edge(flow.valueNode(m.file, m.value), into);
      case 'variable':
        return graph.edge(flow.variableNode(m.file, m.variable), into);
      case 'subscript':
        return meaning(m.base, into);
      case 'unknown':
        return graph.add(into, UNKNOWN);
    }
  };

  const readModule: Meanings['readModule'] = (file, name, into) => {
    const variable = flow.resolver.bindings(file).moduleNames.get(name);
    if (variable !== undefined) return graph.edge(flow.variableNode(file, variable), into);
    if (name === '__dict__') {
      graph.add(into, flow.namespace(file));
      return graph.add(into, UNKNOWN);
    }
    const found = flow.resolver.member(file, name);
    for (const m of found) meaning(m, into);
    if (found.length) return;
    for (const m of flow.resolver.attribute({ kind: 'module', file }, name, file)) meaning(m, into);
    flow.kept.read(unboundAs(file, name), into);
    if (flow.isSubmodule(file, name)) return;
    flow.kept.read(unboundIn(file), into);
    for (const m of flow.resolver.member(file, '__getattr__'))
      if (m.kind === 'function') graph.edge(answer({ file: m.file, fn: m.number }, name), into);
  };

  return { meaning, readModule };
}
