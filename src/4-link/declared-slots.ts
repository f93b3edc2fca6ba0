// The own slots of a class: those it spells out, and those that a decorator makes for it.
import { Op } from '../model/facts.js';
import type { DeclaredSlots, WorldClass, WorldFile } from '../model/world.js';
import {
  above,
  attrsDecorator,
  dataclassDecorator,
  fieldDecorator,
  declaredSlots as slotsOf,
} from '../slots.js';
import { ATTRS_DEFINES } from './fields.js';
import { listAt, row, stringAt } from './index-file.js';
import type { Resolver } from './resolve.js';

/** How deep displays, sums and names are followed to the names of slots. */
const DEEPEST = 5;

/** The own slots of a class: a literal `__slots__`, or those that a dataclass or attrs decorator makes. */
export function declaredSlots(cls: WorldClass, resolver: Resolver): DeclaredSlots | null {
  const member = cls.members.get('__slots__');
  if (member) {
    const names = member.value >= 0 ? slotNames(resolver, cls.file, member.value, 0) : null;
    return names ? { kind: 'names', names } : { kind: 'opaque' };
  }
  return madeSlots(cls);
}

/** The slots that a decorator of dataclasses or attrs makes, or null when it makes none. */
function madeSlots(cls: WorldClass): DeclaredSlots | null {
  const d = fieldDecorator(cls);
  if (!d) return null;
  const asked = d.flags.get('slots');
  if (asked === false) return null;
  // options that cannot be seen may ask for slots
  if (d.wraps !== null || d.flags.has('**') || asked === null) return { kind: 'opaque' };
  if (asked !== true && !ATTRS_DEFINES.test(d.name)) return null;
  const weak = d.flags.get('weakref_slot');
  if (attrsDecorator(cls))
    return {
      kind: 'names',
      names: [...cls.fields.map(f => f.name), ...(weak === false ? [] : ['__weakref__'])],
    };
  // every field but those that a class above has a slot for already (`_add_slots` in Lib/dataclasses.py, 3.11)
  const fields = [...above(cls)]
    .reverse()
    .concat(cls)
    .filter(c => dataclassDecorator(c));
  const held = new Set(above(cls).flatMap(c => slotsOf(c) ?? []));
  const names = new Set(fields.flatMap(c => c.fields.map(f => f.name)));
  const own = [...names].filter(name => !held.has(name));
  return { kind: 'names', names: weak === true ? [...own, '__weakref__'] : own };
}

/** The names that a value of `__slots__` spells out, or null when it is computed. */
function slotNames(resolver: Resolver, file: WorldFile, value: number, depth: number): string[] | null {
  if (depth > DEEPEST) return null;
  const r = row(file, value);
  switch (r.op) {
    case Op.Str:
      return [stringAt(file, r.a)];
    case Op.Tuple:
    case Op.List:
    case Op.Set: {
      const names: string[] = [];
      for (const item of listAt(file, r.b)) {
        const part = slotNames(resolver, file, item >= 0 ? item : ~item, depth + 1);
        if (!part) return null;
        names.push(...part);
      }
      return names;
    }
    case Op.Dict: {
      const names: string[] = [];
      const items = listAt(file, r.b);
      for (let i = 0; i < items.length; i += 2) {
        const key = items[i]! >= 0 ? row(file, items[i]!) : null;
        if (key?.op !== Op.Str) return null;
        names.push(stringAt(file, key.a));
      }
      return names;
    }
    case Op.Binary: {
      const left = slotNames(resolver, file, r.a, depth + 1);
      const right = slotNames(resolver, file, r.b, depth + 1);
      return left && right ? [...left, ...right] : null;
    }
    case Op.Var: {
      const meanings = resolver.variable(file, r.a);
      const only = meanings[0];
      if (meanings.length !== 1 || only?.kind !== 'value') return null;
      return slotNames(resolver, only.file, only.value, depth + 1);
    }
    default:
      return null;
  }
}
