// What decorates a class, and whether it gives the same class back untouched.
import type { Span } from '../model/anchor.js';
import { ArgKind, ConstKind, Op } from '../model/facts.js';
import type { ClassDecorator, WorldClass, WorldFile } from '../model/world.js';
import { makesFields } from '../slots.js';
import { HARMLESS } from './harmless.js';
import { onlyCallsItsClass } from './hiding-decorators.js';
import { bodiesOf, makesIdentityDecorator, returnsItsArgument } from './identity-decorators.js';
import { listAt, placeAt, returnsOf, row, spelling, stringAt, valueCount } from './index-file.js';
import type { Meaning, Resolver } from './resolve.js';

/** Functions around a decorator that are looked through. */
const DEEPEST_WRAPPED = 5;

/** Classes above each other that are looked through for what a decorator is: bases may go round in a circle. */
const DEEPEST_BASES = 20;

/** Keyword arguments of a call that are plain constants. Positional ones are left out. */
export function flagsOf(file: WorldFile, call: number): Map<string, boolean | null> {
  const flags = new Map<string, boolean | null>();
  const r = row(file, call);
  if (r.op !== Op.Call) return flags;
  const args = listAt(file, r.b);
  for (let i = 0; i < args.length; i += 3) {
    if (args[i] === ArgKind.DoubleStar) flags.set('**', null);
    if (args[i] !== ArgKind.Keyword) continue;
    const value = row(file, args[i + 2]!);
    const constant = value.op === Op.Const && value.a === ConstKind.Bool;
    flags.set(stringAt(file, args[i + 1]!), constant ? value.b === 1 : null);
  }
  return flags;
}

/**
 * What one decorator of a class is and does, as far as its name and its source tell (reference 8.8: a decorator gives
 * what the name of the class is bound to).
 * @param value the expression behind the `@`; `span`: where that stands
 * @param classOf the class of the world that a meaning is
 */
export function decoratorOf(
  file: WorldFile,
  value: number,
  span: Span,
  resolver: Resolver,
  classOf: (m: Meaning & { kind: 'class' }) => WorldClass,
): ClassDecorator {
  const r = row(file, value);
  const called = r.op === Op.Call;
  const meanings = bodiesOf(meaningsOf(file, called ? r.a : value, resolver), resolver);
  const judged = meanings.map(m => judge(m, called, resolver));
  const makes = meanings.flatMap(m => (m.kind === 'function' ? madeBy(m, called, resolver) : []));
  const external = meanings.find(m => m.kind === 'external');
  const own = meanings.find(m => m.kind === 'function');
  const plain = meanings.every(m => m.kind === 'external' && m.dotted === external?.dotted);
  const wraps = plain ? null : wrapped(meanings, resolver);
  const text = spelling(file, called ? r.a : value);
  const ownName =
    own?.kind === 'function' ? `${own.file.source.path}:${own.file.facts.functions[own.number]!.name}` : text;
  const harmless = wraps === null && judged.every(Boolean);
  const usesExternal = external?.kind === 'external' && wraps === null;
  return {
    name: usesExternal ? external.dotted : ownName,
    kind: usesExternal ? 'external' : own ? 'own' : 'unknown',
    harmless,
    keeps: harmless && !makes.length && !meanings.some(m => hidesItsClass(m, called, resolver)),
    makes: [...new Set(makes.map(classOf))],
    wraps,
    called,
    flags: flagsOf(file, value),
    at: placeAt(file, r.at),
    span,
  };
}

/** What a decorator's name stands for; a method that is asked of a class may come from the classes above it. */
function meaningsOf(file: WorldFile, value: number, resolver: Resolver): readonly Meaning[] {
  const r = row(file, value);
  if (r.op !== Op.Attr) return resolver.value(file, value);
  const name = stringAt(file, r.b);
  return resolver.value(file, r.a).flatMap(m => ofClass(m, name, file, resolver));
}

