// The command line: arguments -> configuration -> slotify -> print or write.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import pc from 'picocolors';
import { decode, encode } from './1-discover/decode.js';
import { removeCache } from './3-facts/cache.js';
import type { Narrow } from './5-decide/policy.js';
import { diffText } from './7-report/diff.js';
import { estimates } from './7-report/estimates.js';
import { explainClass, type SourceLine } from './7-report/explain.js';
import { explainAll, explainRule, findRule, looksLikeRule, noSuchRule } from './7-report/explain-rules.js';
import { render } from './7-report/formats.js';
import { problemsInOrder } from './7-report/order.js';
import { statistics, statisticsJson } from './7-report/statistics.js';
import { cautionLines, leftAlone, problemLine, type ShowPath, summary } from './7-report/text.js';
import { visible } from './7-report/visible.js';
import { type Command, type Flags, type Printing, parseArguments, type RunCommand } from './cli/arguments.js';
import type { MeasureCommand, ProfileCommand, VerifyCommand } from './cli/evidence-options.js';
import { OUTCOMES, type Outcome, outcomeOf } from './cli/failures.js';
import { changedSince } from './cli/git.js';
import { askOnTerminal, review } from './cli/interactive.js';
import { measureClasses } from './cli/measure.js';
import { profileText, writeProfile } from './cli/profile.js';
import { coloured, output, progressBar } from './cli/terminal.js';
import { progressLine, verifyText } from './cli/verify.js';
import { endInterruption, noteInterruption, writeAll } from './cli/writing.js';
import { configSchema, settingsTable } from './config/schema.js';
import { showConfig } from './config/show.js';
import { resolveConfig } from './config.js';
import type { Config } from './model/config.js';
import type { Problem, Report } from './model/decision.js';
import type { Coding } from './model/source.js';
import { record } from './prove/profile.js';
import { uninterrupted } from './prove/scratch.js';
import { verify } from './prove/verify.js';
import { RULES } from './rules/index.js';
import { prepare, slotify } from './slotify.js';

const out = output(process.stdout);
const err = output(process.stderr);

process.on('uncaughtException', error => {
  // Exit code 1 would mean "classes could have slots".
  process.stderr.write(internalError(error), () => process.exit(OUTCOMES.internal.exit));
});

// Not process.exit(): what is still on its way into a pipe would be lost.
process.exitCode = OUTCOMES[await main(process.argv.slice(2))].exit;

async function main(args: readonly string[]): Promise<Outcome> {
  try {
    return await execute(
      await parseArguments(args, {
        version: version(),
        cwd: process.cwd(),
        width: process.stdout.columns ?? 80,
      }),
    );
  } catch (error) {
    await err.write(internalError(error)).catch(() => {});
    return 'internal';
  }
}

async function execute(command: Command): Promise<Outcome> {
  switch (command.kind) {
    case 'print':
      return print(command.text);
    case 'misuse':
      return fail('misuse', command.message);
    case 'clean':
      return clean(command.flags);
    case 'explain-all':
      return print(`# slotify\n\n${explainAll(RULES)}\n## Settings\n\n${settingsTable()}`);
    case 'config-schema':
      return print(`${JSON.stringify(configSchema(), null, 2)}\n`);
    case 'config':
      return config(command.flags);
    case 'explain':
      return explain(command.target, command.flags);
    case 'measure':
      return measured(command);
    case 'profile':
      return profiled(command);
    case 'verify':
      return verified(command);
    case 'run':
      return run(command);
  }
}

async function run(command: RunCommand): Promise<Outcome> {
  const resolved = resolveConfig(command.flags);
  if ('problem' in resolved) return fail('configuration', resolved.problem);
  const stdin = command.stdinFilename === null ? null : await readStdin(command);
  if (stdin !== null && 'problem' in stdin) return fail('misuse', stdin.problem);
  const narrow = await narrowed(command);
  if ('problem' in narrow) return fail('not-found', narrow.problem);

  if (command.interactive) return asked(command, resolved.config, narrow);
  const again = () => judge(resolved.config, command.quiet, stdin, narrow);
  return conclude(await uninterruptedReport(command, stdin, again), command, stdin);
}

/** The report of a run, once what an interrupted `--write` left is taken care of. */
async function uninterruptedReport(
  command: RunCommand,
  stdin: Stdin | null,
  judged: () => Promise<Report>,
): Promise<Report> {
  const report = await judged();
  if (command.mode !== 'write' || stdin !== null) return noteInterruption(report);
  return endInterruption(report, judged);
}

