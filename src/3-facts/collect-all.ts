// Facts of many texts: from the cache where they are there, else parsed, by several threads where that pays.
import { availableParallelism } from 'node:os';
import { Tinypool } from 'tinypool';
import type { Engine } from '../2-parse/engine.js';
import type { FileFacts } from '../model/facts.js';
import { type Cache, keyOf, makeCache, openCache, writeEntry } from './cache.js';
import { decode, encode } from './codec.js';
import { collect } from './collect.js';
import type { Task } from './worker.js';

export interface Collecting {
  readonly engine: Engine;
  /** Folder of the cache, absolute, or null for none. */
  readonly cache: string | null;
  /** Threads to parse in; left out, as many as the machine runs at once. 1 is the thread of the caller. */
  readonly workers?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Less text than this, in UTF-16 units, is parsed before a thread has started. */
const WORTH_THREADS = 1 << 20;
/** A project with less text than this leaves no cache behind: parsing it is quicker than noticing. */
const WORTH_CACHE = 1 << 19;
/** Entries that a cache may hold, or three times the files of the project where that is more. */
const MOST_ENTRIES = 10_000;
/** Text that a thread is given at a time, in UTF-16 units. */
const JOB = 1 << 18;
/** More threads than this wait for the one that takes their results. */
const MOST_THREADS = 8;

/** Facts of each text, in the order of the texts. The same whatever thread made them, or run. */
export async function collectAll(texts: readonly string[], how: Collecting): Promise<FileFacts[]> {
  const worthCache = sum(texts.map(t => t.length)) >= WORTH_CACHE;
  const cache = how.cache === null || !worthCache ? null : openCache(how.cache);
  const facts: (FileFacts | null)[] = texts.map(text => cache && cached(cache, text));
  const missing = [...texts.keys()].filter(i => facts[i] === null);
  const size = sum(missing.map(i => texts[i]!.length));
  const folder = cache && missing.length > 0 ? cache.folder : null;
  if (folder !== null) makeCache(how.cache!);

  let done = texts.length - missing.length;
  const take = (job: readonly number[], found: readonly FileFacts[]): void => {
    for (const [nth, i] of job.entries()) facts[i] = found[nth]!;
    how.onProgress?.((done += job.length), texts.length);
  };
  const jobs = inJobs(missing, texts);
  const threads = Math.min(how.workers ?? Math.min(availableParallelism(), MOST_THREADS), jobs.length);
  if (threads > 1 && size >= WORTH_THREADS) await inThreads(jobs, texts, how.engine, folder, threads, take);
  else await inBand(jobs, texts, how.engine, folder, take);
  if (folder !== null) cache!.prune(Math.max(MOST_ENTRIES, texts.length * 3));
  return facts as FileFacts[];
}

function cached(cache: Cache, text: string): FileFacts | null {
  const bytes = cache.read(keyOf(text));
  return bytes && decode(bytes);
}

type Take = (job: readonly number[], found: readonly FileFacts[]) => void;

/** The loop turns after each job: the parser's memory is only freed when it does. */
async function inBand(
  jobs: readonly (readonly number[])[],
  texts: readonly string[],
  engine: Engine,
  folder: string | null,
  take: Take,
): Promise<void> {
  for (const job of jobs) {
    const found = job.map(i => collect(engine.parse(texts[i]!)));
    if (folder !== null)
      for (const [nth, i] of job.entries()) writeEntry(folder, keyOf(texts[i]!), encode(found[nth]!));
    take(job, found);
    await new Promise(resolve => setImmediate(resolve));
  }
}

async function inThreads(
  jobs: readonly (readonly number[])[],
  texts: readonly string[],
  engine: Engine,
  folder: string | null,
  threads: number,
  take: Take,
): Promise<void> {
  const pool = new Tinypool({
    workerData: { engine: engine.name, cache: folder } satisfies Task,
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    // the next job is there when one is done
    concurrentTasksPerWorker: 2,
  });
  try {
    await Promise.all(
      jobs.map(async job => {
        const results = (await pool.run(job.map(i => texts[i]!))) as readonly Uint8Array[];
        take(job, results.map(decode));
      }),
    );
  } finally {
    await pool.destroy();
  }
}

/** Numbers of texts in groups of about JOB units. */
function inJobs(numbers: readonly number[], texts: readonly string[]): number[][] {
  const jobs: number[][] = [];
  let size = JOB;
  for (const i of numbers) {
    if (size >= JOB) {
      jobs.push([]);
      size = 0;
    }
    jobs.at(-1)!.push(i);
    size += texts[i]!.length;
  }
  return jobs;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
