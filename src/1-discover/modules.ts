// The dotted names under which a file may be imported, from its place among packages.
import type { NonEmpty } from '../model/decision.js';

const IDENTIFIER = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;
const SUFFIX = /\.(?:py|pyi|pyw)$/;

/** True for `__init__.py`, `__init__.pyi` and `__init__.pyw`. */
export function isPackageFile(projectPath: string): boolean {
  return /(?:^|\/)__init__\.(?:py|pyi|pyw)$/.test(projectPath);
}

/**
 * Every module name a file may go by, the likeliest first.
 *
 * The likeliest is counted from the import root: the folder that holds the top-most package around the file,
 * or a `src` folder above that (for namespace packages, PEP 420), or the project root when no folder around
 * the file has an `__init__.py`. The others are counted from further folders that can be on `sys.path`: those
 * above the import root, and below it those outside any package (a script's own folder comes first on
 * `sys.path` when it is run).
 *
 * `__init__.py` in the project root itself is named `__init__`: the package whose submodules have no prefix.
 * A file that no import statement can reach (`bin/tool`, `a.b.py`) keeps its path as its only name.
 * @param projectPath path from the project root, `/` between folders.
 * @param hasInit whether the folder with that project path (`''` is the root) has an `__init__.py` or `.pyi`.
 */
export function moduleNames(projectPath: string, hasInit: (folder: string) => boolean): NonEmpty<string> {
  const folders = projectPath.split('/');
  const base = folders.pop() ?? '';
  const stem = base.replace(SUFFIX, '');
  if (stem === base || stem.includes('.')) return [projectPath];

  const isPackage = isPackageFile(base) && folders.length > 0;
  const parts = isPackage ? folders : [...folders, stem];
  const top = topPackage(folders, hasInit);
  const root = importRoot(folders, top);
  const best = dotted(parts.slice(root));

  // Inside a package no folder is on sys.path: `pkg/types.py` must not claim `types`.
  const last = top ?? parts.length - 1;
  const others: string[] = [];
  for (let i = 0; i <= last; i++) {
    const name = parts.slice(i);
    if (i !== root && name.slice(0, -1).every(isIdentifier)) others.push(dotted(name));
  }
  return [best, ...others];
}

/** Index of the top-most package folder around the file (folders without `__init__.py` may lie between that
 *  and the file); null when there is none. */
function topPackage(folders: readonly string[], hasInit: (folder: string) => boolean): number | null {
  let inner = folders.length;
  while (inner > 0 && !hasInit(folders.slice(0, inner).join('/'))) inner--;
  if (inner === 0) return null;

  let top = inner - 1;
  while (top > 0 && hasInit(folders.slice(0, top).join('/'))) top--;
  return top;
}

/** How many leading folders are not part of the likeliest name. */
function importRoot(folders: readonly string[], top: number | null): number {
  const outside = folders.slice(0, top ?? folders.length);
  const src = outside.lastIndexOf('src') + 1;
  // Names are only counted through folders that a dotted name can have.
  const barrier = outside.findLastIndex(folder => !isIdentifier(folder)) + 1;
  if (top === null) return Math.max(src, barrier);
  return src > 0 && barrier <= src ? src : top;
}

function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name);
}

function dotted(parts: readonly string[]): string {
  return parts.map(part => part.replaceAll('.', '-')).join('.');
}
