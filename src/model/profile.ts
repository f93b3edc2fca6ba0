// What a run of the program showed about its classes: the form of profile files.

/** Where something was done; null where no code of the project was on the stack. */
export interface SeenAt {
  readonly path: string;
  /** 1-based, in the file as it was when the profile was made. */
  readonly line: number;
}

/** What was seen of the instances of exactly one class. */
export interface Seen {
  /** Instances made in all processes. */
  readonly created: number;
  /** The most alive at once in one process. */
  readonly alive: number;
  /** Attribute names with the first place that stored them. */
  readonly attributes: Readonly<Record<string, SeenAt | null>>;
  /** Instances were referred to weakly. */
  readonly weakrefs: boolean;
  /** Places that asked for the `__dict__` of an instance; null for one outside the project. */
  readonly dict: readonly (SeenAt | null)[];
  /** Pickle protocols, each with the first place. */
  readonly pickled: Readonly<Record<string, SeenAt | null>>;
}

/** A profile file. */
export interface Profile {
  readonly version: 1;
  /** The command that was run. */
  readonly command: readonly string[];
  /** Its interpreter, `[3, 12]`; the newest when several took part. */
  readonly python: readonly [number, number];
  /** By class id, without the `#2` of a second definition. Classes that never had an instance are left out. */
  readonly classes: Readonly<Record<string, Seen>>;
}

/** Name of a class in a profile. */
export const profiledId = (id: string): string => id.replace(/#\d+$/, '');
