// Which parts of a tree are proven together: all of them in batches, or some that a seed picks.
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import picomatch from 'picomatch';

/** What stands directly in a tree and holds Python: a package, a folder of modules, a module. */
export interface Unit {
  readonly name: string;
  /** Python files in it. */
  readonly files: number;
}

/** Files that one batch holds at most, unless one unit alone holds more: what bounds memory. */
const MOST_FILES = 2500;

const isPython = (name: string): boolean => /\.pyw?$/.test(name);

/** The units of a tree by name, without those that a glob of `exclude` names. */
export async function unitsOf(tree: string, exclude: readonly string[]): Promise<readonly Unit[]> {
  const isExcluded = picomatch(exclude.map(glob => glob.replace(/\/(\*\*)?$/, '')));
  const units: Unit[] = [];
  for (const entry of await readdir(tree, { withFileTypes: true })) {
    if (isExcluded(entry.name)) continue;
    const files = entry.isDirectory()
      ? (await readdir(join(tree, entry.name), { recursive: true })).filter(isPython).length
      : Number(entry.isFile() && isPython(entry.name));
    if (files > 0) units.push({ name: entry.name, files });
  }
  return units.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Units that a seed picks, until they have `least` files together; in the order of `units`. One that holds more by
 *  itself is picked only where the others do not suffice: a sample takes about the same time whatever the seed. */
export function sampled(units: readonly Unit[], least: number, seed: string): readonly Unit[] {
  const rank = (unit: Unit): string => createHash('sha256').update(`${seed}:${unit.name}`).digest('hex');
  const picked = new Set<Unit>();
  let files = 0;
  const isLarge = (unit: Unit): number => Number(unit.files > least);
  const order = (a: Unit, b: Unit): number => isLarge(a) - isLarge(b) || (rank(a) < rank(b) ? -1 : 1);
  for (const unit of units.toSorted(order)) {
    if (files >= least) break;
    picked.add(unit);
    files += unit.files;
  }
  return units.filter(unit => picked.has(unit));
}

/** Units in groups, each of which is analysed as one program. */
export function batchesOf(units: readonly Unit[]): readonly (readonly Unit[])[] {
  const batches: Unit[][] = [];
  let files = Number.POSITIVE_INFINITY;
  for (const unit of units) {
    if (files + unit.files > MOST_FILES) {
      batches.push([]);
      files = 0;
    }
    batches.at(-1)!.push(unit);
    files += unit.files;
  }
  return batches;
}
