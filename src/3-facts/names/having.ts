// Where local names are known to have attributes: behind `x.send()` what stands at x has `send`, or the code that
// follows is not reached (AttributeError leaves the block). So has it `__call__` behind `x()`, and where `callable(x)`
// or `hasattr(x, "send")` holds.
import { F, K } from '../../2-parse/kinds.js';
import { childBy, children, firstChild, type Tree, textOf } from '../../2-parse/tree.js';
import { OF_FUNCTIONS } from '../../model/facts.js';
import { rangesWhere } from './conditions.js';
import { Context } from './context.js';
import { type Range, restOfBlock, stableTo } from './ranges.js';
import type { Rebound } from './rebound.js';
import type { Scoping } from './scopes.js';

/** The attributes that what stands at the name `node` is known to have there. */
export type Having = (node: number) => readonly string[];

/** What an expression tells when it is evaluated, or holds: what stands at the name `name` has an attribute. */
interface Claim {
  readonly name: number;
  readonly attribute: string;
  readonly ranges: Iterable<Range>;
}

/** Within `[start, end)` what stands at a name has an attribute. */
interface Region {
  readonly attribute: string;
  readonly start: number;
  readonly end: number;
}

/** So many attributes are remembered of a name at one place, the first ones that are read. */
const MOST = 6;
/** So many regions are kept of a name in a function. */
const MOST_REGIONS = 64;

const NOTHING: readonly string[] = [];

/** What is evaluated once and before all that follows, whenever its parent is. */
const PLAIN: ReadonlySet<number> = new Set([
  K.argument_list,
  K.attribute,
  K.await,
  K.binary_operator,
  K.call,
  K.concatenated_string,
  K.dictionary,
  K.dictionary_splat,
  K.expression_list,
  K.interpolation,
  K.keyword_argument,
  K.list,
  K.list_splat,
  K.not_operator,
  K.pair,
  K.parenthesized_expression,
  K.set,
  K.slice,
  K.string,
  K.subscript,
  K.tuple,
  K.unary_operator,
  K.with_clause,
  K.with_item,
  K.yield,
]);

const SIMPLE: ReadonlySet<number> = new Set([K.expression_statement, K.return_statement, K.raise_statement]);

/** What the reads of attributes in a file say of its local names, as long as these are not bound anew. */
export function havingOf(t: Tree, s: Scoping, rebound: Rebound): Having {
  const regions = new Map<string, Region[]>();
  const keyOf = (node: number): string => `${s.scopeOf[node]} ${textOf(t, node)}`;
  const isLocal = localsOf(t, s);
  for (let node = 0; node < t.count; node++) {
    const claim = claimAt(t, s, node);
    if (!claim || t.kind[claim.name] !== K.identifier || !isLocal(claim.name)) continue;
    const { name, attribute, ranges } = claim;
    const key = keyOf(name);
    const known = regions.get(key) ?? [];
    if (known.length >= MOST_REGIONS) continue;
    const at = t.start[node]!;
    if (known.some(r => r.attribute === attribute && r.start <= at && at < r.end)) continue;
    for (const range of ranges) {
      const { start, since = t.end[node]! } = range;
      const end = stableTo(t, textOf(t, name), range, since, rebound);
      if (end > start) known.push({ attribute, start, end });
    }
    if (known.length) regions.set(key, known);
  }
  if (regions.size === 0) return () => NOTHING;
  return node => {
    const known = regions.get(keyOf(node));
    if (!known) return NOTHING;
    const at = t.start[node]!;
    const found = new Set<string>();
    for (const r of known) {
      if (at < r.start || r.end <= at) continue;
      if (found.add(r.attribute).size === MOST) break;
    }
    return [...found];
  };
}

/** What `x.send`, `x()`, `callable(x)` or `hasattr(x, "send")` at a node tells of x, if it is one of these. */
function claimAt(t: Tree, s: Scoping, node: number): Claim | null {
  switch (t.kind[node]) {
    case K.attribute: {
      const spelled = textOf(t, childBy(t, node, F.attribute));
      if (s.context[node] !== Context.Load || !tells(spelled)) return null;
      const attribute = s.mangled(s.scopeOf[node]!, spelled);
      return { name: firstChild(t, node), attribute, ranges: rangesBehind(t, node) };
    }
    case K.call: {
      const callee = childBy(t, node, F.function);
      const asked = askedBy(t, node, textOf(t, callee));
      return asked ?? { name: callee, attribute: '__call__', ranges: rangesBehind(t, node) };
    }
    default:
      return null;
  }
}

