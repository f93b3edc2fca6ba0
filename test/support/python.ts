// What an interpreter can import, and the programs of fixtures run under it.
import { execFileSync, spawn } from 'node:child_process';
import type { Interpreter } from '../../src/prove/interpreters.js';

export interface Outcome {
  /** Exit code; 1 when the program was killed. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
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
