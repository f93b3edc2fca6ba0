// What an instance of a rewritten class consists of, as far as its size depends on it.
import type { Footprint } from '../model/decision.js';
import type { World, WorldClass } from '../model/world.js';
import { above, declaredSlots, externalAbove, isSpecialSlot } from '../slots.js';
import type { Settled } from './settle.js';

/** The footprint of a class that gets slots, given all classes that do. */
export function footprintOf(cls: WorldClass, world: World, settled: Settled): Footprint {
  const line = [cls, ...above(cls)];
  const declared = line.flatMap(c => declaredSlots(c) ?? []);
  const moved = new Set(line.flatMap(c => (settled.slotted.has(c) ? [...world.attributes(c).keys()] : [])));
  return {
    moved: moved.size,
    slotted: declared.filter(name => !isSpecialSlot(name)).length,
    weakref: declared.includes('__weakref__') || line.some(c => settled.weak.has(c)),
    base: externalAbove(cls).some(e => e.layouts.some(l => l.solid)) ? 'builtin' : 'object',
  };
}
