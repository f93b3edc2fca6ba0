// All Python below a folder, ignored and generated folders left out.
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import * as path from 'node:path';
import { type Budget, spend } from './bounds.js';
import { isSkippedFolder, isSkippedName } from './excludes.js';
import { entering, type Ignores, ignoresAbove, isIgnored, withIgnoresOf } from './ignores.js';
import { isNotebook } from './notebook.js';
import { isPython } from './paths.js';
import { isProse } from './prose.js';

/** Levels of folders below a given one that are walked: a path of more is made to exhaust whoever follows it. */
const DEEPEST = 100;

/** What a walk came across; all paths absolute, in no particular order. */
export interface Walked {
  /** Entries named as Python that are not folders or symbolic links. */
  readonly files: readonly string[];
  /** Regular files without suffix, which may be scripts. */
  readonly bare: readonly string[];
  /** Regular files of text and notebooks, which may hold examples. */
  readonly prose: readonly string[];
  /** Symbolic links named as Python. */
  readonly links: readonly string[];
  /** Folders that could not be listed, with the error's code. */
  readonly closed: readonly { readonly folder: string; readonly code: string }[];
}

interface Found {
  readonly files: string[];
  readonly bare: string[];
  readonly prose: string[];
  readonly links: string[];
  readonly closed: { readonly folder: string; readonly code: string }[];
}

/**
 * Walks a folder. The folder itself is walked whatever its name and whatever ignores it; the default excludes
 * and .gitignore files hold for what is below.
 *
 * Symbolic links to folders are not followed: inside the project the folder is met under its own path, outside
 * it is not the project's. So there are no loops.
 * @param base absolute, symbolic links resolved.
 * @param seen folders that earlier walks listed; they are not listed again, and this walk's are added.
 * @param budget how much may be looked at; null for what has no bound.
 */
export async function walk(base: string, seen: Set<string>, budget: Budget | null = null): Promise<Walked> {
  const found: Found = { files: [], bare: [], prose: [], links: [], closed: [] };
  await visit(base, 0, ignoresAbove(base), { seen, budget, found });
  return found;
}

/** What all visits of one walk share. */
interface Walking {
  readonly seen: Set<string>;
  readonly budget: Budget | null;
  readonly found: Found;
}

async function visit(folder: string, depth: number, above: Ignores, walking: Walking): Promise<void> {
  const { seen, budget, found } = walking;
  if (seen.has(folder)) return;
  if (depth > DEEPEST) {
    found.closed.push({ folder, code: 'DEEP' });
    return;
  }
  const entries = await list(folder, found);
  const names = new Set(entries.map(entry => entry.name));
  if (depth > 0 && isSkippedFolder(path.basename(folder), names)) return;
  seen.add(folder);
  if (budget) spend(budget, entries.length);

  const held = depth === 0 ? above : entering(above, folder);
  const ignores = names.has('.gitignore') ? withIgnoresOf(held, folder) : held;
  const below: string[] = [];
  for (const entry of entries) {
    const full = path.join(folder, entry.name);
    const into = bucket(entry, found, below);
    if (into !== null && !isIgnored(ignores, full, entry.isDirectory())) into.push(full);
  }
  await Promise.all(below.map(each => visit(each, depth + 1, ignores, walking)));
}

/** Where an entry belongs; null for what is of no interest. */
function bucket(entry: Dirent, found: Found, below: string[]): string[] | null {
  if (entry.isDirectory()) return isSkippedName(entry.name) ? null : below;
  if (!isPython(entry.name)) {
    if (!entry.isFile()) return null;
    if (isProse(entry.name) || isNotebook(entry.name)) return found.prose;
    return entry.name.includes('.') ? null : found.bare;
  }
  return entry.isSymbolicLink() ? found.links : found.files;
}

async function list(folder: string, found: Found): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    found.closed.push({ folder, code: (error as NodeJS.ErrnoException).code ?? 'unknown' });
    return [];
  }
}
