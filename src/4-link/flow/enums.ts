// What the bodies of enumerations bind: the metaclass turns plain values into members.
import type { MemberFact } from '../../model/definitions.js';
import { Op } from '../../model/facts.js';
import type { WorldClass } from '../../model/world.js';
import { metaclassesOf } from '../../slots.js';
import { opAt, row } from '../index-file.js';
import type { Lookups } from './lookups.js';
import type { Flow } from './state.js';

/** Displays and constants, which are no descriptors. */
const PLAIN_VALUES: ReadonlySet<Op> = new Set([
  Op.Const,
  Op.Str,
  Op.Text,
  Op.Tuple,
  Op.List,
  Op.Set,
  Op.Dict,
]);

/** Whether a class is an enumeration of the standard library's kind. */
export const isEnum = (cls: WorldClass): boolean =>
  cls.mro.some(e => e.kind === 'external' && e.dotted.startsWith('enum.'));

/** Whether what a class body binds to a name is surely turned into a member: reading it gives an instance, not what
 *  is written there. */
export const isEnumMember = (flow: Flow, cls: WorldClass, { name, kind, value }: MemberFact): boolean =>
  kind === 'assign' &&
  value >= 0 &&
  !name.startsWith('_') &&
  isEnum(cls) &&
  (PLAIN_VALUES.has(opAt(cls.file, value)) || isAuto(flow, cls, value)) &&
  !cls.mro.some(e => e.kind === 'unknown') &&
  !metaclassesOf(cls).length;

/** Nodes of what `member.value` gives, besides numbers: what is written in the body of the enumeration, or what it
 *  makes where `auto()` is. */
export function* enumValues(flow: Flow, cls: WorldClass, methods: Lookups['methods']): Generator<number> {
  for (const m of cls.fact.members) {
    if (m.kind !== 'assign' || m.value < 0) continue;
    if (!isAuto(flow, cls, m.value)) yield flow.valueNode(cls.file, m.value);
    else for (const made of methods(cls, '_generate_next_value_')) yield flow.returnNode(made.file, made.fn);
  }
}

/** `NAME = auto()` */
function isAuto(flow: Flow, { file }: WorldClass, value: number): boolean {
  if (opAt(file, value) !== Op.Call) return false;
  const called = flow.resolver.value(file, row(file, value).a);
  return called.length > 0 && called.every(m => m.kind === 'external' && m.dotted === 'enum.auto');
}
