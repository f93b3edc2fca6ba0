// Jupyter notebooks as the Python that their cells hold, each line where it stands in the file.
import { projectPath } from './paths.js';
import { type ReadResult, readSource } from './read.js';

/** What the format says of a cell, as far as it is needed (nbformat 4). */
interface Cell {
  readonly cell_type?: unknown;
  readonly source?: unknown;
}

/** True for names of notebooks. */
export const isNotebook = (name: string): boolean => name.endsWith('.ipynb');

/**
 * A notebook as evidence: somebody runs its cells, and what they do to instances counts. Commands of IPython are left
 * out, but for those that time the Python behind them. Null where it is no notebook of Python; nothing imports it.
 * @param root absolute; `file` lies below it or beside it.
 */
export async function readNotebook(file: string, root: string): Promise<ReadResult | null> {
  const path = projectPath(root, file);
  const read = await readSource({ path, file, role: 'evidence', module: path, isPackage: false });
  if (read.kind === 'unreadable') return read;
  const text = codeOf(read.source.text);
  return text === null ? null : { kind: 'source', source: { ...read.source, text } };
}

/** The Python of a notebook, line for line as in the file where each line of a cell stands on one of its own; null where
 *  there is none. */
function codeOf(raw: string): string | null {
  const notebook = parsed(raw);
  const language = notebook?.metadata?.language_info?.name ?? 'python';
  if (!Array.isArray(notebook?.cells) || !/python/i.test(String(language))) return null;
  const code = (notebook.cells as readonly (Cell | null)[]).flatMap(cell =>
    cell?.cell_type === 'code' ? linesOf(cell.source) : [],
  );
  if (code.length === 0) return null;
  return (inPlace(raw, code) ?? code.map(line => line.python)).join('\n');
}

interface Notebook {
  readonly cells?: unknown;
  readonly metadata?: { readonly language_info?: { readonly name?: unknown } | null } | null;
}

function parsed(raw: string): Notebook | null {
  try {
    return JSON.parse(raw) as Notebook | null;
  } catch {
    return null;
  }
}

interface Line {
  /** As the notebook has it. */
  readonly source: string;
  readonly python: string;
}

function linesOf(source: unknown): Line[] {
  const whole = Array.isArray(source) ? source.join('') : String(source ?? '');
  if (whole === '') return [];
  const lines = whole.replace(/\n$/, '').split('\n');
  const command = /^\s*%%(\w+)/.exec(whole)?.[1];
  if (command !== undefined && !/^(?:time|timeit|prun|capture)$/.test(command)) return [];
  return lines.map(line => ({ source: line, python: withoutCommands(line) }));
}

/** A line of a cell in plain Python (IPython documentation, "Python vs IPython"). */
function withoutCommands(line: string): string {
  if (/^\s*%%|^\s*[!?]|^\s*[\w.]+\?{1,2}\s*$/.test(line)) return line.replace(/\S.*/, 'pass');
  const timed = /^(\s*)%(?:time|timeit|prun)\s+(?:-[nrpt]\s*\d+\s+|-\w+\s+)*(.*)$/.exec(line);
  if (timed) return timed[1]! + timed[2]!;
  if (/^\s*%/.test(line)) return line.replace(/\S.*/, 'pass');
  return line.replace(/^(\s*[\w., ]+=\s*)[%!].*$/, '$1None');
}

/** The lines of code on the lines of the file that hold them; null where they do not stand on lines of their own. */
function inPlace(raw: string, code: readonly Line[]): string[] | null {
  const file = raw.split('\n');
  const rows = file.map(() => '');
  let next = 0;
  for (const [row, line] of file.entries()) {
    if (next === code.length) break;
    const quoted = line.trim().replace(/,$/, '');
    if (!quoted.startsWith('"') || !quoted.endsWith('"')) continue;
    if (textIn(quoted) !== code[next]!.source) continue;
    rows[row] = code[next++]!.python;
  }
  return next === code.length ? rows : null;
}

/** A JSON string without the newline at its end; null for anything else. */
function textIn(quoted: string): string | null {
  try {
    return String(JSON.parse(quoted)).replace(/\n$/, '');
  } catch {
    return null;
  }
}
