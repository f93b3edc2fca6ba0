// Reporters: diffs that git and patch apply to the byte, JSON that fits its schema, a summary of few lines.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { diffLines } from 'diff';
import pc from 'picocolors';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encode } from '../src/1-discover/decode.js';
import { diffBytes, diffText } from '../src/7-report/diff.js';
import { reportJson } from '../src/7-report/json.js';
import schema from '../src/7-report/report.schema.json' with { type: 'json' };
import { cautionLines, leftAlone, problemLine, summary } from '../src/7-report/text.js';
import { blanks, visible } from '../src/7-report/visible.js';
import type { Change, ClassRef, Decision, Edit, Place, Reason, Report } from '../src/model/decision.js';
import type { Coding } from '../src/model/source.js';

const UTF8: Coding = { name: 'utf-8', bom: false };
const plain = pc.createColors(false);

function change(path: string, before: string, after: string, coding: Coding = UTF8): Change {
  const id = `${path}:Order`;
  return {
    path,
    file: `/project/${path}`,
    before,
    after,
    coding,
    edits: edits(before, after, id),
    classes: [id],
  };
}

/** The edits that make one text of another, line by line. */
function edits(before: string, after: string, cls: string): Edit[] {
  const found: Edit[] = [];
  let at = 0;
  for (const { added, removed, value } of diffLines(before, after)) {
    const edit = { start: at, end: removed ? at + value.length : at, text: added ? value : '', cls };
    if (added || removed) found.push(edit);
    if (!added) at += value.length;
  }
  return found;
}

function place(path: string, line: number, column = 1): Place {
  return { path, offset: line * 100 + column, line, column };
}

function cls(name: string, path = 'shop/models.py', line = 1): ClassRef {
  return {
    id: `${path}:${name}`,
    dotted: `shop.models:${name}`,
    name,
    qualname: name,
    at: place(path, line, 7),
  };
}

function reason(name: string, level: Reason['level'] = 'blocks'): Reason {
  return {
    code: 'SLT201',
    name,
    level,
    says: 'it gets an attribute from outside its body',
    unlock: 'declare the attribute in the class',
    evidence: [{ at: place('shop/views.py', 9, 5), says: 'stores .colour' }],
  };
}

function refuse(name: string, ...reasons: string[]): Decision {
  const [first = 'outside-write', ...rest] = reasons;
  return {
    kind: 'refuse',
    cls: cls(name),
    ignored: [],
    reasons: [reason(first), ...rest.map(other => reason(other))],
  };
}

function rewrite(name: string, applicability: 'safe' | 'unsafe' = 'safe'): Decision {
  return {
    kind: 'rewrite',
    cls: cls(name),
    ignored: [],
    transform: 'plain-slots',
    slots: [{ name: 'total', stores: [{ at: place('shop/models.py', 3, 9), says: 'stores .total' }] }],
    footprint: { moved: 1, slotted: 0, weakref: false, base: 'object' },
    applicability,
    doubts: applicability === 'safe' ? [] : [reason('public-base', 'doubts')],
    cautions: ['the default of .total is gone from the class'],
  };
}

function report(parts: Partial<Report>): Report {
  return {
    root: '/project',
    decisions: [],
    changes: [],
    problems: [],
    remarks: [],
    notes: [],
    files: { targets: 5, evidence: 2 },
    python: { oldest: [3, 9], newest: [3, 13], from: 'requires-python in pyproject.toml' },
    unsafeFixes: false,
    ...parts,
  };
}

