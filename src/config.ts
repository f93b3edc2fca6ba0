// The configuration: defaults, then slotify.toml or pyproject.toml, then flags; unknown keys and wrong values refused by name.
import { existsSync, realpathSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { environmentVersion, sitePackages } from './1-discover/environment.js';
import { readProfile } from './1-discover/profile.js';
import { isTable, lookUp, readPyproject, readToml, type Table, type Toml } from './1-discover/pyproject.js';
import {
  defaultRange,
  isOlder,
  parseTarget,
  type RangeResult,
  rangeFromDeclared,
  rangeFromTarget,
  rangeFromTool,
} from './1-discover/python-range.js';
import { requiresPython } from './1-discover/requires-python.js';
import { projectRoot } from './1-discover/root.js';
import { cacheOf } from './cache/cache.js';
import { described, LENGTH, nearest } from './config/kinds.js';
import { KEYS, type Key, SETTINGS, type Settings, settingOf } from './config/settings.js';
import type { Config } from './model/config.js';
import type { PythonRange } from './model/decision.js';

type Camel<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;

/** What the command line may set: every setting under its name in camel case. Left out means not given. */
export type Flags = {
  readonly [K in Key as Camel<K>]?: Settings[K] | undefined;
} & {
  readonly paths?: readonly string[] | undefined;
  readonly cwd?: string | undefined;
  /** A file that stands for slotify.toml, relative to `cwd`. */
  readonly config?: string | undefined;
  /** Whether facts of files are kept between runs, and in which folder. */
  readonly cache?: boolean | undefined;
  readonly cacheDir?: string | undefined;
  /** Settings of slotify and other tools in the project's files do not count. */
  readonly isolated?: boolean | undefined;
};

/** Where a value comes from: `--line-length`, `slotify.toml`, `[tool.ruff] in pyproject.toml`, `default`. */
export type Origins = Readonly<Record<Key, Origin>>;

/** Where one value comes from; `elsewhere`: from the project or from what other tools are told. */
export interface Origin {
  readonly kind: 'flag' | 'file' | 'elsewhere';
  readonly says: string;
}

/** A configuration with the raw values it was made from, for those who ask where they come from. */
export interface InForce {
  readonly config: Config;
  /** The value of every setting; null where there is none. */
  readonly values: Readonly<Record<Key, unknown>>;
  readonly origins: Origins;
}

/** A configuration, or what is wrong with it as a sentence. */
export type Resolved = InForce | { readonly problem: string };

const DEFAULT_LINE_LENGTH = 88;

/** Name of a setting as a property of `Flags`. */
export const flagName = (key: Key): string =>
  key.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/**
 * Fills in every setting: the flag, else slotify.toml or `[tool.slotify]` in pyproject.toml at the project root
 * (slotify.toml alone where both exist), else what other tools and the project's metadata say, else the default.
 * @returns the configuration, or one problem in a sentence that names the place, what is there and what belongs there.
 */
export function resolveConfig(flags: Flags): Resolved {
  const cwd = path.resolve(flags.cwd ?? '.');
  const paths = flags.paths !== undefined && flags.paths.length > 0 ? flags.paths : ['.'];
  const root = rootOf(paths, cwd);
  const isolated = flags.isolated ?? false;

  const pyproject = readPyproject(root);
  if (pyproject.kind === 'problem' && !isolated) return { problem: pyproject.problem };
  const table = pyproject.kind === 'table' ? pyproject.table : {};
  const tools = isolated ? {} : table;

  const own = isolated ? NOTHING : ownFile(flags, cwd, root, table);
  if ('problem' in own) return own;
  const wrong = problemOfTable(own) ?? problemOfFlags(flags);
  if (wrong !== null) return { problem: wrong };

  const merged = merge(flags, own);
  const { values } = merged;
  const tool = lineLengthOfTools(tools);
  const lineLength = values['line-length'] ?? tool.length;
  const at = (key: Key, value: string): string => path.resolve(merged.isFlag(key) ? cwd : root, value);
  const environment = values.python === undefined ? null : at('python', values.python);
  const said = values['target-version'];
  const python =
    said === undefined
      ? pythonRange(root, table, tools, environment)
      : rangeFromTarget(said, merged.says('target-version'));
  if (python.kind === 'problem') return { problem: python.problem };
  const missing = problemOfEnvironment(environment) ?? problemOfEvidence(values.evidence, at);
  if (missing !== null) return { problem: missing };

  const profile =
    values.profile === undefined ? { profile: null } : readProfile(at('profile', values.profile));
  if ('problem' in profile) return profile;

  const off = new Set<string>(values.ignore);
  return {
    config: {
      paths,
      cwd,
      include: values.include,
      exclude: values.exclude,
      evidence: values.evidence.map(each => at('evidence', each)),
      includeTests: values['include-tests'],
      environment,
      python: python.range,
      lineLength,
      quoteStyle: values['quote-style'],
      sequenceStyle: values['sequence-style'],
      weakref: values.weakref,
      hybrid: values.hybrid,
      unsafeFixes: values['unsafe-fixes'],
      profile: profile.profile,
      minSaving: values['min-saving'] ?? null,
      top: values.top ?? null,
      transforms: values.select.filter(name => !off.has(name)),
      skip: values.skip,
      perFileIgnores: values['per-file-ignores'],
      perClassIgnores: values['per-class-ignores'],
      cacheDir: cacheDirOf(flags, cwd, root),
    },
    values: Object.fromEntries(KEYS.map(key => [key, values[key] ?? null])) as unknown as InForce['values'],
    origins: merged.origins({ 'line-length': tool.from, 'target-version': python.range.from }),
  };
}

function cacheDirOf(flags: Flags, cwd: string, root: string): string | null {
  if (flags.cache === false) return null;
  return flags.cacheDir === undefined ? cacheOf(root) : path.resolve(cwd, flags.cacheDir);
}

/** The settings a project gives in a file of its own, unchecked. */
interface OwnFile {
  readonly section: unknown;
  /** `[tool.slotify] in pyproject.toml`, `slotify.toml`. */
  readonly name: string;
}

const NOTHING: OwnFile = { section: {}, name: '' };

function ownFile(
  flags: Flags,
  cwd: string,
  root: string,
  pyproject: Table,
): OwnFile | { readonly problem: string } {
  const asked = flags.config === undefined ? null : path.resolve(cwd, flags.config);
  const read = (file: string): Toml => readToml(file);
  if (asked !== null) {
    const toml = read(asked);
    if (toml.kind === 'absent') return { problem: `--config names ${asked}, which does not exist.` };
    if (toml.kind === 'problem') return toml;
    const isPyproject = path.basename(asked) === 'pyproject.toml';
    return isPyproject
      ? { section: lookUp(toml.table, 'tool', 'slotify'), name: `[tool.slotify] in ${flags.config}` }
      : { section: toml.table, name: flags.config ?? asked };
  }
  const toml = read(path.join(root, 'slotify.toml'));
  if (toml.kind === 'problem') return toml;
  if (toml.kind === 'table') return { section: toml.table, name: 'slotify.toml' };
  return { section: lookUp(pyproject, 'tool', 'slotify'), name: '[tool.slotify] in pyproject.toml' };
}

/** The root that discovery will find. Paths that do not exist are its business to report. */
function rootOf(paths: readonly string[], cwd: string): string {
  const found = paths.map(each => path.resolve(cwd, each)).filter(each => existsSync(each));
  const folders = found.filter(each => statSync(each).isDirectory()).map(each => realpathSync(each));
  const ofFiles = found
    .filter(each => !statSync(each).isDirectory())
    .map(each => realpathSync(path.dirname(each)));
  return projectRoot([...folders, ...ofFiles], realpathSync(cwd), folders).root;
}

function problemOfTable({ section, name }: OwnFile): string | null {
  if (section === undefined) return null;
  if (!isTable(section)) return `${name} must be a table, but is ${described(section)}.`;
  for (const [key, value] of Object.entries(section)) {
    if (!isKey(key)) return unknownKey(key, name);
    const problem = settingOf(key).kind.problem(value);
    if (problem !== null) return sentence(`${key} of ${name} ${problem}`);
  }
  return null;
}

const isKey = (key: string): key is Key => Object.hasOwn(SETTINGS, key);

function unknownKey(key: string, name: string): string {
  const near = nearest(key, KEYS);
  const hint = near === null ? `The keys are ${KEYS.join(', ')}.` : `Did you mean ${near}?`;
  return `${name} has no key ${key}. ${hint}`;
}

const given = (flags: Flags, key: Key): unknown =>
  (flags as Readonly<Record<string, unknown>>)[flagName(key)];

function problemOfFlags(flags: Flags): string | null {
  for (const key of KEYS) {
    const value = given(flags, key);
    const problem = value === undefined ? null : settingOf(key).kind.problem(value);
    if (problem !== null) return sentence(`--${key} ${problem}`);
  }
  return null;
}

const sentence = (text: string): string => (/[.?)]$/.test(text) ? text : `${text}.`);

