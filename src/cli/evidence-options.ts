// The options of the commands that run Python, and what their command lines ask for.
import type { Argv, Options } from 'yargs';
import type { Flags } from './arguments.js';
import { flag, last, strings, type Values } from './values.js';

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

export type EvidenceCommand = MeasureCommand;

export interface Misuse {
  readonly kind: 'misuse';
  readonly message: string;
}

const misuse = (message: string): Misuse => ({ kind: 'misuse', message });

const OUTPUT = 'What comes out:';
const RUNNING = 'What is run:';

/** Names of all options, for suggestions. */
export const EVIDENCE_NAMES: readonly string[] = ['class', 'instances', 'factory'];

export const MEASURE = 'run Python: what instances cost before and after';

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
