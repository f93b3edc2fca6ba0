// SLT4xx: pickling and copying.
import type { Place } from '../model/decision.js';
import type { World, WorldClass } from '../model/world.js';
import { above, declaredSlots, definesSlots, relatives, weakrefAbove } from '../slots.js';
import { refusesStores, TAKES_STATE } from './forms.js';
import { findingsOn, inFileOf, placeIn, rule } from './rule.js';

/** The class, and those below it whose state holds what goes into its slots: with a `__dict__` of their own they would
 *  get it back there, where the slot hides it. None at all when no class around it `concerns` the rule. */
function sharingState(
  cls: WorldClass,
  world: World,
  concerns: (c: WorldClass) => boolean,
): readonly WorldClass[] {
  const shares = world.attributes(cls).size > 0;
  const around = shares ? relatives(cls) : [cls, ...above(cls)];
  if (![...around].some(concerns)) return [];
  return shares ? [cls, ...cls.descendants] : [cls];
}

export const stateWithoutSetstate = rule({
  code: 'SLT401',
  name: 'state-without-setstate',
  level: 'blocks',
  title: 'defines __getstate__ without __setstate__',
  why: 'Without `__setstate__`, pickle and copy put a dict state straight into `instance.__dict__`; an instance without one raises AttributeError.',
  unlock: 'add a __setstate__ that sets each attribute',
  *find(cls, world) {
    for (const c of sharingState(cls, world, each => boundAt(each, '__getstate__', world) !== null)) {
      const line = [c, ...above(c)];
      const getter = line.map(owner => boundAt(owner, '__getstate__', world)).find(at => at !== null);
      if (!getter || line.some(owner => owner.members.has('__setstate__'))) continue;
      yield { at: getter, says: 'the state it gives is put back into __dict__' };
      return;
    }
  },
});

export const setstateWithoutState = rule({
  code: 'SLT406',
  name: 'setstate-without-getstate',
  level: 'blocks',
  title: 'defines __setstate__ without __getstate__',
  why:
    'Without a `__getstate__`, the state of an instance is its `__dict__`; with slots it is a pair of None and the slots. ' +
    'A `__setstate__` written for the one fails on the other.',
  unlock: 'add a __getstate__ that gives a dict of the attributes',
  *find(cls, world) {
    // a class below a parameter hands the state on to what stands there
    const standing = cls.bases.flatMap(b => (b.kind === 'unknown' ? (world.alternatives(b) ?? []) : []));
    if (standing.length && standing.every(c => !takesForeignState([c, ...above(c)]))) return;
    for (const c of sharingState(cls, world, each => each.members.has('__setstate__'))) {
      const setter = takesForeignState([c, ...above(c)]);
      if (!setter) continue;
      yield inFileOf(setter, setter.members.get('__setstate__')!.at, 'takes the state that slots change');
      return;
    }
  },
});

/** The class of a line that takes a state which no class of the line gives, or null. */
function takesForeignState(line: readonly WorldClass[]): WorldClass | null {
  if (line.some(c => OWN_STATE.some(name => c.members.has(name)))) return null;
  return line.find(c => c.members.has('__setstate__')) ?? null;
}

/** Where a name of a class is bound: in its body, or from elsewhere (`C.__setattr__ = checked`); null where it is not. */
function boundAt(cls: WorldClass, name: string, world: World): Place | null {
  const member = cls.members.get(name);
  if (member) return placeIn(cls, member.at);
  return world.findings(cls, 'class-store').find(f => f.attr === name && f.certain)?.evidence.at ?? null;
}

/** Methods by which a class says itself how it is pickled. */
const OWN_STATE = ['__getstate__', '__reduce__', '__reduce_ex__'];

export const reducerWithState = rule({
  code: 'SLT407',
  name: 'reducer-with-state',
  level: 'blocks',
  title: 'is pickled by a reducer that gives a state',
  why: 'pickle and copy put the third item of what `__reduce__` gives straight into `instance.__dict__` where there is no `__setstate__`; an instance without one raises AttributeError.',
  unlock:
    'add a __setstate__ that sets each attribute, or hand everything to the function that makes the object',
  *find(cls, world) {
    const concerns = (c: WorldClass) => world.findings(c, 'reducer-state').length > 0;
    for (const c of sharingState(cls, world, concerns))
      if (![c, ...above(c)].some(owner => owner.members.has('__setstate__')))
        for (const f of findingsOn(c, world, 'reducer-state')) yield f.evidence;
  },
});

/** Whether a class gives its instances no attributes: a pickle holds a state of them only where a class below does
 *  (copyreg._reduce_ex() and copyreg.__reduce_ex__(), Lib/copyreg.py). */
const keepsNothing = (cls: WorldClass, world: World): boolean => world.attributes(cls).size === 0;

