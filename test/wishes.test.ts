// What users say in comments and settings: skip, ignore, and what is said about comments that do nothing.
import { describe, expect, test } from 'vitest';
import { loadEngine } from '../src/2-parse/engine.js';
import { collect } from '../src/3-facts/collect.js';
import { classPatterns } from '../src/5-decide/patterns.js';
import { analyse, type Report } from '../src/slotify.js';

const engine = await loadEngine();
const directives = (text: string) =>
  collect(text, engine.parse).directives.map(({ says, cls, at }) => [
    text.slice(at).split('\n')[0],
    says,
    cls,
  ]);

describe('comments become facts', () => {
  test.each([
    ['class A:  # slotify: skip\n    pass\n', 0],
    ['class A: pass  # slotify: skip\n', 0],
    ['@deco  # slotify: skip\n@other\nclass A:\n    pass\n', 0],
    ['@deco\n# slotify: skip\nclass A:\n    pass\n', 0],
    ['class A(\n    B,  # slotify: skip\n):\n    pass\n', 0],
    ['class A(\n    B,\n):  # noqa # slotify: skip\n    pass\n', 0],
    ['class O:\n    class I:  # slotify: skip\n        pass\n', 1],
    ['class A:\r\n    pass\r\n# slotify: skip\r\n', -1],
    ['# slotify: skip\nclass A:\n    pass\n', -1],
    ['class A:\n    # slotify: skip\n    pass\n', -1],
  ])('%j stands on class %d', (text, cls) => {
    expect(directives(text).map(([, says, at]) => [says, at])).toEqual([[{ kind: 'skip' }, cls]]);
  });

  test.each([
    ['ignore[a]', { kind: 'ignore', reasons: ['a'] }],
    ['ignore[ SLT201 ,outside-write ] because', { kind: 'ignore', reasons: ['SLT201', 'outside-write'] }],
    ['SKIP, plugins write here', { kind: 'skip' }],
    ['ignore', { kind: 'unknown', text: 'ignore' }],
    ['ignore[]', { kind: 'unknown', text: 'ignore[]' }],
    ['skip-file', { kind: 'unknown', text: 'skip-file' }],
    ['skipped', { kind: 'unknown', text: 'skipped' }],
  ])('%s', (text, says) => {
    expect(directives(`class A:  #slotify:${text}\n    pass\n`)).toEqual([[`#slotify:${text}`, says, 0]]);
  });

  test('strings are none', () => {
    expect(directives('class A:\n    """# slotify: skip"""\n    x = f"# slotify: skip {1}"\n')).toEqual([]);
  });
});

describe('patterns', () => {
  const cls = { id: '', dotted: 'shop.models:Order.Line', name: 'Line', qualname: 'Order.Line', at: null! };
  test.each([
    ['Line', true],
    ['L*', true],
    ['Order.*', true],
    ['shop.models:*', true],
    ['shop.*:Order.L?ne', true],
    ['*', true],
    ['Lin', false],
    ['shop.models', false],
    ['shop.model:*', false],
    ['line', false],
    ['shop+models:*', false],
    ['(*', false],
  ])('%s: %s', (pattern, expected) => {
    expect(classPatterns([pattern])(cls)).toBe(expected);
  });
});

const OPEN = `class Row:  # slotify: ignore[computed-store]
    def __init__(self, **more):
        self.key = 1
        for name in more:
            setattr(self, name, more[name])
`;
const of = (report: Report, name: string) => report.decisions.find(d => d.cls.name === name)!;
const one = (text: string, options = {}) => analyse([{ path: 'm.py', text }], { engine, ...options });

describe('ignored reasons', () => {
  test('do not count, and are kept for those who ask', async () => {
    const report = await one(OPEN);
    const decision = of(report, 'Row');
    expect(decision).toMatchObject({ kind: 'rewrite', applicability: 'safe', slots: [{ name: 'key' }] });
    expect(decision.ignored.map(r => r.name)).toEqual(['computed-store']);
    expect(report.remarks).toEqual([]);
  });

  test('count where only another reason is ignored', async () => {
    const report = await one(OPEN.replace('computed-store', 'outside-write'));
    expect(of(report, 'Row').kind).toBe('refuse');
    expect(report.remarks).toEqual([
      {
        path: 'm.py',
        line: 1,
        message: 'Ignoring outside-write does nothing: it does not hold for Row. Delete it.',
      },
    ]);
  });

  test('by file and by class', async () => {
    const text = OPEN.replace(/ {2}#.*/, '');
    const kind = async (options: object) => of(await one(text, options), 'Row').kind;
    expect(await kind({})).toBe('refuse');
    expect(await kind({ perFileIgnores: { 'm.py': ['SLT202'] } })).toBe('rewrite');
    expect(await kind({ perFileIgnores: { 'other/*': ['SLT202'] } })).toBe('refuse');
    expect(await kind({ perClassIgnores: { 'm:R*': ['computed-store'] } })).toBe('rewrite');
    expect(await kind({ perClassIgnores: { 'n:*': ['computed-store'] } })).toBe('refuse');
  });

  test('are never those for which Python would refuse the class', async () => {
    const text =
      'class A:  # slotify: ignore[class-default]\n    x = 0\n    def f(self):\n        self.x = 1\n';
    const report = await one(text, { perClassIgnores: { '*': ['class-default'] } });
    expect(of(report, 'A').kind).toBe('refuse');
    expect(report.remarks[0]?.message).toMatch(
      /^class-default cannot be ignored: A slot and a class variable/,
    );
  });
});

test('comments that do nothing are told, each with its line', async () => {
  const text = `# slotify: skip
class A:  # slotify: skp
    pass


class B:  # slotify: ignore[no-such-reason, SLT202]
    def __init__(self):
        self.x = 1


class C:  # slotify: skip, slotify: ignore[whatever]
    pass
`;
  const { remarks } = await one(text);
  expect(remarks.map(r => [r.line, r.message.replace(/[.:].*/, '')])).toEqual([
    [1, 'This comment does nothing'],
    [2, '"# slotify'],
    [6, 'There is no reason no-such-reason to ignore'],
    [6, 'Ignoring computed-store does nothing'],
  ]);
});

test('a class that is left alone on request takes its subclasses with it', async () => {
  const text =
    'class A:\n    def __init__(self):\n        self.x = 1\n\n\nclass B(A):\n    def go(self):\n        self.y = 1\n\n\nB()\n';
  const slotted = async (options: object) => (await one(text, options)).changes.length;
  expect(await slotted({})).toBe(1);
  expect(await slotted({ skip: ['A'] })).toBe(0);
  expect(await slotted({ transforms: [] })).toBe(0);
  const report = await one(text, { skip: ['m:A'] });
  expect(report.decisions.map(d => d.kind)).toEqual(['leave', 'refuse']);
});
