// How much is read where a setting, which may come with a project that nobody trusts, says what to read.
import { stat } from 'node:fs/promises';
import { TooMuch } from '../model/failure.js';
import { mapBounded } from './read.js';

/** Files and folders below the folders of `evidence` that are looked at. */
const MOST_ENTRIES = 200_000;
/** Bytes that the files found there may have together. */
const MOST_BYTES = 100 * 1024 * 1024;
const AT_ONCE = 32;

/** How many more files and folders a walk may look at. */
export interface Budget {
  left: number;
}

/** What a walk through the folders of `evidence` may look at, all of them together. */
export const evidenceBudget = (): Budget => ({ left: MOST_ENTRIES });

/** Takes the entries of a folder out of a budget. Throws TooMuch once it is used up. */
export function spend(budget: Budget, entries: number): void {
  budget.left -= entries;
  if (budget.left < 0) throw tooMuch(`more than ${MOST_ENTRIES.toLocaleString('en')} files and folders`);
}

/** Throws TooMuch when files have too many bytes together. */
export async function assertReadable(files: readonly string[]): Promise<void> {
  let bytes = 0;
  await mapBounded(files, AT_ONCE, async file => {
    const size = await stat(file).then(
      stats => (stats.isFile() ? stats.size : 0),
      () => 0,
    );
    bytes += size;
    if (bytes > MOST_BYTES) throw tooMuch(`more than ${MOST_BYTES / 1024 / 1024} MB of code and text`);
  });
}

const tooMuch = (amount: string): TooMuch =>
  new TooMuch(`evidence names folders with ${amount}. Name only those whose code uses the project.`);
