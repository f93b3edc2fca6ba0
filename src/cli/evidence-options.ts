// The options of the commands that run Python, and what their command lines ask for.
import type { Argv, Options } from 'yargs';
import type { Flags } from './arguments.js';
import { flag, last, strings, type Values } from './values.js';

/** `slotify measure` */
export interface MeasureCommand {
  readonly kind: 'measure';
  readonly flags: Flags;
  /** As typed; empty for every class that would be rewritten. */
  readonly classes: readonly string[];
  readonly pythons: readonly string[];
  readonly instances: number;
  readonly factory: string | null;
  readonly format: 'text' | 'markdown' | 'json';
  readonly quiet: boolean;
}

/** `slotify verify` */
export interface VerifyCommand {
  readonly kind: 'verify';
  readonly flags: Flags;
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly mode: 'propose' | 'write';
  readonly format: 'text' | 'diff' | 'json';
  /** Seconds one run may take; null to judge by the first one. */
  readonly timeout: number | null;
  readonly quiet: boolean;
}

/** `slotify profile` */
export interface ProfileCommand {
  readonly kind: 'profile';
  readonly flags: Flags;
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** File to write, relative to `flags.cwd`. */
  readonly output: string;
}

/** One of the commands that run Python. */
export type EvidenceCommand = MeasureCommand | VerifyCommand | ProfileCommand;

/** A command line that makes no sense; one sentence, no full stop. */
export interface Misuse {
  readonly kind: 'misuse';
  readonly message: string;
}

const misuse = (message: string): Misuse => ({ kind: 'misuse', message });

const OUTPUT = 'What comes out:';
const RUNNING = 'What is run:';

/** Names of the options that only these commands have, for suggestions. */
export const EVIDENCE_NAMES: readonly string[] = ['class', 'instances', 'factory', 'timeout', 'output'];

/** Adds the options of `profile`. */
export function profileOptions(parser: Argv, configOptions: Readonly<Record<string, Options>>): Argv {
  return parser
    .positional('paths', {
      type: 'string',
      array: true,
      describe: 'files and folders whose classes are recorded [default: .]',
    })
    .options(configOptions)
    .options({
      output: {
        alias: 'o',
        type: 'string',
        requiresArg: true,
        group: OUTPUT,
        describe: 'file to write, for --profile [default: slotify-profile.json]',
      },
    })
    .example('slotify profile -- pytest -q', 'record the test suite');
}

/** @param behind the words behind `--` */
export function profileCommand(
  values: Values,
  behind: readonly string[],
  flags: Flags,
): ProfileCommand | Misuse {
  const [program, ...args] = behind;
  if (program === undefined)
    return misuse('profile needs a command behind --, e.g. slotify profile -- pytest');
  const output = last(values, 'output') ?? 'slotify-profile.json';
  return { kind: 'profile', flags, command: [program, ...args], output };
}

/** Adds the options of `verify`. */
export function verifyOptions(parser: Argv, configOptions: Readonly<Record<string, Options>>): Argv {
  return parser
    .positional('paths', {
      type: 'string',
      array: true,
      describe: 'files and folders to rewrite [default: .]',
    })
    .options(configOptions)
    .options({
      timeout: {
        type: 'string',
        requiresArg: true,
        group: RUNNING,
        describe: 'seconds one run may take [default: by the first run]',
      },
      write: {
        alias: 'fix',
        type: 'boolean',
        group: OUTPUT,
        describe: 'rewrite the files by the plan that passes',
      },
      'output-format': {
        type: 'string',
        requiresArg: true,
        choices: ['text', 'diff', 'json'],
        group: OUTPUT,
        describe: 'what to print [default: text]',
      },
      quiet: { alias: 'q', type: 'boolean', group: OUTPUT, describe: 'no progress and no summary' },
    })
    .example('slotify verify -- pytest -q', 'the largest plan under which the tests pass');
}

/** @param behind the words behind `--` */
export function verifyCommand(
  values: Values,
  behind: readonly string[],
  flags: Flags,
): VerifyCommand | Misuse {
  const [program, ...args] = behind;
  if (program === undefined) return misuse('verify needs a command behind --, e.g. slotify verify -- pytest');
  const timeout = last(values, 'timeout');
  if (timeout !== undefined && !/^[1-9]\d{0,5}$/.test(timeout))
    return misuse(`--timeout is a number of seconds, not ${timeout}`);
  const format = last(values, 'output-format') ?? 'text';
  if (format !== 'text' && format !== 'diff' && format !== 'json')
    return misuse(`--output-format takes text, diff or json, not ${format}`);
  return {
    kind: 'verify',
    flags,
    command: [program, ...args],
    mode: flag(values, 'write') ? 'write' : 'propose',
    format,
    timeout: timeout === undefined ? null : Number(timeout),
    quiet: flag(values, 'quiet'),
  };
}

/** Adds the options of `measure`; `configOptions` are those that every command takes. */
export function measureOptions(parser: Argv, configOptions: Readonly<Record<string, Options>>): Argv {
  return parser
    .positional('paths', {
      type: 'string',
      array: true,
      describe: 'files and folders to measure [default: .]',
    })
    .options(configOptions)
    .options({
      python: {
        type: 'string',
        array: true,
        requiresArg: true,
        group: RUNNING,
        describe: 'interpreter or virtual environment to run; several allowed [default: python3]',
      },
      class: {
        type: 'string',
        array: true,
        requiresArg: true,
        group: RUNNING,
        describe: 'measure only this class: pkg.mod:Class, path.py:Class or Class',
      },
      instances: {
        type: 'string',
        requiresArg: true,
        group: RUNNING,
        describe: 'instances to make of each class [default: 100000]',
      },
      factory: {
        type: 'string',
        requiresArg: true,
        group: RUNNING,
        describe: 'Python expression that makes an instance, in the module of the class',
      },
      'output-format': {
        type: 'string',
        requiresArg: true,
        choices: ['text', 'markdown', 'json'],
        group: OUTPUT,
        describe: 'what to print [default: text]',
      },
      quiet: { alias: 'q', type: 'boolean', group: OUTPUT, describe: 'no progress' },
    });
}

/** `--python` names interpreters here. The packages of the first one are read, too, when it is given by its path. */
export function withEnvironment({ python, ...others }: Values): Values {
  const [first] = strings({ python }, 'python');
  return first !== undefined && /[\\/]/.test(first) ? { ...others, python: first } : others;
}

/** @param flags the flags for the paths given */
export function measureCommand(values: Values, flags: Flags): MeasureCommand | Misuse {
  const instances = last(values, 'instances') ?? '100000';
  if (!/^[1-9]\d{0,7}$/.test(instances))
    return misuse(`--instances is a number of instances, not ${instances}`);
  const classes = strings(values, 'class');
  const factory = last(values, 'factory') ?? null;
  if (factory !== null && classes.length !== 1) return misuse('--factory needs one --class that it makes');
  const format = last(values, 'output-format') ?? 'text';
  if (format !== 'text' && format !== 'markdown' && format !== 'json')
    return misuse(`--output-format takes text, markdown or json, not ${format}`);
  const pythons = strings(values, 'python');
  return {
    kind: 'measure',
    flags,
    classes,
    pythons: pythons.length > 0 ? pythons : ['python3'],
    instances: Number(instances),
    factory,
    format,
    quiet: flag(values, 'quiet'),
  };
}
