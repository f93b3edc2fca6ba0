// Real interpreters, and the programs of fixtures run under them.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import * as path from 'node:path';
import { isOlder, NEWEST } from '../../src/1-discover/python-range.js';
import type { PythonRange } from '../../src/model/decision.js';

export interface Interpreter {
  readonly executable: string;
  readonly version: readonly [number, number];
}

export interface Outcome {
  /** Exit code; 1 when the program was killed. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The interpreter of this run (`PYTHON`, else `python3`), then those of pyenv, oldest first. */
export function findInterpreters(): readonly Interpreter[] {
  const versions = path.join(homedir(), '.pyenv', 'versions');
  const others = existsSync(versions)
    ? readdirSync(versions).map(name => path.join(versions, name, 'bin', 'python'))
    : [];
  const [usual, ...more] = [process.env.PYTHON ?? 'python3', ...others].map(probe);
  const found = more.filter(each => each !== null && each.version[0] === 3) as Interpreter[];
  return [...(usual ? [usual] : []), ...found.sort((a, b) => (isOlder(a.version, b.version) ? -1 : 1))];
}

function probe(command: string): Interpreter | null {
  try {
    const code = 'import sys; print(sys.executable); print(*sys.version_info[:2])';
    const [executable, version] = execFileSync(command, ['-S', '-c', code], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).split('\n');
    const [major, minor] = version!.split(' ').map(Number);
    return { executable: executable!, version: [major!, minor!] };
  } catch {
    return null;
  }
}

/** Those of the interpreters that a case is run under: the usual one when it is in range, else any that is; with
 *  `all` one of each version in range. Empty when there is none. */
export function chosenFor(
  range: PythonRange,
  found: readonly Interpreter[],
  all: boolean,
): readonly Interpreter[] {
  const open = !isOlder(range.newest, NEWEST);
  const fits = found.filter(
    ({ version }) => !isOlder(version, range.oldest) && (open || !isOlder(range.newest, version)),
  );
  if (!all) return fits.slice(0, 1);
  const isFirst = (each: Interpreter, i: number): boolean =>
    fits.findIndex(other => other.version.join() === each.version.join()) === i;
  return fits.filter(isFirst);
}

const imports = new Map<string, boolean>();

/** Whether an interpreter can import a module; asked once for each. */
export function canImport(python: Interpreter, module: string): boolean {
  const key = `${python.executable} ${module}`;
  const known = imports.get(key);
  if (known !== undefined) return known;
  const found = tryImport(python, module);
  imports.set(key, found);
  return found;
}

function tryImport(python: Interpreter, module: string): boolean {
  try {
    execFileSync(python.executable, ['-c', `import ${module}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Runs a program with `tree` as working directory and on the module path, with installed packages in sight or not.
 *  Never throws. */
export function runPython(
  python: Interpreter,
  program: string,
  tree: string,
  packages = false,
): Promise<Outcome> {
  return new Promise(resolve => {
    const child = spawn(python.executable, ['-B', ...(packages ? [] : ['-S']), program], {
      cwd: tree,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
      env: { ...process.env, PYTHONPATH: tree, PYTHONHASHSEED: '0', PYTHONIOENCODING: 'utf-8' },
    });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', chunk => stdout.push(chunk));
    child.stderr.on('data', chunk => stderr.push(chunk));
    child.on('error', error => resolve({ code: 1, stdout: '', stderr: error.message }));
    child.on('close', code =>
      resolve({
        code: code ?? 1,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
  });
}
