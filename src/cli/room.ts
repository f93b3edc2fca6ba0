// Memory for large projects: node fixes the size of its heap when it starts, so they are analysed in a second process,
// whose end for want of memory can be told.
import { spawn } from 'node:child_process';
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { collector } from '../2-parse/engine.js';
import { fail } from './console.js';
import type { Outcome } from './failures.js';

/** Projects with more text than this, in UTF-16 units, get a process of their own. */
const LARGE = 20_000_000;
/** Bytes of heap that a UTF-16 unit of Python may take; measured: 30 to 100. */
const BYTES_PER_UNIT = 120;
/** The share of the machine's memory that may be taken. */
const SHARE = 0.75;
/** Megabytes for objects that have just been made, in the second process: twice what node allows. Linking makes millions
 *  of short-lived ones in a large heap, all of which is looked through whenever this is full. */
const YOUNG = 32;
/** Set in the second process. */
const MARK = 'SLOTIFY_SECOND_PROCESS';

/** Thrown where a project is found to be large; `again` takes it. */
export class NeedsRoom extends Error {
  constructor(
    readonly characters: number,
    /** What came through standard input, which can be read once only. */
    readonly input: Uint8Array | null,
  ) {
    super('the project needs more memory');
  }
}

/** For `Io.onFound`: ends the run of a large project in this process, if another one has not been started for it. */
export const onFound =
  (input: Uint8Array | null = null) =>
  (characters: number): void => {
    if (characters > LARGE && process.env[MARK] === undefined) throw new NeedsRoom(characters, input);
  };

/** Bytes of heap that are worth a collection: it takes a millisecond for two million of them. */
const WORTH_COLLECTION = 64 * 2 ** 20;

/** For `Io.onLinked`: collects what linking leaves behind. By itself the engine would rather let the heap grow, and
 *  the run ends soon. */
export function onLinked(): void {
  if (getHeapStatistics().used_heap_size > WORTH_COLLECTION) collector()();
}

/** Runs the same command line in a process with a heap as large as the project needs and the machine allows. */
export async function again({ characters, input }: NeedsRoom): Promise<Outcome> {
  const memory = Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
  const wanted = Math.min(characters * BYTES_PER_UNIT, memory * SHARE);
  const megabytes = Math.ceil(Math.max(wanted, getHeapStatistics().heap_size_limit) / 2 ** 20);
  const room = [`--max-old-space-size=${megabytes}`, `--max-semi-space-size=${YOUNG}`];
  const own = [...room, ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn(process.execPath, own, {
    stdio: [input === null ? 'inherit' : 'pipe', 'inherit', 'inherit'],
    env: { ...process.env, [MARK]: '1' },
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  // Ctrl-C reaches both; a request to end reaches this one only
  const wait = (): void => {};
  const pass = (): unknown => child.kill('SIGTERM');
  process.on('SIGINT', wait).on('SIGTERM', pass);
  const ended = await new Promise<{ code: number | null; signal: string | null }>(done => {
    child.on('close', (code, signal) => done({ code, signal }));
  });
  process.off('SIGINT', wait).off('SIGTERM', pass);
  return outcomeOf(ended.code, ended.signal, characters, megabytes);
}

/** How the second process ended; it has said why itself, unless it was killed or could not. */
async function outcomeOf(
  code: number | null,
  signal: string | null,
  characters: number,
  megabytes: number,
): Promise<Outcome> {
  if (code === 0) return 'done';
  if (code === 1) return 'would-change';
  if (code === 130 || signal === 'SIGINT') return 'interrupted';
  // node ends itself by SIGABRT where its heap is full, the system by SIGKILL where its memory is
  if (signal === 'SIGABRT' || signal === 'SIGKILL' || code === 134) {
    return fail(
      'incomplete',
      `${Math.round(characters / 1e6)} MB of Python were too much for ${megabytes} MB of memory: list a part of it in .gitignore, or use a larger machine`,
    );
  }
  return 'incomplete';
}
