// What .gitignore files and .git/info/exclude hide, folder by folder.
import { existsSync, readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';
import type { Ignore } from 'ignore';
import ignore from 'ignore';
import { isTooStarry } from '../model/globs.js';
import { projectPath } from './paths.js';
import { upwards } from './root.js';

/** git compares names as the file system does by custom. */
const IGNORE_CASE = process.platform === 'win32' || process.platform === 'darwin';

interface Level {
  /** Absolute folder that the patterns are relative to. */
  readonly folder: string;
  readonly rules: Ignore;
}

/** Rules that hold in one folder, outermost first: later ones win. */
export type Ignores = readonly Level[];

/**
 * The rules of the git repository around `folder` that hold in it, those of its own .gitignore left out. A file
 * that hides the folder as a whole has no say: the user chose to look there.
 */
export function ignoresAbove(folder: string): Ignores {
  const above = upwards(folder);
  const top = above.findIndex(each => existsSync(path.join(each, '.git')));
  if (top < 0) return [];

  const repository = above[top]!;
  const outer = above.slice(1, top + 1).reverse();
  const own = level(repository, path.join(commonGitFolder(repository), 'info', 'exclude'));
  const levels = outer.reduce<Ignores>(withIgnoresOf, own === null ? [] : [own]);
  // `checkIgnore` also holds `build/*` against `build/`.
  return levels.filter(
    each => each.folder === folder || !each.rules.checkIgnore(inside(each, folder)).ignored,
  );
}

/** The rules above, and those of the folder's own .gitignore, if it has one. */
export function withIgnoresOf(above: Ignores, folder: string): Ignores {
  const own = level(folder, path.join(folder, '.gitignore'));
  return own === null ? above : [...above, own];
}

/**
 * The rules as they hold for what is in `folder`, which is about to be walked. Rules that hide the folder were
 * overruled by a nearer file; that leaves them their say about its entries.
 */
export function entering(ignores: Ignores, folder: string): Ignores {
  return ignores.map(each => {
    const own = inside(each, folder);
    if (own === '/' || !each.rules.test(own).ignored) return each;
    const exception = `!/${own.replace(/[\\*?[]/g, '\\$&')}`;
    return { folder: each.folder, rules: ignore({ ignorecase: IGNORE_CASE }).add([each.rules, exception]) };
  });
}

/**
 * Whether git would ignore an entry of a folder that is being walked. The nearest file that has something to say
 * decides (gitignore(5), "Pattern format").
 */
export function isIgnored(ignores: Ignores, entry: string, isFolder: boolean): boolean {
  for (const each of ignores.toReversed()) {
    const { ignored, unignored } = each.rules.test(
      isFolder ? inside(each, entry) : inside(each, entry).slice(0, -1),
    );
    if (ignored || unignored) return ignored;
  }
  return false;
}

/** Path of a folder from the folder of the rules, with the slash at the end that marks folders. */
function inside(each: Level, folder: string): string {
  return `${projectPath(each.folder, folder)}/`;
}

function level(folder: string, file: string): Level | null {
  const text = readText(file);
  if (text === null) return null;
  // a pattern that takes years to match hides nothing: what it names is read
  const patterns = text.split(/\r\n|\n/).filter(line => !isTooStarry(line));
  return { folder, rules: ignore({ ignorecase: IGNORE_CASE }).add(patterns) };
}

/** The folder with `info/exclude`: `.git`, or for a linked worktree the `.git` of the main one. */
function commonGitFolder(repository: string): string {
  const git = path.join(repository, '.git');
  const pointer = readText(git)?.match(/^gitdir: (.+)$/m)?.[1];
  if (pointer === undefined) return git;

  const own = path.resolve(repository, pointer);
  const common = readText(path.join(own, 'commondir'))?.trim();
  return common === undefined ? own : path.resolve(own, common);
}

/** Text of a small regular file; null for anything else. */
function readText(file: string): string | null {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'utf8').replace(/^\ufeff/, '') : null;
  } catch {
    return null;
  }
}
