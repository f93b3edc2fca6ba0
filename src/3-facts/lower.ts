// Second pass, backwards: every expression becomes a value, every statement an act. Children stand behind their
// parent in the tree, so going from the last node to the first needs no recursion however deep the nesting.

import { F, K } from '../2-parse/kinds.js';
import {
  childBy,
  children,
  firstChild,
  isTypeCall,
  storesOnType,
  type Tree,
  textOf,
} from '../2-parse/tree.js';
import {
  ACT_WIDTH,
  Act,
  ArgKind,
  ConstKind,
  type ImportFact,
  Op,
  type ParameterFact,
  VALUE_WIDTH,
} from '../model/facts.js';
import { finished, type Ints, intern, newInts, newStrings, push } from './columns.js';
import { pathOf, type Region, regionsOf } from './narrowing.js';
import { Context, classAround, functionAround, isCapture, methodAround, type Scoping } from './scopes.js';
import { literalOf, literalText, parseTypeText, type TypeText } from './strings.js';
import { versionsOf } from './versions.js';

export interface Lowered {
  readonly values: Int32Array;
  readonly acts: Int32Array;
  readonly lists: Int32Array;
  readonly strings: string[];
  readonly imports: ImportFact[];
  readonly exported: readonly string[] | null;
  /** Value of each node, -1 where it has none. */
  readonly nodeValues: Int32Array;
  readonly parameters: ReadonlyMap<number, readonly ParameterFact[]>;
  /** Function nodes that contain a yield of their own. */
  readonly generators: ReadonlySet<number>;
  /** Class scopes whose body may bind names that cannot be seen, with the offset that shows it. */
  readonly dynamicBodies: ReadonlyMap<number, number>;
}

/** Strings worth keeping: names, dotted names, anything short that code may use as one. */
const NAME_LIKE = /^[\w.,\s-]{1,200}$/;

/** What may stand between an annotation and a string in it. */
const INSIDE_TYPES: ReadonlySet<number> = new Set([
  K.subscript,
  K.tuple,
  K.list,
  K.binary_operator,
  K.parenthesized_expression,
  K.generic_type,
  K.type_parameter,
  K.union_type,
]);

function put<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

/** The names that a node binds, attributes as `.name`. */
function* namesBoundAt(t: Tree, s: Scoping, node: number): Generator<string> {
  const kind = t.kind[node];
  if (kind === K.identifier && s.context[node] !== Context.Load) yield textOf(t, node);
  else if (kind === K.attribute && s.context[node] !== Context.Load)
    yield `.${textOf(t, childBy(t, node, F.attribute))}`;
  else if (kind === K.function_definition || kind === K.class_definition)
    yield textOf(t, childBy(t, node, F.name));
  else if (kind === K.dotted_name && isCapture(t, node)) yield textOf(t, node);
}

/** `(a)` as a target or pattern: a group, not a tuple of one. */
const isGroup = (t: Tree, node: number): boolean => {
  const only = firstChild(t, node);
  if (t.kind[node] !== K.tuple_pattern || only < 0 || t.next[only]! >= 0) return false;
  return !t.text.slice(t.end[only], t.end[node]).includes(',');
};

const smallNumber = (text: string): number => (/^\d{1,6}$/.test(text) ? Number(text) : -1);

/** Acts sorted by offset; the order of first assignment is read off it. */
function sortedActs(acts: Ints): Int32Array {
  const rows = acts.length / ACT_WIDTH;
  const order = Array.from({ length: rows }, (_, i) => i);
  const offset = (row: number): number => acts.data[row * ACT_WIDTH + 4]!;
  // rows were written backwards: on equal offsets the later row comes first in the source
  order.sort((x, y) => offset(x) - offset(y) || y - x);
  const sorted = new Int32Array(acts.length);
  order.forEach((row, to) => {
    sorted.set(acts.data.subarray(row * ACT_WIDTH, (row + 1) * ACT_WIDTH), to * ACT_WIDTH);
  });
  return sorted;
}

