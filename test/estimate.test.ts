// Estimated savings: what a class consists of, sizes against known figures and against the interpreter at hand.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { estimateOf, estimateSaving, MEASURED, measuredIn } from '../src/5-decide/estimate.js';
import type { Footprint } from '../src/model/decision.js';
import { analyse } from '../src/slotify.js';

const folder = fileURLToPath(new URL('../src/5-decide/footprints/', import.meta.url));

async function footprints(text: string): Promise<Record<string, Footprint | string>> {
  const { decisions } = await analyse([{ path: 'm.py', text }]);
  return Object.fromEntries(
    decisions.map(d => [d.cls.name, d.kind === 'rewrite' ? d.footprint : d.reasons[0].name]),
  );
}

const plain = (moved: number, more: Partial<Footprint> = {}): Footprint => ({
  moved,
  slotted: 0,
  weakref: false,
  base: 'object',
  ...more,
});

describe('what an instance consists of', () => {
  test('attributes of rewritten classes above are counted once', async () => {
    const found = await footprints(
      'class Shape:\n    def __init__(self):\n        self.x = self.y = 0\n\n' +
        'class Circle(Shape):\n    def __init__(self):\n        super().__init__()\n        self.x = 1\n        self.r = 2\n\n' +
        'Circle()\nShape()\n',
    );
    expect(found).toEqual({ Shape: plain(2), Circle: plain(3) });
  });

  test('slots that were there before take no part in what moves', async () => {
    const found = await footprints(
      'class Row:\n    __slots__ = ("id", "__weakref__")\n\n' +
        'class Named(Row):\n    def __init__(self):\n        self.id = 1\n        self.name = ""\n\nNamed()\n',
    );
    expect(found).toEqual({ Row: 'already-slotted', Named: plain(1, { slotted: 1, weakref: true }) });
  });

  test('a weakly referenced class and a builtin base', async () => {
    const found = await footprints(
      'import weakref\n\nclass Node:\n    def __init__(self):\n        self.v = 1\n\nweakref.ref(Node())\n\n' +
        'class Names(list):\n    def __init__(self):\n        self.owner = 1\n\nNames()\n',
    );
    expect(found).toEqual({ Node: plain(1, { weakref: true }), Names: plain(1, { base: 'builtin' }) });
  });

  test('a class that is not rewritten has no estimate', async () => {
    const { decisions } = await analyse([{ path: 'm.py', text: 'class E(Exception):\n    pass\n' }]);
    expect(decisions.map(d => estimateSaving(d, [3, 12]))).toEqual([null]);
  });
});

describe('sizes', () => {
  // Measured apart from the table with 200,000 live instances, `__init__`, x86-64.
  test.each([
    [[3, 8], 3, 152, 56],
    [[3, 10], 5, 152, 72],
    [[3, 11], 5, 112, 72],
    [[3, 12], 10, 152, 112],
    [[3, 13], 20, 248, 192],
    [[3, 11], 31, 1640, 280],
    [[3, 13], 31, 1904, 280],
  ] as const)('on %j with %i attributes', (version, n, before, after) => {
    expect(estimateOf(plain(n), version)).toEqual({ before, after, saved: before - after });
  });

  test('a weak reference slot costs part of the gain', () => {
    expect(estimateOf(plain(3, { weakref: true }), [3, 12]).after).toBe(72);
    expect(estimateOf(plain(3, { weakref: true }), [3, 10]).after).toBe(64);
  });

  test('slots above are on both sides', () => {
    expect(estimateOf(plain(1, { slotted: 2 }), [3, 12])).toEqual({ before: 72 + 16, after: 56, saved: 32 });
  });

  test('beyond the table the gain does not shrink', () => {
    expect(estimateOf(plain(500), [3, 12]).saved).toBe(estimateOf(plain(64), [3, 12]).saved);
  });

  test('versions', () => {
    expect(MEASURED.map(v => v.join('.'))).toEqual(['3.8', '3.9', '3.10', '3.11', '3.12', '3.13']);
    expect(estimateOf(plain(3), [3, 15])).toEqual(estimateOf(plain(3), [3, 13]));
    expect(estimateOf(plain(3), [3, 6])).toEqual(estimateOf(plain(3), [3, 8]));
    expect(measuredIn({ oldest: [3, 11], newest: [3, 12] })).toEqual([
      [3, 11],
      [3, 12],
    ]);
    expect(measuredIn({ oldest: [3, 14], newest: [3, 15] })).toEqual([[3, 13]]);
  });

  test('the interpreter at hand measures what the table says', { timeout: 60_000 }, () => {
    const python = process.env.PYTHON ?? 'python3';
    const version = execFileSync(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
    const table = JSON.parse(readFileSync(`${folder}footprints.json`, 'utf8'));
    const measured = execFileSync(python, ['-I', '-S', '-B', `${folder}generate.py`], { encoding: 'utf8' });
    expect(JSON.parse(measured)).toEqual(table[version.toString().trim()]);
  });
});
