// Which classes a file is about, where nothing else tells what comes into it.
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { Flow } from '../flow/state.js';

/** Classes that a file defines, or imports by name. */
export type NamedClasses = (file: WorldFile) => ReadonlySet<WorldClass>;

export function newNamedClasses({ classes, classOf, resolver }: Flow): NamedClasses {
  const known = new Map<WorldFile, ReadonlySet<WorldClass>>();
  return file => {
    const found = known.get(file);
    if (found) return found;
    const named = new Set(classes.filter(c => c.file === file));
    file.facts.variables.forEach((v, number) => {
      if (v.scope !== 0 || !resolver.bindings(file).imports.has(number)) return;
      for (const m of resolver.variable(file, number)) if (m.kind === 'class') named.add(classOf(m));
    });
    known.set(file, named);
    return named;
  };
}
