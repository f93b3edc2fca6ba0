// The questions to the Python helper: do trees agree, do modules import as before.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Decision } from '../model/decision.js';
import { addTo } from '../model/grouping.js';
import { isRewritten, type Layout, layoutFaults } from './layout-claims.js';

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
  const answer = await text(start(python, job).stdout);
  if (!answer) throw new Error(`${python} ${helper} gave no answer`);
  const { faults, compiled } = JSON.parse(answer) as { faults: [string, string, string][]; compiled: number };
  return { compiled, faults: faults.map(([where, kind, detail]) => ({ kind, where, detail })) };
}

interface Layouts {
  readonly error: string | null;
  readonly classes: Readonly<Record<string, Layout | null>>;
}

/** Imports modules with rewritten classes before and after, all of a side in one process, and compares the classes
 *  with what was planned, but for those that share their name. `wanted`: all such modules, or those named. */
export async function importAll(
  python: string,
  before: string,
  after: string,
  decisions: readonly Decision[],
  wanted: 'all' | readonly string[],
): Promise<{ readonly modules: number; readonly classes: number; readonly faults: Fault[] }> {
  const byName = grouped(decisions, d => d.cls.dotted);
  const byModule = [...grouped(decisions.filter(isRewritten), moduleOf)].filter(
    ([module]) => wanted === 'all' || wanted.includes(module),
  );
  const modules = byModule.map(([name, group]) => [name, group.map(d => d.cls.qualname)] as const);
  const [old, now] = await Promise.all(
    [before, after].map(root => layoutsIn(python, sourceRoot(root), modules)),
  );
  const faults: Fault[] = [];
  let classes = 0;
  for (const [i, [module, group]] of byModule.entries()) {
    const [was, is] = [old![i]!, now![i]!];
    // the folder's name is in many messages
    const error = was.error?.replaceAll(before, after) ?? null;
    if (error !== is.error)
      faults.push({ kind: 'import differs', where: module, detail: `${error} -> ${is.error}` });
    else if (error === null)
      for (const decision of group) {
        const { qualname, dotted } = decision.cls;
        if (byName.get(dotted)!.length > 1) continue;
        if (is.classes[qualname]?.slotted) classes++;
        faults.push(...layoutFaults(decision, was.classes[qualname]!, is.classes[qualname]!));
      }
  }
  return { modules: byModule.length, classes, faults };
}

const moduleOf = ({ cls }: Decision): string => cls.dotted.slice(0, cls.dotted.indexOf(':'));

/** What importing each module gives. One that ends the interpreter, or takes too long, gives an error, and the next
 *  interpreter goes on behind it. */
async function layoutsIn(
  python: string,
  root: string,
  modules: readonly (readonly [string, readonly string[]])[],
): Promise<readonly Layouts[]> {
  const found: Layouts[] = [];
  while (found.length < modules.length) {
    const child = start(python, { mode: 'import', root, modules: modules.slice(found.length) });
    const stop = (): unknown => child.kill('SIGKILL');
    let timer = setTimeout(stop, IMPORT_TIMEOUT);
    for await (const line of createInterface({ input: child.stdout })) {
      clearTimeout(timer);
      timer = setTimeout(stop, IMPORT_TIMEOUT);
      found.push(JSON.parse(line) as Layouts);
    }
    clearTimeout(timer);
    if (found.length < modules.length) found.push({ error: 'no answer', classes: {} });
  }
  return found;
}

/** Where imports start: a `src` folder where there is one. */
const sourceRoot = (root: string): string => (existsSync(join(root, 'src')) ? join(root, 'src') : root);

/** A Python helper at work on a job. */
function start(python: string, job: object) {
  // frozen modules would hide those of a copied standard library; interpreters before 3.11 do not know the option
  const child = spawn(python, ['-X', 'frozen_modules=off', helper], { stdio: ['pipe', 'pipe', 'ignore'] });
  // one that ends before it has read everything is noticed by its answers
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(job));
  return child;
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
  for (const item of items) addTo(groups, keyOf(item), item);
  return groups;
}
