// The facts of a file while they are written: rows of values and acts, lists and strings.
import { childBy, type Tree, textOf } from '../../2-parse/tree.js';
import type { ImportFact, ParameterFact } from '../../model/definitions.js';
import { ACT_WIDTH, Act, Op, VALUE_WIDTH } from '../../model/facts.js';
import { type Ints, intern, newInts, newStrings, push, type Strings } from '../columns.js';
import { type Having, havingOf } from '../names/having.js';
import { type Narrowing, narrowingOf } from '../names/narrowing.js';
import { type Presences, presencesIn } from '../names/presences.js';
import { type Rebound, reboundIn } from '../names/rebound.js';
import type { Scoping } from '../names/scopes.js';
import { type Versions, versionsOf } from '../names/versions.js';

export interface Draft {
  readonly t: Tree;
  readonly s: Scoping;
  readonly rebound: Rebound;
  readonly versions: Versions;
  readonly narrowing: Narrowing;
  readonly having: Having;
  readonly presence: Presences;
  readonly values: Ints;
  readonly acts: Ints;
  readonly lists: Ints;
  readonly presences: Ints;
  readonly strings: Strings;
  /** Value of each node, -1 where it has none (yet). */
  readonly nodeValues: Int32Array;
  /** In reverse order. */
  readonly imports: ImportFact[];
  /** Parameters of each function node. */
  readonly parameters: Map<number, readonly ParameterFact[]>;
  /** Function nodes that contain a yield of their own. */
  readonly generators: Set<number>;
  /** Class scopes whose body may bind names that cannot be seen, with the offset that shows it. */
  readonly dynamicBodies: Map<number, number>;
  /** What can only be written once every node has its value. */
  readonly last: (() => void)[];
}

/** How nodes of some kinds are lowered that have a value: its number, or -1 where there is none. */
export type ValueOfNode = (d: Draft, node: number) => number;
/** How nodes of some kinds are lowered that have none. */
export type ActsOfNode = (d: Draft, node: number) => void;

/** Nothing written yet. */
export function newDraft(t: Tree, s: Scoping): Draft {
  const rebound = reboundIn(t, s);
  return {
    t,
    s,
    rebound,
    versions: versionsOf(t, s, rebound),
    narrowing: narrowingOf(t, s, rebound),
    having: havingOf(t, s, rebound),
    presence: presencesIn(t, s, rebound),
    values: newInts(t.count * 2),
    acts: newInts(t.count),
    lists: newInts(t.count),
    presences: newInts(0),
    strings: newStrings(),
    nodeValues: new Int32Array(t.count).fill(-1),
    imports: [],
    parameters: new Map(),
    generators: new Set(),
    dynamicBodies: new Map(),
    last: [],
  };
}

/** Writes a value; its number. `a` and `b` as `Op` has them. */
export function emit(d: Draft, op: Op, a: number, b: number, offset: number): number {
  push(d.values, op, a, b, offset);
  return d.values.length / VALUE_WIDTH - 1;
}

/** Writes an act. `a`, `b` and `c` as `Act` has them. */
export function act(d: Draft, kind: Act, a: number, b: number, c: number, offset: number): void {
  push(d.acts, kind, a, b, c, offset);
}

/** Writes a list; where it is. */
export function listed(d: Draft, items: readonly number[]): number {
  const at = d.lists.length;
  push(d.lists, items.length);
  for (const item of items) push(d.lists, item);
  return at;
}

/** What a value that is written already is made of; a and b below. */
export const opOf = (d: Draft, value: number): Op => d.values.data[value * VALUE_WIDTH]!;
/** Its operand a. */
export const firstOperand = (d: Draft, value: number): number => d.values.data[value * VALUE_WIDTH + 1]!;
/** Its operand b. */
export const secondOperand = (d: Draft, value: number): number => d.values.data[value * VALUE_WIDTH + 2]!;

/** Gives a value that is written already another second operand. */
export function setSecondOperand(d: Draft, value: number, operand: number): void {
  d.values.data[value * VALUE_WIDTH + 2] = operand;
}

/** Makes a value that is written already stand for another one. */
export function redirect(d: Draft, value: number, other: number): void {
  d.values.data[value * VALUE_WIDTH] = Op.Join;
  setSecondOperand(d, value, listed(d, [other]));
}

/** The value of a node that has been lowered; an unknown one where it has none. */
export function valueAt(d: Draft, node: number): number {
  if (node < 0) return emit(d, Op.Unknown, 0, 0, 0);
  const known = d.nodeValues[node]!;
  return known >= 0 ? known : (d.nodeValues[node] = emit(d, Op.Unknown, 0, 0, d.t.start[node]!));
}

/** The value of the child that `node` holds by `field`. */
export const valueBy = (d: Draft, node: number, field: number): number =>
  valueAt(d, childBy(d.t, node, field));

/** The string that a name is to the compiler where it stands. */
export const nameAt = (d: Draft, node: number): number =>
  intern(d.strings, d.s.mangled(d.s.scopeOf[node]!, textOf(d.t, node)));

/** The variable that a name means where it stands. */
export const variableAt = (d: Draft, node: number): number =>
  d.s.variable(d.s.scopeOf[node]!, textOf(d.t, node));

/** The variable that a name binds where it stands. */
export const bindingAt = (d: Draft, node: number): number =>
  d.s.binding(d.s.scopeOf[node]!, textOf(d.t, node));

/** Gives a value to the name at `node`. */
export const bindName = (d: Draft, node: number, value: number): void =>
  act(d, Act.Bind, bindingAt(d, node), value, -1, d.t.start[node]!);

/** Acts sorted by offset; the order of first assignment is read off it. */
export function sortedActs({ acts }: Draft): Int32Array {
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
