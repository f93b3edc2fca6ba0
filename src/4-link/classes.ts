// Class statements become classes of the world: bases across modules, linearisation, subclasses, declared slots.
import type { ClassRef } from '../model/decision.js';
import { type ClassFact, type MemberFact, Op } from '../model/facts.js';
import type { ExternalClass } from '../model/layouts.js';
import type { Base, DeclaredSlots, Field, WorldClass, WorldFile } from '../model/world.js';
import { decoratorOf } from './decorators.js';
import { listAt, placeAt, row, spelling, stringAt, valueCount } from './index-file.js';
import type { Layouts } from './layouts/layouts.js';
import { lineariser } from './linearise.js';
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
        classCell: -1,
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
    cls.decorators = cls.fact.decorators.map(d => decoratorOf(cls.file, d.value, d.span, resolver));
    cls.fields = fieldsOf(context, cls);
    cls.slots = declaredSlots(context, cls);
  }
  for (const file of files) noteClassCells(file, byFile[file.index]!);
  const linearise = lineariser(layouts);
  for (const cls of all) {
    cls.mro = linearise(cls).order;
    for (const entry of cls.mro.slice(1))
      if (entry.kind === 'class' && entry.cls !== cls) (entry.cls as Building).descendants.push(cls);
  }
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

/** Offsets of the first zero-argument super() or `__class__` in the methods of each class. */
function noteClassCells(file: WorldFile, classes: WorldClass[]): void {
  for (let v = valueCount(file) - 1; v >= 0; v--) {
    const r = row(file, v);
    if (r.op !== Op.Super && r.op !== Op.ClassCell) continue;
    const cls = classes[r.a] as Building;
    if (cls.classCell < 0 || r.at < cls.classCell) cls.classCell = r.at;
  }
}

const NO_FIELDS = /^(typing|typing_extensions)\.ClassVar$|^dataclasses\.(InitVar|KW_ONLY)$/;

function fieldsOf(context: Context, cls: WorldClass): Field[] {
  const fields = new Map<string, Field>();
  for (const m of cls.fact.members) {
    if (m.kind !== 'annotation') continue;
    if (context.resolver.value(cls.file, m.annotation).some(isNoField)) continue;
    fields.set(m.name, { name: m.name, hasDefault: cls.members.has(m.name), at: m.at });
  }
  return [...fields.values()];
}

const isNoField = (m: Meaning): boolean =>
  m.kind === 'external' ? NO_FIELDS.test(m.dotted) : m.kind === 'subscript' && isNoField(m.base);

function lastMembers(fact: ClassFact): Map<string, MemberFact> {
  const members = new Map<string, MemberFact>();
  for (const m of fact.members) if (m.kind !== 'annotation') members.set(m.name, m);
  return members;
}

function basesOf(context: Context, cls: WorldClass, value: number, star: boolean): Base[] {
  const at = placeAt(cls.file, row(cls.file, value).at);
  const text = spelling(cls.file, value);
  const unknown = (because: string): Base => ({ kind: 'unknown', text, because, at });
  if (star) return [unknown('the bases are computed')];
  const meanings = context.resolver.value(cls.file, value);
  // `try: from fast import X / except ImportError: class X`: each arm counts
  const found = meanings.map(m => baseOf(context, m, at, unknown));
  const isFirst = (b: Base, i: number): boolean =>
    b.kind === 'unknown' || found.findIndex(o => sameBase(o, b)) === i;
  return found.filter((b, i) => !(b.kind === 'class' && b.cls === cls) && isFirst(b, i));
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
      if (!makesNamedTuple(context, m.file, m.value)) return unknown('it is computed at run time');
      return baseOf(context, { kind: 'external', dotted: 'builtins.tuple' }, at, unknown);
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

/** `namedtuple("Point", "x y")`: a tuple without a `__dict__`, whose fields are read-only. */
function makesNamedTuple(context: Context, file: WorldFile, value: number): boolean {
  const r = row(file, value);
  if (r.op !== Op.Call) return false;
  const made = context.resolver.value(file, r.a);
  return made.every(
    m => m.kind === 'external' && /^(collections\.namedtuple|typing\.NamedTuple)$/.test(m.dotted),
  );
}

/** Names of the classes with a layout of their own at and above an external class, the most derived first. */
function solidsOf(cls: ExternalClass, layouts: Layouts): string[] {
  const above = cls.bases.flatMap(name => {
    const base = layouts.find(name);
    return base ? solidsOf(base, layouts) : [];
  });
  return [...new Set([...(cls.solid ? [cls.name] : []), ...above])];
}

/** The own slots of a class: a literal `__slots__`, or those that a dataclass or attrs decorator makes. */
function declaredSlots(context: Context, cls: WorldClass): DeclaredSlots | null {
  const member = cls.members.get('__slots__');
  if (member) {
    const names = member.value >= 0 ? slotNames(context, cls.file, member.value, 0) : null;
    return names ? { kind: 'names', names } : { kind: 'opaque' };
  }
  for (const d of cls.decorators) {
    const byDefault = /^attrs?\.(define|frozen|mutable)$/.test(d.name);
    const asked = d.flags.get('slots');
    const knows = byDefault || /^(dataclasses\.dataclass|attr\.(s|attrs|dataclass|attributes))$/.test(d.name);
    if (!knows || asked === false || !(asked === true || byDefault)) continue;
    return { kind: 'names', names: fieldNames(cls) };
  }
  return null;
}

/** Names of the fields that attrs or dataclasses make of a class body. */
function fieldNames(cls: WorldClass): string[] {
  const names = new Set(cls.fields.map(f => f.name));
  for (const m of cls.fact.members)
    if (m.kind === 'assign' && isAttrField(cls.file, m.value)) names.add(m.name);
  return [...names];
}

const isAttrField = (file: WorldFile, value: number): boolean => {
  if (value < 0) return false;
  const r = row(file, value);
  return r.op === Op.Call && /^(attrs?\.)?(ib|attrib|field)$/.test(spelling(file, r.a));
};

function slotNames(context: Context, file: WorldFile, value: number, depth: number): string[] | null {
  if (depth > 5) return null;
  const r = row(file, value);
  switch (r.op) {
    case Op.Str:
      return [stringAt(file, r.a)];
    case Op.Tuple:
    case Op.List:
    case Op.Set: {
      const names: string[] = [];
      for (const item of listAt(file, r.b)) {
        const part = slotNames(context, file, item >= 0 ? item : ~item, depth + 1);
        if (!part) return null;
        names.push(...part);
      }
      return names;
    }
    case Op.Dict: {
      const names: string[] = [];
      const items = listAt(file, r.b);
      for (let i = 0; i < items.length; i += 2) {
        const key = items[i]! >= 0 ? row(file, items[i]!) : null;
        if (key?.op !== Op.Str) return null;
        names.push(stringAt(file, key.a));
      }
      return names;
    }
    case Op.Binary: {
      const left = slotNames(context, file, r.a, depth + 1);
      const right = slotNames(context, file, r.b, depth + 1);
      return left && right ? [...left, ...right] : null;
    }
    case Op.Var: {
      const meanings = context.resolver.variable(file, r.a);
      const only = meanings[0];
      if (meanings.length !== 1 || only?.kind !== 'value') return null;
      return slotNames(context, only.file, only.value, depth + 1);
    }
    default:
      return null;
  }
}
