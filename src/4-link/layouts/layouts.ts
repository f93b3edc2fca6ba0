// What the standard library of each Python version says about its classes, read from a generated table.
//
// layouts.json is made by generate.py and merge.py from real interpreters (CPython 3.8 to 3.13) and is not to be
// edited by hand. To make it anew: `npm run layouts` (it wants pyenv's 3.8 ... 3.13 under ~/.pyenv/versions).
import { createRequire } from 'node:module';
import type { ExternalClass } from '../../model/layouts.js';

/** The standard library of one Python version. */
export interface Layouts {
  /** The class with this dotted name, be it the canonical one or another module's name for it:
   *  `typing.Iterable` gives `collections.abc.Iterable`. Null for anything else; `int` alone is nothing,
   *  `builtins.int` is. The same record for every name of one class. */
  readonly find: (dotted: string) => ExternalClass | null;
  /** The canonical name of that class, under which `bases` and `metaclass` of the records refer to it. A name in
   *  angle brackets (`_ctypes.<_CData>`) belongs to a class that no module binds. */
  readonly canonical: (dotted: string) => string | null;
  /** A module or package of this version's library, on any platform: `asyncio`, `os.path`, `winreg`. Test
   *  packages are none. */
  readonly isModule: (dotted: string) => boolean;
  /** `dir(builtins)` of an interpreter started without options. */
  readonly builtinNames: ReadonlySet<string>;
  /** Names like `__init__` that classes and modules of the library have: those that Python itself gives a meaning. */
  readonly specialNames: ReadonlySet<string>;
}

/** What changes in one version: lists of names separated by blanks; `field` replaces, `field+` adds, `field-`
 *  takes away; null says that there is no such thing from here on. merge.py writes it. */
type Change = Readonly<Record<string, string>> | null;
type Timeline = Readonly<Record<string, Change>>;
type Section = Readonly<Record<string, Timeline>>;

interface Table {
  /** `3.8` -> `3.8.18`, the release the facts come from; oldest first. */
  readonly releases: Readonly<Record<string, string>>;
  readonly builtins: Section;
  readonly modules: Section;
  readonly classes: Section;
  readonly aliases: Section;
}

const EXTENSIONS = 'typing_extensions.';

type Fields = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The library of a Python version, `[3, 12]` and the like. Versions newer than the newest table get that table
 * (3.13), older ones the oldest (3.8). Ask once for each version and keep it.
 */
export function layoutsFor(version: readonly [number, number]): Layouts {
  const table = createRequire(import.meta.url)('#layouts') as Table;
  const versions = upTo(version, Object.keys(table.releases));
  const classes = existing(table.classes, versions);
  const modules = existing(table.modules, versions);
  const aliases = existing(table.aliases, versions);
  const found = new Map<string, ExternalClass>();
  const names = new Map<string, string | null>();

  function canonical(dotted: string): string | null {
    let name = names.get(dotted);
    if (name === undefined) names.set(dotted, (name = nameOf(dotted)));
    return name;
  }

  function nameOf(dotted: string): string | null {
    if (classes.has(dotted)) return dotted;
    // its classes are those of typing, or have the same layout (`__slots__ = ()`) where it brings newer ones
    if (dotted.startsWith(EXTENSIONS)) return canonical(`typing.${dotted.slice(EXTENSIONS.length)}`);
    const other = aliases.get(dotted)?.get('of');
    if (other !== undefined) return [...other][0]!;
    // a class nested in one that goes by several names
    const dot = dotted.lastIndexOf('.');
    const outer = dot < 0 ? null : canonical(dotted.slice(0, dot));
    const inner = outer === null ? null : outer + dotted.slice(dot);
    return inner !== null && classes.has(inner) ? inner : null;
  }

  function find(dotted: string): ExternalClass | null {
    const name = canonical(dotted);
    if (name === null) return null;
    const known = found.get(name);
    if (known !== undefined) return known;
    const cls = externalClass(name, classes.get(name)!);
    found.set(name, cls);
    return cls;
  }

  function isModule(dotted: string): boolean {
    const [top, below] = split(dotted);
    const parts = modules.get(top)?.get('parts');
    return below === '' ? modules.has(top) : (parts?.has(below) ?? false);
  }

  const builtins = existing(table.builtins, versions).get('builtins')!;
  return {
    find,
    canonical,
    isModule,
    builtinNames: builtins.get('names')!,
    specialNames: builtins.get('special')!,
  };
}

/** A dotted name before and behind its first dot. */
function split(dotted: string): readonly [top: string, below: string] {
  const dot = dotted.indexOf('.');
  return dot < 0 ? [dotted, ''] : [dotted.slice(0, dot), dotted.slice(dot + 1)];
}

/** The versions whose changes add up to the wanted one; at least the oldest. */
function upTo(version: readonly [number, number], known: readonly string[]): readonly string[] {
  const [major, minor] = version;
  const reached = known.filter(name => {
    const [a, b] = name.split('.').map(Number) as [number, number];
    return a < major || (a === major && b <= minor);
  });
  return reached.length > 0 ? reached : known.slice(0, 1);
}

/** The entries of a section that exist in the last of the versions; each is put together when it is asked for. */
function existing(section: Section, versions: readonly string[]): Pick<Map<string, Fields>, 'has' | 'get'> {
  const known = new Map<string, Fields | null>();
  const get = (name: string): Fields | undefined => {
    let fields = known.get(name);
    if (fields === undefined) {
      fields = Object.hasOwn(section, name) ? fold(section[name]!, versions) : null;
      known.set(name, fields);
    }
    return fields ?? undefined;
  };
  return { has: name => get(name) !== undefined, get };
}

/** What the changes of some versions add up to. */
function fold(timeline: Timeline, versions: readonly string[]): Fields | null {
  let fields: Map<string, Set<string>> | null = null;
  for (const version of versions) {
    const change = timeline[version];
    if (change === undefined) continue;
    if (change === null) {
      fields = null;
      continue;
    }
    fields ??= new Map();
    for (const [key, names] of Object.entries(change)) apply(fields, key, words(names));
  }
  return fields;
}

function apply(fields: Map<string, Set<string>>, key: string, names: readonly string[]): void {
  const sign = key.at(-1);
  if (sign !== '+' && sign !== '-') {
    fields.set(key, new Set(names));
    return;
  }
  const field = key.slice(0, -1);
  const held = fields.get(field) ?? new Set<string>();
  for (const name of names) sign === '+' ? held.add(name) : held.delete(name);
  fields.set(field, held);
}

function words(names: string): readonly string[] {
  return names === '' ? [] : names.split(' ');
}

function externalClass(name: string, fields: Fields): ExternalClass {
  const list = (field: string): readonly string[] => [...(fields.get(field) ?? [])];
  const flags = fields.get('flags') ?? new Set<string>();
  return {
    name,
    bases: list('bases'),
    hasDict: flags.has('dict'),
    hasWeakref: flags.has('weakref'),
    variableSize: flags.has('variable'),
    solid: flags.has('solid'),
    metaclass: list('metaclass')[0] ?? null,
    members: [...list('slots'), ...list('members')].sort(),
    slots: [...list('slots')].sort(),
    isException: flags.has('exception'),
  };
}
