// The questions to the Python helper: do trees agree, do modules import as before.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ClassRef } from '../model/decision.js';

export interface Fault {
  /** What kind of promise is broken, in two or three words. */
  readonly kind: string;
  /** Path in the tree, or the module's name. */
  readonly where: string;
  readonly detail: string;
}

/** How long one module may take to import, in milliseconds. */
const IMPORT_TIMEOUT = 30_000;

/** The folder of slotify's own package. */
export const home = packageHome(dirname(fileURLToPath(import.meta.url)));
const helper = join(home, 'src/prove/invariants.py');

/** Compares the files of two trees in one process of an interpreter. */
export async function compareTrees(
  python: string,
  before: string,
  after: string,
  files: readonly string[],
): Promise<{ readonly faults: Fault[]; readonly compiled: number }> {
  const job = { mode: 'compare', before, after, files };
  const { faults, compiled } = await ask<{ faults: [string, string, string][]; compiled: number }>(
    python,
    job,
  );
  return { compiled, faults: faults.map(([where, kind, detail]) => ({ kind, where, detail })) };
}

interface Layouts {
  readonly error: string | null;
  readonly classes: Readonly<Record<string, 'dict' | 'no dict' | 'missing'>>;
}

/** Imports modules before and after, each in a process of its own. `wanted`: all of them, or those named. */
export async function importAll(
  python: string,
  before: string,
  after: string,
  classes: readonly ClassRef[],
  wanted: 'all' | readonly string[],
): Promise<{ readonly modules: number; readonly faults: Fault[] }> {
  const byModule = grouped(classes, cls => cls.dotted.slice(0, cls.dotted.indexOf(':')));
  const faults: Fault[] = [];
  let modules = 0;
  for (const [module, group] of byModule) {
    if (wanted !== 'all' && !wanted.includes(module)) continue;
    modules++;
    const job = { mode: 'import', module, classes: group.map(c => c.qualname) };
    const [old, now] = await Promise.all(
      [before, after].map(root => ask<Layouts>(python, { ...job, root: sourceRoot(root) }, IMPORT_TIMEOUT)),
    );
    // the folder's name is in many messages
    const was = old!.error?.replaceAll(before, after) ?? null;
    if (was !== now!.error)
      faults.push({ kind: 'import differs', where: module, detail: `${was} -> ${now!.error}` });
    else
      for (const c of group)
        faults.push(...layoutFaults(c, old!.classes[c.qualname], now!.classes[c.qualname]));
  }
  return { modules, faults };
}

/** Where imports start: a `src` folder where there is one. */
const sourceRoot = (root: string): string => (existsSync(join(root, 'src')) ? join(root, 'src') : root);

function layoutFaults(cls: ClassRef, old: string | undefined, now: string | undefined): Fault[] {
  if (old === 'missing' || old === undefined || now === 'no dict') return [];
  return [{ kind: 'keeps its dict', where: cls.id, detail: `${old} before, ${now} after` }];
}

/** One question to the Python helper. */
async function ask<T>(python: string, job: object, timeout = 0): Promise<T> {
  // frozen modules would hide those of a copied standard library; interpreters before 3.11 do not know the option
  const child = spawn(python, ['-X', 'frozen_modules=off', helper], {
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout,
    killSignal: 'SIGKILL',
  });
  child.stdin.end(JSON.stringify(job));
  try {
    return (await json(child.stdout)) as T;
  } catch {
    if (timeout > 0) return { error: 'no answer', classes: {} } as T;
    throw new Error(`${python} ${helper} gave no answer`);
  }
}

/** The folder of slotify's package.json. */
function packageHome(from: string): string {
  const file = join(from, 'package.json');
  return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'slotify'
    ? from
    : packageHome(dirname(from));
}

/** Items by key, keys in order of appearance. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
