// Whether the names in a node are read, stored or deleted.
import { F, K } from '../../2-parse/kinds.js';
import { firstChild, type Tree } from '../../2-parse/tree.js';

export enum Context {
  Load,
  Store,
  Delete,
}

/** Nodes whose children are read, stored or deleted as they are. */
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

/** Pattern nodes below which a lone name captures. */
const PATTERN_PARENTS: ReadonlySet<number> = new Set([
  K.case_pattern,
  K.keyword_pattern,
  K.list_pattern,
  K.tuple_pattern,
  K.union_pattern,
  K.dict_pattern,
]);

/** The context of `node`, a child of `parent`, whose own is `outer`. */
export function contextUnder(t: Tree, parent: number, node: number, outer: Context): Context {
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
      return INHERITS_CONTEXT.has(kind) ? outer : Context.Load;
  }
}

/** A `dotted_name` that captures: a single name in a pattern, where it is not the class of a class pattern. */
export const isCapture = (t: Tree, node: number): boolean => {
  const only = firstChild(t, node);
  return only >= 0 && t.next[only]! < 0 && PATTERN_PARENTS.has(t.kind[t.parent[node]!]!);
};