type Filled = Settings &
  Required<Omit<Settings, 'python' | 'target-version' | 'line-length' | 'profile' | 'min-saving' | 'top'>>;

/** The value of every setting by flag, file and default, and where it is from. Both sources are checked already. */
function merge(flags: Flags, own: OwnFile) {
  const file = isTable(own.section) ? own.section : {};
  const isFlag = (key: Key): boolean => given(flags, key) !== undefined;
  const isSet = (key: Key): boolean => isFlag(key) || Object.hasOwn(file, key);
  const value = (key: Key): unknown =>
    isFlag(key) ? given(flags, key) : (file[key] ?? settingOf(key).otherwise ?? undefined);
  const says = (key: Key): string => (isFlag(key) ? `--${key}` : own.name);
  return {
    values: Object.fromEntries(KEYS.map(key => [key, value(key)])) as Filled,
    isFlag,
    /** How messages name the place of a value. */
    says: (key: Key): string => (isFlag(key) ? says(key) : `${key} of ${own.name}`),
    origins: (elsewhere: Partial<Record<Key, string>>): Origins =>
      Object.fromEntries(
        KEYS.map((key): [Key, Origin] => [
          key,
          isSet(key)
            ? { kind: isFlag(key) ? 'flag' : 'file', says: says(key) }
            : { kind: 'elsewhere', says: elsewhere[key] ?? 'default' },
        ]),
      ) as Origins,
  };
}

