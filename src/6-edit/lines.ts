// Where the lines of Python text begin and end, found by a light scan that needs no parser.

/** Something in Python text that decides where lines end. Offsets are UTF-16, `end` exclusive. */
export interface Mark {
  readonly kind: 'string' | 'comment' | 'newline' | 'join' | 'open' | 'close';
  readonly start: number;
  readonly end: number;
}

/** What a physical line holds, judged by its first character that is not white space. */
export type LineKind = 'blank' | 'comment' | 'code';

/**
 * Length of the newline at `offset`: 2 for CR LF, 1 for LF or CR, 0 when there is none.
 * Python reference 2.1.2, "Physical lines": these three and no other end a line.
 */
export function newlineLength(text: string, offset: number): 0 | 1 | 2 {
  const char = text[offset];
  if (char === '\n') return 1;
  if (char !== '\r') return 0;
  return text[offset + 1] === '\n' ? 2 : 1;
}

/** Offset of the first character of the physical line that holds `offset`. */
export function lineStart(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && newlineLength(text, start - 1) === 0) start--;
  return start;
}

/** Offset of the newline that ends the physical line of `offset`, or the length of the text. */
export function lineEnd(text: string, offset: number): number {
  let end = offset;
  while (end < text.length && newlineLength(text, end) === 0) end++;
  return end;
}

/** Offset of the first character of the next physical line, or the length of the text. */
function nextLine(text: string, offset: number): number {
  const end = lineEnd(text, offset);
  return end + newlineLength(text, end);
}

/**
 * The newline to write at `offset` of a text that may mix newlines: the one that ends the line before,
 * else the first one behind, else LF.
 */
export function newlineAt(text: string, offset: number): '\n' | '\r\n' | '\r' {
  const start = lineStart(text, offset);
  if (start === 0) return newlineText(text, lineEnd(text, offset));
  const crlf = start > 1 && text[start - 1] === '\n' && text[start - 2] === '\r';
  return newlineText(text, crlf ? start - 2 : start - 1);
}

function newlineText(text: string, offset: number): '\n' | '\r\n' | '\r' {
  if (newlineLength(text, offset) === 2) return '\r\n';
  return text[offset] === '\r' ? '\r' : '\n';
}

/** What the physical line that starts at `start` holds; the end of the text counts as code. */
export function lineKind(text: string, start: number): LineKind {
  if (start >= text.length) return 'code';
  const at = start + leadingSpace(text, start).length;
  if (at === text.length || newlineLength(text, at) > 0) return 'blank';
  return text[at] === '#' ? 'comment' : 'code';
}

/** Start of the first line at or behind the line start `start` that is not of this kind. */
export function skipLines(text: string, start: number, kind: LineKind): number {
  let at = start;
  while (at < text.length && lineKind(text, at) === kind) at = nextLine(text, at);
  return at;
}

/** The spaces, tabs and form feeds from `start` on. */
function leadingSpace(text: string, start: number): string {
  let end = start;
  while (text[end] === ' ' || text[end] === '\t' || text[end] === '\f') end++;
  return text.slice(start, end);
}

/**
 * The indentation, as written, of the statement that starts at `offset`. A form feed sets the indentation
 * back to nothing, so only what stands behind the last one counts; with a backslash in the leading white
 * space the first line that has any decides (Python reference 2.1.8; CPython Parser/lexer/lexer.c,
 * `cont_line_col`).
 */
export function indentAt(text: string, offset: number): string {
  let start = lineStart(text, offset);
  while (start > 0) {
    const above = lineStart(text, start - (text[start - 2] === '\r' && text[start - 1] === '\n' ? 2 : 1));
    const onlyJoin = /^[ \t\f]*\\$/.test(text.slice(above, lineEnd(text, above)));
    if (!onlyJoin) break;
    start = above;
  }
  while (start < offset) {
    const indent = leadingSpace(text, start).replace(/^.*\f/, '');
    if (indent !== '') return indent;
    start = nextLine(text, start);
  }
  return '';
}

/**
 * Strings, comments, newlines, backslash joins and brackets from `from` on, which must lie outside of strings
 * and comments. Linear. A light scan: an f-string that nests its own quote (3.12+) is seen as several strings.
 */
export function* marks(text: string, from: number): Generator<Mark> {
  const interesting = /[#"'()[\]{}\\\r\n]/g;
  interesting.lastIndex = from;
  for (let match = interesting.exec(text); match; match = interesting.exec(text)) {
    const mark = markAt(text, match.index);
    if (mark) yield mark;
    interesting.lastIndex = mark?.end ?? match.index + 1;
  }
}

function markAt(text: string, start: number): Mark | null {
  switch (text[start]) {
    case '#':
      return { kind: 'comment', start, end: lineEnd(text, start) };
    case '"':
    case "'":
      return { kind: 'string', start, end: stringEnd(text, start) };
    case '\r':
    case '\n':
      return { kind: 'newline', start, end: start + newlineLength(text, start) };
    case '\\': {
      const length = newlineLength(text, start + 1);
      return length === 0 ? null : { kind: 'join', start, end: start + 1 + length };
    }
    case '(':
    case '[':
    case '{':
      return { kind: 'open', start, end: start + 1 };
    default:
      return { kind: 'close', start, end: start + 1 };
  }
}

/** Whether the string literal whose quote stands at `start` is triple quoted. */
export function isTriple(text: string, start: number): boolean {
  return text[start + 1] === text[start] && text[start + 2] === text[start];
}

/** Offset behind the string literal that opens at `start`; a string left open ends with its line or the text. */
function stringEnd(text: string, start: number): number {
  const quote = text[start];
  const triple = isTriple(text, start);
  let at = start + (triple ? 3 : 1);
  while (at < text.length) {
    const char = text[at];
    if (char === '\\') at += 1 + (newlineLength(text, at + 1) || 1);
    else if (char === quote && (!triple || isTriple(text, at))) return at + (triple ? 3 : 1);
    else if (!triple && newlineLength(text, at) > 0) return at;
    else at++;
  }
  return text.length;
}

/**
 * Offset of the newline that ends the logical line of `offset` (or the length of the text), past comments,
 * backslash joins, brackets and strings. `offset` must lie outside of all of them.
 */
export function logicalLineEnd(text: string, offset: number): number {
  let depth = 0;
  for (const mark of marks(text, offset)) {
    if (mark.kind === 'open') depth++;
    else if (mark.kind === 'close') depth = Math.max(0, depth - 1);
    else if (mark.kind === 'newline' && depth === 0) return mark.start;
  }
  return text.length;
}
