// Text that may be run: which attributes it would store as Python code.
import { Act, Op } from '../../model/facts.js';
import { intern } from '../columns.js';
import { act, type Draft, emit } from './draft.js';

/** A character of a name. */
const LETTER = String.raw`[\w\u0080-\uffff]`;

/** What is called like a function and stores nothing: keywords, and functions of Python that keep nothing of what they
 *  are given. */
const CALLED =
  'and assert await elif else except if in is lambda not or print raise return while yield abs all any bool bytes ' +
  'dict enumerate float frozenset hash id int isinstance len list max min ord range repr set str sum tuple zip';

/** What may store, or run more, anywhere in a text: words, `for a.b in c`, `with c as a.b`, decorators, calls of anything
 *  else, what is written with escapes. */
const MAY_STORE = new RegExp(
  [
    String.raw`\b(?:del|vars|exec|eval|compile|import|__\w*attr__|__dict__|__class__|__import__)\b`,
    String.raw`\bfor\b(?:(?!\bin\b)[^:]){0,200}\.|\bas\s+[^:\n]*\.|(?:^|\n)[ \t]*@`,
    String.raw`(?<!${LETTER}|\bdef\s+)(?!(?:${CALLED.replaceAll(' ', '|')})\b)${LETTER}+\s*\(|[)\]}]\s*\(`,
    String.raw`\\[xuUN0-7]`,
  ].join('|'),
);
const ATTRIBUTE = new RegExp(String.raw`\.\s*${LETTER}`);
/** `=`, `+=`, `<<=`, `: int =`; no comparison. */
const ASSIGNED = /(?<![=!]|(?<![<>])[<>])=(?!=)/;

/** A hole in a template. */
const HOLE = String.raw`(?:%(?:\(\w*\))?[-#0 +]*[\d*]*(?:\.[\d*]+)?[sra]|\{[^{}]*\})`;
/** Where a statement may begin. */
const START = String.raw`(?:^|\n|;)[ \t]*`;
/** A hole that a statement begins with, or what follows the head of one. */
const STATEMENT = new RegExp(String.raw`(?:^|[\n;:])[ \t]*${HOLE}`);
const DEFINED = new RegExp(String.raw`(\b(?:def|class)\s+)${HOLE}`, 'g');
const HOLES = new RegExp(HOLE, 'g');
/** A part of a statement, as of a text that is put together. */
const PART = /^\s*=(?!=)|\.\s*$/;

/** Whether a text stores no attribute where it is run, whatever names and expressions stand in its holes. */
export function storesNothing(text: string): boolean {
  const plain = unescaped(text);
  if (PART.test(plain) || STATEMENT.test(plain)) return false;
  const filled = plain.replace(DEFINED, '$1x').replace(HOLES, 'x.x');
  if (MAY_STORE.test(filled)) return false;
  // what is assigned behind an attribute may be part of the same statement, brackets and all
  const first = filled.search(ATTRIBUTE);
  return first < 0 || !ASSIGNED.test(filled.slice(first));
}

/** A text as it is written in a source, with the ends of lines and the blanks that are written as escapes. */
const unescaped = (text: string): string =>
  text
    .replace(/\\{1,2}\r?\n|\\\\\\n/g, ' ')
    .replace(/\\n/g, '\n')
    .replace(/\\[tfr]/g, ' ');

/** `page.theme.colour = ...`, with the last two names. */
const CHAIN = new RegExp(
  String.raw`(?:\\n|${START})[ \t]*[A-Za-z_][\w.]*\.(\w+)\.([A-Za-z_]\w*)[ \t]*=(?!=)`,
  'dg',
);

/** The stores of a text on what an attribute of an object holds; `start`: UTF-16 offset of the text. */
export function storesInText(d: Draft, text: string, start: number): void {
  for (const { 1: holder, 2: name, indices } of text.matchAll(CHAIN)) {
    const at = start + indices![1]![0];
    const unknown = emit(d, Op.Unknown, 0, 0, at);
    const receiver = emit(d, Op.Attr, unknown, intern(d.strings, holder!), at);
    act(d, Act.TextStore, receiver, intern(d.strings, name!), -1, at);
  }
}