describe('diff', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'slotify-diff-'));
    git('init', '-q');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function git(...args: string[]): void {
    const env = { ...process.env, HOME: root, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
    execFileSync('git', args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  function put(changes: readonly Change[]): void {
    for (const { path, before, coding } of changes) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), encode(before, coding));
    }
  }

  function expectAfter(changes: readonly Change[]): void {
    for (const { path, after, coding } of changes) {
      const bytes = readFileSync(join(root, path)).toString('latin1');
      expect(bytes, path).toBe(Buffer.from(encode(after, coding)).toString('latin1'));
    }
  }

  /** Both tools turn every `before` on disk into `after`, byte for byte. */
  function expectApplies(...changes: readonly Change[]): void {
    const file = join(root, '..', `${root.split('/').at(-1)}.patch`);
    writeFileSync(file, Buffer.concat(changes.map(each => diffBytes(each, encode))));
    try {
      put(changes);
      git('apply', '--check', file);
      git('apply', file);
      expectAfter(changes);
      put(changes);
      for (const dry of [['--dry-run'], []]) {
        const args = ['-p1', '--batch', '--fuzz=0', ...dry, '-i', file];
        const patch = spawnSync('patch', args, { cwd: root, encoding: 'utf8' });
        expect(patch.status, patch.stdout + patch.stderr).toBe(0);
      }
      expectAfter(changes);
    } finally {
      rmSync(file, { force: true });
    }
  }

  const BEFORE = 'class Order:\n    def __init__(self):\n        self.id = 1\n';
  const AFTER = 'class Order:\n    __slots__ = ("id",)\n\n    def __init__(self):\n        self.id = 1\n';

  test('says nothing about a file that does not change', () => {
    expect(diffBytes(change('shop/order.py', BEFORE, BEFORE), encode)).toHaveLength(0);
    expect(diffText(change('shop/order.py', BEFORE, BEFORE), plain)).toBe('');
  });

  test('looks like the diff of git', () => {
    const text = Buffer.from(diffBytes(change('shop/order.py', BEFORE, AFTER), encode)).toString();
    expect(text).toBe(
      [
        'diff --git a/shop/order.py b/shop/order.py',
        '--- a/shop/order.py',
        '+++ b/shop/order.py',
        '@@ -1,3 +1,5 @@',
        ' class Order:',
        '+    __slots__ = ("id",)',
        '+',
        '     def __init__(self):',
        '         self.id = 1',
        '',
      ].join('\n'),
    );
    expect(diffText(change('shop/order.py', BEFORE, AFTER), plain)).toBe(text);
    expectApplies(change('shop/order.py', BEFORE, AFTER));
  });

  test('applies to CRLF and keeps each \\r', () => {
    expectApplies(change('order.py', BEFORE.replaceAll('\n', '\r\n'), AFTER.replaceAll('\n', '\r\n')));
  });

  test('applies to a file of lone \\r, one line for git', () => {
    expectApplies(change('order.py', BEFORE.replaceAll('\n', '\r'), AFTER.replaceAll('\n', '\r')));
  });

  test('applies to mixed newlines, form feeds and U+2028 inside lines', () => {
    const odd = (text: string) => `# a\u2028b\n\f\nx = 1\r\ny = 2\rz = 3\n${text}`;
    expectApplies(change('order.py', odd(BEFORE), odd(AFTER)));
  });

  test('applies without a newline at the end', () => {
    expectApplies(change('order.py', BEFORE.trimEnd(), AFTER.trimEnd()));
    expectApplies(change('one.py', 'class A: pass', 'class A: __slots__ = ()'));
  });

  test('applies behind a byte order mark', () => {
    expectApplies(change('order.py', BEFORE, AFTER, { name: 'utf-8', bom: true }));
    const moved = ['class Order: pass\n', 'class Order:\n    __slots__ = ()\n'] as const;
    expectApplies(change('first.py', moved[0], moved[1], { name: 'utf-8-sig', bom: true }));
  });

  test('is in the coding of the file: latin-1, a Japanese one', () => {
    const latin = (text: string) => `# -*- coding: latin-1 -*-\n# größer\n${text}`;
    const japanese = (text: string) => `# coding: shift_jis\n# 注文\n${text}`;
    expectApplies(
      change('latin.py', latin(BEFORE), latin(AFTER), { name: 'latin-1', bom: false }),
      change('jis.py', japanese(BEFORE), japanese(AFTER), { name: 'shift_jis', bom: false }),
    );
  });

  test.each([
    'shop/my orders.py',
    'übung/größe.py',
    'a ü "b"\\c.py',
    'tab\tnew\nline.py',
    '-dash.py',
    'a\x1b[31m.py',
  ])('applies to the name %j', name => {
    expectApplies(change(name, BEFORE, AFTER));
  });

  test('applies two hunks in a file and several files at once', () => {
    const gap = Array.from({ length: 20 }, (_, i) => `x${i} = ${i}\n`).join('');
    const two = change('two.py', BEFORE + gap + BEFORE, AFTER + gap + AFTER);
    expect(Buffer.from(diffBytes(two, encode)).toString().match(/^@@ /gm)).toHaveLength(2);
    expectApplies(
      two,
      change('no-newline.py', BEFORE.trimEnd(), AFTER.trimEnd()),
      change('z.py', BEFORE, AFTER),
    );
  });

  test('shows control characters to a terminal instead of sending them', () => {
    const before = 'class A:\r\n    x = "\x1b[2J\x9b"\r\n    pass\u202e\r\n';
    const text = diffText(change('a\x1b.py', before, before.replace('A:', 'B:')), pc.createColors(true));
    expect(text).toContain('\x1b[31m-class A:\x1b[39m\n');
    expect(text).toContain('     x = "\\x1b[2J\\x9b"\n     pass\\u202e\n');
    // What is left after the colours is printable.
    expect(stripVTControlCharacters(text).replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });
});

