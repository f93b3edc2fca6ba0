// What earlier runs found, on disk: one file an entry, found by what it was made from.
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GRAMMAR } from '../2-parse/engine.js';

/** A folder of entries. Every method is quiet about what the file system refuses: a run without its cache is slower,
 *  never wrong. Entries are written under another name and renamed, so runs side by side and runs that are killed
 *  leave only whole ones; what is damaged all the same has a wrong digest and counts as missing. */
export interface Cache {
  /** Where entries of this kind and version are; absolute. */
  readonly folder: string;
  /** The bytes kept under a key, or null. */
  readonly read: (key: string) => Uint8Array | null;
  /** Removes entries until at most `most` are left, the oldest first, and those of other versions. */
  readonly prune: (most: number) => void;
}

/** What entries hold: facts of one file, or the report of a whole run. */
export type Kind = 'facts' | 'reports';

/** Signature by which backup tools know a cache: https://bford.info/cachedir/ */
const TAG = 'Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of slotify.\n';
const DIGEST_LENGTH = 20;

const digest = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest();

/** The key of a text: its content. */
export const keyOf = (text: string): string => createHash('sha1').update(text).digest('hex');

/** Opens the entries of a kind in the cache at `root`, which need not exist yet: those that this code made. */
export function openCache(root: string, kind: Kind): Cache {
  const folder = path.join(root, `${kind}-${versionOfCode()}`);
  return {
    folder,
    read(key) {
      if (!isOwn(folder)) return null;
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
          if (name.isDirectory() && name.name.startsWith(`${kind}-`) && name.name !== path.basename(folder))
            rmSync(path.join(root, name.name), { recursive: true, force: true });
        const entries = isOwn(folder) ? entriesIn(folder) : [];
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
      if (!existsSync(path.join(root, name))) writeFileSync(path.join(root, name), text, { flag: 'wx' });
  });
}

/** Keeps bytes under a key. `folder` is that of a cache. */
export function writeEntry(folder: string, key: string, bytes: Uint8Array): void {
  quietly(() => {
    const file = placeOf(folder, key);
    if (!isOwn(folder) || !isOwn(path.dirname(file))) return;
    const draft = `${file}.${randomBytes(6).toString('hex')}`;
    const content = Buffer.concat([digest(bytes), bytes]);
    try {
      writeFileSync(draft, content);
    } catch {
      // mostly the folder is there
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(draft, content);
    }
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
  readdirSync(folder, { withFileTypes: true }).flatMap(part => {
    const inside = path.join(folder, part.name);
    return part.isDirectory() ? readdirSync(inside).map(name => path.join(inside, name)) : [];
  });

/** Whether a folder is one itself and not a link: links in a cache that comes with a project may lead anywhere. */
function isOwn(folder: string): boolean {
  try {
    return !lstatSync(folder).isSymbolicLink();
  } catch {
    return true;
  }
}

/** Where the cache of a project is; null where a link stands in its place. */
export function cacheOf(project: string): string | null {
  const folder = path.join(project, '.slotify_cache');
  return isOwn(folder) ? folder : null;
}

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // no cache then
  }
}

const require = createRequire(import.meta.url);
const here = path.dirname(fileURLToPath(import.meta.url));
/** Where the code is that runs: its modules, or the one folder that they are bundled into. */
const CODE =
  path.basename(here) === 'cache' ? [path.join(here, '..'), path.join(here, '../../transforms')] : [here];
const DATA = [GRAMMAR, ...['#layouts', '#footprints'].map(name => require.resolve(name))];

/** A digest of code and data. What is kept depends on the code that made it, and taken from the files themselves no
 *  change can be forgotten. */
function versionOfCode(): string {
  // entries are written in V8's format, which an older V8 cannot read
  const hash = createHash('sha1').update(process.versions.v8);
  for (const folder of CODE)
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort())
      if (/\.[jt]s$/.test(name) && !name.endsWith('.d.ts'))
        hash.update(name).update(readFileSync(path.join(folder, name)));
  for (const file of DATA) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
