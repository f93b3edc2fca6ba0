// Where a class body can take one more line, and what that line looks like.
import type { BodyAnchor } from '../model/anchor.js';
import type { Edit } from '../model/decision.js';
import { indentAt, lineKind, logicalLineEnd, newlineLength, skipLines } from './lines.js';
import { detectStyle, type FileStyle, newlineAt } from './style.js';

/** How the line is written. */
export interface PlaceOptions {
  /** Widest line, in columns, that may hold the whole statement. A tab counts as four columns. */
  readonly lineLength: number;
  /** Id of the class, handed through to the edit. */
  readonly cls: string;
  /** The style of the file when it is known already; without it the text is scanned for it. */
  readonly style?: FileStyle | undefined;
  /** What holds the names; a tuple when it is not given. */
  readonly sequenceStyle?: 'tuple' | 'list' | undefined;
}

const TAB_COLUMNS = 4;

/**
 * The one edit that gives a class `__slots__ = (...)` with these names, in this order: behind the docstring
 * and before everything else, in the style of the file. No other byte changes. A body on the header's line
 * becomes a block.
 *
 * `text` is the decoded file without BOM; all offsets are UTF-16.
 */
export function place(
  text: string,
  anchor: BodyAnchor,
  names: readonly string[],
  options: PlaceOptions,
): Edit {
  const style = options.style ?? detectStyle(text);
  const write = (indent: string, newline: string) =>
    slotsStatement(names, { ...options, indent, newline, style });
  const spot = isInline(text, anchor)
    ? inlineSpot(text, anchor, style, write)
    : blockSpot(text, anchor, style, write);
  return { ...spot, cls: options.cls };
}

type Spot = Omit<Edit, 'cls'>;
/** Writes the indented statement, without a newline at its end. */
type Write = (indent: string, newline: string) => string;

/** Only white space and backslash joins between the colon and the first statement: one logical line. */
function isInline(text: string, anchor: BodyAnchor): boolean {
  return /^(?:[ \t\f]|\\(?:\r\n|\r|\n))*$/.test(text.slice(anchor.colon, anchor.first.start));
}

/** `class A: x = 1; y = 2`: the statements move, together, to a line of their own below the slots. A docstring
 *  moves with what follows it on the line, and the slots go below. */
function inlineSpot(text: string, anchor: BodyAnchor, style: FileStyle, write: Write): Spot {
  const outer = indentAt(text, anchor.keyword);
  const indent = outer + oneLevel(style, outer);
  const newline = newlineAt(text, anchor.colon);
  const { colon, first, docstring } = anchor;
  if (!docstring) {
    const inserted = newline + write(indent, newline) + newline + indent;
    return { start: colon, end: first.start, text: inserted };
  }
  const end = logicalLineEnd(text, docstring.end);
  const line = text.slice(first.start, end);
  return { start: colon, end, text: newline + indent + line + newline + write(indent, newline) };
}

function blockSpot(text: string, anchor: BodyAnchor, style: FileStyle, write: Write): Spot {
  const { docstring, next, nextKind } = anchor;
  const headEnd = logicalLineEnd(text, docstring ? docstring.end : anchor.colon);
  const below = headEnd + newlineLength(text, headEnd);
  const indent = indentAt(text, anchor.first.start);

  if (!next || next.start < headEnd) {
    const newline = newlineAt(text, below);
    const gap = !next && style.blankAfterDocstring === true ? newline : '';
    const statement = write(indent, newline);
    return below === headEnd
      ? insertion(headEnd, newline + gap + statement)
      : insertion(below, gap + statement + newline);
  }

  const at = lineForSlots(text, below);
  const newline = newlineAt(text, at);
  const gap = wantsBlankBelow() ? newline : '';
  return insertion(at, write(indent, newline) + newline + gap);

  function wantsBlankBelow(): boolean {
    if (startsSection(text, at)) return true;
    if (nextKind === 'other') return false;
    if (endsWithBlank(text, below, at)) return true;
    // A method right below a header is what everybody writes; right below a docstring it is a compact style.
    return docstring ? style.blankBeforeDefinition === true : style.blankBeforeDefinition !== false;
  }
}

function insertion(offset: number, text: string): Spot {
  return { start: offset, end: offset, text };
}

/**
 * Start of the line that the slots are to push down; `below` is the start of the line below the header or the
 * docstring. A comment that touches the next statement belongs to it. A comment that touches the header or
 * docstring, with a blank line behind, belongs to the class. Blank lines on top stay on top.
 */
function lineForSlots(text: string, below: number): number {
  const behindComments = skipLines(text, below, 'comment');
  const describesClass = behindComments > below && lineKind(text, behindComments) === 'blank';
  return skipLines(text, describesClass ? behindComments : below, 'blank');
}

/** A comment with a blank line behind it, such as `# ---- construction ----`. */
function startsSection(text: string, at: number): boolean {
  const behindComments = skipLines(text, at, 'comment');
  return behindComments > at && lineKind(text, behindComments) === 'blank';
}

/** The lines of `[from, to)`, comments and blank lines, end with a blank one. */
function endsWithBlank(text: string, from: number, to: number): boolean {
  const behindComments = skipLines(text, from, 'comment');
  return behindComments < to && skipLines(text, behindComments, 'blank') === to;
}

/** What one more level adds behind `indent`, never mixing tabs into an indentation of spaces. */
function oneLevel(style: FileStyle, indent: string): string {
  if (indent.endsWith('\t')) return '\t';
  return indent !== '' && style.indent === '\t' ? ' '.repeat(TAB_COLUMNS) : style.indent;
}

interface Layout extends PlaceOptions {
  readonly indent: string;
  readonly newline: string;
  readonly style: FileStyle;
}

/** All names on one line where they fit, else one name a line with a trailing comma, as black lays it out. */
function slotsStatement(names: readonly string[], layout: Layout): string {
  const { indent, newline, style, lineLength, sequenceStyle } = layout;
  const [open, close] = sequenceStyle === 'list' ? '[]' : '()';
  const quoted = names.map(name => style.quote + name + style.quote);
  const inside = open === '(' && quoted.length === 1 ? `${quoted[0]},` : quoted.join(', ');
  const oneLine = `${indent}__slots__ = ${open}${inside}${close}`;
  if (quoted.length === 0 || columns(oneLine) <= lineLength) return oneLine;
  const inner = indent + oneLevel(style, indent);
  const lines = quoted.map(name => `${inner}${name},`);
  return [`${indent}__slots__ = ${open}`, ...lines, `${indent}${close}`].join(newline);
}

/** Width of a line in columns: code points, a tab as four. */
function columns(line: string): number {
  let width = 0;
  for (const char of line) width += char === '\t' ? TAB_COLUMNS : 1;
  return width;
}