describe('visible', () => {
  test('leaves printable text and tabs alone', () => {
    const text = 'größer\t注文 🙂 \\n';
    expect(visible(text)).toBe(text);
  });

  test('escapes as Python does', () => {
    expect(visible('\0\n\r\f\v\x7f\x85\u2028\u202e\ud800\u{e0001}')).toBe(
      '\\x00\\n\\r\\f\\v\\x7f\\x85\\u2028\\u202e\\ud800\\U000e0001',
    );
  });

  test('blanks are as wide as the text', () => {
    expect(blanks('\tab')).toBe('\t  ');
    expect(blanks('注a')).toBe('   ');
    expect(blanks('\x1b')).toBe('    ');
    expect(blanks('e\u0301')).toBe(' ');
  });
});

describe('summary', () => {
  const written = change('shop/models.py', 'a', 'b');

  test('says when there is nothing', () => {
    expect(summary(report({ files: { targets: 0, evidence: 3 } }), false)).toBe(
      'No Python files to rewrite under the given paths.\n',
    );
    expect(summary(report({}), false)).toBe(
      'No class to slot in 5 files (python >=3.9 from requires-python in pyproject.toml).\n',
    );
  });

  test('does not count a class without gain as left alone', () => {
    const skipped: Decision = {
      kind: 'leave',
      ignored: [],
      cls: cls('Flag'),
      reasons: [reason('no-gain', 'skips')],
    };
    expect(summary(report({ decisions: [skipped] }), false).split('\n')).toHaveLength(2);
  });

  test('takes three lines at most, reasons counted once a class', () => {
    const decisions = [
      rewrite('Order'),
      rewrite('Maybe', 'unsafe'),
      refuse('A', 'base-has-dict', 'outside-write'),
      refuse('B', 'base-has-dict'),
      refuse('C', 'outside-write'),
      refuse('D', 'setattr'),
      refuse('E', 'vars'),
      refuse('F', 'pickle'),
      refuse('G', 'weakref'),
    ];
    const problems = [{ path: 'bad.py', line: 3, message: 'does not parse' }];
    const text = summary(report({ decisions, problems, changes: [written] }), false);
    expect(text).toBe(
      [
        'Would slot 1 class in 1 file (python >=3.9 from requires-python in pyproject.toml), estimated 32 to 112 bytes less per instance.',
        '7 classes left alone: 2 base-has-dict, 1 outside-write, 1 pickle, 1 setattr, 2 other (`slotify explain CLASS` tells why).',
        '1 more with --unsafe-fixes. 1 problem: the result is incomplete.',
        '',
      ].join('\n'),
    );
  });

  test('says what was done', () => {
    const done = report({ decisions: [rewrite('Order')], changes: [written, change('b.py', 'a', 'b')] });
    expect(summary(done, true)).toMatch(/^Slotted 2 classes in 2 files /);
    const unsafe = report({ decisions: [rewrite('Maybe', 'unsafe')], unsafeFixes: true });
    expect(summary(unsafe, true)).not.toContain('--unsafe-fixes');
  });

  test('says how bases from packages come into sight', () => {
    const text = summary(report({ decisions: [refuse('A', 'unknown-base'), refuse('B', 'vars')] }), false);
    expect(text.split('\n')).toHaveLength(4);
    expect(text).toContain('1 wait for the source of a package (--python names its environment).');
    expect(summary(report({ decisions: [refuse('B', 'vars')] }), false)).not.toContain('--python');
  });

  test('lists each class left alone on lines of its own', () => {
    const decisions = [refuse('B', 'vars', 'pickle'), rewrite('Order'), rewrite('Maybe', 'unsafe')];
    const says =
      'it gets an attribute from outside its body (../shop/views.py:9: stores .colour); to unlock: declare the attribute in the class';
    expect(leftAlone(report({ decisions }), path => `../${path}`)).toBe(
      [
        `../shop/models.py:1:7: B: SLT201 vars: ${says}`,
        `../shop/models.py:1:7: B: SLT201 pickle: ${says}`,
        `../shop/models.py:1:7: Maybe: SLT201 public-base: ${says}`,
        '',
      ].join('\n'),
    );
    expect(leftAlone(report({ decisions: [rewrite('Order')] }))).toBe('');
  });

  test('notes stand on lines of their own, for what is written', () => {
    const decisions = [rewrite('Order'), rewrite('Maybe', 'unsafe'), refuse('B', 'vars')];
    const order = { ...written, classes: [decisions[0]!.cls.id] };
    expect(cautionLines(report({ decisions, changes: [order] }), path => `../${path}`)).toBe(
      '../shop/models.py:1:7: Order: note: the default of .total is gone from the class\n',
    );
    expect(cautionLines(report({ decisions }))).toBe('');
  });

  test('problems are one line each', () => {
    expect(problemLine({ path: 'a\nb.py', line: 0, message: 'gone' })).toBe('a\\nb.py: gone\n');
    expect(problemLine({ path: 'a.py', line: 7, message: 'odd \x1b' })).toBe('a.py:7: odd \\x1b\n');
  });
});

