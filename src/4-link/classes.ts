// Class statements become classes of the world: bases across modules, linearisation, subclasses.
import type { ClassRef } from '../model/decision.js';
import type { ClassFact, MemberFact } from '../model/definitions.js';
import { ArgKind, Op } from '../model/facts.js';
import { addTo } from '../model/grouping.js';
import type { ExternalClass } from '../model/layouts.js';
import type { Base, CellUse, WorldClass, WorldFile } from '../model/world.js';
import { declaredSlots } from './declared-slots.js';
import { decoratorOf } from './decorators.js';
import { madeOf } from './fields.js';
import { decoratorNames } from './flow/functions.js';
import { functionsAround } from './functions-around.js';
import { argumentsOf, placeAt, row, spelling, stringAt, valueCount } from './index-file.js';
import type { Layouts } from './layouts/layouts.js';
import { lineariser } from './linearise.js';
import { inLongLines, unfollowed } from './long-lines.js';
import type { Meaning, Resolver } from './resolve.js';

/** Class statements of all files as classes with hierarchy. `layouts`: oldest Python of the range first. */
export function linkClasses(
  files: readonly WorldFile[],
  resolver: Resolver,
  layouts: readonly Layouts[],
): readonly WorldClass[] {
  const byFile: WorldClass[][] = [];
  const all: Building[] = [];
  for (const file of files) {
    const seen = new Map<string, number>();
    byFile[file.index] = file.facts.classes.map(fact => {
      const nth = (seen.get(fact.qualname) ?? 0) + 1;
      seen.set(fact.qualname, nth);
      const cls: Building = {
        index: all.length,
        ref: refOf(file, fact, nth),
        file,
        fact,
        bases: [],
        metaclasses: [],
        decorators: [],
        mro: [],
        slots: null,
        members: lastMembers(fact),
        fields: [],
        parameters: [],
        cellUses: [],
        descendants: [],
      };
      all.push(cls);
      return cls;
    });
  }
  const classOf = (m: Meaning & { kind: 'class' }): WorldClass => byFile[m.file.index]![m.number]!;
  const context: Context = { resolver, layouts, classOf };
  for (const cls of all) {
    cls.bases = cls.fact.bases.flatMap(b => basesOf(context, cls, b.value, b.star));
    cls.metaclasses = cls.fact.keywords
      .filter(k => k.name === 'metaclass')
      .flatMap(k => basesOf(context, cls, k.value, false));
    cls.decorators = cls.fact.decorators.map(d => decoratorOf(cls.file, d.value, d.span, resolver, classOf));
    const made = madeOf(cls, resolver);
    cls.fields = made.fields;
    cls.parameters = made.parameters;
  }
  for (const cls of inLongLines(all)) (cls as Building).bases = [unfollowed(cls)];
  for (const file of files) noteClassCells(file, byFile[file.index]!, resolver);
  const linearise = lineariser(layouts);
  for (const cls of all) {
    cls.mro = linearise(cls);
    for (const entry of cls.mro.slice(1))
      if (entry.kind === 'class' && entry.cls !== cls) (entry.cls as Building).descendants.push(cls);
  }
  // what a dataclass's slots are depends on those of the classes above it
  const basesFirst = all.toSorted((a, b) => a.mro.length - b.mro.length);
  for (const cls of basesFirst) cls.slots = declaredSlots(cls, resolver);
  return all;
}

type Building = { -readonly [K in keyof WorldClass]: WorldClass[K] } & { descendants: WorldClass[] };

interface Context {
  readonly resolver: Resolver;
  readonly layouts: readonly Layouts[];
  readonly classOf: (m: Meaning & { kind: 'class' }) => WorldClass;
}

function refOf(file: WorldFile, fact: ClassFact, nth: number): ClassRef {
  const suffix = nth > 1 ? `#${nth}` : '';
  return {
    id: `${file.source.path}:${fact.qualname}${suffix}`,
    dotted: `${file.source.module}:${fact.qualname}${suffix}`,
    name: fact.name,
    qualname: fact.qualname,
    at: placeAt(file, fact.at),
  };
}

/** Uses of zero-argument super() and `__class__` in the methods of each class. */
function noteClassCells(file: WorldFile, classes: WorldClass[], resolver: Resolver): void {
  const found = new Map<WorldClass, CellUse[]>();
  for (let v = 0; v < valueCount(file); v++) {
    const r = row(file, v);
    if (r.op !== Op.Super && r.op !== Op.ClassCell) continue;
    const cls = classes[r.a]!;
    const use: CellUse = {
      kind: r.op === Op.Super ? 'super' : 'class',
      at: r.at,
      fn: functionsAround(file, r.at)[0] ?? -1,
      inPlainMethod: isInPlainMethod(file, r.a, r.at, resolver),
    };
    addTo(found, cls, use);
  }
  for (const [cls, uses] of found) (cls as Building).cellUses = uses.sort((a, b) => a.at - b.at);
}

const KEEPS_CLOSURE = /^(builtins\.(staticmethod|classmethod|property)|abc\.abstractmethod)$/;

/** Whether the method of class number `cls` around an offset is what its `def` makes, or a builtin view of it. */
function isInPlainMethod(file: WorldFile, cls: number, offset: number, resolver: Resolver): boolean {
  const method = file.facts.functions.findIndex(f => f.cls === cls && f.at <= offset && offset < f.end);
  return (
    method >= 0 &&
    decoratorNames(file, method, resolver).every(d => !d.accessor && KEEPS_CLOSURE.test(d.name))
  );
}

function lastMembers(fact: ClassFact): Map<string, MemberFact> {
  const members = new Map<string, MemberFact>();
  for (const m of fact.members) if (m.kind !== 'annotation' && !m.isTyping) members.set(m.name, m);
  return members;
}

