// One Python process that runs program after program.
import { type ChildProcess, spawn } from 'node:child_process';
import * as path from 'node:path';
import { createInterface } from 'node:readline';

export interface Ran {
  readonly printed: string;
  /** What ended the program early, with its message; empty when it ran through. */
  readonly reason: string;
}

/** Files of a program, by path. */
export type Tree = Readonly<Record<string, string>>;

export interface Runner {
  /** Imports the entries from each tree in turn, each time afresh. Rejects when Python dies or takes too long. */
  readonly run: (trees: readonly Tree[], entries: readonly string[]) => Promise<readonly Ran[]>;
  readonly stop: () => void;
}

const PATIENCE = 20_000;

/** Starts lazily, and again after a program that took Python down with it. */
export function startRunner(executable: string): Runner {
  let child: ChildProcess | null = null;
  let answers: AsyncIterator<string> | null = null;
  const stop = (): void => {
    child?.kill('SIGKILL');
    child = null;
  };
  const start = (): ChildProcess => {
    const program = path.join(import.meta.dirname, 'run.py');
    const started = spawn(executable, ['-S', program], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: process.env.PATH, PYTHONHASHSEED: '0', PYTHONIOENCODING: 'utf-8' },
    });
    answers = createInterface({ input: started.stdout! })[Symbol.asyncIterator]();
    return started;
  };
  const run: Runner['run'] = async (trees, entries) => {
    child ??= start();
    const own = child;
    const timer = setTimeout(() => own.kill('SIGKILL'), PATIENCE);
    own.stdin!.write(`${JSON.stringify({ trees, entries })}\n`);
    const answer = await answers!.next();
    clearTimeout(timer);
    if (answer.done) {
      stop();
      throw new Error('Python died or took too long');
    }
    return JSON.parse(answer.value);
  };
  return { run, stop };
}
