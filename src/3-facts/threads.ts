// Work on many texts: in the thread of the caller, or in several where that pays. The results are the same.
import { availableParallelism } from 'node:os';
import type { Engine } from '../2-parse/engine.js';
import type { Task } from './worker.js';

export interface Threads {
  readonly engine: Engine;
  /** Threads to work in; left out, as many as the machine runs at once. 1 is the thread of the caller. */
  readonly workers?: number;
}

export interface Work<Item, Result> {
  /** How much text an item is, in UTF-16 units. */
  readonly size: (item: Item) => number;
  /** Does the work in the thread of the caller. */
  readonly here: (items: readonly Item[]) => readonly Result[];
  /** Name of the function of worker.ts that does the same in another, and what makes results of what comes back. */
  readonly there: 'facts' | 'differences';
  readonly taken: (answers: readonly unknown[]) => readonly Result[];
  /** Folder of cache entries that threads write to, or null. */
  readonly cache: string | null;
  readonly onProgress?: (done: number) => void;
}

/** Less text than this, in UTF-16 units, is worked on before a thread has started. */
const WORTH_THREADS = 1 << 20;
/** Text that is worked on at a time, in UTF-16 units. */
const JOB = 1 << 18;
/** More threads than this wait for the one that takes their results. */
const MOST_THREADS = 8;
/** Jobs that a thread is given at a time: the next one is there when one is done. */
const AT_HAND = 2;
/** A thread loads built code: where this file runs from its source, all work is done here. */
const IS_BUILT = import.meta.url.endsWith('.js');

/** Results for all items, in the order of the items. */
export async function workOn<Item, Result>(
  items: readonly Item[],
  work: Work<Item, Result>,
  { engine, workers }: Threads,
): Promise<Result[]> {
  const jobs = inJobs(items, work.size);
  const results: (readonly Result[])[] = [];
  let done = 0;
  const take = (job: number, found: readonly Result[]): void => {
    results[job] = found;
    work.onProgress?.((done += found.length));
  };
  const threads = Math.min(workers ?? Math.min(availableParallelism(), MOST_THREADS), jobs.length);
  const size = items.reduce((total, item) => total + work.size(item), 0);
  // whoever is free takes the next one
  const waiting = jobs.entries();
  const workHere = async (): Promise<void> => {
    for (const [number, job] of waiting) {
      take(number, work.here(job));
      // the parser's memory is only freed when the loop turns
      await new Promise(resolve => setImmediate(resolve));
    }
  };
  if (!IS_BUILT || threads < 2 || size < WORTH_THREADS) {
    await workHere();
    return results.flat();
  }
  const { Tinypool } = await import('tinypool');
  const pool = new Tinypool({
    filename: new URL('./worker.js', import.meta.url).href,
    workerData: { engine: engine.name, cache: work.cache } satisfies Task,
    minThreads: threads - 1,
    maxThreads: threads - 1,
    concurrentTasksPerWorker: AT_HAND,
  });
  const workThere = async (): Promise<void> => {
    for (const [number, job] of waiting) take(number, work.taken(await pool.run(job, { name: work.there })));
  };
  try {
    // the thread of the caller would only wait
    await Promise.all([workHere(), ...Array.from({ length: (threads - 1) * AT_HAND }, workThere)]);
  } finally {
    await pool.destroy();
  }
  return results.flat();
}

/** Items in groups of about JOB units. */
function inJobs<Item>(items: readonly Item[], sizeOf: (item: Item) => number): Item[][] {
  const jobs: Item[][] = [];
  let size = JOB;
  for (const item of items) {
    if (size >= JOB) {
      jobs.push([]);
      size = 0;
    }
    jobs.at(-1)!.push(item);
    size += sizeOf(item);
  }
  return jobs;
}
