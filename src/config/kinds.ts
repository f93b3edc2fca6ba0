// The kinds of values that settings have: what is accepted, how it is described, how a flag spells it.
import { closest, distance } from 'fastest-levenshtein';
import { isTable } from '../1-discover/pyproject.js';
import { isTooWild, TAME } from '../model/globs.js';

/** How the command line takes a value: `--x`, `--x VALUE`, `--x VALUE` again and again. */
export type FlagForm = 'switch' | 'value' | 'list';

/** A kind of value. */
export interface Kind<T> {
  readonly form: FlagForm;
  /** Behind `must be`: `true or false`. */
  readonly wanted: string;
  /** What is wrong with a value from TOML, as the end of a sentence without full stop; null when it is a `T`. */
  readonly problem: (value: unknown) => string | null;
  /** The words of a flag as the value they stand for, still unchecked. */
  readonly fromFlag: (words: readonly string[]) => unknown;
  /** Words to choose from, for help and completion. */
  readonly choices: readonly string[];
  /** JSON Schema of a value. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Only there for the type. */
  readonly type?: T;
}

/** Patterns, each with the reasons that do not count where it matches. */
export type Ignores = Readonly<Record<string, readonly string[]>>;

const lastWord = (words: readonly string[]): unknown => words.at(-1);

export const SWITCH: Kind<boolean> = {
  form: 'switch',
  wanted: 'true or false',
  problem: value => (typeof value === 'boolean' ? null : mustBe(value, 'true or false')),
  fromFlag: words => words.at(-1) !== 'false',
  choices: [],
  schema: { type: 'boolean' },
};

export const LENGTH: Kind<number> = {
  form: 'value',
  wanted: 'a whole number above 0',
  problem: value =>
    typeof value === 'number' && Number.isSafeInteger(value) && value > 0
      ? null
      : mustBe(value, 'a whole number above 0'),
  // What is no number stays as it is typed, so that the message shows it.
  fromFlag: words => (/^\d{1,9}$/.test(words.at(-1) ?? '') ? Number(words.at(-1)) : words.at(-1)),
  choices: [],
  schema: { type: 'integer', minimum: 1 },
};

/** One string; what it says is judged by whoever uses it. */
export const text = (wanted: string, schema: Readonly<Record<string, unknown>> = {}): Kind<string> => ({
  form: 'value',
  wanted,
  problem: value => (isText(value) ? null : mustBe(value, wanted)),
  fromFlag: lastWord,
  choices: [],
  schema: { type: 'string', minLength: 1, ...schema },
});

export const texts = (wanted: string): Kind<readonly string[]> => ({
  form: 'list',
  wanted,
  problem: value => (Array.isArray(value) && value.every(isText) ? null : mustBe(value, wanted)),
  fromFlag: words => words,
  choices: [],
  schema: { type: 'array', items: { type: 'string', minLength: 1 } },
});

/** Globs that can be matched in time. */
export const globs = (wanted: string): Kind<readonly string[]> => ({
  ...texts(wanted),
  problem: value => {
    const wrong = texts(wanted).problem(value);
    const wild = wrong === null ? (value as readonly string[]).find(isTooWild) : undefined;
    return wild === undefined ? wrong : `has the glob ${quoted(wild)}, but ${TAME}`;
  },
});

export const oneOf = <const T extends string>(choices: readonly T[]): Kind<T> => {
  const wanted = choices.map(quoted).join(' or ');
  return {
    form: 'value',
    wanted,
    problem: value => {
      if (!isText(value)) return mustBe(value, wanted);
      return choices.some(each => each === value) ? null : mustBe(value, wanted) + meant(value, choices);
    },
    fromFlag: lastWord,
    choices,
    schema: { enum: choices },
  };
};

