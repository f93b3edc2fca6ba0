// What becomes of a report: written, printed in the formats asked for, summed up.
import { randomUUID } from 'node:crypto';
import pc from 'picocolors';
import { encode } from '../1-discover/decode.js';
import { diffText } from '../7-report/diff.js';
import { estimates } from '../7-report/estimates.js';
import { render } from '../7-report/formats.js';
import { problemsInOrder } from '../7-report/order.js';
import { shielded } from '../7-report/shield.js';
import { statistics, statisticsJson } from '../7-report/statistics.js';
import { cautionLines, leftAlone, problemLine, summary } from '../7-report/text.js';
import { visible } from '../7-report/visible.js';
import type { Report } from '../model/decision.js';
import { uninterrupted } from '../prove/scratch.js';
import { RULES } from '../rules/index.js';
import type { Printing } from './arguments.js';
import { err, print, printProblems, save } from './console.js';
import { type Outcome, outcomeOf } from './failures.js';
import type { Stdin } from './judge.js';
import { showFrom } from './paths.js';
import { coloured } from './terminal.js';
import { version } from './version.js';
import { writeAll } from './writing.js';

/** Writes what is to be written, prints what was asked for, and says how it went. */
export async function conclude(judged: Report, command: Printing, stdin: Stdin | null): Promise<Outcome> {
  const write = command.mode === 'write' && stdin === null;
  const report = write ? await uninterrupted(() => writeAll(judged)) : judged;
  const printed = await printResult(report, command, stdin);
  if (printed !== 'done') return printed;

  const show = showFrom(report.root, command.flags.cwd);
  // the other formats hold this themselves
  const isDiff = command.format === 'text' || command.format === 'diff';
  if (command.verbose && isDiff) await err.write(estimates(report, show) + leftAlone(report, show));
  await printProblems(report, show);
  if (!command.quiet) {
    if (isDiff) await err.write(cautionLines(report, show));
    await err.write(
      problemsInOrder(report.remarks)
        .map(remark => problemLine(remark, show))
        .join(''),
    );
    await err.write(report.notes.map(note => `note: ${visible(note)}\n`).join(''));
    await err.write(summary(report, command.mode === 'write'));
  }
  return outcomeOf(report, command.mode);
}

/** The outputs into files, then the one that is printed. */
async function printResult(report: Report, command: Printing, stdin: Stdin | null): Promise<Outcome> {
  const how = {
    show: showFrom(report.root, command.flags.cwd),
    all: command.verbose,
    written: command.mode === 'write',
    encode,
    rules: RULES,
    version: version(),
  };
  for (const { format, file } of command.reports) {
    const saved = await save(file, render(format, report, how));
    if (saved !== 'done') return saved;
  }
  const { format, mode, outputFile, statistics: counted } = command;
  const send = (text: string | Uint8Array) => (outputFile === null ? print(text) : save(outputFile, text));
  if (counted) return send(format === 'json' ? statisticsJson(report, RULES) : statistics(report, RULES));
  if (mode === 'write' && stdin !== null) {
    const [change] = report.changes;
    return send(change === undefined ? stdin.bytes : encode(change.after, change.coding));
  }
  if (mode === 'write' && format === 'text') return 'done';
  if (mode === 'check' && command.quiet && !command.explicit) return 'done';
  const colour = coloured(process.stdout, process.env);
  const forEyes = process.stdout.isTTY || colour;
  if (format !== 'text' || !forEyes || outputFile !== null) {
    const rendered = render(format, report, how);
    const isLogged = outputFile === null && process.env.GITHUB_ACTIONS === 'true';
    return send(isLogged && typeof rendered !== 'string' ? shielded(rendered, randomUUID()) : rendered);
  }
  const colors = pc.createColors(colour);
  return print(report.changes.map(change => diffText(change, colors)).join(''));
}
