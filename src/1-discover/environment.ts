// Installed packages: where they are, and the source of those modules that the project names. Nothing is run.
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import * as path from 'node:path';
import type { Source, Unreadable } from '../model/source.js';
import { isPackageFile } from './modules.js';
import { inOrder } from './paths.js';
import { mapBounded, readSource, type Wanted } from './read.js';

/**
 * The folders of installed packages that belong to an interpreter or a virtual environment, in the order of
 * `sys.path`, absolute. Empty when none is found.
 *
 * The layout is that of CPython's `sysconfig` schemes (`lib/pythonX.Y/site-packages`, on Windows
 * `Lib/site-packages`) and Debian's `dist-packages`. For a virtual environment with
 * `include-system-site-packages = true` in its pyvenv.cfg (PEP 405) those of its base follow.
 * @param environment path of an interpreter, of the folder of an environment, or of a site-packages folder.
 */
export function sitePackages(environment: string): readonly string[] {
  const given = path.resolve(environment);
  if (!exists(given)) return [];
  if (isFolder(given)) {
    return /^(?:site|dist)-packages$/.test(path.basename(given)) ? [given] : ofPrefix(given, null);
  }
  // The interpreter of a virtual environment is a symbolic link to its base: its own place counts.
  const folder = path.dirname(given);
  const prefix = /^(?:bin|scripts)$/i.test(path.basename(folder)) ? path.dirname(folder) : folder;
  const version = /python(\d\.\d+)/.exec(path.basename(given))?.[1] ?? versionBehind(given);
  return ofPrefix(prefix, version);
}

/** The version of Python that an environment is for, e.g. `3.11`, or null when nothing says; what is not an
 *  environment has none. `environment` as for `sitePackages`. */
export function environmentVersion(environment: string): string | null {
  const folder = sitePackages(environment)[0];
  if (folder === undefined) return null;
  const lib = path.dirname(folder);
  const named = /^(?:python|pypy)(\d+\.\d+)$/.exec(path.basename(lib))?.[1];
  return named ?? /^\d+\.\d+/.exec(pyvenvSettings(path.dirname(lib)).get('version') ?? '')?.[0] ?? null;
}

/**
 * The file that `import module` would run, looked up in folders of `sys.path`; null when there is none.
 *
 * A package goes before a module of the same name, as in CPython's `FileFinder.find_spec`; a stub is taken
 * where there is no source (compiled modules).
 */
export function locate(module: string, folders: readonly string[]): string | null {
  const relative = module.split('.').join(path.sep);
  if (!/^\p{ID_Continue}+(?:\.\p{ID_Continue}+)*$/u.test(module)) return null;
  for (const suffix of ['.py', '.pyi']) {
    for (const folder of folders) {
      const stem = path.join(folder, relative);
      const file = [path.join(stem, `__init__${suffix}`), stem + suffix].find(isFile);
      if (file !== undefined) return file;
    }
  }
  return null;
}

export interface EnvironmentSources {
  /** Sorted by path; modules that are not installed are left out. */
  readonly sources: readonly Source[];
  readonly unreadable: readonly Unreadable[];
}

/**
 * Reads the source of installed modules, with role `environment`. Only the modules named are read, not what
 * they import in turn.
 *
 * Their paths begin with `<site-packages>` (`<site-packages-2>` for the second folder), which no project path
 * can be mistaken for.
 */
export async function readEnvironment(
  moduleNames: readonly string[],
  folders: readonly string[],
): Promise<EnvironmentSources> {
  const wanted = new Map<string, Wanted>();
  for (const module of moduleNames) {
    const file = locate(module, folders);
    if (file === null) continue;
    const name = environmentPath(file, folders);
    const isPackage = isPackageFile(name);
    wanted.set(name, { path: name, file, role: 'environment', module, isPackage });
  }
  const sorted = [...wanted.values()].sort((a, b) => inOrder(a.path, b.path));
  const results = await mapBounded(sorted, 16, readSource);
  return {
    sources: results.flatMap(result => (result.kind === 'source' ? [result.source] : [])),
    unreadable: results.flatMap(result => (result.kind === 'unreadable' ? [result.unreadable] : [])),
  };
}

function environmentPath(file: string, folders: readonly string[]): string {
  const index = folders.findIndex(folder => !path.relative(folder, file).startsWith('..'));
  const inside = path.relative(folders[index]!, file).split(path.sep).join('/');
  return `<site-packages${index === 0 ? '' : `-${index + 1}`}>/${inside}`;
}

/** Folders below an installation prefix; `version` narrows them when one prefix serves several interpreters. */
function ofPrefix(prefix: string, version: string | null): readonly string[] {
  const settings = pyvenvSettings(prefix);
  const wanted =
    version ?? /^\d+\.\d+/.exec(settings.get('version') ?? settings.get('version_info') ?? '')?.[0];
  const own = ['local/lib', 'lib', 'lib64', 'Lib'].flatMap(lib =>
    packageFolders(path.join(prefix, lib), wanted),
  );
  const home = settings.get('home');
  const shared = settings.get('include-system-site-packages')?.toLowerCase() === 'true' && home !== undefined;
  const base = shared ? ofPrefix(prefixOfHome(home), wanted ?? null) : [];

  const all = [...own, ...base];
  // lib64 is often a symbolic link to lib.
  const real = all.map(folder => realpathSync(folder));
  return all.filter((_, i) => real.indexOf(real[i]!) === i);
}

function packageFolders(lib: string, version: string | null | undefined): string[] {
  const pythons = names(lib).filter(name => /^(?:python|pypy)\d/.test(name));
  const fitting = pythons.filter(name => !version || name.endsWith(version) || name === 'python3');
  return ['', ...fitting]
    .flatMap(name => ['site-packages', 'dist-packages'].map(last => path.join(lib, name, last)))
    .filter(isFolder);
}

/** `home` in pyvenv.cfg is the folder of the base interpreter. */
function prefixOfHome(home: string): string {
  return path.basename(home) === 'bin' ? path.dirname(home) : home;
}

/** `3.11` when `bin/python3` is a symbolic link to `python3.11`. */
function versionBehind(interpreter: string): string | null {
  return /python(\d\.\d+)/.exec(path.basename(realpathSync(interpreter)))?.[1] ?? null;
}

/** `key = value` lines of pyvenv.cfg (PEP 405), keys lower case. */
function pyvenvSettings(prefix: string): ReadonlyMap<string, string> {
  const file = path.join(prefix, 'pyvenv.cfg');
  if (!isFile(file)) return new Map();
  const pairs = [...readFileSync(file, 'utf8').matchAll(/^[ \t]*([\w-]+)[ \t]*=(.*)$/gm)];
  return new Map(pairs.map(([, key = '', value = '']) => [key.toLowerCase(), value.trim()]));
}

function names(folder: string): string[] {
  return isFolder(folder) ? readdirSync(folder).sort(inOrder) : [];
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
