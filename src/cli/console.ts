// What the command line says: to stdout, to stderr, into files, and how a failure is told.
import { writeFile } from 'node:fs/promises';
import { problemsInOrder } from '../7-report/order.js';
import { problemLine, type ShowPath } from '../7-report/text.js';
import { visible } from '../7-report/visible.js';
import type { Report } from '../model/decision.js';
import { messageOf } from '../model/failure.js';
import { OUTCOMES, type Outcome } from './failures.js';
import { output } from './terminal.js';

/** stdout */
export const out = output(process.stdout);
/** stderr */
export const err = output(process.stderr);

/** Writes to stdout. A closed pipe is no failure. */
export async function print(text: string | Uint8Array): Promise<Outcome> {
  try {
    await out.write(text);
    return 'done';
  } catch (error) {
    return fail('output', `cannot write to stdout: ${messageOf(error)}`);
  }
}

/** Writes a file whole. */
export async function save(file: string, text: string | Uint8Array): Promise<Outcome> {
  try {
    await writeFile(file, text);
    return 'done';
  } catch (error) {
    const why = WHY[(error as NodeJS.ErrnoException).code ?? ''] ?? messageOf(error);
    return fail('output', `cannot write ${file}: ${why}`);
  }
}

/** Why a file cannot be written, by error code of the operating system. */
const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  ENOSPC: 'the disk is full',
};

/** Tells a failure on stderr, with the hint of its outcome, which it returns. */
export async function fail(outcome: Outcome, message: string): Promise<Outcome> {
  const { hint } = OUTCOMES[outcome];
  // Several lines come from a report and are escaped there.
  const [first = '', ...rest] = message.split('\n').map(visible);
  await err.write(`${[`slotify: ${first}`, ...rest].join('\n')}${hint === null ? '' : ` (${hint})`}\n`);
  return outcome;
}

/** The problems of a report on stderr, by file and line. */
export async function printProblems(report: Report, show: ShowPath): Promise<void> {
  for (const problem of problemsInOrder(report.problems)) await err.write(problemLine(problem, show));
}

/** What is said of an error that nobody expected; its stack only where SLOTIFY_DEBUG asks for it. */
export function internalError(error: unknown): string {
  const message = messageOf(error);
  const stack =
    process.env.SLOTIFY_DEBUG && error instanceof Error
      ? `${(error.stack ?? '').split('\n').map(visible).join('\n')}\n`
      : '';
  return `slotify: internal error: ${visible(message)} (${OUTCOMES.internal.hint})\n${stack}`;
}
