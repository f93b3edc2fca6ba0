// Strings that are looked up in a table of literals: `PLACES[name]`, `PLACES.get(name)`, one of several there.
import { Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { argumentsOf, listAt, opAt, row, stringAt, written } from '../index-file.js';
import type { Resolver } from '../resolve.js';
import { displayAt } from './displays.js';

/** Names of variables are followed so far. */
const DEEPEST = 3;

/** A dict display and what is given where it has no such key, or -1. */
interface Table {
  readonly file: WorldFile;
  readonly value: number;
  readonly otherwise: number;
}

interface Sight {
  readonly resolver: Resolver;
  readonly isReceiver: (file: WorldFile, value: number) => boolean;
  readonly isParameter: (file: WorldFile, variable: number) => boolean;
  /** Every string that a value may be, or null when that cannot be told. */
  readonly namesOf: (file: WorldFile, value: number) => readonly string[] | null;
}

/** Every string that a lookup in tables may give, or, with a place, what the tuples have there that it gives; null when
 *  that cannot be told. */
export function lookedUp(
  file: WorldFile,
  value: number,
  place: number,
  sight: Sight,
): readonly string[] | null {
  const found = new Set<string>();
  const tables = tablesAt(file, value, sight, 0);
  if (!tables?.length) return null;
  for (const table of tables) {
    const items = listAt(table.file, row(table.file, table.value).b);
    const given = [...items].filter((_, i) => i % 2 === 1);
    // of `**other` no item is told
    if ([...items].some((item, i) => i % 2 === 0 && item < 0)) return null;
    const names = [
      ...given.map(item => partAt(table.file, item, place, sight)),
      ...(table.otherwise < 0 ? [] : [partAt(file, table.otherwise, place, sight)]),
    ];
    for (const part of names) {
      if (!part) return null;
      for (const name of part) found.add(name);
    }
  }
  return [...found];
}

function partAt(file: WorldFile, item: number, place: number, sight: Sight): readonly string[] | null {
  if (place < 0) return sight.namesOf(file, item);
  const { op, b } = row(file, item);
  const part = op === Op.Tuple ? listAt(file, b)[place] : undefined;
  return part === undefined || part < 0 ? null : sight.namesOf(file, part);
}

/** The tables that a value is looked up in, or null where it may be anything else. */
function tablesAt(file: WorldFile, value: number, sight: Sight, depth: number): readonly Table[] | null {
  const { op, a } = written(file, value);
  if (op === Op.Sub) return tableAt(file, a, -1, sight);
  if (op === Op.Call) {
    const callee = row(file, a);
    const [key, otherwise] = argumentsOf(file, value);
    if (callee.op !== Op.Attr || stringAt(file, callee.b) !== 'get' || !key) return null;
    return tableAt(file, callee.a, otherwise?.value ?? -1, sight);
  }
  if (op !== Op.Var || depth > DEEPEST || sight.isParameter(file, a)) return null;
  const { imports, values } = sight.resolver.bindings(file);
  const bound = imports.has(a) ? undefined : values.get(a);
  const found = bound?.map(v => tablesAt(file, v, sight, depth + 1));
  return found?.every(tables => tables !== null) ? found.flat() : null;
}

function tableAt(
  file: WorldFile,
  value: number,
  otherwise: number,
  { resolver, isReceiver }: Sight,
): readonly Table[] | null {
  const display =
    opAt(file, value) === Op.Dict ? { file, value } : displayAt(file, value, resolver, isReceiver);
  if (!display || opAt(display.file, display.value) !== Op.Dict) return null;
  return [{ ...display, otherwise }];
}
