// Local variables that are bound more than once: what a plain `x = ...` gives holds for the statements behind it in the
// same block, up to the next one that binds x again; what a loop, `with` or `except` gives holds for its block.
import { F, K } from '../../2-parse/kinds.js';
import { childBy, children, firstChild, type Tree, textOf } from '../../2-parse/tree.js';
import { addTo } from '../../model/grouping.js';
import { LOOPS } from './interludes.js';
import { plainTarget } from './ranges.js';
import type { Rebound } from './rebound.js';
import type { Scoping } from './scopes.js';

export interface Versions {
  /** The variable that stands for what an assignment gives its target, or -1 where the variable itself does. */
  readonly madeBy: (target: number) => number;
  /** The variable that a name means where it is read, given the one it is bound to. */
  readonly readAt: (node: number, variable: number) => number;
  /** All that stand for what some assignment gives a variable. */
  readonly of: (variable: number) => readonly number[];
}

/** From `start` on and before `end`, reading the variable means `version`. */
interface Range {
  readonly start: number;
  readonly end: number;
  readonly version: number;
}

/** Names with more assignments than this in one file are left as they are: tables, generated code. */
const MOST_BOUND = 2000;

/** Finds the versions of local variables and adds them to the variables of the scoping. */
export function versionsOf(t: Tree, s: Scoping, rebound: Rebound): Versions {
  const ranges = new Map<number, Range[]>();
  const made = new Map<number, number>();
  const alone = namesLeftAlone(t);
  const parameters = parameterNames(t);
  const times = new Map<string, number>();
  /** How often a scope binds a name. */
  const timesBound = (scope: number, name: string, bound: readonly number[]): number => {
    if (bound.length < 2) return bound.length;
    const key = `${scope} ${name}`;
    let known = times.get(key);
    if (known === undefined) times.set(key, (known = bound.filter(node => s.scopeOf[node] === scope).length));
    return known;
  };
  /** Gives a target a version from an offset in a block on. */
  const give = (target: number, block: number, start: number): void => {
    const scope = s.scopeOf[target]!;
    const name = textOf(t, target);
    const bound = rebound.get(name) ?? [];
    if (s.scopes[scope]!.kind !== 'function' || bound.length > MOST_BOUND) return;
    if (alone.has(name)) return;
    // bound once: the variable itself is the version
    if (timesBound(scope, name, bound) < 2 && !parameters.has(name)) return;
    const variable = s.binding(scope, name);
    if (s.variables[variable]!.scope !== scope) return;
    const end = endOfRange(t, block, start, bound);
    if (end <= start) return;
    const version = s.variables.push({ scope, name: s.variables[variable]!.name, bound: true }) - 1;
    made.set(target, version);
    addTo(ranges, variable, { start, end, version });
  };
  for (let node = 0; node < t.count; node++) {
    const target = plainTarget(t, node);
    if (target >= 0) {
      const statement = t.parent[node]!;
      give(target, t.parent[statement]!, t.end[statement]!);
    } else
      for (const name of namesGivenTo(t, node)) {
        const block = blockOf(t, node);
        if (block >= 0) give(name, block, t.start[block]!);
      }
  }
  for (const list of ranges.values()) list.sort((a, b) => a.start - b.start);
  return {
    madeBy: target => made.get(target) ?? -1,
    readAt: (node, variable) => {
      const list = ranges.get(variable);
      // code in a function or comprehension inside runs at another time
      if (!list || s.scopeOf[node] !== s.variables[variable]!.scope) return variable;
      return rangeAt(list, t.start[node]!)?.version ?? variable;
    },
    of: variable => (ranges.get(variable) ?? []).map(r => r.version),
  };
}

/** The names that a loop, an item of a `with` or an `except` gives something to. */
function namesGivenTo(t: Tree, node: number): readonly number[] {
  const isNamed = t.kind[node] === K.as_pattern && NAMING.has(t.kind[t.parent[node]!]!);
  const field = isNamed ? F.alias : F.left;
  const target = isNamed || t.kind[node] === K.for_statement ? childBy(t, node, field) : -1;
  return target >= 0 ? [...namesIn(t, target)] : [];
}
const NAMING: ReadonlySet<number> = new Set([K.with_item, K.except_clause]);

function* namesIn(t: Tree, target: number): Generator<number> {
  if (t.kind[target] === K.identifier) yield target;
  else if (NESTING.has(t.kind[target]!)) for (const c of children(t, target)) yield* namesIn(t, c);
}
const NESTING: ReadonlySet<number> = new Set([
  K.pattern_list,
  K.tuple_pattern,
  K.list_pattern,
  K.tuple,
  K.list,
  K.expression_list,
  K.parenthesized_expression,
  K.list_splat_pattern,
  K.as_pattern_target,
]);

/** The block in which they have what they are given, or -1. */
function blockOf(t: Tree, node: number): number {
  let statement = node;
  while (statement >= 0 && !HAVING_BLOCK.has(t.kind[statement]!)) statement = t.parent[statement]!;
  return [...children(t, statement)].find(c => t.kind[c] === K.block) ?? -1;
}
const HAVING_BLOCK: ReadonlySet<number> = new Set([K.for_statement, K.with_statement, K.except_clause]);

/** Names that are declared nonlocal anywhere. */
function namesLeftAlone(t: Tree): ReadonlySet<string> {
  const names = new Set<string>();
  for (let node = 0; node < t.count; node++)
    if (t.kind[node] === K.nonlocal_statement) for (const c of children(t, node)) names.add(textOf(t, c));
  return names;
}

const PARAMETER_LISTS: ReadonlySet<number> = new Set([
  K.parameters,
  K.lambda_parameters,
  K.default_parameter,
  K.typed_parameter,
  K.typed_default_parameter,
]);

/** Names of parameters anywhere in the file. */
function parameterNames(t: Tree): ReadonlySet<string> {
  const names = new Set<string>();
  for (let node = 0; node < t.count; node++)
    if (t.kind[node] === K.identifier && PARAMETER_LISTS.has(t.kind[t.parent[node]!]!))
      names.add(textOf(t, node));
  return names;
}

/** Where a value given at `start` stops being the only one, as far as the block reaches: before the next statement that
 *  binds the name, or the outermost loop around it; behind it when it is a plain assignment, which reads the old value
 *  first. */
function endOfRange(t: Tree, block: number, start: number, bound: readonly number[]): number {
  if (t.kind[block] !== K.block) return 0;
  const binding = bound.find(n => t.start[n]! >= start);
  if (binding === undefined || t.start[binding]! >= t.end[block]!) return t.end[block]!;
  let binds = -1;
  let loop = -1;
  for (let n = binding; n !== block; n = t.parent[n]!) {
    if (binds < 0 && t.kind[t.parent[n]!] === K.block) binds = n;
    if (LOOPS.has(t.kind[n]!)) loop = n;
  }
  if (loop >= 0) return t.start[loop]!;
  return plainTarget(t, firstChild(t, binds)) === binding ? t.end[binds]! : t.start[binds]!;
}

/** Ranges are in order and do not overlap. */
function rangeAt(list: readonly Range[], at: number): Range | undefined {
  let low = 0;
  let high = list.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (list[middle]!.start <= at) low = middle;
    else high = middle - 1;
  }
  const found = list[low]!;
  return found.start <= at && at < found.end ? found : undefined;
}
