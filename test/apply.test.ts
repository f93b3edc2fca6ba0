// Edits become text only when they are in order, in bounds and apart.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdits } from '../src/6-edit/apply.js';
import { verifyEdited } from '../src/6-edit/verify.js';

const edit = (start: number, end: number, text: string, cls = 'A') => ({ start, end, text, cls });

describe('applyEdits', () => {
  test.each([
    ['backwards', [edit(3, 2, 'x')], 'ends before it starts'],
    ['below zero', [edit(-1, 0, 'x')], 'outside'],
    ['behind the end', [edit(4, 99, 'x')], 'outside'],
    ['no integer', [edit(1.5, 2, 'x')], 'no integer'],
    ['no number', [edit(Number.NaN, 2, 'x')], 'no integer'],
    ['out of order', [edit(4, 4, 'x'), edit(2, 2, 'y')], 'stands before it'],
    ['overlap', [edit(1, 4, 'x'), edit(3, 5, 'y')], 'overlaps'],
    ['insertion in a replaced range', [edit(1, 4, 'x'), edit(2, 2, 'y')], 'overlaps'],
    ['insertion at the start of a range, behind it', [edit(1, 4, 'x'), edit(1, 1, 'y')], 'overlaps'],
    ['two classes at one place', [edit(1, 1, 'x'), edit(1, 1, 'y', 'B')], 'the same place'],
  ])('refuses edits %s', (_name, edits, problem) => {
    expect(applyEdits('abcdef', edits)).toEqual({ problem: expect.stringContaining(problem) });
  });

  test('refuses to cut a newline or a character', () => {
    expect(applyEdits('a\r\nb', [edit(2, 2, 'x')])).toHaveProperty('problem');
    expect(applyEdits('a🐍b', [edit(0, 2, 'x')])).toHaveProperty('problem');
    expect(applyEdits('a\r\nb', [edit(1, 3, '\n')])).toEqual({ text: 'a\nb' });
    expect(applyEdits('\n\rb', [edit(1, 1, 'x')])).toEqual({ text: '\nx\rb' });
  });

  test.each([
    ['nothing', [], 'abcdef'],
    ['at both ends', [edit(0, 0, '<'), edit(6, 6, '>')], '<abcdef>'],
    ['a replacement and a removal', [edit(1, 2, 'BB'), edit(3, 5, '')], 'aBBcf'],
    ['the whole text', [edit(0, 6, 'x')], 'x'],
    ['an insertion before a replacement', [edit(0, 0, '<'), edit(0, 2, 'AB')], '<ABcdef'],
    ['an insertion behind a replacement', [edit(0, 2, 'AB'), edit(2, 2, '|'), edit(2, 3, 'C')], 'AB|Cdef'],
    ['an insertion behind a removal', [edit(0, 2, ''), edit(2, 2, '|')], '|cdef'],
    ['two insertions of one class', [edit(2, 2, '1'), edit(2, 2, '2')], 'ab12cdef'],
  ])('applies %s', (_name, edits, text) => {
    expect(applyEdits('abcdef', edits)).toEqual({ text });
  });

  test('an empty text', () => {
    expect(applyEdits('', [edit(0, 0, 'x')])).toEqual({ text: 'x' });
  });

  test('does what cutting and joining does, for any edits in order', () => {
    const pieces = fc.array(
      fc.record({ skip: fc.nat(4), take: fc.nat(4), text: fc.constantFrom('', 'x', '\n', 'long') }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 100 }), pieces, (text, parts) => {
        let at = 0;
        let from = 0;
        let expected = '';
        const edits = parts.map(({ skip, take, text: inserted }) => {
          const start = at + skip;
          at = start + take;
          expected += text.slice(from, start) + inserted;
          from = at;
          return edit(start, at, inserted);
        });
        expected += text.slice(from);
        const cut = edits.some(({ start, end }) =>
          [start, end].some(o => text.slice(Math.max(0, o - 1), o + 1) === '\r\n'),
        );
        fc.pre(!cut);
        expect(applyEdits(text, edits)).toEqual({ text: expected });
        expect(verifyEdited(text, expected, edits)).toBeNull();
      }),
    );
  });
});