export const oldProtocol = rule({
  code: 'SLT402',
  name: 'old-protocol',
  level: 'blocks',
  title: 'is pickled at protocol 0 or 1',
  why: 'Pickle protocols 0 and 1 refuse objects with slots and without `__getstate__`: `TypeError: a class that defines __slots__ without defining __getstate__ cannot be pickled`.',
  unlock: 'use protocol 2 or newer, or define __getstate__ and __setstate__',
  *find(cls, world) {
    // empty slots count as none there, and there is no state
    if (keepsNothing(cls, world)) return;
    const concerns = (c: WorldClass) => world.findings(c, 'old-protocol').length > 0;
    for (const c of sharingState(cls, world, concerns)) {
      const line = [c, ...above(c)];
      if (line.some(owner => OWN_STATE.some(name => owner.members.has(name)))) continue;
      if (world.findings(c, 'own-reducer').length > 0) continue;
      for (const f of findingsOn(c, world, 'old-protocol')) yield f.evidence;
    }
  },
});

export const storedPickle = rule({
  code: 'SLT403',
  name: 'stored-pickle',
  level: 'blocks',
  title: 'is kept in pickle files',
  why: 'The state in a pickle made before the rewrite is a dict; loading it into an instance without `__dict__` raises AttributeError.',
  unlock: 'define __getstate__ and __setstate__, or rebuild the stored files',
  *find(cls, world) {
    if (keepsNothing(cls, world)) return;
    const concerns = (c: WorldClass) => world.findings(c, 'stored-pickle').length > 0;
    for (const c of sharingState(cls, world, concerns)) {
      const line = [c, ...above(c)];
      const handled = line.some(
        owner => owner.members.has('__setstate__') || owner.members.has('__reduce__'),
      );
      if (!handled) for (const f of findingsOn(c, world, 'stored-pickle')) yield f.evidence;
    }
  },
});

/** Heeded only where the configuration wants no `__weakref__`. */
export const weaklyReferenced = rule({
  code: 'SLT404',
  name: 'weak-reference',
  level: 'blocks',
  final: true,
  title: 'is referred to weakly, and is to have no __weakref__',
  why: 'With `weakref = "never"` no class gets a `__weakref__` slot; without one `weakref.ref(x)` raises TypeError.',
  unlock: 'set weakref to "auto"',
  *find(cls, world) {
    if (weakrefAbove(cls, c => declaredSlots(c)?.includes('__weakref__') ?? false)) return;
    // what is said of a class that has slots already means one of those below it
    for (const c of [cls, ...above(cls).filter(definesSlots)]) {
      for (const f of findingsOn(c, world, 'weak-reference')) yield f.evidence;
      for (const f of findingsOn(c, world, 'weak-reference', false)) yield f.evidence;
    }
  },
});

export const stateThroughSetattr = rule({
  code: 'SLT405',
  name: 'state-through-setattr',
  level: 'blocks',
  title: 'is copied or pickled while it has a __setattr__ of its own',
  why: 'copy and pickle put the state of an object with slots back with `setattr()`, past which a `__dict__` is filled: a `__setattr__` that refuses, checks or counts stores notices each one.',
  unlock: 'add a __setstate__ that sets each attribute with object.__setattr__',
  *find(cls, world) {
    const line = (c: WorldClass): WorldClass[] => [c, ...above(c)];
    const takesState = (c: WorldClass): boolean => TAKES_STATE.some(name => c.members.has(name));
    const concerns = (c: WorldClass) => world.findings(c, 'state-copy').length > 0;
    // a frozen class with slots=True puts its fields back itself; frozen below, it cannot put back those of this class
    const checksStores = (c: WorldClass): boolean =>
      line(c).some(one => boundAt(one, '__setattr__', world) !== null) ||
      (!refusesStores(cls) && line(c).some(refusesStores));
    for (const c of sharingState(cls, world, concerns))
      if (checksStores(c) && !line(c).some(takesState))
        for (const f of findingsOn(c, world, 'state-copy')) yield f.evidence;
  },
});

export const stateThroughProperty = rule({
  code: 'SLT408',
  name: 'state-through-property',
  level: 'blocks',
  title: 'is copied or pickled where a class below has a property in the place of one of its attributes',
  why:
    'What copy and pickle take for the state of an object with slots is read from it by the names of all its slots, and ' +
    'put back with `setattr()`: where a property of a class below stands in the place of one, its getter and setter are ' +
    'called, and one without a setter raises AttributeError.',
  unlock: 'give the property another name, or add a __getstate__ and a __setstate__',
  *find(cls, world) {
    const concerns = (c: WorldClass) => world.findings(c, 'state-copy').length > 0;
    for (const c of sharingState(cls, world, concerns)) {
      const line = [c, ...above(c)];
      if (c === cls || line.some(one => OWN_STATE.some(name => one.members.has(name)))) continue;
      const between = line.slice(0, line.indexOf(cls));
      for (const attr of world.attributes(cls).keys())
        for (const one of between) {
          const member = one.members.get(attr);
          if (!member || !world.isDescriptor(one, member)) continue;
          for (const f of findingsOn(c, world, 'state-copy')) yield f.evidence;
          yield inFileOf(one, member.at, `${one.ref.name} has a property ${attr}`);
        }
    }
  },
});
