// What git knows of files: which changed since a revision, and which have changes that are not committed.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Absolute paths, symbolic links resolved; or why there is no answer. */
export type Changed = { readonly files: ReadonlySet<string> } | { readonly problem: string };

/**
 * The files of the repository around `folder` that differ between the working tree and the point at which its history
 * parted from `revision` (as in a pull request; the revision itself where they have no commit in common), and those
 * that git does not know yet. Deleted files are left out.
 */
export async function changedSince(revision: string, folder: string): Promise<Changed> {
  const git = async (...args: string[]): Promise<string | null> => {
    try {
      const options = { cwd: folder, maxBuffer: 1 << 28, env: { ...process.env, LC_ALL: 'C' } };
      return (await run('git', args, options)).stdout;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
      return null;
    }
  };
  try {
    const top = (await git('rev-parse', '--show-toplevel'))?.replace(/\r?\n$/, '');
    if (top === undefined) return { problem: `--diff-base needs git, and ${folder} is in no git repository` };
    const commit = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
    if (commit === null) {
      return {
        problem: `git knows no revision ${revision}. In CI, fetch it first (actions/checkout: fetch-depth: 0)`,
      };
    }
    const base = ((await git('merge-base', commit.trim(), 'HEAD')) ?? commit).trim();
    const changed = await git(
      'diff',
      '--name-only',
      '-z',
      '--no-ext-diff',
      '--no-renames',
      '--diff-filter=d',
      base,
    );
    const others = await git('-C', top, 'ls-files', '--others', '--exclude-standard', '-z');
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
  // a project's own settings must not make git run a program
  const calm = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
  const args = [...calm, '-C', root, 'diff', '--name-only', '--relative', '--no-ext-diff', '-z', 'HEAD'];
  try {
    const { stdout } = await run('git', args, { timeout: 5_000, maxBuffer: 1 << 28 });
    return stdout.split('\0').filter(path => paths.has(path)).length;
  } catch {
    return 0;
  }
}
