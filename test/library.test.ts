// The entry that other programs use: texts in, a report out.
import { describe, expect, test } from 'vitest';
import { loadEngine } from '../src/2-parse/engine.js';
import { analyse, type Decision, type Report } from '../src/slotify.js';

const MODELS = `"""Orders."""


class Order:
    """What a customer asked for."""

    def __init__(self, number, lines=()):
        self.number = number
        self.lines, self.total = list(lines), 0
        self._open = True

    def close(self):
        self.closed_by = "desk"
        self._open = False


class Gift(Order):
    def wrap(self, paper):
        self.paper = paper
`;

const VIEWS = `from models import Gift, Order


class Page:
    def __init__(self, order: Order):
        self.order = order


def show():
    page = Page(Gift(1))
    page.order.seen = True
    return page
`;

const FILES = [
  { path: 'views.py', text: VIEWS },
  { path: 'models.py', text: MODELS },
];

const decisionOn = (report: Report, name: string): Decision =>
  report.decisions.find(d => d.cls.name === name)!;
const slotsOf = (report: Report, name: string): readonly string[] | null => {
  const decision = decisionOn(report, name);
  return decision.kind === 'rewrite' ? decision.slots.map(s => s.name) : null;
};

describe('two modules', async () => {
  const report = await analyse(FILES);

  test('decisions by file and line, classes under one id each', () => {
    expect(report.decisions.map(d => [d.kind, d.cls.id, d.cls.dotted, d.cls.at.line])).toEqual([
      ['rewrite', 'models.py:Order', 'models:Order', 4],
      ['rewrite', 'models.py:Gift', 'models:Gift', 17],
      ['rewrite', 'views.py:Page', 'views:Page', 4],
    ]);
  });

  test('slots in order of first assignment, with the stores that need them', () => {
    expect(slotsOf(report, 'Page')).toEqual(['order']);
    expect(slotsOf(report, 'Order')!.slice(0, 5)).toEqual(['number', 'lines', 'total', '_open', 'closed_by']);
    const order = decisionOn(report, 'Order');
    const open = order.kind === 'rewrite' ? order.slots.find(s => s.name === '_open') : undefined;
    expect(open?.stores.map(e => [e.at.path, e.at.line])).toEqual([
      ['models.py', 10],
      ['models.py', 14],
    ]);
  });

  test('an attribute that another module stores goes to a class that every receiver has', () => {
    const owners = ['Order', 'Gift'].filter(name => slotsOf(report, name)!.includes('seen'));
    expect(owners).toEqual(['Order']);
    expect(slotsOf(report, 'Gift')).toEqual(['paper']);
  });

  test('new texts, nothing else touched', () => {
    expect(report.problems).toEqual([]);
    expect(report.changes.map(c => [c.path, c.classes])).toEqual([
      ['models.py', ['models.py:Order', 'models.py:Gift']],
      ['views.py', ['views.py:Page']],
    ]);
    const [models, views] = report.changes;
    expect(models!.before).toBe(MODELS);
    expect(models!.after).toBe(
      MODELS.replace(
        'asked for."""\n',
        'asked for."""\n\n    __slots__ = ("number", "lines", "total", "_open", "closed_by", "seen")\n',
      ).replace('class Gift(Order):\n', 'class Gift(Order):\n    __slots__ = ("paper",)\n\n'),
    );
    expect(views!.after).toBe(VIEWS.replace('class Page:\n', 'class Page:\n    __slots__ = ("order",)\n\n'));
  });

  test('the report is plain data', () => {
    expect(structuredClone(report)).toEqual(report);
    expect(report.root).toBe('/');
    expect(report.files).toEqual({ targets: 2, evidence: 0 });
    expect(report.unsafeFixes).toBe(false);
    expect(report.python).toMatchObject({ oldest: [3, 8], newest: [3, 13] });
  });

  test('the order of the files does not matter, and neither does a second run', async () => {
    expect(await analyse(FILES.toReversed())).toEqual(report);
    const after = report.changes.map(c => ({ path: c.path, text: c.after }));
    const again = await analyse(after);
    expect(again.changes).toEqual([]);
    expect(new Set(again.decisions.map(d => d.kind))).toEqual(new Set(['leave']));
  });

  test('either parser', async () => {
    for (const name of ['native', 'wasm'] as const) {
      const engine = await loadEngine(name).catch(() => null);
      if (engine) expect(await analyse(FILES, { engine })).toEqual(report);
    }
  });
});

