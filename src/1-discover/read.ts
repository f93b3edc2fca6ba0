// Reads one file from disk into a source, or says why it cannot be read.
import { readFileSync, statSync } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import type { Role, Source, Unreadable } from '../model/source.js';
import { decode } from './decode.js';
import { isStub } from './roles.js';

/** Largest file that is read, in bytes: a Python file beyond it is data, and parsing it takes minutes. */
const LARGEST = 20 * 1024 * 1024;

/** What is known of a file before its bytes are. */
export interface Wanted {
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  readonly role: Role;
  readonly module: string;
  readonly isPackage: boolean;
}

/** A file as text, or why it is none. */
export type ReadResult =
  | { readonly kind: 'source'; readonly source: Source }
  | { readonly kind: 'unreadable'; readonly unreadable: Unreadable };

/**
 * Reads and decodes a regular file. Anything else (a pipe, a device) is never opened, since that can block or
 * have effects. Errors of the file system become an `unreadable` with a sentence for the user.
 */
export async function readSource(wanted: Wanted): Promise<ReadResult> {
  const bytes = await bytesOf(wanted.file);
  const decoded = 'problem' in bytes ? ({ kind: 'problem', problem: bytes.problem } as const) : decode(bytes);
  if (decoded.kind === 'problem') {
    const { path, role, module, isPackage } = wanted;
    const words = 'problem' in bytes ? bytes.words : wordsIn(bytes);
    const harmless = role !== 'target' && words !== null;
    const unreadable = { path, role, module, isPackage, problem: decoded.problem, harmless };
    return { kind: 'unreadable', unreadable: { ...unreadable, words: [...(words ?? [])] } };
  }
  const { text, coding } = decoded;
  return { kind: 'source', source: { ...wanted, isStub: isStub(wanted.path), text, coding } };
}

/** ASCII words of a file whose coding is not known: ASCII bytes mean the same in every coding that Python accepts. */
const wordsIn = (bytes: Uint8Array): ReadonlySet<string> =>
  new Set(
    Buffer.from(bytes)
      .toString('latin1')
      .match(/[A-Za-z_]\w*/g) ?? [],
  );

/** Bytes that are looked at for words in one go, and how many of these come again in the next one. */
const CHUNK = 1024 * 1024;
const OVERLAP = 1024;

/** Largest file that is looked through for words, in bytes, and most words that are kept. */
const LARGEST_NAMED = 256 * 1024 * 1024;
const MOST_WORDS = 1_000_000;

/** Words of a large file, in little memory; null where there is no end of them. */
async function wordsOf(file: string, size: number): Promise<ReadonlySet<string> | null> {
  if (size > LARGEST_NAMED) return null;
  const words = new Set<string>();
  const handle = await open(file);
  try {
    const chunk = Buffer.alloc(CHUNK + OVERLAP);
    for (let at = 0; at < size; at += CHUNK) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
      for (const word of wordsIn(chunk.subarray(0, bytesRead))) words.add(word);
      if (words.size > MOST_WORDS) return null;
    }
  } finally {
    await handle.close();
  }
  return words;
}

/** The bytes; or the problem, with the words of the file as far as they are known. */
async function bytesOf(
  file: string,
): Promise<Uint8Array | { readonly problem: string; readonly words: Iterable<string> | null }> {
  try {
    // one after the other: to hand each to a thread and back takes four times as long as to read it
    const stats = statSync(file);
    if (!stats.isFile()) {
      const problem = 'Not a regular file, so it was not opened. Rename it or list it in .gitignore.';
      return { problem, words: null };
    }
    if (stats.size > LARGEST) {
      const problem = `Too large: ${megabytes(stats.size)} MB, and at most ${megabytes(LARGEST)} MB are read. Split it or list it in .gitignore.`;
      return { problem, words: await wordsOf(file, stats.size) };
    }
    return readFileSync(file);
  } catch (error) {
    return { problem: failure((error as NodeJS.ErrnoException).code ?? 'unknown', file), words: null };
  }
}

/** A sentence for an error code of the operating system, with what to do about it. `name`: the path that was tried. */
export function failure(code: string, name = ''): string {
  if (code === 'EACCES' || code === 'EPERM')
    return 'Permission denied. Make it readable for the current user.';
  if (code === 'DEEP') return 'It lies too many folders deep, so it was not read. List it in .gitignore.';
  if (code === 'ENOENT' && name.includes('\ufffd')) return 'Its name is not valid UTF-8. Rename it.';
  if (code === 'ENOENT') return 'It vanished while slotify was running. Run again.';
  return `It cannot be read (${code}). Check the file, then run again.`;
}

/**
 * True for a regular file whose first line is `#!` with a Python interpreter. With `executable` the file must
 * have an executable bit as well (which spares opening the others).
 */
export async function isPythonScript(file: string, executable: boolean): Promise<boolean> {
  try {
    const stats = await lstat(file);
    if (!stats.isFile() || (executable && (stats.mode & 0o111) === 0)) return false;
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(128), 0, 128, 0);
      return /^#!.*\bpython/.test(buffer.subarray(0, bytesRead).toString('latin1'));
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}

/** `Promise.all(items.map(run))` with at most `limit` under way; results in the order of the items. */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [i, item] of queue) results[i] = await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(bytes % (1024 * 1024) === 0 ? 0 : 1);
}
