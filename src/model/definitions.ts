// What one file defines: its scopes, variables, functions, classes and imports. Offsets are UTF-16 units.
import type { BodyAnchor, Span } from './anchor.js';

/** What a scope is the body of (reference 4.2.1); those of type parameters (PEP 695) count as functions. */
export type ScopeKind = 'module' | 'class' | 'function' | 'comprehension';

/** A scope, known by its number: 0 is that of the module. */
export interface ScopeFact {
  readonly kind: ScopeKind;
  /** Enclosing scope, -1 for the module's. */
  readonly parent: number;
  /** Class or function number that opens it, -1 for module and comprehensions. */
  readonly owner: number;
}

/** A name in one scope: all statements that bind it there bind one variable. */
export interface VariableFact {
  readonly scope: number;
  readonly name: string;
  /** Bound in its scope; false for a name that is only read (a builtin, a star import) there. */
  readonly bound: boolean;
}

/** A parameter of a function. */
export interface ParameterFact {
  readonly name: string;
  readonly kind: 'positional' | 'keyword' | 'star' | 'doubleStar';
  /** Variable it binds. */
  readonly variable: number;
  /** Value numbers, -1 where there is none. */
  readonly annotation: number;
  readonly defaultValue: number;
}

/** A `def` or a lambda. */
export interface FunctionFact {
  readonly name: string;
  /** `Outer.method` within the file. */
  readonly qualname: string;
  readonly isLambda: boolean;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  /** Class whose body defines it directly, or -1. */
  readonly cls: number;
  readonly scope: number;
  readonly parameters: readonly ParameterFact[];
  readonly decorators: readonly number[];
  /** Annotation of the result, or -1. */
  readonly returns: number;
  /** Offset of the name (of the keyword for a lambda). */
  readonly at: number;
  /** Offset of the first statement (of the expression of a lambda). */
  readonly body: number;
  readonly end: number;
}

/** One argument of a class statement that is a base. */
export interface BaseFact {
  readonly value: number;
  /** `*bases` */
  readonly star: boolean;
}

/** One binding in a class body. */
export interface MemberFact {
  readonly name: string;
  /** How the body binds it. `annotation` binds nothing. */
  readonly kind: 'assign' | 'function' | 'class' | 'import' | 'annotation' | 'other';
  /** The value where one is plain to see (assign, function, class), or -1. */
  readonly value: number;
  /** Annotation value or -1. */
  readonly annotation: number;
  /** The annotation is a string at run time: written as one, or with `from __future__ import annotations`. */
  readonly isText: boolean;
  /** It is for type checkers alone: the body binds it under `if TYPE_CHECKING:`. */
  readonly isTyping: boolean;
  readonly at: number;
}

/** A class statement. */
export interface ClassFact {
  readonly name: string;
  /** `Outer.Inner`, `make.Row`: names of functions and classes around it, joined by dots. */
  readonly qualname: string;
  /** Offset of the name. */
  readonly at: number;
  readonly end: number;
  readonly anchor: BodyAnchor;
  /** Scope of the body. */
  readonly scope: number;
  /** Variable that the statement binds. */
  readonly variable: number;
  readonly bases: readonly BaseFact[];
  readonly keywords: readonly { readonly name: string; readonly value: number }[];
  /** `**kwargs` among the class arguments. */
  readonly splatsKeywords: boolean;
  /** Top-most decorator first; the span is the expression behind the `@`. */
  readonly decorators: readonly { readonly value: number; readonly span: Span }[];
  /** What the body binds, in order; a name may come several times. */
  readonly members: readonly MemberFact[];
  /** Offset of a `locals()`, `exec`, `vars()`, star import in the body, or -1: more names than can be seen. */
  readonly dynamicBody: number;
}

/** One name that an import statement binds, or one star import. */
export interface ImportFact {
  /** Dotted module as written, without the leading dots; empty for `from . import x`. */
  readonly module: string;
  /** Number of leading dots. */
  readonly level: number;
  /** Name taken from the module; null for `import module`; `*` for a star import. */
  readonly name: string | null;
  /** Variable that it binds; -1 for a star import. */
  readonly variable: number;
  /** `import a.b` without `as` binds `a`. */
  readonly bindsRoot: boolean;
  readonly scope: number;
  readonly at: number;
}
