// Facts of earlier runs on disk: one file an entry, found by the content it was made from.
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GRAMMAR } from '../2-parse/engine.js';

/** A folder of entries. Every method is quiet about what the file system refuses: a run without its cache is slower,
 *  never wrong. Entries are written under another name and renamed, so runs side by side and runs that are killed
 *  leave only whole ones; what is damaged all the same has a wrong digest and counts as missing. */
export interface Cache {
  /** Where this version of slotify keeps its entries; absolute. */
  readonly folder: string;
  /** The bytes kept for a text, or null. */
  readonly read: (key: string) => Uint8Array | null;
  /** Removes entries until at most `most` are left, the oldest first, and those of other versions of slotify. */
  readonly prune: (most: number) => void;
}

/** Signature by which backup tools know a cache: https://bford.info/cachedir/ */
const TAG = 'Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of slotify.\n';
const DIGEST_LENGTH = 20;

const digest = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest();

/** The key of a text: its content. */
export const keyOf = (text: string): string => createHash('sha1').update(text).digest('hex');

/** Opens the cache at `root`, which need not exist yet. */
export function openCache(root: string): Cache {
  const folder = path.join(root, factsVersion());
  return {
    folder,
    read(key) {
      try {
        const bytes = readFileSync(placeOf(folder, key));
        const content = bytes.subarray(DIGEST_LENGTH);
        return digest(content).equals(bytes.subarray(0, DIGEST_LENGTH)) ? content : null;
      } catch {
        return null;
      }
    },
    prune(most) {
      quietly(() => {
        for (const name of readdirSync(root, { withFileTypes: true }))
          if (name.isDirectory() && name.name !== path.basename(folder))
            rmSync(path.join(root, name.name), { recursive: true, force: true });
        const entries = entriesIn(folder);
        if (entries.length <= most) return;
        const dated = entries.map(file => ({ file, at: statSync(file).mtimeMs }));
        dated.sort((a, b) => a.at - b.at);
        for (const { file } of dated.slice(0, entries.length - most)) rmSync(file, { force: true });
      });
    },
  };
}

/** Makes the folder of a cache, marked as one for version control and for backups. */
export function makeCache(root: string): void {
  quietly(() => {
    mkdirSync(root, { recursive: true });
    for (const [name, text] of [
      ['CACHEDIR.TAG', TAG],
      ['.gitignore', '*\n'],
    ] as const)
      if (!existsSync(path.join(root, name))) writeFileSync(path.join(root, name), text);
  });
}

/** Keeps the bytes of one text. `folder` is that of a cache. */
export function writeEntry(folder: string, key: string, bytes: Uint8Array): void {
  quietly(() => {
    const file = placeOf(folder, key);
    mkdirSync(path.dirname(file), { recursive: true });
    const draft = `${file}.${randomBytes(6).toString('hex')}`;
    writeFileSync(draft, Buffer.concat([digest(bytes), bytes]));
    renameSync(draft, file);
  });
}

/** Removes a cache with all that is in it; false when the folder is there but is none. */
export function removeCache(root: string): boolean {
  if (!existsSync(root)) return true;
  const tag = path.join(root, 'CACHEDIR.TAG');
  if (!existsSync(tag) || readFileSync(tag, 'utf8') !== TAG) return false;
  rmSync(root, { recursive: true, force: true });
  return true;
}

const placeOf = (folder: string, key: string): string => path.join(folder, key.slice(0, 2), key.slice(2));

const entriesIn = (folder: string): string[] =>
  readdirSync(folder).flatMap(part => {
    const inside = path.join(folder, part);
    return readdirSync(inside).map(name => path.join(inside, name));
  });

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // no cache then
  }
}

/** What facts depend on besides the text: the code that makes them, and the grammar. Taken from the files themselves,
 *  so that no change can be forgotten. */
function factsVersion(): string {
  const hash = createHash('sha1');
  const here = path.dirname(fileURLToPath(import.meta.url));
  for (const folder of ['.', '../2-parse', '../model'])
    for (const name of readdirSync(path.join(here, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (/\.[jt]s$/.test(name) && !name.endsWith('.d.ts'))
        hash.update(name).update(readFileSync(path.join(here, folder, name)));
  hash.update(readFileSync(GRAMMAR));
  return hash.digest('hex').slice(0, 16);
}
