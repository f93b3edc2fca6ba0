// setattr() and delattr() handed to another function together with what they are to be called with:
// `assertRaises(AttributeError, setattr, cart, "total", 3)`, `addCleanup(setattr, log, "level", before)`.
import { ArgKind, Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { argumentsOf, opAt, row, valueCount } from '../../index-file.js';
import type { Resolver } from '../../resolve.js';
import { storedNames } from '../names.js';
import type { Flow } from '../state.js';
import type { NamedStores } from './named-stores.js';

/** A store that the function a call hands it to makes, or has made by others. */
export interface HandedStore {
  /** The argument that is setattr() or delattr(). */
  readonly by: number;
  readonly receiver: number;
  readonly attrs: readonly string[];
  /** What is stored, -1 for a deletion. */
  readonly value: number;
}

const STORING: ReadonlyMap<string, boolean> = new Map([
  ['builtins.setattr', true],
  ['builtins.delattr', false],
]);

export interface HandedStores {
  /** The stores that the calls of a file hand on with the name spelled out, by call. */
  readonly of: (file: WorldFile) => ReadonlyMap<number, readonly HandedStore[]>;
  /** Whether an argument of a call is such a function: what it is called with is known, wherever it is handed on to. */
  readonly makes: (file: WorldFile, argument: number) => boolean;
}

export function newHandedStores(resolver: Resolver): HandedStores {
  const known = new Map<WorldFile, ReturnType<typeof storesIn>>();
  const makers = new Map<WorldFile, ReadonlySet<number>>();
  const of: HandedStores['of'] = file => {
    let found = known.get(file);
    if (!found) {
      known.set(file, (found = storesIn(file, resolver)));
      makers.set(file, new Set([...found.values()].flatMap(stores => stores.map(s => s.by))));
    }
    return found;
  };
  return { of, makes: (file, argument) => of(file).size > 0 && makers.get(file)!.has(argument) };
}

function storesIn(file: WorldFile, resolver: Resolver): ReadonlyMap<number, readonly HandedStore[]> {
  const found = new Map<number, HandedStore[]>();
  if (!file.facts.variables.some(v => STORING.has(`builtins.${v.name}`))) return found;
  for (let call = 0; call < valueCount(file); call++) {
    if (opAt(file, call) !== Op.Call) continue;
    const list = argumentsOf(file, call);
    list.forEach((by, i) => {
      const [receiver, name, stored] = list.slice(i + 1);
      if (opAt(file, by.value) !== Op.Var || !receiver || !name) return;
      if ([by, receiver, name].some(arg => arg.kind !== ArgKind.Positional)) return;
      const [only, ...others] = resolver.value(file, by.value);
      const sets = only?.kind === 'external' && !others.length ? STORING.get(only.dotted) : undefined;
      const attrs = storedNames(file, receiver.value, name.value, resolver);
      if (sets === undefined || !attrs || (sets && stored?.kind !== ArgKind.Positional)) return;
      const value = sets ? stored!.value : -1;
      found.set(call, [...(found.get(call) ?? []), { by: by.value, receiver: receiver.value, attrs, value }]);
    });
  }
  return found;
}

/** Makes the stores that the calls of a file hand on. */
export function seedHandedStores(flow: Flow, { storeNamed }: NamedStores, file: WorldFile): void {
  for (const [call, stores] of flow.handedStores.of(file))
    for (const { receiver, attrs, value } of stores) {
      const site = { file, value, at: row(file, call).at, past: false };
      storeNamed(flow.valueNode(file, receiver), attrs, site);
    }
}
