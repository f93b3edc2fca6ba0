// A Python helper that answers one JSON line with another, for as long as it is asked.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { home } from './python.js';
import type { Scratch } from './scratch.js';

export interface Helper {
  /** The answer to one question. A helper that ended or took too long answers `{ error }`, from then on. */
  readonly ask: <T extends object>(question: object) => Promise<T | Failure>;
  readonly close: () => void;
}

export interface Failure {
  readonly error: string;
}

/** Milliseconds one answer may take. */
const PATIENCE = 120_000;

/** Starts a helper of this folder, e.g. `measure.py`, with a working directory of its own. */
export function startHelper(python: string, file: string, cwd: string, scratch: Scratch): Helper {
  const child = spawn(python, [join(home, 'src/prove', file)], {
    cwd,
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    env: { ...process.env, PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1' },
  });
  scratch.watch(child);
  let dead: Failure | null = null;
  let answer: (line: string | null) => void = () => {};
  const end = (error: string): void => {
    dead ??= { error };
    answer(null);
  };
  child.on('error', error => end(error.message));
  child.on('close', (code, signal) => end(`the interpreter ended (${signal ?? `exit code ${code}`})`));
  child.stdin.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', line => answer(line));
  return {
    ask: <T extends object>(question: object) =>
      new Promise<T | Failure>(resolve => {
        if (dead) return resolve(dead);
        const timer = setTimeout(() => {
          end(`no answer within ${PATIENCE / 1000} s`);
          child.kill('SIGKILL');
        }, PATIENCE);
        answer = line => {
          clearTimeout(timer);
          resolve(line === null ? dead! : (JSON.parse(line) as T));
        };
        child.stdin.write(`${JSON.stringify(question)}\n`);
      }),
    close: () => child.stdin.end(),
  };
}

export const failed = <T extends object>(answer: T | Failure): answer is Failure => 'error' in answer;
