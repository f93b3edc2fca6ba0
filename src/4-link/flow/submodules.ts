// Names of packages that mean their submodules: an import of `shop.log` binds `log` in the package, whatever stands in
// for the package among the modules that are loaded (reference 5.4.2).
import { Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { opAt, row, stringAt, valueCount } from '../index-file.js';
import type { Resolver } from '../resolve.js';

/** Tells whether `name` of a package is the submodule that is called so and nothing else: no statement of the package
 *  binds the name, and no text of its file has it, as a table of what a module-level `__getattr__` gives would. */
export function newSubmodules(resolver: Resolver): (file: WorldFile, name: string) => boolean {
  const texts = new Map<WorldFile, ReadonlySet<string>>();
  const spelledIn = (file: WorldFile): ReadonlySet<string> => {
    let known = texts.get(file);
    if (!known) {
      const found: string[] = [];
      for (let v = 0; v < valueCount(file); v++)
        if (opAt(file, v) === Op.Str) found.push(...stringAt(file, row(file, v).a).split(/[\s,]+/));
      // those that it exports are spelled once more
      const twice = new Set<string>();
      const exported = new Set(file.facts.exported);
      for (const text of found) if (!exported.delete(text)) twice.add(text);
      texts.set(file, (known = twice));
    }
    return known;
  };
  const found = new Map<string, boolean>();
  return (file, name) => {
    const key = `${file.index}.${name}`;
    let known = found.get(key);
    if (known === undefined) {
      known =
        !resolver.bindings(file).moduleNames.has(name) &&
        !resolver.member(file, name).length &&
        resolver.attribute({ kind: 'module', file }, name, file).every(m => m.kind === 'module') &&
        !spelledIn(file).has(name);
      found.set(key, known);
    }
    return known;
  };
}
