// What the codebase says as a whole: classes in their hierarchy, and everything that is done to their instances.
import type { Span } from './anchor.js';
import type { ClassRef, Evidence, Place, PythonRange } from './decision.js';
import type { ClassFact, MemberFact } from './definitions.js';
import type { FileFacts } from './facts.js';
import type { ExternalClass } from './layouts.js';
import type { Source } from './source.js';

/** A file with its facts. */
export interface WorldFile {
  readonly index: number;
  readonly source: Source;
  readonly facts: FileFacts;
  /** For the examples in the strings of a file: that file, whose names they see. */
  readonly host: WorldFile | null;
}

/** What a base-class expression stands for. */
export type Base =
  | { readonly kind: 'class'; readonly cls: WorldClass; readonly at: Place }
  | {
      readonly kind: 'external';
      readonly dotted: string;
      /** One per Python version of the range, oldest first; the class exists in all of them. */
      readonly layouts: readonly ExternalClass[];
      /** Classes at and above it with a memory layout of their own, the most derived first. */
      readonly solids: readonly string[];
      readonly at: Place;
    }
  | {
      readonly kind: 'unknown';
      readonly text: string;
      /** Dotted name where the base, or what is called to make it, comes from a module that is not at hand. */
      readonly dotted: string | null;
      /** `object` stands there instead where the import of it fails: the class needs nothing that it brings. */
      readonly spare?: boolean;
      readonly because: string;
      readonly at: Place;
    };

/** The `__slots__` that a class already has. */
export type DeclaredSlots =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  /** Slots are there but cannot be read off the source. */
  | { readonly kind: 'opaque' };

/** What decorates a class. */
export interface ClassDecorator {
  /** Dotted name of an external decorator, `path.py:name` of the project's own, or the source text. */
  readonly name: string;
  readonly kind: 'external' | 'own' | 'unknown';
  /** It surely returns the class it is given and does nothing to instances. */
  readonly harmless: boolean;
  /** It surely gives back the very class: nothing else ever stands for the name. */
  readonly keeps: boolean;
  /** Subclasses made by it that it may give back instead of the class: without slots they have a `__dict__`. */
  readonly makes: readonly WorldClass[];
  /** Dotted name of the decorator of dataclasses or attrs that this one applies in its own way (a partial, a function
   *  around it, another import of the same name), so that its options cannot be seen. */
  readonly wraps: string | null;
  /** Keyword arguments given as plain constants, `True`/`False` as booleans. */
  readonly flags: ReadonlyMap<string, boolean | null>;
  /** `@deco(...)` rather than `@deco`. */
  readonly called: boolean;
  readonly at: Place;
  /** The expression behind the `@`. */
  readonly span: Span;
}

/** An annotated name in a class body that instances hold: what a dataclass takes for a field. ClassVar, InitVar and
 *  the KW_ONLY mark are none. */
export interface Field {
  readonly name: string;
  /** The body binds a value to it as well. */
  readonly hasDefault: boolean;
  /** The value stays on the class: `C.name` is the default, and instances without a value of their own show it. */
  readonly onClass: boolean;
  /** The generated `__init__` gives it a value. */
  readonly isSet: boolean;
  /** It does so only in a class that dataclasses give slots: others leave `field(init=False, default=0)` to the class
   *  (dataclasses.py, `_field_init`). */
  readonly isSetWithSlots: boolean;
  /** UTF-16 offset of the name. */
  readonly at: number;
}

/** A parameter of the `__init__` that dataclasses or attrs generate. */
export interface Parameter {
  readonly name: string;
  /** False for an `InitVar`. */
  readonly isField: boolean;
  readonly keywordOnly: boolean;
}

/** A place in a method that refers to its class through the `__class__` cell (reference 3.3.3.6). */
export interface CellUse {
  readonly kind: 'super' | 'class';
  /** UTF-16 offset of `super` or `__class__`. */
  readonly at: number;
  /** Number of the innermost function around it. */
  readonly fn: number;
  /** The method around it is a function of the body, undecorated or a static or class method or a property. */
  readonly inPlainMethod: boolean;
}

/** A step of a linearisation: a class of the world or one outside it. */
export type MroEntry =
  | { readonly kind: 'class'; readonly cls: WorldClass }
  | { readonly kind: 'external'; readonly layouts: readonly ExternalClass[]; readonly dotted: string }
  | { readonly kind: 'unknown'; readonly base: Base & { readonly kind: 'unknown' } };

/** A class statement with its place in the hierarchy. */
export interface WorldClass {
  readonly index: number;
  readonly ref: ClassRef;
  readonly file: WorldFile;
  readonly fact: ClassFact;
  readonly bases: readonly Base[];
  readonly metaclasses: readonly Base[];
  readonly decorators: readonly ClassDecorator[];
  /** C3 linearisation without `object`, the class itself first; with a conflict, a depth-first walk. */
  readonly mro: readonly MroEntry[];
  readonly slots: DeclaredSlots | null;
  /** Names the body binds (annotations without value left out), last binding wins. */
  readonly members: ReadonlyMap<string, MemberFact>;
  /** Annotated names of the body; instance attributes where a dataclass or attrs decorator makes them so. */
  readonly fields: readonly Field[];
  /** What the body itself adds to the generated `__init__`, in order. */
  readonly parameters: readonly Parameter[];
  /** Where methods use zero-argument super() or `__class__`, in order. */
  readonly cellUses: readonly CellUse[];
  /** Direct and indirect subclasses in the world. */
  readonly descendants: readonly WorldClass[];
}

