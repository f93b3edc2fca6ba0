// A folder to work in, which is gone afterwards however the run ends, with the processes started in it.
import type { ChildProcess } from 'node:child_process';
import { realpathSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Scratch {
  /** Absolute, links resolved. */
  readonly folder: string;
  /** Ends a child that leads its process group (`detached`), and that group, with the scratch folder. */
  readonly watch: (child: ChildProcess) => void;
  /** Hands the first interruption to somebody who brings the work to its end; the next one ends the run. */
  readonly holdOff: (handle: (signal: Signal) => void) => void;
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type Signal = keyof typeof SIGNALS;

/** Runs `work` with a scratch folder. Ctrl-C, a hang-up or a request to end kill what runs in it, remove it, and end
 *  the process with the usual exit code (128 + signal). */
export async function withScratch<T>(work: (scratch: Scratch) => Promise<T>): Promise<T> {
  const folder = realpathSync(await mkdtemp(join(tmpdir(), 'slotify-')));
  const children = new Set<ChildProcess>();
  let held: ((signal: Signal) => void) | null = null;
  const clear = (): void => {
    for (const child of children) killGroup(child);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const stops = (Object.keys(SIGNALS) as Signal[]).map(signal => {
    const stop = (): void => {
      const handle = held;
      held = null;
      if (handle) return handle(signal);
      clear();
      process.exit(SIGNALS[signal]);
    };
    process.on(signal, stop);
    return () => process.off(signal, stop);
  });
  try {
    return await work({
      folder,
      watch: child => {
        children.add(child);
        child.once('close', () => children.delete(child));
      },
      holdOff: handle => {
        held = handle;
      },
    });
  } finally {
    clear();
    for (const off of stops) off();
  }
}

/** Kills a child with everything it started; one that has ended already is none of our business. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** Does work that an interruption would leave half done; Ctrl-C and the like have no effect meanwhile. */
export async function uninterrupted<T>(work: () => Promise<T>): Promise<T> {
  const ignore = (): void => {};
  for (const signal of Object.keys(SIGNALS)) process.on(signal, ignore);
  try {
    return await work();
  } finally {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, ignore);
  }
}
