// Reading an attribute: instance fields, class members through the hierarchy, modules, super(), containers.
import type { WorldClass } from '../../model/world.js';
import { above, crossings, metaclassesOf, outsideOf } from '../../slots.js';
import { type Delegates, newDelegates } from './delegates.js';
import { type Dicts, newDicts } from './dicts.js';
import { enumValues, isEnum } from './enums.js';
import { type Fields, newFields, OF_CLASS } from './fields.js';
import { onExternal } from './kept.js';
import type { Keyed } from './keyed.js';
import { newLibraryReads } from './library-reads.js';
import { type Found, isAtRun, type Lookups, newLookups, remembered } from './lookups.js';
import { type Meanings, newMeanings } from './meanings.js';
import { type MemberValues, newMemberValues } from './member-values.js';
import { readMethod } from './methods.js';
import { isOfText } from './run-texts.js';
import { type Flow, newBag } from './state.js';
import { FOREIGN, SOME_CLASS, type Token, UNKNOWN } from './tokens.js';

/** What classes and their instances have: reading it, and the lookups and fields that reading rests on. */
export interface Members
  extends Lookups,
    Omit<Fields, 'read'>,
    Dicts,
    Omit<MemberValues, 'readMember'>,
    Pick<Delegates, 'asked'>,
    Pick<Meanings, 'meaning'> {
  /** Lets what `receiver.name` gives flow into `into`, for one token of the receiver. `exact`: a class token stands
   *  for that very class, not for one below it (the receiver is its name). */
  readonly read: (token: number, name: string, into: number, receiver: number, exact?: boolean) => void;
}

/** What a lookup on instances of a class finds besides what they keep. */
interface Shown {
  /** Nodes of what `__getattribute__` gives. */
  readonly first: readonly number[];
  readonly found: readonly Found[];
  /** Dotted names of what classes outside the world have, where none of the world has anything. */
  readonly outside: readonly string[];
  /** It may come from a class that is not known. */
  readonly isOpen: boolean;
  /** Nodes of what `__getattr__` gives. */
  readonly last: readonly number[];
}

/** A class outside the world, and names that it has. */
interface Outside {
  readonly dotted: string;
  readonly members: readonly string[];
}

/** What only classes have, also where `__getattr__` hands on that of another object: classes (reference 3.2.10). */
const OF_CLASSES: ReadonlySet<string> = new Set(['__mro__', '__bases__', '__base__']);

