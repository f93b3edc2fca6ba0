// A folder in the project that makes writing many files one step: it locks the project, holds the new contents until
// every file is in place, and tells the next run what an interrupted one was doing.
import { createHash } from 'node:crypto';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { WRITE_FOLDER } from '../1-discover/root.js';
import { DISK, type Disk, type Info, isAlive, type Owner, self } from './disk.js';

/** Name of the folder in the project root. Discovery skips it, as all hidden folders. */
export const FOLDER = WRITE_FOLDER;

/** One file to be written: checked, its new bytes ready. */
export interface Write {
  /** Absolute, symbolic links followed, inside the root. */
  readonly target: string;
  readonly info: Info;
  readonly old: Uint8Array;
  readonly fresh: Uint8Array;
}

/** One file in the journal. Paths are relative to the root; the contents wait beside the journal. */
interface Entry {
  readonly target: string;
  /** The new content, with mode and owner of the file it replaces. */
  readonly fresh: string;
  /** The old content: the old file itself under a second name, or a copy where it is written in place. */
  readonly backup: string;
  /** A file with several names is written in place, so that they stay names of one file. */
  readonly inPlace: boolean;
  /** SHA-256 of the contents, in hexadecimal. */
  readonly before: string;
  readonly after: string;
}

/** How an attempt to replace files ended. In all cases but `done` and `stuck` every file is as it was. */
export type Replaced =
  | { readonly kind: 'done' }
  | { readonly kind: 'busy'; readonly owner: Owner }
  /** Another run was interrupted: `recover` has to come first. */
  | { readonly kind: 'unfinished' }
  /** A file (absolute) is no longer what was read. */
  | { readonly kind: 'changed'; readonly target: string }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** What was replaced could not be put back either; the journal stays, and the next run completes the work. */
  | { readonly kind: 'stuck'; readonly error: unknown };