/** Registers a class with an abstract one and gives it back. */
const REGISTERS = /^(abc\.ABCMeta|(collections\.abc|numbers)\.\w+)\.register$/;

/** Bases outside the world that give a class no methods to call. */
const BARE: ReadonlySet<string> = new Set(
  'typing.Generic typing.Protocol typing_extensions.Protocol abc.ABC builtins.object'.split(' '),
);

/** An attribute of what may be a class: its own, else those of every base that has it. */
function ofClass(holder: Meaning, name: string, from: WorldFile, resolver: Resolver): readonly Meaning[] {
  const found = inLine(holder, name, from, resolver, 0);
  if (name === 'register' && !found.some(m => m.kind !== 'unknown') && isAbstract(holder, resolver))
    return [{ kind: 'external', dotted: 'abc.ABCMeta.register' }];
  return found.length ? found : resolver.attribute(holder, name, from);
}

/** Whether a class surely has the metaclass of abstract classes: `@Shape.register` gives back what it decorates. */
function isAbstract(m: Meaning, resolver: Resolver, depth = 0): boolean {
  if (m.kind === 'external') return m.dotted === 'abc.ABC' || m.dotted.startsWith('collections.abc.');
  if (m.kind !== 'class' || depth > DEEPEST_BASES) return false;
  const { bases, keywords } = m.file.facts.classes[m.number]!;
  const isMeta = (v: number): boolean =>
    resolver.value(m.file, v).every(k => k.kind === 'external' && k.dotted === 'abc.ABCMeta');
  if (keywords.some(k => k.name === 'metaclass')) return keywords.every(k => isMeta(k.value));
  return bases.some(b => resolver.value(m.file, b.value).every(k => isAbstract(k, resolver, depth + 1)));
}

function inLine(
  holder: Meaning,
  name: string,
  from: WorldFile,
  resolver: Resolver,
  depth: number,
): readonly Meaning[] {
  if (holder.kind === 'subscript') return inLine(holder.base, name, from, resolver, depth);
  if (holder.kind === 'external' && depth > 0 && BARE.has(holder.dotted)) return [];
  if (holder.kind !== 'class' || depth > DEEPEST_BASES) return resolver.attribute(holder, name, from);
  const fact = holder.file.facts.classes[holder.number]!;
  if (fact.members.some(m => m.name === name)) return resolver.attribute(holder, name, from);
  return fact.bases.flatMap(base =>
    resolver.value(holder.file, base.value).flatMap(m => inLine(m, name, holder.file, resolver, depth + 1)),
  );
}

/** Classes that a decorator of the project makes itself and may give back. */
function madeBy(
  m: Meaning & { kind: 'function' },
  called: boolean,
  resolver: Resolver,
): (Meaning & { kind: 'class' })[] {
  const decorators = called ? returnsOf(m.file, m.number).flatMap(v => resolver.value(m.file, v)) : [m];
  return decorators.flatMap(d => {
    const given = d.kind === 'function' ? returnsOf(d.file, d.number) : [];
    return given.flatMap(v => resolver.value(m.file, v).filter(r => r.kind === 'class'));
  });
}

/** The decorator of dataclasses or attrs that one of several meanings is or applies, or null. */
function wrapped(meanings: readonly Meaning[], resolver: Resolver, depth = 0): string | null {
  if (depth > DEEPEST_WRAPPED) return null;
  for (const m of meanings) {
    const found = wrappedBy(m, resolver, depth);
    if (found !== null) return found;
  }
  return null;
}

function wrappedBy(m: Meaning, resolver: Resolver, depth: number): string | null {
  switch (m.kind) {
    case 'external':
      return makesFields(m.dotted) ? m.dotted : null;
    case 'function':
      return appliedIn(m.file, m.number, resolver, depth);
    case 'value': {
      // `model = dataclass(frozen=True)`, `model = functools.partial(dataclass, frozen=True)`
      const r = row(m.file, m.value);
      if (r.op !== Op.Call) return null;
      const callee = resolver.value(m.file, r.a);
      const first = listAt(m.file, r.b)[2];
      const isPartial = callee.some(c => c.kind === 'external' && c.dotted === 'functools.partial');
      if (!isPartial || first === undefined) return wrapped(callee, resolver, depth + 1);
      return wrapped(resolver.value(m.file, first), resolver, depth + 1);
    }
    default:
      return null;
  }
}