/** What a test of an attribute tells where it holds. A name that is a string is taken as it is (reference 6.2.1). */
function askedBy(t: Tree, call: number, callee: string): Claim | null {
  if (callee !== 'callable' && callee !== 'hasattr') return null;
  const [name, literal] = [...children(t, childBy(t, call, F.arguments))];
  const attribute = callee === 'callable' ? '__call__' : nameIn(t, literal);
  return name === undefined || attribute === null
    ? null
    : { name, attribute, ranges: rangesWhere(t, call, true) };
}

/** The name that a string spells, if that tells something. */
function nameIn(t: Tree, literal: number | undefined): string | null {
  const spelled = literal === undefined ? null : /^(["'])(\w+)\1$/.exec(textOf(t, literal));
  return spelled && tells(spelled[2]!) ? spelled[2]! : null;
}

/** Whether it tells something that an object has an attribute: most special names are found on all of them. */
const tells = (attribute: string): boolean => !/^__\w+__$/.test(attribute) || OF_FUNCTIONS.has(attribute);

/** Whether a name that is read means a variable of the function around it that no other function binds, and not the
 *  receiver of a method. */
function localsOf(t: Tree, s: Scoping): (node: number) => boolean {
  const shared = new Set<string>();
  for (let node = 0; node < t.count; node++)
    if (t.kind[node] === K.nonlocal_statement) for (const c of children(t, node)) shared.add(textOf(t, c));
  const receivers = new Map<number, string>();
  s.functionNodes.forEach(fn => {
    const scope = s.opens.get(fn)!;
    const { parent } = s.scopes[scope]!;
    const parameters = childBy(t, fn, F.parameters);
    const first = parameters < 0 ? -1 : firstChild(t, parameters);
    if (first >= 0 && parent >= 0 && s.scopes[parent]!.kind === 'class')
      receivers.set(scope, /^[\p{L}\p{N}_]+/u.exec(textOf(t, first))?.[0] ?? '');
  });
  return node => {
    const scope = s.scopeOf[node]!;
    const name = textOf(t, node);
    if (s.scopes[scope]!.kind !== 'function' || receivers.get(scope) === name || shared.has(name))
      return false;
    return s.variables[s.variable(scope, name)]!.scope === scope;
  };
}

/** Text ranges that are run only after the expression at `node` has been evaluated without an error. */
function* rangesBehind(t: Tree, node: number): Generator<Range> {
  let n = node;
  let from = t.end[node]!;
  let since = from;
  for (;;) {
    const parent = t.parent[n]!;
    if (parent < 0) return;
    const field = t.field[n]!;
    const child = firstChild(t, parent);
    switch (t.kind[parent]) {
      case K.assignment:
      case K.augmented_assignment:
      case K.named_expression: {
        const isTarget = field === F.left || field === F.name;
        if (isTarget) from = t.end[parent]!;
        else if (field !== F.right && field !== F.value) return;
        // targets stand before what they are given, and are bound after it
        else yield { start: t.start[child]!, end: t.end[child]!, since: (since = t.start[child]!) };
        break;
      }
      case K.boolean_operator:
        if (field !== F.left) return;
        break;
      case K.comparison_operator:
        if (n !== child && n !== t.next[child]) return;
        break;
      case K.conditional_expression:
        if (n !== t.next[child]) return;
        // the test stands between what it decides on
        yield { start: t.start[child]!, end: t.end[child]!, since: Math.min(since, t.start[child]!) };
        break;
      case K.as_pattern:
        if (n !== child) return;
        break;
      case K.for_in_clause:
        if (field !== F.right) return;
        break;
      case K.list_comprehension:
      case K.set_comprehension:
      case K.dictionary_comprehension:
      case K.generator_expression:
        // what the first loop runs over is evaluated at once (reference 6.2.4)
        if (n !== t.next[child]) return;
        break;
      case K.expression_statement:
      case K.return_statement:
      case K.raise_statement:
      case K.if_statement:
      case K.while_statement:
      case K.for_statement: {
        if (!isEvaluatedFirst(t, n)) return;
        if (t.kind[parent] === K.for_statement) since = t.start[child]!;
        yield { start: from, end: t.end[parent]!, since };
        const rest = restOfBlock(t, parent, since);
        if (rest && t.kind[t.parent[parent]!] === K.block) yield rest;
        return;
      }
      case K.elif_clause:
        if (field === F.condition) yield { start: from, end: t.end[t.parent[parent]!]!, since };
        return;
      case K.with_statement:
        // the context managers before it may end its error
        yield { start: from, end: t.end[parent]!, since };
        return;
      default:
        if (!PLAIN.has(t.kind[parent]!)) return;
    }
    n = parent;
  }
}

/** Whether a part of a statement is evaluated whenever the statement is, and before all that it holds. */
const isEvaluatedFirst = (t: Tree, part: number): boolean =>
  t.field[part] === F.condition || t.field[part] === F.right || SIMPLE.has(t.kind[t.parent[part]!]!);