const LOCK = 'owner.json';
const JOURNAL = 'journal.json';
/** What an interrupted run may leave in the folder beside its journal and its lock. */
const REMAINS = /^(\d+\.(new|old)|journal\.json\.new|owner\.json\.\d+)$/;
const PRIVATE = { mode: 0o600, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const bytesOf = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value)}\n`);

/**
 * Replaces all files, or none: under a lock, the new contents are put on the disk first, then a journal, then each
 * file is replaced in one step (one with several names is written in place). Never rejects.
 *
 * @param root the project's folder, symbolic links followed. The journal stands in it.
 */
export async function replaceAll(
  root: string,
  writes: readonly Write[],
  disk: Disk = DISK,
): Promise<Replaced> {
  const folder = join(root, FOLDER);
  try {
    const held = await takeLock(folder, disk);
    if (held !== null) return held;
  } catch (error) {
    return { kind: 'failed', error };
  }
  let entries: readonly Entry[] = [];
  const begun: Entry[] = [];
  try {
    const { device } = await disk.info(root);
    entries = writes.map((write, i) => entryOf(root, i, write, write.info.device === device));
    for (const [i, entry] of entries.entries()) await stage(root, entry, writes[i]!, disk);
    await disk.create(join(folder, `${JOURNAL}.new`), bytesOf(entries), PRIVATE);
    await disk.settle(folder);
    await disk.rename(join(folder, `${JOURNAL}.new`), join(folder, JOURNAL));
    await disk.settle(folder);
    for (const entry of entries) {
      const target = join(root, entry.target);
      if (digest(await disk.read(target)) !== entry.before)
        return await undone({ kind: 'changed', target }, root, entries, begun, disk);
      begun.push(entry);
      await put(root, entry.fresh, entry, disk);
    }
    for (const each of new Set(entries.map(e => dirname(join(root, e.target))))) await disk.settle(each);
  } catch (error) {
    return undone({ kind: 'failed', error }, root, entries, begun, disk);
  }
  // what cannot be removed now is removed by the next run: it finds every file written
  await clear(root, entries, disk).catch(() => {});
  return { kind: 'done' };
}

/** Null when the lock is taken, else who has it. */
async function takeLock(folder: string, disk: Disk): Promise<Replaced | null> {
  try {
    await disk.makeFolder(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const owner = await ownerOf(folder, disk);
    return owner !== null && (await isAlive(owner)) ? { kind: 'busy', owner } : { kind: 'unfinished' };
  }
  try {
    await disk.create(join(folder, LOCK), bytesOf(await self()), PRIVATE);
  } catch (error) {
    await disk.remove(join(folder, LOCK)).catch(() => {});
    await disk.removeFolder(folder).catch(() => {});
    throw error;
  }
  return null;
}

async function ownerOf(folder: string, disk: Disk): Promise<Owner | null> {
  try {
    return JSON.parse(Buffer.from(await disk.read(join(folder, LOCK))).toString()) as Owner;
  } catch {
    return null;
  }
}

function entryOf(root: string, i: number, { target, info, old, fresh }: Write, isNear: boolean): Entry {
  const own = relative(root, target).split(sep).join('/');
  // a file is moved into place within its file system only
  const name = (suffix: string): string => (isNear ? `${FOLDER}/${i}.${suffix}` : `${own}.slotify-${suffix}`);
  return {
    target: own,
    fresh: name('new'),
    backup: name('old'),
    inPlace: info.links > 1,
    before: digest(old),
    after: digest(fresh),
  };
}

/** Puts the new and the old content of one file where they survive an interruption. */
async function stage(
  root: string,
  entry: Entry,
  { target, info, old, fresh }: Write,
  disk: Disk,
): Promise<void> {
  const backup = join(root, entry.backup);
  await disk.create(join(root, entry.fresh), fresh, info);
  if (entry.inPlace) await disk.create(backup, old, PRIVATE);
  else await disk.link(target, backup).catch(() => disk.create(backup, old, info));
}

/** Puts what waits at `from` in the place of the file. */
async function put(root: string, from: string, { target, inPlace }: Entry, disk: Disk): Promise<void> {
  if (inPlace) await disk.overwrite(join(root, target), await disk.read(join(root, from)));
  else await disk.rename(join(root, from), join(root, target));
}

/** Puts back what was replaced, the last first. */
async function undone(
  outcome: Replaced,
  root: string,
  entries: readonly Entry[],
  begun: readonly Entry[],
  disk: Disk,
): Promise<Replaced> {
  try {
    for (const entry of begun.toReversed()) await put(root, entry.backup, entry, disk);
    await clear(root, entries, disk);
    return outcome;
  } catch (error) {
    return { kind: 'stuck', error };
  }
}

/** Removes all that a run keeps in the project, the journal first: without it there is nothing left to do. */
async function clear(root: string, entries: readonly Entry[], disk: Disk): Promise<void> {
  const folder = join(root, FOLDER);
  await disk.remove(join(folder, JOURNAL));
  for (const entry of entries)
    for (const left of [entry.fresh, entry.backup]) await disk.remove(join(root, left));
  for (const name of await disk.list(folder)) if (REMAINS.test(name)) await disk.remove(join(folder, name));
  await disk.remove(join(folder, LOCK));
  await disk.removeFolder(folder);
}

/** How an interrupted run was ended. */
export type Recovered =
  | { readonly kind: 'none' }
  | { readonly kind: 'busy'; readonly owner: Owner }
  /** It had written nothing, or all and was tidying up; what it left is gone. */
  | { readonly kind: 'cleared' }
  /** All its files are written now, except those that somebody has changed since. */
  | {
      readonly kind: 'completed';
      readonly before: number;
      readonly now: number;
      readonly changed: readonly string[];
    };

/** Ends what an interrupted run began. Rejects when the disk does not let it; then the journal stays.
 *  @param root the project's folder, symbolic links followed. */
export async function recover(root: string, disk: Disk = DISK): Promise<Recovered> {
  const folder = join(root, FOLDER);
  const names = await disk.list(folder).catch(() => null);
  if (names === null) return { kind: 'none' };
  if ((await disk.real(folder)) !== folder) throw new Error(`${FOLDER} is a symbolic link`);
  const owner = await ownerOf(folder, disk);
  if (owner !== null && (await isAlive(owner))) return { kind: 'busy', owner };
  // of several runs that find the same remains, the one that moves the old lock away may go on
  if (names.includes(LOCK)) await disk.rename(join(folder, LOCK), join(folder, `${LOCK}.${process.pid}`));
  await disk.create(join(folder, LOCK), bytesOf(await self()), PRIVATE);

  const entries = await journalOf(root, disk);
  if (entries === null) {
    await clear(root, [], disk);
    return { kind: 'cleared' };
  }
  const changed: string[] = [];
  let now = 0;
  for (const entry of entries) {
    const found = await disk.read(join(root, entry.target)).catch(() => null);
    if (found !== null && digest(found) === entry.after) continue;
    if (found === null || !(await isInterrupted(root, entry, found, disk))) changed.push(entry.target);
    else {
      await put(root, entry.fresh, entry, disk);
      now++;
    }
  }
  await clear(root, entries, disk);
  return { kind: 'completed', before: entries.length - now - changed.length, now, changed };
}

/** Whether a file is as it was before, or in the middle of being written in place: new up to some byte, old behind. */
async function isInterrupted(root: string, entry: Entry, found: Uint8Array, disk: Disk): Promise<boolean> {
  if (digest(found) === entry.before) return true;
  if (!entry.inPlace) return false;
  const fresh = await disk.read(join(root, entry.fresh));
  const old = await disk.read(join(root, entry.backup));
  let at = 0;
  while (at < found.length && at < fresh.length && found[at] === fresh[at]) at++;
  return Buffer.from(found.subarray(at)).equals(old.subarray(at, found.length));
}

/** The journal, or null when there is none. Rejects one that no run of slotify writes: it comes with the project, and
 *  may lead anywhere. */
async function journalOf(root: string, disk: Disk): Promise<readonly Entry[] | null> {
  const bytes = await disk.read(join(root, FOLDER, JOURNAL)).catch(() => null);
  if (bytes === null) return null;
  const entries = JSON.parse(Buffer.from(bytes).toString()) as readonly Entry[];
  for (const { target, fresh, backup, after } of entries) {
    const path = resolve(root, target);
    const isInside = path.startsWith(root.endsWith(sep) ? root : root + sep);
    if (!isInside || (await disk.real(dirname(path))) !== dirname(path))
      throw new Error(`its journal names ${target}, which is outside of the project`);
    for (const waiting of [fresh, backup])
      if (
        !/^\.slotify-write\/\d+\.(new|old)$/.test(waiting) &&
        !(waiting.startsWith(target) && /^\.slotify-(new|old)$/.test(waiting.slice(target.length)))
      )
        throw new Error(`its journal names ${waiting}`);
    const content = await disk.read(join(root, fresh)).catch(() => null);
    if (content !== null && digest(content) !== after) throw new Error(`${fresh} is damaged`);
  }
  return entries;
}
