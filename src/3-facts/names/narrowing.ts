// Where isinstance(), type() and hasattr() tests say of a plain or dotted name which classes it is an instance of, and
// which not.
import { F, K } from '../../2-parse/kinds.js';
import { childBy, children, firstChild, type Tree, textOf } from '../../2-parse/tree.js';
import { addTo } from '../../model/grouping.js';
import { rangesWhere } from './conditions.js';
import { interludesIn } from './interludes.js';
import { stableTo } from './ranges.js';
import type { Rebound } from './rebound.js';
import { around, enclosing } from './regions.js';
import type { Scoping } from './scopes.js';

/** What tests say of a name: nodes of class expressions, or of strings that name an attribute. */
export interface Known {
  /** It is an instance of this one, as the innermost test says, or -1. */
  readonly is: number;
  /** It is an instance of none of these classes, and has none of these attributes. */
  readonly isNot: readonly number[];
  /** Other code may have run since some test: it holds no longer where that binds an attribute of the name. */
  readonly late: boolean;
}

/** What is known of the name written at `node` there. */
export type Narrowing = (node: number) => Known;

/** Within `[start, end)` it is known whether the name `name` of scope `scope` is an instance of the class written at
 *  the node `cls`. */
interface Region {
  /** Node of the class expression. */
  readonly cls: number;
  readonly holds: boolean;
  readonly scope: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Where the test counts from. */
  readonly since: number;
}

/** A dotted name longer than this is none that a test narrows, in UTF-16 units. */
const LONGEST = 100;

/** A plain name or a dotted one, as far as it is written in one piece: `node`, `self.node`. */
function pathOf(t: Tree, node: number): string | null {
  const text = textOf(t, node);
  return text.length < LONGEST && /^[^\W\d]\w*(\.[^\W\d]\w*)*$/u.test(text) ? text : null;
}

/** A test of what something is an instance of. */
interface InstanceTest {
  /** Node of what is tested. */
  readonly subject: number;
  /** Node of the classes, or of the string that names an attribute. */
  readonly cls: number;
  /** For each outcome that tells something: what the condition is then, and whether it is an instance. */
  readonly tells: readonly (readonly [condition: boolean, holds: boolean])[];
}

const EITHER = [
  [true, true],
  [false, false],
] as const;

/** `isinstance(name, classes)`, `isclass(name)` or `hasattr(name, "attribute")`. */
function calledTest(t: Tree, call: number): InstanceTest | null {
  const callee = childBy(t, call, F.function);
  const tested = callee < 0 ? null : /^(?:isinstance|hasattr|(?:inspect\.)?isclass)$/.exec(textOf(t, callee));
  const args = tested ? childBy(t, call, F.arguments) : -1;
  const subject = args < 0 ? -1 : firstChild(t, args);
  if (!tested || subject < 0) return null;
  // a function that asks for classes alone stands for what it asks for
  const asksAttribute = tested[0] === 'hasattr';
  const cls = tested[0] === 'isinstance' || asksAttribute ? t.next[subject]! : callee;
  if (cls < 0 || (asksAttribute && t.kind[cls] !== K.string)) return null;
  // that something has an attribute says little of its class
  return { subject, cls, tells: asksAttribute ? [[false, false]] : EITHER };
}

/** `type(name) is C`, `name.__class__ in (C, D)` and the like. What is of another class may still inherit from these. */
function comparedTest(t: Tree, comparison: number): InstanceTest | null {
  const [left, cls, ...others] = children(t, comparison);
  if (left === undefined || cls === undefined || others.length) return null;
  const sign = /^\s*(?:(is|==|in)|(is\s+not|!=|not\s+in))\s*$/.exec(t.text.slice(t.end[left], t.start[cls]));
  if (!sign) return null;
  const isClass = (node: number): boolean => {
    const path = pathOf(t, node);
    return path !== null && !path.endsWith('__class__');
  };
  const isOneOf = DISPLAYS.has(t.kind[cls]!) && [...children(t, cls)].every(isClass);
  if (sign[0].includes('in') ? !isOneOf : !isClass(cls)) return null;
  const subject = ofClass(t, left);
  return subject < 0 ? null : { subject, cls, tells: [[sign[1] !== undefined, true]] };
}
const DISPLAYS: ReadonlySet<number> = new Set([K.tuple, K.list, K.set]);

