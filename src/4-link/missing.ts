// Which modules outside the project its classes inherit from.
import { Op } from '../model/facts.js';
import type { WorldFile } from '../model/world.js';
import { row } from './index-file.js';
import type { Collected } from './link.js';
import { absolute } from './modules.js';

/** Dotted modules that files import from, without the standard library's, as far as a base class may come from them:
 *  the name must be used in the bases of some class of the importing file, or the file be a package's own. */
export function missingModules(collected: readonly Collected[]): string[] {
  const known = new Set(collected.map(c => c.source.module));
  const wanted = new Set<string>();
  collected.forEach(({ source, facts }, index) => {
    const file: WorldFile = { index, source, facts, host: null };
    const inBases = new Set<number>();
    for (const cls of facts.classes)
      for (const b of cls.bases) if (b.value >= 0) collectVariables(file, b.value, inBases);
    for (const i of facts.imports) {
      const reexport = source.role === 'environment' && source.isPackage && i.level > 0;
      const relevant = i.variable < 0 || inBases.has(i.variable) || reexport;
      if (!relevant) continue;
      const dotted = absolute(file, i.module, i.level);
      if (dotted === null) continue;
      for (const name of i.name && i.name !== '*' ? [dotted, `${dotted}.${i.name}`] : [dotted])
        if (!known.has(name)) wanted.add(name);
    }
  });
  return [...wanted];
}

function collectVariables(file: WorldFile, value: number, into: Set<number>): void {
  const r = row(file, value);
  if (r.op === Op.Var) into.add(r.a);
  else if (r.op === Op.Attr || r.op === Op.Sub) collectVariables(file, r.a, into);
}
