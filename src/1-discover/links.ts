// Symbolic links named as Python: what they mean for the files they point to.
import { realpathSync, statSync } from 'node:fs';
import { isWithin } from './paths.js';

export interface Links {
  /** Links that lead to a regular file, absolute. Those that are broken or lead to a folder are left out. */
  readonly usable: readonly string[];
  /** The files they lead to, symbolic links resolved, each with one link to it. */
  readonly targets: ReadonlyMap<string, string>;
  /** Links that lead out of all that may be read, with what they lead to. */
  readonly strays: ReadonlyMap<string, string>;
}

/**
 * Follows links, each given by its absolute path.
 *
 * Python imports a linked file as two modules with two sets of classes, so neither the link nor what it points
 * to can be rewritten on its own evidence.
 * @param roots folders, absolute: what lies outside of them is not the user's to be read.
 */
export function followLinks(links: readonly string[], roots: readonly string[]): Links {
  const usable: string[] = [];
  const targets = new Map<string, string>();
  const strays = new Map<string, string>();
  for (const link of links) {
    const target = follow(link);
    if (target === null) continue;
    if (!roots.some(root => isWithin(root, target))) strays.set(link, target);
    else {
      usable.push(link);
      targets.set(target, link);
    }
  }
  return { usable, targets, strays };
}

function follow(link: string): string | null {
  try {
    return statSync(link).isDirectory() ? null : realpathSync(link);
  } catch {
    return null;
  }
}
