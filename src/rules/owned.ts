// SLT6xx: dataclasses, attrs, and classes that a framework owns.

import type { Evidence } from '../model/decision.js';
import { lineAndColumn } from '../model/facts.js';
import type { World, WorldClass } from '../model/world.js';
import { above, attrsDecorator, dataclassDecorator, externalAbove } from '../slots.js';
import { atClass, findingsOn, rule } from './rule.js';

const inBody = (cls: WorldClass, offset: number, says: string): Evidence => ({
  at: { path: cls.file.source.path, offset, ...lineAndColumn(cls.file.facts.lineStarts, offset) },
  says,
});

const isOlderThan = (world: World, minor: number): boolean =>
  world.python.oldest[0] === 3 && world.python.oldest[1] < minor;

/** Libraries whose `__init_subclass__` may run twice. */
const CALM_BASES = /^(builtins|abc|typing|typing_extensions|collections\.abc|contextlib|enum|numbers)\./;

/** Everything that stands against the second class that `slots=True` builds. */
export function* secondClassHurts(cls: WorldClass, world: World): Generator<Evidence> {
  if (isOlderThan(world, 10)) yield atClass(cls, 'slots=True needs Python 3.10');
  if (cls.classCell >= 0 && isOlderThan(world, 14))
    yield inBody(cls, cls.classCell, 'zero-argument super() or __class__ would see the class before slots');
  for (const c of above(cls))
    if (c.members.has('__init_subclass__'))
      yield atClass(c, `__init_subclass__ of ${c.ref.name} would run twice`);
  for (const e of externalAbove(cls))
    if (!CALM_BASES.test(e.dotted))
      yield atClass(cls, `${e.dotted} may not bear a second subclass of one name`);
  if (cls.fact.keywords.some(k => k.name !== 'metaclass'))
    yield atClass(cls, 'the class keywords would be missing');
  if (world.hasNamedDescriptor(cls)) yield atClass(cls, '__set_name__ in its body would run twice');
  const own = dataclassDecorator(cls)!;
  for (const d of cls.decorators)
    if (d.span.start > own.span.start)
      yield { at: d.at, says: 'this decorator would see the class before slots' };
  for (const c of [cls, ...above(cls)])
    for (const f of world.findings(c)) if (f.kind === 'subclass-listing') yield f.evidence;
  if (own.flags.get('frozen') === true) yield* storesBesideFields(cls, world);
}

/** The `__setattr__` of a frozen dataclass calls super() of the class before slots for names that are no fields: a
 *  TypeError instead of what it was before (cpython#105936). */
function* storesBesideFields(cls: WorldClass, world: World): Generator<Evidence> {
  for (const c of [cls, ...above(cls), ...cls.descendants])
    for (const s of world.stores(c))
      if (s.kind !== 'declare' && !cls.fields.some(f => f.name === s.attr))
        yield { at: s.at, says: `stores .${s.attr}, which the __setattr__ of ${cls.ref.name} hands on` };
}

/** Everything that stands against a literal `__slots__` in the body. */
export function* literalHurts(cls: WorldClass): Generator<Evidence> {
  for (const f of cls.fields)
    if (f.hasDefault) yield inBody(cls, f.at, `the default of ${f.name} is a class variable`);
  if (dataclassDecorator(cls)?.flags.get('frozen') === true)
    yield atClass(cls, 'frozen instances with literal slots cannot be pickled or copied');
}

const isEmpty = (found: Generator<Evidence>): boolean => Boolean(found.next().done);

/** The form in which a dataclass takes its slots, or null when neither is exact. */
export function dataclassForm(cls: WorldClass, world: World): 'keyword' | 'literal' | null {
  if (isEmpty(secondClassHurts(cls, world))) return 'keyword';
  return isEmpty(literalHurts(cls)) ? 'literal' : null;
}

export const noDataclassForm = rule({
  code: 'SLT601',
  name: 'dataclass-form',
  level: 'blocks',
  final: true,
  title: 'is a dataclass for which neither slots=True nor a literal __slots__ is exact',
  why:
    '`slots=True` needs 3.10 and builds a second class, which zero-argument super() (until 3.14), `__init_subclass__`, ' +
    '`__set_name__` and decorators below notice; a literal `__slots__` is only possible when no field has a default ' +
    'and the class is not frozen.',
  unlock: 'raise requires-python to 3.10, or remove what the second class would disturb',
  *find(cls, world) {
    if (dataclassForm(cls, world) !== null) return;
    yield* secondClassHurts(cls, world);
    yield* literalHurts(cls);
  },
});

