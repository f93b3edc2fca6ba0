// The command line: arguments -> configuration -> slotify -> print or write.
import { explainClass } from './7-report/explain.js';
import { explainAll, explainRule, findRule, looksLikeRule, noSuchRule } from './7-report/explain-rules.js';
import { visible } from './7-report/visible.js';
import { removeCache } from './cache/cache.js';
import { type Command, type Flags, parseArguments } from './cli/arguments.js';
import { compileFrugally } from './cli/compiling.js';
import { conclude } from './cli/conclude.js';
import { err, fail, internalError, print, printProblems } from './cli/console.js';
import type { MeasureCommand, ProfileCommand, VerifyCommand } from './cli/evidence-options.js';
import { OUTCOMES, type Outcome, outcomeOf } from './cli/failures.js';
import { isCommitted } from './cli/git.js';
import { expressible, judge } from './cli/judge.js';
import { fromRoot, showFrom, sourceLines } from './cli/paths.js';
import { again, NeedsRoom, onFound } from './cli/room.js';
import { run } from './cli/run.js';
import { progressBar } from './cli/terminal.js';
import { version } from './cli/version.js';
import { configSchema, settingsTable } from './config/schema.js';
import { showConfig } from './config/show.js';
import { type InForce, resolveConfig } from './config.js';
import type { Config } from './model/config.js';
import { messageOf, TooMuch } from './model/failure.js';
import { RULES } from './rules/index.js';
import { prepare } from './slotify.js';

process.on('uncaughtException', error => {
  // Exit code 1 would mean "classes could have slots".
  process.stderr.write(internalError(error), () => process.exit(OUTCOMES.internal.exit));
});

compileFrugally();

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
    if (error instanceof NeedsRoom) return again(error);
    if (error instanceof TooMuch) return fail('configuration', error.message);
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
      return configured(command.flags, ({ config }) => clean(config));
    case 'explain-all':
      return print(`# slotify\n\n${explainAll(RULES)}\n## Settings\n\n${settingsTable()}`);
    case 'config-schema':
      return print(`${JSON.stringify(configSchema(), null, 2)}\n`);
    case 'config':
      return configured(command.flags, inForce => print(showConfig(inForce)));
    case 'explain':
      return explain(command.target, command.flags);
    case 'measure':
      return analysing(command.flags, ({ config }) => measured(command, config));
    case 'profile':
      return analysing(command.flags, ({ config }) => profiled(command, config));
    case 'verify':
      return configured(command.flags, ({ config }) => verified(command, config));
    case 'run':
      return analysing(command.flags, ({ config }) => run(command, config));
  }
}

/** Goes on with the configuration in force, or says why there is none. */
async function configured(flags: Flags, then: (inForce: InForce) => Promise<Outcome>): Promise<Outcome> {
  const resolved = resolveConfig(flags);
  return 'problem' in resolved ? fail('configuration', resolved.problem) : then(resolved);
}

/** The same for what reads the project; entries of a cache that came with the project are none of this program's. */
async function analysing(flags: Flags, then: (inForce: InForce) => Promise<Outcome>): Promise<Outcome> {
  return configured(flags, async inForce => {
    const { cacheDir } = inForce.config;
    if (cacheDir === null || !(await isCommitted(cacheDir))) return then(inForce);
    await err.write(
      `slotify: ${visible(cacheDir)} is in git, so it is not used; take it out: git rm -r --cached\n`,
    );
    return then({ ...inForce, config: { ...inForce.config, cacheDir: null } });
  });
}

/** Removes the cache of the project around the paths. */
async function clean({ cacheDir }: Config): Promise<Outcome> {
  if (cacheDir === null || removeCache(cacheDir)) return 'done';
  return fail('misuse', `${cacheDir} is no cache of slotify, so it stays`);
}

async function explain(target: string, flags: Flags): Promise<Outcome> {
  const rule = findRule(RULES, target);
  if (rule !== undefined) return print(explainRule(rule));
  if (looksLikeRule(target)) return fail('not-found', noSuchRule(RULES, target).trimEnd());
  return analysing(flags, ({ config }) => explainOne(target, flags.cwd, config));
}

/** Explains what became of a class. */
async function explainOne(target: string, cwd: string, config: Config): Promise<Outcome> {
  const report = await judge(config, false, null);
  const show = showFrom(report.root, cwd);
  const answer = explainClass(
    report,
    fromRoot(target, report.root, cwd),
    sourceLines(report.root),
    show,
    process.stdout.columns,
  );
  await printProblems(report, show);
  if (answer.kind !== 'found') return fail('not-found', answer.text.trimEnd());
  const printed = await print(answer.text);
  return printed === 'done' ? outcomeOf(report, 'propose') : printed;
}

async function measured(command: MeasureCommand, config: Config): Promise<Outcome> {
  const report = await judge(config, command.quiet, null);
  await printProblems(report, showFrom(report.root, command.flags.cwd));
  const { measureClasses } = await import('./cli/measure.js');
  const bar = progressBar(process.stderr, !command.quiet, 'measuring {bar} {value}/{total} classes');
  const found = await measureClasses(command, report, process.argv.slice(2), bar.onProgress).finally(
    bar.stop,
  );
  if (found.kind === 'failed') return fail(found.outcome, found.message);
  const printed = await print(found.text);
  return printed === 'done' ? outcomeOf(report, 'propose') : printed;
}

async function profiled(command: ProfileCommand, config: Config): Promise<Outcome> {
  const { profileText, writeProfile } = await import('./cli/profile.js');
  const { record } = await import('./prove/profile.js');
  const { world, report: reportOf } = await prepare(config, { onFound: onFound() });
  const report = await reportOf(new Map());
  try {
    const recorded = await record(report, world, command.command, command.flags.cwd);
    writeProfile(recorded, command);
    await err.write(profileText(recorded, report, command.output));
    return recorded.exit === 0 ? 'done' : 'incomplete';
  } catch (error) {
    return fail('configuration', messageOf(error));
  }
}

async function verified(command: VerifyCommand, config: Config): Promise<Outcome> {
  const { flags, quiet, timeout } = command;
  const { verify } = await import('./prove/verify.js');
  const { progressLine, verifyText } = await import('./cli/verify.js');
  // the tree is to stay as it is, so no facts are kept in it
  const found = await verify(await prepare({ ...config, cacheDir: null }, { onFound: onFound() }), {
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
