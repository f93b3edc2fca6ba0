// `slotify [paths]`: what would be rewritten, or with `--write` is, as far as the command line narrows it.
import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import pc from 'picocolors';
import { classPatterns } from '../5-decide/patterns.js';
import type { Narrow } from '../5-decide/policy.js';
import { diffText } from '../7-report/diff.js';
import type { Config } from '../model/config.js';
import type { Report } from '../model/decision.js';
import { prepare } from '../slotify.js';
import { meantBy, type RunCommand } from './arguments.js';
import { conclude } from './conclude.js';
import { err, fail, out } from './console.js';
import type { Outcome } from './failures.js';
import { changedSince } from './git.js';
import { askOnTerminal, review } from './interactive.js';
import { expressible, judge, readStdin, type Stdin } from './judge.js';
import { onFound, onLinked } from './room.js';
import { coloured, progressBar } from './terminal.js';
import { endInterruption, noteInterruption } from './writing.js';

/** Runs the command. `config`: what is in force for it. */
export async function run(command: RunCommand, config: Config): Promise<Outcome> {
  const misread = misreadPath(command);
  if (misread !== null) return fail('misuse', misread);
  const stdin = command.stdinFilename === null ? null : await readStdin(command);
  if (stdin !== null && 'problem' in stdin) return fail('misuse', stdin.problem);
  const narrow = await narrowed(command);
  if ('problem' in narrow) return fail('not-found', narrow.problem);

  if (command.interactive) return asked(command, config, narrow);
  const again = () => judge(config, command.quiet, stdin, narrow);
  const report = await uninterruptedReport(command, stdin, again);
  return conclude({ ...report, notes: [...report.notes, ...unmatched(command, report)] }, command, stdin);
}

/** What is wrong with a first path that is rather a command or an option, in a sentence; null where it exists. */
function misreadPath({ flags, stdinFilename }: RunCommand): string | null {
  const [first] = stdinFilename === null ? (flags.paths ?? []) : [];
  const meant = first === undefined ? null : meantBy(first);
  if (meant === null || existsSync(resolve(flags.cwd, first!))) return null;
  return `no path ${first}, did you mean ${meant}?`;
}

/** Patterns of `--select-class` that no class fits, a note each. With `--diff-base` the class may just be unchanged. */
function unmatched({ selectClass, diffBase }: RunCommand, { decisions }: Report): readonly string[] {
  if (diffBase !== null) return [];
  return selectClass
    .filter(pattern => !decisions.map(d => d.cls).some(classPatterns([pattern])))
    .map(pattern => `--select-class ${pattern} fits no class that may be rewritten.`);
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
    return prepare(config, { onFound: onFound(), onLinked, onProgress: bar.onProgress, narrow }).finally(
      bar.stop,
    );
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
