// SLT6xx: dataclasses, and what their decorator makes of fields.
import type { Evidence } from '../model/decision.js';
import { ACT_WIDTH, Act, lineAndColumn, Op, VALUE_WIDTH } from '../model/facts.js';
import type { WorldClass } from '../model/world.js';
import { above, dataclassDecorator, externalAbove, fieldDecorator, relatives } from '../slots.js';
import {
  dataclassForm,
  isFieldOf,
  isFrozen,
  isOlderThan,
  keywordHurts,
  literalHurts,
  missingWeakref,
  nonFieldStores,
  saysStale,
  staleCells,
} from './forms.js';
import { atClass, inFileOf, rule } from './rule.js';

export const noDataclassForm = rule({
  code: 'SLT601',
  name: 'dataclass-form',
  level: 'blocks',
  final: true,
  title: 'is a dataclass for which neither slots=True nor a literal __slots__ is exact',
  why:
    '`slots=True` needs 3.10 and builds a second class, which zero-argument super() (until 3.14), `__init_subclass__`, ' +
    '`__set_name__` and decorators below notice; a literal `__slots__` is only possible when no field has a default ' +
    'and a frozen class says itself how it is copied (`__reduce__`, `__setstate__`).',
  unlock: 'raise requires-python to 3.10, or remove what the second class would disturb',
  *find(cls, world) {
    if (dataclassForm(cls, world) !== null) return;
    const hurts = [...keywordHurts(cls, world), ...staleCells(cls, world).map(use => saysStale(cls, use))];
    // without any, fields or weak references are in the way, which rules of their own name
    if (hurts.length) yield* [...hurts, ...literalHurts(cls, world)];
  },
});

export const nonFieldStore = rule({
  code: 'SLT603',
  name: 'non-field-store',
  level: 'blocks',
  final: true,
  title: 'stores something that is no field of it',
  why:
    'The slots that `slots=True` makes are the fields. An attribute set in `__post_init__` or later that is no field ' +
    'has no slot; a literal `__slots__` could hold it, but is not possible here (a field has a default, the class is frozen, or attrs makes it).',
  unlock: 'declare it as field(init=False, repr=False, compare=False)',
  *find(cls, world) {
    if (!dataclassDecorator(cls) || dataclassForm(cls, world) === null) yield* nonFieldStores(cls, world);
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
    if (!isFrozen(cls) || !isOlderThan(world, 13)) return;
    // the class itself refuses the store with an error that typing passes over
    if (dataclassForm(cls, world)?.kind === 'literal') return;
    for (const c of [cls, ...cls.descendants])
      for (const f of world.findings(c, 'subscripted-call')) yield f.evidence;
  },
});

export const defaultRead = rule({
  code: 'SLT605',
  name: 'default-read',
  level: 'blocks',
  title: 'has the default of a field read on the class',
  why:
    'With slots `C.field` is a member descriptor and no longer the default. A dataclass below that declares the field ' +
    'anew without a default takes it from there as well.',
  unlock: 'read the default through dataclasses.fields(), and repeat it where the field is declared anew',
  *find(cls, world) {
    for (const c of relatives(cls))
      for (const f of world.findings(c, 'class-attribute-test'))
        if (f.attr !== null && isFieldOf(cls, f.attr)) yield f.evidence;
    for (const d of cls.descendants)
      for (const f of fieldDecorator(d) ? d.fields : [])
        if (!f.hasDefault && cls.fields.some(x => x.onClass && x.name === f.name))
          yield inFileOf(d, f.at, `${d.ref.name} takes the default of ${f.name} from ${cls.ref.name}`);
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
        if (!isFieldOf(c, f.name) || world.isDescriptor(c, member) || member.kind === 'function')
          yield inFileOf(cls, f.at, `${f.name} is bound in ${c.ref.name}`);
        break;
      }
      const outside = externalAbove(cls).find(e => e.layouts.some(l => l.members.includes(f.name)));
      if (outside) yield inFileOf(cls, f.at, `${f.name} is bound in ${outside.dotted}`);
    }
  },
});

export const hiddenOptions = rule({
  code: 'SLT607',
  name: 'dataclass-options',
  level: 'blocks',
  final: true,
  title: 'is made by dataclasses or attrs with options that cannot be seen',
  why:
    '`@dataclass(**OPTIONS)`, a partial of it or a function around it may or may not ask for slots already, and may make ' +
    'other fields than the body shows.',
  unlock: 'write the decorator and its options out',
  *find(cls, world) {
    for (const f of world.findings(cls, 'made-by-call')) yield f.evidence;
    const d = fieldDecorator(cls);
    if (!d) return;
    const { at } = d;
    if (d.wraps !== null) yield { at, says: `applies ${d.wraps} in its own way` };
    if (d.flags.has('**')) yield { at, says: 'takes computed options' };
    for (const name of ['slots', 'auto_attribs'])
      if (d.flags.get(name) === null) yield { at, says: `computes ${name}` };
    if (d.flags.has('these')) yield { at, says: 'takes its fields from elsewhere' };
    if (cls.decorators.filter(x => x.name === d.name).length > 1) yield { at, says: 'is decorated twice' };
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
    if (dataclassForm(cls, world) === null) yield* missingWeakref(cls, world);
  },
});

