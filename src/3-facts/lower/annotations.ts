// Types that are written as strings.
import { F, K } from '../../2-parse/kinds.js';
import { childBy, children, firstChild, storesOnType, type Tree, textOf } from '../../2-parse/tree.js';
import { lastPart } from '../../model/dotted.js';
import { ConstKind, Op, Operator } from '../../model/facts.js';
import { intern } from '../columns.js';
import { literalText } from '../strings.js';
import { parseTypeText, type TypeText } from '../type-text.js';
import { type Draft, emit, listed, valueAt } from './draft.js';
import { binary } from './operators.js';

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

/** Names from `typing` whose brackets hold types, also where they are assigned: `Tree = Union["Leaf", "Branch"]`. */
const OF_TYPES: ReadonlySet<string> = new Set(
  (
    'Union Optional Type List Dict Tuple Set FrozenSet Sequence Mapping Iterable Iterator Callable Awaitable ' +
    'MutableMapping MutableSequence'
  ).split(' '),
);

/** What makes a type of the types that it is given behind a name. */
const MAKES_TYPES = /(^|\.)(TypeVar|NewType)$/;

/** Whether a string stands for a type: `x: "Node"`, `x: Optional["Node"]`, `x: "Node" | None`, also in an alias, and
 *  `TypeVar("T", bound="Node")`. */
export function isAnnotation(t: Tree, string: number): boolean {
  let inner = string;
  let n = t.parent[string]!;
  for (; n >= 0 && INSIDE_TYPES.has(t.kind[n]!); n = t.parent[n]!) inner = n;
  if (n < 0) return false;
  if (t.kind[n] === K.keyword_argument)
    return textOf(t, childBy(t, n, F.name)) === 'bound' && isGivenToMaker(t, t.parent[n]!);
  if (t.kind[n] === K.argument_list) return inner !== firstChild(t, n) && isGivenToMaker(t, n);
  if (t.kind[n] === K.assignment) return t.field[inner] === F.right && isOfTypes(t, inner);
  return t.kind[n] === K.type && !storesOnType(t, t.parent[n]!);
}

const isGivenToMaker = (t: Tree, args: number): boolean => {
  const call = t.parent[args]!;
  return t.kind[call] === K.call && MAKES_TYPES.test(textOf(t, childBy(t, call, F.function)));
};

/** Whether a node is a subscript of a name whose brackets hold types. */
function isOfTypes(t: Tree, node: number): boolean {
  const base = t.kind[node] === K.subscript ? textOf(t, childBy(t, node, F.value)) : '';
  return OF_TYPES.has(lastPart(base));
}

/** Whether an annotation (a `type` node) is a string as a whole. */
export function isText(t: Tree, type: number): boolean {
  const only = firstChild(t, type);
  return only >= 0 && (t.kind[only] === K.string || t.kind[only] === K.concatenated_string);
}

/** The type that a string node spells, as a value, or null where it spells none. */
export function typeOfText(d: Draft, node: number): number | null {
  const text = literalText(d.t, node);
  const type = text === null ? null : parseTypeText(text);
  return type && typeValue(d, type, d.s.scopeOf[node]!, d.t.start[node]!);
}

/** A type as the value that it would be if it were written without quotes. */
function typeValue(d: Draft, type: TypeText, scope: number, at: number): number {
  const inner = (part: TypeText): number => typeValue(d, part, scope, at);
  switch (type.kind) {
    case 'name': {
      const [root, ...parts] = type.path;
      const from =
        root === 'None'
          ? emit(d, Op.Const, ConstKind.None, 0, at)
          : emit(d, Op.Var, d.s.variable(scope, root!), 0, at);
      return parts.reduce((value, part) => emit(d, Op.Attr, value, intern(d.strings, part), at), from);
    }
    case 'subscript': {
      const base = inner(type.base);
      return emit(d, Op.Sub, base, indexOf(d, type.items.map(inner), at), at);
    }
    case 'union':
      return binary(d, Operator.Or, inner(type.left), inner(type.right), at);
    case 'list':
      return emit(d, Op.List, 0, listed(d, type.items.map(inner)), at);
    case 'other':
      return emit(d, Op.Const, ConstKind.Ellipsis, 0, at);
  }
}

/** What stands in the brackets of a subscript: one value, or a tuple of several. */
export const indexOf = (d: Draft, items: readonly number[], at: number): number =>
  items.length === 1 ? items[0]! : emit(d, Op.Tuple, 0, listed(d, items), at);

/** The same of a node: `x[i]`, `x[i, k]`. */
export function indexIn(d: Draft, node: number): number {
  const parts = [...children(d.t, node)].filter(c => d.t.field[c] === F.subscript);
  return indexOf(
    d,
    parts.map(part => valueAt(d, part)),
    d.t.start[node]!,
  );
}
