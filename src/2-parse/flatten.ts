// From a parser's cursor to columns, without recursion: nesting is only as deep as memory.
import { fieldNumber, K, kindNumber } from './kinds.js';
import type { Tree } from './tree.js';

/** What the cursors of tree-sitter and web-tree-sitter have in common. Indexes are UTF-16 units in both. */
export interface Cursor {
  readonly nodeType: string;
  readonly nodeTypeId: number;
  readonly nodeIsNamed: boolean;
  readonly nodeIsMissing: boolean;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly currentFieldId: number;
  readonly currentFieldName: string | null;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
}

/** How a node type id is treated: dropped with all below, or kept as a kind. */
const DROPPED = -1;

/** Node types whose inside holds no fact: their subtrees are not entered. */
const CLOSED: ReadonlySet<number> = new Set(
  (
    [
      'identifier',
      'string_content',
      'string_start',
      'integer',
      'float',
      'true',
      'false',
      'none',
      'ellipsis',
    ] as const
  ).map(name => K[name]),
);

// Each question to the cursor is a call out of JavaScript and takes longer than all that is done with its answer. In a
// tree without errors some answers are known: a node starts where its first child does and ends where its last one
// does, but for those that may start or end with a token that the grammar hides.

/** Kinds that may start or end with a hidden token: an indent, a dedent, a newline, the text of a format specifier. */
const hidesEnds = (kind: number): boolean => kind === K.block || kind === K.module || kind === K.other;

/** Kinds whose children have no fields, as node-types.json of the grammar says; those that there are many of. */
const FIELDLESS: ReadonlySet<number> = new Set(
  (
    [
      'argument_list',
      'dictionary',
      'expression_list',
      'expression_statement',
      'list',
      'module',
      'parameters',
      'parenthesized_expression',
      'return_statement',
      'set',
      'string',
      'tuple',
      'type',
    ] as const
  ).map(name => K[name]),
);

/** Where the name that starts at an offset ends, or -1 where it has letters that are not ASCII. */
function endOfName(text: string, start: number): number {
  for (let at = start; ; at++) {
    const code = text.charCodeAt(at);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
    if (isLetter || (code >= 48 && code <= 57)) continue;
    return code > 127 ? -1 : at;
  }
}

/** Per process: the grammar numbers its types the same way every time it is loaded. */
const kindOfType: number[] = [];
const fieldOfId: number[] = [];

function kindOf(cursor: Cursor): number {
  const id = cursor.nodeTypeId;
  const known = kindOfType[id];
  if (known !== undefined) return known;
  const type = cursor.nodeType;
  const dropped =
    type !== 'ERROR' && (!cursor.nodeIsNamed || type === 'comment' || type === 'line_continuation');
  return (kindOfType[id] = dropped ? DROPPED : kindNumber(type));
}

function fieldOf(cursor: Cursor): number {
  const id = cursor.currentFieldId;
  if (!id) return 0;
  return (fieldOfId[id] ??= fieldNumber(cursor.currentFieldName));
}

/** Columns with room for `size` rows, doubled when they are full. */
interface Rows {
  kind: Uint8Array;
  start: Uint32Array;
  end: Uint32Array;
  parent: Int32Array;
  next: Int32Array;
  field: Uint8Array;
}

const newRows = (size: number): Rows => ({
  kind: new Uint8Array(size),
  start: new Uint32Array(size),
  end: new Uint32Array(size),
  parent: new Int32Array(size),
  next: new Int32Array(size),
  field: new Uint8Array(size),
});

function grown(rows: Rows): Rows {
  const bigger = newRows(rows.kind.length * 2);
  for (const column of ['kind', 'start', 'end', 'parent', 'next', 'field'] as const)
    bigger[column].set(rows[column]);
  return bigger;
}

/** Copies the tree under `cursor` (at its root) into columns. Anonymous tokens and comments are left out.
 *  `hasError`: whether the parser reports any error, so that sound trees skip the search for them. */
export function flatten(text: string, cursor: Cursor, hasError: boolean): Tree {
  let rows = newRows(Math.max(64, text.length >> 2));
  let count = 0;
  let errorAt = -1;
  let parent = -1;
  /** The cursor is at the first child of its parent. */
  let isFirst = false;
  /** Row of the last child seen, by depth: the one whose `next` the coming sibling fills in. */
  const lastChild: number[] = [-1];
  for (;;) {
    const kind = kindOfType[cursor.nodeTypeId] ?? kindOf(cursor);
    const missing = hasError && cursor.nodeIsMissing;
    const isKept = kind !== DROPPED || missing;
    if (isKept) {
      if (count === rows.kind.length) rows = grown(rows);
      const isKnown = isFirst && !hasError && !hidesEnds(rows.kind[parent]!);
      const at = isKnown ? rows.start[parent]! : cursor.startIndex;
      const effective = missing ? K.MISSING : kind;
      rows.kind[count] = effective;
      rows.start[count] = at;
      rows.parent[count] = parent;
      rows.next[count] = -1;
      const hasField = hasError || parent < 0 || !FIELDLESS.has(rows.kind[parent]!);
      rows.field[count] = hasField ? fieldOf(cursor) : 0;
      const before = lastChild[lastChild.length - 1]!;
      if (before >= 0) rows.next[before] = count;
      lastChild[lastChild.length - 1] = count;
      if ((effective === K.ERROR || effective === K.MISSING) && errorAt < 0) {
        const harmless = effective === K.ERROR && inTypeParameters(rows, parent);
        if (!harmless) errorAt = at;
      }
      if (!CLOSED.has(effective) && cursor.gotoFirstChild()) {
        parent = count++;
        lastChild.push(-1);
        isFirst = true;
        continue;
      }
      const end = effective === K.identifier && !hasError ? endOfName(text, at) : -1;
      rows.end[count] = end < 0 ? cursor.endIndex : end;
      count++;
    }
    isFirst = false;
    let last = isKept ? count - 1 : -1;
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent() || parent < 0) return trimmed(text, rows, count, errorAt);
      const isKnown = last >= 0 && !hasError && !hidesEnds(rows.kind[parent]!);
      rows.end[parent] = isKnown ? rows.end[last]! : cursor.endIndex;
      last = parent;
      parent = rows.parent[parent]!;
      lastChild.pop();
    }
  }
}

/** PEP 696 defaults (`class A[T = int]`) are an ERROR inside the type parameters to grammar 0.25, and harmless. */
function inTypeParameters(rows: Rows, parent: number): boolean {
  for (let n = parent, up = 0; n >= 0 && up < 3; n = rows.parent[n]!, up++)
    if (rows.kind[n] === K.type_parameter) return true;
  return false;
}

function trimmed(text: string, rows: Rows, count: number, errorAt: number): Tree {
  return {
    text,
    count,
    kind: rows.kind.subarray(0, count),
    start: rows.start.subarray(0, count),
    end: rows.end.subarray(0, count),
    parent: rows.parent.subarray(0, count),
    next: rows.next.subarray(0, count),
    field: rows.field.subarray(0, count),
    errorAt,
    cut: false,
  };
}
