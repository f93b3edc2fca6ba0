// Text that the grammar accepts without an error, and Python 3 does not read that way.
import { F, K } from '../2-parse/kinds.js';
import { children, firstChild, type Tree, textOf } from '../2-parse/tree.js';

/** Where the parser took the file for something else without an error node, or -1: what only Python 2 has, and
 *  `x: y: z`, which is how a match statement with one short case may come out. */
export function misreadAt(t: Tree): number {
  for (let node = 0; node < t.count; node++)
    if (isPython2(t, node) || (t.kind[node] === K.constrained_type && !isTypeParameter(t, node)))
      return t.start[node]!;
  return -1;
}

/** Syntax that the grammar accepts and Python 3 does not. Strings in backticks parse as strings. */
function isPython2(t: Tree, node: number): boolean {
  const at = t.start[node]!;
  switch (t.kind[node]) {
    case K.print_statement:
    case K.exec_statement:
      return true;
    case K.raise_statement: {
      const raised = firstChild(t, node);
      return raised >= 0 && t.kind[raised] === K.expression_list;
    }
    case K.except_clause:
      return [...children(t, node)].filter(c => t.field[c] === F.value).length > 1;
    case K.tuple_pattern: {
      const parent = t.kind[t.parent[node]!];
      return parent === K.parameters || parent === K.lambda_parameters;
    }
    case K.integer:
      return /^0[0-9_]*[1-9]|[lL]$/.test(textOf(t, node));
    case K.string_start:
      return /^(`|[uU][rR])/.test(t.text.slice(at, at + 2));
    case K.comparison_operator:
      return [...children(t, node)].some(
        c => t.next[c]! >= 0 && /<>/.test(t.text.slice(t.end[c], t.start[t.next[c]!])),
      );
    default:
      return false;
  }
}

function isTypeParameter(t: Tree, node: number): boolean {
  for (let n = t.parent[node]!; n >= 0; n = t.parent[n]!) if (t.kind[n] === K.type_parameter) return true;
  return false;
}
