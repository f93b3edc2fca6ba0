// What one file says, as plain data: the border for threads and for the cache. No syntax nodes, no judgement.
import type { ClassFact, FunctionFact, ImportFact, ScopeFact, VariableFact } from './definitions.js';

/** What a value is made of. Operands a, b are value numbers unless said otherwise. */
export enum Op {
  /** Nothing is known. */
  Unknown,
  /** The variable a; b = 0, or 1 + the list of names: what stands there is known to have attributes of these names. */
  Var,
  /** a.name, name = string b. */
  Attr,
  /** Call of a with the argument list at b: [kind, string or -1, value] each. */
  Call,
  /** A string literal; a = string. */
  Str,
  /** Any other literal; a = ConstKind, b = the number of a small int, 1 for True and for a text that would store no
   *  attribute as code, else -1 or 0. */
  Const,
  /** Displays; items listed at b, a starred item as ~value. */
  Tuple,
  List,
  Set,
  /** Listed at b: [key or -1 for `**`, value] each. */
  Dict,
  /** Any one of the values listed at b. */
  Join,
  /** a operator b; a and b are the same for a sign. The operator stands in the bits above OP_BITS of the column. */
  Binary,
  /** a[b] */
  Sub,
  /** The function a of this file (def or lambda). */
  Func,
  /** The class a of this file. */
  Class,
  /** What iterating over a gives; b = 0, or 1 + the list of the tests that come before anything is done with an item:
   *  calls or `PUBLIC`, those of each way through the loop with -1 behind. */
  Iter,
  /** What `with a` gives to its target. */
  Enter,
  Await,
  /** a[b] by position, b a plain number: unpacking. */
  Item,
  /** What is left of a for a starred target, as a list. */
  Rest,
  /** A comprehension; a = element, b = 0 list, 1 set, 2 generator. */
  Comp,
  /** a where it is known to be an instance of b. */
  Narrow,
  /** a where it is known to be no instance of the values listed at b. */
  Exclude,
  /** Zero-argument super() in class a, first parameter = variable b or -1. */
  Super,
  /** `__class__` in class a. */
  ClassCell,
  /** The exception caught by `except a`; a is None for `except:`. */
  Caught,
  /** Some attribute of a: what a positional part of a class pattern captures. */
  Field,
  /** `a in b`, `a not in b`. */
  In,
  /** `a is b`, `a is not b`, where b is a name or an attribute. */
  Is,
  /** An f-string: the text put together of the values listed at b. */
  Text,
}

/** Bits of the op column that hold the `Op`. */
export const OP_BITS = 8;

/** Operators that call methods of their operands (reference 3.3.1 and 3.3.8). */
export enum Operator {
  Or,
  Xor,
  And,
  LShift,
  RShift,
  Add,
  Sub,
  Mul,
  MatMul,
  TrueDiv,
  FloorDiv,
  Mod,
  Pow,
  /** divmod() */
  DivMod,
  Lt,
  Le,
  Gt,
  Ge,
  Eq,
  Ne,
  Neg,
  Pos,
  Invert,
}

/** Added to `Op.Narrow` and `Op.Exclude` where other code may run between the test and what it tells. */
export const LATE = 1 << OP_BITS;

/** Added to an operator that stands before `=`: `a += b`. */
export const IN_PLACE = 64;

/** What a literal is, other than a string. */
export enum ConstKind {
  None,
  Bool,
  Int,
  Float,
  Bytes,
  Ellipsis,
  /** A plain value that is not known: an f-string, the outcome of a comparison. */
  Text,
}

/** What is known of a variable. */
export enum Presence {
  None,
  /** It is None, or whatever else is false or cannot be called. */
  False,
  /** It is not None. */
  Given,
}

/** How an argument is given: `x`, `name=x`, `*x`, `**x`. */
export enum ArgKind {
  Positional,
  Keyword,
  Star,
  DoubleStar,
}

