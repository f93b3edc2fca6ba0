// What one input file is before anything is known about its content.

/** Why a file is read: `target` files may be rewritten, `evidence` is only looked at (tests, scripts,
 *  the rest of the project), `environment` is source of installed packages, read for base classes. */
export type Role = 'target' | 'evidence' | 'environment';

/** How the bytes of a file became text, so that the text can become the same bytes again. */
export interface Coding {
  /** Name as the file or PEP 263 gives it, lower case, e.g. `utf-8`, `latin-1`. */
  readonly name: string;
  readonly bom: boolean;
}

/** A file that is read, as text. */
export interface Source {
  /** Path relative to the project root, `/` between folders. Unique within a run; the file's id. */
  readonly path: string;
  /** Absolute path on disk; equals `path` for in-memory sources. */
  readonly file: string;
  readonly role: Role;
  /** Dotted module name, e.g. `shop.models`; `shop` for `shop/__init__.py`; `__main__`-like scripts keep
   *  their stem. Several files may claim one name (several roots). */
  readonly module: string;
  readonly isPackage: boolean;
  /** True for `.pyi` stubs and other files whose content describes code instead of being run. */
  readonly isStub: boolean;
  /** Decoded content without BOM. Newlines as they are in the file. */
  readonly text: string;
  readonly coding: Coding;
}

/** A file that could not become a `Source`: it may do anything. */
export interface Unreadable {
  readonly path: string;
  readonly role: Role;
  readonly module: string;
  readonly isPackage: boolean;
  /** One sentence: what is wrong and what to do. */
  readonly problem: string;
  /** Every ASCII word of the file, as far as its bytes could be read: it may do anything to what it names. */
  readonly words: readonly string[];
  /** Nothing was missed: the user did not ask for the file to be rewritten, and what it may do is known by its words,
   *  or it is not the project's. */
  readonly harmless: boolean;
}

/** Everything that was found on disk. */
export interface Discovery {
  /** Absolute path of the project root. */
  readonly root: string;
  /** Sorted by path. */
  readonly sources: readonly Source[];
  readonly unreadable: readonly Unreadable[];
  /** Things worth a line on stderr that do not make the result incomplete. */
  readonly notes: readonly string[];
}
