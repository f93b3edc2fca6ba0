// The pipeline on one screen.
import { join } from 'node:path';

import { TRANSFORMS } from '../transforms/index.js';
import { discover, inMemory } from './1-discover/discover.js';
import { readEnvironment, sitePackages } from './1-discover/environment.js';
import { isPackageFile, moduleNames } from './1-discover/modules.js';
import { projectPath } from './1-discover/paths.js';
import { type Engine, loadEngine } from './2-parse/engine.js';
import { type Collecting, collectAll, isWorthCache } from './3-facts/collect-all.js';
import type { Collected } from './4-link/link.js';
import { missingModules } from './4-link/missing.js';
import { observe } from './4-link/observe.js';
import { missed, onlyNamed } from './4-link/unseen.js';
import { decide } from './5-decide/decide.js';
import { idleDirectives } from './5-decide/directives.js';
import { type Narrow, policyOf, selectedBy, type Withheld } from './5-decide/policy.js';
import { unprofitable } from './5-decide/saving.js';
import { differences } from './6-edit/differences.js';
import { applyPlan, draw } from './6-edit/draw.js';
import { type KeptReport, keptReport } from './cache/reports.js';
import type { Config } from './model/config.js';
import type { Change, Decision, Plan, Report } from './model/decision.js';
import type { Discovery, Role, Source } from './model/source.js';
import type { World } from './model/world.js';

export type { Config } from './model/config.js';
export type * from './model/decision.js';

/** What a caller may hand in or hear of. */
export interface Io {
  /** Called once, before anything is parsed, with the UTF-16 units of all that will be. What it throws ends the run. */
  readonly onFound?: (characters: number) => void;
  /** Called now and then with the number of files parsed so far. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Called when everything is linked: what that took and nobody needs any more is garbage. */
  readonly onLinked?: () => void;
  /** Text that stands for the content of one file of the project. */
  readonly stdin?: { readonly path: string; readonly text: string };
  /** The parser; loaded when it is not given. */
  readonly engine?: Engine;
  /** Threads to parse in; left out, as many as the machine runs at once. */
  readonly workers?: number;
  /** Codes of rules that are switched off: for proving that a rule is needed. */
  readonly without?: readonly string[];
  /** Only these classes are rewritten and reported. */
  readonly narrow?: Narrow;
}

/** Analyses the files that a configuration names and everything around them, and proposes changes. Nothing is
 *  written and nothing of the analysed code is run. Problems with single files are in the report; throws only when
 *  no parser can be loaded. */
export async function slotify(config: Config, io: Io = {}): Promise<Report> {
  return run(await foundFor(config, io), config, io);
}

/** The same for files in memory: paths are relative to an imagined root. */
export async function analyse(
  files: readonly { readonly path: string; readonly text: string; readonly role?: Role }[],
  options: Partial<Omit<Settings, 'environment'>> & Pick<Io, 'engine' | 'without'> = {},
): Promise<Report> {
  const { engine, without, ...settings } = options;
  const config = { ...DEFAULTS, ...settings };
  return run(inMemory(files), config, { ...(engine && { engine }), ...(without && { without }) });
}

/** What a run needs to know besides the files. */
type Settings = Omit<Config, 'paths' | 'cwd' | 'include' | 'exclude' | 'evidence' | 'includeTests'>;

const DEFAULTS: Settings = {
  environment: null,
  python: { oldest: [3, 8], newest: [3, 13], from: 'default' },
  lineLength: 88,
  quoteStyle: 'auto',
  sequenceStyle: 'tuple',
  weakref: 'auto',
  hybrid: false,
  unsafeFixes: false,
  cacheDir: null,
  profile: null,
  minSaving: null,
  top: null,
  transforms: TRANSFORMS.map(t => t.name),
  skip: [],
  perFileIgnores: {},
  perClassIgnores: {},
};

/** The files of a configuration, read and linked once, to be decided on as often as needed. */
export interface Prepared {
  readonly world: World;
  /** What is proposed when some classes, by id, are left alone; those in `marked` get a comment that says so. */
  readonly report: (withheld: ReadonlyMap<string, Withheld>, marked?: ReadonlySet<string>) => Promise<Report>;
  /** The rewrite of one class by itself; null for a class that is not rewritten. */
  readonly preview: (decision: Decision) => Promise<Change | null>;
}

/** Everything that `slotify` does up to deciding. */
export async function prepare(config: Config, io: Io = {}): Promise<Prepared> {
  return prepared(await foundFor(config, io), config, io);
}

async function foundFor(config: Config, io: Io): Promise<Discovery> {
  const found = withStdin(await discover(config), io);
  io.onFound?.(found.sources.reduce((sum, source) => sum + source.text.length, 0));
  return found;
}

async function run(found: Discovery, config: Settings, io: Io): Promise<Report> {
  const kept = keptFor(found, config, io);
  const known = kept?.read();
  if (known) return known;
  const report = await (await prepared(found, config, io)).report(new Map());
  kept?.write(report);
  return report;
}

