// The commands and options of the command line, with their help.
import yargs, { type Argv, type Options } from 'yargs';
import { FORMATS } from '../7-report/formats.js';
import { KEYS, type Key, settingOf } from '../config/settings.js';
import { EVIDENCE_NAMES, measureOptions, profileOptions, verifyOptions } from './evidence-options.js';
import type { Values } from './values.js';

/** What the help says besides the options. */
export interface About {
  readonly version: string;
  /** Columns of the terminal, for the help. */
  readonly width: number;
}

const WORLD = 'What is read:';
const NARROW = 'Which classes are rewritten (all of the project is read):';
const OUTPUT = 'What comes out:';

/** Options of every setting, and of where settings come from. */
const configOptions: Readonly<Record<string, Options>> = {
  ...Object.fromEntries(KEYS.map(key => [key, optionOf(key)])),
  config: {
    type: 'string',
    requiresArg: true,
    group: WORLD,
    describe: 'read the settings from FILE instead of the project root',
  },
  isolated: { type: 'boolean', group: WORLD, describe: 'ignore the settings in files' },
  cache: {
    type: 'boolean',
    group: WORLD,
    describe: 'keep what was read of large projects for the next run; --no-cache does not',
  },
  'cache-dir': {
    type: 'string',
    requiresArg: true,
    group: WORLD,
    describe: 'where to keep it [default: .slotify_cache in the project root]',
  },
};

function optionOf(key: Key): Options {
  const { kind, short } = settingOf(key);
  if (kind.form === 'switch') return { type: 'boolean', group: WORLD, describe: short };
  return {
    type: 'string',
    requiresArg: true,
    group: WORLD,
    describe: short,
    ...(kind.form === 'list' && { array: true }),
    ...(kind.form === 'value' && kind.choices.length > 0 && { choices: kind.choices }),
  };
}

const runOptions = {
  write: { alias: 'fix', type: 'boolean', group: OUTPUT, describe: 'rewrite the files' },
  check: { type: 'boolean', group: OUTPUT, describe: 'exit 1 when a class would get slots' },
  diff: {
    type: 'boolean',
    group: OUTPUT,
    describe: 'print diffs, for `git apply` in the project root (the default)',
  },
  'output-format': {
    type: 'string',
    requiresArg: true,
    choices: FORMATS,
    group: OUTPUT,
    describe: 'what to print [default: text]',
  },
  'stdin-filename': {
    type: 'string',
    requiresArg: true,
    group: WORLD,
    describe: 'path of the source that `-` reads from stdin',
  },
  'output-file': {
    type: 'string',
    requiresArg: true,
    group: OUTPUT,
    describe: 'write to FILE what would be printed',
  },
  report: {
    type: 'string',
    array: true,
    requiresArg: true,
    group: OUTPUT,
    describe: 'FORMAT=FILE: one more output, into a file',
  },
  statistics: {
    type: 'boolean',
    group: OUTPUT,
    describe: 'how often each reason holds, instead of the diff',
  },
  'select-class': {
    type: 'string',
    array: true,
    requiresArg: true,
    group: NARROW,
    describe: 'only classes that match PATTERN: *Node, shop.models:*',
  },
  'diff-base': {
    type: 'string',
    requiresArg: true,
    group: NARROW,
    describe: 'only classes in files changed since this git revision',
  },
  interactive: { alias: 'i', type: 'boolean', group: NARROW, describe: 'ask for each class, then write' },
  quiet: { alias: 'q', type: 'boolean', group: OUTPUT, describe: 'no summary; with --check no diff either' },
  verbose: {
    alias: 'v',
    type: 'boolean',
    group: OUTPUT,
    describe: 'list each class: what it is estimated to save, or why it is left alone',
  },
} as const;

const COMPLETION = 'print a completion script for the shell';

/** A command beside the default one: what stands behind its name, its help, and its options. */
interface CommandOptions {
  readonly positionals: string;
  readonly describe: string;
  readonly build: (parser: Argv) => Argv;
}

const commands: Readonly<
  Record<'explain' | 'config' | 'measure' | 'profile' | 'verify' | 'clean', CommandOptions>
