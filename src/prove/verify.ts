// Runs the project's own tests before and after, in a copy, and finds the largest plan under which they pass.
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Withheld } from '../5-decide/policy.js';
import type { ClassRef, Evidence, Report } from '../model/decision.js';
import type { World } from '../model/world.js';
import { combinedAtRunTime, layoutConflict, nothingToGain, refusedBase } from '../rules/bases.js';
import { RULES } from '../rules/index.js';
import { failedVerification } from '../rules/sight.js';
import { belowSaving } from '../rules/wishes.js';
import type { Prepared } from '../slotify.js';
import { type Failed, failuresIn, namedIn, placesIn } from './blame.js';
import { inFamilies } from './families.js';
import { isolate, type Verdict } from './isolate.js';
import { type CommandPlace, copyEnvironment, type Ran, runCommand } from './run-command.js';
import { type Scratch, withScratch } from './scratch.js';
import { copyProject, importRoot, restoreIn, writeInto } from './trees.js';

export interface VerifyOptions {
  readonly command: readonly string[];
  /** Where the user stands. */
  readonly cwd: string;
  /** Longest time of one run in seconds; null for ten times that of the first one, and a minute. */
  readonly timeout: number | null;
  readonly onRun?: (progress: Progress) => void;
}

/** Told before each run. */
export interface Progress {
  /** Runs finished. */
  readonly done: number;
  /** Runs still to come by estimate, this one included. */
  readonly expected: number;
  /** Seconds since the beginning. */
  readonly elapsed: number;
  /** What this run is for. */
  readonly what: string;
}

/** A class that was proven harmful. */
export interface Blame {
  readonly cls: ClassRef;
  /** The first test that fails with slots on the class, or what stands for it. */
  readonly test: string;
  readonly error: string;
}

export type Verification =
  | {
      readonly kind: 'verified';
      /** The largest plan that passes. Classes left out are refused for `failed-verification`. */
      readonly report: Report;
      readonly blamed: readonly Blame[];
      /** Tests that failed in only one of the two runs without changes; their failures count for nothing. */
      readonly flaky: readonly string[];
      /** Tests that fail without any change. */
      readonly failing: readonly string[];
      readonly runs: number;
      readonly seconds: number;
      /** Changed files that the command was seen to import, of all changed files. */
      readonly imported: { readonly seen: number; readonly all: number };
    }
  | { readonly kind: 'nothing'; readonly report: Report }
  /** The command cannot judge anything; one sentence, and the end of its output. */
  | { readonly kind: 'unusable'; readonly problem: string; readonly output: string };

/** Verifies what is proposed. Only a copy of the project is written to and run. */
export async function verify(prepared: Prepared, options: VerifyOptions): Promise<Verification> {
  const full = await prepared.report(new Map());
  if (full.changes.length === 0) return { kind: 'nothing', report: full };
  return withScratch(scratch => verifyIn(scratch, prepared, full, options));
}

interface Proof {
  readonly failed: Failed;
  readonly output: string;
}

