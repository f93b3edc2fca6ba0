// The configuration: defaults, then pyproject.toml, then flags; unknown keys and wrong values refused by name.
import { existsSync, realpathSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { sitePackages } from './1-discover/environment.js';
import { isTable, lookUp, readPyproject, type Table } from './1-discover/pyproject.js';
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
import type { Config } from './model/config.js';
import type { PythonRange } from './model/decision.js';

/** What the command line may set; left out means not given. */
export interface Flags {
  readonly paths?: readonly string[] | undefined;
  readonly cwd?: string | undefined;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly includeTests?: boolean | undefined;
  /** An interpreter or the folder of a virtual environment. */
  readonly environment?: string | undefined;
  /** `3.9` or `py39`. */
  readonly targetVersion?: string | undefined;
  readonly lineLength?: number | undefined;
  readonly unsafeFixes?: boolean | undefined;
  /** Settings of slotify and other tools in pyproject.toml do not count. */
  readonly isolated?: boolean | undefined;
}

export type Resolved = { readonly config: Config } | { readonly problem: string };

const DEFAULT_LINE_LENGTH = 88;
const HERE = '[tool.slotify] in pyproject.toml';

/** `[tool.slotify]` after checking. */
interface Settings {
  readonly 'line-length'?: number;
  readonly 'target-version'?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly 'include-tests'?: boolean;
  readonly 'unsafe-fixes'?: boolean;
}

interface Kind {
  readonly wanted: string;
  readonly fits: (value: unknown) => boolean;
}

const LENGTH: Kind = { wanted: 'a whole number above 0', fits: isLength };
const SWITCH: Kind = { wanted: 'true or false', fits: value => typeof value === 'boolean' };
const GLOBS: Kind = {
  wanted: 'a list of globs, e.g. ["*_pb2.py"]',
  fits: value => Array.isArray(value) && value.every(isGlob),
};
const KEYS: Readonly<Record<keyof Settings, Kind>> = {
  'line-length': LENGTH,
  'target-version': { wanted: 'a version in quotes, e.g. "3.9"', fits: value => typeof value === 'string' },
  include: GLOBS,
  exclude: GLOBS,
  'include-tests': SWITCH,
  'unsafe-fixes': SWITCH,
};

/**
 * Fills in every setting: the flag, else `[tool.slotify]` in the pyproject.toml at the project root, else what other
 * tools and the project's metadata say, else the default.
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

  const settings = readSettings(lookUp(tools, 'tool', 'slotify'));
  if ('problem' in settings) return settings;
  const environment = flags.environment === undefined ? null : path.resolve(cwd, flags.environment);
  const wrong = problemOfFlags(flags, environment);
  if (wrong !== null) return { problem: wrong };
  const python = pythonRange(flags, settings, root, table, tools);
  if (python.kind === 'problem') return { problem: python.problem };

  return {
    config: {
      paths,
      cwd,
      include: flags.include ?? settings.include ?? [],
      exclude: flags.exclude ?? settings.exclude ?? [],
      includeTests: flags.includeTests ?? settings['include-tests'] ?? false,
      environment,
      python: python.range,
      lineLength: flags.lineLength ?? settings['line-length'] ?? lineLengthOfTools(tools),
      unsafeFixes: flags.unsafeFixes ?? settings['unsafe-fixes'] ?? false,
    },
  };
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

function readSettings(section: unknown): Settings | { readonly problem: string } {
  if (section === undefined) return {};
  if (!isTable(section)) return { problem: `${HERE} must be a table, but is ${described(section)}.` };
  for (const [key, value] of Object.entries(section)) {
    if (!Object.hasOwn(KEYS, key)) return { problem: unknownKey(key) };
    const kind = KEYS[key as keyof Settings];
    if (!kind.fits(value)) {
      return { problem: `${key} of ${HERE} is ${described(value)}, but must be ${kind.wanted}.` };
    }
  }
  return section as Settings;
}

function unknownKey(key: string): string {
  const known = Object.keys(KEYS);
  const nearest = closest(key.toLowerCase().replaceAll('_', '-'), known);
  const near = distance(key, nearest) <= Math.max(2, nearest.length / 3);
  const hint = near ? `Did you mean ${nearest}?` : `The keys are ${known.join(', ')}.`;
  return `${HERE} has no key ${key}. ${hint}`;
}

function problemOfFlags(flags: Flags, environment: string | null): string | null {
  if (flags.lineLength !== undefined && !isLength(flags.lineLength)) {
    return `--line-length must be ${LENGTH.wanted}.`;
  }
  if (flags.include !== undefined && !flags.include.every(isGlob)) return '--include has an empty glob.';
  if (flags.exclude !== undefined && !flags.exclude.every(isGlob)) return '--exclude has an empty glob.';
  if (environment === null || sitePackages(environment).length > 0) return null;
  return existsSync(environment)
    ? `No site-packages folder belongs to ${environment}. Give an interpreter (.venv/bin/python) or the folder of an environment.`
    : `No such interpreter or environment: ${environment}. Give for example .venv.`;
}

function pythonRange(
  flags: Flags,
  settings: Settings,
  root: string,
  table: Table,
  tools: Table,
): RangeResult {
  if (flags.targetVersion !== undefined) return rangeFromTarget(flags.targetVersion, '--target-version');
  const own = settings['target-version'];
  if (own !== undefined) return rangeFromTarget(own, `target-version of ${HERE}`);

  const declared = requiresPython(root, table);
  if (declared.kind === 'problem') return declared;
  if (declared.kind === 'declared') return rangeFromDeclared(declared);
  return { kind: 'range', range: rangeOfTools(tools) ?? defaultRange() };
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

function lineLengthOfTools(tools: Table): number {
  const lengths = ['ruff', 'black'].map(tool => lookUp(tools, 'tool', tool, 'line-length'));
  return lengths.filter(isLength)[0] ?? DEFAULT_LINE_LENGTH;
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function isGlob(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** A value as its author wrote it, roughly. */
function described(value: unknown): string {
  return Array.isArray(value) || isTable(value)
    ? JSON.stringify(value)
    : typeof value === 'string'
      ? `"${value}"`
      : `${value}`;
}
