// What a class leaves out of its state when it is pickled or copied.
import type { FunctionFact } from '../../model/definitions.js';
import { ACT_WIDTH, Act, ConstKind, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above } from '../../slots.js';
import { literalNames } from '../flow/names.js';
import { argumentsOf, listAt, opAt, row, stringAt, valueCount } from '../index-file.js';
import type { Resolver } from '../resolve.js';
import { isInBody } from './making-steps.js';

/** Names that the `__getstate__` of a class empties in the state it gives, whatever the way through it:
 *  `state["app"] = None`, `state.update(app=None)`, `state.pop("app")`. */
export type LeftOut = (cls: WorldClass) => ReadonlySet<string>;

/** Every name that a function spells out as a key: in a display of a dict, or where it puts something into one. */
export function* keysIn(file: WorldFile, fn: number, resolver: Resolver): Generator<string> {
  const { at, end } = file.facts.functions[fn]!;
  const isInside = (offset: number): boolean => offset >= at && offset < end;
  for (let v = 0; v < valueCount(file); v++) {
    const { op, b, at: offset } = row(file, v);
    if (op !== Op.Dict || !isInside(offset)) continue;
    const parts = listAt(file, b);
    for (let i = 0; i < parts.length; i += 2)
      if (parts[i]! >= 0) yield* literalNames(file, parts[i]!, resolver) ?? [];
  }
  const { acts } = file.facts;
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    if (acts[i] === Act.StoreItem && isInside(acts[i + 4]!))
      yield* literalNames(file, acts[i + 2]!, resolver) ?? [];
}

export function newLeftOut(resolver: Resolver): LeftOut {
  /** By the class that has the method. */
  const known = new Map<WorldClass, ReadonlySet<string>>();

  const isEmpty = (file: WorldFile, value: number): boolean => {
    const r = row(file, value);
    if (r.op === Op.Const) return r.a === ConstKind.None;
    return (r.op === Op.Dict || r.op === Op.List) && listAt(file, r.b).length === 0;
  };

  function* emptied(file: WorldFile, fact: FunctionFact): Generator<{ name: string; at: number }> {
    const { acts } = file.facts;
    const isInside = (at: number): boolean => at >= fact.at && at < fact.end;
    for (let i = 0; i < acts.length; i += ACT_WIDTH) {
      if (acts[i] !== Act.StoreItem || !isInside(acts[i + 4]!) || !isEmpty(file, acts[i + 3]!)) continue;
      for (const name of literalNames(file, acts[i + 2]!, resolver) ?? []) yield { name, at: acts[i + 4]! };
    }
    for (let v = 0; v < valueCount(file); v++) {
      const { op, a: callee, at } = row(file, v);
      if (op !== Op.Call || !isInside(at) || opAt(file, callee) !== Op.Attr) continue;
      const method = stringAt(file, row(file, callee).b);
      const args = argumentsOf(file, v);
      if (method === 'update')
        for (const arg of args) if (arg.name && isEmpty(file, arg.value)) yield { name: arg.name, at };
      if (method === 'pop' && args[0])
        for (const name of literalNames(file, args[0].value, resolver) ?? []) yield { name, at };
    }
  }

  /** What the `__getstate__` of a class leaves out, whoever inherits it. */
  const leftOutBy = (owner: WorldClass): ReadonlySet<string> => {
    const names = new Set<string>();
    const member = owner.members.get('__getstate__');
    if (member?.kind !== 'function') return names;
    const { file } = owner;
    const fn = row(file, member.value).a;
    const fact = file.facts.functions[fn]!;
    const { acts } = file.facts;
    const waysOut: number[] = [];
    for (let i = 0; i < acts.length; i += ACT_WIDTH)
      if (acts[i] === Act.Return && acts[i + 1] === fn) waysOut.push(acts[i + 4]!);
    // what stands deeper is done only on some ways through the method; an early return may leave some behind
    if (waysOut.length === 1 && isInBody(file, waysOut[0]!, fact))
      for (const { name, at } of emptied(file, fact)) if (isInBody(file, at, fact)) names.add(name);
    return names;
  };

  return cls => {
    const owner = [cls, ...above(cls)].find(c => c.members.has('__getstate__'));
    if (!owner) return NONE;
    let found = known.get(owner);
    if (!found) known.set(owner, (found = leftOutBy(owner)));
    return found;
  };
}

const NONE: ReadonlySet<string> = new Set();
