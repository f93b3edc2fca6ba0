// First pass, forwards: which scope each node is evaluated in, and which names each scope binds.
// Rules: Python reference, section 4.2 "Naming and binding".

import { F, K } from '../2-parse/kinds.js';
import { childBy, children, firstChild, type Tree, textOf } from '../2-parse/tree.js';
import type { ScopeFact, VariableFact } from '../model/facts.js';

export enum Context {
  Load,
  Store,
  Delete,
}

export interface Scoping {
  readonly scopes: ScopeFact[];
  readonly variables: VariableFact[];
  /** Scope in which each node is evaluated. */
  readonly scopeOf: Int32Array;
  /** `Context` of each node. */
  readonly context: Uint8Array;
  /** Definition nodes in order: the number of a class or function is its place here. */
  readonly classNodes: readonly number[];
  readonly functionNodes: readonly number[];
  /** Number of the class or function a definition node stands for. */
  readonly numberOf: ReadonlyMap<number, number>;
  /** Scope that the body of a definition node opens. */
  readonly opens: ReadonlyMap<number, number>;
  /** Name of the class whose private names apply in a scope, or ''. */
  readonly privateOf: readonly string[];
  /** The variable a name means in a scope; made on the spot when no scope binds it. */
  variable(scope: number, name: string): number;
  /** The variable that binding `name` in `scope` binds. */
  binding(scope: number, name: string): number;
  /** A name as the compiler sees it in a scope (private name mangling, reference section 6.2.1). */
  mangled(scope: number, name: string): string;
}

const INHERITS_CONTEXT: ReadonlySet<number> = new Set([
  K.pattern_list,
  K.tuple_pattern,
  K.list_pattern,
  K.list_splat_pattern,
  K.dictionary_splat_pattern,
  K.tuple,
  K.list,
  K.list_splat,
  K.parenthesized_expression,
  K.expression_list,
  K.as_pattern_target,
]);

const COMPREHENSIONS: ReadonlySet<number> = new Set([
  K.list_comprehension,
  K.set_comprehension,
  K.dictionary_comprehension,
  K.generator_expression,
]);

/** Pattern nodes below which a lone name captures. */
const PATTERN_PARENTS: ReadonlySet<number> = new Set([
  K.case_pattern,
  K.keyword_pattern,
  K.list_pattern,
  K.tuple_pattern,
  K.union_pattern,
  K.dict_pattern,
]);

export function mangle(cls: string, name: string): string {
  if (!name.startsWith('__') || name.endsWith('__') || name.includes('.')) return name;
  const bare = cls.replace(/^_+/, '');
  return bare ? `_${bare}${name}` : name;
}

/** A `dotted_name` that captures: a single name in a pattern, where it is not the class of a class pattern. */
export const isCapture = (t: Tree, node: number): boolean => {
  const only = firstChild(t, node);
  return only >= 0 && t.next[only]! < 0 && PATTERN_PARENTS.has(t.kind[t.parent[node]!]!);
};

