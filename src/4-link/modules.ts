// Which file an import means.
import { moduleNames } from '../1-discover/modules.js';
import { addTo } from '../model/grouping.js';
import type { WorldFile } from '../model/world.js';
import { ownNames } from './own-names.js';
import type { Meaning, Resolver } from './resolve.js';

/** The files of the world by the dotted names they may be imported under. */
export interface Modules {
  /** The files that a dotted module may mean as seen from `from`: the nearest ones. */
  find(dotted: string, from: WorldFile): readonly WorldFile[];
}

/** Dotted absolute name of an import as written (`level` leading dots) in a file, or null when it climbs out of
 *  the package (Python reference 7.11). */
export function absolute(from: WorldFile, module: string, level: number): string | null {
  if (level === 0) return module;
  const parts = from.source.module.split('.');
  if (!from.source.isPackage) parts.pop();
  const up = level - 1;
  if (up > parts.length) return null;
  const base = parts.slice(0, parts.length - up);
  return [...base, ...(module ? [module] : [])].join('.');
}

/** How many folders lead from the folder of `from` up and down to that of `to`; going down counts most. */
function distance(to: string, from: string): number {
  const [left, right] = [to.split('/').slice(0, -1), from.split('/').slice(0, -1)];
  let shared = 0;
  while (shared < left.length && left[shared] === right[shared]) shared++;
  return (left.length - shared) * 1000 + (right.length - shared);
}

const folderOf = (path: string): string => path.replace(/\/?[^/]*$/, '');

/** Stubs stand for a module only where there is no source. */
const isOnlyStub = (files: readonly WorldFile[]): boolean => files.every(f => f.source.isStub);

/** Registers every file under all its names.
 *  @param isLibrary whether the standard library has a module of a dotted name */
export function registerModules(all: readonly WorldFile[], isLibrary: (dotted: string) => boolean): Modules {
  const files = all.filter(f => f.host === null);
  const byName = new Map<string, WorldFile[]>();
  const folders = new Set(
    files
      .filter(f => f.source.isPackage && f.source.role !== 'environment')
      .map(f => folderOf(f.source.path)),
  );
  const add = (name: string, file: WorldFile): void => {
    if (!byName.get(name)?.includes(file)) addTo(byName, name, file);
  };
  // a `.py` file wins over the stub beside it; best names before alternative ones
  const ordered = [...files].sort((a, b) => Number(a.source.isStub) - Number(b.source.isStub));
  for (const file of ordered) add(file.source.module, file);
  for (const file of ordered) {
    if (file.source.role === 'environment') continue;
    for (const name of moduleNames(file.source.path, folder => folders.has(folder)).slice(1)) add(name, file);
  }
  const own = files.filter(f => f.source.role !== 'environment');
  const ofProject = new Set(own.flatMap(f => f.source.module.split('.', 1)));
  for (const [name, file] of ownNames(own, folders, n => ofProject.has(n) || isLibrary(n))) add(name, file);
  return {
    find(dotted, from) {
      const found = byName.get(dotted) ?? [];
      // stubs are never imported: those that describe the library do not take its place
      if (found.length && isLibrary(dotted) && isOnlyStub(found) && !from.source.isStub) return [];
      if (found.length < 2) return found;
      const distances = found.map(f => distance(f.source.path, from.source.path));
      const nearest = Math.min(...distances);
      return found.filter((f, i) => distances[i] === nearest && !(f.source.isStub && !isOnlyStub(found)));
    },
  };
}

/** The longest beginning of dotted names that is a module of the world, and the names behind it; null where none is. */
export function longestModule(
  parts: readonly string[],
  file: WorldFile,
  { module }: Resolver,
): { readonly modules: readonly Meaning[]; readonly rest: readonly string[] } | null {
  for (let count = parts.length; count > 0; count--) {
    const modules = module(parts.slice(0, count).join('.'), file);
    if (modules.some(m => m.kind === 'module')) return { modules, rest: parts.slice(count) };
  }
  return null;
}
