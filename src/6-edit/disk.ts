// What writing asks of the file system and of other processes: the only seam between it and the machine.
import * as fs from 'node:fs/promises';
import { hostname } from 'node:os';

/** What is kept of a file that is replaced. */
export interface Info {
  readonly isFile: boolean;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Number of names (hard links) the file has. */
  readonly links: number;
  readonly device: number;
  /** The same for all names of one file. */
  readonly id: string;
}

/** Every operation rejects with an error that has a `code` when the system refuses it. */
export interface Disk {
  /** The path with all symbolic links followed. */
  readonly real: (path: string) => Promise<string>;
  readonly info: (path: string) => Promise<Info>;
  readonly read: (path: string) => Promise<Uint8Array>;
  /** Rejects when the file or folder may not be written. */
  readonly mayWrite: (path: string) => Promise<void>;
  /** Makes a file that must not exist, with mode and owner; its bytes are on the disk before this resolves. */
  readonly create: (
    path: string,
    bytes: Uint8Array,
    like: Pick<Info, 'mode' | 'uid' | 'gid'>,
  ) => Promise<void>;
  /** Puts other bytes into a file, which stays the same file under all its names. */
  readonly overwrite: (path: string, bytes: Uint8Array) => Promise<void>;
  /** A second name for a file. */
  readonly link: (path: string, second: string) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  /** Makes a folder that must not exist. */
  readonly makeFolder: (path: string) => Promise<void>;
  readonly list: (folder: string) => Promise<readonly string[]>;
  readonly removeFolder: (path: string) => Promise<void>;
  /** What happened in a folder is on the disk before this resolves. */
  readonly settle: (folder: string) => Promise<void>;
}

/** The machine's own. */
export const DISK: Disk = {
  real: path => fs.realpath(path),
  async info(path) {
    const stats = await fs.stat(path);
    const { mode, uid, gid, nlink, dev, ino } = stats;
    return { isFile: stats.isFile(), mode, uid, gid, links: nlink, device: dev, id: `${dev}:${ino}` };
  },
  read: path => fs.readFile(path),
  mayWrite: path => fs.access(path, fs.constants.W_OK),
  async create(path, bytes, { mode, uid, gid }) {
    const file = await fs.open(path, 'wx', 0o600);
    try {
      const made = await file.stat();
      if (made.uid !== uid || made.gid !== gid) await file.chown(uid, gid);
      await file.chmod(mode & 0o7777);
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  async overwrite(path, bytes) {
    const file = await fs.open(path, 'r+');
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, at);
        at += bytesWritten;
      }
      await file.truncate(bytes.length);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  link: (path, second) => fs.link(path, second),
  rename: (from, to) => fs.rename(from, to),
  remove: path => fs.rm(path, { force: true }),
  makeFolder: path => fs.mkdir(path, 0o700),
  list: folder => fs.readdir(folder),
  removeFolder: path => fs.rmdir(path),
  async settle(folder) {
    // Windows has no such operation for folders
    const handle = await fs.open(folder).catch(() => null);
    await handle?.sync().catch(() => {});
    await handle?.close();
  },
};

/** Who holds a lock. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, as far as the system tells: process numbers come back. */
  readonly born: string | null;
}

/** This process. */
export const self = async (): Promise<Owner> => ({
  pid: process.pid,
  host: hostname(),
  born: await birthOf(process.pid),
});

/** Whether the process that holds a lock may still run. One on another machine may. */
export async function isAlive(owner: Owner): Promise<boolean> {
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return (await birthOf(owner.pid)) === owner.born;
}

/** Field 22 of /proc/PID/stat (proc(5)): the name in parentheses before it may hold anything. */
async function birthOf(pid: number): Promise<string | null> {
  const stat = await fs.readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
