// Paths between the working directory and the root of the project, and the lines of the sources there.
import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { decode } from '../1-discover/decode.js';
import type { SourceLine } from '../7-report/explain.js';
import type { ShowPath } from '../7-report/text.js';

/** `path.py:Class` as typed in `cwd`, with the path as the report has it. */
export function fromRoot(target: string, root: string, cwd: string): string {
  const colon = target.lastIndexOf(':');
  const file = resolve(cwd, target.slice(0, Math.max(colon, 0)));
  if (colon <= 0 || !existsSync(file)) return target;
  return relative(root, file).replaceAll(sep, '/') + target.slice(colon);
}

/** Paths of the report as seen from the working directory, so that a terminal can open them. */
export function showFrom(root: string, cwd: string): ShowPath {
  return path => relative(cwd, resolve(root, path)).replaceAll(sep, '/') || path;
}

/** Lines of the sources on disk; a line ends where Python ends it (reference 2.1.2). */
export function sourceLines(root: string): SourceLine {
  const files = new Map<string, readonly string[] | null>();
  const read = (path: string): readonly string[] | null => {
    try {
      const decoded = decode(readFileSync(resolve(root, path)));
      return decoded.kind === 'text' ? decoded.text.split(/\r\n|\r|\n/) : null;
    } catch {
      return null;
    }
  };
  return (path, line) => {
    if (!files.has(path)) files.set(path, read(path));
    return files.get(path)?.[line - 1] ?? null;
  };
}
