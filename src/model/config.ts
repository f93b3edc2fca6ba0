// Everything a user can set, with every value filled in.
import type { PythonRange } from './decision.js';
import type { Profile } from './profile.js';

/** What a run goes by. */
export interface Config {
  /** Files and folders to rewrite, absolute or relative to `cwd`. */
  readonly paths: readonly string[];
  readonly cwd: string;
  /** Globs over project paths. Empty `include` means every `.py` file. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Further files and folders to read as evidence, absolute. */
  readonly evidence: readonly string[];
  /** Test files become targets as well. */
  readonly includeTests: boolean;
  /** An interpreter, or the folder of a virtual environment, whose site-packages are read (never run). */
  readonly environment: string | null;
  readonly python: PythonRange;
  /** Widest line that `__slots__ = (...)` may take on one line. */
  readonly lineLength: number;
  /** `auto`: the quotes that the file mostly uses. */
  readonly quoteStyle: 'auto' | 'double' | 'single';
  readonly sequenceStyle: 'tuple' | 'list';
  /** Which classes get a `__weakref__` slot: those seen to be referred to weakly, all, or none. */
  readonly weakref: 'auto' | 'always' | 'never';
  /** Classes with dynamic attributes get `__dict__` among their slots. */
  readonly hybrid: boolean;
  readonly unsafeFixes: boolean;
  /** What a run of the program showed. */
  readonly profile: Profile | null;
  /** Least bytes that a class must save, and how many classes are rewritten at most; null for no limit. */
  readonly minSaving: number | null;
  readonly top: number | null;
  /** Names of the transforms that may rewrite a class. */
  readonly transforms: readonly string[];
  /** Patterns of classes to leave alone. */
  readonly skip: readonly string[];
  /** Reasons, by name or code, that do not count: by glob over project paths, and by class pattern. */
  readonly perFileIgnores: Readonly<Record<string, readonly string[]>>;
  readonly perClassIgnores: Readonly<Record<string, readonly string[]>>;
  /** Folder for the facts of files between runs, absolute; null for none. */
  readonly cacheDir: string | null;
}
