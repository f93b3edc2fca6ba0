// setattr() and delattr() handed to another function together with what they are to be called with:
// `assertRaises(AttributeError, setattr, cart, "total", 3)`, `addCleanup(log.__setattr__, "level", before)`.
import { ArgKind, Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { type Argument, argumentsOf, opAt, row, stringAt, valueCount } from '../../index-file.js';
import type { Resolver } from '../../resolve.js';
import { storedNames } from '../names.js';
import type { Flow } from '../state.js';
import type { NamedStores } from './named-stores.js';

/** A store that the function a call hands it to makes, or has made by others. */
export interface HandedStore {
  /** The argument that is setattr(), delattr(), or a method of these. */
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

/** Methods that do the same to the object they are read on. */
const METHODS: ReadonlyMap<string, boolean> = new Map([
  ['__setattr__', true],
  ['__delattr__', false],
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
  const { strings, variables } = file.facts;
  if (!variables.some(v => STORING.has(`builtins.${v.name}`)) && !strings.some(name => METHODS.has(name)))
    return found;
  for (let call = 0; call < valueCount(file); call++) {
    if (opAt(file, call) !== Op.Call) continue;
    const list = argumentsOf(file, call);
    list.forEach(({ kind, value: by }, i) => {
      const sets = setsBy(file, by, resolver);
      if (kind !== ArgKind.Positional || sets === null) return;
      const { op, a } = row(file, by);
      const rest = list.slice(i + 1);
      const receiver = op === Op.Attr ? a : placeOf(rest.shift());
      const name = placeOf(rest.shift());
      const value = sets ? placeOf(rest.shift()) : -1;
      if (receiver < 0 || name < 0 || (sets && value < 0)) return;
      const attrs = storedNames(file, receiver, name, resolver, null);
      if (attrs) found.set(call, [...(found.get(call) ?? []), { by, receiver, attrs, value }]);
    });
  }
  return found;
}

/** Whether a value is setattr() or a `__setattr__`, is delattr() or a `__delattr__`, or (null) neither. */
function setsBy(file: WorldFile, by: number, resolver: Resolver): boolean | null {
  const { op, b } = row(file, by);
  if (op === Op.Attr) return METHODS.get(stringAt(file, b)) ?? null;
  if (op !== Op.Var) return null;
  const [only, ...others] = resolver.value(file, by);
  return only?.kind === 'external' && !others.length ? (STORING.get(only.dotted) ?? null) : null;
}

/** The value of an argument that is given by place, else -1. */
const placeOf = (arg: Argument | undefined): number => (arg?.kind === ArgKind.Positional ? arg.value : -1);

/** Makes the stores that the calls of a file hand on. */
export function seedHandedStores(flow: Flow, { storeNamed }: NamedStores, file: WorldFile): void {
  for (const [call, stores] of flow.handedStores.of(file))
    for (const { receiver, attrs, value } of stores) {
      const site = { file, value, at: row(file, call).at, past: false };
      storeNamed(flow.valueNode(file, receiver), attrs, site);
    }
}
