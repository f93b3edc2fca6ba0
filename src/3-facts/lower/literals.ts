// Literals, displays and comprehensions.
import { F, K, type KindName } from '../../2-parse/kinds.js';
import { childBy, children, firstChild, textOf } from '../../2-parse/tree.js';
import { ConstKind, Op } from '../../model/facts.js';
import { intern } from '../columns.js';
import { Context } from '../names/context.js';
import { literalOf, literalText } from '../strings.js';
import { isAnnotation, typeOfText } from './annotations.js';
import { storesInText, storesNothing } from './code-text.js';
import { type Draft, emit, listed, type ValueOfNode, valueAt, valueBy } from './draft.js';

export const literals = {
  string: (d, node) => (d.t.kind[d.t.parent[node]!] === K.concatenated_string ? -1 : string(d, node)),
  concatenated_string: string,
  integer: (d, node) => emit(d, Op.Const, ConstKind.Int, smallNumber(textOf(d.t, node)), d.t.start[node]!),
  float: constant(ConstKind.Float, 0),
  true: constant(ConstKind.Bool, 1),
  false: constant(ConstKind.Bool, 0),
  none: constant(ConstKind.None, 0),
  ellipsis: constant(ConstKind.Ellipsis, 0),
  slice: constant(ConstKind.Ellipsis, 0),
  tuple: display(Op.Tuple),
  expression_list: display(Op.Tuple),
  list: display(Op.List),
  set: (d, node) => itemsOf(d, node, Op.Set),
  dictionary(d, node) {
    const { t } = d;
    const items: number[] = [];
    for (const c of children(t, node)) {
      if (t.kind[c] === K.pair) items.push(valueBy(d, c, F.key), valueBy(d, c, F.value));
      else if (t.kind[c] === K.dictionary_splat) items.push(-1, valueAt(d, firstChild(t, c)));
    }
    return emit(d, Op.Dict, 0, listed(d, items), t.start[node]!);
  },
  list_splat: (d, node) => valueAt(d, starred(d, node)),
  list_comprehension: comprehension(0),
  set_comprehension: comprehension(1),
  generator_expression: comprehension(2),
  dictionary_comprehension(d, node) {
    const pair = childBy(d.t, node, F.body);
    const items = [valueBy(d, pair, F.key), valueBy(d, pair, F.value)];
    return emit(d, Op.Dict, 0, listed(d, items), d.t.start[node]!);
  },
} satisfies Partial<Record<KindName, ValueOfNode>>;

function constant(kind: ConstKind, b: number): ValueOfNode {
  return (d, node) => emit(d, Op.Const, kind, b, d.t.start[node]!);
}

/** A comprehension of a form of `Op.Comp`. */
function comprehension(form: number): ValueOfNode {
  return (d, node) => emit(d, Op.Comp, valueBy(d, node, F.body), form, d.t.start[node]!);
}

/** A display that may be a target instead. */
function display(op: Op): ValueOfNode {
  return (d, node) => (d.s.context[node] === Context.Load ? itemsOf(d, node, op) : -1);
}

function itemsOf(d: Draft, node: number, op: Op): number {
  const items: number[] = [];
  for (const c of children(d.t, node))
    items.push(isStarred(d, c) ? ~valueAt(d, starred(d, c)) : valueAt(d, c));
  return emit(d, op, 0, listed(d, items), d.t.start[node]!);
}

const isSplat = ({ t }: Draft, node: number): boolean =>
  t.kind[node] === K.list_splat || t.kind[node] === K.parenthesized_list_splat;

/** Operations whose first operand seems to bear the star of the whole: the grammar takes `[*f(x)]` for `[(*f)(x)]`. */
const TAKES_STAR: ReadonlySet<number> = new Set([
  K.attribute,
  K.binary_operator,
  K.boolean_operator,
  K.call,
  K.comparison_operator,
  K.conditional_expression,
  K.subscript,
]);

function isStarred(d: Draft, node: number): boolean {
  let first = node;
  while (TAKES_STAR.has(d.t.kind[first]!)) first = firstChild(d.t, first);
  return first >= 0 && isSplat(d, first);
}

