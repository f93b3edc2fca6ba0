// Rewrites a copy of a source tree and checks with real Python that nothing but slots was added.
//
//   npm run prove -- DIR [--python PATH]... [--import [--module NAME]...] [--exclude GLOB]... [--target-version X.Y]
//
// Nothing of the tree is run unless --import asks for it. Exit code 1 when a check fails.
import { execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { encode } from '../1-discover/decode.js';
import { resolveConfig } from '../config.js';
import type { Change, Report } from '../model/decision.js';
import { slotify } from '../slotify.js';
import { compareTrees, type Fault, grouped, home, importAll } from './python.js';
import { withScratch } from './scratch.js';
import { copyTree } from './trees.js';

export interface Proof {
  readonly files: number;
  readonly classes: number;
  readonly rewritten: number;
  readonly changed: number;
  /** How many changed files each interpreter can read at all, in the order of `pythons`. */
  readonly compiled: readonly number[];
  /** Modules that were imported before and after. */
  readonly imported: number;
  readonly faults: readonly Fault[];
  /** Wall time of the first run of slotify. */
  readonly seconds: number;
}

export interface ProofOptions {
  /** Interpreters; each compares all changed files in one process. */
  readonly pythons?: readonly string[];
  /** Import changed modules with the first interpreter: all of them, or those named. */
  readonly imports?: 'none' | 'all' | readonly string[];
  readonly exclude?: readonly string[];
  readonly targetVersion?: string | undefined;
}

const run = promisify(execFile);

/** Copies `tree`, rewrites the copy and checks it. The tree itself is only read. */
export async function prove(tree: string, options: ProofOptions = {}): Promise<Proof> {
  return withScratch(({ folder }) => proveIn(folder, resolve(tree), options));
}

async function proveIn(temp: string, tree: string, options: ProofOptions): Promise<Proof> {
  const before = join(temp, 'before', basename(tree));
  const after = join(temp, 'after', basename(tree));
  await copyTree(tree, before);
  await copyTree(before, after);

  const pythons = options.pythons?.length ? options.pythons : ['python3'];
  const began = Date.now();
  const report = await runOn(before, options);
  const seconds = (Date.now() - began) / 1000;
  const paths = report.changes.map(c => c.path);
  const rewritten = report.decisions.filter(d => d.kind === 'rewrite' && d.applicability === 'safe');
  const faults: Fault[] = report.problems
    .filter(p => p.message.includes('Please report'))
    .map(p => ({ kind: 'not proven', where: p.path, detail: p.message }));

  const diff = await writeByCommand(after, options);
  faults.push(...(await unlikeReport(after, report.changes)));
  faults.push(...(await diffFaults(diff, before, report.changes)));
  const compared = await Promise.all(pythons.map(python => compareTrees(python, before, after, paths)));
  faults.push(...compared.flatMap(c => c.faults));
  const again = await runOn(after, options);
  for (const c of again.changes)
    faults.push({
      kind: 'not stable',
      where: c.path,
      detail: `a second run rewrites ${c.classes.join(', ')}`,
    });
  const { imports = 'none' } = options;
  const wanted = imports === 'none' ? [] : imports;
  const refs = rewritten.map(d => d.cls);
  const imported = await importAll(pythons[0]!, before, after, refs, wanted);
  return {
    files: report.files.targets,
    classes: report.decisions.length,
    rewritten: rewritten.length,
    changed: paths.length,
    compiled: compared.map(c => c.compiled),
    imported: imported.modules,
    faults: [...faults, ...imported.faults],
    seconds,
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

/** A short table for people. */
export function proofText(tree: string, proof: Proof): string {
  const kinds = grouped(proof.faults, f => f.kind);
  const lines = [
    `${tree}: ${proof.files} files, ${proof.classes} classes, ${proof.rewritten} slotted in ${proof.changed} files ` +
      `(readable by the interpreters: ${proof.compiled.join(', ')}; imported: ${proof.imported}), ${proof.seconds} s`,
  ];
  for (const [kind, group] of kinds) {
    lines.push(`  ${group.length} x ${kind}`);
    for (const f of group.slice(0, 20)) lines.push(`    ${f.where}: ${f.detail}`);
  }
  return `${lines.join('\n')}\n`;
}

async function main(): Promise<void> {
  const many = { type: 'string', multiple: true } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      python: many,
      module: many,
      exclude: many,
      import: { type: 'boolean' },
      'target-version': { type: 'string' },
    },
  });
  for (const tree of positionals) {
    const proof = await prove(tree, {
      pythons: values.python ?? [],
      imports: values.import ? (values.module ?? 'all') : 'none',
      exclude: values.exclude ?? [],
      targetVersion: values['target-version'],
    });
    process.stdout.write(proofText(tree, proof));
    if (proof.faults.length) process.exitCode = 1;
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  await main();
