// The pipeline as the command line runs it: a progress bar, a source from stdin, changes that can be encoded.
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { decode, encode } from '../1-discover/decode.js';
import type { Narrow } from '../5-decide/policy.js';
import type { Config } from '../model/config.js';
import type { Problem, Report } from '../model/decision.js';
import { messageOf } from '../model/failure.js';
import type { Coding } from '../model/source.js';
import { slotify } from '../slotify.js';
import type { RunCommand } from './arguments.js';
import { onFound, onLinked } from './room.js';
import { progressBar } from './terminal.js';

/** A source that came through stdin. */
export interface Stdin {
  /** Absolute. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly coding: Coding;
}

/** Reads stdin to its end, as the file that `--stdin-filename` says it is. */
export async function readStdin(command: RunCommand): Promise<Stdin | { readonly problem: string }> {
  const bytes = await buffer(process.stdin);
  const decoded = decode(bytes);
  if (decoded.kind === 'problem') return { problem: `stdin: ${decoded.problem}` };
  const path = resolve(command.flags.cwd, command.stdinFilename ?? '');
  return { path, bytes, text: decoded.text, coding: decoded.coding };
}

/** Runs the pipeline with a progress bar. A source from stdin keeps the coding it came in. */
export async function judge(
  config: Config,
  quiet: boolean,
  stdin: Stdin | null,
  narrow: Narrow = { classes: null, files: null },
): Promise<Report> {
  const bar = progressBar(process.stderr, !quiet);
  try {
    const { onProgress } = bar;
    if (stdin === null)
      return expressible(await slotify(config, { onFound: onFound(), onLinked, onProgress, narrow }));
    const { path, text, bytes } = stdin;
    const how = { onFound: onFound(bytes), onLinked, onProgress, narrow, stdin: { path, text } };
    const report = await slotify(config, how);
    const changes = report.changes.map(change => ({ ...change, coding: stdin.coding }));
    return expressible({ ...report, changes });
  } finally {
    bar.stop();
  }
}

/** Takes out changes that the coding of their file has no bytes for; they become problems. */
export function expressible(report: Report): Report {
  const problems: Problem[] = [];
  const changes = report.changes.filter(({ path, after, coding }) => {
    try {
      encode(after, coding);
      return true;
    } catch (error) {
      const why = messageOf(error);
      problems.push({ path, line: 0, message: `Cannot be rewritten: ${why}. Save the file as UTF-8 first.` });
      return false;
    }
  });
  return { ...report, changes, problems: [...report.problems, ...problems] };
}