test('nothing at all', async () => {
  expect(await analyse([])).toMatchObject({ decisions: [], changes: [], problems: [] });
  expect(await analyse([{ path: 'a.py', text: '' }])).toMatchObject({ decisions: [], changes: [] });
});

test('tests and other evidence are read, not rewritten', async () => {
  const [model] = FILES.filter(f => f.path === 'models.py');
  const spoiler = 'from models import Order\n\nclass Stub(Order): pass\n\nOrder(1).tag = 2\nStub(1)\n';
  const byName = await analyse([model!, { path: 'test_models.py', text: spoiler }]);
  expect(byName.decisions.map(d => [d.cls.name, d.kind])).toEqual([
    ['Order', 'refuse'],
    ['Gift', 'refuse'],
  ]);
  expect(byName.files).toEqual({ targets: 1, evidence: 1 });
  const order = decisionOn(byName, 'Order');
  const [reason] = order.kind === 'refuse' ? order.reasons : [];
  expect(reason).toMatchObject({ code: 'SLT201', evidence: [{ at: { path: 'test_models.py', line: 5 } }] });

  const asTarget = await analyse([model!, { path: 'test_models.py', text: spoiler, role: 'target' }]);
  expect(slotsOf(asTarget, 'Order')).toContain('tag');
  const asEvidence = await analyse([
    { ...model!, role: 'evidence' },
    { path: 'app.py', text: spoiler },
  ]);
  expect(asEvidence.changes).toEqual([]);
});

describe('options', () => {
  const point =
    'class Point:\n    def __init__(self):\n        self.across = 1\n        self.down = 2\n\nPoint()\n';

  test('lineLength', async () => {
    const after = async (lineLength: number) =>
      (await analyse([{ path: 'p.py', text: point }], { lineLength })).changes[0]!.after;
    const line = '    __slots__ = ("across", "down")';
    expect(await after(line.length)).toContain(`${line}\n`);
    expect(await after(line.length - 1)).toContain(
      '    __slots__ = (\n        "across",\n        "down",\n    )\n',
    );
  });

  test('unsafeFixes decides what is changed, not what is found', async () => {
    const text = `${point}\ndef paint(thing):\n    print(thing.across, thing.down)\n    thing.colour = 1\n`;
    const safe = await analyse([{ path: 'p.py', text }]);
    const unsafe = await analyse([{ path: 'p.py', text }], { unsafeFixes: true });
    expect(safe.decisions).toEqual(unsafe.decisions);
    expect(safe.decisions).toMatchObject([{ kind: 'rewrite', applicability: 'unsafe' }]);
    const [decision] = safe.decisions;
    expect(decision?.kind === 'rewrite' && decision.doubts.map(d => d.level)).toEqual(['doubts']);
    expect(safe.changes).toEqual([]);
    expect(unsafe.changes.map(c => c.path)).toEqual(['p.py']);
    expect(unsafe.unsafeFixes).toBe(true);
  });

  test('python: dataclasses take slots=True from 3.10 on', async () => {
    const text =
      'from dataclasses import dataclass\n\n\n@dataclass\nclass Point:\n    x: int\n    y: int = 0\n\n\nPoint(1)\n';
    const on = (oldest: readonly [number, number]) =>
      analyse([{ path: 'p.py', text }], { python: { oldest, newest: [3, 13], from: 'test' } });
    const older = await on([3, 9]);
    expect(older.decisions).toMatchObject([{ kind: 'refuse', reasons: [{ code: 'SLT601' }] }]);
    const newer = await on([3, 10]);
    expect(newer.changes.map(c => c.after)).toEqual([
      text.replace('@dataclass\n', '@dataclass(slots=True)\n'),
    ]);
    expect(newer.python).toEqual({ oldest: [3, 10], newest: [3, 13], from: 'test' });
  });

  test('python: a base that loses its dict', async () => {
    const text =
      'from contextlib import AbstractContextManager\n\nclass Lock(AbstractContextManager):\n    def __init__(self):\n        self.held = False\n    def __exit__(self, *args): pass\n\nLock()\n';
    const kind = async (oldest: readonly [number, number]) =>
      (await analyse([{ path: 'p.py', text }], { python: { oldest, newest: [3, 13], from: 'test' } }))
        .decisions[0]!.kind;
    expect(await kind([3, 8])).toBe('refuse');
    expect(await kind([3, 13])).toBe('rewrite');
  });

  test('without: a rule switched off', async () => {
    const text = `${point}\nvars(Point())\n`;
    expect((await analyse([{ path: 'p.py', text }])).decisions[0]!.kind).toBe('refuse');
    const off = await analyse([{ path: 'p.py', text }], { without: ['SLT301'] });
    expect(off.decisions[0]!.kind).toBe('rewrite');
  });
});

