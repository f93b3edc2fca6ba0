// The cases of a match statement: what their patterns test and capture.
import { F, K, type KindName } from '../../2-parse/kinds.js';
import { childBy, children, firstChild, isGroup, type Tree, textOf } from '../../2-parse/tree.js';
import { ConstKind, Op, Operator } from '../../model/facts.js';
import { Context, isCapture } from '../names/context.js';
import { firstBinding } from '../names/rebound.js';
import {
  type ActsOfNode,
  bindName,
  type Draft,
  emit,
  listed,
  nameAt,
  opOf,
  redirect,
  valueAt,
} from './draft.js';
import { binary } from './operators.js';

export const patterns = {
  case_clause(d, node) {
    const { t } = d;
    const match = t.parent[t.parent[node]!]!;
    const subjectNode = childBy(t, match, F.subject);
    if (subjectNode < 0) return;
    // the subject stands before its cases and is lowered later
    const subject = emit(d, Op.Narrow, -1, -1, t.start[node]!);
    d.last.push(() => redirect(d, subject, valueAt(d, subjectNode)));
    for (const pattern of children(t, node)) {
      if (t.kind[pattern] !== K.case_pattern) continue;
      const tested = classTest(d, pattern, subject);
      capture(d, pattern, tested ?? subject);
      if (tested !== null) retype(d, subjectNode, childBy(t, node, F.consequence), tested);
    }
  },
} satisfies Partial<Record<KindName, ActsOfNode>>;

/** The subject as far as it passes the class test that a pattern makes as a whole; null when it makes none. */
function classTest(d: Draft, pattern: number, subject: number): number | null {
  const { t } = d;
  const inner = firstChild(t, pattern);
  switch (t.kind[pattern]) {
    case K.case_pattern:
    case K.as_pattern:
      return inner < 0 ? null : classTest(d, inner, subject);
    case K.class_pattern:
      return inner < 0 ? null : emit(d, Op.Narrow, subject, valueAt(d, inner), t.start[pattern]!);
    case K.union_pattern: {
      const parts = [...children(t, pattern)].map(c => classTest(d, c, subject));
      const isTest = parts.every(part => part !== null);
      return isTest ? emit(d, Op.Join, 0, listed(d, parts), t.start[pattern]!) : null;
    }
    default:
      return null;
  }
}

/** A pattern and the value that it is matched with. */
type Matched = readonly [pattern: number, value: number];

/** Gives the parts of a value to the names that a pattern captures. */
function capture(d: Draft, pattern: number, value: number): void {
  const todo: Matched[] = [[pattern, value]];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const [node, given] = next;
    if (capturesAll(d, node)) bindName(d, node, given);
    else for (const part of partsOf(d, node, given)) todo.push(part);
  }
}

/** Whether a node is a name that takes the whole value. */
const capturesAll = ({ t, s }: Draft, node: number): boolean =>
  t.kind[node] === K.identifier
    ? s.context[node] === Context.Store
    : t.kind[node] === K.dotted_name && isCapture(t, node);

/** The patterns directly below one, each with the part of the value that it is matched with. */
function* partsOf(d: Draft, pattern: number, value: number): Generator<Matched> {
  const { t } = d;
  const at = t.start[pattern]!;
  switch (t.kind[pattern]) {
    case K.identifier:
      return;
    case K.dotted_name:
      // a name with dots is compared, one without captures
      binary(d, Operator.Eq, value, valueAt(d, pattern), at);
      return;
    case K.class_pattern:
      for (const c of children(t, pattern)) {
        if (t.kind[c] === K.dotted_name) continue;
        const keyword = keywordIn(t, c);
        if (keyword < 0) yield [c, emit(d, Op.Field, value, 0, at)];
        else yield* keywordParts(d, c, keyword, value, at);
      }
      return;
    case K.list_pattern:
    case K.tuple_pattern:
      for (const c of children(t, pattern)) {
        if (isGroup(t, pattern)) yield [c, value];
        else
          yield [c, emit(d, t.kind[firstChild(t, c)] === K.splat_pattern ? Op.Rest : Op.Iter, value, 0, at)];
      }
      return;
    case K.dict_pattern:
      for (const c of children(t, pattern)) {
        if (t.field[c] === F.key) continue;
        if (t.kind[c] === K.splat_pattern) yield [c, value];
        else yield [c, emit(d, Op.Sub, value, emit(d, Op.Const, ConstKind.Text, -1, at), at)];
      }
      return;
    default:
      for (const c of children(t, pattern)) yield [c, value];
  }
}

/** The keyword pattern that an argument of a class pattern is, with or without `as`, or -1. */
function keywordIn(t: Tree, argument: number): number {
  let n = firstChild(t, argument);
  while (t.kind[n] === K.as_pattern || t.kind[n] === K.case_pattern) n = firstChild(t, n);
  return t.kind[n] === K.keyword_pattern ? n : -1;
}

/** What `x=P()` in a class pattern matches the attribute x of the value with. */
function* keywordParts(
  d: Draft,
  argument: number,
  keyword: number,
  value: number,
  at: number,
): Generator<Matched> {
  const { t, s } = d;
  const key = firstChild(t, keyword);
  const part = emit(d, Op.Attr, value, nameAt(d, key), at);
  const tested = t.next[key]! >= 0 ? (classTest(d, t.next[key]!, part) ?? part) : part;
  for (const inner of children(t, keyword)) if (inner !== key) yield [inner, tested];
  // `C(x=P() as a)` parses as `(x=P()) as a`: the name takes what the keyword names
  for (const alias of children(t, firstChild(t, argument)))
    if (t.kind[alias] === K.identifier && s.context[alias] === Context.Store) yield [alias, tested];
}

/** Reads of the subject's name inside a case become the narrowed value, unless the name is bound anew there. They stand
 *  behind the case, so they are lowered already: their rows are rewritten in place. */
function retype(d: Draft, subject: number, body: number, narrowed: number): void {
  const { t, s } = d;
  const name = textOf(t, subject);
  if (t.kind[subject] !== K.identifier || body < 0) return;
  const bound = firstBinding(t, d.rebound, name, t.start[body]!);
  if (bound >= 0 && t.start[bound]! < t.end[body]!) return;
  for (let n = body; n < t.count && t.start[n]! < t.end[body]!; n++) {
    if (t.kind[n] !== K.identifier || s.context[n] !== Context.Load || d.nodeValues[n]! < 0) continue;
    if (s.scopeOf[n] !== s.scopeOf[subject] || textOf(t, n) !== name) continue;
    if (opOf(d, d.nodeValues[n]!) === Op.Var) redirect(d, d.nodeValues[n]!, narrowed);
  }
}
