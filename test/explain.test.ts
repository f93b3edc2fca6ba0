// Explanations: which class a target names, and what is said about it and about a rule.
import { describe, expect, test } from 'vitest';
import { explainClass, type SourceLine } from '../src/7-report/explain.js';
import {
  explainRule,
  findRule,
  looksLikeRule,
  noSuchRule,
  rulesTable,
} from '../src/7-report/explain-rules.js';
import type { ClassRef, Decision, Evidence, Reason, Report } from '../src/model/decision.js';
import type { RuleDoc } from '../src/model/rule-doc.js';

const SOURCES: Readonly<Record<string, readonly string[]>> = {
  'shop/models.py': [
    'class Order:',
    '    def __init__(self, id):',
    '        self.id = id',
    '\tself.注文, self.z = 1, 2',
  ],
  'shop/views.py': [
    'def paint(order):',
    '    order.colour = "\x1b[31mred"  ',
    `    ${'x'.repeat(300)}.y = 1`,
  ],
};

const sourceLine: SourceLine = (path, line) => SOURCES[path]?.[line - 1] ?? null;

function seen(path: string, line: number, column: number, says: string): Evidence {
  return { at: { path, offset: line * 1000 + column, line, column }, says };
}

function cls(path: string, qualname: string, line = 1): ClassRef {
  const module = path.replace(/\.py$/, '').replaceAll('/', '.');
  const bare = qualname.replace(/#\d+$/, '');
  return {
    id: `${path}:${qualname}`,
    dotted: `${module}:${bare}`,
    name: bare.split('.').at(-1) ?? '',
    qualname: bare,
    at: { path, offset: line * 1000, line, column: 7 },
  };
}

function reason(evidence: readonly Evidence[], level: Reason['level'] = 'blocks'): Reason {
  return {
    code: 'SLT201',
    name: 'outside-write',
    level,
    says: 'Order gets an attribute from outside its body',
    unlock: 'declare .colour in Order',
    evidence,
  };
}

function refuse(ref: ClassRef, ...evidence: readonly Evidence[]): Decision {
  return { kind: 'refuse', cls: ref, ignored: [], reasons: [reason(evidence)] };
}

function rewrite(ref: ClassRef, ...stores: readonly Evidence[]): Decision {
  return {
    kind: 'rewrite',
    cls: ref,
    ignored: [],
    transform: 'plain-slots',
    slots: [
      { name: 'id', stores },
      { name: '__weakref__', stores: [] },
    ],
    footprint: { moved: 1, slotted: 0, weakref: false, base: 'object' },
    applicability: 'safe',
    doubts: [],
    cautions: ['.id is no longer a class attribute'],
  };
}

function report(...decisions: readonly Decision[]): Report {
  return {
    root: '/project',
    decisions,
    changes: [],
    problems: [],
    remarks: [],
    notes: [],
    files: { targets: 2, evidence: 0 },
    python: { oldest: [3, 9], newest: [3, 13], from: 'default' },
    unsafeFixes: false,
  };
}

const order = cls('shop/models.py', 'Order');

describe('the answer', () => {
  test('of a refusal: reason, evidence with a caret, what would unlock it', () => {
    const answer = explainClass(
      report(refuse(order, seen('shop/views.py', 2, 11, 'stores .colour'))),
      'Order',
      sourceLine,
    );
    expect(answer).toEqual({
      kind: 'found',
      text: [
        'shop.models:Order  (shop/models.py:1:7)',
        'is left alone: slots would break something or save nothing',
        '',
        'SLT201 outside-write: Order gets an attribute from outside its body',
        '  shop/views.py:2:11: stores .colour',
        '      order.colour = "\\x1b[31mred"',
        '            ^',
        '  to unlock: declare .colour in Order',
        '',
      ].join('\n'),
    });
  });

  test('of a rewrite: slots, each with its stores', () => {
    const { text } = explainClass(
      report(rewrite(order, seen('shop/models.py', 3, 9, 'stores .id'))),
      'Order',
      sourceLine,
    );
    expect(text).toBe(
      [
        'shop.models:Order  (shop/models.py:1:7)',
        'gets slots: id, __weakref__  [plain-slots, safe]',
        'estimated per instance: 152 -> 40 bytes on Python 3.9 to 3.10, 80 -> 40 on 3.11, 72 -> 40 on 3.12, 80 -> 40 on 3.13',
        'note: .id is no longer a class attribute',
        '',
        'id',
        '  shop/models.py:3:9: stores .id',
        '      self.id = id',
        '      ^',
        '',
        '__weakref__',
        '',
      ].join('\n'),
    );
  });

  test('of an unsafe rewrite says what it takes', () => {
    const decision: Decision = {
      kind: 'rewrite',
      ignored: [],
      cls: order,
      transform: 'plain-slots',
      slots: [],
      footprint: { moved: 1, slotted: 0, weakref: false, base: 'object' },
      applicability: 'unsafe',
      doubts: [reason([], 'doubts')],
      cautions: [],
    };
    const { text } = explainClass(report(decision), 'Order', sourceLine);
    expect(text).toContain('gets empty slots  [plain-slots, unsafe: only with --unsafe-fixes]\n');
    expect(text).toContain('SLT201 outside-write (doubt): ');
    const { text: taken } = explainClass({ ...report(decision), unsafeFixes: true }, 'Order', sourceLine);
    expect(taken).toContain('[plain-slots, unsafe]\n');
  });

  test('lines the caret up behind wide characters', () => {
    const { text } = explainClass(
      report(refuse(order, seen('shop/models.py', 4, 11, 'stores .z'))),
      'Order',
      sourceLine,
    );
    expect(text).toContain(
      `      self.注文, self.z = 1, 2\n      ${' '.repeat('self.'.length + 2 * '注文'.length + ', '.length)}^\n`,
    );
  });

  test('cuts a long line around the place', () => {
    const { text } = explainClass(
      report(refuse(order, seen('shop/views.py', 3, 306, 'stores .y'))),
      'Order',
      sourceLine,
    );
    const [source = '', caret = ''] = text.split('\n').slice(5, 7);
    expect(source.length).toBeLessThan(140);
    expect(source).toMatch(/^ {6}\.\.\.x+\.y = 1$/);
    expect(source[caret.indexOf('^')]).toBe('y');
  });

  test.each([40, 80, 100])('fits %d columns', width => {
    const seenAt = [seen('shop/views.py', 3, 306, 'stores .y'), seen('shop/views.py', 3, 5, 'stores .x')];
    const { text } = explainClass(report(refuse(order, ...seenAt)), 'Order', sourceLine, undefined, width);
    const sources = text.split('\n').filter(line => line.startsWith('      '));
    expect(sources.length).toBe(4);
    for (const line of sources) expect(line.length).toBeLessThanOrEqual(width);
  });

  test('survives places outside the file and counts what it leaves out', () => {
    const many = Array.from({ length: 12 }, (_, i) => seen('gone.py', i + 1, 1, 'stores .x'));
    const odd = seen('shop/models.py', 1, 500, 'stores .far');
    const { text } = explainClass(report(refuse(order, odd, ...many)), 'Order', sourceLine);
    expect(text).toContain('  gone.py:9:1: stores .x\n  and 3 more places\n');
    expect(text).toContain(`      class Order:\n      ${' '.repeat(12)}^\n`);
  });

  test('shows paths as asked', () => {
    const { text } = explainClass(report(refuse(order)), 'Order', sourceLine, path => `../${path}`);
    expect(text).toContain('(../shop/models.py:1:7)');
  });
});

describe('the target', () => {
  const all = report(
    refuse(order),
    refuse(cls('shop/models.py', 'Order.Line', 5)),
    refuse(cls('shop/cart.py', 'Line')),
    refuse(cls('shop/cart.py', 'Row', 3)),
    refuse(cls('shop/cart.py', 'Row#2', 9)),
  );
  const found = (target: string) => explainClass(all, target, sourceLine).text.split('\n')[0];

  test('may be dotted, a path, a shortened path or a name', () => {
    const answer = 'shop.models:Order  (shop/models.py:1:7)';
    for (const target of [
      'shop.models:Order',
      'shop/models.py:Order',
      './shop/models.py:Order',
      'models.py:Order',
      'Order',
      'shop.models.Order',
      'shop\\models.py:Order',
    ]) {
      expect(found(target), target).toBe(answer);
    }
    expect(found('Order.Line')).toBe('shop.models:Order.Line  (shop/models.py:5:7)');
    // A class of the module comes before one inside another class.
    expect(found('Line')).toBe('shop.cart:Line  (shop/cart.py:1:7)');
    expect(found('shop/cart.py:Row#2')).toBe('shop.cart:Row  (shop/cart.py:9:7)');
  });

  test('a part of a name is not enough', () => {
    expect(explainClass(all, 'rder', sourceLine).kind).toBe('unknown');
    expect(explainClass(all, 'odels.py:Order', sourceLine).kind).toBe('unknown');
    expect(explainClass(all, '', sourceLine).kind).toBe('unknown');
  });

  test('several classes are listed by names that tell them apart', () => {
    expect(explainClass(all, 'Row', sourceLine)).toEqual({
      kind: 'ambiguous',
      text: [
        'Row may mean 2 classes:',
        '  shop/cart.py:Row  (shop/cart.py:3:7)',
        '  shop/cart.py:Row#2  (shop/cart.py:9:7)',
        '',
      ].join('\n'),
    });
    expect(found('shop/cart.py:Row')).toBe('shop.cart:Row  (shop/cart.py:3:7)');
  });

  test('a misspelt name gets the nearest ones', () => {
    const { kind, text } = explainClass(all, 'shop.models:Ordr', sourceLine);
    expect(kind).toBe('unknown');
    expect(text).toContain('no class shop.models:Ordr in');
    expect(text).toContain('did you mean shop.models:Order?');
    const { text: strange } = explainClass(all, 'Zebrafish\x1b', sourceLine);
    expect(strange).toMatch(/^no class Zebrafish\\x1b in/);
    expect(strange).not.toContain('did you mean');
  });
});

describe('a rule', () => {
  const rules: readonly RuleDoc[] = [
    {
      code: 'SLT101',
      name: 'base-has-dict',
      level: 'skips',
      title: 'A base has a `__dict__`.',
      why: 'Nothing is saved.',
      unlock: 'Slot the base.',
    },
    {
      code: 'SLT201',
      name: 'outside-write',
      level: 'blocks',
      title: 'Code stores `a | b`.',
      why: 'That line raises.\n',
      unlock: 'Declare\nit.',
    },
  ];

  test('is found by code or name', () => {
    expect(findRule(rules, 'slt201')?.name).toBe('outside-write');
    expect(findRule(rules, 'outside-write')?.code).toBe('SLT201');
    expect(findRule(rules, 'Order')).toBeUndefined();
  });

  test('is not mistaken for a class', () => {
    for (const target of ['SLT999', 'slt1', 'outside-wite']) expect(looksLikeRule(target)).toBe(true);
    for (const target of ['Order', 'SLT', 'a-b/models.py:Order', 'shop.models:Order']) {
      expect(looksLikeRule(target)).toBe(false);
    }
    const all = 'slotify explain --all tells all of them\n';
    expect(noSuchRule(rules, 'outside-wite')).toBe(
      `no rule outside-wite\ndid you mean SLT201 (outside-write)?\n${all}`,
    );
    expect(noSuchRule(rules, 'far-from-any')).toBe(`no rule far-from-any\n${all}`);
  });

  test('is explained', () => {
    expect(explainRule(rules[1]!)).toBe(
      [
        'SLT201 outside-write',
        'Code stores `a | b`.',
        '',
        'blocks: the class is left alone',
        '',
        'That line raises.',
        '',
        'To unlock: Declare\nit.',
        '',
      ].join('\n'),
    );
  });

  test('is a row of the table', () => {
    expect(rulesTable(rules)).toBe(
      [
        '| Code | Name | What it sees | What unlocks the class |',
        '| --- | --- | --- | --- |',
        '| SLT101 | `base-has-dict` | A base has a `__dict__`. | Slot the base. |',
        '| SLT201 | `outside-write` | Code stores `a \\| b`. | Declare it. |',
        '',
      ].join('\n'),
    );
  });
});
