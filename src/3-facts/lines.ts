// Where the lines of a text start.

/** Offsets at which lines start. Lines end where Python's tokenizer ends them: \n, \r\n or \r (a form feed or
 *  U+2028 ends no line). */
export function lineStartsOf(text: string): Uint32Array {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  return Uint32Array.from(starts);
}
