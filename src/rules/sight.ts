// SLT9xx: limits of sight.
import { rule } from './rule.js';

export const brokenFile = rule({
  code: 'SLT901',
  name: 'broken-file',
  level: 'blocks',
  final: true,
  title: 'stands in a file that cannot be parsed',
  why: 'Where the parser had to guess, so would an edit. Python 2 files count as broken.',
  unlock: 'make the file valid Python 3',
  *find(cls, world) {
    for (const spot of world.blindSpots)
      if (spot.path === cls.file.source.path) yield { at: spot.at, says: `the file ${spot.says}` };
  },
});

export const namedInBrokenFile = rule({
  code: 'SLT902',
  name: 'named-in-broken-file',
  level: 'blocks',
  title: 'is named in a file that cannot be read or parsed',
  why: 'Such a file may store any attribute on anything it can name.',
  unlock: 'make the file valid Python 3, or list it in .gitignore if it is not part of the program',
  *find(cls, world) {
    for (const spot of world.blindSpots) {
      if (spot.path === cls.file.source.path || !spot.words.has(cls.ref.name)) continue;
      yield { at: spot.at, says: `${spot.path} names ${cls.ref.name} and ${spot.says}` };
    }
  },
});

/** Found by running the project, never by reading it: `slotify verify` hands the evidence in. */
export const failedVerification = rule({
  code: 'SLT903',
  name: 'failed-verification',
  level: 'blocks',
  final: true,
  title: 'breaks the program when it is run with slots',
  why: 'The command given to `slotify verify` passed without slots on this class and failed with them, all else being equal. What the class does that the analysis does not see is told by the test and the error.',
  unlock: 'fix what the error names, then verify again',
  *find() {},
});
