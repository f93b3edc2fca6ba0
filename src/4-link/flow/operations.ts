// What operations on values give: `x[i]`, `with`, `await`, `except`.
import { Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { metaclassesOf } from '../../slots.js';
import { isSlice, row } from '../index-file.js';
import { givesNoItems } from './built-in.js';
import type { Binding } from './calls/binding.js';
import type { Containers } from './containers.js';
import { isEnum } from './enums.js';
import { isMapping } from './externals.js';
import { raisedAs } from './kept.js';
import type { Members } from './members.js';
import { literalNames } from './names.js';
import { hasPlainMetaclass, mayBeGeneric } from './plain-classes.js';
import type { Flow } from './state.js';
import { FOREIGN, type Token, UNKNOWN } from './tokens.js';

/** Each lets what an operation gives flow into `into`, for one token of the operand. */
export interface Operations {
  /** `token[index]` */
  readonly subscript: (file: WorldFile, index: number, token: number, into: number) => void;
  /** `with token as into` */
  readonly enter: (token: number, into: number) => void;
  readonly awaited: (token: number, into: number) => void;
  /** `except token as into` */
  readonly caught: (token: number, into: number) => void;
}

export function newOperations(
  flow: Flow,
  members: Members,
  { at }: Containers,
  { apply, applyMethods }: Binding,
): Operations {
  const { graph, tokens } = flow;
  const subscript: Operations['subscript'] = (file, index, id, into) => {
    const token = tokens.get(id);
    switch (token.kind) {
      case 'bag':
        if (givesNoItems(token.type)) return graph.add(into, FOREIGN);
        if (isSlice(file, index) && !isMapping(token.type)) return graph.add(into, id);
        for (const node of at(token, isMapping(token.type) ? literalNames(file, index, flow.resolver) : null))
          graph.edge(node, into);
        for (const p of token.places ?? []) graph.edge(p, into);
        graph.add(into, FOREIGN);
        return;
      case 'class':
        applyMethods(token.cls, '__class_getitem__', [flow.valueNode(file, index)], into);
        for (const metaclass of metaclassesOf(token.cls))
          applyMethods(metaclass, '__getitem__', [flow.valueNode(file, index)], into);
        if (isEnum(token.cls)) graph.add(into, tokens.id({ kind: 'instance', cls: token.cls }));
        if (hasPlainMetaclass(token.cls) && !mayBeGeneric(token.cls)) return;
        return graph.add(into, id);
      case 'external':
        if (token.dotted === 'sys.modules') module(file, index, into);
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

  /** `sys.modules["shop"]`, `sys.modules[__name__]` */
  const module = (file: WorldFile, index: number, into: number): void => {
    const { op, a } = row(file, index);
    if (op === Op.Var && file.facts.variables[a]!.name === '__name__')
      return graph.add(into, tokens.id({ kind: 'module', file: file.host ?? file }));
    for (const name of literalNames(file, index, flow.resolver) ?? [])
      for (const m of flow.resolver.module(name, file)) members.meaning(m, into);
  };

  const enter: Operations['enter'] = (id, into) => {
    const token = tokens.get(id);
    if (token.kind === 'instance') {
      const self = graph.node();
      graph.add(self, id);
      let isManager = false;
      for (const name of ['__enter__', '__aenter__']) {
        for (const m of members.methods(token.cls, name)) apply(m.file, m.fn, 1, [], into, self);
        isManager ||= members.lookup(token.cls, name).length > 0;
      }
      if (isManager) return;
      graph.add(into, id);
      graph.add(into, UNKNOWN);
    } else if (token.kind === 'bag') {
      graph.edge(token.items, into);
      if (token.type !== 'generator') graph.add(into, id);
    } else graph.add(into, token.kind === 'foreign' ? FOREIGN : UNKNOWN);
  };

  /** What a generator, or another object that is waited for, gives in the end. */
  const ended = (bag: Token & { kind: 'bag' }, into: number): void => {
    graph.edge(bag.items, into);
    if (bag.type === 'generator') graph.edge(bag.keys, into);
  };
  const awaitAll = (node: number, into: number): void => {
    if (!flow.once('awaited', node, into)) return;
    graph.listen(node, id => {
      const token = tokens.get(id);
      if (token.kind === 'bag') ended(token, into);
    });
  };

  const awaited: Operations['awaited'] = (id, into) => {
    const token = tokens.get(id);
    graph.add(into, id);
    if (token.kind === 'bag') ended(token, into);
    if (token.kind !== 'instance') return;
    for (const m of members.methods(token.cls, '__await__')) awaitAll(flow.returnNode(m.file, m.fn), into);
    if (members.lookup(token.cls, '__await__').length) graph.add(into, UNKNOWN);
  };

  const caught: Operations['caught'] = (id, into) => {
    const token = tokens.get(id);
    if (token.kind === 'class') graph.add(into, tokens.id({ kind: 'instance', cls: token.cls }));
    else if (token.kind === 'bag') {
      for (const node of [token.items, ...(token.places ?? [])])
        if (flow.once('caught', node, into)) graph.listen(node, inner => caught(inner, into));
    } else {
      graph.add(into, UNKNOWN);
      if (token.kind === 'external') flow.kept.read(raisedAs(token.dotted), into);
    }
  };

  return { subscript, enter, awaited, caught };
}
