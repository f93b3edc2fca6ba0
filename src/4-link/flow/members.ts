// Reading an attribute: instance fields, class members through the hierarchy, modules, super(), containers.
import type { MemberFact } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { row } from '../index-file.js';
import type { Meaning } from '../resolve.js';
import { type FunctionKind, functionKind } from './functions.js';
import { type Flow, newBag } from './state.js';
import { FOREIGN, type Token, UNKNOWN } from './tokens.js';

export interface Members {
  /** Node of the values that instances of exactly this class keep under a name. */
  readonly field: (cls: WorldClass, name: string) => number;
  /** Lets what `receiver.name` gives flow into `into`, for one token of the receiver. `exact`: a class token stands
   *  for that very class, not for one below it (the receiver is its name). */
  readonly read: (token: number, name: string, into: number, receiver: number, exact?: boolean) => void;
  /** Class members called `name` that a lookup on an instance of `cls`, or of a class below it, may find. */
  readonly lookup: (cls: WorldClass, name: string) => readonly { cls: WorldClass; fact: MemberFact }[];
  /** Kind of the function a member is, or null for other members. */
  readonly kindOf: (cls: WorldClass, fact: MemberFact) => FunctionKind | null;
  /** Whether a class member is an object whose class has `__set__`, or a call of `property`. */
  readonly isDataDescriptor: (cls: WorldClass, fact: MemberFact) => boolean;
  /** Whether a class body holds an object whose class has `__set_name__`. */
  readonly hasNamedDescriptor: (cls: WorldClass) => boolean;
  /** Node of everything instances of a class keep. */
  readonly everything: (cls: WorldClass) => number;
  /** Lets what a static meaning stands for flow into a node. */
  readonly meaning: (m: Meaning, into: number) => void;
}

interface Field {
  readonly byClass: Map<WorldClass, number>;
  readonly readers: { readonly cls: WorldClass; readonly into: number }[];
}