/** The decorator of dataclasses or attrs that is called somewhere in a function; a function marked with
 *  `dataclass_transform` says itself that it makes something of the kind. */
function appliedIn(file: WorldFile, fn: number, resolver: Resolver, depth: number): string | null {
  const { at, end, decorators } = file.facts.functions[fn]!;
  for (const d of decorators) {
    const callee = row(file, d).op === Op.Call ? row(file, d).a : d;
    const isMark = (m: Meaning): boolean => m.kind === 'external' && /\.dataclass_transform$/.test(m.dotted);
    if (resolver.value(file, callee).some(isMark)) return 'dataclasses.dataclass';
  }
  for (let v = 0; v < valueCount(file); v++) {
    const r = row(file, v);
    if (r.op !== Op.Call || r.at < at || r.at >= end) continue;
    const found = wrapped([{ kind: 'value', file, value: v }], resolver, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** Whether a decorator gives back what it decorates. A classmethod's own first parameter is the class it is asked of. */
function judge(m: Meaning, called: boolean, resolver: Resolver): boolean {
  if (m.kind === 'external') return HARMLESS.has(m.dotted) || REGISTERS.test(m.dotted);
  if (hidesItsClass(m, called, resolver)) return true;
  // a package that is at hand, or a stub of it, which has no bodies to read and may stand in any folder
  if (m.kind === 'class' && HARMLESS.has(nameAtHand(m))) return true;
  if ('file' in m && m.file.source.isStub) return isHarmlessBelow(nameAtHand(m));
  if (m.kind !== 'function') return false;
  const view = viewOf(m.file, m.number, resolver);
  if (view === 'other') return false;
  return called
    ? makesIdentityDecorator(m.file, m.number, resolver)
    : returnsItsArgument(m.file, m.number, resolver, view === 'classmethod' ? 1 : 0);
}

const isHarmlessBelow = (dotted: string): boolean => {
  const parts = dotted.split('.');
  return parts.some((_, i) => HARMLESS.has(parts.slice(i).join('.')));
};

/** Dotted name of what a module binds. */
function nameAtHand(m: Meaning): string {
  if (!('file' in m)) return '';
  const { facts, source } = m.file;
  if (m.kind === 'class') return `${source.module}.${facts.classes[m.number]!.qualname}`;
  if (m.kind === 'function') return `${source.module}.${facts.functions[m.number]!.qualname}`;
  return m.kind === 'variable' ? `${source.module}.${facts.variables[m.variable]!.name}` : '';
}

/** Whether a decorator, or what the call of it gives, puts something in the place of a class that only calls it. */
function hidesItsClass(m: Meaning, called: boolean, resolver: Resolver): boolean {
  if (!called) return onlyCallsItsClass(m, resolver);
  if (m.kind !== 'function') return false;
  const returned = returnsOf(m.file, m.number).flatMap(v => resolver.value(m.file, v));
  return returned.length > 0 && returned.every(d => onlyCallsItsClass(d, resolver));
}

/** What the decorators of a function make of it. */
function viewOf(file: WorldFile, fn: number, resolver: Resolver): 'plain' | 'classmethod' | 'other' {
  const { decorators } = file.facts.functions[fn]!;
  if (decorators.length === 0) return 'plain';
  if (decorators.length > 1) return 'other';
  const meanings = resolver.value(file, decorators[0]!);
  const isOnly = (dotted: string): boolean =>
    meanings.length > 0 && meanings.every(m => m.kind === 'external' && m.dotted === dotted);
  if (isOnly('builtins.classmethod')) return 'classmethod';
  return isOnly('builtins.staticmethod') ? 'plain' : 'other';
}
