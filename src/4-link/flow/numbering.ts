// How the nodes are numbered that files bring along, and the constraints: those of values first, for all files, then
// those of variables and functions; constraints of acts count on where those of values end.
import { ConstKind, Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { isPlainName, row, valueCount } from '../index-file.js';
import { ranges } from './columns.js';

/** Nodes of what stands in files. */
export interface Nodes {
  /** Node of a value; that of a variable of which no more is known is the variable's own node. */
  readonly valueNode: (file: WorldFile, value: number) => number;
  readonly variableNode: (file: WorldFile, variable: number) => number;
  /** Whether a node is that of a written `None`. */
  readonly isNone: (node: number) => boolean;
  /** Node of what a function returns. */
  readonly returnNode: (file: WorldFile, fn: number) => number;
  /** Node of what a generator yields. */
  readonly yieldNode: (file: WorldFile, fn: number) => number;
  /** Node of what the `return` statements of a generator give. */
  readonly endNode: (file: WorldFile, fn: number) => number;
}

/** A value is a constraint of the number of its node, and an `act` row is one by itself. */
export interface Numbering extends Nodes {
  /** How many nodes there are, and so the first that is free. */
  readonly count: number;
  readonly constraintOfAct: (file: WorldFile, actRow: number) => number;
  /** The file and row behind a constraint number. */
  readonly constraint: (
    number: number,
  ) =>
    | { readonly file: WorldFile; readonly value: number }
    | { readonly file: WorldFile; readonly act: number };
}

/** What a function returns, what it yields, and what it returns at the end of a generator. */
const NODES_OF_FUNCTION = 3;

/** Numbers the nodes of files, each of which stands among them at its `index`. */
export function newNumbering(files: readonly WorldFile[]): Numbering {
  const valueBase = new Int32Array(files.length);
  const variableBase = new Int32Array(files.length);
  const functionBase = new Int32Array(files.length);
  const actBase = new Int32Array(files.length);
  let next = 0;
  for (const file of files) {
    valueBase[file.index] = next;
    next += valueCount(file);
  }
  const lastValue = next;
  for (const file of files) {
    variableBase[file.index] = next;
    next += file.facts.variables.length;
    functionBase[file.index] = next;
    next += file.facts.functions.length * NODES_OF_FUNCTION;
  }
  let nextAct = lastValue;
  for (const file of files) {
    actBase[file.index] = nextAct;
    nextAct += file.facts.acts.length;
  }
  const fileOfValue = ranges(valueBase, lastValue);
  const fileOfAct = ranges(actBase, nextAct);
  const variableNode = (file: WorldFile, variable: number): number => variableBase[file.index]! + variable;
  return {
    count: next,
    valueNode: (file, value) =>
      isPlainName(file, value) ? variableNode(file, row(file, value).a) : valueBase[file.index]! + value,
    variableNode,
    isNone: node => {
      if (node >= lastValue) return false;
      const file = files[fileOfValue(node)]!;
      const { op, a } = row(file, node - valueBase[file.index]!);
      return op === Op.Const && a === ConstKind.None;
    },
    returnNode: (file, fn) => functionBase[file.index]! + fn * NODES_OF_FUNCTION,
    yieldNode: (file, fn) => functionBase[file.index]! + fn * NODES_OF_FUNCTION + 1,
    endNode: (file, fn) => functionBase[file.index]! + fn * NODES_OF_FUNCTION + 2,
    constraintOfAct: (file, actRow) => actBase[file.index]! + actRow,
    constraint: number => {
      if (number < lastValue) {
        const file = files[fileOfValue(number)]!;
        return { file, value: number - valueBase[file.index]! };
      }
      const file = files[fileOfAct(number)]!;
      return { file, act: number - actBase[file.index]! };
    },
  };
}
