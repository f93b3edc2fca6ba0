// Which module a name comes from that `from module import *` brings, through any number of other modules and around
// circles of them (Python reference 7.11). Each name is followed once, from where it is bound to all who get it.
import type { WorldFile } from '../model/world.js';

/** Where a name comes from: a module of the world that binds it, or one outside. */
export type Bringing =
  | { readonly kind: 'module'; readonly file: WorldFile }
  | { readonly kind: 'external'; readonly dotted: string };

export interface StarImports {
  /** Where the star imports at the top of a file may take a name from that the file does not bind itself. */
  readonly bringing: (file: WorldFile, name: string) => readonly Bringing[];
}

export interface StarFacts {
  readonly files: readonly WorldFile[];
  /** What the star imports at the top of a file take from. */
  readonly starred: (file: WorldFile) => readonly Bringing[];
  /** Whether a module binds a name at its top, other than by star imports. */
  readonly binds: (file: WorldFile, name: string) => boolean;
  /** Whether a star import of a module takes a name along that it has. */
  readonly exports: (file: WorldFile, name: string) => boolean;
  /** Whether a module outside the world has a name. */
  readonly has: (dotted: string, name: string) => boolean;
}

/** A place that a name comes from, with the files that get it from there, a bit each. */
interface Spread {
  readonly from: Bringing;
  readonly files: Uint8Array;
}

export function newStarImports({ files, starred, binds, exports, has }: StarFacts): StarImports {
  /** Files that star-import each file, and each module outside. */
  let inside: WorldFile[][] | null = null;
  const outside = new Map<string, WorldFile[]>();
  const spreads = new Map<string, readonly Spread[]>();

  const start = (): WorldFile[][] => {
    const importers: WorldFile[][] = files.map(() => []);
    for (const file of files)
      for (const from of starred(file)) {
        if (from.kind === 'module') importers[from.file.index]!.push(file);
        else outside.set(from.dotted, [...(outside.get(from.dotted) ?? []), file]);
      }
    return importers;
  };

  /** The files that get a name which `first` get at once: a module that binds it itself hands on its own. */
  const spread = (
    first: readonly WorldFile[],
    name: string,
    importers: readonly WorldFile[][],
  ): Uint8Array => {
    const found = new Uint8Array((files.length >> 3) + 1);
    const open = [...first];
    for (let file = open.pop(); file; file = open.pop()) {
      const bit = 1 << (file.index & 7);
      if (found[file.index >> 3]! & bit || binds(file, name)) continue;
      found[file.index >> 3]! |= bit;
      if (exports(file, name)) for (const importer of importers[file.index]!) open.push(importer);
    }
    return found;
  };

  const spreadsOf = (name: string): readonly Spread[] => {
    const known = spreads.get(name);
    if (known) return known;
    const importers = (inside ??= start());
    const found: Spread[] = [];
    for (const file of files) {
      const first = importers[file.index]!;
      if (first.length && binds(file, name) && exports(file, name))
        found.push({ from: { kind: 'module', file }, files: spread(first, name, importers) });
    }
    for (const [dotted, first] of outside)
      if (has(dotted, name))
        found.push({ from: { kind: 'external', dotted }, files: spread(first, name, importers) });
    spreads.set(name, found);
    return found;
  };

  return {
    bringing: ({ index }, name) =>
      spreadsOf(name)
        .filter(s => s.files[index >> 3]! & (1 << (index & 7)))
        .map(s => s.from),
  };
}
