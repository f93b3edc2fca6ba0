// Proves a source tree batch by batch, or a sample of it, and prints what was found: `npm run prove`.
//
//   npm run prove -- DIR... [--sample FILES [--seed TEXT]] [--import [--module NAME]...]
//                           [--python PATH]... [--exclude GLOB]... [--target-version X.Y]
//
// Nothing of the tree is run unless --import asks for it. Without --python it takes one interpreter of each installed
// version from 3.8 on; imports run under the first. Exit code 1 when a check fails, 2 when the question is wrong.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { NEWEST, OLDEST } from '../1-discover/python-range.js';
import { chosenFor, findInterpreters, type Interpreter, probe } from './interpreters.js';
import { type Proof, prove } from './prove.js';
import { grouped } from './python.js';
import { batchesOf, sampled, unitsOf } from './sample.js';

/** Faults of one kind that are shown. */
const MOST_SHOWN = 20;

interface Question {
  readonly interpreters: readonly Interpreter[];
  readonly imports: 'none' | 'all' | readonly string[];
  readonly exclude: readonly string[];
  readonly targetVersion: string | undefined;
  /** Files to prove at least, and what picks them; null for all. */
  readonly sample: { readonly files: number; readonly seed: string } | null;
}

/** Proves one tree and prints the outcome; progress goes to stderr. Whether there is no fault. */
async function proveAll(tree: string, question: Question): Promise<boolean> {
  const { interpreters, sample, ...options } = question;
  const all = await unitsOf(tree, options.exclude);
  const units = sample ? sampled(all, sample.files, sample.seed) : all;
  if (sample)
    print(
      `${tree}: sample of ${units.length} of ${all.length} (seed ${sample.seed}): ${units.map(u => u.name).join(' ')}`,
    );
  const batches = batchesOf(units);
  const proofs: Proof[] = [];
  const began = Date.now();
  for (const [i, batch] of batches.entries()) {
    const onStep = (says: string): void => {
      const seconds = Math.round((Date.now() - began) / 1000);
      process.stderr.write(`prove: batch ${i + 1} of ${batches.length}, ${seconds} s: ${says}\n`);
    };
    const pythons = interpreters.map(each => each.executable);
    proofs.push(await prove(tree, { ...options, pythons, parts: batch.map(u => u.name), onStep }));
  }
  print(`${tree}: ${summary(proofs, interpreters)}`);
  const faults = proofs.flatMap(p => p.faults);
  for (const [kind, group] of grouped(faults, f => f.kind)) {
    print(`  ${group.length} x ${kind}`);
    for (const f of group.slice(0, MOST_SHOWN)) print(`    ${f.where}: ${f.detail}`);
  }
  return faults.length === 0;
}

function summary(proofs: readonly Proof[], interpreters: readonly Interpreter[]): string {
  const sum = (count: (proof: Proof) => number): number => proofs.reduce((all, p) => all + count(p), 0);
  const compiled = interpreters.map((each, i) => `${each.version.join('.')}: ${sum(p => p.compiled[i]!)}`);
  return (
    `${sum(p => p.files)} files, ${sum(p => p.classes)} classes, ${sum(p => p.rewritten)} slotted in ` +
    `${sum(p => p.changed)} files (compiled by ${compiled.join(', ')}), ${sum(p => p.imported)} modules imported, ` +
    `${sum(p => p.compared)} layouts compared, ${sum(p => p.faults.length)} faults, ` +
    `${Math.round(sum(p => p.seconds))} s`
  );
}

function questionOf(values: Values): Question | string {
  const named = values.python?.map(path => probe(path));
  if (named?.includes(null)) return `--python: ${values.python!.join(', ')}: not all of them start`;
  const range = { oldest: OLDEST, newest: NEWEST };
  const interpreters = (named as Interpreter[] | undefined) ?? chosenFor(range, findInterpreters(), true);
  if (!interpreters.length) return 'no Python was found: name one with --python';
  const files = values.sample === undefined ? null : Number(values.sample);
  if (files !== null && !(files > 0)) return `--sample ${values.sample}: not a number of files`;
  return {
    interpreters,
    imports: values.import ? (values.module ?? 'all') : 'none',
    exclude: values.exclude ?? [],
    targetVersion: values['target-version'],
    sample: files === null ? null : { files, seed: values.seed ?? String(Date.now()) },
  };
}

const many = { type: 'string', multiple: true } as const;
const one = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: many,
    module: many,
    exclude: many,
    import: { type: 'boolean' },
    'target-version': one,
    sample: one,
    seed: one,
  },
});
type Values = typeof values;

const print = (line: string): unknown => process.stdout.write(`${line}\n`);

const question = questionOf(values);
if (typeof question === 'string' || !positionals.length) {
  process.stderr.write(`prove: ${typeof question === 'string' ? question : 'name a folder'}\n`);
  process.exitCode = 2;
} else for (const tree of positionals) if (!(await proveAll(resolve(tree), question))) process.exitCode = 1;