async function verifyIn(
  scratch: Scratch,
  { world, report: reportOf }: Prepared,
  full: Report,
  { command, cwd, timeout, onRun }: VerifyOptions,
): Promise<Verification> {
  const place: CommandPlace = {
    root: full.root,
    tree: join(scratch.folder, basename(full.root) || 'project'),
    cwd,
    compiled: join(scratch.folder, 'compiled'),
  };
  await copyProject(place.root, place.tree, scratch);
  const classes = new Map(full.decisions.map(d => [d.cls.id, d.cls]));
  const ids = inFamilies(new Set(full.changes.flatMap(change => change.classes)), world);
  const folders = new Set(ids.map(id => join(place.tree, importRoot(classes.get(id)!))));
  const env = copyEnvironment([...folders], place);

  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1000;
  let runs = 0;
  const runOnce = async (what: string, expected: number, limit: number | null): Promise<Ran> => {
    onRun?.({ done: runs, expected: expected + 1, elapsed: elapsed(), what });
    const ran = await runCommand(command, place, env, limit && limit * 1000, scratch);
    runs++;
    return ran;
  };

  const first = await runOnce('without changes', 2, timeout);
  const limit = timeout ?? first.seconds * 10 + 60;
  const second = await runOnce('without changes, again', 1, limit);
  const baseline = baselineOf(first, second);
  if ('problem' in baseline)
    return { kind: 'unusable', problem: baseline.problem, output: tail(second.output) };

  const held = standing(full);
  // one run for each plan, whichever classes were asked for
  const known = new Map<string, Verdict<Proof>>();
  let seen: { seen: number; all: number } | null = null;
  const kept = (group: readonly string[]): Promise<Report> => {
    const inside = new Set(group);
    const outside = ids.filter(id => !inside.has(id));
    const left = outside.map(id => [id, { rule: failedVerification, evidence: [] }] as const);
    return reportOf(new Map([...held, ...left]));
  };
  const trial = async (group: readonly string[], expected: number): Promise<Verdict<Proof>> => {
    const { changes } = await kept(group);
    const written = changes.flatMap(change => change.classes);
    const key = written.toSorted().join('\n');
    const before = written.length === 0 ? { kind: 'passes' as const } : known.get(key);
    if (before) return before;
    await restoreIn(place.tree, full.changes);
    await writeInto(place.tree, changes);
    await dropCompiled(
      place,
      full.changes.map(c => c.path),
    );
    const ran = await runOnce(`with slots on ${written.length} of ${ids.length} classes`, expected, limit);
    seen ??= await importedOf(
      place,
      changes.map(c => c.path),
    );
    const verdict = verdictOn(ran, baseline, written, classes);
    known.set(key, verdict);
    return verdict;
  };
  const { kept: staying, blamed } = await isolate(ids, trial);

  const proofs = [...blamed].map(([id, proof]) => blameOn(classes.get(id)!, proof, place, world));
  const withheld = new Map(proofs.map(({ blame, evidence }) => [blame.cls.id, withholding(evidence)]));
  const report = await reportOf(new Map([...held, ...withheld]));
  const stayed = new Set(staying);
  const extra = report.changes.flatMap(c => c.classes).filter(id => !stayed.has(id));
  if (extra.length > 0) throw new Error(`the plan has classes that were not run: ${extra.join(', ')}`);
  return {
    kind: 'verified',
    report,
    blamed: proofs.map(p => p.blame),
    flaky: [...baseline.flaky],
    failing: [...baseline.failing].filter(test => !baseline.flaky.has(test)),
    runs,
    seconds: elapsed(),
    imported: seen ?? { seen: 0, all: full.changes.length },
  };
}

/** Reasons that hold only as long as other classes have slots, or while others save more. */
const RELATIVE: ReadonlySet<string> = new Set(
  [belowSaving, refusedBase, layoutConflict, combinedAtRunTime, nothingToGain].map(rule => rule.code),
);

/** Classes that are left alone because of others, for the same reason whatever becomes of those: what was not proposed
 *  does not come in by the back door. */
function standing(full: Report): ReadonlyMap<string, Withheld> {
  const found = new Map<string, Withheld>();
  for (const decision of full.decisions) {
    if (decision.kind === 'rewrite') continue;
    const [reason, ...others] = decision.reasons;
    const rule = RULES.find(each => each.code === reason.code);
    if (others.length === 0 && rule && RELATIVE.has(rule.code))
      found.set(decision.cls.id, { rule, evidence: reason.evidence });
  }
  return found;
}

const withholding = (evidence: Evidence): Withheld => ({ rule: failedVerification, evidence: [evidence] });

interface Baseline {
  readonly exits: ReadonlySet<number>;
  /** Tests that fail without changes, at least once. */
  readonly failing: ReadonlySet<string>;
  /** Those of them that passed in the other run. */
  readonly flaky: ReadonlySet<string>;
  /** Errors that occur without changes. */
  readonly errors: ReadonlySet<string>;
  readonly named: ReadonlySet<string>;
}

