// Loops that store what a mapping holds: `for name, value in options.items(): setattr(self, name, value)`.
import { Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { argumentsOf, opAt, row, stringAt, written } from '../../index-file.js';
import type { Resolver } from '../../resolve.js';

/** The mapping whose keys `name` goes through, while `value` is what stands under each; -1 where there is none. */
export function pouredFrom(file: WorldFile, name: number, value: number, resolver: Resolver): number {
  const key = boundTo(file, name, resolver);
  const item = boundTo(file, value, resolver);
  const [k, v] = [row(file, key), row(file, item)];
  if (k.op === Op.Item && v.op === Op.Item && k.a === v.a && k.b === 0 && v.b === 1)
    return itemsOf(file, k.a);
  const isSame = k.op === Op.Iter && v.op === Op.Sub && isVariable(file, k.a) && isVariable(file, v.a);
  if (!isSame || written(file, k.a).a !== written(file, v.a).a) return -1;
  return boundTo(file, v.b, resolver) === key ? v.a : -1;
}

/** The mapping in which `value` is what stands under `name`: `state[name]`, `state.get(name)`; -1 where there is none. */
export function lookedUpIn(file: WorldFile, name: number, value: number): number {
  const { op, a, b } = row(file, value);
  const isName = (v: number): boolean =>
    isVariable(file, v) && isVariable(file, name) && written(file, v).a === written(file, name).a;
  if (op === Op.Sub) return isName(b) ? a : -1;
  if (op !== Op.Call) return -1;
  const callee = row(file, a);
  const [key, otherwise] = argumentsOf(file, value);
  if (callee.op !== Op.Attr || !key || otherwise || !isName(key.value)) return -1;
  return /^(get|pop)$/.test(stringAt(file, callee.b)) ? callee.a : -1;
}

const isVariable = (file: WorldFile, value: number): boolean => written(file, value).op === Op.Var;

/** What a variable that is bound once is bound to; else the value itself. */
function boundTo(file: WorldFile, value: number, resolver: Resolver): number {
  const r = written(file, value);
  const values = r.op === Op.Var ? (resolver.bindings(file).values.get(r.a) ?? []) : [];
  return values.length === 1 ? values[0]! : value;
}

/** The mapping that a loop goes through by its `items()`; -1 for any other loop. */
function itemsOf(file: WorldFile, loop: number): number {
  if (opAt(file, loop) !== Op.Iter) return -1;
  const call = row(file, row(file, loop).a);
  if (call.op !== Op.Call) return -1;
  const callee = row(file, call.a);
  return callee.op === Op.Attr && stringAt(file, callee.b) === 'items' ? callee.a : -1;
}
