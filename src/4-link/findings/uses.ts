// Which names a file reads and calls on its variables and chains of attributes.
import { ACT_WIDTH, Act, Op, VALUE_WIDTH } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { argumentsOf, receiverKey, spelling, stringAt } from '../index-file.js';

/** What a file does with its variables and chains of attributes, by their spelling. */
export interface Uses {
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
  /** Those that get attributes which no class shows: under computed names, through their dict. */
  readonly open: ReadonlySet<string | null>;
}

/** What gives an object such attributes, as it is spelled. */
const OPENING: ReadonlySet<string> = new Set([
  'setattr',
  'vars',
  '__dict__',
  '__setattr__',
  'object.__setattr__',
]);
/** So do test tools. */
const PATCHING = /(^|\.)(patch\.object|monkeypatch\.setattr)$/;
const isOpening = (spelled: string): boolean => OPENING.has(spelled) || PATCHING.test(spelled);

/** Names read or called on each variable of a file, and on each chain of attributes as it is spelled; those that the
 *  file itself stores there are left out. */
export function usesIn(file: WorldFile): Uses {
  const found = new Map<string, Set<string>>();
  const open = new Set<string | null>();
  const add = (base: number, name: string): void => {
    const key = receiverKey(file, base);
    if (key === null || /^__\w+__$/.test(name)) return;
    const set = found.get(key);
    if (set) set.add(name);
    else found.set(key, new Set([name]));
  };
  const { values, acts } = file.facts;
  for (let i = 0; i < values.length; i += VALUE_WIDTH) {
    if (values[i] === Op.Attr) {
      const name = stringAt(file, values[i + 2]!);
      if (OPENING.has(name)) open.add(receiverKey(file, values[i + 1]!));
      add(values[i + 1]!, name);
    } else if (values[i] === Op.Call && isOpening(spelling(file, values[i + 1]!))) {
      const [first] = argumentsOf(file, i / VALUE_WIDTH);
      if (first) open.add(receiverKey(file, first.value));
    }
  }
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    if (acts[i] === Act.StoreAug) add(acts[i + 1]!, stringAt(file, acts[i + 2]!));
  for (let i = 0; i < acts.length; i += ACT_WIDTH) {
    if (acts[i] !== Act.Store) continue;
    const [key, name] = [receiverKey(file, acts[i + 1]!), stringAt(file, acts[i + 2]!)];
    found.get(key ?? '')?.delete(name);
    if (OPENING.has(name)) open.add(key);
  }
  return { names: found, open };
}
