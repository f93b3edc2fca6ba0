// One case from decisions to proofs: what slotify says and writes, and what CPython thinks of it.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Engine } from '../../src/2-parse/engine.js';
import { resolveConfig } from '../../src/config.js';
import type { Config } from '../../src/model/config.js';
import { chosenFor, type Interpreter } from '../../src/prove/interpreters.js';
import { RULES } from '../../src/rules/index.js';
import { slotify } from '../../src/slotify.js';
import {
  type Case,
  expectationsOf,
  type FileTree,
  type Mark,
  needsOf,
  readTree,
  unprovenOf,
  writeTree,
} from './cases.js';
import { changed, compareDecisions, compareTrees } from './compare.js';
import { canImport, type Outcome, runPython } from './python.js';

export interface Bench {
  readonly engines: readonly Engine[];
  readonly interpreters: readonly Interpreter[];
  /** Every Python in range for every case. */
  readonly allPythons: boolean;
  /** Writes `out/` of every case whose decisions are as expected, instead of comparing with it. */
  readonly update: boolean;
}

export interface Verdict {
  /** One line each; empty when the case holds. */
  readonly failures: readonly string[];
  /** Rules whose refusal was shown to be needed. */
  readonly proven: readonly string[];
  /** Rules whose proof needs a Python that is not here. */
  readonly untold: readonly string[];
  /** Why the program was not run, or null. */
  readonly skipped: string | null;
}

function configFor(folder: string): Config {
  const resolved = resolveConfig({ cwd: folder, paths: ['.'] });
  if ('problem' in resolved) throw new Error(resolved.problem);
  return resolved.config;
}

/** Judges a case in all respects. Throws only when the case itself is malformed. */
export async function judge(each: Case, bench: Bench): Promise<Verdict> {
  const folder = path.join(each.folder, 'in');
  const tree = readTree(folder);
  const config = configFor(folder);
  const expected = expectationsOf(tree);
  const failures: string[] = [];

  const [report, other] = await both(config, bench.engines);
  failures.push(...compareDecisions(expected, report));
  const isRule = (name: string) => RULES.some(r => r.name === name);
  for (const { rule, at } of expected)
    if (!isRule(rule)) failures.push(`unknown: there is no rule ${rule} (${at})`);
  const broken = new Set(
    expected.filter(e => /broken-file$/.test(e.rule)).map(e => e.at.replace(/:\d+$/, '')),
  );
  for (const p of report.problems) if (!broken.has(p.path)) failures.push(`problem: ${p.path}: ${p.message}`);
  if (other && JSON.stringify(other) !== JSON.stringify(report))
    failures.push('engines: native and wasm differ');

  const result = changed(tree, report);
  const out = path.join(each.folder, 'out');
  if (bench.update && !failures.length) writeTree(out, result);
  if (!existsSync(out))
    return { failures: [...failures, 'there is no out/'], proven: [], untold: [], skipped: null };
  failures.push(...compareTrees(readTree(out), result));
  const again = await slotify(configFor(out), { engine: bench.engines[0]! });
  for (const change of again.changes) failures.push(`unstable: a second run changes ${change.path}`);

  const needs = needsOf(each);
  // a literal `__slots__` means the same everywhere; what decorators make of a class differs by version
  const everyPython = bench.allPythons || !each.title.startsWith('plain-slots/');
  const pythons = chosenFor(config.python, bench.interpreters, everyPython).filter(python =>
    needs.every(module => canImport(python, module)),
  );
  if (needs.length && !pythons.length)
    return { failures, proven: [], untold: [], skipped: `no Python in range can import ${needs.join(', ')}` };

  const program = path.join(each.folder, 'run.py');
  const run = (python: Interpreter, at: string) => runPython(python, program, at, needs.length > 0);
  const before = new Map<Interpreter, Outcome>();
  for (const python of pythons) {
    const name = `Python ${python.version.join('.')}`;
    const [was, is] = await Promise.all([run(python, folder), run(python, out)]);
    before.set(python, was);
    if (was.code !== 0) failures.push(`program: fails on in/ under ${name}: ${lastLine(was)}`);
    else if (!was.stdout) failures.push('program: prints nothing');
    else if (differ(was, is)) failures.push(`program: breaks on out/ under ${name}: ${lastLine(is)}`);
  }

  const proven: string[] = [];
  const untold: string[] = [];
  // what an older Python would show cannot be seen here
  const hasOldest = pythons.some(({ version }) => version.join() === config.python.oldest.join());
  const excused = unprovenOf(each);
  const rulesOf = (...marks: Mark[]) =>
    new Set(expected.filter(e => marks.includes(e.mark) && isRule(e.rule)).map(e => e.rule));
  const refused = rulesOf('refuse', 'unsafe');
  for (const rule of new Set([...refused, ...rulesOf('leave')])) {
    const without = await treeWithout(rule, tree, config, bench.engines[0]!);
    const why = compareTrees(result, without).length
      ? await inTemporary(without, at => isHarmless(before, python => run(python, at)))
      : 'without it the same is written';
    if (why === null) proven.push(rule);
    if (!refused.has(rule) || !pythons.length) continue;
    if (why !== null && !excused.has(rule)) {
      if (hasOldest) failures.push(`unproven: ${rule}: ${why}`);
      else untold.push(rule);
    }
    if (why === null && excused.has(rule)) failures.push(`proven: ${rule} needs no line in unproven.txt`);
  }
  return { failures, proven, untold, skipped: null };
}

async function both(config: Config, engines: readonly Engine[]) {
  const reports = [];
  for (const engine of engines) reports.push(await slotify(config, { engine }));
  return [reports[0]!, reports[1] ?? null] as const;
}

async function treeWithout(rule: string, tree: FileTree, config: Config, engine: Engine): Promise<FileTree> {
  const code = RULES.find(r => r.name === rule)?.code;
  if (code === undefined) throw new Error(`there is no rule ${rule}`);
  return changed(tree, await slotify(config, { engine, without: [code] }));
}

async function inTemporary<T>(tree: FileTree, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'slotify-proof-'));
  try {
    writeTree(folder, tree);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Null when the program comes out otherwise under at least one interpreter, else a sentence. */
async function isHarmless(
  before: ReadonlyMap<Interpreter, Outcome>,
  run: (python: Interpreter) => Promise<Outcome>,
): Promise<string | null> {
  for (const [python, was] of before) if (differ(was, await run(python))) return null;
  return 'without it the program does the same';
}

const differ = (a: Outcome, b: Outcome): boolean => a.code !== b.code || a.stdout !== b.stdout;

const lastLine = (o: Outcome): string => o.stderr.trim().split('\n').at(-1) || 'it prints something else';