/** The `name` of `type(name)` or `name.__class__`, or -1. */
function ofClass(t: Tree, node: number): number {
  if (t.kind[node] === K.attribute)
    return textOf(t, childBy(t, node, F.attribute)) === '__class__' ? childBy(t, node, F.object) : -1;
  if (t.kind[node] !== K.call || textOf(t, childBy(t, node, F.function)) !== 'type') return -1;
  const [only = -1, ...others] = children(t, childBy(t, node, F.arguments));
  return others.length ? -1 : only;
}

/** The regions that one test opens. */
function* regionsOf(t: Tree, node: number, s: Scoping, rebound: Rebound): Generator<Region> {
  const test =
    t.kind[node] === K.call
      ? calledTest(t, node)
      : t.kind[node] === K.comparison_operator
        ? comparedTest(t, node)
        : null;
  const name = test ? pathOf(t, test.subject) : null;
  if (!test || name === null) return;
  for (const [condition, holds] of test.tells)
    for (const range of rangesWhere(t, node, condition)) {
      const { start, since = t.end[node]! } = range;
      const end = stableTo(t, name, range, since, rebound);
      if (end > start)
        yield { cls: test.cls, holds, scope: s.scopeOf[test.subject]!, name, start, end, since };
    }
}

/** So many tests that do not hold are remembered of a name, the nearest ones. */
const MOST_EXCLUDED = 12;

const NOTHING: Known = { is: -1, isNot: [], late: false };

/** What the isinstance() tests of a file say of names, as long as these are not bound anew. */
export function narrowingOf(t: Tree, s: Scoping, rebound: Rebound): Narrowing {
  const regions = new Map<string, Region[]>();
  const keyOf = (name: string, scope: number, holds: boolean): string => `${name} ${scope} ${holds}`;
  for (let node = 0; node < t.count; node++)
    for (const r of regionsOf(t, node, s, rebound)) addTo(regions, keyOf(r.name, r.scope, r.holds), r);
  if (regions.size === 0) return () => NOTHING;
  const names = new Set([...regions.values()].map(([first]) => first!.name));
  const nested = new Map([...regions].map(([key, list]) => [key, enclosing(list)]));
  const interludes = interludesIn(t);
  const shared = namesBoundElsewhere(t);
  const isLate = (r: Region, node: number): boolean =>
    interludes(t.start[node]! < r.since ? r.start : r.since, node);
  return node => {
    const at = t.start[node]!;
    if (t.end[node]! - at >= LONGEST) return NOTHING;
    const name = textOf(t, node);
    if (!names.has(name)) return NOTHING;
    const isDotted = name.includes('.');
    const isShared = shared.has(name.split('.', 1)[0]!);
    /** The innermost regions around the name, `most` of them, the outermost first. */
    const known = (holds: boolean, most: number): Region[] => {
      const found: Region[] = [];
      for (const r of around(nested.get(keyOf(name, s.scopeOf[node]!, holds)), at)) {
        if (isShared && isLate(r, node)) continue;
        if (found.push(r) === most) break;
      }
      return found.reverse();
    };
    const [is] = known(true, 1);
    const isNot = known(false, MOST_EXCLUDED);
    if (!is && !isNot.length) return NOTHING;
    return {
      is: is?.cls ?? -1,
      isNot: isNot.map(r => r.cls),
      late: isDotted && [...(is ? [is] : []), ...isNot].some(r => isLate(r, node)),
    };
  };
}

/** Names that functions bind for others: those of `global` and `nonlocal` statements. */
function namesBoundElsewhere(t: Tree): Set<string> {
  const names = new Set<string>();
  for (let node = 0; node < t.count; node++)
    if (t.kind[node] === K.global_statement || t.kind[node] === K.nonlocal_statement)
      for (const c of children(t, node)) names.add(textOf(t, c));
  return names;
}
