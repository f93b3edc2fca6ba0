// Rewrites a copy of a source tree and checks with real Python that nothing but slots was added.
import { execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { encode } from '../1-discover/decode.js';
import { resolveConfig } from '../config.js';
import type { Change, Report } from '../model/decision.js';
import { slotify } from '../slotify.js';
import { isRewritten } from './layout-claims.js';
import { compareTrees, type Fault, home, importAll } from './python.js';
import { withScratch } from './scratch.js';
import { copyParts, copyTree } from './trees.js';

export interface Proof {
  readonly files: number;
  readonly classes: number;
  readonly rewritten: number;
  readonly changed: number;
  /** How many changed files each interpreter can read at all, in the order of `pythons`. */
  readonly compiled: readonly number[];
  /** Modules that were imported before and after. */
  readonly imported: number;
  /** Rewritten classes whose layout was compared with the plan. */
  readonly compared: number;
  readonly faults: readonly Fault[];
  /** Wall time of everything. */
  readonly seconds: number;
}

export interface ProofOptions {
  /** Interpreters; each compares all changed files in one process. */
  readonly pythons?: readonly string[];
  /** Import changed modules with the first interpreter: all of them, or those named. */
  readonly imports?: 'none' | 'all' | readonly string[];
  readonly exclude?: readonly string[];
  readonly targetVersion?: string | undefined;
  /** Names of what to prove, directly in the tree; the rest is not looked at. Left out, everything. */
  readonly parts?: readonly string[];
  /** Called when a step begins. */
  readonly onStep?: (says: string) => void;
}

const run = promisify(execFile);

/** Copies `tree`, rewrites the copy and checks it. The tree itself is only read. */
export async function prove(tree: string, options: ProofOptions = {}): Promise<Proof> {
  return withScratch(({ folder }) => proveIn(folder, resolve(tree), options));
}

async function proveIn(temp: string, tree: string, options: ProofOptions): Promise<Proof> {
  const { pythons = [], imports = 'none', parts, onStep = () => {} } = options;
  const interpreters = pythons.length ? pythons : ['python3'];
  const before = join(temp, 'before', basename(tree));
  const after = join(temp, 'after', basename(tree));
  const began = Date.now();
  onStep('copying');
  await (parts ? copyParts(tree, before, parts) : copyTree(tree, before));
  await copyTree(before, after);

  onStep('rewriting');
  const [report, diff] = await Promise.all([runOn(before, options), writeByCommand(after, options)]);
  const paths = report.changes.map(c => c.path);
  const faults: Fault[] = report.problems
    .filter(p => p.message.includes('Please report'))
    .map(p => ({ kind: 'not proven', where: p.path, detail: p.message }));
  faults.push(...(await unlikeReport(after, report.changes)));
  faults.push(...(await diffFaults(diff, before, report.changes)));

  onStep(`comparing ${paths.length} changed files`);
  const [again, ...trees] = await Promise.all([
    runOn(after, options),
    ...interpreters.map(python => compareTrees(python, before, after, paths)),
  ]);
  faults.push(...trees.flatMap(c => c.faults));
  for (const c of again.changes)
    faults.push({
      kind: 'not stable',
      where: c.path,
      detail: `a second run rewrites ${c.classes.join(', ')}`,
    });

  const wanted = imports === 'none' ? [] : imports;
  if (imports !== 'none') onStep('importing');
  const imported = await importAll(interpreters[0]!, before, after, report.decisions, wanted);
  return {
    files: report.files.targets,
    classes: report.decisions.length,
    rewritten: report.decisions.filter(isRewritten).length,
    changed: paths.length,
    compiled: trees.map(c => c.compiled),
    imported: imported.modules,
    compared: imported.classes,
    faults: [...faults, ...imported.faults],
    seconds: (Date.now() - began) / 1000,
  };
}

async function runOn(tree: string, { exclude, targetVersion }: ProofOptions): Promise<Report> {
  const resolved = resolveConfig({ paths: [tree], cwd: tree, exclude, targetVersion });
  if ('problem' in resolved) throw new Error(resolved.problem);
  return slotify(resolved.config);
}

/** Rewrites a tree through the command line, and gives the diff that it prints. */
async function writeByCommand(tree: string, { exclude, targetVersion }: ProofOptions): Promise<Buffer> {
  const flags = ['--write', '--output-format', 'diff', '--quiet'];
  for (const glob of exclude ?? []) flags.push('--exclude', glob);
  if (targetVersion !== undefined) flags.push('--target-version', targetVersion);
  const child = spawn(process.execPath, [join(home, 'bin/slotify.js'), ...flags, tree], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What the command wrote must be what the pipeline proposes. */
async function unlikeReport(tree: string, changes: readonly Change[]): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const c of changes) {
    const written = await readFile(join(tree, c.path));
    if (!written.equals(encode(c.after, c.coding)))
      faults.push({
        kind: 'wrong bytes',
        where: c.path,
        detail: 'the command wrote something else than it reports',
      });
  }
  return faults;
}

/** `git apply` must accept the diff on the originals, give the new bytes, and take them back. */
async function diffFaults(diff: Buffer, tree: string, changes: readonly Change[]): Promise<Fault[]> {
  if (!diff.length) return [];
  const patch = join(dirname(tree), 'changes.diff');
  await writeFile(patch, diff);
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(tree), GIT_CONFIG_GLOBAL: '/dev/null' };
  const faults: Fault[] = [];
  for (const [flags, side] of [
    [[], 'after'],
    [['-R'], 'before'],
  ] as const) {
    try {
      await run('git', ['apply', '--whitespace=nowarn', ...flags, patch], { cwd: tree, env });
    } catch (error) {
      return [
        ...faults,
        { kind: 'bad diff', where: tree, detail: String((error as { stderr?: string }).stderr) },
      ];
    }
    for (const c of changes)
      if (!(await readFile(join(tree, c.path))).equals(encode(c[side], c.coding)))
        faults.push({
          kind: 'bad diff',
          where: c.path,
          detail: `git apply ${flags.join(' ')} gives other bytes`,
        });
  }
  return faults;
}
