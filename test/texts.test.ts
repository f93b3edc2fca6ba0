// Random texts: whatever the form of a source, not a byte outside the edit changes; whatever is done to real code,
// nothing crashes.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode, encode } from '../src/1-discover/decode.js';
import { loadEngine } from '../src/2-parse/engine.js';
import { collect } from '../src/3-facts/collect.js';
import { analyse } from '../src/slotify.js';

const RUNS = Number(process.env.TEXTS ?? 100);
const SEED = Number(process.env.SEED ?? 20_240_229);
const engine = await loadEngine();

/** A class whose two attributes get slots, in every form that the bytes of a file may take. */
const forms = fc.record({
  indent: fc.constantFrom('    ', '  ', '\t', ' \t', '        '),
  newline: fc.constantFrom('\n', '\r\n', '\r'),
  bom: fc.boolean(),
  cookie: fc.constantFrom(
    '',
    '# -*- coding: utf-8 -*-',
    '# vim: set fileencoding=latin-1 :',
    '# coding: cp1252',
  ),
  above: fc.array(
    fc.constantFrom(
      '',
      '# é comment',
      'import os',
      '\f',
      'x = """\n  class No:\n"""',
      '"üml"',
      '@same',
      'if x: pass',
    ),
    { maxLength: 3 },
  ),
  header: fc.constantFrom(
    'class Row:',
    'class Row():',
    'class Row(object):',
    'class Row:  # trailing',
    'class Row ( object , ) :',
    'class Row(\n    object,  # base\n):',
    'class \\\n  Row:',
  ),
  docstring: fc.constantFrom(
    '',
    '"""Doc."""',
    "'''Doc\n\n  more\n'''",
    '"é"  # why',
    'r"raw" "joined"',
    '"""one"""; pass',
  ),
  comments: fc.array(fc.constantFrom('# inside', '#é', '', '   # deeper', '\\'), { maxLength: 2 }),
  body: fc.constantFrom(
    'def __init__(self, a):\n>self.a = a\n>self.b = "€" if a else 2',
    '@property\ndef c(self):\n>return 1\n\ndef __init__(self, a):\n>self.a, self.b = a, a',
    'limit = 3\n\ndef set(self): self.a = self.b = 1',
    'def set(self):\n>for self.a in (1,): self.b = 2',
  ),
  below: fc.constantFrom('', 'Row(1)', '\n\nclass Other(Row): pass', '# the end', '\n\n\n'),
  atEnd: fc.constantFrom('', '\n', '\n\n'),
});

test('not a byte outside the edit changes', { timeout: 60_000 + RUNS * 2_000 }, async () => {
  let changed = 0;
  const property = fc.asyncProperty(forms, async form => {
    const inside = [
      form.docstring,
      ...form.comments.filter(c => c !== '\\'),
      form.body.replaceAll('>', form.indent),
    ]
      .filter((part, i) => part !== '' || i > 0)
      .join('\n')
      .replace(/^(?=.)/gm, form.indent);
    const lines = [form.cookie, ...form.above.filter(l => l !== '@same'), form.header, inside, form.below];
    const text = `${lines.filter((l, i) => i > 0 || l !== '').join('\n')}${form.atEnd}`.replaceAll(
      '\n',
      form.newline,
    );
    const isLatin = /latin-1|cp1252/.test(form.cookie);
    const coding = {
      name: isLatin ? (form.cookie.includes('cp1252') ? 'windows-1252' : 'iso-8859-1') : 'utf-8',
      bom: form.bom && !isLatin,
    };
    let bytes: Uint8Array;
    try {
      bytes = encode(text, coding);
    } catch {
      return;
    }
    const read = decode(bytes);
    if (read.kind !== 'text') return;
    expect(Buffer.from(encode(read.text, read.coding)).equals(Buffer.from(bytes))).toBe(true);
    const report = await analyse([{ path: 'row.py', text: read.text }], { engine });
    for (const problem of report.problems) expect(problem.message).not.toContain('Please report');
    for (const change of report.changes) {
      changed++;
      const after = Buffer.from(encode(change.after, read.coding));
      // what was put in is one run of bytes: taking it out gives the file back
      const before = Buffer.from(bytes);
      let start = 0;
      while (start < before.length && before[start] === after[start]) start++;
      const grown = after.length - before.length;
      expect(grown).toBeGreaterThan(0);
      const put = after.subarray(start, start + grown).toString('latin1');
      expect(Buffer.concat([after.subarray(0, start), after.subarray(start + grown)]).equals(before)).toBe(
        true,
      );
      expect(put.replace(/[\s\\]/g, '')).toMatch(
        /__slots__=\(["']a["'],["']b["']\)|slots__=\(["']a["'],["']b["']\)__/,
      );
      expect(put.replaceAll(form.newline, '')).not.toMatch(/[\r\n]/);
    }
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  expect(changed).toBeGreaterThan(RUNS / 3);
});

const library = execFileSync('python3', ['-c', 'import os; print(os.path.dirname(os.__file__))'], {
  encoding: 'utf8',
}).trim();
const real = readdirSync(library)
  .filter(name => name.endsWith('.py'))
  .map(name => readFileSync(join(library, name), 'utf8'))
  .filter(text => text.length < 60_000);

/** What is cut out of one file and put into another. */
const damage = fc.record({
  file: fc.nat(),
  other: fc.nat(),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(400),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  more: fc.nat(400),
  odd: fc.constantFrom(
    '',
    '\0',
    '\ud800',
    '\u2028',
    '"""',
    '(',
    '\\',
    '\t',
    '\r',
    '}',
    'class ',
    'lambda',
    '\f',
    '@',
    ':=',
  ),
});

test('real code, cut and mixed at random, crashes nothing', { timeout: 60_000 + RUNS * 2_000 }, async () => {
  let sound = 0;
  const property = fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async cuts => {
    let text = real[cuts[0]!.file % real.length]!;
    for (const { at, length, other, from, more, odd } of cuts) {
      const start = Math.floor(at * text.length);
      const donor = real[other % real.length]!;
      const taken = donor.slice(Math.floor(from * donor.length)).slice(0, more);
      text = text.slice(0, start) + odd + taken + text.slice(start + length);
    }
    if (collect(text, engine.parse).errorAt < 0) sound++;
    const report = await analyse(
      [
        { path: 'm.py', text },
        { path: 'n.py', text: 'from m import *\n' },
      ],
      { engine },
    );
    for (const problem of report.problems) expect(problem.message).not.toContain('Please report');
  });
  await fc.assert(property, { seed: SEED, numRuns: Math.ceil(RUNS / 2) });
  expect(sound).toBeGreaterThan(0);
});