describe('kinds of decision', () => {
  test.each([
    ['it has slots', 'class A:\n    __slots__ = ("x",)\nA()', 'SLT100'],
    ['an exception', 'class A(Exception):\n    def __init__(self): self.x = 1\nA()', 'SLT106'],
    ['an enumeration', 'import enum\nclass A(enum.Enum):\n    ONE = 1', 'SLT107'],
    ['a named tuple', 'from typing import NamedTuple\nclass A(NamedTuple):\n    x: int', 'SLT108'],
    ['no instances', 'class A:\n    def f(self): pass', 'SLT112'],
  ])('only skips leave a class: %s', async (_, text, code) => {
    const report = await analyse([{ path: 'a.py', text }]);
    expect(report.decisions).toHaveLength(1);
    const [decision] = report.decisions;
    expect(decision!.kind).toBe('leave');
    if (decision!.kind !== 'leave') return;
    expect(decision!.reasons[0].code).toBe(code);
    expect(decision!.reasons.every(r => r.level === 'skips')).toBe(true);
    expect(report.changes).toEqual([]);
  });

  test('one blocking reason refuses it, and every reason has a place', async () => {
    const text =
      'class A:\n    x = 0\n    def __init__(self):\n        self.x = 1\n        print(self.__dict__)\nA()\n';
    const report = await analyse([{ path: 'a.py', text }]);
    const [decision] = report.decisions;
    expect(decision?.kind).toBe('refuse');
    if (decision?.kind !== 'refuse') return;
    expect(decision.reasons.map(r => r.code)).toEqual(['SLT205', 'SLT301']);
    for (const { evidence } of decision.reasons)
      for (const { at } of evidence) expect(text.slice(0, at.offset).split('\n').length).toBe(at.line);
  });

  test('a file that cannot be parsed is a problem, and the others go on', async () => {
    const report = await analyse([
      { path: 'bad.py', text: 'class A:\n    def f(self:\n' },
      { path: 'good.py', text: 'class B:\n    def __init__(self):\n        self.x = 1\nB()\n' },
    ]);
    expect(report.problems.map(p => p.path)).toEqual(['bad.py']);
    expect(report.problems[0]!.line).toBeGreaterThan(0);
    expect(report.changes.map(c => c.path)).toEqual(['good.py']);
  });
});

test('a BOM and the newlines stay', async () => {
  const text = '\ufeffclass A:\r\n    def __init__(self):\r\n        self.x = 1\r\n\r\nA()\r\n';
  const report = await analyse([{ path: 'a.py', text }]);
  expect(report.changes[0]!.coding).toEqual({ name: 'utf-8', bom: true });
  expect(report.changes[0]!.after).toBe(
    text.slice(1).replace('class A:\r\n', 'class A:\r\n    __slots__ = ("x",)\r\n\r\n'),
  );
});

test('slots that are there already and never assigned are no obstacle to judging the class', async () => {
  const text =
    'class Shape:\n    def area(self):\n        return 0\n\n\nclass Square(Shape):\n    __slots__ = ("area", "side")\n\n\nSquare()\n';
  const report = await analyse([{ path: 'shapes.py', text }]);
  expect(report.decisions.map(d => [d.cls.name, d.kind])).toEqual([
    ['Shape', 'rewrite'],
    ['Square', 'leave'],
  ]);
});
