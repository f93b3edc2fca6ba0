// Every setting: its kind, its default and its words. Flags, checks, schema and documentation come from here.
import { TRANSFORM_NAMES } from '../model/transform.js';
import { RULES } from '../rules/index.js';
import { globs, ignores, type Kind, LENGTH, namesOf, oneOf, SWITCH, text, texts } from './kinds.js';

/** One setting: its kind, its default and what is said of it. */
export interface Setting<T> {
  readonly kind: Kind<T>;
  /** What holds when nobody says anything; null where something else decides then (see `says`). */
  readonly otherwise: NoInfer<T> | null;
  /** For `--help`: a few words, no full stop. */
  readonly short: string;
  /** For the documentation: whole sentences. */
  readonly says: string;
  /** As it may stand in slotify.toml. */
  readonly example: string;
}

const setting = <T>(s: Setting<T>): Setting<T> => s;

const GLOBS = 'a list of globs, e.g. ["*_pb2.py"]';
const PATTERNS = 'a list of class patterns, e.g. ["shop.models:*", "*Mixin"]';

/** The settings by their name in TOML, which is their flag as well. */
export const SETTINGS = {
  include: setting({
    kind: globs(GLOBS),
    otherwise: [],
    short: 'rewrite only files that match GLOB',
    says: 'Only files that match one of these globs are rewritten; the others are still read. A glob without a slash is held against every name on the path, one with a slash against the path from the project root.',
    example: 'include = ["shop", "lib/**/models.py"]',
  }),
  exclude: setting({
    kind: globs(GLOBS),
    otherwise: [],
    short: 'do not rewrite files that match GLOB',
    says: 'Files that match are not rewritten. They are still read: what they do to instances counts.',
    example: 'exclude = ["*_pb2.py", "migrations"]',
  }),
  evidence: setting({
    kind: texts('a list of paths, e.g. ["../plugins"]'),
    otherwise: [],
    short: 'read PATH as well: code outside the project that uses it',
    says: 'Further files and folders that are read and never rewritten: code that uses the project from outside, or that .gitignore hides. Relative to the project root (a flag: to the working directory).',
    example: 'evidence = ["../plugins", "generated"]',
  }),
  'include-tests': setting({
    kind: SWITCH,
    otherwise: false,
    short: 'rewrite test files too',
    says: 'Test files (`test_*.py`, `*_test.py`, `conftest.py`, folders `test`, `tests`, `testing`) are rewritten as well instead of only read.',
    example: 'include-tests = true',
  }),
  python: setting({
    kind: text('the path of an interpreter or a virtual environment, e.g. ".venv"'),
    otherwise: null,
    short: 'interpreter or virtual environment whose packages are read (never run)',
    says: 'An interpreter or virtual environment. The source of its packages is read for base classes; nothing is imported or run. Relative to the project root (a flag: to the working directory). Without it packages are unknown.',
    example: 'python = ".venv"',
  }),
  'target-version': setting({
    kind: text('a version in quotes, e.g. "3.9"', { pattern: '^(py)?3\\.?[0-9]{1,2}$' }),
    otherwise: null,
    short: 'oldest Python to support, e.g. 3.9 [default: requires-python]',
    says: 'The oldest Python that the code must run on. Without it: `requires-python`, else the oldest among the classifiers, else what `[tool.ruff]` or `[tool.black]` are told, else the version of the interpreter that `python` names, else 3.8.',
    example: 'target-version = "3.10"',
  }),
  'line-length': setting({
    kind: LENGTH,
    otherwise: null,
    short: 'widest line for a tuple of slots',
    says: 'The widest line that `__slots__` may take before it becomes one name a line. Without it: that of `[tool.ruff]`, of `[tool.black]`, else 88.',
    example: 'line-length = 100',
  }),
  'quote-style': setting({
    kind: oneOf(['auto', 'double', 'single']),
    otherwise: 'auto',
    short: 'quotes around the names of slots',
    says: 'The quotes around the names of slots; `auto` takes those that the file mostly uses.',
    example: 'quote-style = "double"',
  }),
  'sequence-style': setting({
    kind: oneOf(['tuple', 'list']),
    otherwise: 'tuple',
    short: 'brackets around the names of slots',
    says: 'Whether the names stand in a tuple or in a list. Python takes both alike.',
    example: 'sequence-style = "list"',
  }),
  weakref: setting({
    kind: oneOf(['auto', 'always', 'never']),
    otherwise: 'auto',
    short: 'which classes get __weakref__',
    says: 'Which classes get a `__weakref__` slot. `auto`: those that the program is seen to refer to weakly. `always`: each of them, for libraries whose users may. `never`: none, and a class that is referred to weakly is left alone.',
    example: 'weakref = "always"',
  }),
  hybrid: setting({
    kind: SWITCH,
    otherwise: false,
    short: 'add "__dict__" to the slots of classes with dynamic attributes',
    says: 'A class whose only obstacle is attributes that are not known by name gets `"__dict__"` among its slots: known attributes live in slots, the others in a dictionary that is made when the first one is stored.',
    example: 'hybrid = true',
  }),
  'unsafe-fixes': setting({
    kind: SWITCH,
    otherwise: false,
    short: 'rewrite doubtful classes too',
    says: 'Classes are rewritten as well for which an assumption cannot be checked. Read those diffs with care.',
    example: 'unsafe-fixes = true',
  }),
  profile: setting({
    kind: text('the path of a file made by `slotify profile`, e.g. "slotify-profile.json"'),
    otherwise: null,
    short: 'take FILE, made by `slotify profile`, as evidence',
    says: 'What a run of the program showed, as `slotify profile` writes it: attributes that no source accounts for are reasons to leave a class alone, and classes are ranked by the bytes that their instances save. Relative to the project root (a flag: to the working directory).',
    example: 'profile = "slotify-profile.json"',
  }),
  'min-saving': setting({
    kind: LENGTH,
    otherwise: null,
    short: 'leave classes alone that save fewer BYTES by estimate',
    says: 'Classes that save fewer bytes are left alone, unless a class that pays inherits from them: bytes per instance, or with a profile of all instances that were alive at once.',
    example: 'min-saving = 40',
  }),
  top: setting({
    kind: LENGTH,
    otherwise: null,
    short: 'rewrite only the N classes that save most by estimate',
    says: 'Only so many classes are rewritten in one run, those that save most, and the bases that they need.',
    example: 'top = 20',
  }),
  select: setting({
    kind: namesOf('transforms', TRANSFORM_NAMES),
    otherwise: TRANSFORM_NAMES,
    short: 'rewrite only by TRANSFORM',
    says: 'The transforms that may rewrite a class.',
    example: 'select = ["dataclass-slots"]',
  }),
  ignore: setting({
    kind: namesOf('transforms', TRANSFORM_NAMES),
    otherwise: [],
    short: 'do not rewrite by TRANSFORM',
    says: 'Transforms that may not. Their classes are left alone.',
    example: 'ignore = ["plain-slots"]',
  }),
  skip: setting({
    kind: globs(PATTERNS),
    otherwise: [],
    short: 'leave classes alone that match PATTERN',
    says: 'Classes that are left alone, as by `# slotify: skip`. A pattern is held against the name of the class (`*Mixin`) or, with a colon, against `module:Class` (`shop.models:*`); `*` stands for anything.',
    example: 'skip = ["shop.models:*", "*Mixin"]',
  }),
  'per-file-ignores': setting({
    kind: ignores('a glob', RULES),
    otherwise: {},
    short: 'GLOB=REASON,..: in these files the reasons do not count',
    says: 'Reasons that do not count in files that match: you know better there. Reasons for which Python would refuse the class cannot be ignored.',
    example: 'per-file-ignores = { "legacy/*" = ["unresolved-store"] }',
  }),
  'per-class-ignores': setting({
    kind: ignores('a class pattern', RULES),
    otherwise: {},
    short: 'PATTERN=REASON,..: for these classes the reasons do not count',
    says: 'The same for classes, by the patterns of `skip`.',
    example: 'per-class-ignores = { "shop.cache:Entry" = ["stored-pickle"] }',
  }),
} as const;

/** The name of a setting. */
export type Key = keyof typeof SETTINGS;

/** A value for every setting; what nobody set and no default fills is left out. */
export type Settings = {
  readonly [K in Key]?: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never;
};

export const KEYS = Object.keys(SETTINGS) as readonly Key[];

/** Any setting, where its type does not matter. */
export const settingOf = (key: Key): Setting<unknown> => SETTINGS[key] as Setting<unknown>;
