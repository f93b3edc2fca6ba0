// SLT1xx: bases and layout.
import type { World, WorldClass } from '../model/world.js';
import {
  above,
  addsDict,
  definesSlots,
  dictFrom,
  externalAbove,
  externalHasDict,
  inheritsFrom,
  isMetaclass as makesClasses,
} from '../slots.js';
import { frameworkAt } from './frameworks.js';
import { atClass, findingsOn, rule } from './rule.js';

const ENUMS = new Set([
  'enum.Enum',
  'enum.Flag',
  'enum.IntEnum',
  'enum.IntFlag',
  'enum.StrEnum',
  'enum.ReprEnum',
]);

const TUPLE_LIKE = new Set([
  'typing.NamedTuple',
  'typing.TypedDict',
  'typing_extensions.TypedDict',
  'typing_extensions.NamedTuple',
]);

export const alreadySlotted = rule({
  code: 'SLT100',
  name: 'already-slotted',
  level: 'skips',
  final: true,
  title: 'has slots already',
  why: 'A `__slots__` that is there is the author’s choice; slotify neither extends nor reorders it.',
  unlock: 'nothing to do',
  *find(cls) {
    const isWritten = cls.slots?.kind === 'names' || cls.members.has('__slots__');
    if (isWritten) yield atClass(cls, 'declares slots');
  },
});

export const baseHasDict = rule({
  code: 'SLT101',
  name: 'base-has-dict',
  level: 'blocks',
  final: true,
  title: 'inherits an instance __dict__ from a class outside the code',
  why:
    'Instances have a `__dict__` as soon as one class in the MRO gives them one; slots below it save nothing ' +
    '(measured: 0 bytes on 3.11 and 3.12). Judged for the oldest Python of the declared range: ' +
    '`contextlib.AbstractContextManager`, for one, is free of it only from 3.13.',
  unlock: 'drop that base, or raise requires-python to a version in which it has no __dict__',
  *find(cls) {
    for (const entry of externalAbove(cls)) {
      if (!externalHasDict(entry.layouts)) continue;
      const base = cls.bases.find(b => b.kind === 'external' && b.dotted === entry.dotted);
      yield {
        at: base?.at ?? cls.ref.at,
        says: `inherits from ${entry.dotted}, whose instances have a __dict__`,
      };
      return;
    }
  },
});

/** Whether the slots that a class declares hold all that is stored on its instances: nothing is left to those below. */
function holdsItsOwn(cls: WorldClass, world: World): boolean {
  if (!definesSlots(cls)) return true;
  const line = [cls, ...above(cls)];
  const isHeld = (attr: string): boolean =>
    line.some(c => world.attributes(c).has(attr) || c.members.has(attr));
  return line.every(c => world.stores(c).every(s => s.kind === 'refused' || isHeld(s.attr)));
}

export const unknownBase = rule({
  code: 'SLT102',
  name: 'unknown-base',
  level: 'blocks',
  final: true,
  title: 'inherits from a class that cannot be seen',
  why: 'A base whose source is not at hand may bring a `__dict__`, a conflicting layout, or names that slots would hide.',
  unlock: 'point --python at the environment that has the package, so that its source can be read',
  *find(cls, world) {
    const isWeak = findingsOn(cls, world, 'weak-reference').next().done === false;
    // empty slots are right below whatever stands there, as long as it is known
    const isPlain = world.attributes(cls).size === 0 && !isWeak;
    for (const entry of cls.mro) {
      if (entry.kind !== 'unknown' || frameworkAt(entry) !== null) continue;
      const standing = world.alternatives(entry.base);
      if ((isPlain && standing?.every(c => holdsItsOwn(c, world))) || (entry.base.spare && !isWeak)) continue;
      yield { at: entry.base.at, says: `the base ${entry.base.text} is unknown: ${entry.base.because}` };
    }
  },
});

export const isMetaclass = rule({
  code: 'SLT104',
  name: 'is-metaclass',
  level: 'skips',
  final: true,
  title: 'is a metaclass',
  why: 'Classes are of variable size: a subclass of `type` may not have non-empty slots, and there are few of them anyway.',
  unlock: 'nothing to gain',
  *find(cls) {
    if (makesClasses(cls)) yield atClass(cls, 'inherits from type');
  },
});

export const variableSize = rule({
  code: 'SLT105',
  name: 'variable-size-base',
  level: 'blocks',
  final: true,
  title: 'stores attributes on a builtin of variable size',
  why: 'Subclasses of int, bytes and tuple may only have empty slots: `TypeError: nonempty __slots__ not supported for subtype`.',
  unlock: 'keep the attributes outside the instance',
  *find(cls, world) {
    const base = externalAbove(cls).find(e => e.layouts.some(l => l.variableSize));
    if (!base) return;
    for (const c of [cls, ...above(cls)])
      for (const [attr, stores] of world.attributes(c))
        yield { at: stores[0]?.at ?? c.ref.at, says: `stores .${attr} on a subclass of ${base.dotted}` };
  },
});

export const exceptionClass = rule({
  code: 'SLT106',
  name: 'exception',
  level: 'skips',
  final: true,
  title: 'is an exception',
  why: 'Exceptions always have a `__dict__`, and pickle and copy keep only what is in it: slots would lose attributes.',
  unlock: 'nothing to gain',
  *find(cls) {
    const e = externalAbove(cls).find(x => x.layouts.some(l => l.isException));
    if (e) yield atClass(cls, `inherits from ${e.dotted}`);
  },
});

export const enumClass = rule({
  code: 'SLT107',
  name: 'enum',
  level: 'skips',
  final: true,
  title: 'is an enumeration',
  why: 'Enum members keep their `__dict__` even with `__slots__`, and there are only a few of them.',
  unlock: 'nothing to gain',
  *find(cls) {
    if (inheritsFrom(cls, ENUMS)) yield atClass(cls, 'inherits from an Enum');
  },
});