export function newMembers(flow: Flow, keyed: Keyed): Members {
  const { graph, tokens } = flow;
  const lookups = newLookups(flow.classes, flow.resolver);
  const { own, lookup, methods } = lookups;
  const fields = newFields(graph, flow.having.opens);
  const { read: readField } = fields;
  const dicts = newDicts(flow, fields, keyed);
  const { readForeign, readObject } = newLibraryReads(flow, dicts);
  const { readMember, ...values } = newMemberValues(flow, lookups);
  const { asked, answer } = newDelegates(flow, lookups, (...asking) => read(...asking));
  const { meaning, readModule } = newMeanings(flow, answer);

  /** What classes above each class from outside the world have. */
  const outsides: (readonly Outside[] | undefined)[] = [];
  const outsideAbove = (cls: WorldClass): readonly Outside[] =>
    (outsides[cls.index] ??= cls.mro.flatMap((entry): Outside[] => {
      if (entry.kind !== 'external' || entry.layouts[0]?.name === 'typing.Generic') return [];
      return [{ dotted: entry.dotted, members: entry.layouts[0]?.members ?? [] }];
    }));
  /** Dotted name of what an attribute is that the classes above from outside the world have, or null. */
  const externalAbove = (cls: WorldClass, name: string): string | null => {
    const isSpecial = name.startsWith('__');
    for (const { dotted, members } of outsideAbove(cls))
      if (isSpecial || members.includes(name)) return `${dotted}.${name}`;
    return isSpecial ? `builtins.object.${name}` : null;
  };

  /** Whether instances are put in the place of modules. */
  const standsForModule = (cls: WorldClass): boolean =>
    cls.mro.some(e => e.kind === 'external' && e.dotted === 'types.ModuleType');

  /** What an import binds in the object that stands for its package; false where no such package has a submodule of the
   *  name. */
  const readSubmodule = (name: string, into: number): boolean => {
    const packages = [...flow.replaced].filter(file => flow.isSubmodule(file, name));
    for (const file of packages)
      for (const m of flow.resolver.attribute({ kind: 'module', file }, name, file)) meaning(m, into);
    return packages.length > 0;
  };

  const hasUnknownAbove = (cls: WorldClass): boolean => cls.mro.some(e => e.kind === 'unknown');

  const shown = remembered<Shown>((cls, name) => {
    const found = lookup(cls, name);
    const first = methods(cls, '__getattribute__').map(m => flow.returnNode(m.file, m.fn));
    const last = found.some(isAtRun)
      ? []
      : methods(cls, '__getattr__').map(m =>
          standsForModule(cls) ? answer(m, name) : flow.returnNode(m.file, m.fn),
        );
    if (found.length) return { first, found, outside: [], isOpen: false, last };
    // also of those that stand beside the class above one below it
    const own = externalAbove(cls, name);
    const outside = own === null ? crossings(cls).map(c => externalAbove(c, name)) : [own];
    return {
      first,
      found,
      outside: [...new Set(outside.filter(dotted => dotted !== null))],
      isOpen: outsideOf(cls).some(e => e.kind === 'unknown'),
      last,
    };
  });

  const readInstance = (cls: WorldClass, name: string, into: number, receiver: number): void => {
    if (name === '__class__') return graph.add(into, tokens.id({ kind: 'class', cls }));
    if (name === '__dict__') return graph.add(into, tokens.id(dicts.dictOf(cls)));
    if (OF_CLASSES.has(name)) return readUnknown(name, into);
    readField(cls, name, into);
    if ((name === 'value' || name === '_value_') && isEnum(cls)) {
      for (const node of enumValues(flow, cls, methods)) graph.edge(node, into);
      graph.add(into, FOREIGN);
    }
    const { first, found, outside, isOpen, last } = shown(cls, name);
    if (!found.length && standsForModule(cls) && readSubmodule(name, into)) return;
    for (const node of first) graph.edge(node, into);
    for (const m of found) readMember(m.cls, m.fact, into, true);
    for (const dotted of outside) graph.add(into, tokens.id({ kind: 'externalMethod', dotted, receiver }));
    if (isOpen) graph.add(into, UNKNOWN);
    for (const node of last) graph.edge(node, into);
  };

  let someClasses = -1;
  const readUnknown = (name: string, into: number): void => {
    if (name === '__class__' || name === '__base__') return graph.add(into, SOME_CLASS);
    if (!OF_CLASSES.has(name)) return graph.add(into, UNKNOWN);
    if (someClasses < 0) {
      const items = graph.node();
      graph.add(items, SOME_CLASS);
      someClasses = newBag(flow, 'tuple', { items });
    }
    graph.add(into, someClasses);
  };

  const lines = new Map<WorldClass, number>();
  /** `cls.__mro__`, `cls.__bases__`: the class and those of the world above it. */
  const line = (cls: WorldClass): number => {
    const known = lines.get(cls);
    if (known !== undefined) return known;
    const items = graph.node();
    for (const c of [cls, ...above(cls)]) graph.add(items, tokens.id({ kind: 'class', cls: c }));
    graph.add(items, hasUnknownAbove(cls) ? SOME_CLASS : FOREIGN);
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
    if (name === '__subclasses__' || (name === 'mro' && !lookup(cls, name).length)) {
      const receiver = graph.node();
      graph.add(receiver, tokens.id({ kind: 'class', cls }));
      return graph.add(
        into,
        tokens.id({ kind: 'externalMethod', dotted: `builtins.type.${name}`, receiver }),
      );
    }
    if (cls.members.get(name)?.kind === 'assign' && isEnum(cls))
      graph.add(into, tokens.id({ kind: 'instance', cls }));
    const isInLine = (m: Found): boolean => cls.mro.some(e => e.kind === 'class' && e.cls === m.cls);
    const found = exact ? lookup(cls, name).filter(isInLine) : lookup(cls, name);
    for (const m of found) readMember(m.cls, m.fact, into, false);
    readField(cls, OF_CLASS + name, into);
    if (found.length) return;
    for (const metaclass of metaclassesOf(cls)) {
      readField(metaclass, name, into);
      for (const m of lookup(metaclass, name)) readMember(m.cls, m.fact, into, true);
      for (const m of methods(metaclass, '__getattr__')) graph.edge(flow.returnNode(m.file, m.fn), into);
    }
    const outside = externalAbove(cls, name);
    if (outside) graph.add(into, tokens.id({ kind: 'external', dotted: outside }));
    if (hasUnknownAbove(cls)) graph.add(into, UNKNOWN);
  };

  /** Members that `super().name` in a class may find: the next ones in the line of the class and of those below. */
  const nextInLine = remembered<readonly Found[]>((cls, name) => {
    const found = new Set<Found>();
    for (const start of crossings(cls)) {
      const order = start.mro;
      for (let i = order.findIndex(e => e.kind === 'class' && e.cls === cls) + 1; i < order.length; i++) {
        const entry = order[i]!;
        const here = entry.kind === 'class' ? ownOnce(entry.cls, name) : [];
        for (const m of here) found.add(m);
        if (here.some(isAtRun)) break;
      }
    }
    return [...found];
  });
  const ownOnce = remembered<readonly Found[]>(own);

  const readSuper = (cls: WorldClass, name: string, into: number, receiver: number): void => {
    const found = nextInLine(cls, name);
    for (const m of found) readMember(m.cls, m.fact, into, true);
    if (found.length) return;
    const outside = externalAbove(cls, name);
    graph.add(into, outside ? tokens.id({ kind: 'externalMethod', dotted: outside, receiver }) : UNKNOWN);
  };

  const read = (id: number, name: string, into: number, receiver: number, exact = false): void => {
    const token: Token = tokens.get(id);
    switch (token.kind) {
      case 'unknown':
      case 'someClass':
        return readUnknown(name, into);
      case 'foreign':
        return readForeign(name, into);
      case 'instance':
        return readInstance(token.cls, name, into, receiver);
      case 'class':
        return readClass(token.cls, name, into, exact);
      case 'module':
        return readModule(token.file, name, into);
      case 'external':
        if (isOfText(token)) {
          graph.add(into, UNKNOWN);
          return graph.add(into, id);
        }
        for (const m of flow.resolver.attribute(
          { kind: 'external', dotted: token.dotted },
          name,
          flow.files[0]!,
        ))
          meaning(m, into);
        return flow.kept.read(onExternal(token.dotted, name), into);
      case 'bag':
        if (id === flow.someModule)
          for (const file of flow.loadable.unnamed())
            if (flow.resolver.bindings(file).moduleNames.has(name)) readModule(file, name, into);
        return readObject(token, id, name, into);
      case 'super':
        return readSuper(token.cls, name, into, token.receiver);
      case 'externalMethod':
      case 'bagMethod':
      case 'partial':
      case 'getter':
      case 'function':
      case 'bound':
        return readMethod(flow, token, id, name, into);
    }
  };

  return {
    ...lookups,
    ...fields,
    ...dicts,
    ...values,
    meaning,
    asked,
    read,
  };
}
