// Where a class body can take one more statement, as offsets into the text. Filled in by 3-facts, used by 6-edit.

/** UTF-16 offsets, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the header and the first statements of a class body stand. */
export interface BodyAnchor {
  /** Offset of the `class` keyword. */
  readonly keyword: number;
  /** Offset just behind the colon that ends the class header. */
  readonly colon: number;
  /** The body stands on the header's line: `class A: pass`, `class A: x = 1; y = 2`. */
  readonly inline: boolean;
  /** The first statement of the body, docstring included; decorators belong to their statement. */
  readonly first: Span;
  readonly docstring: Span | null;
  /** The first statement behind the docstring (the first at all without one); null when there is none. */
  readonly next: Span | null;
  /** What `next` is: a decorated definition counts as what it defines. */
  readonly nextKind: 'function' | 'class' | 'other' | null;
}