export const attrsClass = rule({
  code: 'SLT602',
  name: 'attrs-class',
  level: 'blocks',
  final: true,
  title: 'is made by attrs',
  why: 'attrs builds slots itself from its own fields: they belong into its decorator, not into the body.',
  unlock: 'use attrs.define, or slots=True in the decorator',
  *find(cls) {
    const d = attrsDecorator(cls);
    if (d) yield { at: d.at, says: `decorated by ${d.name}` };
  },
});

export const nonFieldStore = rule({
  code: 'SLT603',
  name: 'non-field-store',
  level: 'blocks',
  final: true,
  title: 'is a dataclass that stores something which is no field',
  why: 'The slots of a dataclass are its fields. An attribute set in `__post_init__` or later that is no field has no slot.',
  unlock: 'declare it as field(init=False, repr=False, compare=False)',
  *find(cls, world) {
    for (const [attr, stores] of world.attributes(cls)) {
      if (cls.fields.some(f => f.name === attr)) continue;
      for (const s of stores) yield { at: s.at, says: `stores .${attr}` };
    }
  },
});

export const frozenGeneric = rule({
  code: 'SLT604',
  name: 'frozen-generic',
  level: 'blocks',
  title: 'is a frozen generic dataclass that is called through a subscription',
  why: '`C[int](...)` stores `__orig_class__`; on a frozen dataclass with slots that raises TypeError up to 3.12.',
  unlock: 'call C(...), or raise requires-python to 3.13',
  *find(cls, world) {
    if (dataclassDecorator(cls)?.flags.get('frozen') !== true || !isOlderThan(world, 13)) return;
    for (const c of [cls, ...cls.descendants])
      for (const f of world.findings(c)) if (f.kind === 'subscripted-call') yield f.evidence;
  },
});

export const defaultRead = rule({
  code: 'SLT605',
  name: 'default-read',
  level: 'blocks',
  title: 'has the default of a field read on the class',
  why: 'With slots `C.field` is a member descriptor and no longer the default.',
  unlock: 'read the default through dataclasses.fields()',
  *find(cls, world) {
    for (const c of [cls, ...above(cls), ...cls.descendants])
      for (const f of world.findings(c))
        if (f.kind === 'class-attribute-test' && f.attr !== null && cls.fields.some(x => x.name === f.attr))
          yield f.evidence;
  },
});

export const fieldOverDescriptor = rule({
  code: 'SLT606',
  name: 'field-descriptor',
  level: 'blocks',
  final: true,
  title: 'has a field that is a property or another descriptor',
  why: 'A slot replaces the property or descriptor of the same name: its code no longer runs.',
  unlock: 'give the field and the property different names',
  *find(cls, world) {
    for (const f of cls.fields) {
      for (const c of [cls, ...above(cls)]) {
        const member = c.members.get(f.name);
        if (!member) continue;
        const isField = c.fields.some(x => x.name === f.name) && !world.isDescriptor(c, member);
        if (!isField || member.kind === 'function')
          yield inBody(cls, f.at, `${f.name} is bound in ${c.ref.name}`);
        break;
      }
    }
  },
});

export const dataclassOptions = rule({
  code: 'SLT607',
  name: 'dataclass-options',
  level: 'blocks',
  final: true,
  title: 'is a dataclass with options that cannot be seen',
  why: '`@dataclass(**OPTIONS)` may or may not ask for slots already; `slots=False` is a choice.',
  unlock: 'write the options out',
  *find(cls) {
    const d = dataclassDecorator(cls);
    if (!d) return;
    if (d.flags.has('**')) yield { at: d.at, says: 'takes computed options' };
    if (d.flags.has('slots')) yield { at: d.at, says: 'says slots=... itself' };
    if (cls.decorators.filter(x => x.name === d.name).length > 1)
      yield { at: d.at, says: 'is decorated twice' };
  },
});

export const unslottedDataclassWeakref = rule({
  code: 'SLT608',
  name: 'weakref-slot',
  level: 'blocks',
  final: true,
  title: 'is a dataclass that is referred to weakly while Python 3.10 is supported',
  why: '`weakref_slot=True` exists from 3.11; without it instances of a dataclass with slots=True cannot be referred to weakly.',
  unlock: 'raise requires-python to 3.11',
  *find(cls, world) {
    if (dataclassForm(cls, world) !== 'keyword' || !isOlderThan(world, 11)) return;
    for (const f of findingsOn(cls, world, 'weak-reference')) yield f.evidence;
  },
});