export const tupleLike = rule({
  code: 'SLT108',
  name: 'named-tuple',
  level: 'skips',
  final: true,
  title: 'is a NamedTuple or TypedDict',
  why: 'Their bodies are specifications, not class bodies: NamedTuple refuses `__slots__`, a TypedDict makes plain dicts.',
  unlock: 'nothing to gain',
  *find(cls) {
    if (inheritsFrom(cls, TUPLE_LIKE)) yield atClass(cls, 'inherits from NamedTuple or TypedDict');
  },
});

/** Given by settling, not found: evidence is the refused base. */
export const refusedBase = rule({
  code: 'SLT109',
  name: 'base-not-slotted',
  level: 'blocks',
  final: true,
  title: 'inherits from a class of the project that keeps its __dict__',
  why: 'Slots save nothing while any class above has a `__dict__`. Once the base is eligible, this class follows.',
  unlock: 'make the base eligible first',
  *find(cls, world) {
    // without regard to what this run rewrites: what every base brings by itself
    const from = dictFrom(cls, c => c === cls || addsDict(c), world.alternatives);
    if (from?.kind === 'class') yield atClass(from.cls, `${from.cls.ref.name} has a __dict__`);
  },
});

/** Given by settling. */
export const layoutConflict = rule({
  code: 'SLT110',
  name: 'layout-conflict',
  level: 'blocks',
  final: true,
  title: 'is combined with another class that has attributes of its own',
  why:
    'Two bases that both add to the instance layout, as non-empty slots do, cannot be combined (PEP 800): ' +
    '`TypeError: multiple bases have instance lay-out conflict` when the subclass is made. A class that is only ever a ' +
    'base, and stores none of its attributes itself, gets empty slots: the classes right below hold them.',
  unlock: 'move the attributes of one line into the common subclass, or give that line no attributes',
  *find() {},
});

/** Given by settling. */
export const combinedAtRunTime = rule({
  code: 'SLT111',
  name: 'combined-at-run-time',
  level: 'blocks',
  final: true,
  title: 'is combined at run time with another class that has attributes of its own',
  why: 'type(name, bases, ...) and classes made in functions put bases together that no class statement shows; two of them with slots raise TypeError.',
  unlock: 'write the combinations out as class statements, or give one line no attributes',
  *find() {},
});

export const opaqueSlots = rule({
  code: 'SLT113',
  name: 'opaque-slots-above',
  level: 'blocks',
  final: true,
  title: 'inherits from a class whose __slots__ cannot be read off the source',
  why: 'Without knowing the inherited slots, a slot might be repeated below or an inherited name be hidden.',
  unlock: 'write the __slots__ of the base as literals',
  *find(cls) {
    for (const c of above(cls))
      if (c.slots?.kind === 'opaque') yield atClass(c, `${c.ref.name} computes its __slots__`);
  },
});

export const unknownPartner = rule({
  code: 'SLT114',
  name: 'unknown-partner',
  level: 'doubts',
  title: 'has attributes and is combined with a base that cannot be seen',
  why: 'If the unknown base has a memory layout of its own (slots, or a class written in C), combining it with slots raises TypeError.',
  unlock: 'point --python at the environment that has the package, so that its source can be read',
  *find(cls, world) {
    if (world.attributes(cls).size === 0) return;
    for (const c of world.unseenPartners(cls)) {
      const unknown = c.bases.find(b => b.kind === 'unknown');
      if (unknown?.kind === 'unknown')
        yield { at: c.at, says: `${c.name} combines it with ${unknown.text}: ${unknown.because}` };
    }
  },
});

export const incompleteSlots = rule({
  code: 'SLT115',
  name: 'incomplete-slots',
  level: 'blocks',
  title: 'has the __dict__ in which names missing from __slots__ above or below it are kept',
  why:
    'A name forgotten in `__slots__` goes unnoticed as long as some class of the MRO has a `__dict__`. With slots in ' +
    'that class as well, storing the name raises AttributeError.',
  unlock: 'complete the `__slots__` of the other class',
  *find(cls, world) {
    for (const d of cls.descendants) {
      if (!definesSlots(d)) continue;
      if (d.slots?.kind === 'opaque') yield atClass(d, `${d.ref.name} computes its __slots__`);
      for (const kind of ['instance-dict', 'computed-store'] as const)
        for (const f of world.findings(d, kind)) if (f.certain) yield f.evidence;
    }
    // what a class above leaves to those below has its place here
    for (const holder of [cls, ...cls.descendants.filter(definesSlots)])
      for (const c of holder === cls ? above(cls) : [holder, ...above(holder)])
        for (const s of !definesSlots(c) ? [] : world.stores(c))
          if (s.kind !== 'declare' && s.kind !== 'refused' && !hasPlaceFor(holder, s.attr, world))
            yield { at: s.at, says: `stores .${s.attr}, which is not in the __slots__ of ${c.ref.name}` };
  },
});

/** Whether a name stored on a class has a slot in its line, or goes to a property or another data descriptor. */
const hasPlaceFor = (cls: WorldClass, attr: string, world: World): boolean =>
  /^__(class|dict)__$/.test(attr) ||
  [cls, ...above(cls)].some(c => {
    const member = c.members.get(attr);
    return world.attributes(c).has(attr) || (member !== undefined && world.isDescriptor(c, member));
  });

export const nothingToGain = rule({
  code: 'SLT112',
  name: 'no-instances',
  level: 'skips',
  final: true,
  title: 'has no attributes and is never instantiated',
  why: 'Empty slots pay only where there are instances, or subclasses with slots.',
  unlock: 'nothing to gain',
  *find() {},
});
