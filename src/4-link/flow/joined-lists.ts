// Metaclasses that put what the classes above list before what a class itself does: `body[key] = tuple(names)`.
import type { FunctionFact } from '../../model/definitions.js';
import { ACT_WIDTH, Act, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { argumentsOf, callsIn, lastName, listAt, opAt, row, stringAt, written } from '../index-file.js';
import { takesBody } from '../metaclasses.js';
import type { Resolver } from '../resolve.js';
import { isOnlyRead, READING } from '../unchanged.js';
import { literalNames } from './names.js';
import { itself } from './same-items.js';

/** What a metaclass makes of a name that class bodies bind: it leaves it alone, or joins all that bodies of the MRO bind.
 *  What else it does with bodies is found elsewhere, `metaclasses.ts` among the findings. */
export type Joining = (metaclass: WorldClass, name: string) => 'untouched' | 'joined' | 'otherwise';

/** Methods of a list that leave it alone or add what is in another. */
const EXTENDED: ReadonlySet<string> = new Set([...READING, 'extend']);

export function newJoining(
  resolver: Resolver,
  classesOf: (file: WorldFile) => readonly WorldClass[],
): Joining {
  const joining: Joining = (metaclass, name) => {
    const { file } = metaclass;
    let found: 'untouched' | 'joined' = 'untouched';
    for (const fact of file.facts.functions) {
      const body = fact.parameters[3]?.variable;
      if (classesOf(file)[fact.cls] !== metaclass || !takesBody(fact) || body === undefined) continue;
      for (const { key, value } of itemsStored(file, body)) {
        const names = literalNames(file, key, resolver);
        if (names && !names.includes(name)) continue;
        if (!names || !joins(file, fact, key, value)) return 'otherwise';
        found = 'joined';
      }
    }
    return found;
  };

  /** Whether a value holds nothing but what classes and the body have under `key`. */
  const joins = (file: WorldFile, fact: FunctionFact, key: number, value: number): boolean => {
    const at = itself(file, value, resolver);
    const { op, a, b } = row(file, at);
    if (op === Op.Tuple || op === Op.List) return listAt(file, b).length === 0;
    if (op === Op.Call) return takes(file, fact, key, at);
    if (op !== Op.Var) return false;
    const bound = resolver.bindings(file).values.get(a);
    const isOwn = (v: number): boolean => opAt(file, v) === Op.Var && row(file, v).a === a;
    const gives = (v: number): boolean => !isOwn(v) && joins(file, fact, key, v);
    if (!bound?.every(gives) || !isOnlyRead(file, isOwn, EXTENDED)) return false;
    for (const { call, callee } of callsIn(file)) {
      if (opAt(file, callee) !== Op.Attr || !isOwn(row(file, callee).a)) continue;
      const isExtended = stringAt(file, row(file, callee).b) === 'extend';
      if (isExtended && !argumentsOf(file, call).every(arg => gives(arg.value))) return false;
    }
    return true;
  };

  /** `getattr(base, key, ())` and `body.get(key, ())`. */
  const takes = (file: WorldFile, fact: FunctionFact, key: number, call: number): boolean => {
    const { a: callee } = row(file, call);
    const args = argumentsOf(file, call);
    const isGet = opAt(file, callee) === Op.Attr && stringAt(file, row(file, callee).b) === 'get';
    const holder = isGet ? written(file, row(file, callee).a) : null;
    const isBody = holder?.op === Op.Var && holder.a === fact.parameters[3]?.variable;
    if (!isBody && lastName(file, callee) !== 'getattr') return false;
    const [asked, missing] = args.slice(isBody ? 0 : 1);
    if (!asked || !isSame(file, asked.value, key)) return false;
    return !missing || joins(file, fact, key, missing.value);
  };
  const isSame = (file: WorldFile, one: number, other: number): boolean => {
    const [r, s] = [written(file, one), written(file, other)];
    return r.op === s.op && r.a === s.a && (r.op === Op.Var || r.op === Op.Str);
  };

  return joining;
}

/** What a function stores under keys in what is at a variable. */
function* itemsStored(file: WorldFile, variable: number): Generator<{ key: number; value: number }> {
  const { acts } = file.facts;
  for (let i = 0; i < acts.length; i += ACT_WIDTH) {
    if (acts[i] !== Act.StoreItem) continue;
    const holder = written(file, acts[i + 1]!);
    if (holder.op === Op.Var && holder.a === variable) yield { key: acts[i + 2]!, value: acts[i + 3]! };
  }
}
