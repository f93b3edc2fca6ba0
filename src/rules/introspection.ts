// SLT3xx: code that looks into instances and classes.
import type { World, WorldClass } from '../model/world.js';
import { above, relatives } from '../slots.js';
import { isFieldOf, isOlderThan } from './forms.js';
import { findingsOn, inFileOf, rule } from './rule.js';

export const instanceDict = rule({
  code: 'SLT301',
  name: 'instance-dict',
  level: 'blocks',
  title: 'has its instance __dict__ read or written',
  why: '`x.__dict__`, `vars(x)` and helpers that use them raise AttributeError or TypeError on an instance without `__dict__`.',
  unlock: 'list the attributes by name instead of through __dict__',
  *find(cls, world) {
    // the `__dict__` of a subclass that keeps one would lose what goes into slots here
    const reached = world.attributes(cls).size > 0 ? relatives(cls) : [cls, ...above(cls)];
    for (const c of reached) {
      const own = c.members.get('__dict__');
      if (own) yield inFileOf(c, own.at, 'puts something else in the place of __dict__');
      for (const f of world.findings(c, 'instance-dict')) if (f.certain) yield f.evidence;
    }
  },
});

/** Entries of the `__dict__` of a class that come or go with slots. */
const OF_SLOTTED: ReadonlySet<string> = new Set(['__slots__', '__dict__', '__weakref__']);

/** Whether a listing, or the `__dict__` of a class, answers otherwise with slots: asked for one name, or (null) for
 *  all. */
export const showsIn = (cls: WorldClass, attr: string | null, world: World): boolean =>
  attr === null ? world.attributes(cls).size > 0 : OF_SLOTTED.has(attr) || world.attributes(cls).has(attr);

export const classListing = rule({
  code: 'SLT302',
  name: 'class-listing',
  level: 'blocks',
  title: 'has its attributes listed',
  why: '`dir(x)`, `vars(C)`, `C.__dict__` and inspect.getmembers() also give the slots, set or not: what the listing finds changes.',
  unlock: 'list the names explicitly',
  *find(cls, world) {
    for (const kind of ['class-listing', 'class-dict'] as const)
      for (const f of findingsOn(cls, world, kind)) if (showsIn(cls, f.attr, world)) yield f.evidence;
    // empty slots add no name to a listing
    if (world.attributes(cls).size === 0) return;
    // dir() of a subclass shows the slots of its bases as well, and so does one that a class beside this one asks for
    const line = new Set([cls, ...above(cls)]);
    for (const c of relatives(cls))
      for (const f of line.has(c) ? [] : world.findings(c, 'class-listing'))
        if (f.certain && showsIn(cls, f.attr, world)) yield f.evidence;
  },
});

export const cachedProperty = rule({
  code: 'SLT303',
  name: 'cached-property',
  level: 'blocks',
  final: true,
  title: 'has a cached property, which lives in the instance __dict__',
  why: '`functools.cached_property` and its lookalikes write the value into `instance.__dict__`; without one they fail at the first access.',
  unlock: 'use a property with an attribute, or functools.lru_cache on a function',
  *find(cls, world) {
    for (const c of [cls, ...above(cls)])
      for (const m of c.fact.members)
        if (!m.isTyping && world.isCached(c, m)) yield inFileOf(c, m.at, `${m.name} is a cached property`);
  },
});

export const classAssignment = rule({
  code: 'SLT304',
  name: 'class-assignment',
  level: 'blocks',
  title: 'takes part in an assignment to __class__',
  why: '`x.__class__ = C` needs equal layouts on both sides: plain and slotted classes, or different slots, raise TypeError.',
  unlock: 'make a new object instead of changing the class of one',
  *find(cls, world) {
    // a class beside the assigned one is part of the layout of those below both
    for (const c of relatives(cls))
      for (const f of world.findings(c, 'class-assignment')) if (f.certain) yield f.evidence;
  },
});

export const classAttributeTest = rule({
  code: 'SLT305',
  name: 'class-attribute-test',
  level: 'blocks',
  title: 'is asked for an attribute on the class itself',
  why: 'A slot is an attribute of the class too (a member descriptor): `hasattr(C, "x")` and `getattr(C, "x", default)` change their answer, and `C.x` gives one instead of AttributeError. So does a mock made after the class.',
  unlock: 'ask the instance',
  *find(cls, world) {
    for (const c of relatives(cls))
      for (const f of world.findings(c, 'class-attribute-test'))
        if (
          f.attr !== null &&
          world.attributes(cls).has(f.attr) &&
          !isFieldOf(cls, f.attr) &&
          !isSetOnClass(c, f.attr, world)
        )
          yield f.evidence;
  },
});

/** Where code sets the name on the class, that is what it finds there. */
const isSetOnClass = (cls: WorldClass, attr: string, world: World): boolean =>
  world.findings(cls, 'class-store').some(f => f.attr === attr || f.attr === null);

export const classStore = rule({
  code: 'SLT306',
  name: 'class-store',
  level: 'blocks',
  title: 'has a class attribute set from outside under the name of an instance attribute',
  why: '`C.x = value` replaces the slot of that name: instances can no longer store it. With a computed name it may be any slot.',
  unlock: 'set a default in __init__ instead',
  *find(cls, world) {
    for (const c of [cls, ...above(cls), ...cls.descendants])
      for (const f of world.findings(c, 'class-store')) {
        if (!f.certain) continue;
        const hit = f.attr === null || [cls, ...above(cls)].some(o => world.attributes(o).has(f.attr!));
        if (hit && (f.attr !== null || !cls.descendants.includes(c))) yield f.evidence;
      }
  },
});

/** The first Python 3 that words both errors of a read alike. */
const SAME_READS = 10;

export const errorText = rule({
  code: 'SLT307',
  name: 'error-text',
  level: 'blocks',
  title: 'has the text of an AttributeError shown that slots change',
  why: 'Deleting a slot that is unset raises AttributeError with nothing but its name; from 3.11 on the text for a missing attribute also names the class. Up to 3.9 that is so of reading, too.',
  unlock: 'ask with hasattr() first, or show a text of your own',
  *find(cls, world) {
    for (const kind of [
      'deletion-text',
      ...(isOlderThan(world, SAME_READS) ? ['read-text' as const] : []),
    ] as const)
      for (const c of relatives(cls))
        for (const f of world.findings(c, kind))
          if (f.attr !== null && world.attributes(cls).has(f.attr)) yield f.evidence;
  },
});
