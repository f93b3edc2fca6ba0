// Definitions: the name that they bind, parameters, and what functions give back.
import { F, K, type KindName } from '../../2-parse/kinds.js';
import { childBy, children, firstChild, isYieldFrom, type Tree, textOf } from '../../2-parse/tree.js';
import type { ParameterFact } from '../../model/definitions.js';
import { Act, ConstKind, Op } from '../../model/facts.js';
import { push } from '../columns.js';
import { functionAround } from '../names/around.js';
import { type ActsOfNode, act, bindName, type Draft, emit, type ValueOfNode, valueAt } from './draft.js';

export const definitionValues = {
  lambda(d, node) {
    const { t, s } = d;
    d.parameters.set(node, parametersOf(d, node));
    const number = s.numberOf.get(node)!;
    const value = emit(d, Op.Func, number, 0, t.start[node]!);
    const body = childBy(t, node, F.body);
    act(d, Act.Return, number, valueAt(d, body), -1, t.start[body] ?? t.start[node]!);
    return value;
  },
} satisfies Partial<Record<KindName, ValueOfNode>>;

export const definitions = {
  function_definition(d, node) {
    d.parameters.set(node, parametersOf(d, node));
    define(d, node, Op.Func);
  },
  class_definition: (d, node) => define(d, node, Op.Class),
  return_statement(d, node) {
    const { t, s } = d;
    const fn = functionAround(s.scopes, s.scopeOf[node]!);
    if (fn < 0) return;
    const at = t.start[node]!;
    const inner = firstChild(t, node);
    const value = inner >= 0 ? valueAt(d, inner) : emit(d, Op.Const, ConstKind.None, 0, at);
    act(d, Act.Return, fn, value, -1, at);
    if (inner >= 0) notePresences(d, inner);
  },
  yield(d, node) {
    const { t, s } = d;
    const fn = functionAround(s.scopes, s.scopeOf[node]!);
    if (fn < 0) return;
    d.generators.add(s.functionNodes[fn]!);
    const inner = firstChild(t, node);
    if (inner < 0) return;
    act(d, isYieldFrom(t, node) ? Act.YieldFrom : Act.Yield, fn, valueAt(d, inner), -1, t.start[node]!);
  },
} satisfies Partial<Record<KindName, ActsOfNode>>;

/** Notes which of the values that `node` may give are made only where a variable is given, or is not. */
function notePresences(d: Draft, node: number): void {
  const { t } = d;
  const todo = [node];
  for (let n = todo.pop(); n !== undefined; n = todo.pop()) {
    const parts = [...children(t, n)];
    if (t.kind[n] === K.parenthesized_expression) todo.push(...parts);
    else if (t.kind[n] === K.conditional_expression) todo.push(...parts.filter((_, i) => i !== 1));
    else {
      for (const { variable, is } of d.presence(n)) push(d.presences, valueAt(d, n), variable, is);
    }
  }
}

/** A def or class statement binds its name. */
function define(d: Draft, node: number, op: Op.Func | Op.Class): void {
  const value = emit(d, op, d.s.numberOf.get(node)!, 0, d.t.start[node]!);
  bindName(d, childBy(d.t, node, F.name), value);
}

function parametersOf(d: Draft, fn: number): ParameterFact[] {
  const { t, s } = d;
  const list = childBy(t, fn, F.parameters);
  if (list < 0) return [];
  const scope = s.opens.get(fn)!;
  const valueOrNone = (node: number): number => (node < 0 ? -1 : valueAt(d, node));
  const found: ParameterFact[] = [];
  let isKeywordOnly = false;
  for (const c of children(t, list)) {
    if (t.kind[c] === K.keyword_separator) isKeywordOnly = true;
    const identifier = parameterName(t, c);
    if (identifier < 0) continue;
    const name = textOf(t, identifier);
    const kind = starsOf(t, c) ?? (isKeywordOnly ? 'keyword' : 'positional');
    found.push({
      name,
      kind,
      variable: s.variable(scope, name),
      annotation: valueOrNone(childBy(t, c, F.type)),
      defaultValue: valueOrNone(childBy(t, c, F.value)),
    });
    if (kind === 'star') isKeywordOnly = true;
  }
  return found;
}

/** Whether a parameter is `*args` or `**kwargs`, with or without an annotation, or null. */
function starsOf(t: Tree, parameter: number): 'star' | 'doubleStar' | null {
  const shape = t.kind[parameter] === K.typed_parameter ? firstChild(t, parameter) : parameter;
  if (t.kind[shape] === K.list_splat_pattern) return 'star';
  return t.kind[shape] === K.dictionary_splat_pattern ? 'doubleStar' : null;
}

/** The identifier that names a parameter, or -1. */
function parameterName(t: Tree, node: number): number {
  switch (t.kind[node]) {
    case K.identifier:
      return node;
    case K.default_parameter:
    case K.typed_default_parameter: {
      const name = childBy(t, node, F.name);
      return t.kind[name] === K.identifier ? name : -1;
    }
    case K.typed_parameter:
    case K.list_splat_pattern:
    case K.dictionary_splat_pattern:
      return parameterName(t, firstChild(t, node));
    default:
      return -1;
  }
}

/** The variable of the first parameter of a function node, or -1. */
export function firstParameter({ t, s }: Draft, fn: number): number {
  const list = childBy(t, fn, F.parameters);
  const name = list < 0 ? -1 : parameterName(t, firstChild(t, list));
  return name < 0 ? -1 : s.variable(s.opens.get(fn)!, textOf(t, name));
}
