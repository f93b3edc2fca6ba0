// Facts of many texts: from the cache where they are there, else parsed.
import { keyOf, makeCache, openCache, writeEntry } from '../cache/cache.js';
import type { FileFacts } from '../model/facts.js';
import { encode, newDecode } from './codec.js';
import { type Threads, workOn } from './threads.js';

export interface Collecting extends Threads {
  /** Folder of the cache, absolute, or null for none. */
  readonly cache: string | null;
  readonly onProgress?: (done: number, total: number) => void;
}

/** A project with less text than this, in UTF-16 units, leaves no cache behind: parsing it is quicker than noticing. */
const WORTH_CACHE = 1 << 19;
/** Whether a project has so much text that it keeps a cache. */
export const isWorthCache = (texts: readonly string[]): boolean =>
  texts.reduce((total, text) => total + text.length, 0) >= WORTH_CACHE;
/** Entries that a cache may hold, or three times the files of the project where that is more. */
const MOST_ENTRIES = 10_000;

/** Facts of each text, in the order of the texts. The same whatever thread made them, or run. */
export async function collectAll(texts: readonly string[], how: Collecting): Promise<FileFacts[]> {
  const cache = how.cache === null || !isWorthCache(texts) ? null : openCache(how.cache, 'facts');
  const decode = newDecode();
  const cached = (text: string): FileFacts | null => {
    const bytes = cache?.read(keyOf(text)) ?? null;
    return bytes && decode(bytes);
  };
  const facts: (FileFacts | null)[] = texts.map(cached);
  const missing = [...texts.keys()].filter(i => facts[i] === null);
  if (!missing.length) return facts as FileFacts[];
  const { collect } = await import('./collect.js');
  const folder = cache?.folder ?? null;
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
