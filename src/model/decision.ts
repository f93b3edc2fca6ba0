// What is decided about a class, why, and what follows from it.
import type { Profile } from './profile.js';
import type { Coding } from './source.js';

/** A list with at least one item. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** A place in a source file. */
export interface Place {
  /** Project path of the file (`Source.path`). */
  readonly path: string;
  /** UTF-16 offset into `Source.text`. */
  readonly offset: number;
  /** 1-based line. */
  readonly line: number;
  /** 1-based column in UTF-16 units. */
  readonly column: number;
}

/** One thing seen in the code that led to a conclusion. */
export interface Evidence {
  readonly at: Place;
  /** What the code does there, e.g. `stores .colour`. No full stop. */
  readonly says: string;
}

/** `blocks`: the class is left alone. `doubts`: rewritten only with `--unsafe-fixes`.
 *  `skips`: nothing is wrong, there is just nothing to gain (not counted as refused). */
export type Level = 'blocks' | 'doubts' | 'skips';

/** One reason not to rewrite a class, with the code that shows it. */
export interface Reason {
  /** `SLT201` */
  readonly code: string;
  /** `outside-write` */
  readonly name: string;
  readonly level: Level;
  /** One sentence about this class, without full stop. */
  readonly says: string;
  /** What would make the class eligible, one sentence without full stop. */
  readonly unlock: string;
  readonly evidence: readonly Evidence[];
}

/** One name in a `__slots__` that is to be written. */
export interface Slot {
  /** As spelled in the source of the class: private names unmangled. */
  readonly name: string;
  /** The stores that need it, first assignment first. Empty for `__weakref__` and `__dict__`. */
  readonly stores: readonly Evidence[];
}

/** How far a rewrite may be trusted (ruff's word). */
export type Applicability = 'safe' | 'unsafe';

/** What a class goes by, and where it stands. */
export interface ClassRef {
  /** `path.py:Outer.Inner`, with `#2` behind for the second definition of one name. Unique in a run. */
  readonly id: string;
  /** `shop.models:Order` */
  readonly dotted: string;
  readonly name: string;
  /** `Outer.Inner`, classes in functions as `make.Row`. */
  readonly qualname: string;
  readonly at: Place;
}

/** What an instance of a rewritten class consists of, as far as its size depends on it. */
export interface Footprint {
  /** Attributes that leave the instance's `__dict__`: those of the class and of rewritten classes above it. */
  readonly moved: number;
  /** Attributes that classes above hold in slots already. */
  readonly slotted: number;
  /** Instances can be referred to weakly through a slot. */
  readonly weakref: boolean;
  /** `builtin`: some base outside the code has data of its own, as `list` and `str` have. */
  readonly base: 'object' | 'builtin';
}

/** What becomes of a class: `refuse` where something would break, `leave` where nothing is gained. */
export type Decision = {
  readonly cls: ClassRef;
  /** Reasons that were found and do not count because the user says so. */
  readonly ignored: readonly Reason[];
} & (
  | {
      readonly kind: 'rewrite';
      /** Name of the transform, e.g. `plain-slots`. */
      readonly transform: string;
      readonly slots: readonly Slot[];
      readonly footprint: Footprint;
      readonly applicability: Applicability;
      /** The doubts that make it `unsafe`; empty when safe. */
      readonly doubts: readonly Reason[];
      /** Things the reader of the diff should know although nothing breaks. */
      readonly cautions: readonly string[];
    }
  | { readonly kind: 'refuse'; readonly reasons: NonEmpty<Reason> }
  | { readonly kind: 'leave'; readonly reasons: NonEmpty<Reason> }
);

/** The decision on a class that gets slots. */
export type Rewrite = Decision & { readonly kind: 'rewrite' };

/** Replace `[start, end)` of a text by `text`; UTF-16 offsets; `start === end` inserts. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Id of the class it belongs to. */
  readonly cls: string;
}

/** Edits by project path, in file order, not overlapping. */
export type Plan = ReadonlyMap<string, readonly Edit[]>;

/** A file with its new text. */
export interface Change {
  readonly path: string;
  /** Absolute path on disk. */
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly coding: Coding;
  /** What makes `after` of `before`, in file order. */
  readonly edits: readonly Edit[];
  /** Ids of the classes rewritten in it. */
  readonly classes: readonly string[];
}

/** Something that went wrong with one file; the rest of the run went on. */
export interface Problem {
  readonly path: string;
  /** 1-based, or 0 when the whole file is meant. */
  readonly line: number;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** Something the reader can put right; the result is complete. */
export type Remark = Problem;

/** The result of one run: everything a reporter may need, plain data. */
export interface Report {
  readonly root: string;
  readonly decisions: readonly Decision[];
  /** Files whose text changes at the asked-for applicability. */
  readonly changes: readonly Change[];
  /** Files that could not be read, parsed or changed: the result is incomplete. */
  readonly problems: readonly Problem[];
  /** Comments that speak to slotify and do nothing. */
  readonly remarks: readonly Remark[];
  readonly notes: readonly string[];
  readonly files: { readonly targets: number; readonly evidence: number };
  /** Oldest and newest Python the rules were judged for, and where that came from. */
  readonly python: PythonRange;
  /** Whether unsafe rewrites are among the changes. */
  readonly unsafeFixes: boolean;
  /** What a run of the program showed, where one was recorded: classes are ranked by it. */
  readonly profile?: Profile;
}

/** `[3, 8]` and the like; newest is the newest version slotify has tables for. */
export interface PythonRange {
  readonly oldest: readonly [number, number];
  readonly newest: readonly [number, number];
  /** E.g. `requires-python in pyproject.toml`, `--target-version`, `default`. */
  readonly from: string;
}
