// SLT103: what a metaclass has to do with slots.
import type { Evidence } from '../model/decision.js';
import type { Base, World, WorldClass } from '../model/world.js';
import { above, externalAbove, metaclassesOf, relatives } from '../slots.js';
import { atClass, findingsOn, inFileOf, rule } from './rule.js';

const HARMLESS_METACLASSES = new Set([
  'abc.ABCMeta',
  'builtins.type',
  'typing._ProtocolMeta',
  'typing.NamedTupleMeta',
]);

export const metaclass = rule({
  code: 'SLT103',
  name: 'metaclass',
  level: 'blocks',
  title: 'has a metaclass that may notice slots or change the class body',
  why:
    'A metaclass receives the names of the body, `__slots__` among them, before the class exists. One of the project is ' +
    'read: where it only hands the body on, reads names that are spelled out, keeps a registry or counts instances, slots ' +
    'pass unnoticed. What goes through the body, puts it together anew, changes the bases or has a hand in attribute ' +
    'access does not, nor does a method under the name of an instance attribute, which the slot would hide.',
  unlock:
    'let the metaclass ask for the names it needs one by one, or add __slots__ by hand after reading it',
  *find(cls, world) {
    const line = [cls, ...above(cls)];
    for (const c of line) {
      for (const m of c.metaclasses) yield* whatMetaclassDoes(c, m, world);
      if (c.fact.splatsKeywords) yield atClass(c, `${c.ref.name} takes computed class keywords`);
    }
    for (const e of externalAbove(cls)) {
      const found = e.layouts.map(l => l.metaclass).find(m => m !== null && !HARMLESS_METACLASSES.has(m));
      if (found) yield atClass(cls, `${e.dotted} is made by the metaclass ${found}`);
    }
    // a name that the metaclass binds in a body below hides the slot as well
    for (const c of relatives(cls))
      for (const m of c.metaclasses)
        for (const f of m.kind === 'class' ? findingsOn(m.cls, world, 'metaclass') : [])
          if (f.attr !== null && line.some(held => world.attributes(held).has(f.attr!))) yield f.evidence;
    for (const metaclass of metaclassesOf(cls)) yield* hiddenBySlots(cls, metaclass, world);
  },
});

/** What speaks against slots in a metaclass that is written at a class. */
function* whatMetaclassDoes(cls: WorldClass, m: Base, world: World): Generator<Evidence> {
  const says = (name: string, because = ''): Evidence => ({
    at: m.at,
    says: `${cls.ref.name} is made by the metaclass ${name}${because}`,
  });
  if (m.kind === 'unknown') return yield says(m.text);
  if (m.kind === 'external') {
    if (!HARMLESS_METACLASSES.has(m.dotted)) yield says(m.dotted);
    return;
  }
  const { name } = m.cls.ref;
  for (const c of [m.cls, ...above(m.cls)]) {
    const { role, isStub } = c.file.source;
    if (role === 'environment' || isStub) yield says(name, ', which is not part of the project');
    if (c.metaclasses.length || c.decorators.length || c.fact.dynamicBody >= 0)
      yield atClass(c, `${c.ref.name} is not plain to read`);
  }
  for (const e of m.cls.mro)
    if (e.kind === 'unknown') yield says(name, `, whose base ${e.base.text} is unknown`);
    else if (e.kind === 'external' && !HARMLESS_METACLASSES.has(e.dotted))
      yield says(name, `, which inherits from ${e.dotted}`);
  for (const f of findingsOn(m.cls, world, 'metaclass')) if (f.attr === null) yield f.evidence;
}

/** Methods and values of a metaclass that are read as `C.name`: a slot of that name is found first. Properties come
 *  before it (howto/descriptor, type.__getattribute__). */
function* hiddenBySlots(cls: WorldClass, metaclass: WorldClass, world: World): Generator<Evidence> {
  for (const attr of world.attributes(cls).keys())
    for (const c of [metaclass, ...above(metaclass)]) {
      const member = c.members.get(attr);
      if (member && !world.isDescriptor(c, member))
        yield inFileOf(c, member.at, `${c.ref.name}.${attr} is read from the class`);
    }
}
