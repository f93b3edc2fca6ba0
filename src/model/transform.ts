// What a transform is: which classes it knows how to rewrite, what it heeds, and the edits it makes.
import type { Edit, Evidence, Slot } from './decision.js';
import type { RuleDoc } from './rule-doc.js';
import type { World, WorldClass } from './world.js';

/** A rule as deciding needs it. */
export interface Heeded extends RuleDoc {
  readonly find: (cls: WorldClass, world: World) => Iterable<Evidence>;
}

/** What an edit may need besides the class. */
export interface Drawing {
  readonly text: string;
  /** The edit that adds `__slots__` with these names to the body. */
  readonly place: (names: readonly string[]) => Edit;
  readonly world: World;
}

/** Every transform by name, the most particular first: users select among them. */
export const TRANSFORM_NAMES = ['dataclass-slots', 'attrs-slots', 'plain-slots'] as const;
/** The name of a transform, as settings spell it. */
export type TransformName = (typeof TRANSFORM_NAMES)[number];

/** One way to give classes slots. */
export interface Transform {
  readonly name: TransformName;
  /** Whether a class is of the form that this transform rewrites. The first transform that says yes has it. */
  readonly claims: (cls: WorldClass) => boolean;
  readonly rules: readonly Heeded[];
  /** Whether it can write `__dict__` among the slots of a class. */
  readonly holdsDict: (cls: WorldClass, world: World) => boolean;
  /** Things the reader of the diff should know although nothing breaks. */
  readonly cautions: (cls: WorldClass, world: World) => readonly string[];
  /** The edits that give the class its slots. */
  readonly draw: (cls: WorldClass, slots: readonly Slot[], drawing: Drawing) => readonly Edit[];
}