export function newMembers(flow: Flow): Members {
  const { graph, tokens } = flow;
  const fields = new Map<string, Field>();
  const related = new Map<WorldClass, Set<WorldClass>>();
  const views = new Map<number, number>();
  const all = new Map<WorldClass, number>();
  const kinds = new Map<string, FunctionKind>();
  const lookups = new Map<string, readonly { cls: WorldClass; fact: MemberFact }[]>();

  /** The class, those above it and those below it. */
  const family = (cls: WorldClass): Set<WorldClass> => {
    let known = related.get(cls);
    if (!known) {
      known = new Set(cls.descendants);
      for (const entry of cls.mro) if (entry.kind === 'class') known.add(entry.cls);
      related.set(cls, known);
    }
    return known;
  };

  const record = (name: string): Field => {
    let known = fields.get(name);
    if (!known) fields.set(name, (known = { byClass: new Map(), readers: [] }));
    return known;
  };

  const field = (cls: WorldClass, name: string): number => {
    const found = record(name);
    const known = found.byClass.get(cls);
    if (known !== undefined) return known;
    const node = graph.node();
    found.byClass.set(cls, node);
    for (const reader of found.readers) if (family(reader.cls).has(cls)) graph.edge(node, reader.into);
    for (const [owner, into] of all) if (family(owner).has(cls)) graph.edge(node, into);
    return node;
  };

  const readField = (cls: WorldClass, name: string, into: number): void => {
    const found = record(name);
    found.readers.push({ cls, into });
    const near = family(cls);
    if (near.size < found.byClass.size) {
      for (const other of near) {
        const node = found.byClass.get(other);
        if (node !== undefined) graph.edge(node, into);
      }
    } else for (const [other, node] of found.byClass) if (near.has(other)) graph.edge(node, into);
  };

  const everything = (cls: WorldClass): number => {
    const known = all.get(cls);
    if (known !== undefined) return known;
    const node = graph.node();
    all.set(cls, node);
    for (const found of fields.values())
      for (const [other, from] of found.byClass) if (family(cls).has(other)) graph.edge(from, node);
    return node;
  };

  const kindOf = (cls: WorldClass, fact: MemberFact): FunctionKind | null => {
    if (fact.kind !== 'function') return null;
    const fn = row(cls.file, fact.value).a;
    const key = `${cls.file.index}:${fn}`;
    let known = kinds.get(key);
    if (!known) kinds.set(key, (known = functionKind(cls.file, fn, flow.resolver)));
    return known;
  };

  const own = (cls: WorldClass, name: string): { cls: WorldClass; fact: MemberFact }[] =>
    cls.members.has(name)
      ? cls.fact.members.filter(m => m.name === name && m.kind !== 'annotation').map(fact => ({ cls, fact }))
      : [];

  const lookup = (cls: WorldClass, name: string): readonly { cls: WorldClass; fact: MemberFact }[] => {
    const key = `${cls.index}:${name}`;
    const known = lookups.get(key);
    if (known) return known;
    const found: { cls: WorldClass; fact: MemberFact }[] = [];
    for (const entry of cls.mro) {
      if (entry.kind !== 'class') continue;
      const here = own(entry.cls, name);
      found.push(...here);
      if (here.length) break;
    }
    for (const below of cls.descendants) found.push(...own(below, name));
    lookups.set(key, found);
    return found;
  };

  const variableOf = (cls: WorldClass, name: string): number | null => {
    const number = cls.file.facts.variables.findIndex(v => v.scope === cls.fact.scope && v.name === name);
    return number < 0 ? null : flow.variableNode(cls.file, number);
  };
  const memberVariables = new Map<string, number | null>();
  const memberNode = (cls: WorldClass, name: string): number | null => {
    const key = `${cls.index}:${name}`;
    const known = memberVariables.get(key);
    if (known !== undefined) return known;
    const node = variableOf(cls, name);
    memberVariables.set(key, node);
    return node;
  };

  /** A class variable as seen through an instance: functions become bound, descriptors give what they give. */
  const view = (node: number): number => {
    const known = views.get(node);
    if (known !== undefined) return known;
    const seen = graph.node();
    views.set(node, seen);
    graph.listen(node, id => {
      const token = tokens.get(id);
      if (token.kind === 'function') graph.add(seen, tokens.id({ ...token, kind: 'bound' }));
      else if (token.kind === 'instance') {
        for (const getter of lookup(token.cls, '__get__'))
          if (getter.fact.kind === 'function')
            graph.edge(flow.returnNode(getter.cls.file, row(getter.cls.file, getter.fact.value).a), seen);
        graph.add(seen, id);
      } else graph.add(seen, id);
    });
    return seen;
  };

  const readMember = (cls: WorldClass, fact: MemberFact, into: number, viaInstance: boolean): void => {
    const kind = kindOf(cls, fact);
    const fn = fact.kind === 'function' ? row(cls.file, fact.value).a : -1;
    switch (kind) {
      case 'method':
        graph.add(into, tokens.id({ kind: viaInstance ? 'bound' : 'function', file: cls.file, fn }));
        return;
      case 'static':
        graph.add(into, tokens.id({ kind: 'function', file: cls.file, fn }));
        return;
      case 'class':
        graph.add(into, tokens.id({ kind: 'bound', file: cls.file, fn }));
        return;
      case 'property':
      case 'cached':
        if (viaInstance) graph.edge(flow.returnNode(cls.file, fn), into);
        return;
      case 'accessor':
        return;
      case 'opaque':
        graph.add(into, tokens.id({ kind: viaInstance ? 'bound' : 'function', file: cls.file, fn }));
        graph.edge(
          viaInstance ? view(flow.valueNode(cls.file, fact.value)) : flow.valueNode(cls.file, fact.value),
          into,
        );
        return;
      default: {
        const node = memberNode(cls, fact.name);
        if (node !== null) graph.edge(viaInstance ? view(node) : node, into);
      }
    }
  };

  const externalAbove = (cls: WorldClass, name: string): string | null => {
    for (const entry of cls.mro) {
      if (entry.kind !== 'external') continue;
      const knows = entry.layouts[0]?.members.includes(name) || name.startsWith('__');
      if (knows && entry.layouts[0]?.name !== 'typing.Generic') return `${entry.dotted}.${name}`;
    }
    return name.startsWith('__') ? `builtins.object.${name}` : null;
  };

  const hasUnknownAbove = (cls: WorldClass): boolean => cls.mro.some(e => e.kind === 'unknown');

  const readInstance = (cls: WorldClass, name: string, into: number, receiver: number): void => {
    if (name === '__class__') return graph.add(into, tokens.id({ kind: 'class', cls }));
    if (name === '__dict__') return graph.add(into, newBag(flow, 'dict', { items: everything(cls) }));
    readField(cls, name, into);
    const found = lookup(cls, name);
    for (const m of found) readMember(m.cls, m.fact, into, true);
    if (found.length) return;
    const outside = externalAbove(cls, name);
    if (outside) graph.add(into, tokens.id({ kind: 'externalMethod', dotted: outside, receiver }));
    if (hasUnknownAbove(cls)) graph.add(into, UNKNOWN);
    for (const m of lookup(cls, '__getattr__'))
      if (m.fact.kind === 'function')
        graph.edge(flow.returnNode(m.cls.file, row(m.cls.file, m.fact.value).a), into);
  };

  const readClass = (cls: WorldClass, name: string, into: number, exact: boolean): void => {
    const found = exact ? lookup(cls, name).filter(m => !cls.descendants.includes(m.cls)) : lookup(cls, name);
    for (const m of found) readMember(m.cls, m.fact, into, false);
    readField(cls, `class ${name}`, into);
    if (found.length) return;
    const outside = externalAbove(cls, name);
    if (outside) graph.add(into, tokens.id({ kind: 'external', dotted: outside }));
    if (hasUnknownAbove(cls)) graph.add(into, UNKNOWN);
  };

  const readSuper = (cls: WorldClass, name: string, into: number, receiver: number): void => {
    let found = false;
    for (const start of [cls, ...cls.descendants]) {
      const order = start.mro;
      const from = order.findIndex(e => e.kind === 'class' && e.cls === cls);
      for (const entry of order.slice(from + 1)) {
        if (entry.kind !== 'class') continue;
        const here = own(entry.cls, name);
        for (const m of here) readMember(m.cls, m.fact, into, true);
        found ||= here.length > 0;
        if (here.length) break;
      }
    }
    if (found) return;
    const outside = externalAbove(cls, name);
    graph.add(into, outside ? tokens.id({ kind: 'externalMethod', dotted: outside, receiver }) : UNKNOWN);
  };

  const meaning = (m: Meaning, into: number): void => {
    switch (m.kind) {
      case 'class':
        return graph.add(into, tokens.id({ kind: 'class', cls: flow.classOf(m) }));
      case 'function':
        return graph.add(into, tokens.id({ kind: 'function', file: m.file, fn: m.number }));
      case 'module':
        return graph.add(into, tokens.id({ kind: 'module', file: m.file }));
      case 'external':
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

  const readModule = (file: WorldFile, name: string, into: number): void => {
    const variable = flow.resolver.bindings(file).moduleNames.get(name);
    if (variable !== undefined) return graph.edge(flow.variableNode(file, variable), into);
    const found = flow.resolver.member(file, name);
    for (const m of found) meaning(m, into);
    if (!found.length)
      for (const m of flow.resolver.attribute({ kind: 'module', file }, name, file)) meaning(m, into);
  };

  const read = (id: number, name: string, into: number, receiver: number, exact = false): void => {
    const token: Token = tokens.get(id);
    switch (token.kind) {
      case 'unknown':
        return graph.add(into, UNKNOWN);
      case 'foreign':
        return graph.add(into, FOREIGN);
      case 'instance':
        return readInstance(token.cls, name, into, receiver);
      case 'class':
        return readClass(token.cls, name, into, exact);
      case 'module':
        return readModule(token.file, name, into);
      case 'external':
        for (const m of flow.resolver.attribute(
          { kind: 'external', dotted: token.dotted },
          name,
          flow.files[0]!,
        ))
          meaning(m, into);
        return;
      case 'bag':
        graph.add(into, FOREIGN);
        return graph.add(into, tokens.id({ kind: 'bagMethod', bag: id, name }));
      case 'super':
        return readSuper(token.cls, name, into, token.receiver);
      case 'externalMethod':
      case 'bagMethod':
      case 'partial':
      case 'function':
      case 'bound':
        return graph.add(into, UNKNOWN);
    }
  };

  const isDataDescriptor = (cls: WorldClass, fact: MemberFact): boolean => {
    const node = memberNode(cls, fact.name);
    if (node === null) return false;
    for (const id of graph.tokens(node)) {
      const token = tokens.get(id);
      if (token.kind === 'instance' && lookup(token.cls, '__set__').length) return true;
      if (token.kind === 'bag' && token.type === 'builtins.property') return true;
    }
    return false;
  };

  const hasNamedDescriptor = (cls: WorldClass): boolean =>
    [...cls.members.keys()].some(name => {
      const node = memberNode(cls, name);
      if (node === null) return false;
      return [...graph.tokens(node)].some(id => {
        const token = tokens.get(id);
        return token.kind === 'instance' && lookup(token.cls, '__set_name__').length > 0;
      });
    });

  return { field, read, isDataDescriptor, hasNamedDescriptor, lookup, kindOf, everything, meaning };
}