/** What two runs without changes say, or why nothing can be said. */
function baselineOf(first: Ran, second: Ran): Baseline | { readonly problem: string } {
  const [a, b] = [failuresIn(first.output), failuresIn(second.output)];
  const failing = new Set([...a.tests, ...b.tests]);
  const flaky = new Set([...failing].filter(test => a.tests.includes(test) !== b.tests.includes(test)));
  const exits = new Set<number>();
  for (const { exit } of [first, second]) {
    if (exit === null) return { problem: 'the command does not end in time without any change' };
    exits.add(exit);
  }
  if (failing.size === 0 && exits.size > 1)
    return { problem: 'the command is flaky: without any change it passed once and failed once' };
  if (failing.size === 0 && !exits.has(0))
    return { problem: `the command fails without any change (exit code ${first.exit})` };
  const errors = new Set([...a.errors, ...b.errors]);
  return { exits, failing, flaky, errors, named: namedIn([...errors].join('\n')) };
}

/** A run passes when no test fails that did not fail before, and it ends as it did before. */
function verdictOn(
  ran: Ran,
  baseline: Baseline,
  written: readonly string[],
  classes: ReadonlyMap<string, ClassRef>,
): Verdict<Proof> {
  const failed = failuresIn(ran.output);
  const fresh = failed.tests.filter(test => !baseline.failing.has(test));
  if (fresh.length === 0 && ran.exit !== null && baseline.exits.has(ran.exit)) return { kind: 'passes' };
  const errors = failed.errors.filter(error => !baseline.errors.has(error));
  const named = [...namedIn(errors.join('\n'))].filter(name => !baseline.named.has(name));
  const suspects = written.filter(id => named.includes(classes.get(id)!.name));
  const tests =
    fresh.length > 0 ? fresh : [ran.exit === null ? 'the command (took too long)' : 'the command'];
  return { kind: 'fails', suspects, proof: { failed: { tests, errors }, output: ran.output } };
}

/** A class with the test and the error that prove it, and the place in the code where it happened. */
function blameOn(
  cls: ClassRef,
  { failed, output }: Proof,
  place: CommandPlace,
  world: World,
): { readonly blame: Blame; readonly evidence: Evidence } {
  const error =
    failed.errors.find(each => namedIn(each).has(cls.name)) ??
    failed.errors[0] ??
    'fails without naming an error';
  const test = failed.tests[0]!;
  // a rewritten file has other lines than the one the user sees
  const frame = placesIn(output)
    .map(({ path, line }) => ({ path: relative(place.tree, resolve(place.tree, path)), line }))
    .findLast(({ path }) => !path.startsWith('..'));
  const file = frame && world.files.find(f => f.source.path === frame.path && f.source.role === 'evidence');
  const offset = frame && file?.facts.lineStarts[frame.line - 1];
  const at =
    frame && offset !== undefined ? { path: frame.path, offset, line: frame.line, column: 1 } : cls.at;
  return { blame: { cls, test, error }, evidence: { at, says: `${test}: ${error}` } };
}

/** Drops the compiled forms of changed files: a text of the same length written within a second would pass for the
 *  old one. */
async function dropCompiled(place: CommandPlace, paths: readonly string[]): Promise<void> {
  for (const path of paths) for (const file of await compiledOf(place, path)) await rm(file, { force: true });
}

/** How many files have a compiled form: they were imported. */
async function importedOf(
  place: CommandPlace,
  paths: readonly string[],
): Promise<{ readonly seen: number; readonly all: number }> {
  let seen = 0;
  for (const path of paths) if ((await compiledOf(place, path)).length > 0) seen++;
  return { seen, all: paths.length };
}

/** Compiled forms of a file of the copy: with PYTHONPYCACHEPREFIX, they lie under its absolute path there. */
async function compiledOf({ tree, compiled }: CommandPlace, path: string): Promise<string[]> {
  const folder = join(compiled, tree, dirname(path));
  if (!existsSync(folder)) return [];
  const stem = `${basename(path).replace(/\.pyw?$/, '')}.`;
  return (await readdir(folder)).filter(name => name.startsWith(stem)).map(name => join(folder, name));
}

/** Lines of output that are shown when the command is of no use. */
const SHOWN = 25;

const tail = (output: string): string => output.trimEnd().split('\n').slice(-SHOWN).join('\n');