/** Names out of a list; `noun` is what they name: `transforms`. */
export const namesOf = <const T extends string>(noun: string, known: readonly T[]): Kind<readonly T[]> => {
  const wanted = `a list of ${noun}: ${known.map(quoted).join(', ')}`;
  return {
    form: 'list',
    wanted,
    problem: value => {
      if (!Array.isArray(value) || !value.every(isText)) return mustBe(value, wanted);
      const stray = value.find(each => !known.some(name => name === each));
      return stray === undefined
        ? null
        : `names ${quoted(stray)}, but must be ${wanted}${meant(stray, known)}`;
    },
    fromFlag: words => words.flatMap(word => word.split(',')).map(word => word.trim()),
    choices: known,
    schema: { type: 'array', items: { enum: known }, uniqueItems: true },
  };
};

/** A reason as far as ignoring it goes. */
export interface Ignorable {
  readonly code: string;
  readonly name: string;
  /** No word of the user's lifts it. */
  readonly final?: true;
}

/**
 * A table from patterns to reasons, by name or code. As a flag: `PATTERN=REASON,REASON`.
 * @param pattern what the left side is, with its article: `a glob`.
 */
export const ignores = (pattern: string, rules: readonly Ignorable[]): Kind<Ignores> => {
  const wanted = `a table from ${pattern} to a list of reasons (as a flag: PATTERN=REASON,REASON)`;
  const open = rules.filter(rule => !rule.final);
  const names = open.map(rule => rule.name);
  return {
    form: 'list',
    wanted,
    problem: value => {
      if (!isTable(value)) return mustBe(value, wanted);
      for (const [key, reasons] of Object.entries(value)) {
        if (key.trim() === '') return `has an empty pattern, but must be ${wanted}`;
        if (isTooWild(key)) return `has the pattern ${quoted(key)}, but ${TAME}`;
        if (!Array.isArray(reasons) || !reasons.every(isText))
          return `gives ${quoted(key)} ${described(reasons)}, but must be ${wanted}`;
        for (const reason of reasons) {
          const wrong = problemOfIgnored(reason, rules);
          if (wrong !== null) return `${wrong} (for ${quoted(key)})`;
        }
      }
      return null;
    },
    fromFlag: words => {
      const table = new Map<string, readonly string[]>();
      for (const word of words) {
        const cut = word.lastIndexOf('=');
        if (cut < 0) return word;
        const key = word.slice(0, cut);
        const reasons = word.slice(cut + 1).split(',');
        table.set(key, [...(table.get(key) ?? []), ...reasons.map(each => each.trim())]);
      }
      return Object.fromEntries(table);
    },
    choices: [],
    schema: {
      type: 'object',
      additionalProperties: {
        type: 'array',
        items: { enum: [...names, ...open.map(rule => rule.code)] },
      },
    },
  };
};

/** Why a reason cannot be ignored, as the end of a sentence; null when it can. */
function problemOfIgnored(reason: string, rules: readonly Ignorable[]): string | null {
  const rule = rules.find(each => each.name === reason || each.code === reason.toUpperCase());
  if (rule === undefined) {
    return `names ${quoted(reason)}, which is no reason${
      meant(
        reason,
        rules.map(each => each.name),
      ) || '. See `slotify explain --all`'
    }`;
  }
  return rule.final
    ? `names ${rule.name}, which nobody can ignore: Python would refuse the class, or nothing be gained`
    : null;
}

/** `. Did you mean "x"?` without the question mark's sentence end, or nothing when no word is near. */
function meant(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === null ? '' : `. Did you mean ${near}?`;
}

/** The known word that somebody may have meant; null when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const plain = word.toLowerCase().replaceAll('_', '-');
  const found = closest(plain, known);
  return distance(plain, found) <= Math.max(2, found.length / 3) ? found : null;
}

function mustBe(value: unknown, wanted: string): string {
  return `is ${described(value)}, but must be ${wanted}`;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function quoted(word: string): string {
  return `"${word}"`;
}

/** A value as its author wrote it, roughly. */
export function described(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  return Array.isArray(value) || isTable(value) ? JSON.stringify(value) : `${value}`;
}
