// Where a plain name is known to be given, or not to be: `if func is None: return partial(decorator, level=level)`.
import { F, K } from '../../2-parse/kinds.js';
import { childBy, children, firstChild, type Tree, textOf } from '../../2-parse/tree.js';
import { Presence } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import { rangesWhere } from './conditions.js';
import { stableTo } from './ranges.js';
import type { Rebound } from './rebound.js';
import { around, enclosing } from './regions.js';
import type { Scoping } from './scopes.js';

/** What is known of a variable. */
export interface Known {
  readonly variable: number;
  readonly is: Presence;
}

/** What is known at `node` of variables of the function around it. */
export type Presences = (node: number) => readonly Known[];

interface Region extends Known {
  readonly start: number;
  readonly end: number;
}

/** A test of a name: what it says of that where it holds, and where not; null for nothing. */
interface Test {
  readonly name: number;
  readonly holds: Presence | null;
  readonly fails: Presence | null;
}

/** What a condition may stand in: elsewhere nothing tells where it holds. */
const TESTING: ReadonlySet<number> = new Set([
  K.if_statement,
  K.elif_clause,
  K.conditional_expression,
  K.boolean_operator,
  K.not_operator,
  K.parenthesized_expression,
]);

/** What the tests of a file say of names, as long as these are not bound anew. */
export function presencesIn(t: Tree, s: Scoping, rebound: Rebound): Presences {
  const regions = new Map<number, Map<string, Region[]>>();
  const note = (node: number, name: number, holds: boolean, is: Presence): void => {
    const scope = s.scopeOf[name]!;
    const spelled = textOf(t, name);
    for (const range of rangesWhere(t, node, holds)) {
      const { start, since = t.end[node]! } = range;
      const end = stableTo(t, spelled, range, since, rebound);
      if (end <= start) continue;
      let names = regions.get(scope);
      if (!names) regions.set(scope, (names = new Map()));
      addTo(names, spelled, { variable: s.variable(scope, spelled), is, start, end });
    }
  };
  for (let node = 0; node < t.count; node++) {
    const test = TESTING.has(t.kind[t.parent[node]!]!) ? testAt(t, node) : null;
    if (!test || s.scopes[s.scopeOf[test.name]!]!.kind !== 'function') continue;
    if (test.holds !== null) note(node, test.name, true, test.holds);
    if (test.fails !== null) note(node, test.name, false, test.fails);
  }
  const nested = new Map(
    [...regions].map(([scope, names]) => [scope, [...names.values()].map(list => enclosing(list))]),
  );
  return node => (nested.get(s.scopeOf[node]!) ?? []).flatMap(list => [...around(list, t.start[node]!)]);
}

/** What a condition asks of a name: `x is None`, `x is not None`, `x` itself, `callable(x)`. */
function testAt(t: Tree, node: number): Test | null {
  switch (t.kind[node]) {
    case K.identifier:
      return { name: node, holds: Presence.Given, fails: Presence.False };
    case K.call: {
      const callee = childBy(t, node, F.function);
      const args = childBy(t, node, F.arguments);
      const name = args < 0 ? -1 : firstChild(t, args);
      const asks = callee >= 0 && textOf(t, callee) === 'callable' && t.kind[name] === K.identifier;
      return asks ? { name, holds: Presence.Given, fails: Presence.False } : null;
    }
    case K.comparison_operator: {
      const [name, none, ...others] = children(t, node);
      if (name === undefined || none === undefined || others.length) return null;
      if (t.kind[name] !== K.identifier || t.kind[none] !== K.none) return null;
      const asked = /^\s*is(\s+not)?\s*$/.exec(t.text.slice(t.end[name], t.start[none]));
      if (!asked) return null;
      const [holds, fails] = asked[1] ? [Presence.Given, Presence.None] : [Presence.None, Presence.Given];
      return { name, holds, fails };
    }
    default:
      return null;
  }
}
