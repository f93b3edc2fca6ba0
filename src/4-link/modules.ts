// Which file an import means.

import { moduleNames } from '../1-discover/modules.js';
import type { WorldFile } from '../model/world.js';

export interface Modules {
  /** The file of a dotted module as seen from `from`, or null. */
  find(dotted: string, from: WorldFile): WorldFile | null;
  /** Whether a dotted name is a package of the world, with a file or without (namespace package). */
  isPackage(dotted: string): boolean;
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

const sharedPrefix = (a: string, b: string): number => {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
};

export function registerModules(files: readonly WorldFile[]): Modules {
  const byName = new Map<string, WorldFile[]>();
  const packages = new Set<string>();
  const folders = new Set(
    files.filter(f => f.source.isPackage).map(f => f.source.path.replace(/\/?[^/]*$/, '')),
  );
  const add = (name: string, file: WorldFile): void => {
    const known = byName.get(name);
    if (known?.includes(file)) return;
    if (known) known.push(file);
    else byName.set(name, [file]);
    const parts = name.split('.');
    for (let i = 1; i < parts.length; i++) packages.add(parts.slice(0, i).join('.'));
  };
  // a `.py` file wins over the stub beside it; best names before alternative ones
  const ordered = [...files].sort((a, b) => Number(a.source.isStub) - Number(b.source.isStub));
  for (const file of ordered) add(file.source.module, file);
  for (const file of ordered) {
    if (file.source.role === 'environment') continue;
    for (const name of moduleNames(file.source.path, folder => folders.has(folder)).slice(1)) add(name, file);
  }
  return {
    find(dotted, from) {
      const found = byName.get(dotted);
      if (!found) return null;
      if (found.length === 1) return found[0]!;
      const near = (f: WorldFile): number => sharedPrefix(f.source.path, from.source.path);
      return found.reduce((best, f) => (near(f) > near(best) ? f : best));
    },
    isPackage: dotted => packages.has(dotted) || byName.has(dotted),
  };
}
