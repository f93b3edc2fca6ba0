// What a wrapper has copied from the `__dict__` of a callable object is only noticed where it is read on a function.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { relatives } from '../../slots.js';
import { literalNames } from '../flow/names.js';
import type { Solved } from '../flow/solve.js';
import { UNKNOWN } from '../flow/tokens.js';
import { argumentsOf, row, spelling, stringAt, valueCount } from '../index-file.js';

const DICT = '__dict__';

/** Whether some code reads, on what may be a function, an attribute that instances of a class keep; or all there are. */
export function newReadOnFunctions(
  { flow }: Solved,
  live: readonly WorldFile[],
): (cls: WorldClass) => boolean {
  const { graph, resolver, tokens } = flow;
  let readOnFunctions: ReadonlySet<string> | null = null;
  let owners: ReadonlySet<WorldClass> | null = null;

  const isFunction = (file: WorldFile, value: number): boolean =>
    graph.tokens(flow.valueNode(file, value)).some(id => tokens.get(id).kind === 'function');
  const mayBeFunction = (file: WorldFile, value: number): boolean => {
    const node = flow.valueNode(file, value);
    return graph.size(node) === 0 || graph.has(node, UNKNOWN) || isFunction(file, value);
  };

  const namesRead = (): ReadonlySet<string> => {
    const found = new Set<string>();
    for (const file of live)
      for (let v = 0; v < valueCount(file); v++) {
        const { op, a, b } = row(file, v);
        if (op === Op.Attr) add(found, file, a, [stringAt(file, b)]);
        if (op !== Op.Call || !/^(getattr|hasattr|vars)$/.test(spelling(file, a))) continue;
        const [asked, name] = argumentsOf(file, v);
        if (asked) add(found, file, asked.value, name ? literalNames(file, name.value, resolver) : null);
      }
    return found;
  };
  /** `names`: null for names that are computed, which say little of what they are asked of. */
  const add = (found: Set<string>, file: WorldFile, asked: number, names: readonly string[] | null): void => {
    if (names?.every(n => found.has(n))) return;
    if (names?.includes(DICT) || !names) {
      if (isFunction(file, asked)) found.add(DICT);
    } else if (mayBeFunction(file, asked)) for (const n of names) found.add(n);
  };

  /** Classes that have such an attribute stored on their instances. */
  const storing = (names: ReadonlySet<string>): ReadonlySet<WorldClass> =>
    new Set([...flow.stores.values()].flatMap(s => (names.has(s.attr) ? [s.cls] : [])));

  return cls => {
    readOnFunctions ??= namesRead();
    owners ??= storing(readOnFunctions);
    return readOnFunctions.has(DICT) || [...relatives(cls)].some(c => owners!.has(c));
  };
}
