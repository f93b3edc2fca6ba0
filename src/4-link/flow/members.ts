// Reading an attribute: instance fields, class members through the hierarchy, modules, super(), containers.
import { type MemberFact, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above } from '../../slots.js';
import { opAt, row } from '../index-file.js';
import type { Meaning } from '../resolve.js';
import { newFields } from './fields.js';
import { calledName, type FunctionKind, functionKind, isCachedName } from './functions.js';
import { type Flow, newBag } from './state.js';
import { FOREIGN, type Token, UNKNOWN } from './tokens.js';

/** A function of a class body. */
export interface Method {
  readonly file: WorldFile;
  readonly fn: number;
}

export interface Members {
  /** Node of the values that instances of exactly this class keep under a name. */
  readonly field: (cls: WorldClass, name: string) => number;
  /** Lets what `receiver.name` gives flow into `into`, for one token of the receiver. `exact`: a class token stands
   *  for that very class, not for one below it (the receiver is its name). */
  readonly read: (token: number, name: string, into: number, receiver: number, exact?: boolean) => void;
  /** Class members called `name` that a lookup on an instance of `cls`, or of a class below it, may find. */
  readonly lookup: (cls: WorldClass, name: string) => readonly { cls: WorldClass; fact: MemberFact }[];
  /** The functions among those members. */
  readonly methods: (cls: WorldClass, name: string) => readonly Method[];
  /** Kind of the function a member is, or null for other members. */
  readonly kindOf: (cls: WorldClass, fact: MemberFact) => FunctionKind | null;
  /** Whether a class member keeps its value in the instance's `__dict__`: a cached_property or a lookalike, as a
   *  decorator or as `area = cached_property(measure)`. */
  readonly isCached: (cls: WorldClass, fact: MemberFact) => boolean;
  /** Whether a class member is an object whose class has `__set__`, or a call of `property`. */
  readonly isDataDescriptor: (cls: WorldClass, fact: MemberFact) => boolean;
  /** Whether a class body holds an object whose class has `__set_name__`. */
  readonly hasNamedDescriptor: (cls: WorldClass) => boolean;
  /** Node of what stands at a node, as seen through an instance of the class that holds it: functions are bound. */
  readonly view: (node: number) => number;
  /** Node of everything instances of a class keep. */
  readonly everything: (cls: WorldClass) => number;
  /** Variables that a class body binds. */
  readonly variables: (cls: WorldClass) => Iterable<number>;
  /** Nodes of what instances of a class keep, one a name and class. Only after solving. */
  readonly fields: (cls: WorldClass) => readonly number[];
  /** Lets what a static meaning stands for flow into a node. */
  readonly meaning: (m: Meaning, into: number) => void;
}

