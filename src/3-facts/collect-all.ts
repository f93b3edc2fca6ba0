// Facts of many texts: from the cache where they are there, else parsed.
import type { FileFacts } from '../model/facts.js';
import { type Cache, keyOf, makeCache, openCache, writeEntry } from './cache.js';
import { decode, encode } from './codec.js';
import { collect } from './collect.js';
import { type Threads, workOn } from './threads.js';

export interface Collecting extends Threads {
  /** Folder of the cache, absolute, or null for none. */
  readonly cache: string | null;
  readonly onProgress?: (done: number, total: number) => void;
}

/** A project with less text than this, in UTF-16 units, leaves no cache behind: parsing it is quicker than noticing. */
const WORTH_CACHE = 1 << 19;
/** Entries that a cache may hold, or three times the files of the project where that is more. */
const MOST_ENTRIES = 10_000;

/** Facts of each text, in the order of the texts. The same whatever thread made them, or run. */
export async function collectAll(texts: readonly string[], how: Collecting): Promise<FileFacts[]> {
  const worthCache = texts.reduce((total, text) => total + text.length, 0) >= WORTH_CACHE;
  const cache = how.cache === null || !worthCache ? null : openCache(how.cache);
  const facts: (FileFacts | null)[] = texts.map(text => cache && cached(cache, text));
  const missing = [...texts.keys()].filter(i => facts[i] === null);
  const folder = cache && missing.length > 0 ? cache.folder : null;
  if (folder !== null) makeCache(how.cache!);
  const found = await workOn(
    missing.map(i => texts[i]!),
    {
      size: text => text.length,
      here: part =>
        part.map(text => {
          const made = collect(text, how.engine.parse);
          if (folder !== null) writeEntry(folder, keyOf(text), encode(made));
          return made;
        }),
      there: 'facts',
      taken: answers => (answers as readonly Uint8Array[]).map(decode),
      cache: folder,
      onProgress: done => how.onProgress?.(texts.length - missing.length + done, texts.length),
    },
    how,
  );
  for (const [nth, i] of missing.entries()) facts[i] = found[nth]!;
  if (folder !== null) cache!.prune(Math.max(MOST_ENTRIES, texts.length * 3));
  return facts as FileFacts[];
}

function cached(cache: Cache, text: string): FileFacts | null {
  const bytes = cache.read(keyOf(text));
  return bytes && decode(bytes);
}
