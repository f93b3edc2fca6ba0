// The project that given paths belong to: its root, and how far around them evidence is looked for.
import { existsSync, realpathSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { commonFolder } from './paths.js';

/** The folder that a run keeps in the project root while it writes: what it left must be found by the next run, from
 *  whatever folder that starts. */
export const WRITE_FOLDER = '.slotify-write';

const MARKERS = ['pyproject.toml', 'slotify.toml', 'setup.cfg', 'setup.py', '.git', WRITE_FOLDER] as const;

export interface Project {
  /** Absolute folder that project paths and module names are counted from. */
  readonly root: string;
  /** Absolute folder below which all Python is read as evidence; null when only the given paths are read. */
  readonly evidence: string | null;
}

/**
 * The project around some folders: the nearest folder upwards from what they share that has pyproject.toml,
 * slotify.toml, setup.cfg, setup.py, .git or an unfinished `--write`. The home folder and the top of the file system count only when given.
 *
 * Without a marker the shared folder is the project, and when it is itself part of a package the root is the
 * folder that holds the top-most package, so that names start with the package's.
 * @param folders absolute, existing, symbolic links resolved: given folders, and the folders of given files.
 * @param given those of `folders` that the user named, in contrast to folders of files.
 */
export function projectRoot(folders: readonly string[], cwd: string, given: readonly string[]): Project {
  const start = commonFolder(folders) ?? cwd;
  const marked = nearestMarked(start);
  if (marked !== null) return { root: marked, evidence: marked };

  // A lone script in the home or temporary folder does not make a project of all that lies there.
  if (isShared(start) && !given.includes(start)) return { root: start, evidence: null };

  const top = topPackageFolder(start);
  return top === null ? { root: start, evidence: start } : { root: path.dirname(top), evidence: top };
}

function nearestMarked(start: string): string | null {
  let fallback: string | null = null;
  for (const folder of upwards(start)) {
    if (folder !== start && isShared(folder)) break;
    const found = MARKERS.filter(marker => existsSync(path.join(folder, marker)));
    if (found.length === 0) continue;
    // A setup.py inside a package configures that package only (numpy.distutils); the project lies above.
    const nested = hasInitFile(folder) && !found.includes('.git') && !found.includes('pyproject.toml');
    if (!nested) return folder;
    fallback ??= folder;
  }
  return fallback;
}

function topPackageFolder(start: string): string | null {
  let top: string | null = null;
  for (const folder of upwards(start)) {
    if (!hasInitFile(folder) || folder === path.dirname(folder)) break;
    top = folder;
  }
  return top;
}

/** True when the folder makes a regular package. */
export function hasInitFile(folder: string): boolean {
  return existsSync(path.join(folder, '__init__.py')) || existsSync(path.join(folder, '__init__.pyi'));
}

/** `folder` and everything above it, nearest first. */
export function upwards(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

/** Folders that hold much more than one project. */
function isShared(folder: string): boolean {
  return folder === path.dirname(folder) || [os.homedir(), os.tmpdir()].map(realPath).includes(folder);
}

function realPath(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : folder;
}