describe('json', () => {
  const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
    schema,
  );
  const full = report({
    decisions: [
      { ...rewrite('Zebra'), cls: cls('Zebra', 'z.py', 1) },
      {
        kind: 'leave',
        ignored: [],
        cls: cls('Late', 'shop/models.py', 20),
        reasons: [reason('no-gain', 'skips')],
      },
      { ...refuse('Early', 'vars'), cls: cls('Early', 'shop/models.py', 3) },
      { ...rewrite('Maybe', 'unsafe'), cls: cls('Maybe', 'shop/models.py', 10) },
    ],
    problems: [
      { path: 'b.py', line: 2, message: 'does not parse' },
      { path: 'a.py', line: 0, message: 'cannot be read' },
    ],
    notes: ['read \x9b31m\u202e'],
    changes: [change('z.py', 'a', 'b'), change('shop/models.py', 'a', 'b')],
  });

  test('fits the schema, empty or full', () => {
    for (const each of [report({}), full]) {
      expect(validate(JSON.parse(reportJson(each))), JSON.stringify(validate.errors)).toBe(true);
    }
    // And the schema is no rubber stamp.
    const wrong = JSON.parse(reportJson(full));
    wrong.classes[0].decision = 'maybe';
    expect(validate(wrong)).toBe(false);
    expect(validate({ ...JSON.parse(reportJson(full)), surplus: 1 })).toBe(false);
  });

  test('has a stable order', () => {
    const mirrored = {
      ...full,
      decisions: full.decisions.toReversed(),
      problems: full.problems.toReversed(),
    };
    expect(reportJson({ ...mirrored, changes: full.changes.toReversed() })).toBe(reportJson(full));
    const read = JSON.parse(reportJson(full));
    expect(read.classes.map((each: { name: string }) => each.name)).toEqual([
      'Early',
      'Maybe',
      'Late',
      'Zebra',
    ]);
    expect(read.problems.map((each: { file: string }) => each.file)).toEqual(['a.py', 'b.py']);
    expect(read.changes.map((each: { file: string }) => each.file)).toEqual(['shop/models.py', 'z.py']);
  });

  test('says everything about a class', () => {
    const { classes, summary: counts } = JSON.parse(reportJson(full));
    expect(counts).toEqual({
      targets: 5,
      evidence: 2,
      changed: 2,
      rewritten: 2,
      unsafe: 1,
      refused: 1,
      left: 1,
      problems: 2,
    });
    expect(classes[1]).toEqual({
      id: 'shop/models.py:Maybe',
      dotted: 'shop.models:Maybe',
      name: 'Maybe',
      qualname: 'Maybe',
      file: 'shop/models.py',
      line: 10,
      column: 7,
      decision: 'rewrite',
      transform: 'plain-slots',
      applicability: 'unsafe',
      slots: [
        { name: 'total', stores: [{ file: 'shop/models.py', line: 3, column: 9, says: 'stores .total' }] },
      ],
      estimate: {
        '3.9': { before: 152, after: 40, saved: 112 },
        '3.10': { before: 152, after: 40, saved: 112 },
        '3.11': { before: 80, after: 40, saved: 40 },
        '3.12': { before: 72, after: 40, saved: 32 },
        '3.13': { before: 80, after: 40, saved: 40 },
      },
      reasons: [
        {
          code: 'SLT201',
          name: 'public-base',
          level: 'doubts',
          message: 'it gets an attribute from outside its body',
          unlock: 'declare the attribute in the class',
          evidence: [{ file: 'shop/views.py', line: 9, column: 5, message: 'stores .colour' }],
        },
      ],
      ignored: [],
      cautions: ['the default of .total is gone from the class'],
    });
    expect(classes[0]).toMatchObject({ decision: 'refuse', transform: null, applicability: null, slots: [] });
  });

  test('sends no control character to a terminal, and loses none', () => {
    const text = reportJson(full);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cf}/u);
    expect(JSON.parse(text).notes).toEqual(full.notes);
  });
});
