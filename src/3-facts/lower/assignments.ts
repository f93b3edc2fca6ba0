// Statements that bind names, and store or delete attributes and items.
import { F, K, type KindName } from '../../2-parse/kinds.js';
import { childBy, children, firstChild, storesOnType, textOf } from '../../2-parse/tree.js';
import { Act, ArgKind, ConstKind, Op } from '../../model/facts.js';
import { intern } from '../columns.js';
import { outOfComprehensions } from '../names/around.js';
import { aliasName } from '../names/scopes.js';
import { indexIn, isText } from './annotations.js';
import {
  type ActsOfNode,
  act,
  bindingAt,
  bindName,
  type Draft,
  emit,
  listed,
  nameAt,
  type ValueOfNode,
  valueAt,
  valueBy,
  variableAt,
} from './draft.js';
import { binary, operatorBefore } from './operators.js';
import { picksOf } from './picks.js';
import { bind } from './targets.js';

export const assignmentValues = {
  /** Has a value for `a = b = value`, where `b = value` is what a takes. */
  assignment(d, node) {
    const { t } = d;
    const left = childBy(t, node, F.left);
    const right = childBy(t, node, F.right);
    const value = right < 0 ? -1 : valueAt(d, right);
    const type = childBy(t, node, F.type);
    if (type >= 0) annotate(d, left, type, right >= 0);
    if (value >= 0) bind(d, left, value);
    return value;
  },
  named_expression(d, node) {
    const { t, s } = d;
    const value = valueBy(d, node, F.value);
    const target = childBy(t, node, F.name);
    const scope = outOfComprehensions(s.scopes, s.scopeOf[target]!);
    act(d, Act.Bind, s.binding(scope, textOf(t, target)), value, -1, t.start[target]!);
    return value;
  },
  as_pattern(d, node) {
    const { t } = d;
    const inner = firstChild(t, node);
    if (inner < 0) return -1;
    const value = valueAt(d, inner);
    const target = childBy(t, node, F.alias);
    const op = t.kind[t.parent[node]!] === K.with_item ? Op.Enter : Op.Caught;
    if (target >= 0) bind(d, target, emit(d, op, value, 0, t.start[inner]!));
    return value;
  },
} satisfies Partial<Record<KindName, ValueOfNode>>;

/** `del x[k]` calls `x.__delitem__(k)`. */
function callDelete(d: Draft, node: number): void {
  const at = d.t.start[node]!;
  const method = emit(d, Op.Attr, valueBy(d, node, F.value), intern(d.strings, '__delitem__'), at);
  emit(d, Op.Call, method, listed(d, [ArgKind.Positional, -1, indexIn(d, node)]), at);
}

export const assignments = {
  augmented_assignment(d, node) {
    const { t } = d;
    const left = childBy(t, node, F.left);
    const right = valueBy(d, node, F.right);
    const operator = operatorBefore(t, left, childBy(t, node, F.right));
    const at = t.start[left]!;
    if (t.kind[left] === K.identifier) {
      const old = emit(d, Op.Var, variableAt(d, left), 0, at);
      bindName(d, left, binary(d, operator, old, right, at, true));
    } else if (t.kind[left] === K.attribute) {
      const object = valueBy(d, left, F.object);
      const name = nameAt(d, childBy(t, left, F.attribute));
      const old = emit(d, Op.Attr, object, name, at);
      act(d, Act.StoreAug, object, name, binary(d, operator, old, right, at, true), at);
    } else if (t.kind[left] === K.subscript) {
      const [object, key] = [valueBy(d, left, F.value), indexIn(d, left)];
      const old = emit(d, Op.Sub, object, key, at);
      act(d, Act.StoreItem, object, key, binary(d, operator, old, right, at, true), at);
    }
  },
  delete_statement(d, node) {
    const { t } = d;
    const todo = [...children(t, node)];
    for (let c = todo.pop(); c !== undefined; c = todo.pop()) {
      const at = t.start[c]!;
      if (t.kind[c] === K.identifier) act(d, Act.Unbind, bindingAt(d, c), -1, -1, at);
      else if (t.kind[c] === K.attribute)
        act(d, Act.StoreDel, valueBy(d, c, F.object), nameAt(d, childBy(t, c, F.attribute)), -1, at);
      else if (t.kind[c] !== K.subscript) for (const inner of children(t, c)) todo.push(inner);
      else callDelete(d, c);
    }
  },
  for_statement: eachOf,
  for_in_clause: eachOf,
  with_item(d, node) {
    const inner = firstChild(d.t, node);
    if (inner < 0 || d.t.kind[inner] === K.as_pattern) return;
    emit(d, Op.Enter, valueAt(d, inner), 0, d.t.start[inner]!);
  },
  /** `except:` names nothing that it catches. */
  except_clause(d, node) {
    const { t } = d;
    if (t.kind[firstChild(t, node)] !== K.block) return;
    const at = t.start[node]!;
    emit(d, Op.Caught, emit(d, Op.Const, ConstKind.None, 0, at), 0, at);
  },
  type_alias_statement(d, node) {
    const { t, s } = d;
    if (storesOnType(t, node)) {
      bind(d, firstChild(t, childBy(t, node, F.left)), valueBy(d, node, F.right));
      return;
    }
    const name = aliasName(t, node);
    if (name === null) return;
    const variable = s.binding(s.scopeOf[node]!, name);
    act(d, Act.Bind, variable, valueBy(d, node, F.right), -1, t.start[node]!);
  },
} satisfies Partial<Record<KindName, ActsOfNode>>;

/** The target of a `for` takes what iterating gives. */
function eachOf(d: Draft, node: number): void {
  const { t } = d;
  const iterable = childBy(t, node, F.right);
  const at = t.start[iterable] ?? t.start[node]!;
  const ways = picksOf(d, node);
  const picks = ways
    ? 1 +
      listed(
        d,
        ways.flatMap(tests => [...tests, -1]),
      )
    : 0;
  bind(d, childBy(t, node, F.left), emit(d, Op.Iter, valueAt(d, iterable), picks, at));
}

/** `target: type`, with or without a value. */
function annotate(d: Draft, target: number, type: number, hasValue: boolean): void {
  const { t } = d;
  const at = t.start[target]!;
  if (t.kind[target] === K.identifier) {
    const variable = bindingAt(d, target);
    for (const v of [variable, ...d.versions.of(variable)])
      act(d, Act.Annotate, v, valueAt(d, type), isText(t, type) ? 1 : -1, at);
  }
  if (t.kind[target] === K.attribute) {
    const object = valueBy(d, target, F.object);
    const name = nameAt(d, childBy(t, target, F.attribute));
    act(d, hasValue ? Act.AnnotateAttr : Act.Declare, object, name, valueAt(d, type), at);
  }
}
