// Classes that only serve as bases give their attributes to the classes below them: a mixin with empty slots can be
// combined with anything (Python reference 3.3.2.4, CPython's best_base in Objects/typeobject.c).
import type { Base, Store, World, WorldClass } from '../model/world.js';
import { above, declaredSlots, definesSlots, fieldDecorator, methodsNamed } from '../slots.js';

/** Whether a class can do without slots of its own: there are no instances of it alone, and each class right below it
 *  can hold what it leaves to them. */
export function canBeHollow(cls: WorldClass, world: World): boolean {
  if (world.instantiated(cls) || world.spelled(cls) || isMadeOver(cls) || storesItself(cls, world))
    return false;
  if (standsAtBase(cls, world)) return false;
  const names = [...world.attributes(cls).keys()];
  const canHold = (child: WorldClass): boolean =>
    !definesSlots(child)
      ? fieldDecorator(child) === null
      : names.every(name => declaredSlots(child)?.includes(name));
  return childrenOf(cls).every(canHold);
}

/** The world in which some classes hold nothing themselves and those right below them hold it in their place. */
export function hollowed(world: World, hollow: ReadonlySet<WorldClass>): World {
  const known = new Map<WorldClass, ReadonlyMap<string, readonly Store[]>>();
  /** What a class holds, or would hold if it were not hollow. */
  const given = (cls: WorldClass): ReadonlyMap<string, readonly Store[]> => {
    const found = known.get(cls);
    if (found) return found;
    // most classes stand below none of these: what is asked of them stays the same
    if (!cls.bases.some(isHollow)) return world.attributes(cls);
    const names = new Map(world.attributes(cls));
    known.set(cls, names);
    const left = cls.bases.flatMap(b => (isHollow(b) ? [...given(b.cls)] : []));
    for (const [name, stores] of left) {
      const isHeld = above(cls).some(c => !hollow.has(c) && given(c).has(name));
      if (!names.has(name) && !isHeld && !definesSlots(cls)) names.set(name, stores);
    }
    return names;
  };
  const isHollow = (b: Base): b is Base & { kind: 'class' } => b.kind === 'class' && hollow.has(b.cls);
  return { ...world, attributes: cls => (hollow.has(cls) ? NONE : given(cls)) };
}

const NONE: ReadonlyMap<string, readonly Store[]> = new Map();

/** Whether some class statement has it for a base without naming it: `class Made(base):` in a function. */
const standsAtBase = (cls: WorldClass, world: World): boolean =>
  world.classes.some(c => c.bases.some(b => b.kind === 'unknown' && world.alternatives(b)?.includes(cls)));

const childrenOf = (cls: WorldClass): WorldClass[] =>
  cls.descendants.filter(d => d.bases.some(b => b.kind === 'class' && b.cls === cls));

/** Its slots are written already, or a decorator makes its fields or another class of it. */
const isMadeOver = (cls: WorldClass): boolean =>
  definesSlots(cls) || fieldDecorator(cls) !== null || cls.decorators.some(d => d.makes.length > 0);

/** Whether a method of the class itself stores one of its attributes: it would fail on an instance of the class alone,
 *  which code elsewhere may well make. `self.hits += 1` fails there in any case where nothing else sets the attribute. */
function storesItself(cls: WorldClass, world: World): boolean {
  const methods = methodsNamed(cls, /./);
  return [...world.attributes(cls).values()].some(stores =>
    stores.some(
      s =>
        s.kind !== 'augmented' &&
        s.file === cls.file &&
        methods.some(f => f.at <= s.at.offset && s.at.offset < f.end),
    ),
  );
}
