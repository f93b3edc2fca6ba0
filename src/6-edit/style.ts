// How one file is written: its quotes, its indentation and where it leaves blank lines.
import { indentAt, isTriple, lineKind, marks } from './lines.js';

export { newlineAt } from './lines.js';

/** What a file mostly does. */
export interface FileStyle {
  /** The quote of most ordinary string literals; `"` when there are as many of each. */
  readonly quote: '"' | "'";
  /** What one more level of indentation adds: a tab or some spaces; four spaces when nothing is indented. */
  readonly indent: string;
  /** A blank line usually separates a method or inner class from what stands above it in the class body.
   *  `null` when no class body shows it. */
  readonly blankBeforeDefinition: boolean | null;
  /** A blank line usually follows the docstring of a class. `null` when no class body shows it. */
  readonly blankAfterDocstring: boolean | null;
}

/**
 * Reads the style of a file off its text: decoded, without BOM, any mix of newlines. A heuristic by a light
 * scan, linear in the length of the text, that never fails.
 */
export function detectStyle(text: string): FileStyle {
  const lines = [...logicalLines(text)];
  return {
    quote: usualQuote(text),
    indent: usualIndent(lines),
    blankBeforeDefinition: majority(definitionGaps(lines)),
    blankAfterDocstring: majority(docstringGaps(lines)),
  };
}

/** Counts literals that could have either quote: those that hold no quote of the other kind. */
function usualQuote(text: string): '"' | "'" {
  const count = { '"': 0, "'": 0 };
  for (const { kind, start, end } of marks(text, 0)) {
    if (kind !== 'string' || isTriple(text, start)) continue;
    const quote = text[start] === '"' ? '"' : "'";
    const other = quote === '"' ? "'" : '"';
    if (!text.slice(start, end).includes(other)) count[quote]++;
  }
  return count["'"] > count['"'] ? "'" : '"';
}

interface LogicalLine {
  readonly indent: string;
  readonly begins: 'class' | 'definition' | 'string' | 'other';
  readonly isDecorator: boolean;
  /** A blank line stands somewhere between the statement above and this one. */
  readonly blankAbove: boolean;
}

function* logicalLines(text: string): Generator<LogicalLine> {
  let start = 0;
  let depth = 0;
  let blankAbove = false;
  const finish = function* (): Generator<LogicalLine> {
    const kind = lineKind(text, start);
    if (kind === 'blank') blankAbove = true;
    if (kind !== 'code' || start >= text.length) return;
    yield describe(text, start, blankAbove);
    blankAbove = false;
  };
  for (const { kind, end } of marks(text, 0)) {
    if (kind === 'open') depth++;
    else if (kind === 'close') depth = Math.max(0, depth - 1);
    else if (kind === 'newline' && depth === 0) {
      yield* finish();
      start = end;
    }
  }
  yield* finish();
}

function describe(text: string, start: number, blankAbove: boolean): LogicalLine {
  let at = start;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\f') at++;
  const opening = text.slice(at, at + 16);
  return {
    indent: indentAt(text, at),
    begins: beginning(opening),
    isDecorator: opening.startsWith('@'),
    blankAbove,
  };
}

function beginning(opening: string): LogicalLine['begins'] {
  if (/^class\b/.test(opening)) return 'class';
  if (/^(?:def\b|async\s|@)/.test(opening)) return 'definition';
  return /^[a-z]{0,2}["']/i.test(opening) ? 'string' : 'other';
}

function usualIndent(lines: readonly LogicalLine[]): string {
  const counts = new Map<string, number>();
  for (const [index, { indent }] of lines.entries()) {
    const above = lines[index - 1]?.indent ?? '';
    if (indent.length <= above.length || !indent.startsWith(above)) continue;
    const step = indent.slice(above.length);
    const unit = step.includes('\t') ? '\t' : step;
    counts.set(unit, (counts.get(unit) ?? 0) + 1);
  }
  let usual = '    ';
  for (const [unit, count] of counts) if (count > (counts.get(usual) ?? 0)) usual = unit;
  return usual;
}

/** For each method or inner class that is not the first statement of its class body: is there a blank line
 *  above? Those right behind a docstring do not count: compact docstrings say nothing about methods. */
function* definitionGaps(lines: readonly LogicalLine[]): Generator<boolean> {
  const blocks: LogicalLine[] = [];
  for (const [index, line] of lines.entries()) {
    while (blocks.length > 0 && blocks.at(-1)!.indent.length >= line.indent.length) blocks.pop();
    const inClass = blocks.at(-1)?.begins === 'class';
    blocks.push(line);
    const above = lines[index - 1];
    if (!inClass || !above || above.isDecorator || above.indent.length < line.indent.length) continue;
    if (line.begins !== 'definition' && line.begins !== 'class') continue;
    const belowDocstring = above.begins === 'string' && above.indent === line.indent;
    if (!belowDocstring) yield line.blankAbove;
  }
}

/** For each class docstring with a statement behind it in the class body: is there a blank line between? */
function* docstringGaps(lines: readonly LogicalLine[]): Generator<boolean> {
  for (const [index, line] of lines.entries()) {
    const header = lines[index - 1];
    const next = lines[index + 1];
    if (line.begins !== 'string' || header?.begins !== 'class' || !next) continue;
    if (line.indent.length > header.indent.length && next.indent === line.indent) yield next.blankAbove;
  }
}

function majority(votes: Iterable<boolean>): boolean | null {
  let balance = 0;
  let any = false;
  for (const vote of votes) {
    any = true;
    balance += vote ? 1 : -1;
  }
  return any ? balance >= 0 : null;
}