/** Where the report of a run is kept; null where none is, and where packages are read that are not among `found`. */
function keptFor(found: Discovery, { cacheDir, ...settings }: Settings, io: Io): KeptReport | null {
  if (cacheDir === null || settings.environment !== null || !isWorthCache(found.sources.map(s => s.text)))
    return null;
  const { without, narrow } = io;
  const files = narrow?.files && [...narrow.files];
  return keptReport(cacheDir, found, [settings, without, narrow?.classes, files]);
}

async function prepared(found: Discovery, config: Settings, io: Io): Promise<Prepared> {
  const engine = io.engine ?? (await loadEngine());
  const { onProgress, workers } = io;
  const how = { engine, cache: config.cacheDir, ...(workers && { workers }) };
  const collected = await collectFrom(found.sources, { ...how, ...(onProgress && { onProgress }) });
  const environment = await environmentOf(collected, config, how);
  // a third of all code: a run whose report is kept does without it
  const { link } = await import('./4-link/link.js');
  const linked = link([...collected, ...environment], found.unreadable, config.python);
  io.onLinked?.();
  const world = config.profile === null ? linked : observe(linked, config.profile);
  const selected = io.narrow && selectedBy(io.narrow);
  const isTold = (path: string): boolean => io.narrow?.files?.has(join(found.root, path)) ?? true;
  const decided = (withheld: ReadonlyMap<string, Withheld>): readonly Decision[] =>
    decide(world, TRANSFORMS, policyOf(config, { without: io.without, selected, withheld }));
  const files = new Map(collected.map(c => [c.source.path, c]));
  const apply = (plan: Plan) => applyPlan(plan, files, rewritten => differences(rewritten, how));
  const planned = (decisions: readonly Decision[], marked: ReadonlySet<string>): Plan =>
    draw(
      decisions.filter(d => isWanted(d, config)),
      world,
      TRANSFORMS,
      config,
      marked,
    );
  const concluded = async (
    withheld: ReadonlyMap<string, Withheld>,
    marked: ReadonlySet<string> = new Set(),
  ): Promise<Report> => {
    const possible = decided(withheld);
    const poor = unprofitable(
      possible.filter(d => isWanted(d, config)),
      world,
      { ...config, python: config.python.newest },
    );
    const decisions = poor.size === 0 ? possible : decided(new Map([...poor, ...withheld]));
    const applied = await apply(planned(decisions, marked));
    return {
      root: found.root,
      decisions,
      changes: applied.changes.map(c => ({ ...c, classes: c.classes.filter(id => !marked.has(id)) })),
      problems: [...missed(found.unreadable, collected).filter(p => isTold(p.path)), ...applied.problems],
      remarks: idleDirectives(world, decisions),
      notes: [...found.notes, ...onlyNamed(found.unreadable, collected)],
      files: { targets: count(found, 'target'), evidence: count(found, 'evidence') },
      python: config.python,
      unsafeFixes: config.unsafeFixes,
      ...(config.profile && { profile: config.profile }),
    };
  };
  const preview = async (decision: Decision): Promise<Change | null> =>
    (await apply(planned([decision], new Set()))).changes[0] ?? null;
  return { world, report: concluded, preview };
}

/** Facts of every source, in the order of the sources; each is parsed once, or not at all where facts of its text are
 *  in the cache. */
async function collectFrom(sources: readonly Source[], how: Collecting): Promise<Collected[]> {
  const facts = await collectAll(
    sources.map(s => s.text),
    how,
  );
  return sources.map((source, i) => ({ source, facts: facts[i]! }));
}

/** Sources of installed packages that base classes come from, as far as an environment was named. */
async function environmentOf(
  collected: readonly Collected[],
  config: Settings,
  how: Collecting,
): Promise<Collected[]> {
  if (config.environment === null) return [];
  const folders = sitePackages(config.environment);
  const found: Collected[] = [];
  const asked = new Set<string>();
  for (;;) {
    const missing = missingModules([...collected, ...found]).filter(m => !asked.has(m));
    if (!missing.length) return found;
    for (const m of missing) asked.add(m);
    const { sources } = await readEnvironment(missing, folders);
    found.push(...(await collectFrom(sources, how)));
  }
}

const isWanted = (d: Decision, config: Settings): boolean =>
  d.kind === 'rewrite' && (d.applicability === 'safe' || config.unsafeFixes);

const count = (found: Discovery, role: Role): number => found.sources.filter(s => s.role === role).length;

/** Puts the text from standard input in the place of its file, which need not exist. */
function withStdin(found: Discovery, io: Io): Discovery {
  const { stdin } = io;
  if (!stdin) return found;
  const path = projectPath(found.root, stdin.path);
  const known = found.sources.find(s => s.path === path);
  const packages = new Set(found.sources.filter(s => s.isPackage).map(s => s.path.replace(/\/?[^/]*$/, '')));
  const source: Source = known
    ? { ...known, role: 'target', text: stdin.text }
    : {
        path,
        file: stdin.path,
        role: 'target',
        module: moduleNames(path, folder => packages.has(folder))[0],
        isPackage: isPackageFile(path),
        isStub: false,
        text: stdin.text,
        coding: { name: 'utf-8', bom: false },
      };
  const others = found.sources.filter(s => s !== known);
  return {
    ...found,
    sources: [...others, source].sort((a, b) => (a.path < b.path ? -1 : 1)),
    unreadable: found.unreadable.filter(u => u.path !== path),
  };
}
