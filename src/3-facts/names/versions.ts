// Local variables that are assigned more than once: what a plain `x = ...` gives holds for the statements behind it in
// the same block, up to the next one that assigns x again.
import { K } from '../../2-parse/kinds.js';
import { children, firstChild, type Tree, textOf } from '../../2-parse/tree.js';
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
  for (let node = 0; node < t.count; node++) {
    const target = plainTarget(t, node);
    if (target < 0) continue;
    const scope = s.scopeOf[target]!;
    const name = textOf(t, target);
    const bound = rebound.get(name) ?? [];
    if (s.scopes[scope]!.kind !== 'function' || bound.length > MOST_BOUND) continue;
    if (alone.has(name)) continue;
    // bound once: the variable itself is the version
    if (bound.length < 2 && !parameters.has(name)) continue;
    const variable = s.binding(scope, name);
    if (s.variables[variable]!.scope !== scope) continue;
    const statement = t.parent[node]!;
    const end = endOfRange(t, statement, bound);
    if (end <= t.end[statement]!) continue;
    const version = s.variables.push({ scope, name: s.variables[variable]!.name, bound: true }) - 1;
    made.set(target, version);
    addTo(ranges, variable, { start: t.end[statement]!, end, version });
  }
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

/** Where a value assigned by `statement` stops being the only one, as far as the block reaches: before the next
 *  statement that binds the name, or the outermost loop around it; behind it when it is a plain assignment, which reads
 *  the old value first. */
function endOfRange(t: Tree, statement: number, bound: readonly number[]): number {
  const block = t.parent[statement]!;
  if (t.kind[block] !== K.block) return 0;
  const binding = bound.find(n => t.start[n]! >= t.end[statement]!);
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
