// The examples in the strings of a file (`>>> x.colour = "red"`), as Python of its own: one function a string, since the
// examples of one docstring share their names. Rules: the parser of CPython's doctest module.
import { K } from '../2-parse/kinds.js';
import { type Tree, textOf } from '../2-parse/tree.js';
import { lineStartsOf } from './lines.js';
import { unsoundAt } from './match-subject.js';

/** Examples of a file, put together. */
export interface Doctests {
  readonly tree: Tree;
  /** Where the lines of the file that holds them start in the text of the tree, so that offsets lead to its lines. */
  readonly lineStarts: Uint32Array;
}

/** One `>>>` with the `...` below it. */
interface Example {
  /** Line of the `>>>` in the file, from 0. */
  readonly line: number;
  /** Lines of code, without prompts. */
  readonly code: readonly string[];
}

/** The examples of one string. */
interface Doctest {
  /** Column of the first line of code. */
  readonly column: number;
  readonly examples: readonly Example[];
}

const PROMPT = /^([ \t]*)>>>(?: |$)/;
const CONTINUATION = /^[ \t]*\.\.\.(?: |$)/;

/** The examples of all strings of a file, or null where it has none. What is no Python 3 is left out: running it raises
 *  SyntaxError and nothing more. */
export function doctestsIn(t: Tree, parse: (text: string) => Tree): Doctests | null {
  if (!t.text.includes('>>>')) return null;
  const lineStarts = lineStartsOf(t.text);
  let line = 0;
  const found: Doctest[] = [];
  for (let node = 0; node < t.count; node++) {
    if (t.kind[node] !== K.string) continue;
    while (lineStarts[line + 1]! <= t.start[node]!) line++;
    const doctest = doctestOf(textOf(t, node), line);
    if (doctest) found.push(doctest);
  }
  if (!found.length) return null;
  const whole = written(found, lineStarts.length, parse);
  if (isSound(whole.tree)) return whole;
  const runs = (e: Example): boolean => isSound(parse(e.code.join('\n')));
  const sound = found.map(d => ({ ...d, examples: d.examples.filter(runs) }));
  return written(sound, lineStarts.length, parse);
}

const isSound = (t: Tree): boolean => unsoundAt(t) < 0;

/** The examples in the source of a string that starts in line `first`, or null where it has none. */
function doctestOf(source: string, first: number): Doctest | null {
  if (!source.includes('>>>')) return null;
  const opening = /^([a-zA-Z]*)("""|'''|"|')/.exec(source);
  if (!opening || /[bf]/i.test(opening[1]!)) return null;
  const isRaw = /r/i.test(opening[1]!);
  const lines = source.slice(opening[0].length, -opening[2]!.length).split(/\r\n|\r|\n/);
  const examples: Example[] = [];
  let column = 0;
  let open: string[] | null = null;
  lines.forEach((text, i) => {
    const prompt = PROMPT.exec(text) ?? (open && CONTINUATION.exec(text));
    if (!prompt) {
      open = null;
      return;
    }
    const code = text.slice(prompt[0].length);
    const meant = isRaw ? code : code.replace(/\\([\\'"])/g, '$1');
    if (prompt[1] === undefined) open!.push(meant);
    else {
      if (!examples.length) column = prompt[0].length;
      open = [meant];
      examples.push({ line: first + i, code: open });
    }
  });
  return examples.length ? { column, examples } : null;
}

/** Examples as one text: a function for each string, star imports above all. */
function written(doctests: readonly Doctest[], lines: number, parse: (text: string) => Tree): Doctests {
  const lineStarts = new Uint32Array(lines);
  let text = '';
  let line = 0;
  const goTo = (next: number): void => {
    while (line <= next) lineStarts[line++] = text.length;
  };
  for (const { column, examples } of doctests) {
    const indent = ' '.repeat(Math.max(column, 1));
    const stars = examples.flatMap(e => e.code.filter(isStarImport));
    text += `${stars.map(s => `${s}\n`).join('')}def __doctest__():\n${indent}pass\n`;
    for (const { line: at, code } of examples)
      code.forEach((each, i) => {
        goTo(at + i);
        text += isStarImport(each) ? '\n' : `${indent}${inFunction(each)}\n`;
      });
  }
  goTo(lines - 1);
  return { tree: parse(text), lineStarts };
}

const isStarImport = (code: string): boolean => /^from\s+[\w.]+\s+import\s+\*/.test(code);

/** `global x` in an example means the name that the examples share. */
const inFunction = (code: string): string => code.replace(/^(\s*)global(?=\s)/, '$1nonlocal');
