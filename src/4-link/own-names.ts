// By which names a project imports a package of its own that no folder is called after: one whose code lies in the
// project root, or where `package_dir` says.
import { addTo } from '../model/grouping.js';
import type { WorldFile } from '../model/world.js';
import { type Bindings, bindingsOf } from './index-file.js';

/** A name that a package goes by, and its folder. */
interface OwnName {
  readonly name: string;
  /** Project path; empty for the root. */
  readonly folder: string;
}

/** `from module import name` */
interface Taken {
  readonly module: string;
  readonly name: string;
}

/** So many definitions under one name are no chance. */
const FEWEST = 2;

/**
 * Further names of modules, as told by what is imported from them: definitions that just these modules of a package have.
 * @param files those of the project
 * @param packages their folders
 * @param isKnown whether a name is that of a module or package of the project or of the library
 */
export function* ownNames(
  files: readonly WorldFile[],
  packages: ReadonlySet<string>,
  isKnown: (name: string) => boolean,
): Generator<readonly [name: string, file: WorldFile]> {
  const taken = new Map<string, Taken>();
  for (const { facts } of files)
    for (const { module, level, name } of facts.imports)
      if (level === 0 && name !== null && name !== '*' && !isKnown(module.split('.', 1)[0]!))
        taken.set(`${module}:${name}`, { module, name });
  if (taken.size === 0) return;

  const inside = modulesIn(files, packages);
  const known = new Map<WorldFile, Bindings>();
  const bindingsFor = (file: WorldFile): Bindings => {
    let bindings = known.get(file);
    if (!bindings) known.set(file, (bindings = bindingsOf(file)));
    return bindings;
  };
  /** Whether a module binds a name itself, other than by importing it. */
  const defines = (file: WorldFile, name: string): boolean => {
    const variable = bindingsFor(file).moduleNames.get(name);
    return variable !== undefined && bindingsFor(file).values.has(variable);
  };

  const found = new Map<string, OwnName[]>();
  for (const { module, name } of taken.values())
    for (const [prefix, rest] of splits(module))
      for (const [folder, file] of inside.get(rest) ?? [])
        if (defines(file, name)) addTo(found, `${folder} ${prefix}`, { name: prefix, folder });

  const isMissing = ({ name: own, folder }: OwnName, { module, name }: Taken): boolean => {
    if (module !== own && !module.startsWith(`${own}.`)) return false;
    const rest = module.slice(own.length + 1);
    const file = inside.get(rest)?.get(folder);
    const isModule = inside.get(rest ? `${rest}.${name}` : name)?.has(folder);
    return !isModule && !(file && bindingsFor(file).moduleNames.has(name));
  };
  for (const names of found.values()) {
    const own = names[0]!;
    if (names.length < FEWEST || names.length <= [...taken.values()].filter(t => isMissing(own, t)).length)
      continue;
    for (const [rest, within] of inside) {
      const file = within.get(own.folder);
      if (file) yield [rest ? `${own.name}.${rest}` : own.name, file];
    }
  }
}

/** Modules of packages by their names within the package, for each folder. */
function modulesIn(
  files: readonly WorldFile[],
  packages: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlyMap<string, WorldFile>> {
  const found = new Map<string, Map<string, WorldFile>>();
  for (const file of files) {
    if (file.source.isStub) continue;
    const folders = file.source.path.split('/');
    const stem = folders.pop()!.replace(/\.\w+$/, '');
    for (let depth = 0; depth <= folders.length; depth++) {
      const folder = folders.slice(0, depth).join('/');
      if (!packages.has(folder)) continue;
      const rest = [...folders.slice(depth), ...(file.source.isPackage ? [] : [stem])].join('.');
      const within = found.get(rest) ?? new Map<string, WorldFile>();
      found.set(rest, within.set(folder, file));
    }
  }
  return found;
}

/** `a.b.c` as `a` and `b.c`, `a.b` and `c`. */
function* splits(module: string): Generator<readonly [prefix: string, rest: string]> {
  for (let dot = module.indexOf('.'); dot > 0; dot = module.indexOf('.', dot + 1))
    yield [module.slice(0, dot), module.slice(dot + 1)];
}
