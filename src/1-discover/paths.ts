// Small helpers for paths on disk and paths within the project.
import * as path from 'node:path';

/** Absolute path to project path: from the root, `/` between folders. */
export function projectPath(root: string, file: string): string {
  return path.relative(root, file).split(path.sep).join('/');
}

/** True when `file` is `folder` or lies below it. Both absolute. */
export function isWithin(folder: string, file: string): boolean {
  if (file === folder) return true;
  return file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

/** True for names that hold Python: `.py`, `.pyw` and stubs. */
export function isPython(name: string): boolean {
  return /\.(?:py|pyw|pyi)$/.test(name);
}

/** Order by UTF-16 code units: the same on every machine, whatever its locale. */
export function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The deepest folder that holds all the given ones (each absolute); null for none. */
export function commonFolder(folders: readonly string[]): string | null {
  let common = folders[0] ?? null;
  for (const folder of folders) {
    while (common !== null && !isWithin(common, folder)) {
      const parent = path.dirname(common);
      common = parent === common ? null : parent;
    }
  }
  return common;
}

/** A path as a reader types it: relative to `cwd` when below it. */
export function shown(cwd: string, file: string): string {
  if (!isWithin(cwd, file)) return file;
  return path.relative(cwd, file).split(path.sep).join('/') || '.';
}