/** What a starred item is made of: `x` of `*x`, `*(x)` and `(*x)`. */
function starred(d: Draft, node: number): number {
  if (!isSplat(d, node)) return node;
  let inner = firstChild(d.t, node);
  while (d.t.kind[inner] === K.list_splat || d.t.kind[inner] === K.parenthesized_expression)
    inner = firstChild(d.t, inner);
  return inner;
}

/** The number that digits stand for, or -1 where nothing depends on it. */
const smallNumber = (text: string): number => (/^\d{1,6}$/.test(text) ? Number(text) : -1);

/** Strings worth keeping: names, dotted names, anything short that code may use as one, or fill in to make one. */
const NAME_LIKE = /^(?=.{1,200}$)(?:[\w.,:\s-]|%s|%\d*[dixXr]|\{\w*(?::\w+)?\})+$/s;

/** A format that shows the `__dict__` of what it is given. */
const SHOWS_DICT = /\{[^{}]*\.__dict__\b/;

/** How a string begins. */
const OPENING = /^[a-zA-Z]*('{3}|"{3}|['"])/;

/** A string or several side by side: a type in an annotation, else a name that code may use. */
function string(d: Draft, node: number): number {
  const { t } = d;
  const at = t.start[node]!;
  if (isAnnotation(t, node)) return typeOfText(d, node) ?? emit(d, Op.Unknown, 0, 0, at);
  if (t.kind[node] === K.string && literalOf(t, node).kind === 'bytes')
    return emit(d, Op.Const, ConstKind.Bytes, 0, at);
  const parts = partsOf(d, node);
  if (parts) return emit(d, Op.Text, 0, listed(d, parts), at);
  const text = literalText(t, node);
  return text !== null && (NAME_LIKE.test(text) || SHOWS_DICT.test(text))
    ? emit(d, Op.Str, intern(d.strings, text), 0, at)
    : emit(d, Op.Const, ConstKind.Text, isIdle(d, node) ? 1 : 0, at);
}

/** Whether a string, or several side by side, would store nothing as code; what they would is written down. */
function isIdle(d: Draft, node: number): boolean {
  const { t } = d;
  // a text that stands alone is one to read
  if (t.kind[t.parent[node]!] === K.expression_statement) return false;
  const literals = t.kind[node] === K.concatenated_string ? [...children(t, node)] : [node];
  const texts = literals.map(literal => {
    const [open, quotes] = OPENING.exec(textOf(t, literal)) ?? ['', ''];
    const start = t.start[literal]! + open.length;
    return { start, text: t.text.slice(start, t.end[literal]! - quotes!.length) };
  });
  if (storesNothing(texts.map(({ text }) => text).join(''))) return true;
  for (const { text, start } of texts) storesInText(d, text, start);
  return false;
}

/** The parts of an f-string, as far as they are names and plain values; null for other strings. */
function partsOf(d: Draft, node: number): number[] | null {
  const { t } = d;
  const nodes = [...children(t, node)].filter(c => t.kind[c] !== K.string_start && t.kind[c] !== K.other);
  if (!nodes.some(c => t.kind[c] === K.interpolation)) return null;
  const isPlain = (c: number): boolean =>
    t.kind[c] === K.interpolation
      ? interpolated(d, c) >= 0
      : t.kind[c] === K.string_content && NAME_LIKE.test(textOf(t, c));
  if (!nodes.every(isPlain)) return null;
  return nodes.map(c =>
    t.kind[c] === K.interpolation
      ? valueAt(d, interpolated(d, c))
      : emit(d, Op.Str, intern(d.strings, textOf(t, c)), 0, t.start[c]!),
  );
}

/** The node between the braces of an f-string, or -1 where more is between them: `{x!r}`, `{x:>8}`, `{x=}`. */
function interpolated({ t }: Draft, node: number): number {
  const inner = firstChild(t, node);
  if (inner < 0 || !/^\{\s*$/.test(t.text.slice(t.start[node], t.start[inner]))) return -1;
  return /^\s*\}$/.test(t.text.slice(t.end[inner], t.end[node])) ? inner : -1;
}
