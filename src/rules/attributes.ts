// SLT2xx: the set of attributes.
import type { Place } from '../model/decision.js';
import type { Finding, Store, World, WorldClass } from '../model/world.js';
import { above, crossings, externalAbove, mangled, PROTOCOLS, relatives, spelledIn } from '../slots.js';
import { isFieldOf } from './forms.js';
import { showsIn } from './introspection.js';
import { atClass, findingsOn, inFileOf, rule } from './rule.js';

/** Every name that instances of a class keep, from the class and those above it. */
function* keptNames(cls: WorldClass, world: World): Generator<[string, WorldClass]> {
  for (const c of [cls, ...above(cls)]) for (const name of world.attributes(c).keys()) yield [name, c];
}

/** Where an attribute is stored first; the class itself for a slot that nothing stores. */
const firstStore = (stores: readonly Store[], cls: WorldClass): Place => stores[0]?.at ?? cls.ref.at;

export const outsideWrite = rule({
  code: 'SLT201',
  name: 'outside-write',
  level: 'blocks',
  title: 'gets attributes from code that is not rewritten',
  why:
    'Tests, scripts and other evidence store an attribute that the class itself never stores. With slots that line ' +
    'raises AttributeError; a slot for it would put test code into the class.',
  unlock: 'store the attribute in the class, or make the file a target (--include-tests)',
  *find(cls, world) {
    for (const [attr, stores] of world.attributes(cls)) {
      if (stores.some(s => s.file.source.role === 'target' && s.kind !== 'delete')) continue;
      for (const s of stores) yield { at: s.at, says: `stores .${attr}` };
    }
  },
});

export const computedStore = rule({
  code: 'SLT202',
  name: 'computed-store',
  level: 'blocks',
  title: 'gets attributes under names that are computed',
  why: '`setattr(self, name, value)` with a name that is not a literal may store anything; only a `__dict__` holds anything.',
  unlock: 'spell the names out, or keep the values in a dict attribute',
  *find(cls, world) {
    for (const f of findingsOn(cls, world, 'computed-store')) yield f.evidence;
  },
});

export const unresolvedStore = rule({
  code: 'SLT203',
  name: 'unresolved-store',
  level: 'doubts',
  title: 'may get an attribute from code whose receiver cannot be typed',
  why:
    'A store on an untyped receiver, of a name that no class of the project owns, on something that is used like ' +
    'this class. If it is this class, that line raises AttributeError with slots.',
  unlock: 'annotate the receiver, or store the attribute in the class as well',
  *find(cls, world) {
    const isKept = (name: string): boolean => [cls, ...above(cls)].some(c => world.attributes(c).has(name));
    for (const f of findingsOn(cls, world, 'unresolved-store', false))
      if (f.attr === null || !isKept(f.attr)) yield f.evidence;
  },
});

export const unresolvedReflection = rule({
  code: 'SLT204',
  name: 'unresolved-reflection',
  level: 'doubts',
  title: 'may be what untyped code reads __dict__ of or stores computed names on',
  why:
    'Code whose receiver cannot be typed reads its `__dict__`, lists its attributes, changes its `__class__` or stores ' +
    'computed names on it, and that receiver is used like this class. If it is this class, slots change what that code ' +
    'finds, or make it raise AttributeError or TypeError.',
  unlock: 'annotate the receiver of the helper',
  *find(cls, world) {
    const concerns = (f: Finding): boolean => f.kind !== 'class-listing' || showsIn(cls, f.attr, world);
    for (const kind of [...SEEN_BELOW, 'computed-store'] as const)
      for (const f of findingsOn(cls, world, kind, false)) if (concerns(f)) yield f.evidence;
    if (world.attributes(cls).size === 0) return;
    const line = new Set([cls, ...above(cls)]);
    for (const c of relatives(cls))
      for (const kind of line.has(c) ? [] : SEEN_BELOW)
        for (const f of world.findings(c, kind)) if (!f.certain && concerns(f)) yield f.evidence;
  },
});

/** What is done to instances of a class below, or to that class, and comes upon the slots of those above it as well. */
const SEEN_BELOW = ['instance-dict', 'class-listing', 'class-assignment'] as const;

export const shadowsDefault = rule({
  code: 'SLT205',
  name: 'class-default',
  level: 'blocks',
  final: true,
  title: 'has a class variable or method under the name of an instance attribute',
  why:
    'A slot and a class variable of one name in one body raise ValueError at import; dropping the class variable would ' +
    'change what unset instances and the class itself give. Where the variable stands in a subclass, it makes the ' +
    'slot read-only there.',
  unlock: 'set the default in __init__ instead of in the class body',
  *find(cls, world) {
    for (const [attr, owner] of keptNames(cls, world)) {
      const binding = bindingBefore(owner, attr, cls);
      const member = binding?.members.get(attr);
      if (!binding || !member || world.isDescriptor(binding, member) || isFieldOf(cls, attr)) continue;
      yield inFileOf(binding, member.at, `binds ${spelledIn(binding.ref.name, attr)} in the class body`);
      const store = world.attributes(owner).get(attr)![0];
      yield store
        ? { at: store.at, says: `stores .${attr}` }
        : atClass(owner, `${owner.ref.name} has a slot ${attr}`);
    }
  },
});

