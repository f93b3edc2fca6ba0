// What git knows of files: which changed since a revision, and which have changes that are not committed.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Standard output of a git command; rejects when git fails or is not installed. No setting that a project brings along
 *  makes git run a program: hooks, monitors and filters are switched off. */
async function git(folder: string, args: readonly string[], timeout = 0): Promise<string> {
  const how = { cwd: folder, maxBuffer: 1 << 28, timeout, env: { ...process.env, LC_ALL: 'C' } };
  const ask = [
    'config',
    '--name-only',
    '-z',
    '--get-regexp',
    '^filter\\..*\\.(clean|smudge|process|required)$',
  ];
  const filters = await run('git', ask, how).then(
    ({ stdout }) => stdout.split('\0').filter(name => name !== ''),
    error => {
      // 1: there is none
      if (error.code === 1) return [];
      throw error;
    },
  );
  // `-c` takes the first = for the end of the name
  if (filters.some(name => name.includes('='))) throw new Error('a filter of git has a name with = in it');
  const calm = ['core.fsmonitor=false', 'core.hooksPath=/dev/null'];
  const off = filters.map(name => `${name}=${name.endsWith('required') ? 'false' : ''}`);
  return (await run('git', [...calm, ...off].flatMap(each => ['-c', each]).concat(args), how)).stdout;
}

/** Whether git keeps files of a folder, be it only in its index. */
export async function isCommitted(folder: string): Promise<boolean> {
  if (!existsSync(folder)) return false;
  const asked = ['ls-files', '-z', '--', `:(literal)${basename(folder)}`];
  return git(dirname(folder), asked).then(
    files => files !== '',
    // more names than fit, or no repository
    error => error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER',
  );
}

/** Absolute paths, symbolic links resolved; or why there is no answer. */
export type Changed = { readonly files: ReadonlySet<string> } | { readonly problem: string };

/**
 * The files of the repository around `folder` that differ between the working tree and the point at which its history
 * parted from `revision` (as in a pull request; the revision itself where they have no commit in common), and those
 * that git does not know yet. Deleted files are left out.
 */
export async function changedSince(revision: string, folder: string): Promise<Changed> {
  const asked = async (...args: string[]): Promise<string | null> => {
    try {
      return await git(folder, args);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
      return null;
    }
  };
  try {
    const top = (await asked('rev-parse', '--show-toplevel'))?.replace(/\r?\n$/, '');
    if (top === undefined) return { problem: `--diff-base needs git, and ${folder} is in no git repository` };
    const commit = await asked(
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${revision}^{commit}`,
    );
    if (commit === null) {
      return {
        problem: `git knows no revision ${revision}. In CI, fetch it first (actions/checkout: fetch-depth: 0)`,
      };
    }
    const base = ((await asked('merge-base', commit.trim(), 'HEAD')) ?? commit).trim();
    const changed = await asked(
      'diff',
      '--name-only',
      '-z',
      '--no-ext-diff',
      '--no-renames',
      '--diff-filter=d',
      base,
    );
    const others = await asked('-C', top, 'ls-files', '--others', '--exclude-standard', '-z');
    if (changed === null || others === null) return { problem: `git could not compare with ${revision}` };
    const names = `${changed}${others}`.split('\0').filter(name => name !== '');
    return { files: new Set(names.map(name => join(top, name))) };
  } catch {
    return { problem: '--diff-base needs git, which is not installed' };
  }
}

/** How many of some files, by path from `root`, have changes that are not committed, as far as git can tell within a
 *  few seconds; 0 when it cannot. */
export async function uncommitted(
  root: string,
  files: readonly { readonly path: string }[],
): Promise<number> {
  const paths = new Set(files.map(file => file.path));
  const args = ['diff', '--name-only', '--relative', '--no-ext-diff', '-z', 'HEAD'];
  try {
    const found = await git(root, args, 5_000);
    return found.split('\0').filter(path => paths.has(path)).length;
  } catch {
    return 0;
  }
}
