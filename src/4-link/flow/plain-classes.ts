// Classes as objects: whether `for x in C` and `C[x]` can do more than what code that is seen says.
import type { WorldClass } from '../../model/world.js';
import { metaclassesOf } from '../../slots.js';

/** Metaclasses that classes can neither be iterated over with nor indexed. */
const TYPES: ReadonlySet<string> = new Set(['builtins.object', 'builtins.type', 'abc.ABCMeta']);

const isPlainMetaclass = (cls: WorldClass): boolean =>
  cls.mro.every(e => e.kind === 'class' || (e.kind === 'external' && TYPES.has(e.dotted)));

/** Whether all metaclasses of a class, as its bases, decorators and keywords tell, are of the world or the plain ones:
 *  iterating over the class then fails but for an `__iter__` of these. */
export const hasPlainMetaclass = (cls: WorldClass): boolean =>
  metaclassesOf(cls).every(isPlainMetaclass) &&
  cls.mro.every(e => {
    if (e.kind === 'unknown') return false;
    if (e.kind === 'external')
      return e.layouts.length > 0 && e.layouts.every(l => l.metaclass === null || TYPES.has(l.metaclass));
    const { decorators, bases } = e.cls.fact;
    const isKnown = e.cls.metaclasses.every(
      m => m.kind === 'class' || (m.kind === 'external' && TYPES.has(m.dotted)),
    );
    return isKnown && !decorators.length && bases.every(b => !b.star);
  });

/** Whether a class may be indexed without a metaclass for it: generic ones give themselves, `Box[int]`. */
export const mayBeGeneric = (cls: WorldClass): boolean =>
  cls.mro.some(e => {
    if (e.kind === 'unknown') return true;
    if (e.kind === 'external') return e.dotted !== 'builtins.object' && e.dotted !== 'abc.ABC';
    const { scopes } = e.cls.file.facts;
    const around = scopes[scopes[e.cls.fact.scope]!.parent];
    // `class Box[T]:` stands in a scope of its type parameters
    const hasParameters = around?.kind === 'function' && around.owner < 0;
    return hasParameters || e.cls.members.has('__class_getitem__');
  });
