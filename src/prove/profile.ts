// Runs a command of the user under a recorder and puts together what its processes saw.
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Report } from '../model/decision.js';
import { type Profile, profiledId, type Seen, type SeenAt } from '../model/profile.js';
import type { World } from '../model/world.js';
import { home } from './python.js';
import { cannotRun } from './run-command.js';
import { withScratch } from './scratch.js';

/** A recorded run. */
export interface Recorded {
  readonly profile: Profile;
  /** Exit code of the command; null when it was killed. */
  readonly exit: number | null;
  /** Python processes that recorded something. */
  readonly processes: number;
  readonly seconds: number;
}

/** A line that a recorder writes: see recorder/slotify_recorder.py. */
type Line =
  | {
      readonly counts: Readonly<Record<string, readonly [number, number]>>;
      readonly python: [number, number];
    }
  | ({ readonly class: string; readonly path: string | null; readonly line: number } & Fact);
type Fact =
  | { readonly attribute: string }
  | { readonly dict: true }
  | { readonly weakref: true }
  | { readonly protocol: number };

/**
 * Runs `command` where the user stands, in the project itself, with its own input and output, also to its end when it
 * is interrupted. Every Python process
 * that inherits the environment records classes of the report that are not left alone for want of anything to gain.
 */
export async function record(
  report: Report,
  world: World,
  command: readonly [string, ...string[]],
  cwd: string,
): Promise<Recorded> {
  return withScratch(async ({ folder, holdOff }) => {
    const lines = join(folder, 'lines');
    await mkdir(lines);
    await writeFile(join(lines, 'classes.json'), JSON.stringify(wantedOf(report, world)));
    const [program, ...args] = command;
    const own = process.env.PYTHONPATH;
    const recorder = join(home, 'src', 'prove', 'recorder');
    const began = performance.now();
    const child = spawn(program, args, {
      cwd,
      stdio: 'inherit',
      env: {
        ...process.env,
        PYTHONPATH: own ? `${recorder}${delimiter}${own}` : recorder,
        SLOTIFY_PROFILE: lines,
        SLOTIFY_PROFILE_ROOT: report.root,
      },
    });
    // Ctrl-C reaches the command by itself; when it has ended, what was seen until then is a profile
    holdOff(signal => {
      if (signal !== 'SIGINT') child.kill(signal);
    });
    const exit = await new Promise<number | null>((done, failed) => {
      child.on('error', error => failed(new Error(cannotRun(program, error))));
      child.on('close', done);
    });
    const seconds = (performance.now() - began) / 1000;
    const files = (await readdir(lines)).filter(name => name.endsWith('.jsonl')).sort();
    const texts = await Promise.all(files.map(name => readFile(join(lines, name), 'utf8')));
    return { profile: merged(command, texts), exit, processes: files.length, seconds };
  });
}

/** The classes to record, each with whether it is decorated. */
function wantedOf(report: Report, world: World): Readonly<Record<string, boolean>> {
  const decorated = new Set(world.classes.filter(c => c.decorators.length > 0).map(c => c.ref.id));
  return Object.fromEntries(
    report.decisions
      .filter(d => d.kind !== 'leave')
      .map(d => [profiledId(d.cls.id), decorated.has(d.cls.id)]),
  );
}

/** The lines of all processes as one profile. A line cut short by the end of its process is left out. */
export function merged(command: readonly string[], texts: readonly string[]): Profile {
  const classes = new Map<string, Mutable>();
  const of = (id: string): Mutable => {
    const known = classes.get(id);
    if (known) return known;
    const fresh = { created: 0, alive: 0, attributes: {}, weakrefs: false, dict: [], pickled: {} };
    classes.set(id, fresh);
    return fresh;
  };
  let python: readonly [number, number] = [3, 0];
  for (const text of texts) {
    let last: Extract<Line, { counts: unknown }> | null = null;
    for (const line of linesOf(text)) {
      if ('counts' in line) last = line;
      else takeFact(of(line.class), line);
    }
    if (last === null) continue;
    if (last.python[0] * 1000 + last.python[1] > python[0] * 1000 + python[1]) python = last.python;
    for (const [id, [created, alive]] of Object.entries(last.counts)) {
      const seen = of(id);
      seen.created += created;
      seen.alive = Math.max(seen.alive, alive);
    }
  }
  const sorted = [...classes].sort(([a], [b]) => (a < b ? -1 : 1));
  return { version: 1, command, python, classes: Object.fromEntries(sorted) };
}

type Mutable = { -readonly [K in keyof Seen]: Seen[K] extends boolean | number ? Seen[K] : Loose<Seen[K]> };
type Loose<T> = T extends readonly (infer E)[]
  ? E[]
  : T extends Readonly<Record<string, infer V>>
    ? Record<string, V>
    : T;

function takeFact(seen: Mutable, line: Exclude<Line, { counts: unknown }>): void {
  const at: SeenAt | null =
    line.path === null || line.path === undefined ? null : { path: line.path, line: line.line };
  if ('attribute' in line) seen.attributes[line.attribute] ??= at;
  else if ('protocol' in line) seen.pickled[String(line.protocol)] ??= at;
  else if ('weakref' in line) seen.weakrefs = true;
  else if (!seen.dict.some(each => each?.path === at?.path && each?.line === at?.line)) seen.dict.push(at);
}

function linesOf(text: string): Line[] {
  return text.split('\n').flatMap(line => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as Line];
    } catch {
      return [];
    }
  });
}
