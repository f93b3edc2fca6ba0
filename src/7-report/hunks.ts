// The hunks of a diff, from the edits that were made: in one pass, however many there are.
import type { StructuredPatchHunk } from 'diff';
import type { Change } from '../model/decision.js';

/** Lines of context around a change, as in git. */
const CONTEXT = 3;

/** Lines of the old text and the lines of the new one that stand there instead; numbers count from 0. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly newFrom: number;
  readonly newTo: number;
}

/**
 * What changes between two texts, with three lines of context. The texts are those of the change, or their bytes as
 * characters: only the numbers of lines are taken from the edits.
 */
export function hunksOf(
  before: string,
  after: string,
  change: Pick<Change, 'before' | 'edits'>,
): StructuredPatchHunk[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const blocks = blocksOf(change).map(block => trimmed(block, old, fresh));
  return grouped(blocks.filter(b => b.from < b.to || b.newFrom < b.newTo)).map(group =>
    hunkOf(group, old, fresh),
  );
}

/** Lines with what ends them: `\n` only, as for git. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const newlinesIn = (text: string): number => text.split('\n').length - 1;

/** The whole lines that edits touch; edits that touch the same line make one block. */
function blocksOf({ before, edits }: Pick<Change, 'before' | 'edits'>): Block[] {
  const blocks: Block[] = [];
  let line = 0;
  let at = 0;
  let shift = 0;
  for (const { start, end, text } of edits) {
    line += newlinesIn(before.slice(at, start));
    const removed = newlinesIn(before.slice(start, end));
    const last = blocks.at(-1);
    const joins = last !== undefined && line < last.to;
    if (joins) blocks.pop();
    const from = joins ? last.from : line;
    const newFrom = joins ? last.newFrom : line + shift;
    line += removed;
    at = end;
    shift += newlinesIn(text) - removed;
    blocks.push({ from, to: line + 1, newFrom, newTo: line + 1 + shift });
  }
  return blocks;
}

/** The block without the lines that it begins and ends with before and after. */
function trimmed(
  { from, to, newFrom, newTo }: Block,
  old: readonly string[],
  fresh: readonly string[],
): Block {
  const block = { from, to: Math.min(to, old.length), newFrom, newTo: Math.min(newTo, fresh.length) };
  const isLeft = (): boolean => block.from < block.to && block.newFrom < block.newTo;
  while (isLeft() && old[block.from] === fresh[block.newFrom]) {
    block.from++;
    block.newFrom++;
  }
  while (isLeft() && old[block.to - 1] === fresh[block.newTo - 1]) {
    block.to--;
    block.newTo--;
  }
  return block;
}

/** Blocks that share lines of context. */
function grouped(blocks: readonly Block[]): Block[][] {
  const groups: Block[][] = [];
  for (const block of blocks) {
    const group = groups.at(-1);
    if (group && block.from - group.at(-1)!.to <= 2 * CONTEXT) group.push(block);
    else groups.push([block]);
  }
  return groups;
}

function hunkOf(
  group: readonly Block[],
  old: readonly string[],
  fresh: readonly string[],
): StructuredPatchHunk {
  const [first, last] = [group[0]!, group.at(-1)!];
  const above = Math.min(CONTEXT, first.from);
  const below = Math.min(CONTEXT, old.length - last.to);
  const lines: string[] = [];
  const add = (sign: string, some: readonly string[]): void => {
    for (const line of some)
      if (line.endsWith('\n')) lines.push(sign + line.slice(0, -1));
      else lines.push(sign + line, '\\ No newline at end of file');
  };
  let at = first.from - above;
  for (const block of group) {
    add(' ', old.slice(at, block.from));
    add('-', old.slice(block.from, block.to));
    add('+', fresh.slice(block.newFrom, block.newTo));
    at = block.to;
  }
  add(' ', old.slice(at, last.to + below));
  return {
    oldStart: first.from - above + 1,
    oldLines: last.to + below - (first.from - above),
    newStart: first.newFrom - above + 1,
    newLines: last.newTo + below - (first.newFrom - above),
    lines,
  };
}
