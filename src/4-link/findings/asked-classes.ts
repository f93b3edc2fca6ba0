// Which classes the code asks a receiver for: what is tested for being an instance of a class may be one.
import { Op } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { Narrowing } from '../flow/narrowing.js';
import { argumentsOf, opAt, receiverKey, row, spelling, valueCount } from '../index-file.js';

/** Classes of the world that `isinstance(receiver, classes)` names anywhere in the file, for the receiver at a value. */
export type AskedClasses = (file: WorldFile, value: number) => readonly WorldClass[];

export function newAskedClasses(narrow: Narrowing): AskedClasses {
  const known = new Map<number, ReadonlyMap<string, readonly number[]>>();

  /** The tests of a file, by what they test. */
  const testsIn = (file: WorldFile): ReadonlyMap<string, readonly number[]> => {
    const before = known.get(file.index);
    if (before) return before;
    const found = new Map<string, number[]>();
    for (let v = 0; v < valueCount(file); v++) {
      if (opAt(file, v) !== Op.Call || spelling(file, row(file, v).a) !== 'isinstance') continue;
      const [subject, classes] = argumentsOf(file, v);
      const key = subject ? receiverKey(file, subject.value) : null;
      if (key !== null && classes) addTo(found, key, classes.value);
    }
    known.set(file.index, found);
    return found;
  };

  return (file, value) => {
    const key = receiverKey(file, value);
    const tests = key === null ? [] : (testsIn(file).get(key) ?? []);
    return tests.flatMap(test => narrow.classesOf(file, test));
  };
}
