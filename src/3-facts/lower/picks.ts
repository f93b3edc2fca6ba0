// Loops that do something only with items that pass a test: `for name, value in vars(C).items(): if isinstance(value, F):`.
import { F, K } from '../../2-parse/kinds.js';
import { childBy, children, firstChild, isAnd, textOf, unwrapped } from '../../2-parse/tree.js';
import { PUBLIC } from '../../model/facts.js';
import { type Draft, valueAt } from './draft.js';

/** The tests before anything is done with an item of a loop, for each way through its body: of each way, the calls of
 *  which all hold there and which take the item, or what is read by its name, first; `PUBLIC` where the item is, or
 *  begins with, a name that does not begin with an underscore. Null where some way has none. */
export function picksOf(d: Draft, loop: number): readonly (readonly number[])[] | null {
  const names = namesIn(d, childBy(d.t, loop, F.left));
  return d.t.kind[loop] === K.for_statement ? ofStatement(d, loop, names) : ofClause(d, loop, names);
}

function namesIn(d: Draft, target: number): Set<string> {
  const { t } = d;
  const names = new Set<string>();
  for (let n = target; n < t.count && t.start[n]! < t.end[target]!; n++)
    if (t.kind[n] === K.identifier) names.add(textOf(t, n));
  return names;
}

/** `[... for name, value in items if test(value)]` */
function ofClause(d: Draft, clause: number, names: ReadonlySet<string>): number[][] | null {
  const { t } = d;
  const tests: number[] = [];
  for (let c = t.next[clause]!; c >= 0 && t.kind[c] === K.if_clause; c = t.next[c]!)
    tests.push(...testsIn(d, firstChild(t, c), names, true));
  return tests.length ? [tests] : null;
}

function ofStatement(d: Draft, loop: number, names: Set<string>): number[][] | null {
  const { t } = d;
  const body = childBy(t, loop, F.body);
  if (body < 0 || childBy(t, loop, F.alternative) >= 0) return null;
  const ways: number[][] = [];
  /** What nothing behind it is done without: `if not test(value): continue`. */
  const guards: number[] = [];
  for (const statement of children(t, body)) {
    if (isIdle(d, statement)) continue;
    const read = nameRead(d, statement, names);
    if (read !== null) names.add(read);
    else if (isIdle(d, statement, true)) {
      const passesOver = [...children(t, childBy(t, statement, F.consequence))].some(
        s => t.kind[s] === K.continue_statement,
      );
      if (passesOver) guards.push(...testsIn(d, childBy(t, statement, F.condition), names, false));
    } else {
      const arms = t.kind[statement] === K.if_statement ? armsOf(d, statement, names) : null;
      if (!arms) return guards.length ? [...ways, guards] : null;
      ways.push(...arms.map(tests => [...guards, ...tests]));
    }
  }
  return ways.length ? ways : null;
}

/** Whether a statement does nothing with an item: `pass`, `continue`, a comment in quotes; with `guards` also an `if`
 *  that holds nothing else. */
function isIdle(d: Draft, statement: number, guards = false): boolean {
  const { t } = d;
  switch (t.kind[statement]) {
    case K.pass_statement:
    case K.continue_statement:
      return true;
    case K.expression_statement:
      return t.kind[firstChild(t, statement)] === K.string;
    case K.if_statement: {
      if (!guards || childBy(t, statement, F.alternative) >= 0) return false;
      return [...children(t, childBy(t, statement, F.consequence))].every(s => isIdle(d, s));
    }
    default:
      return false;
  }
}

/** The name that a statement gives what is kept under the name of an item, or null: `value = getattr(cls, name)`,
 *  `value = namespace[name]`. */
function nameRead(d: Draft, statement: number, names: ReadonlySet<string>): string | null {
  const { t } = d;
  const only = t.kind[statement] === K.expression_statement ? firstChild(t, statement) : -1;
  if (only < 0 || t.kind[only] !== K.assignment) return null;
  const left = childBy(t, only, F.left);
  const right = childBy(t, only, F.right);
  if (right < 0 || t.kind[left] !== K.identifier) return null;
  let key = -1;
  if (t.kind[right] === K.subscript) key = childBy(t, right, F.subscript);
  else if (t.kind[right] === K.call && textOf(t, childBy(t, right, F.function)) === 'getattr') {
    const receiver = firstChild(t, childBy(t, right, F.arguments));
    key = receiver < 0 ? -1 : t.next[receiver]!;
  }
  return key >= 0 && t.kind[key] === K.identifier && names.has(textOf(t, key)) ? textOf(t, left) : null;
}

/** The tests of each arm of an `if` statement that does something; null where one has none. */
function armsOf(d: Draft, statement: number, names: ReadonlySet<string>): number[][] | null {
  const { t } = d;
  const arms: number[][] = [];
  for (const clause of [statement, ...children(t, statement)]) {
    if (t.kind[clause] === K.else_clause) {
      if (![...children(t, childBy(t, clause, F.body))].every(s => isIdle(d, s))) return null;
    } else if (clause === statement || t.kind[clause] === K.elif_clause) {
      if ([...children(t, childBy(t, clause, F.consequence))].every(s => isIdle(d, s))) continue;
      const tests = testsIn(d, childBy(t, clause, F.condition), names, true);
      if (!tests.length) return null;
      arms.push(tests);
    }
  }
  return arms;
}

/** The calls that hold where a condition does (or where it does not, as `wanted` says) and take one of `names` first. */
function testsIn(d: Draft, condition: number, names: ReadonlySet<string>, wanted: boolean): number[] {
  const { t } = d;
  const found: number[] = [];
  const todo: [number, boolean][] = [[condition, wanted]];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const [node, holds] = [unwrapped(t, next[0]), next[1]];
    if (t.kind[node] === K.not_operator) todo.push([firstChild(t, node), !holds]);
    else if (t.kind[node] === K.boolean_operator) {
      if (isAnd(t, node) === holds)
        todo.push([childBy(t, node, F.right), holds], [childBy(t, node, F.left), holds]);
    } else if (isPublic(d, node, names, holds)) found.push(PUBLIC);
    else if (t.kind[node] === K.call && holds) {
      const args = childBy(t, node, F.arguments);
      const first = args < 0 ? -1 : firstChild(t, args);
      if (first >= 0 && t.kind[first] === K.identifier && names.has(textOf(t, first)))
        found.push(valueAt(d, node));
    }
  }
  return found;
}

/** Whether a condition that holds, or does not, lets only names through that do not begin with an underscore:
 *  `name.startswith("_")`, `name[0] != "_"`, where the name is the item of a loop or the first part of it. */
function isPublic(d: Draft, node: number, [item]: Iterable<string>, holds: boolean): boolean {
  const { t } = d;
  const text = t.text.slice(t.start[node], t.end[node]);
  const starts = STARTS.exec(text);
  if (starts) return !holds && starts[1] === item;
  const first = FIRST.exec(text);
  return first !== null && holds === (first[2] === '!') && first[1] === item;
}

const STARTS = /^(\w+)\.startswith\((["'])__?\2\)$/;
const FIRST = /^(\w+)\[(?:0|:1)\] *([=!])= *(["'])_\3$/;