export const slotsDeclined = rule({
  code: 'SLT609',
  name: 'slots-declined',
  level: 'skips',
  final: true,
  title: 'is told not to have slots',
  why: '`slots=False` in the decorator is the author’s choice.',
  unlock: 'nothing to do',
  *find(cls) {
    const d = fieldDecorator(cls);
    if (d?.flags.get('slots') === false) yield { at: d.at, says: 'says slots=False' };
  },
});

export const defaultFallback = rule({
  code: 'SLT611',
  name: 'default-fallback',
  level: 'blocks',
  title: 'has instances that fall back on the default of a field in the class',
  why:
    'The default of a dataclass field is a class variable, which instances show until they have a value of their own: ' +
    'after `del x.field`, without a run of the generated `__init__`, below an `__init__` that sets other things. With slots the attribute is missing then.',
  unlock: 'set every field in `__init__`',
  *find(cls, world) {
    const names = cls.fields.filter(f => f.onClass).map(f => f.name);
    if (!names.length) return;
    for (const c of relatives(cls))
      for (const s of world.stores(c))
        if (s.kind === 'delete' && names.includes(s.attr)) yield { at: s.at, says: `deletes .${s.attr}` };
    for (const c of [cls, ...cls.descendants]) {
      for (const f of world.findings(c, 'bare-instance')) yield f.evidence;
      yield* skipsInit(c, cls, names);
    }
  },
});

/** Whether the `__init__` that instances of `c` run leaves fields of `made`, a dataclass at or above it, unset. */
function* skipsInit(c: WorldClass, made: WorldClass, names: readonly string[]): Generator<Evidence> {
  for (const entry of c.mro) {
    if (entry.kind !== 'class') continue;
    const { cls } = entry;
    const init = cls.members.get('__init__');
    if (init) {
      if (!setsAll(cls, names))
        yield inFileOf(cls, init.at, `this __init__ may leave ${names.join(', ')} unset`);
      return;
    }
    const maker = fieldDecorator(cls);
    if (!maker || maker.flags.get('init') === false) continue;
    if (!cls.mro.some(e => e.kind === 'class' && e.cls === made))
      yield atClass(c, `the __init__ of ${cls.ref.name} leaves ${names.join(', ')} unset`);
    else if (cls !== made && maker.flags.get('slots') !== true) {
      const left = made.fields.filter(f => f.isSetWithSlots).map(f => f.name);
      if (left.length) yield atClass(cls, `the __init__ of ${cls.ref.name} leaves ${left.join(', ')} unset`);
    }
    return;
  }
  yield atClass(c, 'no __init__ is generated');
}

/** Whether the `__init__` of a class surely stores all these names, or surely calls another `__init__`: by a statement
 *  of its own body, which no condition or loop surrounds, and before any return. */
function setsAll(cls: WorldClass, names: readonly string[]): boolean {
  const { functions, classes, acts, values, strings, lineStarts } = cls.file.facts;
  return functions
    .map((f, number) => ({ ...f, number }))
    .filter(f => f.name === '__init__' && classes[f.cls] === cls.fact)
    .every(({ at, end, number }) => {
      const header = lineAndColumn(lineStarts, at).line;
      /** Column of an offset in the body, else null. */
      const column = (offset: number): number | null => {
        if (offset < at || offset >= end) return null;
        const place = lineAndColumn(lineStarts, offset);
        return place.line > header ? place.column : null;
      };
      const stores: [column: number, name: string][] = [];
      const calls: number[] = [];
      let body = Number.POSITIVE_INFINITY;
      for (let i = 0; i < values.length; i += VALUE_WIDTH) {
        const c = column(values[i + 3]!);
        if (c === null) continue;
        body = Math.min(body, c);
        if (values[i] === Op.Attr && strings[values[i + 2]!] === '__init__') calls.push(c);
      }
      for (let i = 0; i < acts.length; i += ACT_WIDTH) {
        const c = column(acts[i + 4]!);
        if (acts[i] === Act.Return && acts[i + 1] === number) return false;
        if (c !== null && acts[i] === Act.Store) stores.push([c, strings[acts[i + 2]!]!]);
      }
      const stored = new Set(stores.filter(([c]) => c === body).map(([, name]) => name));
      return calls.includes(body) || names.every(name => stored.has(name));
    });
}
