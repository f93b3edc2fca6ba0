// Text files with examples (`>>> x.colour = "red"`), which doctest and pytest run as they run those in docstrings.
import { readFile, stat } from 'node:fs/promises';
import { decode } from './decode.js';
import { projectPath } from './paths.js';
import type { ReadResult } from './read.js';

/** Largest text file that is looked at, in bytes: beyond it stand data. */
const LARGEST_PROSE = 1024 * 1024;

/** True for names of files that people write text in. */
export const isProse = (name: string): boolean => /\.(?:rst|txt|md)$/.test(name);

/** A text file as the module whose docstring it is, line for line; null where it has no examples or cannot be read.
 *  @param root absolute; `file` lies below it or beside it. */
export async function readProse(file: string, root: string): Promise<ReadResult | null> {
  try {
    if ((await stat(file)).size > LARGEST_PROSE) return null;
    const bytes = await readFile(file);
    if (!bytes.includes('>>> ')) return null;
    const decoded = decode(bytes);
    if (decoded.kind === 'problem' || !/^[ \t]*>>> /m.test(decoded.text)) return null;
    const path = projectPath(root, file);
    const text = `r"""${decoded.text.replaceAll('"""', "'''")}\n"""`;
    const { coding } = decoded;
    const role = 'evidence';
    const source = { path, file, role, module: path, isPackage: false, isStub: false, text, coding } as const;
    return { kind: 'source', source };
  } catch {
    return null;
  }
}
