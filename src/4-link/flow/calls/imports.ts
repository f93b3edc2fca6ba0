// Calls that import a module by its name.
import { LOADED } from '../kept.js';
import type { Members } from '../members.js';
import type { Flow } from '../state.js';
import { UNKNOWN } from '../tokens.js';
import { namesOf } from './arguments.js';
import type { LibraryObjects } from './library-objects.js';
import type { SpecialCall } from './special.js';

/** These calls, by the dotted name of what is called. */
export function newImportCalls(
  flow: Flow,
  members: Members,
  library: LibraryObjects,
): ReadonlyMap<string, SpecialCall> {
  /** `moduleOf`: what a call gives for the name it is given. */
  const importing =
    (importer: string, moduleOf: (name: string) => string): SpecialCall =>
    (args, into) => {
      const names = namesOf(flow, args, 0);
      flow.kept.read(LOADED, into);
      for (const name of names ?? [])
        for (const m of flow.resolver.module(moduleOf(name), args.file)) members.meaning(m, into);
      if (!names && !library(importer, args, into)) flow.graph.add(into, UNKNOWN);
    };
  const root = (name: string): string => name.split('.')[0]!;
  return new Map([
    ['builtins.__import__', importing('builtins.__import__', root)],
    ['importlib.import_module', importing('importlib.import_module', name => name)],
  ]);
}
