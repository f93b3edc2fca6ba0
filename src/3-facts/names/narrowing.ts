// Where an isinstance() test makes a plain or dotted name an instance of known classes.
import { F, K } from '../../2-parse/kinds.js';
import { childBy, children, firstChild, isAnd, type Tree, textOf } from '../../2-parse/tree.js';
import { addTo } from '../../model/grouping.js';
import { isStable, type Rebound } from './rebound.js';
import type { Scoping } from './scopes.js';

/** The node of the class expression whose instance the name written at `node` is known to be there, or -1. */
export type Narrowing = (node: number) => number;

/** Within `[start, end)`, the name `name` of scope `scope` is an instance of the class written at node `cls`. */
interface Region {
  readonly scope: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** From here on the name may not be bound anew. */
  readonly since: number;
  /** Node of the class expression. */
  readonly cls: number;
}

/** Start and end, and where the test counts from when that is not right behind it. */
type Range = readonly [start: number, end: number, since?: number];

const EXITS: ReadonlySet<number> = new Set([
  K.return_statement,
  K.raise_statement,
  K.continue_statement,
  K.break_statement,
]);

function leaves(t: Tree, block: number): boolean {
  let last = -1;
  for (const c of children(t, block)) last = c;
  return last >= 0 && EXITS.has(t.kind[last]!);
}

/** The statements behind `statement` in its block. */
function restOfBlock(t: Tree, statement: number): Range | null {
  const block = t.parent[statement]!;
  if (t.kind[block] !== K.block && t.kind[block] !== K.module) return null;
  return [t.end[statement]!, t.end[block]!];
}

/** The `elif` and `else` clauses behind a block of an if statement; `clause` holds the block. */
function otherArms(t: Tree, block: number, clause: number): Range | null {
  const first = t.next[t.kind[clause] === K.if_statement ? block : clause]!;
  // what the block before them binds does not concern them
  return first < 0 ? null : [t.start[first]!, t.end[t.parent[first]!]!, t.start[first]!];
}

/** Text ranges in which the condition `node` is known to hold. */
function* rangesWhere(t: Tree, condition: number): Generator<Range> {
  let node = condition;
  let negated = false;
  for (;;) {
    const parent = t.parent[node]!;
    if (parent < 0) return;
    const field = t.field[node]!;
    switch (t.kind[parent]) {
      case K.parenthesized_expression:
        node = parent;
        continue;
      case K.not_operator:
        negated = !negated;
        node = parent;
        continue;
      case K.boolean_operator:
        if (negated === isAnd(t, parent)) return;
        if (field === F.left) {
          // in `not isinstance(x, C) or x.y` too, the right side runs only where x is a C
          const right = childBy(t, parent, F.right);
          yield [t.start[right]!, t.end[right]!];
        }
        node = parent;
        continue;
      case K.if_statement:
      case K.elif_clause:
      case K.while_statement: {
        if (field !== F.condition) return;
        const block = childBy(t, parent, t.kind[parent] === K.while_statement ? F.body : F.consequence);
        if (block < 0) return;
        if (!negated) yield [t.start[block]!, t.end[block]!];
        else if (t.kind[parent] !== K.while_statement) {
          const arms = otherArms(t, block, parent);
          if (arms) yield arms;
          if (t.kind[parent] === K.if_statement && leaves(t, block)) {
            const rest = restOfBlock(t, parent);
            if (rest) yield rest;
          }
        }
        return;
      }
      case K.if_clause: {
        const body = childBy(t, t.parent[parent]!, F.body);
        if (!negated && body >= 0) yield [t.start[body]!, t.end[body]!];
        return;
      }
      case K.conditional_expression: {
        const [then, test, otherwise] = children(t, parent);
        const arm = negated ? otherwise : then;
        if (test === node && arm !== undefined) yield [t.start[arm]!, t.end[arm]!];
        return;
      }
      case K.assert_statement: {
        const rest = restOfBlock(t, parent);
        if (!negated && rest) yield rest;
        return;
      }
      default:
        return;
    }
  }
}

/** A dotted name longer than this is none that a test narrows, in UTF-16 units. */
const LONGEST = 100;

/** A plain name or a dotted one, as far as it is written in one piece: `node`, `self.node`. */
function pathOf(t: Tree, node: number): string | null {
  const text = textOf(t, node);
  return text.length < LONGEST && /^[^\W\d]\w*(\.[^\W\d]\w*)*$/u.test(text) ? text : null;
}

/** The regions opened by one call node, if it is `isinstance(name, classes)`. */
function* regionsOf(t: Tree, call: number, scopeOf: Int32Array): Generator<Region> {
  const callee = childBy(t, call, F.function);
  if (callee < 0 || t.kind[callee] !== K.identifier || textOf(t, callee) !== 'isinstance') return;
  const args = childBy(t, call, F.arguments);
  const subject = args < 0 ? -1 : firstChild(t, args);
  const cls = subject < 0 ? -1 : t.next[subject]!;
  const name = subject < 0 ? null : pathOf(t, subject);
  if (cls < 0 || name === null) return;
  for (const [start, end, since = t.end[call]!] of rangesWhere(t, call))
    yield { scope: scopeOf[subject]!, name, start, end, since, cls };
}

/** What the isinstance() tests of a file say of names, as long as these are not bound anew. */
export function narrowingOf(t: Tree, s: Scoping, rebound: Rebound): Narrowing {
  const regions = new Map<string, Region[]>();
  for (let node = 0; node < t.count; node++)
    if (t.kind[node] === K.call)
      for (const r of regionsOf(t, node, s.scopeOf))
        if (isStable(rebound, r.name, r.since, r.end)) addTo(regions, r.name, r);
  return node => {
    const at = t.start[node]!;
    if (regions.size === 0 || t.end[node]! - at >= LONGEST) return -1;
    const region = regions
      .get(textOf(t, node))
      ?.findLast(r => r.start <= at && at < r.end && r.scope === s.scopeOf[node]);
    return region?.cls ?? -1;
  };
}