/** What a statement does with values. Operands a, b, c. */
export enum Act {
  /** variable a takes value b. */
  Bind,
  /** a.name = c; name = string b, c = -1 when the value is not known. */
  Store,
  /** a.name op= c */
  StoreAug,
  /** del a.name */
  StoreDel,
  /** a.name: annotation, without a value; c = annotation value. */
  Declare,
  /** a[b] = c */
  StoreItem,
  /** function a returns b. */
  Return,
  /** function a yields b. */
  Yield,
  /** function a yields what iterating over b gives. */
  YieldFrom,
  /** variable a is annotated with b; c = 1 where the annotation is evaluated to a string, else -1. */
  Annotate,
  /** a.name = ... with annotation; name = string b, c = annotation value. */
  AnnotateAttr,
  /** variable a is deleted. */
  Unbind,
  /** a.name = ... in a string, which counts where the program runs texts as code; name = string b, a is an attribute of
   *  something unknown. */
  TextStore,
}

/** Special names that Python gives functions and methods alone (reference 3.2.8); update_wrapper() copies none of them. */
export const OF_FUNCTIONS: ReadonlySet<string> = new Set(
  '__code__ __globals__ __closure__ __defaults__ __kwdefaults__ __func__'.split(' '),
);

/** Stands among the tests of a loop for one that lets no name with an underscore at its front through. */
export const PUBLIC = -2;

/** Numbers a row of `values` has: op, a, b, offset. */
export const VALUE_WIDTH = 4;
/** Numbers a row of `acts` has: act, a, b, c, offset. */
export const ACT_WIDTH = 5;

/** Numbers a row of `arms` has: where the `if` begins, where the first statement of the arm begins, where the arm ends, 1
 *  where it ends with a statement that leaves. */
export const ARM_WIDTH = 4;

/** Numbers a row of `presences` has: value, variable, `Presence`. */
export const PRESENCE_WIDTH = 3;

/** A class whose instance is in a pickle that stands in the source as a literal. */
export interface PickledFact {
  /** Dotted names as the pickle has them. */
  readonly module: string;
  readonly name: string;
  readonly at: number;
}

/** A comment that speaks to slotify. */
export interface DirectiveFact {
  readonly says:
    | { readonly kind: 'skip' }
    /** The names in the brackets, as written. */
    | { readonly kind: 'ignore'; readonly reasons: readonly string[] }
    | { readonly kind: 'unknown'; readonly text: string };
  /** Class on whose header or decorators it stands, or -1. */
  readonly cls: number;
  /** Offset of the `#`. */
  readonly at: number;
}

/** Everything that one file says. Offsets are UTF-16 units from 0. */
export interface FileFacts {
  /** Offsets at which lines start, first 0. */
  readonly lineStarts: Uint32Array;
  /** Offsets at which the statements of the module start. */
  readonly statements: Uint32Array;
  /** Where the file stops being Python 3 that can be read, or -1. */
  readonly errorAt: number;
  /** Why the file is too much to analyse (then nothing else is said of it), or null. No full stop. */
  readonly beyond: string | null;
  /** For a broken file: every word of it, since it may do anything to anything it can name. */
  readonly words: readonly string[];
  readonly strings: readonly string[];
  /** Rows of VALUE_WIDTH numbers. */
  readonly values: Int32Array;
  /** Rows of ACT_WIDTH numbers, in order of offset. */
  readonly acts: Int32Array;
  /** Item lists: a length, then that many numbers. */
  readonly lists: Int32Array;
  /** Rows of PRESENCE_WIDTH numbers: returned values that are only made where a test of a variable has been passed. */
  readonly presences: Int32Array;
  readonly scopes: readonly ScopeFact[];
  readonly variables: readonly VariableFact[];
  readonly functions: readonly FunctionFact[];
  readonly classes: readonly ClassFact[];
  readonly imports: readonly ImportFact[];
  /** String items of `__all__` where it is a plain list, else null. */
  readonly exported: readonly string[] | null;
  readonly directives: readonly DirectiveFact[];
  /** Offsets of stores, reads and calls that the code expects to fail, in order. */
  readonly failing: Uint32Array;
  /** Rows of ARM_WIDTH numbers: the arms of `if` statements that have an `else`, each statement's one after the other. */
  readonly arms: Int32Array;
  /** What its literals hold pickled. */
  readonly pickled: readonly PickledFact[];
  /** What the examples in its strings (`>>> x.colour = "red"`) say, or null where there are none. */
  readonly doctests: FileFacts | null;
}

/** 1-based line and column of a UTF-16 offset. */
export function lineAndColumn(lineStarts: Uint32Array, offset: number): { line: number; column: number } {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lineStarts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - lineStarts[low]! + 1 };
}
