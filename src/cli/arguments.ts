// Command line -> what to do: the flags, their help, and which of them go together.
import { resolve } from 'node:path';
import { distance } from 'fastest-levenshtein';
import type { Argv } from 'yargs';
import { FORMATS, type Format, isFormat } from '../7-report/formats.js';
import { KEYS, settingOf } from '../config/settings.js';
import { type Flags as ConfigFlags, flagName } from '../config.js';
import { messageOf } from '../model/failure.js';
import {
  type EvidenceCommand,
  measureCommand,
  profileCommand,
  verifyCommand,
  withEnvironment,
} from './evidence-options.js';
import { COMMANDS, completionParser, fullParser, NAMES, SWITCHES } from './options.js';
import { flag, last, strings, type Values } from './values.js';

/** What the configuration takes from the command line. */
export type Flags = ConfigFlags & { readonly cwd: string };

/** What becomes of a report. */
export interface Printing {
  readonly flags: Flags;
  readonly mode: 'propose' | 'check' | 'write';
  readonly format: Format;
  /** The output was asked for by name, so `--quiet` keeps it. */
  readonly explicit: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Where the output goes instead of stdout, absolute; null for stdout. */
  readonly outputFile: string | null;
  /** Further outputs, each into a file (absolute). */
  readonly reports: readonly { readonly format: Format; readonly file: string }[];
  readonly statistics: boolean;
}

/** `slotify [paths]` */
export interface RunCommand extends Printing {
  readonly kind: 'run';
  /** The name of the source on stdin, relative to `flags.cwd`; null to read files. */
  readonly stdinFilename: string | null;
  /** Patterns of the only classes to rewrite; empty for all. */
  readonly selectClass: readonly string[];
  /** Only classes in files changed since this revision; null for all. */
  readonly diffBase: string | null;
  readonly interactive: boolean;
}

/** What a command line asks for. */
export type Command =
  | RunCommand
  | EvidenceCommand
  | { readonly kind: 'explain'; readonly target: string; readonly flags: Flags }
  | { readonly kind: 'explain-all' }
  | { readonly kind: 'config'; readonly flags: Flags }
  | { readonly kind: 'config-schema' }
  | { readonly kind: 'clean'; readonly flags: Flags }
  /** Help, version, a completion script. */
  | { readonly kind: 'print'; readonly text: string }
  /** The command line makes no sense; one sentence, no full stop. */
  | { readonly kind: 'misuse'; readonly message: string };

/**
 * Reads a command line without the interpreter and the script. Never throws for what a user typed. Prints
 * nothing, except in answer to a shell that completes a word (yargs then prints and exits by itself).
 * @param about.width columns of the terminal, for the help
 */
export async function parseArguments(
  args: readonly string[],
  about: { readonly version: string; readonly cwd: string; readonly width: number },
): Promise<Command> {
  if (args.some(arg => arg === '--get-yargs-completions')) {
    await completionParser(args, about).parseAsync();
    return { kind: 'print', text: '' };
  }
  if (args[0] === 'completion') {
    return { kind: 'print', text: await printedBy(completionParser([], about), ['completion']) };
  }
  const { options, literal } = split(args);
  let command: Command | null = null;
  const parser = fullParser(about, {
    run: values => {
      command = runCommand(values, literal, about.cwd);
    },
    clean: values => {
      const paths = [...strings(values, 'paths'), ...literal];
      command = { kind: 'clean', flags: flagsOf(values, paths, about.cwd) };
    },
    explain: values => {
      command = explainCommand(values, literal, about.cwd);
    },
    measure: values => {
      const paths = [...strings(values, 'paths'), ...literal];
      command = measureCommand(values, flagsOf(withEnvironment(values), paths, about.cwd));
    },
    profile: values => {
      command = profileCommand(values, literal, flagsOf(values, strings(values, 'paths'), about.cwd));
    },
    verify: values => {
      command = verifyCommand(values, literal, flagsOf(values, strings(values, 'paths'), about.cwd));
    },
    config: values => {
      command = configCommand(values, literal, about.cwd);
    },
  });
  try {
    const text = await printedBy(parser, options);
    // The assignments happen in callbacks, which the compiler does not follow.
    return (text === '' ? (command as Command | null) : null) ?? { kind: 'print', text };
  } catch (error) {
    return { kind: 'misuse', message: misuse(messageOf(error)) };
  }
}

