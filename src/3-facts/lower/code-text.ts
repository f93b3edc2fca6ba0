// Text that may be run: which attributes it would store as Python code.
import { Act, Op } from '../../model/facts.js';
import { intern } from '../columns.js';
import { act, type Draft, emit } from './draft.js';

/** A store, or what may store or run more, anywhere in a text: `a.b = c`, `a.b, c = d`, `a.b: T = c`, `for a.b in c`,
 *  `with c as a.b`, calls by name. */
const STORES = new RegExp(
  [
    String.raw`\.\s*\w+[\w\s.,)\]]*?(?:[-+*/|&^%@<>]{0,2}=(?!=)|:[^=\n]*=)`,
    String.raw`\b(?:setattr|delattr|vars|exec|eval|compile|import|__setattr__|__delattr__|__dict__|__class__|__import__)\b`,
    String.raw`\bdel\b|\bfor\b[^\n]*\.\s*\w+[\s,)\]]*\bin\b|\bas\s+\w+\.`,
  ].join('|'),
);

const HOLE = String.raw`(?:%(?:\(\w*\))?[sr]|\{[^{}\n]*\})`;
/** Where a statement may begin and where it ends; the end of a line may be written as an escape. */
const START = String.raw`(?:^|\n|\\n|;)[ \t]*`;
const END = String.raw`[ \t]*(?:$|\n|\\n|;)`;
const HEAD = String.raw`(?:(?:def|class|if|elif|else|for|while|with|try|finally|except)\b[^\n]*:[ \t]*)?`;
/** A hole in a template that takes a whole statement. */
const STATEMENT = new RegExp(START + HEAD + HOLE + END);

/** Whether a text stores no attribute where it is run, whatever names and expressions stand in its holes. */
export const storesNothing = (text: string): boolean => !STORES.test(text) && !STATEMENT.test(text);

/** `page.theme.colour = ...`, with the last two names. */
const CHAIN = new RegExp(String.raw`${START}[A-Za-z_][\w.]*\.(\w+)\.([A-Za-z_]\w*)[ \t]*=(?!=)`, 'dg');

/** The stores of a text on what an attribute of an object holds; `start`: UTF-16 offset of the text. */
export function storesInText(d: Draft, text: string, start: number): void {
  for (const { 1: holder, 2: name, indices } of text.matchAll(CHAIN)) {
    const at = start + indices![1]![0];
    const unknown = emit(d, Op.Unknown, 0, 0, at);
    const receiver = emit(d, Op.Attr, unknown, intern(d.strings, holder!), at);
    act(d, Act.TextStore, receiver, intern(d.strings, name!), -1, at);
  }
}
