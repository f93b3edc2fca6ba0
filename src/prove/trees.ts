// Copies of a project, and the files of a plan written into them.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { encode } from '../1-discover/decode.js';
import type { Change, ClassRef } from '../model/decision.js';
import type { Scratch } from './scratch.js';

/** Never needed in a copy: history, caches, packages of other languages. */
const SKIPPED: ReadonlySet<string> = new Set([
  '.git',
  '__pycache__',
  'node_modules',
  '.tox',
  '.nox',
  '.mypy_cache',
  '.slotify_cache',
]);

/** Virtual environments: large, and bound to the place where they were made. */
export const ENVIRONMENTS: readonly string[] = ['.venv', 'venv'];

/** Copies a folder with its links as they are, without history and caches. `more`: further names to leave out. */
export async function copyTree(from: string, to: string, more: readonly string[] = []): Promise<void> {
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: path => path === from || !(SKIPPED.has(basename(path)) || more.includes(basename(path))),
  });
}

/** Copies what is named of a folder, and the plain files beside it that are no Python: settings, data. */
export async function copyParts(from: string, to: string, names: readonly string[]): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const isBeside = entry.isFile() && !/\.pyw?$/.test(entry.name);
    if (isBeside || names.includes(entry.name)) await copyTree(join(from, entry.name), join(to, entry.name));
  }
}

/**
 * Copies a project to be run. Where it is the top of a git work tree, the copy is one as well, with the same commit
 * and the objects of the original, which is only read.
 */
export async function copyProject(root: string, to: string, scratch: Scratch): Promise<void> {
  if (existsSync(join(root, '.git'))) {
    const clone = ['clone', '-q', '--shared', '--no-checkout', root, to];
    if (await git(clone, scratch)) {
      await copyTree(root, to, ENVIRONMENTS);
      await git(['-C', to, 'reset', '-q'], scratch);
      return;
    }
  }
  await copyTree(root, to, ENVIRONMENTS);
}

/** Whether a git command succeeded. It reads no settings of the user and runs no hooks. */
function git(args: readonly string[], scratch: Scratch): Promise<boolean> {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const child = spawn('git', ['-c', 'core.hooksPath=/dev/null', ...args], {
    env: { ...Object.fromEntries(entries), GIT_TERMINAL_PROMPT: '0' },
    stdio: 'ignore',
    detached: true,
  });
  scratch.watch(child);
  return new Promise(done => {
    child.on('error', () => done(false));
    child.on('close', code => done(code === 0));
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