export function newMembers(flow: Flow): Members {
  const { graph, tokens } = flow;
  const { field, read: readField, everything, fields } = newFields(graph);
  const views = new Map<number, number>();
  const kinds = new Map<string, FunctionKind>();
  const lookups = new Map<string, Map<WorldClass, readonly { cls: WorldClass; fact: MemberFact }[]>>();
  const methodsOf = new Map<string, Map<WorldClass, readonly Method[]>>();
  const declaring = declaringClasses(flow.classes);

  const kindOf = (cls: WorldClass, fact: MemberFact): FunctionKind | null => {
    if (fact.kind !== 'function') return null;
    const fn = row(cls.file, fact.value).a;
    const key = `${cls.file.index}:${fn}`;
    let known = kinds.get(key);
    if (!known) kinds.set(key, (known = functionKind(cls.file, fn, flow.resolver)));
    return known;
  };

  const isCached: Members['isCached'] = (cls, fact) => {
    if (fact.kind !== 'assign' || fact.value < 0) return kindOf(cls, fact) === 'cached';
    if (opAt(cls.file, fact.value) !== Op.Call) return false;
    return isCachedName(calledName(cls.file, row(cls.file, fact.value).a, flow.resolver));
  };

  const own = (cls: WorldClass, name: string): { cls: WorldClass; fact: MemberFact }[] =>
    cls.members.has(name)
      ? cls.fact.members.filter(m => m.name === name && m.kind !== 'annotation').map(fact => ({ cls, fact }))
      : [];

  const lookup = (cls: WorldClass, name: string): readonly { cls: WorldClass; fact: MemberFact }[] => {
    let known = lookups.get(name);
    if (!known) lookups.set(name, (known = new Map()));
    let found = known.get(cls);
    if (!found) known.set(cls, (found = lookUp(cls, name)));
    return found;
  };
  const methods: Members['methods'] = (cls, name) => {
    let known = methodsOf.get(name);
    if (!known) methodsOf.set(name, (known = new Map()));
    let found = known.get(cls);
    if (!found) {
      const functions = lookup(cls, name).filter(m => m.fact.kind === 'function');
      found = functions.map(m => ({ file: m.cls.file, fn: row(m.cls.file, m.fact.value).a }));
      known.set(cls, found);
    }
    return found;
  };
  const lookUp = (cls: WorldClass, name: string): readonly { cls: WorldClass; fact: MemberFact }[] => {
    const owners = declaring.get(name);
    if (!owners) return NOTHING;
    const above = cls.mro.find(e => e.kind === 'class' && owners.has(e.cls));
    const found = above?.kind === 'class' ? own(above.cls, name) : [];
    // the fewer of the two are asked one by one, in the order of the program either way
    const below =
      owners.size < cls.descendants.length
        ? [...owners].filter(o => o !== cls && o.mro.some(e => e.kind === 'class' && e.cls === cls))
        : cls.descendants.filter(d => owners.has(d));
    for (const owner of below) found.push(...own(owner, name));
    return found;
  };

  const bodies = new Map<WorldFile, ReadonlyMap<number, ReadonlyMap<string, number>>>();
  const body = (cls: WorldClass): ReadonlyMap<string, number> => {
    let known = bodies.get(cls.file);
    if (!known) bodies.set(cls.file, (known = variablesOfBodies(cls.file)));
    return known.get(cls.fact.scope) ?? EMPTY;
  };
  /** Node of the variable that a class body binds a name to. */
  const memberNode = (cls: WorldClass, name: string): number | null => {
    const number = body(cls).get(name);
    return number === undefined ? null : flow.variableNode(cls.file, number);
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
        for (const m of methods(token.cls, '__get__')) graph.edge(flow.returnNode(m.file, m.fn), seen);
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
    for (const m of methods(cls, '__getattr__')) graph.edge(flow.returnNode(m.file, m.fn), into);
  };

  const lines = new Map<WorldClass, number>();
  /** `cls.__mro__`, `cls.__bases__`: the class and those of the world above it. */
  const line = (cls: WorldClass): number => {
    const known = lines.get(cls);
    if (known !== undefined) return known;
    const items = graph.node();
    for (const c of [cls, ...above(cls)]) graph.add(items, tokens.id({ kind: 'class', cls: c }));
    graph.add(items, FOREIGN);
    const bag = newBag(flow, 'tuple', { items });
    lines.set(cls, bag);
    return bag;
  };
  const namespaces = new Map<WorldClass, number>();
  /** `cls.__dict__`: what the body binds under any name. */
  const namespace = (cls: WorldClass): number => {
    const known = namespaces.get(cls);
    if (known !== undefined) return known;
    const items = graph.node();
    graph.add(items, UNKNOWN);
    const bag = newBag(flow, 'dict', { items });
    namespaces.set(cls, bag);
    for (const m of cls.fact.members) if (m.value >= 0) graph.edge(flow.valueNode(cls.file, m.value), items);
    return bag;
  };

  const readClass = (cls: WorldClass, name: string, into: number, exact: boolean): void => {
    if (name === '__mro__' || name === '__bases__') return graph.add(into, line(cls));
    if (name === '__dict__') return graph.add(into, namespace(cls));
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
      if (token.kind === 'function' && functionKind(token.file, token.fn, flow.resolver) === 'property')
        return true;
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

  return {
    field,
    read,
    isCached,
    isDataDescriptor,
    hasNamedDescriptor,
    lookup,
    methods,
    kindOf,
    view,
    everything,
    fields,
    variables: cls => body(cls).values(),
    meaning,
  };
}

const NOTHING: readonly never[] = [];
const EMPTY: ReadonlyMap<string, number> = new Map();

/** The classes whose body binds each name, in the order of the program. */
function declaringClasses(classes: readonly WorldClass[]): ReadonlyMap<string, ReadonlySet<WorldClass>> {
  const declaring = new Map<string, Set<WorldClass>>();
  for (const cls of classes)
    for (const name of cls.members.keys()) {
      const known = declaring.get(name);
      if (known) known.add(cls);
      else declaring.set(name, new Set([cls]));
    }
  return declaring;
}

/** Variables of a file's class bodies by scope and name. */
function variablesOfBodies(file: WorldFile): ReadonlyMap<number, ReadonlyMap<string, number>> {
  const bodies = new Map<number, Map<string, number>>();
  const { scopes, variables } = file.facts;
  variables.forEach((v, number) => {
    if (scopes[v.scope]!.kind !== 'class') return;
    const known = bodies.get(v.scope);
    if (!known) bodies.set(v.scope, new Map([[v.name, number]]));
    else if (!known.has(v.name)) known.set(v.name, number);
  });
  return bodies;
}
