// Whether edited texts still say the same but for their edits, asked of the parser for all of them at once.
import { difference, type Edited } from '../2-parse/compare.js';
import { type Threads, workOn } from '../3-facts/threads.js';
import type { FileFacts } from '../model/facts.js';
import { excerptsOf } from './excerpts.js';

/** A text before and after its edits, with what it said before. */
export interface Rewritten extends Edited {
  readonly facts: FileFacts;
}

/** For each text, a sentence on how it differs besides the edits, or null; in the order of the texts. */
export async function differences(rewritten: readonly Rewritten[], how: Threads): Promise<(string | null)[]> {
  const excerpts = rewritten.map(r => (r.facts.errorAt < 0 ? excerptsOf(r, r.facts.statements) : [r]));
  const answers = (await differencesIn(excerpts.flat(), how)).values();
  return excerpts.map(list => list.map(() => answers.next().value!).find(a => a !== null) ?? null);
}

const differencesIn = (edited: readonly Edited[], how: Threads): Promise<(string | null)[]> =>
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