/** Asks for each class, then writes those accepted. Interrupted, it writes nothing. */
async function asked(command: RunCommand, config: Config, narrow: Narrow): Promise<Outcome> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return fail('misuse', '--interactive needs a terminal');
  const read = () => {
    const bar = progressBar(process.stderr, !command.quiet);
    return prepare(config, { onProgress: bar.onProgress, narrow }).finally(bar.stop);
  };
  let prepared = await read();
  const first = await endInterruption(await prepared.report(new Map()), async () => {
    prepared = await read();
    return prepared.report(new Map());
  });
  if (first.changes.length === 0) return conclude(expressible(first), command, null);
  const colors = pc.createColors(coloured(process.stdout, process.env));
  const reviewed = await review(prepared, {
    show: change => out.write(diffText(change, colors)),
    ask: askOnTerminal,
  });
  if (reviewed === 'interrupted') {
    await err.write('Interrupted: nothing was written.\n');
    return 'interrupted';
  }
  return conclude(expressible({ ...reviewed, notes: first.notes }), command, null);
}

/** The classes that a command line narrows the run to. */
async function narrowed({ selectClass, diffBase, flags }: RunCommand): Promise<Narrow | { problem: string }> {
  const classes = selectClass.length > 0 ? selectClass : null;
  if (diffBase === null) return { classes, files: null };
  const [path = '.'] = flags.paths ?? [];
  const given = resolve(flags.cwd, path);
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const changed = await changedSince(diffBase, isFolder ? given : dirname(given));
  return 'problem' in changed ? changed : { classes, files: changed.files };
}

