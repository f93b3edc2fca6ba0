// One more keyword argument in a decorator, in the formatting that is there.
import type { Edit } from '../src/model/decision.js';
import type { ClassDecorator } from '../src/model/world.js';

/** The edit that adds keyword arguments to a decorator: `@d` becomes `@d(slots=True)`, a call keeps its line breaks,
 *  comments and trailing comma. `text` is that of the file, `cls` the id of the class. */
export function withKeywords(
  text: string,
  d: ClassDecorator,
  keywords: readonly string[],
  cls: string,
): Edit {
  const { start, end } = d.span;
  const inline = keywords.join(', ');
  if (!d.called) return { start, end, text: `${text.slice(start, end)}(${inline})`, cls };
  // behind the last argument: blanks, comments and a trailing comma before the parenthesis stay as they are
  const inside = text.slice(start, end - 1);
  const code = inside.replace(/#[^\r\n]*/g, comment => ' '.repeat(comment.length)).trimEnd();
  const at = start + code.length;
  if (code.endsWith('('))
    return { start, end, text: text.slice(start, at) + inline + text.slice(at, end), cls };
  if (!code.endsWith(',')) return { start: at, end: at, text: `, ${inline}`, cls };
  const newline = /\r\n|\r|\n/.exec(inside.slice(code.length))?.[0];
  if (newline === undefined) return { start: at, end: at, text: ` ${inline},`, cls };
  const line = Math.max(code.lastIndexOf('\n'), code.lastIndexOf('\r')) + 1;
  const indent = /^[ \t]*/.exec(code.slice(line))![0];
  const lineEnd = at + /^[^\r\n]*/.exec(text.slice(at))![0].length;
  const lines = keywords.map(keyword => `${newline}${indent}${keyword},`).join('');
  return { start: lineEnd, end: lineEnd, text: lines, cls };
}
