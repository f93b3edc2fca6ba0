// Changes as unified diffs: as bytes that `git apply` and `patch -p1` accept, and as text for a terminal.
import { formatPatch, OMIT_HEADERS, type StructuredPatchHunk } from 'diff';
import type { Colors } from 'picocolors/types.js';
import type { Change } from '../model/decision.js';
import type { Coding } from '../model/source.js';
import { hunksOf } from './hunks.js';
import { COMMAND, visible } from './visible.js';

/** Text (without BOM) to the bytes of a file, BOM included where the coding has one. */
export type Encode = (text: string, coding: Coding) => Uint8Array;

/**
 * The diff of one file in the file's own coding, to be applied from the project root.
 *
 * It is made from bytes and not from text: each byte stands as one character (latin-1) while lines are
 * compared, so a BOM, a stateful coding or a lone `\r` comes out as it is in the file. Lines end at `\n` only,
 * as for git and patch. Empty when nothing changes.
 * @throws what `encode` throws for a character that the coding lacks
 */
export function diffBytes(change: Change, encode: Encode): Uint8Array {
  const before = binary(encode(change.before, change.coding));
  const after = binary(encode(change.after, change.coding));
  if (before === after) return new Uint8Array(0);
  const { path } = change;
  const hunks = hunksOf(before, after, change);
  const patch = { oldFileName: path, newFileName: path, oldHeader: undefined, newHeader: undefined, hunks };
  return Buffer.from(header(path) + formatPatch(patch, OMIT_HEADERS), 'latin1');
}

/**
 * The same diff for the eyes: control characters are escaped (see `visible`), lines are coloured by `colors`.
 * Ends in a newline; empty when nothing changes. Not to be applied.
 */
export function diffText(change: Change, colors: Colors): string {
  if (change.before === change.after) return '';
  const lines = header(change.path)
    .trimEnd()
    .split('\n')
    .map(line => colors.bold(visible(line.trimEnd())));
  for (const hunk of hunksOf(change.before, change.after, change)) {
    lines.push(colors.cyan(range(hunk)));
    for (const line of hunk.lines) lines.push(painted(line, colors));
  }
  return `${lines.join('\n')}\n`;
}

function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/**
 * `diff --git`, `---` and `+++`, ASCII whatever the path: other names are quoted the way git does it with
 * core.quotePath (git's quote.c, quote_c_style).
 */
function header(path: string): string {
  const git = formatPatch({
    isGit: true,
    oldFileName: `a/${path}`,
    newFileName: `b/${path}`,
    oldHeader: undefined,
    newHeader: undefined,
    // A hunk without lines: file lines are left out for a patch without hunks.
    hunks: [{ oldStart: 1, oldLines: 0, newStart: 1, newLines: 0, lines: [] }],
  }).split('\n');
  // The runner of a workflow would obey a name like `##[group]`, which git reads as well with an escape in it.
  if (path.search(COMMAND) >= 0) {
    const quoted = git[1]!.startsWith('--- "') ? git[1]!.slice('--- "a/'.length, -1) : path;
    const name = quoted.replace(COMMAND, '\\043#');
    return `diff --git "a/${name}" "b/${name}"\n--- "a/${name}"\n+++ "b/${name}"\n`;
  }
  // A name with a blank would end at it for patch(1); git closes such names by a tab (diff.c, name_a_tab).
  const tab = path.includes(' ') ? '\t' : '';
  return `${git[0]}\n${git[1]}${tab}\n${git[2]}${tab}\n`;
}

function range(hunk: StructuredPatchHunk): string {
  return `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`;
}

function painted(line: string, colors: Colors): string {
  // The `\r` of a CRLF file is part of the newline, not of what a reader wants to see.
  const text = visible(line.endsWith('\r') ? line.slice(0, -1) : line);
  if (text.startsWith('+')) return colors.green(text);
  if (text.startsWith('-')) return colors.red(text);
  return text;
}
