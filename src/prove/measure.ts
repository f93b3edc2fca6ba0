// What instances of rewritten classes cost before and after, measured in pairs of interpreter processes.
import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Estimate, estimateSaving } from '../5-decide/estimate.js';
import type { Report, Rewrite } from '../model/decision.js';
import { type Failure, failed, type Helper, startHelper } from './conversation.js';
import { type Scratch, withScratch } from './scratch.js';
import { copyTree, ENVIRONMENTS, importRoot, writeInto } from './trees.js';

export interface MeasureOptions {
  /** Commands or paths of interpreters, or folders of virtual environments. */
  readonly pythons: readonly string[];
  readonly classes: readonly Rewrite[];
  readonly instances: number;
  /** Python expression for one instance, in the namespace of the class's module; null to fill the attributes. */
  readonly factory: string | null;
  readonly cwd: string;
  /** Rounds of the timing; in each, every operation is timed before and after. The best of each side counts. */
  readonly rounds?: number;
  /** Called before each class. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** One interpreter with what was measured on it. */
export interface Measured {
  /** `CPython 3.12.1, Linux x86_64` */
  readonly platform: string;
  /** `3.12` */
  readonly version: string;
  readonly classes: readonly ClassMeasured[];
}

export type ClassMeasured =
  | {
      readonly kind: 'measured';
      readonly cls: Rewrite['cls'];
      /** Attributes that each instance had. */
      readonly attributes: number;
      /** Bytes for each of the instances, values left out. */
      readonly before: number;
      readonly after: number;
      /** Most bytes taken while all instances were made. */
      readonly peakBefore: number;
      readonly peakAfter: number;
      /** Time with slots over time without; below 1, slots are faster. Null where it cannot be measured. */
      readonly create: number | null;
      readonly read: number | null;
      readonly write: number | null;
    }
  | {
      readonly kind: 'unmeasured';
      readonly cls: Rewrite['cls'];
      readonly problem: string;
      readonly estimate: Estimate;
    };

const run = promisify(execFile);

const ROUNDS = 25;

/** Measures classes of a report on each interpreter. Runs code of the project, on copies of it.
 *  @throws Error when an interpreter cannot be run. */
export async function measure(report: Report, options: MeasureOptions): Promise<readonly Measured[]> {
  const interpreters: Interpreter[] = [];
  for (const python of options.pythons) interpreters.push(await describe(python, options.cwd));
  return withScratch(async scratch => {
    const trees = { before: join(scratch.folder, 'before'), after: join(scratch.folder, 'after') };
    for (const tree of Object.values(trees)) await copyTree(report.root, tree, ENVIRONMENTS);
    await writeInto(trees.after, report.changes);
    const total = interpreters.length * options.classes.length;
    let done = 0;
    const measured: Measured[] = [];
    for (const each of interpreters) {
      const classes: ClassMeasured[] = [];
      for (const decision of options.classes) {
        options.onProgress?.(done++, total);
        classes.push(await measureClass(decision, each, trees, options, scratch));
      }
      measured.push({ platform: each.platform, version: each.version.join('.'), classes });
    }
    return measured;
  });
}

interface Interpreter {
  readonly executable: string;
  readonly platform: string;
  readonly version: readonly [number, number];
}

/** Asks an interpreter what it is. A folder is a virtual environment. */
async function describe(python: string, cwd: string): Promise<Interpreter> {
  const path = resolve(cwd, python);
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const command = isFolder ? join(path, 'bin', 'python') : existsSync(path) ? path : python;
  const code =
    'import json, platform as p, sys; print(json.dumps([sys.executable, "%s %s, %s %s" % (p.python_implementation(), ' +
    'p.python_version(), p.system(), p.machine()), sys.version_info[:2]]))';
  try {
    const { stdout } = await run(command, ['-c', code]);
    const [executable, platform, version] = JSON.parse(stdout);
    return { executable, platform, version };
  } catch {
    throw new Error(`${python} is no Python interpreter that can be run`);
  }
}

interface Trees {
  readonly before: string;
  readonly after: string;
}

interface Loaded {
  readonly attributes: readonly string[];
  readonly dict: boolean;
  readonly times: readonly ('create' | 'read' | 'write')[];
}

async function measureClass(
  decision: Rewrite,
  { executable, version }: Interpreter,
  trees: Trees,
  { instances, factory, rounds = ROUNDS }: MeasureOptions,
  scratch: Scratch,
): Promise<ClassMeasured> {
  const { cls } = decision;
  const start = (tree: string): Helper => startHelper(executable, 'measure.py', tree, scratch);
  const [old, now] = [start(trees.before), start(trees.after)];
  const unmeasured = ({ error }: Failure): ClassMeasured => {
    const estimate = estimateSaving(decision, version)!;
    return { kind: 'unmeasured', cls, problem: error, estimate };
  };
  try {
    const job = {
      do: 'load',
      module: cls.dotted.slice(0, cls.dotted.indexOf(':')),
      qualname: cls.qualname,
      factory,
    };
    const paths = (tree: string): string[] => [tree, join(tree, importRoot(cls))];
    const after = await now.ask<Loaded>({ ...job, paths: paths(trees.after), attributes: null });
    if (failed(after)) return unmeasured(after);
    if (after.dict) return unmeasured({ error: 'its instances still have a __dict__' });
    const { attributes } = after;
    const before = await old.ask<Loaded>({ ...job, paths: paths(trees.before), attributes });
    if (failed(before)) return unmeasured(before);

    const sizes = [];
    for (const side of [old, now]) {
      const size = await side.ask<{ bytes: number; peak: number }>({ do: 'size', instances });
      if (failed(size)) return unmeasured(size);
      sizes.push(size);
    }
    const ratios = await timeBoth(
      old,
      now,
      after.times.filter(what => before.times.includes(what)),
      rounds,
    );
    return {
      kind: 'measured',
      cls,
      attributes: attributes.length,
      before: sizes[0]!.bytes,
      after: sizes[1]!.bytes,
      peakBefore: sizes[0]!.peak,
      peakAfter: sizes[1]!.peak,
      create: ratios.get('create') ?? null,
      read: ratios.get('read') ?? null,
      write: ratios.get('write') ?? null,
    };
  } finally {
    old.close();
    now.close();
  }
}

/** Ratios of the best times, by what was timed. The two processes take turns, so that both meet the same load. */
async function timeBoth(
  old: Helper,
  now: Helper,
  what: readonly string[],
  rounds: number,
): Promise<ReadonlyMap<string, number>> {
  const best = new Map(what.map(each => [each, [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]]));
  for (let round = 0; round < rounds; round++)
    for (const [each, sides] of best)
      for (const [i, side] of [old, now].entries()) {
        const took = await side.ask<{ nanoseconds: number }>({ do: 'time', what: each });
        if (failed(took)) best.delete(each);
        else sides[i] = Math.min(sides[i]!, took.nanoseconds);
      }
  return new Map([...best].map(([each, [before, after]]) => [each, after! / before!]));
}
