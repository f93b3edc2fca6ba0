// What one worker thread does: parses texts, keeps their facts in the cache, and gives them back as bytes.
import { Tinypool } from 'tinypool';
import { type EngineName, loadEngine } from '../2-parse/engine.js';
import { keyOf, writeEntry } from './cache.js';
import { encode } from './codec.js';
import { collect } from './collect.js';

/** What a thread is told once. */
export interface Task {
  readonly engine: EngineName;
  /** Folder of cache entries, or null. */
  readonly cache: string | null;
}

const { engine, cache } = Tinypool.workerData as Task;
const { parse } = await loadEngine(engine);

/** Facts of each text, encoded: an array of bytes whose memory is handed over, not copied. */
export default async function work(texts: readonly string[]): Promise<unknown> {
  const results = texts.map(text => {
    const bytes = encode(collect(parse(text)));
    if (cache !== null) writeEntry(cache, keyOf(text), bytes);
    return bytes;
  });
  // the parser's memory is only freed when the loop turns
  await new Promise(resolve => setImmediate(resolve));
  return Tinypool.move({
    [Tinypool.transferableSymbol]: results.map(bytes => bytes.buffer),
    [Tinypool.valueSymbol]: results,
  } as never);
}