/** The class that binds a name where a lookup on instances of `cls` comes upon it before the slot of `owner`: the class
 *  itself, or one beside the owner. One between the two stands for itself. */
const bindingBefore = (owner: WorldClass, attr: string, cls: WorldClass): WorldClass | undefined => {
  if (owner === cls || cls.members.has(attr)) return cls;
  for (const e of cls.mro) {
    if (e.kind !== 'class') continue;
    if (e.cls === owner) return undefined;
    if (e.cls.members.has(attr) && !above(e.cls).includes(owner)) return e.cls;
  }
  return undefined;
};

/** Classes that a lookup reaches after `cls`, on its instances or on those of a class below that has other bases too. */
function classesBehind(cls: WorldClass): ReadonlySet<WorldClass> {
  const behind = new Set<WorldClass>();
  for (const d of crossings(cls)) {
    const at = d.mro.findIndex(e => e.kind === 'class' && e.cls === cls);
    for (const e of d.mro.slice(at + 1)) if (e.kind === 'class') behind.add(e.cls);
  }
  return behind;
}

export const shadowsInherited = rule({
  code: 'SLT206',
  name: 'inherited-default',
  level: 'blocks',
  title: 'stores an attribute over a class variable or method that it inherits',
  why:
    'A slot hides an inherited default without any error: reading the attribute before it is set raises AttributeError ' +
    'instead of giving the default. The same holds for an inherited method.',
  unlock: 'set the default in __init__ of the base, or always set the attribute',
  *find(cls, world) {
    const behind = classesBehind(cls);
    for (const [attr, stores] of world.attributes(cls)) {
      if (isFieldOf(cls, attr)) continue;
      const own = cls.members.get(attr);
      // what the class binds itself hides what it inherits: class-default tells of that
      for (const c of own && !world.isDescriptor(cls, own) ? [] : behind) {
        const member = c.members.get(attr);
        if (!member) continue;
        yield { at: firstStore(stores, cls), says: `stores .${attr}` };
        yield inFileOf(c, member.at, `${c.ref.name} binds ${attr} in its body`);
        break;
      }
      for (const e of externalAbove(cls)) {
        if (!e.layouts.some(l => l.members.includes(attr) && !l.slots.includes(attr))) continue;
        yield { at: firstStore(stores, cls), says: `stores .${attr}, which ${e.dotted} defines` };
        break;
      }
    }
  },
});

export const dunderStore = rule({
  code: 'SLT207',
  name: 'dunder-store',
  level: 'blocks',
  final: true,
  title: 'stores a special name on its instances',
  why: '`self.__doc__`, `self.__name__`, `self.__module__` and the like are found on the class as well; a slot of that name clashes with it or hides it.',
  unlock: 'store it under an ordinary name',
  *find(cls, world) {
    for (const [attr, owner] of keptNames(cls, world)) {
      if (!/^__\w+__$/.test(attr) || !world.isSpecial(attr)) continue;
      for (const s of world.attributes(owner).get(attr)!) yield { at: s.at, says: `stores .${attr}` };
    }
  },
});

export const noIdentifier = rule({
  code: 'SLT208',
  name: 'no-identifier',
  level: 'blocks',
  final: true,
  title: 'gets an attribute whose name no slot can have',
  why:
    '`setattr(x, "a-b", v)` works with a `__dict__`; slots must be identifiers. `x.__name = v` outside of any class ' +
    'stores `__name`, but as a slot that name becomes private to the class: `_C__name`.',
  unlock: 'keep such values in a dict attribute, or give the attribute an ordinary name',
  *find(cls, world) {
    for (const [attr, stores] of world.attributes(cls)) {
      const isIdentifier = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(attr);
      if (isIdentifier && mangled(cls.ref.name, spelledIn(cls.ref.name, attr)) === attr) continue;
      yield { at: firstStore(stores, cls), says: `stores "${attr}"` };
    }
  },
});

export const protocolMember = rule({
  code: 'SLT209',
  name: 'protocol-member',
  level: 'blocks',
  title: 'is a protocol that would gain a member',
  why: 'A slot is a class attribute, and every class attribute of a protocol is one of its members: `isinstance()` and type checkers would ask for it.',
  unlock: 'annotate the attribute in the body of the protocol',
  *find(cls, world) {
    const isProtocol = cls.bases.some(b => b.kind === 'external' && PROTOCOLS.has(b.dotted));
    if (!isProtocol) return;
    for (const [attr, stores] of world.attributes(cls))
      if (!cls.fields.some(f => f.name === attr))
        for (const s of stores) yield { at: s.at, says: `stores .${attr}` };
  },
});

export const observedStore = rule({
  code: 'SLT210',
  name: 'observed-store',
  level: 'blocks',
  title: 'got an attribute at run time that no source accounts for',
  why: 'The profile saw instances with an attribute that the analysis does not find: stored by code that is made at run time, by a library, or through a name that is computed. With slots that store raises AttributeError.',
  unlock: 'store the attribute in the class as well, or make a new profile if the code has changed',
  *find(cls, world) {
    // exactly the instances of this class were seen: those of its bases speak for their own class
    for (const f of world.findings(cls, 'observed-store')) yield f.evidence;
  },
});
