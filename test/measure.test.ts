// Measuring: against known sizes on every interpreter at hand, on classes that resist, and what a reader is told.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isOlder } from '../src/1-discover/python-range.js';
import { parseArguments } from '../src/cli/arguments.js';
import { resolveConfig } from '../src/config.js';
import type { Rewrite } from '../src/model/decision.js';
import { findInterpreters } from '../src/prove/interpreters.js';
import { type ClassMeasured, type MeasureOptions, measure } from '../src/prove/measure.js';
import { measureJson, measureMarkdown, measureText } from '../src/prove/measure-report.js';
import { slotify } from '../src/slotify.js';

const interpreters = findInterpreters().filter(i => !isOlder(i.version, [3, 8]));
const usual = interpreters[0]!;

const FIELDS = Array.from({ length: 31 }, (_, i) => `        self.field_${i} = ${i}`).join('\n');

const PROJECT: Readonly<Record<string, string>> = {
  'pyproject.toml': '[project]\nname = "shop"\nrequires-python = ">=3.10"\n',
  'src/shop/__init__.py': '',
  'src/shop/models.py': `class Record:
    def __init__(self, key, value, stamp):
        self.key = key
        self.value = value
        self.stamp = stamp

class Order:
    def __init__(self, number, customer, lines, total):
        self.number, self.customer, self.lines, self.total = number, customer, lines, total

class Event:
    def __init__(self, kind, at, source, target, payload):
        self.kind = kind
        self.at = at
        self.source = source
        self.target = target
        self.payload = payload

class Settings:
    def __init__(self):
${FIELDS}
`,
  'src/shop/odd.py': `import abc
import sys
from dataclasses import dataclass

print("noise", input.__name__, file=sys.stdout)

class Costly:
    def __init__(self):
        raise SystemExit("side effect")
        self.a = 1

class Shape(abc.ABC):
    def __init__(self):
        self._area = None

    @abc.abstractmethod
    def area(self): ...

@dataclass(frozen=True)
class Point:
    x: int
    y: int

class Names(list):
    def __init__(self, owner):
        super().__init__([owner])
        self.__owner = owner

    def owner(self):
        return self.__owner

class Pair:
    def __init__(self, left, right):
        self.left = left
        if right:
            self.right = right

def make():
    class Row:
        def __init__(self):
            self.cells = []
    return Row()

Pair(1, 2)
`,
  'src/shop/broken.py':
    'import no_such_module\n\nclass Lost:\n    def __init__(self):\n        self.x = 1\n\nLost()\n',
};

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'slotify-measure-test-'));
  for (const [path, text] of Object.entries(PROJECT)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function measured(
  names: readonly string[],
  pythons: readonly string[],
  more: Partial<MeasureOptions> = {},
): Promise<ReadonlyMap<string, ReadonlyMap<string, ClassMeasured>>> {
  const resolved = resolveConfig({ paths: [root], cwd: root });
  if ('problem' in resolved) throw new Error(resolved.problem);
  const report = await slotify(resolved.config);
  const classes = names.map(name => report.decisions.find(d => d.cls.name === name) as Rewrite);
  expect(classes.map(c => c.kind)).toEqual(names.map(() => 'rewrite'));
  const options = { pythons, classes, instances: 3000, factory: null, cwd: root, rounds: 3, ...more };
  const found = await measure(report, options);
  return new Map(found.map(m => [m.version, new Map(m.classes.map(c => [c.cls.name, c]))]));
}

/** Bytes with and without slots: 200,000 live instances, measured apart from this tool. */
const KNOWN: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>> = {
  Record: { '3.8': [152, 56], '3.11': [96, 56], '3.12': [88, 56], '3.13': [96, 56] },
  Event: { '3.8': [152, 72], '3.11': [112, 72], '3.12': [104, 72], '3.13': [112, 72] },
  Settings: { '3.8': [448, 280], '3.11': [1640, 280], '3.12': [1632, 280], '3.13': [1904, 280] },
};

test('the classic classes take what is known, on every interpreter', { timeout: 120_000 }, async () => {
  const pythons = [...new Map(interpreters.map(i => [i.version.join('.'), i.executable])).values()];
  const found = await measured(['Record', 'Order', 'Event', 'Settings'], pythons);
  expect(found.size).toBe(pythons.length);
  for (const [version, classes] of found) {
    const known = ['3.9', '3.10'].includes(version) ? '3.8' : version;
    for (const [name, sizes] of Object.entries(KNOWN)) {
      const each = classes.get(name)!;
      if (each.kind !== 'measured') throw new Error(each.problem);
      const expected = sizes[known];
      if (expected === undefined) continue;
      expect(Math.abs(each.before / expected[0] - 1), `${name} before on ${version}`).toBeLessThan(0.1);
      expect(Math.abs(each.after / expected[1] - 1), `${name} after on ${version}`).toBeLessThan(0.1);
      expect(each.peakBefore).toBeGreaterThan(each.before * 3000 * 0.99);
      for (const ratio of [each.create, each.read, each.write]) expect(ratio).toBeGreaterThan(0.05);
    }
    const order = classes.get('Order')!;
    if (order.kind !== 'measured') throw new Error(order.problem);
    // between the record and the event
    expect([version, Math.round(order.after)]).toEqual([version, 64]);
  }
});

test('what resists, and what is only said to', { timeout: 60_000 }, async () => {
  const names = ['Costly', 'Shape', 'Names', 'Row', 'Lost'];
  const found = (await measured(names, [usual.executable])).get(usual.version.join('.'))!;
  const kinds = names.map(name => found.get(name)!.kind);
  expect(kinds).toEqual(['measured', 'measured', 'measured', 'unmeasured', 'unmeasured']);
  expect(found.get('Names')).toMatchObject({ attributes: 1 });
  expect(found.get('Row')).toMatchObject({
    problem: expect.stringMatching(/Row can(not)? be reached|no class/),
  });
  expect(found.get('Lost')).toMatchObject({
    problem: "ModuleNotFoundError: No module named 'no_such_module'",
  });
});

test.skipIf(isOlder(usual.version, [3, 10]))('a frozen dataclass', { timeout: 60_000 }, async () => {
  const point = (await measured(['Point'], [usual.executable])).get(usual.version.join('.'))!.get('Point')!;
  if (point.kind !== 'measured') throw new Error(point.problem);
  expect(point).toMatchObject({ attributes: 2, write: null });
  expect(point.after).toBeLessThan(point.before);
});

test('a factory makes what the constructor makes', { timeout: 60_000 }, async () => {
  const version = usual.version.join('.');
  const given = { factory: 'Pair(1, None)' };
  const found = (await measured(['Pair'], [usual.executable], given)).get(version)!.get('Pair')!;
  const filled = (await measured(['Pair'], [usual.executable])).get(version)!.get('Pair')!;
  if (found.kind !== 'measured' || filled.kind !== 'measured') throw new Error('not measured');
  expect(found.after).toBe(filled.after);
  expect(found.before).toBeLessThanOrEqual(filled.before);
  const wrong = (await measured(['Pair'], [usual.executable], { factory: 'Pear()' }))
    .get(version)!
    .get('Pair')!;
  expect(wrong).toMatchObject({ kind: 'unmeasured', problem: "NameError: name 'Pear' is not defined" });
});

test('the tree is only read', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(f => f.includes('.'));
  expect(files.sort()).toEqual(Object.keys(PROJECT).sort());
  for (const [path, text] of Object.entries(PROJECT))
    expect(readFileSync(join(root, path), 'utf8')).toBe(text);
});