export function scoping(t: Tree): Scoping {
  const scopes: ScopeFact[] = [{ kind: 'module', parent: -1, owner: -1 }];
  const variables: VariableFact[] = [];
  const names: Map<string, number>[] = [new Map()];
  /** Names declared global (module scope) or nonlocal in a scope. */
  const elsewhere: (Map<string, 'global' | 'nonlocal'> | null)[] = [null];
  const privateOf: string[] = [''];
  const scopeOf = new Int32Array(t.count);
  const context = new Uint8Array(t.count);
  const classNodes: number[] = [];
  const functionNodes: number[] = [];
  const numberOf = new Map<number, number>();
  const opens = new Map<number, number>();
  /** Scope of PEP 695 type parameters around a definition. */
  const typeScopes = new Map<number, number>();

  const open = (kind: ScopeFact['kind'], parent: number, owner: number, privateName: string): number => {
    names.push(new Map());
    elsewhere.push(null);
    privateOf.push(privateName);
    return scopes.push({ kind, parent, owner }) - 1;
  };
  const mangled = (scope: number, name: string): string => mangle(privateOf[scope]!, name);

  const declare = (scope: number, name: string, bound: boolean): number => {
    const known = names[scope]!.get(name);
    if (known !== undefined) {
      if (bound && !variables[known]!.bound) variables[known] = { scope, name, bound: true };
      return known;
    }
    const number = variables.push({ scope, name, bound }) - 1;
    names[scope]!.set(name, number);
    return number;
  };
  /** The nearest scope outwards of `scope`, itself excluded, that binds `name`; class bodies are skipped. */
  const enclosing = (scope: number, name: string): number | undefined => {
    for (let s = scopes[scope]!.parent; s >= 0; s = scopes[s]!.parent) {
      if (scopes[s]!.kind === 'class') continue;
      const found = names[s]!.get(name);
      if (found !== undefined && variables[found]!.bound) return found;
    }
    return undefined;
  };
  const binding = (scope: number, spelled: string): number => {
    const name = mangled(scope, spelled);
    const rule = elsewhere[scope]?.get(name);
    if (rule === 'global') return declare(0, name, true);
    if (rule === 'nonlocal') return enclosing(scope, name) ?? declare(0, name, true);
    return declare(scope, name, true);
  };
  const variable = (scope: number, spelled: string): number => {
    const name = mangled(scope, spelled);
    const rule = elsewhere[scope]?.get(name);
    if (rule !== 'global') {
      const own = names[scope]!.get(name);
      if (rule !== 'nonlocal' && own !== undefined && variables[own]!.bound) return own;
      const outer = enclosing(scope, name);
      if (outer !== undefined) return outer;
    }
    return declare(0, name, false);
  };

  /** A walrus in a comprehension binds in the scope around it (PEP 572). */
  const outOfComprehensions = (scope: number): number => {
    let s = scope;
    while (scopes[s]!.kind === 'comprehension') s = scopes[s]!.parent;
    return s;
  };

  const enterDefinition = (node: number, outer: number): void => {
    const kind = t.kind[node]!;
    let around = outer;
    if (childBy(t, node, F.type_parameters) >= 0) {
      around = open('function', outer, -1, privateOf[outer]!);
      typeScopes.set(node, around);
    }
    if (kind === K.class_definition) {
      const name = textOf(t, childBy(t, node, F.name));
      numberOf.set(node, classNodes.length);
      opens.set(node, open('class', around, classNodes.length, name));
      classNodes.push(node);
      binding(outer, name);
      return;
    }
    numberOf.set(node, functionNodes.length);
    opens.set(node, open('function', around, functionNodes.length, privateOf[outer]!));
    functionNodes.push(node);
    if (kind === K.function_definition) binding(outer, textOf(t, childBy(t, node, F.name)));
  };

  /** The scope around one; in a broken tree parameters and comprehensions may stand in the module itself. */
  const around = (scope: number): number => Math.max(scopes[scope]!.parent, 0);

  /** The scope in which `node` is evaluated, given its parent. */
  const scopeUnder = (parent: number, node: number): number => {
    const outer = scopeOf[parent]!;
    const field = t.field[node]!;
    const kind = t.kind[parent]!;
    if (kind === K.class_definition) {
      if (field === F.body) return opens.get(parent)!;
      return field === F.name || field === F.body ? outer : (typeScopes.get(parent) ?? outer);
    }
    if (kind === K.function_definition || kind === K.lambda) {
      if (field === F.body || field === F.parameters) return opens.get(parent)!;
      return field === F.name ? outer : (typeScopes.get(parent) ?? outer);
    }
    if (kind === K.default_parameter || kind === K.typed_default_parameter || kind === K.typed_parameter) {
      // defaults and annotations are evaluated around the function, not in it
      if (field === F.value || field === F.type) return around(outer);
      return outer;
    }
    if (COMPREHENSIONS.has(kind)) return opens.get(parent)!;
    if (kind === K.for_in_clause && field === F.right) {
      const comprehension = t.parent[parent]!;
      // the first iterable is evaluated around the comprehension
      for (const c of children(t, comprehension))
        if (t.kind[c] === K.for_in_clause) return c === parent ? around(outer) : outer;
    }
    return outer;
  };

  const contextUnder = (parent: number, node: number): number => {
    const kind = t.kind[parent]!;
    const field = t.field[node]!;
    switch (kind) {
      case K.assignment:
      case K.augmented_assignment:
      case K.for_statement:
      case K.for_in_clause:
        return field === F.left ? Context.Store : Context.Load;
      case K.named_expression:
        return field === F.name ? Context.Store : Context.Load;
      case K.as_pattern_target:
      case K.splat_pattern:
        return Context.Store;
      case K.delete_statement:
        return Context.Delete;
      case K.as_pattern:
        // `case P() as name`: the name is a plain child here, an as_pattern_target in `with` and `except`
        return t.kind[node] === K.identifier && t.kind[t.parent[parent]!] === K.case_pattern
          ? Context.Store
          : Context.Load;
      default:
        return INHERITS_CONTEXT.has(kind) ? context[parent]! : Context.Load;
    }
  };

  const bindParameter = (node: number, scope: number): void => {
    declare(scope, mangled(scope, textOf(t, node)), true);
  };

  const enter = (node: number): void => {
    const scope = scopeOf[node]!;
    switch (t.kind[node]) {
      case K.class_definition:
      case K.function_definition:
      case K.lambda:
        return enterDefinition(node, scope);
      case K.list_comprehension:
      case K.set_comprehension:
      case K.dictionary_comprehension:
      case K.generator_expression:
        opens.set(node, open('comprehension', scope, -1, privateOf[scope]!));
        return;
      case K.global_statement:
      case K.nonlocal_statement: {
        const rule = t.kind[node] === K.global_statement ? 'global' : 'nonlocal';
        const map = (elsewhere[scope] ??= new Map());
        for (const c of children(t, node)) {
          const name = mangled(scope, textOf(t, c));
          map.set(name, rule);
          if (rule === 'global') declare(0, name, true);
        }
        return;
      }
      case K.import_statement:
      case K.import_from_statement: {
        for (const c of children(t, node)) {
          if (t.field[c] !== F.name) continue;
          const alias = childBy(t, c, F.alias);
          const name = alias >= 0 ? textOf(t, alias) : textOf(t, c).split('.')[0]!.trim();
          binding(scope, name);
        }
        return;
      }
      case K.dotted_name:
        if (isCapture(t, node)) binding(scope, textOf(t, node));
        return;
      case K.type_alias_statement: {
        const left = childBy(t, node, F.left);
        const name = left < 0 ? null : /^\w+/.exec(textOf(t, left));
        if (name) binding(scope, name[0]);
        return;
      }
      case K.type_parameter: {
        // PEP 695: the names in `class A[T]`, not those in `list[T]`
        const definition = t.parent[node]!;
        if (typeScopes.get(definition) !== scope || t.field[node] !== F.type_parameters) return;
        for (const c of children(t, node)) {
          const name = /\w+/.exec(textOf(t, c));
          if (name) declare(scope, name[0], true);
        }
        return;
      }
      case K.identifier: {
        const parent = t.parent[node]!;
        const kind = t.kind[parent];
        if (context[node] !== Context.Load) {
          binding(kind === K.named_expression ? outOfComprehensions(scope) : scope, textOf(t, node));
        } else if (kind === K.parameters || kind === K.lambda_parameters) {
          bindParameter(node, scope);
        } else if (kind === K.default_parameter || kind === K.typed_default_parameter) {
          if (t.field[node] === F.name) bindParameter(node, scope);
        } else if (kind === K.typed_parameter) {
          if (t.field[node] !== F.type) bindParameter(node, scope);
        } else if (kind === K.list_splat_pattern || kind === K.dictionary_splat_pattern) {
          bindParameter(node, scope);
        }
        return;
      }
      default:
        return;
    }
  };

  for (let node = 0; node < t.count; node++) {
    const parent = t.parent[node]!;
    if (parent >= 0) {
      scopeOf[node] = scopeUnder(parent, node);
      context[node] = contextUnder(parent, node);
    }
    enter(node);
  }
  return {
    scopes,
    variables,
    scopeOf,
    context,
    classNodes,
    functionNodes,
    numberOf,
    opens,
    privateOf,
    variable,
    binding,
    mangled,
  };
}

