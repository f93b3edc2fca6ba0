// What one worker thread does: parses texts and gives back their facts, or how they differ.
import { Tinypool } from 'tinypool';
import { difference, type Edited } from '../2-parse/compare.js';
import { type EngineName, loadEngine } from '../2-parse/engine.js';
import { keyOf, writeEntry } from '../cache/cache.js';
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

/** The parser's memory is only freed when the loop turns. */
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** Facts of each text, encoded: an array of bytes whose memory is handed over, not copied. */
export async function facts(texts: readonly string[]): Promise<unknown> {
  const results = texts.map(text => {
    const bytes = encode(collect(text, parse));
    if (cache !== null) writeEntry(cache, keyOf(text), bytes);
    return bytes;
  });
  await turn();
  return Tinypool.move({
    [Tinypool.transferableSymbol]: results.map(bytes => bytes.buffer),
    [Tinypool.valueSymbol]: results,
  } as never);
}

/** For each edited text, how it differs from the one before besides the edits, or null. */
export async function differences(list: readonly Edited[]): Promise<readonly (string | null)[]> {
  const results = list.map(e => difference(parse(e.before), parse(e.after), e.edits));
  await turn();
  return results;
}