> = {
  explain: {
    positionals: '[target] [paths..]',
    describe: 'tell why a class gets slots or not, or what a rule sees',
    build: explainOptions,
  },
  config: {
    positionals: '[paths..]',
    describe: 'print the settings in force, and where each comes from',
    build: showOptions,
  },
  measure: {
    positionals: '[paths..]',
    describe: 'run Python: what instances cost before and after',
    build: y => measureOptions(y, configOptions),
  },
  profile: {
    positionals: '[paths..]',
    describe: 'run COMMAND and record what it does with instances',
    build: y => profileOptions(y, configOptions),
  },
  verify: {
    positionals: '[paths..]',
    describe: 'run COMMAND before and after, in a copy: keep what passes',
    build: y => verifyOptions(y, configOptions),
  },
  clean: {
    positionals: '[paths..]',
    describe: 'remove what is kept between runs',
    build: y => y.options(configOptions),
  },
};

/** Names of the commands beside the default one, which takes any other word for a path. */
export const COMMANDS: readonly string[] = [...Object.keys(commands), 'completion'];

/** Options of the default command that need no value. */
export const SWITCHES: readonly string[] = [
  ...Object.entries(runOptions).flatMap(([name, { type }]) => (type === 'boolean' ? [name] : [])),
  'fix',
  'help',
  'version',
];

/** Names of all options, for suggestions. */
export const NAMES: readonly string[] = [
  ...Object.keys(configOptions),
  ...Object.keys(runOptions),
  ...EVIDENCE_NAMES,
  'fix',
  'all',
  'schema',
  'help',
  'version',
];

/**
 * The parser of every command but `completion`. It hands the values of a valid command line to one of the
 * functions and throws an Error for another; it prints and exits only if parsed without a callback.
 */
export function fullParser(
  about: About,
  take: Readonly<Record<'run' | keyof typeof commands, (values: Values) => void>>,
): Argv {
  const parser = base(yargs(), about).command(
    '$0 [paths..]',
    'show or write the changes',
    y =>
      y
        .positional('paths', {
          type: 'string',
          array: true,
          describe: 'files and folders to rewrite [default: .]',
        })
        .options(configOptions)
        .options(runOptions),
    take.run,
  );
  for (const [name, { positionals, describe, build }] of Object.entries(commands))
    parser.command(`${name} ${positionals}`, describe, build, take[name as keyof typeof commands]);
  return parser
    .command('completion', COMPLETION, {}, () => {})
    .example('slotify', 'show what would change in this folder')
    .example('slotify --write src', 'rewrite the classes in src')
    .example('slotify --check', 'for CI: exit 1 when a class could have slots')
    .example('slotify | git apply', 'apply the diff, in the project root')
    .example('slotify explain shop.models:Order', 'why this class, or why not')
    .example('slotify explain outside-write', 'what a rule sees, and why')
    .epilogue('Exit codes: 0 done, 1 --check found something, 2 wrong use or an incomplete result.')
    .exitProcess(false)
    .strict()
    .fail((message, error) => {
      throw error ?? new Error(message);
    });
}

/**
 * The parser that completes words and writes the completion script. It has neither the default command, which
 * would swallow both (yargs runs it instead), nor strictness, which would refuse them.
 */
export function completionParser(args: readonly string[], about: About): Argv {
  const local = Object.entries(runOptions).map(([name, option]) => [name, { ...option, global: false }]);
  const parser = base(yargs([...args]), about)
    .options(configOptions)
    .options(Object.fromEntries(local));
  for (const [name, { positionals, describe, build }] of Object.entries(commands))
    parser.command(`${name} ${positionals}`, describe, build);
  return parser.completion('completion', COMPLETION);
}

function base(parser: Argv, about: About): Argv {
  return (
    parser
      .scriptName('slotify')
      // The messages are matched against and must not follow the locale.
      .locale('en')
      .parserConfiguration({
        'camel-case-expansion': false,
        'dot-notation': false,
        'greedy-arrays': false,
        'parse-numbers': false,
        'parse-positional-numbers': false,
      })
      .usage(
        'Gives Python classes __slots__ where nothing breaks. Without --write it only shows what it would do.',
      )
      .help()
      .alias('help', 'h')
      .version(about.version)
      .alias('version', 'V')
      .wrap(Math.min(100, about.width))
  );
}

function explainOptions(parser: Argv): Argv {
  return parser
    .positional('target', { type: 'string', describe: 'pkg.mod:Class, path.py:Class, Class, or a rule' })
    .positional('paths', { type: 'string', array: true, describe: 'files and folders to judge [default: .]' })
    .options(configOptions)
    .option('all', { type: 'boolean', describe: 'every reason and every setting, in Markdown' });
}

function showOptions(parser: Argv): Argv {
  return parser
    .positional('paths', {
      type: 'string',
      array: true,
      describe: 'files and folders of the project [default: .]',
    })
    .options(configOptions)
    .option('schema', { type: 'boolean', describe: 'the JSON Schema of slotify.toml, for editors' });
}