test('an interpreter that is none', async () => {
  await expect(measured(['Pair'], ['no-such-python'])).rejects.toThrow(
    'no-such-python is no Python interpreter that can be run',
  );
});

describe('what a reader is told', () => {
  const cls = (name: string): ClassMeasured['cls'] => ({
    id: `m.py:${name}`,
    dotted: `m:${name}`,
    name,
    qualname: name,
    at: { path: 'm.py', offset: 0, line: 3, column: 7 },
  });
  const classes: readonly ClassMeasured[] = [
    {
      kind: 'measured',
      cls: cls('Slow'),
      attributes: 3,
      before: 96,
      after: 56,
      peakBefore: 2 ** 21,
      peakAfter: 2 ** 20,
      create: 1.54,
      read: 1.02,
      write: null,
    },
    {
      kind: 'measured',
      cls: cls('Idle'),
      attributes: 0,
      before: 56,
      after: 56,
      peakBefore: 0,
      peakAfter: 0,
      create: 0.9,
      read: null,
      write: null,
    },
    {
      kind: 'unmeasured',
      cls: cls('Row'),
      problem: 'no <b>way</b>',
      estimate: { before: 80, after: 40, saved: 40 },
    },
  ];
  const report = {
    measured: [{ platform: 'CPython 3.13.0, Linux', version: '3.13', classes }],
    instances: 1000,
    factory: null,
    command: 'slotify measure m.py',
  };

  test('as text', () => {
    const lines = measureText(report).split('\n');
    expect(lines.slice(0, 6)).toEqual([
      'CPython 3.13.0, Linux, 1,000 instances of each class, made by an `__init__` that only stores their attributes',
      '',
      'class   before  after             saved  create   read  write',
      'm:Slow    96 B   56 B       40 B (42 %)   1.54x  1.02x      -',
      'm:Idle    56 B   56 B         0 B (0 %)   0.90x      -      -',
      'm:Row        -      -  (estimate: 40 B)       -      -      -',
    ]);
    expect(lines.slice(8)).toEqual([
      'Slots are slower on CPython 3.13.0, Linux: making an instance takes 1.54 times as long (m:Slow).',
      'Slots save nothing on CPython 3.13.0, Linux for m:Idle.',
      '2,000 instances together take 2.0 MiB at their peak without slots and 1.0 MiB with, on CPython 3.13.0, Linux.',
      'Not measured on CPython 3.13.0, Linux: m:Row: no <b>way</b>.',
      'To repeat: slotify measure m.py',
      '',
    ]);
  });

  test('as Markdown', () => {
    const text = measureMarkdown(report);
    expect(text).toContain('| `m:Slow` | 96 B | 56 B | 40 B (42 %) | 1.54x | 1.02x | - |\n');
    expect(text).toContain('m:Row: no \\<b\\>way\\</b\\>.');
    expect(text).toMatch(/```console\n\$ slotify measure m\.py\n```\n$/);
  });

  test('as JSON', () => {
    const data = JSON.parse(measureJson(report));
    expect(data.interpreters[0].classes[0]).toMatchObject({ class: 'm:Slow', before: 96, create: 1.54 });
    expect(data.interpreters[0].classes[2]).toMatchObject({ kind: 'unmeasured', estimate: { saved: 40 } });
  });
});

describe('the command line', () => {
  const parse = (...args: string[]) => parseArguments(args, { version: '0', cwd: '/p', width: 80 });

  test('takes several interpreters, and reads the packages of one given by its path', async () => {
    const command = await parse('measure', 'src', '--python', 'python3.9', '--python', '.venv');
    expect(command).toMatchObject({ kind: 'measure', pythons: ['python3.9', '.venv'], instances: 100_000 });
    expect(command).toMatchObject({ flags: { paths: ['src'] } });
    expect(command).not.toHaveProperty('flags.python');
    const other = await parse('measure', '--python', './.venv');
    expect(other).toMatchObject({ flags: { python: './.venv' } });
  });

  test.each([
    [['--instances', 'many'], '--instances is a number of instances, not many'],
    [['--factory', 'C()'], '--factory needs one --class that it makes'],
    [['--output-format', 'diff'], '--output-format takes "text", "markdown", "json", not "diff"'],
    [['--write'], 'this command does not take --write'],
  ])('refuses %j', async (args, message) => {
    expect(await parse('measure', ...args)).toEqual({ kind: 'misuse', message });
  });
});