/** Function number directly around a scope (through comprehensions), or -1 at module and class level. */
export function functionAround(scopes: readonly ScopeFact[], scope: number): number {
  let s = scope;
  while (
    s >= 0 &&
    (scopes[s]!.kind === 'comprehension' || (scopes[s]!.kind === 'function' && scopes[s]!.owner < 0))
  )
    s = scopes[s]!.parent;
  return s >= 0 && scopes[s]!.kind === 'function' ? scopes[s]!.owner : -1;
}

/** Class number of the innermost class around a scope, through functions, or -1. */
export function classAround(scopes: readonly ScopeFact[], scope: number): number {
  for (let s = scope; s >= 0; s = scopes[s]!.parent) if (scopes[s]!.kind === 'class') return scopes[s]!.owner;
  return -1;
}

/** The outermost method around a scope: the function that stands directly in the innermost class. */
export function methodAround(scopes: readonly ScopeFact[], scope: number): number {
  for (let s = scope; s >= 0; s = scopes[s]!.parent) {
    const up = scopes[s]!.parent;
    if (up < 0) return -1;
    let outer = up;
    while (outer >= 0 && scopes[outer]!.kind === 'function' && scopes[outer]!.owner < 0)
      outer = scopes[outer]!.parent;
    if (
      scopes[s]!.kind === 'function' &&
      scopes[s]!.owner >= 0 &&
      outer >= 0 &&
      scopes[outer]!.kind === 'class'
    )
      return scopes[s]!.owner;
  }
  return -1;
}