/** Writes what is to be written, prints what was asked for, and says how it went. */
async function conclude(judged: Report, command: Printing, stdin: Stdin | null): Promise<Outcome> {
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

/** Runs the pipeline with a progress bar. A source from stdin keeps the coding it came in. */
async function judge(
  config: Config,
  quiet: boolean,
  stdin: Stdin | null,
  narrow: Narrow = { classes: null, files: null },
): Promise<Report> {
  const bar = progressBar(process.stderr, !quiet);
  try {
    const { onProgress } = bar;
    if (stdin === null) return expressible(await slotify(config, { onProgress, narrow }));
    const { path, text } = stdin;
    const report = await slotify(config, { onProgress, narrow, stdin: { path, text } });
    const changes = report.changes.map(change => ({ ...change, coding: stdin.coding }));
    return expressible({ ...report, changes });
  } finally {
    bar.stop();
  }
}

/** Takes out changes that the coding of their file has no bytes for; they become problems. */
function expressible(report: Report): Report {
  const problems: Problem[] = [];
  const changes = report.changes.filter(({ path, after, coding }) => {
    try {
      encode(after, coding);
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      problems.push({ path, line: 0, message: `Cannot be rewritten: ${why}. Save the file as UTF-8 first.` });
      return false;
    }
  });
  return { ...report, changes, problems: [...report.problems, ...problems] };
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
  if (format !== 'text' || !forEyes || outputFile !== null) return send(render(format, report, how));
  const colors = pc.createColors(colour);
  return print(report.changes.map(change => diffText(change, colors)).join(''));
}

async function config(flags: Flags): Promise<Outcome> {
  const resolved = resolveConfig(flags);
  return 'problem' in resolved ? fail('configuration', resolved.problem) : print(showConfig(resolved));
}

/** Removes the cache of the project around the paths. */
async function clean(flags: Flags): Promise<Outcome> {
  const resolved = resolveConfig(flags);
  if ('problem' in resolved) return fail('configuration', resolved.problem);
  const { cacheDir } = resolved.config;
  if (cacheDir === null || removeCache(cacheDir)) return 'done';
  return fail('misuse', `${cacheDir} is no cache of slotify, so it stays`);
}

async function explain(target: string, flags: Flags): Promise<Outcome> {
  const rule = findRule(RULES, target);
  if (rule !== undefined) return print(explainRule(rule));
  if (looksLikeRule(target)) return fail('not-found', noSuchRule(RULES, target).trimEnd());

  const resolved = resolveConfig(flags);
  if ('problem' in resolved) return fail('configuration', resolved.problem);
  const report = await judge(resolved.config, false, null);
  const show = showFrom(report.root, flags.cwd);
  const answer = explainClass(
    report,
    fromRoot(target, report.root, flags.cwd),
    sourceLines(report.root),
    show,
    process.stdout.columns,
  );
  await printProblems(report, show);
  if (answer.kind !== 'found') return fail('not-found', answer.text.trimEnd());
  const printed = await print(answer.text);
  return printed === 'done' ? outcomeOf(report, 'propose') : printed;
}

async function measured(command: MeasureCommand): Promise<Outcome> {
  const resolved = resolveConfig(command.flags);
  if ('problem' in resolved) return fail('configuration', resolved.problem);
  const report = await judge(resolved.config, command.quiet, null);
  await printProblems(report, showFrom(report.root, command.flags.cwd));
  const bar = progressBar(process.stderr, !command.quiet, 'measuring {bar} {value}/{total} classes');
  const found = await measureClasses(command, report, process.argv.slice(2), bar.onProgress).finally(
    bar.stop,
  );
  if (found.kind === 'failed') return fail(found.outcome, found.message);
  const printed = await print(found.text);
  return printed === 'done' ? outcomeOf(report, 'propose') : printed;
}

async function profiled(command: ProfileCommand): Promise<Outcome> {
  const resolved = resolveConfig(command.flags);
  if ('problem' in resolved) return fail('configuration', resolved.problem);
  const { world, report: reportOf } = await prepare(resolved.config);
  const report = await reportOf(new Map());
  try {
    const recorded = await record(report, world, command.command, command.flags.cwd);
    writeProfile(recorded, command);
    await err.write(profileText(recorded, report, command.output));
    return recorded.exit === 0 ? 'done' : 'incomplete';
  } catch (error) {
    return fail('configuration', error instanceof Error ? error.message : String(error));
  }
}

async function verified(command: VerifyCommand): Promise<Outcome> {
  const { flags, quiet, timeout } = command;
  const resolved = resolveConfig(flags);
  if ('problem' in resolved) return fail('configuration', resolved.problem);
  // the tree is to stay as it is, so no facts are kept in it
  const found = await verify(await prepare({ ...resolved.config, cacheDir: null }), {
    command: command.command,
    cwd: flags.cwd,
    timeout,
    onRun: progress => {
      if (!quiet) void err.write(progressLine(progress));
    },
  });
  if (found.kind === 'unusable') {
    await err.write(`${found.output.split('\n').map(visible).join('\n')}\n`);
    return fail('unverified', found.problem);
  }
  if (found.kind === 'verified') await err.write(verifyText(found));
  const printing = { explicit: command.format !== 'text', verbose: false, outputFile: null, reports: [] };
  return conclude(expressible(found.report), { ...command, ...printing, statistics: false }, null);
}

async function printProblems(report: Report, show: ShowPath): Promise<void> {
  for (const problem of problemsInOrder(report.problems)) await err.write(problemLine(problem, show));
}

/** `path.py:Class` as typed in `cwd`, with the path as the report has it. */
function fromRoot(target: string, root: string, cwd: string): string {
  const colon = target.lastIndexOf(':');
  const file = resolve(cwd, target.slice(0, Math.max(colon, 0)));
  if (colon <= 0 || !existsSync(file)) return target;
  return relative(root, file).replaceAll(sep, '/') + target.slice(colon);
}

/** Paths of the report as seen from the working directory, so that a terminal can open them. */
function showFrom(root: string, cwd: string): ShowPath {
  return path => relative(cwd, resolve(root, path)).replaceAll(sep, '/') || path;
}

/** Lines of the sources on disk; a line ends where Python ends it (reference 2.1.2). */
function sourceLines(root: string): SourceLine {
  const files = new Map<string, readonly string[] | null>();
  const read = (path: string): readonly string[] | null => {
    try {
      const decoded = decode(readFileSync(resolve(root, path)));
      return decoded.kind === 'text' ? decoded.text.split(/\r\n|\r|\n/) : null;
    } catch {
      return null;
    }
  };
  return (path, line) => {
    if (!files.has(path)) files.set(path, read(path));
    return files.get(path)?.[line - 1] ?? null;
  };
}

interface Stdin {
  /** Absolute. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly coding: Coding;
}

async function readStdin(command: RunCommand): Promise<Stdin | { readonly problem: string }> {
  const bytes = await buffer(process.stdin);
  const decoded = decode(bytes);
  if (decoded.kind === 'problem') return { problem: `stdin: ${decoded.problem}` };
  const path = resolve(command.flags.cwd, command.stdinFilename ?? '');
  return { path, bytes, text: decoded.text, coding: decoded.coding };
}

async function print(text: string | Uint8Array): Promise<Outcome> {
  try {
    await out.write(text);
    return 'done';
  } catch (error) {
    return fail(
      'output',
      `cannot write to stdout: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function save(file: string, text: string | Uint8Array): Promise<Outcome> {
  try {
    await writeFile(file, text);
    return 'done';
  } catch (error) {
    return fail('output', `cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function fail(outcome: Outcome, message: string): Promise<Outcome> {
  const { hint } = OUTCOMES[outcome];
  // Several lines come from a report and are escaped there.
  const [first = '', ...rest] = message.split('\n').map(visible);
  await err.write(`${[`slotify: ${first}`, ...rest].join('\n')}${hint === null ? '' : ` (${hint})`}\n`);
  return outcome;
}

function internalError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const stack =
    process.env.SLOTIFY_DEBUG && error instanceof Error
      ? `${(error.stack ?? '').split('\n').map(visible).join('\n')}\n`
      : '';
  return `slotify: internal error: ${visible(message)} (${OUTCOMES.internal.hint})\n${stack}`;
}

function version(): string {
  return createRequire(import.meta.url)('slotify/package.json').version;
}