export function lower(t: Tree, s: Scoping): Lowered {
  const values = newInts(t.count * 2);
  const acts = newInts(t.count);
  const lists = newInts(t.count);
  const strings = newStrings();
  const imports: ImportFact[] = [];
  const nodeValues = new Int32Array(t.count).fill(-1);
  const parameters = new Map<number, readonly ParameterFact[]>();
  const generators = new Set<number>();
  const dynamicBodies = new Map<number, number>();
  const regions = new Map<string, Region[]>();
  /** Values whose second operand is the value of a node that is lowered later. */
  const late: { readonly value: number; readonly node: number }[] = [];
  let exported: string[] | null = null;

  /** Offsets at which names are bound anew, by name; those of attributes under `.name`. */
  const rebound = new Map<string, number[]>();
  for (let node = 0; node < t.count; node++)
    for (const bound of namesBoundAt(t, s, node)) put(rebound, bound, t.start[node]!);
  const versions = versionsOf(t, s, rebound);
  /** Whether a name keeps its value in a range: what a test said of it holds no longer once it is bound anew. */
  const isStable = (name: string, start: number, end: number): boolean =>
    name
      .split('.')
      .every((part, i) => !rebound.get(i ? `.${part}` : part)?.some(at => start <= at && at < end));
  for (let node = 0; node < t.count; node++)
    if (t.kind[node] === K.call)
      for (const r of regionsOf(t, node, s.scopeOf))
        if (isStable(r.name, t.end[node]!, r.end)) put(regions, r.name, r);

  const mentions = (name: string): number => {
    let count = 0;
    for (let n = 0; n < t.count; n++) if (t.kind[n] === K.identifier && textOf(t, n) === name) count++;
    return count;
  };

  const emit = (op: Op, a: number, b: number, offset: number): number => {
    push(values, op, a, b, offset);
    return values.length / VALUE_WIDTH - 1;
  };
  const opOf = (value: number): Op => values.data[value * VALUE_WIDTH]!;
  const act = (kind: Act, a: number, b: number, c: number, offset: number): void => {
    push(acts, kind, a, b, c, offset);
  };
  const listed = (items: readonly number[]): number => {
    push(lists, items.length, ...items.slice(0, 10_000));
    for (let i = 10_000; i < items.length; i += 10_000) push(lists, ...items.slice(i, i + 10_000));
    return lists.length - items.length - 1;
  };
  const value = (node: number): number => {
    if (node < 0) return emit(Op.Unknown, 0, 0, 0);
    const known = nodeValues[node]!;
    return known >= 0 ? known : (nodeValues[node] = emit(Op.Unknown, 0, 0, t.start[node]!));
  };
  const text = (node: number): string => textOf(t, node);
  const name = (node: number): number => intern(strings, s.mangled(s.scopeOf[node]!, text(node)));

  const regionAt = (node: number, spelled: string): Region | undefined => {
    const at = t.start[node]!;
    return regions.get(spelled)?.findLast(r => r.start <= at && at < r.end && r.scope === s.scopeOf[node]);
  };

  /** Reading a plain name. */
  const read = (node: number): number => {
    const at = t.start[node]!;
    const scope = s.scopeOf[node]!;
    const spelled = text(node);
    if (spelled === '__class__') {
      const cls = classAround(s.scopes, scope);
      if (cls >= 0 && functionAround(s.scopes, scope) >= 0) return emit(Op.ClassCell, cls, 0, at);
    }
    const plain = emit(Op.Var, versions.readAt(node, s.variable(scope, spelled)), 0, at);
    return narrowedAt(node, spelled, plain);
  };

  /** A value as far as an isinstance() test says more of it where it stands. */
  const narrowedAt = (node: number, spelled: string, plain: number): number => {
    const region = regionAt(node, spelled);
    if (!region) return plain;
    const narrowed = emit(Op.Narrow, plain, -1, t.start[node]!);
    late.push({ value: narrowed, node: region.cls });
    return narrowed;
  };

  /** `*a.x, b = ...` parses as an attribute of `*a`: the receiver without its star. */
  const unstarred = (node: number): number =>
    node >= 0 && t.kind[node] === K.list_splat ? firstChild(t, node) : node;

  /** Gives `given` (a value) to a target of any form. */
  const bind = (target: number, given: number): void => {
    const todo: [number, number][] = [[target, given]];
    for (let next = todo.pop(); next; next = todo.pop()) {
      const [node, v] = next;
      const at = t.start[node]!;
      const scope = s.scopeOf[node]!;
      switch (t.kind[node]) {
        case K.identifier:
          act(Act.Bind, s.binding(scope, text(node)), v, -1, at);
          if (versions.madeBy(node) >= 0) act(Act.Bind, versions.madeBy(node), v, -1, at);
          break;
        case K.attribute:
          act(
            Act.Store,
            value(unstarred(childBy(t, node, F.object))),
            name(childBy(t, node, F.attribute)),
            v,
            at,
          );
          break;
        case K.subscript:
          act(
            Act.StoreItem,
            value(unstarred(childBy(t, node, F.value))),
            value(childBy(t, node, F.subscript)),
            v,
            at,
          );
          break;
        case K.list_splat_pattern:
        case K.list_splat:
        case K.parenthesized_expression:
        case K.as_pattern_target: {
          const inner = firstChild(t, node);
          if (inner >= 0) todo.push([inner, v]);
          break;
        }
        case K.pattern_list:
        case K.tuple_pattern:
        case K.list_pattern:
        case K.tuple:
        case K.list:
        case K.expression_list: {
          if (isGroup(t, node)) {
            todo.push([firstChild(t, node), v]);
            break;
          }
          const targets = [...children(t, node)];
          const isStar = (c: number): boolean =>
            t.kind[c] === K.list_splat_pattern ||
            t.kind[c] === K.list_splat ||
            unstarred(firstChild(t, c)) !== firstChild(t, c);
          const star = targets.findIndex(isStar);
          const parts = star >= 0 ? null : displayItems(v, targets.length);
          targets.forEach((c, i) => {
            if (parts) todo.push([c, parts[i]!]);
            else if (isStar(c)) todo.push([c, emit(Op.Rest, v, i, t.start[c]!)]);
            else todo.push([c, emit(Op.Item, v, star >= 0 && i > star ? -1 : i, t.start[c]!)]);
          });
          break;
        }
        default:
          break;
      }
    }
  };
  /** Items of a tuple or list display of exactly `count` plain items: `a, b = b, a` binds pairwise. */
  const displayItems = (v: number, count: number): number[] | null => {
    const op = opOf(v);
    if (op !== Op.Tuple && op !== Op.List) return null;
    const at = values.data[v * VALUE_WIDTH + 2]!;
    if (lists.data[at] !== count) return null;
    const items = [...lists.data.subarray(at + 1, at + 1 + count)];
    return items.every(item => item >= 0) ? items : null;
  };

  const display = (node: number, op: Op): number => {
    const items: number[] = [];
    for (const c of children(t, node)) {
      const kind = t.kind[c];
      if (kind === K.list_splat || kind === K.parenthesized_list_splat) {
        let inner = firstChild(t, c);
        while (inner >= 0 && (t.kind[inner] === K.list_splat || t.kind[inner] === K.parenthesized_expression))
          inner = firstChild(t, inner);
        items.push(~value(inner));
      } else items.push(value(c));
    }
    return emit(op, 0, listed(items), t.start[node]!);
  };

  const dictionary = (node: number): number => {
    const items: number[] = [];
    for (const c of children(t, node)) {
      if (t.kind[c] === K.pair) items.push(value(childBy(t, c, F.key)), value(childBy(t, c, F.value)));
      else if (t.kind[c] === K.dictionary_splat) items.push(-1, value(firstChild(t, c)));
    }
    return emit(Op.Dict, 0, listed(items), t.start[node]!);
  };

  const argumentsOf = (call: number): number => {
    const args = childBy(t, call, F.arguments);
    const items: number[] = [];
    if (args >= 0 && t.kind[args] === K.generator_expression) {
      items.push(ArgKind.Positional, -1, value(args));
    } else if (args >= 0) {
      for (const c of children(t, args)) {
        switch (t.kind[c]) {
          case K.keyword_argument:
            items.push(
              ArgKind.Keyword,
              intern(strings, text(childBy(t, c, F.name))),
              value(childBy(t, c, F.value)),
            );
            break;
          case K.list_splat:
            items.push(ArgKind.Star, -1, value(firstChild(t, c)));
            break;
          case K.dictionary_splat:
            items.push(ArgKind.DoubleStar, -1, value(firstChild(t, c)));
            break;
          default:
            items.push(ArgKind.Positional, -1, value(c));
        }
      }
    }
    return listed(items);
  };

  const call = (node: number): number => {
    const callee = childBy(t, node, F.function);
    const at = t.start[node]!;
    const scope = s.scopeOf[node]!;
    const calleeText = t.kind[callee] === K.identifier ? text(callee) : '';
    const args = childBy(t, node, F.arguments);
    if (calleeText === 'super' && args >= 0 && firstChild(t, args) < 0) {
      const cls = classAround(s.scopes, scope);
      const method = methodAround(s.scopes, scope);
      if (cls >= 0 && method >= 0) return emit(Op.Super, cls, firstParameter(s.functionNodes[method]!), at);
    }
    if (/^(locals|vars|exec|eval|globals)$/.test(calleeText) && s.scopes[scope]!.kind === 'class')
      dynamicBodies.set(scope, at);
    if (calleeText === 'cast' || isAttribute(callee, 'cast')) {
      const type = args < 0 ? -1 : firstChild(t, args);
      const spelled = type < 0 ? null : literalText(t, type);
      const parsed = spelled === null ? null : parseTypeText(spelled);
      if (parsed) nodeValues[type] = typeValue(parsed, scope, t.start[type]!);
    }
    return emit(Op.Call, value(callee), argumentsOf(node), at);
  };

  /** The call `type(x)` at the start of a statement, whose parentheses are at `node`. */
  const typeCall = (node: number, inner: number): number => {
    const type = emit(Op.Var, s.variable(s.scopeOf[node]!, 'type'), 0, t.start[node]!);
    return emit(Op.Call, type, listed([ArgKind.Positional, -1, inner]), t.start[node]!);
  };

  const isAttribute = (node: number, attribute: string): boolean =>
    t.kind[node] === K.attribute && text(childBy(t, node, F.attribute)) === attribute;

  const firstParameter = (fn: number): number => {
    const list = childBy(t, fn, F.parameters);
    const first = list < 0 ? -1 : firstChild(t, list);
    const identifier = first < 0 ? -1 : parameterName(first);
    return identifier < 0 ? -1 : s.variable(s.opens.get(fn)!, text(identifier));
  };
  const parameterName = (node: number): number => {
    switch (t.kind[node]) {
      case K.identifier:
        return node;
      case K.default_parameter:
      case K.typed_default_parameter: {
        const inner = childBy(t, node, F.name);
        return inner >= 0 && t.kind[inner] === K.identifier ? inner : -1;
      }
      case K.typed_parameter:
      case K.list_splat_pattern:
      case K.dictionary_splat_pattern: {
        const inner = firstChild(t, node);
        return inner < 0 ? -1 : parameterName(inner);
      }
      default:
        return -1;
    }
  };

  const lowerParameters = (fn: number): void => {
    const list = childBy(t, fn, F.parameters);
    const scope = s.opens.get(fn)!;
    const found: ParameterFact[] = [];
    let keywordOnly = false;
    if (list >= 0) {
      for (const c of children(t, list)) {
        if (t.kind[c] === K.keyword_separator) keywordOnly = true;
        const identifier = parameterName(c);
        if (identifier < 0) continue;
        let shape = c;
        if (t.kind[c] === K.typed_parameter) shape = firstChild(t, c);
        const star = t.kind[shape] === K.list_splat_pattern;
        const doubleStar = t.kind[shape] === K.dictionary_splat_pattern;
        const annotation = childBy(t, c, F.type);
        const defaultNode = childBy(t, c, F.value);
        found.push({
          name: text(identifier),
          kind: star ? 'star' : doubleStar ? 'doubleStar' : keywordOnly ? 'keyword' : 'positional',
          variable: s.variable(scope, text(identifier)),
          annotation: annotation >= 0 ? value(annotation) : -1,
          defaultValue: defaultNode >= 0 ? value(defaultNode) : -1,
        });
        if (star) keywordOnly = true;
      }
    }
    parameters.set(fn, found);
  };

  const typeValue = (type: TypeText, scope: number, at: number): number => {
    switch (type.kind) {
      case 'name': {
        let v =
          type.path[0] === 'None'
            ? emit(Op.Const, ConstKind.None, 0, at)
            : emit(Op.Var, s.variable(scope, type.path[0]!), 0, at);
        for (const part of type.path.slice(1)) v = emit(Op.Attr, v, intern(strings, part), at);
        return v;
      }
      case 'subscript': {
        const base = typeValue(type.base, scope, at);
        const items = type.items.map(item => typeValue(item, scope, at));
        const index = items.length === 1 ? items[0]! : emit(Op.Tuple, 0, listed(items), at);
        return emit(Op.Sub, base, index, at);
      }
      case 'union':
        return emit(Op.Binary, typeValue(type.left, scope, at), typeValue(type.right, scope, at), at);
      case 'list':
        return emit(Op.List, 0, listed(type.items.map(item => typeValue(item, scope, at))), at);
      case 'other':
        return emit(Op.Const, ConstKind.Ellipsis, 0, at);
    }
  };

  /** Whether a string stands for a type: `x: "Node"`, `x: Optional["Node"]`, `x: "Node" | None`. */
  const inAnnotation = (node: number): boolean => {
    let n = t.parent[node]!;
    while (n >= 0 && INSIDE_TYPES.has(t.kind[n]!)) n = t.parent[n]!;
    return n >= 0 && t.kind[n] === K.type && !storesOnType(t, t.parent[n]!);
  };

  const string = (node: number): number => {
    const at = t.start[node]!;
    if (inAnnotation(node)) {
      const spelled = literalText(t, node);
      const parsed = spelled === null ? null : parseTypeText(spelled);
      return parsed ? typeValue(parsed, s.scopeOf[node]!, at) : emit(Op.Unknown, 0, 0, at);
    }
    if (t.kind[node] === K.string) {
      const literal = literalOf(t, node);
      if (literal.kind === 'bytes') return emit(Op.Const, ConstKind.Bytes, 0, at);
    }
    const spelled = literalText(t, node);
    return spelled !== null && NAME_LIKE.test(spelled)
      ? emit(Op.Str, intern(strings, spelled), 0, at)
      : emit(Op.Const, ConstKind.Text, 0, at);
  };

  const chain = (node: number): number => {
    let v = -1;
    for (const c of children(t, node)) {
      v =
        v < 0
          ? emit(Op.Var, s.variable(s.scopeOf[node]!, text(c)), 0, t.start[node]!)
          : emit(Op.Attr, v, name(c), t.start[node]!);
    }
    return v < 0 ? emit(Op.Unknown, 0, 0, t.start[node]!) : v;
  };

  /** The class test that a case pattern makes as a whole, or null. */
  const classTest = (pattern: number, subject: number): number | null => {
    switch (t.kind[pattern]) {
      case K.case_pattern: {
        const inner = firstChild(t, pattern);
        return inner < 0 ? null : classTest(inner, subject);
      }
      case K.class_pattern: {
        const cls = firstChild(t, pattern);
        return cls < 0 ? null : emit(Op.Narrow, subject, value(cls), t.start[pattern]!);
      }
      case K.union_pattern: {
        const parts = [...children(t, pattern)].map(c => classTest(c, subject));
        return parts.every(p => p !== null) ? emit(Op.Join, 0, listed(parts), t.start[pattern]!) : null;
      }
      case K.as_pattern: {
        const inner = firstChild(t, pattern);
        return inner < 0 ? null : classTest(inner, subject);
      }
      default:
        return null;
    }
  };

  /** The keyword pattern that an argument of a class pattern is, with or without `as`, or -1. */
  const keywordIn = (argument: number): number => {
    let n = firstChild(t, argument);
    while (n >= 0 && (t.kind[n] === K.as_pattern || t.kind[n] === K.case_pattern)) n = firstChild(t, n);
    return n >= 0 && t.kind[n] === K.keyword_pattern ? n : -1;
  };
  /** Gives the parts of a value to the names that a pattern captures. */
  const capture = (pattern: number, given: number): void => {
    const todo: [number, number][] = [[pattern, given]];
    for (let next = todo.pop(); next; next = todo.pop()) {
      const [p, v] = next;
      const at = t.start[p]!;
      const scope = s.scopeOf[p]!;
      switch (t.kind[p]) {
        case K.identifier:
          if (s.context[p] === Context.Store) act(Act.Bind, s.binding(scope, text(p)), v, -1, at);
          break;
        case K.dotted_name:
          if (isCapture(t, p)) act(Act.Bind, s.binding(scope, text(p)), v, -1, at);
          break;
        case K.class_pattern:
          for (const c of children(t, p)) {
            if (t.kind[c] === K.dotted_name) continue;
            const keyword = keywordIn(c);
            if (keyword < 0) {
              todo.push([c, emit(Op.Field, v, 0, at)]);
              continue;
            }
            // `C(x=P() as a)` parses as `(x=P()) as a`: the name takes what the keyword names
            const key = firstChild(t, keyword);
            const part = emit(Op.Attr, v, name(key), at);
            const tested = t.next[key]! >= 0 ? (classTest(t.next[key]!, part) ?? part) : part;
            for (const inner of children(t, keyword)) if (inner !== key) todo.push([inner, tested]);
            for (const alias of children(t, firstChild(t, c)))
              if (t.kind[alias] === K.identifier && s.context[alias] === Context.Store)
                todo.push([alias, tested]);
          }
          break;
        case K.list_pattern:
        case K.tuple_pattern:
          for (const c of children(t, p)) {
            const inner = firstChild(t, c);
            const isRest = inner >= 0 && t.kind[inner] === K.splat_pattern;
            if (isGroup(t, p)) todo.push([c, v]);
            else todo.push([c, emit(isRest ? Op.Rest : Op.Iter, v, 0, at)]);
          }
          break;
        case K.dict_pattern:
          for (const c of children(t, p)) {
            if (t.field[c] === F.key) continue;
            const isRest = t.kind[c] === K.splat_pattern;
            todo.push([c, isRest ? v : emit(Op.Sub, v, emit(Op.Const, ConstKind.Text, -1, at), at)]);
          }
          break;
        default:
          for (const c of children(t, p)) todo.push([c, v]);
      }
    }
  };

  const caseClause = (node: number): void => {
    const match = t.parent[t.parent[node]!]!;
    const subjectNode = childBy(t, match, F.subject);
    if (subjectNode < 0) return;
    // the subject stands before its cases and is lowered later
    const subject = emit(Op.Narrow, -1, -1, t.start[node]!);
    lateSubjects.push({ value: subject, node: subjectNode });
    for (const pattern of children(t, node)) {
      if (t.kind[pattern] !== K.case_pattern) continue;
      const tested = classTest(pattern, subject) ?? subject;
      capture(pattern, tested);
      if (t.kind[subjectNode] === K.identifier && tested !== subject) {
        const body = childBy(t, node, F.consequence);
        if (body >= 0 && isStable(text(subjectNode), t.start[body]!, t.end[body]!))
          retype(subjectNode, body, tested);
      }
    }
  };
  const lateSubjects: { readonly value: number; readonly node: number }[] = [];
  /** Reads of the subject's name inside a case become the narrowed value. They stand behind the case, so they are
   *  lowered already: their rows are rewritten in place. */
  const retype = (subject: number, body: number, narrowed: number): void => {
    const spelled = text(subject);
    for (let n = body; n < t.count && t.start[n]! < t.end[body]!; n++) {
      if (t.kind[n] !== K.identifier || s.context[n] !== Context.Load || nodeValues[n]! < 0) continue;
      if (s.scopeOf[n] !== s.scopeOf[subject] || text(n) !== spelled) continue;
      const row = nodeValues[n]! * VALUE_WIDTH;
      if (values.data[row] !== Op.Var) continue;
      push(lists, 1, narrowed);
      values.data[row] = Op.Join;
      values.data[row + 2] = lists.length - 2;
    }
  };

  const importStatement = (node: number): void => {
    const scope = s.scopeOf[node]!;
    const isFrom = t.kind[node] === K.import_from_statement;
    let module = '';
    let level = 0;
    if (isFrom) {
      const from = text(childBy(t, node, F.module_name)).replace(/\s|\\/g, '');
      level = /^\.*/.exec(from)![0].length;
      module = from.slice(level);
    }
    for (const c of children(t, node)) {
      const at = t.start[c]!;
      if (t.kind[c] === K.wildcard_import) {
        imports.push({ module, level, name: '*', variable: -1, bindsRoot: false, scope, at });
        if (s.scopes[scope]!.kind === 'class') dynamicBodies.set(scope, at);
        continue;
      }
      if (t.field[c] !== F.name) continue;
      const alias = childBy(t, c, F.alias);
      const dotted = text(alias >= 0 ? childBy(t, c, F.name) : c).replace(/\s|\\/g, '');
      const bound = alias >= 0 ? text(alias) : dotted.split('.')[0]!;
      imports.push({
        module: isFrom ? module : dotted,
        level,
        name: isFrom ? dotted : null,
        variable: s.binding(scope, bound),
        bindsRoot: !isFrom && alias < 0 && dotted.includes('.'),
        scope,
        at,
      });
    }
  };

  /** Whether an annotation (a `type` node) is a string as a whole. */
  const isText = (type: number): boolean => {
    const only = firstChild(t, type);
    return only >= 0 && (t.kind[only] === K.string || t.kind[only] === K.concatenated_string);
  };

  const assignment = (node: number): void => {
    const left = childBy(t, node, F.left);
    const right = childBy(t, node, F.right);
    const type = childBy(t, node, F.type);
    const at = t.start[left]!;
    if (right >= 0) nodeValues[node] = value(right);
    if (type >= 0 && t.kind[left] === K.identifier)
      act(Act.Annotate, s.binding(s.scopeOf[left]!, text(left)), value(type), isText(type) ? 1 : -1, at);
    if (type >= 0 && t.kind[left] === K.attribute) {
      const base = value(childBy(t, left, F.object));
      const attribute = name(childBy(t, left, F.attribute));
      act(right >= 0 ? Act.AnnotateAttr : Act.Declare, base, attribute, value(type), at);
    }
    if (right < 0) return;
    bind(left, nodeValues[node]!);
    if (t.kind[left] === K.identifier && s.scopeOf[left] === 0 && text(left) === '__all__')
      exportedNames(right);
  };
  const exportedNames = (right: number): void => {
    if (t.kind[right] !== K.list && t.kind[right] !== K.tuple) return;
    const names = [...children(t, right)].map(c => literalText(t, c));
    exported = names.every(name => name !== null) ? names : null;
  };

  const augmented = (node: number): void => {
    const left = childBy(t, node, F.left);
    const right = value(childBy(t, node, F.right));
    const at = t.start[left]!;
    if (t.kind[left] === K.identifier) {
      const scope = s.scopeOf[left]!;
      const old = emit(Op.Var, s.variable(scope, text(left)), 0, at);
      act(Act.Bind, s.binding(scope, text(left)), emit(Op.Binary, old, right, at), -1, at);
    } else if (t.kind[left] === K.attribute) {
      const base = value(childBy(t, left, F.object));
      const attribute = name(childBy(t, left, F.attribute));
      const old = emit(Op.Attr, base, attribute, at);
      act(Act.StoreAug, base, attribute, emit(Op.Binary, old, right, at), at);
    } else if (t.kind[left] === K.subscript) {
      act(Act.StoreItem, value(childBy(t, left, F.value)), value(childBy(t, left, F.subscript)), right, at);
    }
  };

  const deletion = (node: number): void => {
    const todo = [...children(t, node)];
    for (let c = todo.pop(); c !== undefined; c = todo.pop()) {
      const at = t.start[c]!;
      if (t.kind[c] === K.identifier) act(Act.Unbind, s.binding(s.scopeOf[c]!, text(c)), -1, -1, at);
      else if (t.kind[c] === K.attribute)
        act(Act.StoreDel, value(childBy(t, c, F.object)), name(childBy(t, c, F.attribute)), -1, at);
      else if (t.kind[c] !== K.subscript) todo.push(...children(t, c));
    }
  };

  const yieldExpression = (node: number): void => {
    const fn = functionAround(s.scopes, s.scopeOf[node]!);
    if (fn < 0) return;
    generators.add(s.functionNodes[fn]!);
    const inner = firstChild(t, node);
    if (inner < 0) return;
    const from = /^yield\s+from\b/.test(text(node).slice(0, 40));
    act(from ? Act.YieldFrom : Act.Yield, fn, value(inner), -1, t.start[node]!);
  };

  const returnStatement = (node: number): void => {
    const fn = functionAround(s.scopes, s.scopeOf[node]!);
    const inner = firstChild(t, node);
    if (fn >= 0) {
      const v = inner >= 0 ? value(inner) : emit(Op.Const, ConstKind.None, 0, t.start[node]!);
      act(Act.Return, fn, v, -1, t.start[node]!);
    }
  };

  const join = (node: number, parts: readonly number[]): number =>
    emit(Op.Join, 0, listed(parts.map(value)), t.start[node]!);

  const subscript = (node: number, base: number, parts: readonly number[]): number => {
    const items = parts.map(value);
    const index = items.length === 1 ? items[0]! : emit(Op.Tuple, 0, listed(items), t.start[node]!);
    return emit(Op.Sub, value(base), index, t.start[node]!);
  };

  const asPattern = (node: number): void => {
    const inner = firstChild(t, node);
    const target = childBy(t, node, F.alias);
    const parent = t.kind[t.parent[node]!];
    if (inner < 0) return;
    nodeValues[node] = value(inner);
    if (target < 0) return;
    const op = parent === K.with_item ? Op.Enter : Op.Caught;
    bind(target, emit(op, value(inner), 0, t.start[inner]!));
  };

  const one = (node: number): void => {
    const at = t.start[node]!;
    switch (t.kind[node]) {
      case K.identifier: {
        if (s.context[node] !== Context.Load) return;
        const field = t.field[node]!;
        const parent = t.kind[t.parent[node]!];
        if (field === F.attribute || field === F.alias) return;
        if (field === F.name && parent !== K.named_expression) return;
        if (parent === K.dotted_name || parent === K.parameters || parent === K.lambda_parameters) return;
        if (parent === K.global_statement || parent === K.nonlocal_statement) return;
        if (parent === K.keyword_pattern) return;
        nodeValues[node] = read(node);
        return;
      }
      case K.attribute:
        if (s.context[node] === Context.Load) {
          const object = value(childBy(t, node, F.object));
          const plain = emit(Op.Attr, object, name(childBy(t, node, F.attribute)), at);
          const path = regions.size ? pathOf(t, node) : null;
          nodeValues[node] = path === null ? plain : narrowedAt(node, path, plain);
        }
        return;
      case K.member_type: {
        const [base, part] = children(t, node);
        if (base !== undefined && part !== undefined)
          nodeValues[node] = emit(Op.Attr, value(base), intern(strings, text(part)), at);
        return;
      }
      case K.dotted_name: {
        const parent = t.kind[t.parent[node]!];
        if (parent === K.class_pattern || (parent === K.case_pattern && !isCapture(t, node)))
          nodeValues[node] = chain(node);
        return;
      }
      case K.call:
        nodeValues[node] = call(node);
        return;
      case K.string:
        if (t.kind[t.parent[node]!] !== K.concatenated_string) nodeValues[node] = string(node);
        return;
      case K.concatenated_string:
        nodeValues[node] = string(node);
        return;
      case K.integer:
        nodeValues[node] = emit(Op.Const, ConstKind.Int, smallNumber(text(node)), at);
        return;
      case K.float:
        nodeValues[node] = emit(Op.Const, ConstKind.Float, 0, at);
        return;
      case K.true:
      case K.false:
        nodeValues[node] = emit(Op.Const, ConstKind.Bool, t.kind[node] === K.true ? 1 : 0, at);
        return;
      case K.not_operator:
      case K.comparison_operator:
        nodeValues[node] = emit(Op.Const, ConstKind.Text, -1, at);
        return;
      case K.none:
        nodeValues[node] = emit(Op.Const, ConstKind.None, 0, at);
        return;
      case K.ellipsis:
      case K.slice:
        nodeValues[node] = emit(Op.Const, ConstKind.Ellipsis, 0, at);
        return;
      case K.tuple:
      case K.expression_list:
        if (s.context[node] === Context.Load) nodeValues[node] = display(node, Op.Tuple);
        return;
      case K.list:
        if (s.context[node] === Context.Load) nodeValues[node] = display(node, Op.List);
        return;
      case K.set:
        nodeValues[node] = display(node, Op.Set);
        return;
      case K.dictionary:
        nodeValues[node] = dictionary(node);
        return;
      case K.list_comprehension:
      case K.set_comprehension:
      case K.generator_expression: {
        const kind = t.kind[node] === K.list_comprehension ? 0 : t.kind[node] === K.set_comprehension ? 1 : 2;
        nodeValues[node] = emit(Op.Comp, value(childBy(t, node, F.body)), kind, at);
        return;
      }
      case K.dictionary_comprehension: {
        const pair = childBy(t, node, F.body);
        const items = [value(childBy(t, pair, F.key)), value(childBy(t, pair, F.value))];
        nodeValues[node] = emit(Op.Dict, 0, listed(items), at);
        return;
      }
      case K.conditional_expression: {
        const [then, , otherwise] = children(t, node);
        if (then !== undefined && otherwise !== undefined) nodeValues[node] = join(node, [then, otherwise]);
        return;
      }
      case K.boolean_operator:
        nodeValues[node] = join(node, [childBy(t, node, F.left), childBy(t, node, F.right)]);
        return;
      case K.binary_operator:
        nodeValues[node] = emit(
          Op.Binary,
          value(childBy(t, node, F.left)),
          value(childBy(t, node, F.right)),
          at,
        );
        return;
      case K.union_type: {
        const parts = [...children(t, node)].map(value);
        if (parts.length > 1) nodeValues[node] = parts.reduce((l, r) => emit(Op.Binary, l, r, at));
        return;
      }
      case K.unary_operator: {
        const inner = value(childBy(t, node, F.argument));
        // the number behind a sign is another one
        nodeValues[node] =
          opOf(inner) === Op.Const
            ? emit(Op.Const, values.data[inner * VALUE_WIDTH + 1]!, -1, at)
            : emit(Op.Binary, inner, inner, at);
        return;
      }
      case K.generic_type: {
        const [base, args] = children(t, node);
        if (base !== undefined && args !== undefined)
          nodeValues[node] = subscript(node, base, [...children(t, args)]);
        return;
      }
      case K.subscript:
        if (s.context[node] === Context.Load) {
          const parts = [...children(t, node)].filter(c => t.field[c] === F.subscript);
          nodeValues[node] = subscript(node, childBy(t, node, F.value), parts);
        }
        return;
      case K.type:
      case K.parenthesized_expression:
      case K.splat_type: {
        const inner = firstChild(t, node);
        if (inner < 0 || s.context[node] !== Context.Load) return;
        nodeValues[node] = isTypeCall(t, node) ? typeCall(node, value(inner)) : value(inner);
        return;
      }
      case K.await:
        nodeValues[node] = emit(Op.Await, value(firstChild(t, node)), 0, at);
        return;
      case K.yield:
        yieldExpression(node);
        return;
      case K.named_expression: {
        const given = value(childBy(t, node, F.value));
        nodeValues[node] = given;
        const target = childBy(t, node, F.name);
        let scope = s.scopeOf[target]!;
        while (s.scopes[scope]!.kind === 'comprehension') scope = s.scopes[scope]!.parent;
        act(Act.Bind, s.binding(scope, text(target)), given, -1, t.start[target]!);
        return;
      }
      case K.lambda:
        lowerParameters(node);
        nodeValues[node] = emit(Op.Func, s.numberOf.get(node)!, 0, at);
        act(
          Act.Return,
          s.numberOf.get(node)!,
          value(childBy(t, node, F.body)),
          -1,
          t.start[childBy(t, node, F.body)] ?? at,
        );
        return;
      case K.function_definition: {
        lowerParameters(node);
        nodeValues[node] = emit(Op.Func, s.numberOf.get(node)!, 0, at);
        const named = childBy(t, node, F.name);
        act(Act.Bind, s.binding(s.scopeOf[node]!, text(named)), nodeValues[node]!, -1, t.start[named]!);
        return;
      }
      case K.class_definition: {
        nodeValues[node] = emit(Op.Class, s.numberOf.get(node)!, 0, at);
        const named = childBy(t, node, F.name);
        act(Act.Bind, s.binding(s.scopeOf[node]!, text(named)), nodeValues[node]!, -1, t.start[named]!);
        return;
      }
      case K.assignment:
        assignment(node);
        return;
      case K.augmented_assignment:
        augmented(node);
        return;
      case K.delete_statement:
        deletion(node);
        return;
      case K.return_statement:
        returnStatement(node);
        return;
      case K.for_statement:
      case K.for_in_clause: {
        const from = emit(
          Op.Iter,
          value(childBy(t, node, F.right)),
          0,
          t.start[childBy(t, node, F.right)] ?? at,
        );
        bind(childBy(t, node, F.left), from);
        return;
      }
      case K.with_item: {
        const inner = firstChild(t, node);
        if (inner >= 0 && t.kind[inner] !== K.as_pattern) emit(Op.Enter, value(inner), 0, t.start[inner]!);
        return;
      }
      case K.as_pattern:
        asPattern(node);
        return;
      case K.case_clause:
        caseClause(node);
        return;
      case K.type_alias_statement: {
        const left = childBy(t, node, F.left);
        if (storesOnType(t, node)) return bind(firstChild(t, left), value(childBy(t, node, F.right)));
        const spelled = left < 0 ? null : /^\w+/.exec(text(left));
        if (spelled)
          act(Act.Bind, s.binding(s.scopeOf[node]!, spelled[0]), value(childBy(t, node, F.right)), -1, at);
        return;
      }
      case K.import_statement:
      case K.import_from_statement:
        importStatement(node);
        return;
      default:
        return;
    }
  };

  for (let node = t.count - 1; node >= 0; node--) one(node);
  // put together in parts: what it holds in the end is not known
  if (exported && mentions('__all__') > 1) exported = null;
  for (const { value: v, node } of late) values.data[v * VALUE_WIDTH + 2] = value(node);
  for (const { value: v, node } of lateSubjects) {
    push(lists, 1, value(node));
    values.data[v * VALUE_WIDTH] = Op.Join;
    values.data[v * VALUE_WIDTH + 2] = lists.length - 2;
  }
  return {
    values: finished(values),
    acts: sortedActs(acts),
    lists: finished(lists),
    strings: strings.list,
    imports: imports.reverse(),
    exported,
    nodeValues,
    parameters,
    generators,
    dynamicBodies,
  };
}