/** A lone `-` and everything behind `--` is a path whatever it looks like; yargs drops both. */
function split(args: readonly string[]): { readonly options: string[]; readonly literal: readonly string[] } {
  const end = args.indexOf('--');
  const before = end < 0 ? args : args.slice(0, end);
  const behind = end < 0 ? [] : args.slice(end + 1);
  return {
    options: before.filter(arg => arg !== '-'),
    literal: [...before.filter(arg => arg === '-'), ...behind],
  };
}

/** What yargs prints for a command line, ended by a newline; empty when it prints nothing. */
async function printedBy(parser: Argv, args: readonly string[]): Promise<string> {
  let printed = '';
  await parser.parseAsync([...args], {}, (_error: unknown, _values: unknown, output: string) => {
    printed = output;
  });
  return printed === '' ? '' : `${printed.trimEnd()}\n`;
}

/** The message of yargs as one sentence of our own, with the nearest option for an unknown one. */
function misuse(message: string): string {
  const missing = /^Not enough arguments following: (\S+)/.exec(message)?.[1];
  if (missing !== undefined) return `${dashed(missing)} needs a value`;
  const choice = /Argument: (\S+), Given: (.*), Choices: (.*)/.exec(message);
  if (choice !== null) return `${dashed(choice[1] ?? '')} takes ${choice[3]}, not ${choice[2]}`;
  const unknown = /^Unknown arguments?: ([^,]*)/.exec(message)?.[1];
  if (unknown === undefined) return message.replaceAll(/\s*\n\s*/g, ' ');
  if (NAMES.includes(unknown)) return `this command does not take ${dashed(unknown)}`;
  const near = nearest(unknown);
  return `unknown option ${dashed(unknown)}${near === null ? '' : `, did you mean ${dashed(near)}?`}`;
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** The option somebody may have meant: one that begins so, or a misspelt one. */
function nearest(name: string): string | null {
  if (name.length < 2) return null;
  const begins = NAMES.filter(option => option.startsWith(name));
  if (begins[0] !== undefined && begins.length === 1) return begins[0];
  const [closest] = NAMES.toSorted((a, b) => distance(name, a) - distance(name, b));
  return closest !== undefined && distance(name, closest) <= Math.max(2, name.length / 3) ? closest : null;
}

/** What a word that stands where paths do may be meant for, as it is typed: a misspelt command, an option without its
 *  dashes; null for neither. */
export function meantBy(word: string): string | null {
  if (SWITCHES.includes(word)) return dashed(word);
  const far = (command: string): number => distance(word.toLowerCase(), command);
  const closest = COMMANDS.find(command => far(command) <= Math.max(1, Math.floor(word.length / 3)));
  return closest === undefined ? null : `slotify ${closest}`;
}

function runCommand(values: Values, literal: readonly string[], cwd: string): Command {
  const paths = [...strings(values, 'paths'), ...literal];
  const stdinFilename = last(values, 'stdin-filename');
  const format = last(values, 'output-format') ?? 'text';
  const [write, check, diff] = [flag(values, 'write'), flag(values, 'check'), flag(values, 'diff')];
  const misused = (message: string): Command => ({ kind: 'misuse', message });

  // Unless it was given twice, yargs has refused other words already.
  if (!isFormat(format)) return misused(`--output-format takes ${FORMATS.join(', ')}, not ${format}`);
  if (write && check) return misused('--write and --check exclude each other: --check changes nothing');
  if (write && diff) {
    return misused(
      '--write and --diff exclude each other: --write --output-format diff writes and prints the diff',
    );
  }
  if (diff && format !== 'text' && format !== 'diff')
    return misused(`--diff and --output-format ${format} exclude each other`);
  const statistics = flag(values, 'statistics');
  if (statistics && format !== 'text' && format !== 'json')
    return misused(`--statistics comes as text or json, not as ${format}`);
  const reports = strings(values, 'report').map(each => reportOf(each, cwd));
  const wrong = reports.find(each => typeof each === 'string');
  if (wrong !== undefined) return misused(wrong);
  const interactive = flag(values, 'interactive');
  if (interactive && (check || diff || format !== 'text' || paths.includes('-')))
    return misused(
      '--interactive asks and writes: it goes with neither --check, --diff, --output-format nor -',
    );
  if (flag(values, 'quiet') && flag(values, 'verbose'))
    return misused('--quiet and --verbose exclude each other');
  if (paths.includes('-') && paths.length > 1)
    return misused('- (stdin) cannot be combined with other paths');
  if (paths.includes('-') && stdinFilename === undefined) {
    // Without its place in the project nobody can tell who else writes to the classes in it.
    return misused('- needs --stdin-filename: a class is judged by the project around it');
  }
  if (write && paths.includes('-') && format !== 'text') {
    return misused('--write with - prints the new source, so there is no place for --output-format');
  }
  if (stdinFilename !== undefined && !paths.includes('-'))
    return misused('--stdin-filename needs the path -');

  const flags = flagsOf(values, stdinFilename === undefined ? paths : [stdinFilename], cwd);
  return {
    kind: 'run',
    flags,
    mode: write || interactive ? 'write' : check ? 'check' : 'propose',
    format: diff ? 'diff' : format,
    outputFile: absolute(last(values, 'output-file'), cwd),
    reports: reports.filter(each => typeof each !== 'string'),
    statistics,
    selectClass: strings(values, 'select-class'),
    diffBase: last(values, 'diff-base') ?? null,
    interactive,
    explicit: diff || format !== 'text' || statistics,
    quiet: flag(values, 'quiet'),
    verbose: flag(values, 'verbose'),
    stdinFilename: stdinFilename ?? null,
  };
}

/** `FORMAT=FILE` taken apart, or what is wrong with it. */
function reportOf(word: string, cwd: string): RunCommand['reports'][number] | string {
  const cut = word.indexOf('=');
  const format = word.slice(0, Math.max(cut, 0));
  if (cut < 0 || cut === word.length - 1)
    return `--report takes FORMAT=FILE, e.g. sarif=slotify.sarif, not ${word}`;
  if (!isFormat(format)) return `--report takes ${FORMATS.join(', ')}, not ${format}`;
  return { format, file: resolve(cwd, word.slice(cut + 1)) };
}

const absolute = (file: string | undefined, cwd: string): string | null =>
  file === undefined ? null : resolve(cwd, file);

function explainCommand(values: Values, literal: readonly string[], cwd: string): Command {
  const misused = (message: string): Command => ({ kind: 'misuse', message });
  const [target, ...paths] = [...strings(values, 'target'), ...strings(values, 'paths'), ...literal];
  if (flag(values, 'all')) {
    return target === undefined
      ? { kind: 'explain-all' }
      : misused('explain takes a class, a rule, or --all');
  }
  if (target === undefined) return misused('explain needs a class, a rule, or --all');
  if (paths.includes('-')) return misused('explain reads files, not stdin');
  const flags = flagsOf(values, paths, cwd);
  return { kind: 'explain', target, flags };
}

function configCommand(values: Values, literal: readonly string[], cwd: string): Command {
  if (flag(values, 'schema')) return { kind: 'config-schema' };
  const paths = [...strings(values, 'paths'), ...literal];
  return { kind: 'config', flags: flagsOf(values, paths, cwd) };
}

function flagsOf(values: Values, paths: readonly string[], cwd: string): Flags {
  const settings = KEYS.filter(key => values[key] !== undefined).map(key => {
    const { kind } = settingOf(key);
    return [flagName(key), kind.form === 'switch' ? flag(values, key) : kind.fromFlag(strings(values, key))];
  });
  return {
    ...Object.fromEntries(settings),
    cwd,
    paths: paths.length > 0 ? paths : undefined,
    config: last(values, 'config'),
    isolated: flag(values, 'isolated'),
    cache: values.cache === undefined ? undefined : flag(values, 'cache'),
    cacheDir: last(values, 'cache-dir'),
  };
}
