// Calls: what is called, with which arguments.
import { F, K, type KindName } from '../../2-parse/kinds.js';
import { childBy, children, firstChild, isTypeCall, textOf } from '../../2-parse/tree.js';
import { ArgKind, Op } from '../../model/facts.js';
import { intern } from '../columns.js';
import { classAround, methodAround } from '../names/around.js';
import { Context } from '../names/context.js';
import { typeOfText } from './annotations.js';
import { firstParameter } from './definitions.js';
import { type Draft, emit, listed, type ValueOfNode, valueAt, valueBy } from './draft.js';

export const calls = {
  call,
  parenthesized_expression: parentheses,
  type: parentheses,
  splat_type: parentheses,
} satisfies Partial<Record<KindName, ValueOfNode>>;

/** What may bind or see names that are not written. */
const SEES_NAMES: ReadonlySet<string> = new Set(['locals', 'vars', 'exec', 'eval', 'globals']);

function call(d: Draft, node: number): number {
  const { t, s } = d;
  const callee = childBy(t, node, F.function);
  const args = childBy(t, node, F.arguments);
  const called = t.kind[callee] === K.identifier ? textOf(t, callee) : '';
  const first = args < 0 ? -1 : firstChild(t, args);
  if (called === 'super' && args >= 0 && first < 0) {
    const value = superOf(d, node);
    if (value >= 0) return value;
  }
  const scope = s.scopeOf[node]!;
  if (SEES_NAMES.has(called) && s.scopes[scope]!.kind === 'class') d.dynamicBodies.set(scope, t.start[node]!);
  // cast("Node", x)
  if (first >= 0 && (called === 'cast' || isAttribute(d, callee, 'cast'))) {
    const type = typeOfText(d, first);
    if (type !== null) d.nodeValues[first] = type;
  }
  return emit(d, Op.Call, valueAt(d, callee), argumentsAt(d, args), t.start[node]!);
}

const isAttribute = ({ t }: Draft, node: number, name: string): boolean =>
  t.kind[node] === K.attribute && textOf(t, childBy(t, node, F.attribute)) === name;

/** Zero-argument super() in a method, or -1. */
function superOf(d: Draft, node: number): number {
  const { t, s } = d;
  const cls = classAround(s.scopes, s.scopeOf[node]!);
  const method = methodAround(s.scopes, s.scopeOf[node]!);
  if (cls < 0 || method < 0) return -1;
  return emit(d, Op.Super, cls, firstParameter(d, s.functionNodes[method]!), t.start[node]!);
}

/** Writes an argument list. */
function argumentsAt(d: Draft, args: number): number {
  const { t } = d;
  if (args < 0) return listed(d, []);
  if (t.kind[args] === K.generator_expression) return listed(d, [ArgKind.Positional, -1, valueAt(d, args)]);
  const items: number[] = [];
  for (const c of children(t, args)) {
    switch (t.kind[c]) {
      case K.keyword_argument: {
        const name = intern(d.strings, textOf(t, childBy(t, c, F.name)));
        items.push(ArgKind.Keyword, name, valueBy(d, c, F.value));
        break;
      }
      case K.list_splat:
        items.push(ArgKind.Star, -1, valueAt(d, firstChild(t, c)));
        break;
      case K.dictionary_splat:
        items.push(ArgKind.DoubleStar, -1, valueAt(d, firstChild(t, c)));
        break;
      default:
        items.push(ArgKind.Positional, -1, valueAt(d, c));
    }
  }
  return listed(d, items);
}

/** What stands in parentheses, or in the node around an annotation; `type(x)` at the start of a statement. */
function parentheses(d: Draft, node: number): number {
  const { t, s } = d;
  const inner = firstChild(t, node);
  if (inner < 0 || s.context[node] !== Context.Load) return -1;
  const value = valueAt(d, inner);
  if (!isTypeCall(t, node)) return value;
  const type = emit(d, Op.Var, s.variable(s.scopeOf[node]!, 'type'), 0, t.start[node]!);
  return emit(d, Op.Call, type, listed(d, [ArgKind.Positional, -1, value]), t.start[node]!);
}
