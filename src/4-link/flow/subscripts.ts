// What `x[i]` gives.
import { Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { metaclassesOf } from '../../slots.js';
import { isSlice, row } from '../index-file.js';
import { givesNoItems } from './built-in.js';
import type { Binding } from './calls/binding.js';
import type { Containers } from './containers.js';
import { isEnum } from './enums.js';
import { isMapping } from './externals.js';
import { LOADED } from './kept.js';
import type { Members } from './members.js';
import { type Ends, endsOf, literalNames } from './names.js';
import { hasPlainMetaclass, mayBeGeneric } from './plain-classes.js';
import type { Flow, Namespace } from './state.js';
import { FOREIGN, UNKNOWN } from './tokens.js';

/** Lets what `token[index]` gives flow into `into`. */
export type Subscript = (file: WorldFile, index: number, token: number, into: number) => void;

export function newSubscript(
  flow: Flow,
  members: Members,
  { at }: Containers,
  applyMethods: Binding['applyMethods'],
): Subscript {
  const { graph, tokens } = flow;

  /** `sys.modules["shop"]`, `sys.modules[__name__]` */
  const loaded = (file: WorldFile, index: number, into: number): void => {
    const { op, a } = row(file, index);
    flow.kept.read(LOADED, into);
    if (op === Op.Var && file.facts.variables[a]!.name === '__name__')
      return graph.add(into, tokens.id({ kind: 'module', file: file.host ?? file }));
    for (const name of literalNames(file, index, flow.resolver) ?? [])
      for (const m of flow.resolver.module(name, file)) members.meaning(m, into);
  };

  /** `globals()["do_" + name]` */
  const named = (namespace: Namespace, ends: Ends, into: number): void => {
    graph.add(into, flow.functionsIn(namespace.file, ends));
    graph.edge(namespace.stored, into);
    graph.add(into, FOREIGN);
  };

  return (file, index, id, into) => {
    const token = tokens.get(id);
    switch (token.kind) {
      case 'bag': {
        if (givesNoItems(token.type)) return graph.add(into, FOREIGN);
        if (isSlice(file, index) && !isMapping(token.type)) return graph.add(into, id);
        const namespace = flow.namespaceOf(id);
        if (namespace) return named(namespace, endsOf(file, index, flow.resolver), into);
        for (const node of at(token, isMapping(token.type) ? literalNames(file, index, flow.resolver) : null))
          graph.edge(node, into);
        for (const p of token.places ?? []) graph.edge(p, into);
        graph.add(into, FOREIGN);
        return;
      }
      case 'class':
        applyMethods(token.cls, '__class_getitem__', [flow.valueNode(file, index)], into);
        for (const metaclass of metaclassesOf(token.cls))
          applyMethods(metaclass, '__getitem__', [flow.valueNode(file, index)], into);
        if (isEnum(token.cls)) graph.add(into, tokens.id({ kind: 'instance', cls: token.cls }));
        if (hasPlainMetaclass(token.cls) && !mayBeGeneric(token.cls)) return;
        return graph.add(into, id);
      case 'external':
        if (token.dotted === 'sys.modules') loaded(file, index, into);
        return graph.add(into, id);
      case 'someClass':
        return graph.add(into, id);
      case 'instance':
        for (const name of ['__getitem__', '__missing__'])
          applyMethods(token.cls, name, [flow.valueNode(file, index)], into);
        if (!members.lookup(token.cls, '__getitem__').length) graph.add(into, UNKNOWN);
        return;
      case 'foreign':
        return graph.add(into, FOREIGN);
      default:
        return graph.add(into, UNKNOWN);
    }
  };
}
