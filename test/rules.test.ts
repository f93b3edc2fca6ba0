// The rules as a list: codes, names, words, and the README's table made from them.
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainAll, findRule, looksLikeRule } from '../src/7-report/explain-rules.js';
import { RULES } from '../src/rules/index.js';
import { TRANSFORMS } from '../transforms/index.js';

const repeated = (items: readonly string[]): string[] => items.filter((item, i) => items.indexOf(item) !== i);

test('no code or name comes twice, and codes are in order', () => {
  expect(RULES.length).toBeGreaterThan(30);
  expect(repeated(RULES.map(r => r.code))).toEqual([]);
  expect(repeated(RULES.map(r => r.name))).toEqual([]);
  expect(RULES.map(r => r.code)).toEqual(RULES.map(r => r.code).toSorted());
});

describe.each(RULES.map(r => [r.code, r] as const))('%s', (code, rule) => {
  test('has a code of a family, a name and a level', () => {
    expect(code).toMatch(/^SLT[1-69]\d\d$/);
    expect(rule.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(['blocks', 'doubts', 'skips']).toContain(rule.level);
  });

  test('is found under code and name', () => {
    expect(findRule(RULES, code)).toBe(rule);
    expect(findRule(RULES, code.toLowerCase())).toBe(rule);
    expect(findRule(RULES, rule.name)).toBe(rule);
    expect(looksLikeRule(code)).toBe(true);
  });

  test('says what it sees, why, and what unlocks the class', () => {
    for (const words of [rule.title, rule.unlock, rule.why]) {
      expect(words).not.toBe('');
      expect(words).toBe(words.trim());
      expect(words).not.toMatch(/\s\s|undefined|TODO/);
    }
    // both are parts of sentences: `Order has slots already`, `unlock: nothing to do`
    for (const part of [rule.title, rule.unlock]) {
      expect(part).not.toMatch(/[.!?]$|\n/);
      expect(part).toMatch(/^[a-z@_]/);
    }
    expect(rule.why).toMatch(/\.$/);
  });

  test('a skip promises nothing', () => {
    const nothing = ['nothing to do', 'nothing to gain'].includes(rule.unlock);
    expect(nothing).toBe(rule.level === 'skips');
  });
});

describe.each(TRANSFORMS.map(t => [t.name, t] as const))('the transform %s', (_, transform) => {
  test('heeds rules of the list, each once', () => {
    expect(transform.rules.filter(r => !RULES.some(known => known === r)).map(r => r.code)).toEqual([]);
    expect(repeated(transform.rules.map(r => r.code))).toEqual([]);
  });
});

test('transforms have names of their own, and the last one takes every class', () => {
  expect(repeated(TRANSFORMS.map(t => t.name))).toEqual([]);
  expect(TRANSFORMS.at(-1)!.claims.length).toBe(0);
});

/** Rules that the fold over the hierarchy applies itself, for every transform. */
const SETTLED = ['SLT109', 'SLT110', 'SLT111', 'SLT112'];

/** Given from outside the analysis: by running the project. */
const HANDED_IN = ['SLT903'];

test('every rule is heeded by a transform or by settling, or handed in', () => {
  const heeded = new Set(TRANSFORMS.flatMap(t => t.rules.map(r => r.code)));
  expect(RULES.map(r => r.code).filter(code => !heeded.has(code))).toEqual([...SETTLED, ...HANDED_IN]);
});

test('Markdown does not take the names of the table for emphasis', () => {
  // GFM 6.2: `__dict__` outside code is a bold `dict`
  const outsideCode = explainAll(RULES).replaceAll(/`[^`\n]*`/g, '');
  expect(outsideCode.match(/__\w+__/g) ?? []).toEqual([]);
});

test('the README has the table of the rules (UPDATE=1 renews it)', () => {
  const file = path.join(import.meta.dirname, '..', 'README.md');
  const text = readFileSync(file, 'utf8');
  const [open, close] = ['<!-- rules -->\n', '<!-- /rules -->'];
  const start = text.indexOf(open) + open.length;
  const end = text.indexOf(close);
  expect(text.split(open).length, 'one opening marker').toBe(2);
  expect(text.split(close).length, 'one closing marker').toBe(2);
  expect(end).toBeGreaterThanOrEqual(start);
  const renewed = text.slice(0, start) + explainAll(RULES) + text.slice(end);
  if (process.env.UPDATE === '1') writeFileSync(file, renewed);
  else expect(text.slice(start, end)).toBe(explainAll(RULES));
});
