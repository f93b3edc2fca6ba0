// Gives values to targets of any form: names, attributes, items, and tuples of them.
import { F, K } from '../../2-parse/kinds.js';
import { childBy, children, firstChild, isGroup, type Tree } from '../../2-parse/tree.js';
import { Act, Op } from '../../model/facts.js';
import { indexIn } from './annotations.js';
import { act, bindName, type Draft, emit, nameAt, opOf, secondOperand, valueAt } from './draft.js';

/** A node and the value that it takes. */
type Given = readonly [target: number, value: number];

/** Gives `value` to a target. */
export function bind(d: Draft, target: number, value: number): void {
  const { t } = d;
  const todo: Given[] = [[target, value]];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const [node, given] = next;
    const at = t.start[node]!;
    switch (t.kind[node]) {
      case K.identifier: {
        bindName(d, node, given);
        const version = d.versions.madeBy(node);
        if (version >= 0) act(d, Act.Bind, version, given, -1, at);
        break;
      }
      case K.attribute: {
        const object = valueAt(d, unstarred(t, childBy(t, node, F.object)));
        act(d, Act.Store, object, nameAt(d, childBy(t, node, F.attribute)), given, at);
        break;
      }
      case K.subscript: {
        const container = valueAt(d, unstarred(t, childBy(t, node, F.value)));
        act(d, Act.StoreItem, container, indexIn(d, node), given, at);
        break;
      }
      case K.list_splat_pattern:
      case K.list_splat:
      case K.parenthesized_expression:
      case K.as_pattern_target: {
        const inner = firstChild(t, node);
        if (inner >= 0) todo.push([inner, given]);
        break;
      }
      case K.pattern_list:
      case K.tuple_pattern:
      case K.list_pattern:
      case K.tuple:
      case K.list:
      case K.expression_list:
        if (isGroup(t, node)) todo.push([firstChild(t, node), given]);
        else for (const part of unpacked(d, node, given)) todo.push(part);
        break;
      default:
        break;
    }
  }
}

/** What each target of a tuple or list takes of a value. */
function unpacked(d: Draft, node: number, value: number): Given[] {
  const { t } = d;
  const targets = [...children(t, node)];
  const star = targets.findIndex(c => isStarred(t, c));
  const parts = star >= 0 ? null : displayItems(d, value, targets.length);
  return targets.map((c, i) => {
    if (parts) return [c, parts[i]!];
    if (isStarred(t, c)) return [c, emit(d, Op.Rest, value, i, t.start[c]!)];
    return [c, emit(d, Op.Item, value, star >= 0 && i > star ? -1 : i, t.start[c]!)];
  });
}

/** Items of a tuple or list display of exactly `count` plain items: `a, b = b, a` binds pairwise. */
function displayItems(d: Draft, value: number, count: number): readonly number[] | null {
  if (opOf(d, value) !== Op.Tuple && opOf(d, value) !== Op.List) return null;
  const at = secondOperand(d, value);
  if (d.lists.data[at] !== count) return null;
  const items = [...d.lists.data.subarray(at + 1, at + 1 + count)];
  return items.every(item => item >= 0) ? items : null;
}

/** `*a.x, b = ...` parses as an attribute of `*a`: the receiver without its star. */
const unstarred = (t: Tree, node: number): number =>
  t.kind[node] === K.list_splat ? firstChild(t, node) : node;

function isStarred(t: Tree, target: number): boolean {
  const kind = t.kind[target];
  if (kind === K.list_splat_pattern || kind === K.list_splat) return true;
  return t.kind[firstChild(t, target)] === K.list_splat;
}
