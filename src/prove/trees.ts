// Copies of a project, and the files of a plan written into them.
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { encode } from '../1-discover/decode.js';
import type { Change, ClassRef } from '../model/decision.js';

/** Never needed in a copy: history, caches, packages of other languages. */
const SKIPPED: ReadonlySet<string> = new Set([
  '.git',
  '__pycache__',
  'node_modules',
  '.tox',
  '.nox',
  '.mypy_cache',
]);

/** Copies a folder with its links as they are, without history and caches. `more`: further names to leave out. */
export async function copyTree(from: string, to: string, more: readonly string[] = []): Promise<void> {
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: path => path === from || !(SKIPPED.has(basename(path)) || more.includes(basename(path))),
  });
}

/** Puts the new text of each change into a copy of the project. */
export async function writeInto(tree: string, changes: readonly Change[]): Promise<void> {
  for (const change of changes) await replace(tree, change.path, encode(change.after, change.coding));
}

/** Puts the old text of each change back. */
export async function restoreIn(tree: string, changes: readonly Change[]): Promise<void> {
  for (const change of changes) await replace(tree, change.path, encode(change.before, change.coding));
}

/** Writes a file of the copy, never through a link: that could lead out of it. */
async function replace(tree: string, path: string, bytes: Uint8Array): Promise<void> {
  const file = join(tree, path);
  await mkdir(dirname(file), { recursive: true });
  await rm(file, { force: true });
  await writeFile(file, bytes);
}

/** The folder, relative to the project root, from which the module of a class is imported: `src` for
 *  `src/shop/models.py:Order` in module `shop.models`; empty for the root. */
export function importRoot(cls: ClassRef): string {
  const module = cls.dotted.slice(0, cls.dotted.indexOf(':')).replaceAll('.', '/');
  const stem = cls.at.path.replace(/(?:\/__init__)?\.pyw?$/, '');
  return stem.endsWith(module) ? stem.slice(0, -module.length).replace(/\/$/, '') : '';
}
