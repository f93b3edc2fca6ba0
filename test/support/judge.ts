// One case from decisions to proofs: what slotify says and writes, and what CPython thinks of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Engine } from '../../src/2-parse/engine.js';
import { resolveConfig } from '../../src/config.js';
import type { Config } from '../../src/model/config.js';
import { RULES } from '../../src/rules/index.js';
import { slotify } from '../../src/slotify.js';
import { type Case, expectationsOf, type FileTree, readTree, unprovenOf, writeTree } from './cases.js';
import { changed, compareDecisions, compareTrees } from './compare.js';
import { chosenFor, type Interpreter, type Outcome, runPython } from './python.js';

export interface Bench {
  readonly engines: readonly Engine[];
  readonly interpreters: readonly Interpreter[];
  /** Oldest and newest Python in range instead of one. */
  readonly allPythons: boolean;
  /** Writes `out/` of every case whose decisions are as expected, instead of comparing with it. */
  readonly update: boolean;
}

export interface Verdict {
  /** One line each; empty when the case holds. */
  readonly failures: readonly string[];
  /** Rules whose refusal was shown to be needed. */
  readonly proven: readonly string[];
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
  failures.push(...compareTrees(readTree(out), result));
  const again = await slotify(configFor(out), { engine: bench.engines[0]! });
  for (const change of again.changes) failures.push(`unstable: a second run changes ${change.path}`);

  const proven: string[] = [];
  for (const python of chosenFor(config.python, bench.interpreters, bench.allPythons)) {
    const name = `Python ${python.version.join('.')}`;
    const program = path.join(each.folder, 'run.py');
    const [before, after] = await Promise.all([
      runPython(python, program, folder),
      runPython(python, program, out),
    ]);
    if (before.code !== 0) failures.push(`program: fails on in/ under ${name}: ${lastLine(before)}`);
    else if (!before.stdout) failures.push('program: prints nothing');
    else if (differ(before, after))
      failures.push(`program: breaks on out/ under ${name}: ${lastLine(after)}`);
    const refused = new Set(
      expected.filter(e => e.mark === 'refuse' || e.mark === 'unsafe').map(e => e.rule),
    );
    const without = (rule: string) => treeWithout(rule, tree, config, bench.engines[0]!);
    const left = new Set(expected.filter(e => e.mark === 'leave').map(e => e.rule));
    const proofs = await prove(
      [...refused, ...left].filter(isRule),
      without,
      runIn(python, program),
      before,
      result,
    );
    const excused = unprovenOf(each);
    for (const { rule, why } of proofs) {
      if (why === null) proven.push(rule);
      if (!refused.has(rule)) continue;
      if (why !== null && !excused.has(rule)) failures.push(`unproven: ${rule}: ${why} under ${name}`);
      if (why === null && excused.has(rule)) failures.push(`proven: ${rule} needs no line in unproven.txt`);
    }
  }
  return { failures, proven };
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

type Run = (tree: FileTree) => Promise<Outcome>;

const runIn =
  (python: Interpreter, program: string): Run =>
  async tree => {
    const folder = mkdtempSync(path.join(tmpdir(), 'slotify-proof-'));
    try {
      writeTree(folder, tree);
      return await runPython(python, program, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

/** For each rule: null when the program breaks once that one rule is switched off, else why it proves nothing. */
async function prove(
  rules: readonly string[],
  without: (rule: string) => Promise<FileTree>,
  run: Run,
  before: Outcome,
  result: FileTree,
): Promise<readonly { readonly rule: string; readonly why: string | null }[]> {
  const proofs = [];
  for (const rule of rules) {
    const tree = await without(rule);
    if (!compareTrees(result, tree).length) proofs.push({ rule, why: 'without it the same is written' });
    else
      proofs.push({
        rule,
        why: differ(before, await run(tree)) ? null : 'without it the program does the same',
      });
  }
  return proofs;
}

const differ = (a: Outcome, b: Outcome): boolean => a.code !== b.code || a.stdout !== b.stdout;

const lastLine = (o: Outcome): string => o.stderr.trim().split('\n').at(-1) || 'it prints something else';
