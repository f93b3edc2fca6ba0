// What is parsed again of a rewritten file: the statements that edits lie in, whole, and nothing else.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdits } from '../src/6-edit/apply.js';
import { excerptsOf } from '../src/6-edit/excerpts.js';

const insert = (at: number, text: string) => ({ start: at, end: at, text, cls: 'A' });
const rewritten = (before: string, edits: readonly ReturnType<typeof insert>[]) => {
  const applied = applyEdits(before, edits);
  if ('problem' in applied) throw new Error(applied.problem);
  return { before, after: applied.text, edits };
};
const texts = (before: string, edits: readonly ReturnType<typeof insert>[], ...statements: number[]) =>
  excerptsOf(rewritten(before, edits), Uint32Array.from(statements)).map(e => [e.before, e.after]);

test('an excerpt is the statement around an edit', () => {
  expect(texts('a\nbb\ncc\n', [insert(3, 'X')], 0, 2, 5)).toEqual([['bb\n', 'bXb\n']]);
  expect(texts('# a\nbb\n', [insert(1, 'X')], 4)).toEqual([['# a\n', '#X a\n']]);
  expect(texts('aa\nbb', [insert(5, 'X')], 0, 3)).toEqual([['bb', 'bbX']]);
});

test('an edit between two statements may belong to either of them', () => {
  expect(texts('a\nb\nc\n', [insert(2, 'X\n')], 0, 2, 4)).toEqual([['a\nb\n', 'a\nX\nb\n']]);
});

test('edits of one statement are in one excerpt, those of others in others', () => {
  expect(texts('aaa\nbbb\nccc\n', [insert(1, 'X'), insert(2, 'Y'), insert(10, 'Z')], 0, 4, 8)).toEqual([
    ['aaa\n', 'aXaYa\n'],
    ['ccc\n', 'ccZc\n'],
  ]);
});

test('without statements an excerpt is the whole text', () => {
  expect(texts('a\nb\n', [insert(2, 'X')])).toEqual([['a\nb\n', 'a\nXb\n']]);
});

test('each excerpt is edited as the text is, and holds all that changes', () => {
  const text = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const places = fc
    .uniqueArray(fc.nat(text.length), { maxLength: 8 })
    .map(list => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(places, places, (at, starts) => {
      const edits = at.map(place => insert(place, `<${place}>`));
      const whole = rewritten(text, edits);
      let after = text;
      const excerpts = excerptsOf(whole, Uint32Array.from(starts));
      for (const e of excerpts) {
        expect(applyEdits(e.before, e.edits)).toEqual({ text: e.after });
        after = after.replace(e.before, e.after);
      }
      expect(excerpts.flatMap(e => e.edits)).toHaveLength(edits.length);
      expect(after).toBe(whole.after);
    }),
  );
});
