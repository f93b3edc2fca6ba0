// Everything a user can set, with every value filled in.
import type { PythonRange } from './decision.js';

export interface Config {
  /** Files and folders to rewrite, absolute or relative to `cwd`. */
  readonly paths: readonly string[];
  readonly cwd: string;
  /** Globs over project paths. Empty `include` means every `.py` file. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Test files become targets as well. */
  readonly includeTests: boolean;
  /** An interpreter, or the folder of a virtual environment, whose site-packages are read (never run). */
  readonly environment: string | null;
  readonly python: PythonRange;
  /** Widest line that `__slots__ = (...)` may take on one line. */
  readonly lineLength: number;
  readonly unsafeFixes: boolean;
}