function basesOf(context: Context, cls: WorldClass, value: number, star: boolean): Base[] {
  const at = placeAt(cls.file, row(cls.file, value).at);
  const text = spelling(cls.file, value);
  const unknown = (because: string): Base => ({
    kind: 'unknown',
    text,
    dotted: originOf(context.resolver, cls.file, value),
    because,
    at,
  });
  if (star) return [unknown('the bases are computed')];
  const meanings = context.resolver.value(cls.file, value);
  // `try: from fast import X / except ImportError: class X`: each arm counts
  const found = meanings.map(m => baseOf(context, m, at, unknown));
  const isFirst = (b: Base, i: number): boolean =>
    b.kind === 'unknown' || found.findIndex(o => sameBase(o, b)) === i;
  const bases = found.filter((b, i) => !(b.kind === 'class' && b.cls === cls) && isFirst(b, i));
  // `except ImportError: X = object`
  const isPlain = found.some(b => b.kind === 'external' && b.dotted === 'builtins.object');
  return bases.map(b => (isPlain && b.kind === 'unknown' && b.dotted !== null ? { ...b, spare: true } : b));
}

const sameBase = (a: Base, b: Base): boolean =>
  (a.kind === 'class' && b.kind === 'class' && a.cls === b.cls) ||
  (a.kind === 'external' && b.kind === 'external' && a.dotted === b.dotted);

function baseOf(context: Context, m: Meaning, at: Base['at'], unknown: (because: string) => Base): Base {
  switch (m.kind) {
    case 'class':
      return { kind: 'class', cls: context.classOf(m), at };
    case 'subscript':
      return baseOf(context, m.base, at, unknown);
    case 'external': {
      const found = context.layouts.map(l => l.find(m.dotted));
      if (found.every((l): l is ExternalClass => l !== null))
        return {
          kind: 'external',
          dotted: m.dotted,
          layouts: found,
          solids: solidsOf(found[0]!, context.layouts[0]!),
          at,
        };
      return unknown(
        found.some(Boolean)
          ? `${m.dotted} does not exist in every Python version of the range`
          : `the source of ${m.dotted} is not at hand`,
      );
    }
    case 'value': {
      const dotted = makesNamedTuple(context, m.file, m.value)
        ? 'builtins.tuple'
        : metaclassIn(context, m.file, m.value);
      if (dotted === null) return unknown('it is computed at run time');
      return baseOf(context, { kind: 'external', dotted }, at, unknown);
    }
    case 'function':
      return unknown('it is computed at run time');
    case 'variable':
      return unknown('it is a parameter or is assigned elsewhere');
    case 'module':
      return unknown('it is a module');
    case 'unknown':
      return unknown('its definition is not found');
  }
}

/** Calls of what calls give that are looked through. */
const DEEPEST = 8;

/** Dotted name outside the world that an expression starts from: `sqlalchemy.orm.declarative_base` for a call of it,
 *  `flask_sqlalchemy.SQLAlchemy.Model` for `.Model` of what `SQLAlchemy()` made. Null when it starts from elsewhere. */
function originOf(resolver: Resolver, file: WorldFile, value: number, depth = 0): string | null {
  if (depth > DEEPEST) return null;
  const r = row(file, value);
  if (r.op === Op.Call || r.op === Op.Sub) return originOf(resolver, file, r.a, depth + 1);
  for (const m of resolver.value(file, value)) {
    if (m.kind === 'external') return m.dotted;
    if (m.kind === 'subscript' && m.base.kind === 'external') return m.base.dotted;
    if (m.kind === 'value') return originOf(resolver, m.file, m.value, depth + 1);
  }
  if (r.op !== Op.Attr) return null;
  const holder = originOf(resolver, file, r.a, depth + 1);
  return holder === null ? null : `${holder}.${stringAt(file, r.b)}`;
}

/** `namedtuple("Point", "x y")`: a tuple without a `__dict__`, whose fields are read-only. */
function makesNamedTuple(context: Context, file: WorldFile, value: number): boolean {
  const r = row(file, value);
  if (r.op !== Op.Call) return false;
  const made = context.resolver.value(file, r.a);
  return made.every(
    m => m.kind === 'external' && /^(collections\.namedtuple|typing\.NamedTuple)$/.test(m.dotted),
  );
}

/** `type(Protocol)`, where a metaclass is put together: that of a class outside the world. Null for other values, and
 *  where it is another one in other Pythons of the range. */
function metaclassIn({ layouts, resolver }: Context, file: WorldFile, value: number): string | null {
  const { op, a } = row(file, value);
  if (op !== Op.Call) return null;
  const [of, more] = argumentsOf(file, value);
  const isType = resolver.value(file, a).every(m => m.kind === 'external' && m.dotted === 'builtins.type');
  if (!of || more || of.kind !== ArgKind.Positional || !isType) return null;
  const names = new Set<string | null>();
  for (const m of resolver.value(file, of.value))
    for (const l of layouts) {
      const cls = m.kind === 'external' ? l.find(m.dotted) : null;
      names.add(cls && (cls.metaclass ?? 'builtins.type'));
    }
  const [name] = names;
  return names.size === 1 ? name! : null;
}

/** Names of the classes with a layout of their own at and above an external class, the most derived first. */
function solidsOf(cls: ExternalClass, layouts: Layouts): string[] {
  const above = cls.bases.flatMap(name => {
    const base = layouts.find(name);
    return base ? solidsOf(base, layouts) : [];
  });
  return [...new Set([...(cls.solid ? [cls.name] : []), ...above])];
}
