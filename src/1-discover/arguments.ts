// The files and folders that a user named, found on disk.
import { lstatSync, realpathSync, statSync } from 'node:fs';
import * as path from 'node:path';
import type { Unreadable } from '../model/source.js';
import { isPython, shown } from './paths.js';
import { failure, isPythonScript } from './read.js';

/** What the paths given lead to. */
export interface Given {
  /** Absolute, each file once however it was spelled; symbolic links among their folders resolved. */
  readonly files: readonly string[];
  /** Given files that are symbolic links themselves. */
  readonly links: readonly string[];
  readonly folders: readonly string[];
  readonly unreadable: readonly Unreadable[];
  readonly notes: readonly string[];
}

type Argument =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'problem'; readonly says: string }
  | { readonly kind: 'note'; readonly says: string };

/**
 * Finds the paths given; none means the current folder.
 *
 * A path that does not exist becomes an `unreadable`: the user asked for something that was not done. A file
 * that is not Python becomes a note (a script without suffix is Python when its first line says so).
 */
export async function findArguments(paths: readonly string[], cwd: string): Promise<Given> {
  const files = new Set<string>();
  const links = new Set<string>();
  const folders = new Set<string>();
  const unreadable: Unreadable[] = [];
  const notes: string[] = [];
  for (const given of paths.length > 0 ? paths : ['.']) {
    const found = await find(given, cwd);
    if (found.kind === 'file') files.add(found.path);
    else if (found.kind === 'link') links.add(found.path);
    else if (found.kind === 'folder') folders.add(found.path);
    else if (found.kind === 'note') notes.push(found.says);
    else
      unreadable.push({
        path: given,
        role: 'target',
        module: '',
        isPackage: false,
        problem: found.says,
        words: [],
        harmless: false,
      });
  }
  return { files: [...files], links: [...links], folders: [...folders], unreadable, notes };
}

/** As `inspect`, with errors of the operating system as a problem. */
async function find(given: string, cwd: string): Promise<Argument> {
  if (given === '')
    return { kind: 'problem', says: 'A path given is empty. Write . for the current folder.' };
  try {
    return await inspect(given, cwd);
  } catch (error) {
    return { kind: 'problem', says: failure((error as NodeJS.ErrnoException).code ?? 'unknown') };
  }
}

async function inspect(given: string, cwd: string): Promise<Argument> {
  const absolute = path.resolve(cwd, given);
  const stats = statSync(absolute, { throwIfNoEntry: false });
  if (stats === undefined) {
    const hint = path.isAbsolute(given) ? '' : `; paths are relative to ${cwd}`;
    return { kind: 'problem', says: `No such file or folder: ${given}. Check the spelling${hint}.` };
  }
  if (stats.isDirectory()) return { kind: 'folder', path: realpathSync(absolute) };
  // The file itself may be a symbolic link, and keeps its own name: that is what it is imported by.
  const file = path.join(realpathSync(path.dirname(absolute)), path.basename(absolute));
  const isLink = lstatSync(file).isSymbolicLink();
  const target = isLink ? realpathSync(file) : file;
  if (isPython(file) || (await isPythonScript(target, false))) {
    return { kind: isLink ? 'link' : 'file', path: file };
  }
  return {
    kind: 'note',
    says: `${shown(cwd, absolute)} is not a Python file and was left out. Give .py files or folders.`,
  };
}
