// Steps that code expects to fail, and that fail with slots if they do without: `with pytest.raises(E): x.name = v`,
// `self.assertRaises(E, setattr, x, "name", v)`, `assert not hasattr(x, "__dict__")`.
import { F, K } from '../2-parse/kinds.js';
import { childBy, children, firstChild, type Tree, textOf } from '../2-parse/tree.js';
import { literalText } from './strings.js';

/** What fails a test unless what it is given, or what stands below it, raises (unittest, pytest, nose). */
const RAISES: ReadonlySet<string> = new Set(['raises', 'assertRaises', 'assertRaisesRegex', 'assert_raises']);

/** What fails a test unless its first argument is false. */
const FALSE: ReadonlySet<string> = new Set(['assertFalse', 'assert_false']);

/** Functions of Python that take the name of an attribute they store or delete. */
const STORING: ReadonlySet<string> = new Set(['setattr', 'delattr']);

/** Offsets where such steps begin: a target that is stored or deleted, a read or a call, in order. */
export function failingIn(t: Tree): Uint32Array {
  const found: number[] = [];
  for (let node = 0; node < t.count; node++) {
    const step = stepAt(t, node);
    if (step >= 0) found.push(t.start[step]!);
  }
  return Uint32Array.from(found.sort((x, y) => x - y));
}

/** The node of the step that a node of the tree says must fail, or -1. */
function stepAt(t: Tree, node: number): number {
  switch (t.kind[node]) {
    case K.with_statement:
      return expectsError(t, node) ? lastStepOf(t, onlyStatement(t, childBy(t, node, F.body))) : -1;
    case K.assert_statement: {
      const test = firstChild(t, node);
      return t.kind[test] === K.not_operator ? dictTest(t, childBy(t, test, F.argument)) : -1;
    }
    case K.call: {
      const name = lastName(t, node);
      if (!FALSE.has(name) && !RAISES.has(name)) return -1;
      const [first, ...others] = children(t, childBy(t, node, F.arguments));
      if (FALSE.has(name)) return first === undefined ? -1 : dictTest(t, first);
      return isOneStep(t, others) ? node : -1;
    }
    default:
      return -1;
  }
}

/** Whether a `with` statement passes only where its body raises: what is entered later may raise when it is left. */
function expectsError(t: Tree, node: number): boolean {
  const clause = firstChild(t, node);
  const item = clause < 0 ? undefined : [...children(t, clause)].at(-1);
  if (item === undefined) return false;
  let value = firstChild(t, item);
  if (t.kind[value] === K.as_pattern) value = firstChild(t, value);
  return t.kind[value] === K.call && RAISES.has(lastName(t, value));
}

/** Whether a function, called with what stands behind it, does one thing to its first argument that fails with slots
 *  where it fails without: getattr(), asked of a class, may find a slot. */
function isOneStep(t: Tree, [called, receiver, name]: readonly number[]): boolean {
  if (called === undefined || receiver === undefined || t.kind[called] !== K.identifier) return false;
  const text = textOf(t, called);
  return text === 'vars' || (STORING.has(text) && name !== undefined && literalText(t, name) !== null);
}

/** The last name of what a call calls. */
function lastName(t: Tree, call: number): string {
  const callee = childBy(t, call, F.function);
  return callee < 0
    ? ''
    : textOf(t, t.kind[callee] === K.attribute ? childBy(t, callee, F.attribute) : callee);
}

/** The one statement of a block, or -1. */
function onlyStatement(t: Tree, block: number): number {
  const [first, second] = block < 0 ? [] : children(t, block);
  return first !== undefined && second === undefined ? first : -1;
}

/** The last thing that a statement does with an attribute, where whatever raises in it keeps that from being done. */
function lastStepOf(t: Tree, statement: number): number {
  if (statement < 0) return -1;
  const [only, more] = children(t, statement);
  if (only === undefined || more !== undefined) return -1;
  if (t.kind[statement] === K.delete_statement) return t.kind[only] === K.attribute ? only : -1;
  if (t.kind[statement] !== K.expression_statement) return -1;
  switch (t.kind[only]) {
    case K.assignment:
    case K.augmented_assignment: {
      const target = childBy(t, only, F.left);
      const isChain = t.kind[childBy(t, only, F.right)] === K.assignment;
      return t.kind[target] === K.attribute && !isChain ? target : -1;
    }
    case K.attribute:
      return readsDict(t, only) ? only : -1;
    case K.call: {
      const args = children(t, childBy(t, only, F.arguments));
      return isOneStep(t, [childBy(t, only, F.function), ...args]) ? only : -1;
    }
    default:
      return -1;
  }
}

/** `x.__dict__`, where x reads none itself. */
function readsDict(t: Tree, attribute: number): boolean {
  const object = childBy(t, attribute, F.object);
  return (
    textOf(t, childBy(t, attribute, F.attribute)) === '__dict__' && !textOf(t, object).includes('__dict__')
  );
}

/** The node itself where it is `hasattr(x, "__dict__")`, else -1. */
function dictTest(t: Tree, node: number): number {
  if (t.kind[node] !== K.call || textOf(t, childBy(t, node, F.function)) !== 'hasattr') return -1;
  const [, name] = children(t, childBy(t, node, F.arguments));
  return name !== undefined && literalText(t, name) === '__dict__' ? node : -1;
}
