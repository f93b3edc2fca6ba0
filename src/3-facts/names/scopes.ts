// First pass, forwards: which scope each node is evaluated in, and which names each scope binds.
// Rules: Python reference, section 4.2 "Naming and binding".
import { F, K } from '../../2-parse/kinds.js';
import { childBy, children, type Tree, textOf } from '../../2-parse/tree.js';
import { outOfComprehensions } from './around.js';
import { Context, contextUnder, isCapture } from './context.js';
import { type ScopeTable, scopeTable } from './table.js';

export interface Scoping
  extends Pick<ScopeTable, 'scopes' | 'variables' | 'variable' | 'binding' | 'mangled'> {
  /** Scope in which each node is evaluated. */
  readonly scopeOf: Int32Array;
  /** `Context` of each node. */
  readonly context: Uint8Array;
  /** Definition nodes in order: the number of a class or function is its place here. */
  readonly classNodes: readonly number[];
  readonly functionNodes: readonly number[];
  /** Number of the class or function a definition node stands for. */
  readonly numberOf: ReadonlyMap<number, number>;
  /** Scope that the body of a definition or comprehension opens, by node. */
  readonly opens: ReadonlyMap<number, number>;
}

const COMPREHENSIONS: ReadonlySet<number> = new Set([
  K.list_comprehension,
  K.set_comprehension,
  K.dictionary_comprehension,
  K.generator_expression,
]);

/** Scopes and names of a whole file. */
export function scoping(t: Tree): Scoping {
  const table = scopeTable();
  const { scopes } = table;
  const scopeOf = new Int32Array(t.count);
  const context = new Uint8Array(t.count);
  const classNodes: number[] = [];
  const functionNodes: number[] = [];
  const numberOf = new Map<number, number>();
  const opens = new Map<number, number>();
  /** Scope of PEP 695 type parameters around a definition. */
  const typeScopes = new Map<number, number>();

  /** Opens the body of a definition, and around it the scope of its type parameters, where it has some. */
  const enterDefinition = (node: number, outer: number): void => {
    let around = outer;
    if (childBy(t, node, F.type_parameters) >= 0) {
      around = table.open('function', outer, -1);
      typeScopes.set(node, around);
    }
    const isClass = t.kind[node] === K.class_definition;
    const name = t.kind[node] === K.lambda ? null : textOf(t, childBy(t, node, F.name));
    const number = (isClass ? classNodes : functionNodes).push(node) - 1;
    numberOf.set(node, number);
    opens.set(
      node,
      isClass ? table.open('class', around, number, name) : table.open('function', around, number),
    );
    if (name !== null) table.binding(outer, name);
  };

  /** The scope around one; in a broken tree parameters and comprehensions may stand in the module itself. */
  const around = (scope: number): number => Math.max(scopes[scope]!.parent, 0);

  /** The scope in which `node` is evaluated, given its parent. */
  const scopeUnder = (parent: number, node: number): number => {
    const outer = scopeOf[parent]!;
    const field = t.field[node]!;
    const kind = t.kind[parent]!;
    switch (kind) {
      case K.class_definition:
      case K.function_definition:
      case K.lambda:
        if (field === F.body || field === F.parameters) return opens.get(parent)!;
        return field === F.name ? outer : (typeScopes.get(parent) ?? outer);
      case K.default_parameter:
      case K.typed_default_parameter:
      case K.typed_parameter:
        // defaults and annotations are evaluated around the function, not in it
        return field === F.value || field === F.type ? around(outer) : outer;
      case K.for_in_clause:
        // the first iterable is evaluated around the comprehension
        return field === F.right && isFirstClause(t, parent) ? around(outer) : outer;
      default:
        return COMPREHENSIONS.has(kind) ? opens.get(parent)! : outer;
    }
  };

  /** Opens the scopes that a node opens, and binds the names that it binds. */
  const enter = (node: number): void => {
    const scope = scopeOf[node]!;
    const kind = t.kind[node]!;
    switch (kind) {
      case K.class_definition:
      case K.function_definition:
      case K.lambda:
        enterDefinition(node, scope);
        return;
      case K.list_comprehension:
      case K.set_comprehension:
      case K.dictionary_comprehension:
      case K.generator_expression:
        opens.set(node, table.open('comprehension', scope, -1));
        return;
      case K.global_statement:
      case K.nonlocal_statement:
        for (const c of children(t, node))
          table.placeElsewhere(scope, textOf(t, c), kind === K.global_statement ? 'global' : 'nonlocal');
        return;
      case K.import_statement:
      case K.import_from_statement:
        for (const c of children(t, node)) {
          if (t.field[c] !== F.name) continue;
          const alias = childBy(t, c, F.alias);
          table.binding(scope, alias >= 0 ? textOf(t, alias) : textOf(t, c).split('.')[0]!.trim());
        }
        return;
      case K.dotted_name:
        if (isCapture(t, node)) table.binding(scope, textOf(t, node));
        return;
      case K.type_alias_statement: {
        const name = aliasName(t, node);
        if (name !== null) table.binding(scope, name);
        return;
      }
      case K.type_parameter:
        // PEP 695: the names in `class A[T]`, not those in `list[T]`
        if (typeScopes.get(t.parent[node]!) !== scope || t.field[node] !== F.type_parameters) return;
        for (const c of children(t, node)) {
          const name = /\w+/.exec(textOf(t, c));
          // private names apply inside
          if (name) table.declare(scope, table.mangled(opens.get(t.parent[node]!)!, name[0]));
        }
        return;
      case K.identifier:
        if (context[node] !== Context.Load) {
          const isWalrus = t.kind[t.parent[node]!] === K.named_expression;
          table.binding(isWalrus ? outOfComprehensions(scopes, scope) : scope, textOf(t, node));
        } else if (isParameter(t, node)) table.declare(scope, table.mangled(scope, textOf(t, node)));
        return;
      default:
        return;
    }
  };

  for (let node = 0; node < t.count; node++) {
    const parent = t.parent[node]!;
    if (parent >= 0) {
      scopeOf[node] = scopeUnder(parent, node);
      context[node] = contextUnder(t, parent, node, context[parent]!);
    }
    enter(node);
  }
  return { ...table, scopeOf, context, classNodes, functionNodes, numberOf, opens };
}

/** The name that a type alias statement defines, or null. */
export function aliasName(t: Tree, node: number): string | null {
  const left = childBy(t, node, F.left);
  return left < 0 ? null : (/^\w+/.exec(textOf(t, left))?.[0] ?? null);
}

/** Whether a `for` clause is the first of its comprehension. */
function isFirstClause(t: Tree, clause: number): boolean {
  for (const c of children(t, t.parent[clause]!)) if (t.kind[c] === K.for_in_clause) return c === clause;
  return false;
}

/** Whether an identifier that is not stored to is the name of a parameter. */
function isParameter(t: Tree, node: number): boolean {
  switch (t.kind[t.parent[node]!]) {
    case K.parameters:
    case K.lambda_parameters:
    case K.list_splat_pattern:
    case K.dictionary_splat_pattern:
      return true;
    case K.default_parameter:
    case K.typed_default_parameter:
      return t.field[node] === F.name;
    case K.typed_parameter:
      return t.field[node] !== F.type;
    default:
      return false;
  }
}