/** `refused`: the code expects it to fail, as on a frozen instance. */
export type StoreKind = 'set' | 'augmented' | 'delete' | 'declare' | 'refused';

/** A store on an instance: `x.attr = value` in any form. */
export interface Store {
  readonly cls: WorldClass;
  readonly attr: string;
  readonly kind: StoreKind;
  readonly at: Place;
  readonly file: WorldFile;
}

/** Something the program does with instances or classes that `__slots__` may change. */
export type FindingKind =
  | 'instance-dict'
  | 'computed-store'
  | 'class-assignment'
  | 'class-store'
  | 'class-listing'
  | 'class-dict'
  | 'weak-reference'
  | 'unresolved-store'
  | 'observed-store'
  | 'state-copy'
  | 'old-protocol'
  | 'stored-pickle'
  /** `copyreg.pickle(C, reduce)`: instances of this very class are pickled by a function. */
  | 'own-reducer'
  /** The reducer of a class gives a state besides what makes the object anew. */
  | 'reducer-state'
  | 'method-patch'
  | 'class-attribute-test'
  /** The text of the error is shown that deleting an unset attribute gives, or reading one. */
  | 'deletion-text'
  | 'read-text'
  | 'subclass-listing'
  | 'subscripted-call'
  | 'made-by-call'
  | 'bare-instance'
  /** On a metaclass: what it does to the classes that it makes. */
  | 'metaclass'
  /** On the class with an `__init_subclass__`: it gives the class that it is called for to other code. */
  | 'subclass-hook';

/** One thing that the program does to instances of some classes, or to the classes. */
export interface Finding {
  readonly kind: FindingKind;
  readonly evidence: Evidence;
  /** The attribute concerned, where there is one. */
  readonly attr: string | null;
  /** False when the receiver is only guessed. */
  readonly certain: boolean;
}

/** Bases that some class of the program has together. */
export interface Combination {
  readonly name: string;
  readonly at: Place;
  readonly bases: readonly Base[];
  /** Put together at run time, by type() or a class statement in a function. */
  readonly computed: boolean;
}

/** A file that may do anything to the classes it can name. */
export interface BlindSpot {
  readonly path: string;
  readonly at: Place;
  /** Words of the file, as far as they are known. */
  readonly words: ReadonlySet<string>;
  readonly says: string;
}

/** All that is known of the codebase once its files are linked: what rules and transforms ask. */
export interface World {
  readonly files: readonly WorldFile[];
  /** Every class of targets, evidence and environment. */
  readonly classes: readonly WorldClass[];
  readonly python: PythonRange;
  /** What was found of one kind on exactly this class. */
  readonly findings: (cls: WorldClass, kind: FindingKind) => readonly Finding[];
  /** The classes that stand at a base which is a parameter, or null where something unknown may. */
  readonly alternatives: (base: Base & { readonly kind: 'unknown' }) => readonly WorldClass[] | null;
  /** Stores on instances of exactly this class (as far as value flow tells), in source order. */
  readonly stores: (cls: WorldClass) => readonly Store[];
  /** Names that the class must hold itself, mangled, with their stores, first assignment first: what a class above
   *  holds, and what goes to a property or another data descriptor, is left out. */
  readonly attributes: (cls: WorldClass) => ReadonlyMap<string, readonly Store[]>;
  /** Whether a member of a class takes stores itself: a property or an object with `__set__`. */
  readonly isDescriptor: (cls: WorldClass, member: MemberFact) => boolean;
  /** Whether a member is a cached_property or a lookalike, which keeps its value in the instance's `__dict__`. */
  readonly isCached: (cls: WorldClass, member: MemberFact) => boolean;
  /** Whether the body holds an object whose class has `__set_name__`. */
  readonly hasNamedDescriptor: (cls: WorldClass) => boolean;
  /** Whether the program makes instances of this very class. */
  readonly instantiated: (cls: WorldClass) => boolean;
  /** Whether code that is not seen is given the class itself. */
  readonly isHandedOut: (cls: WorldClass) => boolean;
  /** Whether a string of the program, other than in `__all__`, is the name of the class: it may be got by its name. */
  readonly spelled: (cls: WorldClass) => boolean;
  /** Every set of two or more bases that the program combines. */
  readonly combinations: readonly Combination[];
  /** Those of them that combine a class, or one below it, with a base that cannot be seen. */
  readonly unseenPartners: (cls: WorldClass) => readonly Combination[];
  readonly blindSpots: readonly BlindSpot[];
  /** Whether Python or its library gives a name like `__init__` a meaning. */
  readonly isSpecial: (name: string) => boolean;
}