function problemOfEnvironment(environment: string | null): string | null {
  if (environment === null || sitePackages(environment).length > 0) return null;
  return existsSync(environment)
    ? `No site-packages folder belongs to ${environment}. Give an interpreter (.venv/bin/python) or the folder of an environment.`
    : `No such interpreter or environment: ${environment}. Give for example .venv.`;
}

function problemOfEvidence(
  evidence: readonly string[],
  at: (key: Key, value: string) => string,
): string | null {
  const missing = evidence.find(each => !existsSync(at('evidence', each)));
  return missing === undefined ? null : `evidence names ${at('evidence', missing)}, which does not exist.`;
}

/** The range where slotify itself is told none: what the project declares, what its tools are told, the interpreter
 *  that `python` names, or all versions. */
function pythonRange(root: string, table: Table, tools: Table, environment: string | null): RangeResult {
  const declared = requiresPython(root, table);
  if (declared.kind === 'problem') return declared;
  if (declared.kind === 'declared') return rangeFromDeclared(declared);
  return { kind: 'range', range: rangeOfTools(tools) ?? rangeOfEnvironment(environment) ?? defaultRange() };
}

function rangeOfEnvironment(environment: string | null): PythonRange | null {
  const version = environment === null ? null : environmentVersion(environment);
  return version === null ? null : rangeFromTool(version, `the interpreter at ${environment}`);
}

/** What ruff or black are told; values they would refuse themselves are passed over. */
function rangeOfTools(tools: Table): PythonRange | null {
  const ruff = lookUp(tools, 'tool', 'ruff', 'target-version');
  if (typeof ruff === 'string') return rangeFromTool(ruff, '[tool.ruff] target-version in pyproject.toml');

  const black = [lookUp(tools, 'tool', 'black', 'target-version')]
    .flat()
    .filter(each => typeof each === 'string');
  const versions = black.filter(each => parseTarget(each) !== null);
  const lowest = versions.toSorted((a, b) => (isOlder(parseTarget(a)!, parseTarget(b)!) ? -1 : 1))[0];
  return lowest === undefined ? null : rangeFromTool(lowest, '[tool.black] target-version in pyproject.toml');
}

function lineLengthOfTools(tools: Table): { readonly length: number; readonly from: string } {
  for (const tool of ['ruff', 'black']) {
    const length = lookUp(tools, 'tool', tool, 'line-length');
    if (typeof length === 'number' && LENGTH.problem(length) === null)
      return { length, from: `[tool.${tool}] line-length in pyproject.toml` };
  }
  return { length: DEFAULT_LINE_LENGTH, from: 'default' };
}
