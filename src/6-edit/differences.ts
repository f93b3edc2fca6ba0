// Whether edited texts still say the same but for their edits, asked of the parser for all of them at once.
import { difference, type Edited } from '../2-parse/compare.js';
import { type Threads, workOn } from '../3-facts/threads.js';

/** For each text, a sentence on how it differs besides the edits, or null; in the order of the texts. */
export const differences = (edited: readonly Edited[], how: Threads): Promise<(string | null)[]> =>
  workOn(
    edited,
    {
      size: e => e.before.length + e.after.length,
      here: part => part.map(e => difference(how.engine.parse(e.before), how.engine.parse(e.after), e.edits)),
      there: 'differences',
      taken: answers => answers as readonly (string | null)[],
      cache: null,
    },
    how,
  );
