// The parts of a text in which a condition is known to hold, or not to.
import { F, K } from '../../2-parse/kinds.js';
import { childBy, children, isAnd, type Tree } from '../../2-parse/tree.js';
import { type Range, restOfBlock } from './ranges.js';

const EXITS: ReadonlySet<number> = new Set([
  K.return_statement,
  K.raise_statement,
  K.continue_statement,
  K.break_statement,
]);

/** Whether nothing runs behind a block: it ends with a statement that leaves, or with an `if` all of whose arms do. A
 *  `with` around it may end an error, and what follows then runs after all. */
export function leaves(t: Tree, block: number): boolean {
  let last = -1;
  for (const c of children(t, block)) last = c;
  if (last < 0) return false;
  if (t.kind[last] !== K.if_statement) return EXITS.has(t.kind[last]!);
  return hasElse(t, last) && armsOf(t, last).every(arm => leaves(t, arm));
}

/** Whether one of the blocks of an if statement surely runs. */
export const hasElse = (t: Tree, statement: number): boolean =>
  t.kind[t.parent[armsOf(t, statement).at(-1)!]!] === K.else_clause;

/** The blocks of an if statement, in order. */
export function armsOf(t: Tree, statement: number): number[] {
  const clauses = [...children(t, statement)].filter(
    c => t.kind[c] === K.elif_clause || t.kind[c] === K.else_clause,
  );
  const arm = (clause: number): number =>
    childBy(t, clause, t.kind[clause] === K.else_clause ? F.body : F.consequence);
  return [statement, ...clauses].map(arm).filter(block => block >= 0);
}

/** The `elif` and `else` clauses behind a block of an if statement; `clause` holds the block. */
function otherArms(t: Tree, block: number, clause: number): Range | null {
  const first = t.next[t.kind[clause] === K.if_statement ? block : clause]!;
  // what the block before them binds does not concern them
  return first < 0 ? null : { start: t.start[first]!, end: t.end[t.parent[first]!]!, since: t.start[first]! };
}

/** Where a test that the `block` of an if statement rests on does not hold: behind it. */
function* behindArm(t: Tree, block: number, clause: number): Generator<Range> {
  const arms = otherArms(t, block, clause);
  if (arms) yield arms;
  const statement = t.kind[clause] === K.if_statement ? clause : t.parent[clause]!;
  const blocks = armsOf(t, statement);
  // whoever comes by has not been in this arm, nor in one before it
  if (!blocks.slice(0, blocks.indexOf(block) + 1).every(arm => leaves(t, arm))) return;
  const rest = restOfBlock(t, statement, t.end[block]!);
  if (rest) yield rest;
}

/** Operators around a test that are looked through, at most. */
const MOST_OPERATORS = 1000;

/** Text ranges in which the condition `condition` is known to hold, or known not to. */
export function* rangesWhere(t: Tree, condition: number, holds: boolean): Generator<Range> {
  let node = condition;
  let negated = !holds;
  // in `isinstance(x, C) and a and b` the operands behind run only where x is a C; in `not isinstance(x, C) or x.y` too
  let operands = null as Range | null;
  for (let steps = 0; steps < MOST_OPERATORS; steps++) {
    const parent = t.parent[node]!;
    const kind = t.kind[parent];
    if (kind === K.not_operator) negated = !negated;
    else if (kind === K.boolean_operator) {
      if (negated === isAnd(t, parent)) break;
      if (t.field[node] === F.left) {
        const right = childBy(t, parent, F.right);
        operands = { start: operands?.start ?? t.start[right]!, end: t.end[right]! };
      }
    } else if (kind !== K.parenthesized_expression) {
      yield* rangesUnder(t, node, negated);
      break;
    }
    node = parent;
  }
  if (operands) yield operands;
}

/** The same for a condition that stands in no operator. */
function* rangesUnder(t: Tree, node: number, negated: boolean): Generator<Range> {
  const parent = t.parent[node]!;
  if (parent < 0) return;
  switch (t.kind[parent]) {
    case K.if_statement:
    case K.elif_clause:
    case K.while_statement: {
      if (t.field[node] !== F.condition) return;
      const block = childBy(t, parent, t.kind[parent] === K.while_statement ? F.body : F.consequence);
      if (block < 0) return;
      if (!negated) yield { start: t.start[block]!, end: t.end[block]!, block };
      else if (t.kind[parent] !== K.while_statement) yield* behindArm(t, block, parent);
      return;
    }
    case K.if_clause: {
      const body = childBy(t, t.parent[parent]!, F.body);
      if (!negated && body >= 0) yield { start: t.start[body]!, end: t.end[body]! };
      return;
    }
    case K.conditional_expression: {
      const [then, test, otherwise] = children(t, parent);
      const arm = negated ? otherwise : then;
      if (test === node && arm !== undefined) yield { start: t.start[arm]!, end: t.end[arm]! };
      return;
    }
    case K.assert_statement: {
      const rest = restOfBlock(t, parent, t.end[parent]!);
      if (!negated && rest) yield rest;
      return;
    }
  }
}
