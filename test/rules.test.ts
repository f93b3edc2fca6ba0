// The rules as a list: codes, names, words, and the README's table made from them.
import { describe, expect, test } from 'vitest';
import { explainAll, findRule, looksLikeRule, rulesTable } from '../src/7-report/explain-rules.js';
import { TRANSFORM_NAMES } from '../src/model/transform.js';
import { RULES } from '../src/rules/index.js';
import { TRANSFORMS } from '../transforms/index.js';
import { expectInReadme } from './support/readme.js';

const repeated = (items: readonly string[]): string[] => items.filter((item, i) => items.indexOf(item) !== i);

test('no code or name comes twice, and codes are in order', () => {
  expect(RULES.length).toBeGreaterThan(30);
  expect(repeated(RULES.map(r => r.code))).toEqual([]);
  expect(repeated(RULES.map(r => r.name))).toEqual([]);
  expect(RULES.map(r => r.code)).toEqual(RULES.map(r => r.code).toSorted());
});

describe.each(RULES.map(r => [r.code, r] as const))('%s', (code, rule) => {
  test('has a code of a family, a name and a level', () => {
    expect(code).toMatch(/^SLT[0-69]\d\d$/);
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
    // what the user asked for, the user can take back
    expect(nothing).toBe(rule.level === 'skips' && !code.startsWith('SLT0'));
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

/** Rules that deciding applies itself, for every transform: from what the user says, or over the hierarchy. */
const DECIDED = ['SLT001', 'SLT002', 'SLT003', 'SLT109', 'SLT110', 'SLT111', 'SLT112', 'SLT404'];

/** Given from outside the analysis: by running the project. */
const HANDED_IN = ['SLT903'];

test('every rule is heeded by a transform or by deciding, or handed in', () => {
  const heeded = new Set(TRANSFORMS.flatMap(t => t.rules.map(r => r.code)));
  expect(RULES.map(r => r.code).filter(code => !heeded.has(code))).toEqual([...DECIDED, ...HANDED_IN]);
});

test('the transforms are those that users select among, in the same order', () => {
  expect(TRANSFORMS.map(t => t.name)).toEqual([...TRANSFORM_NAMES]);
});

test('Markdown does not take the names of the table for emphasis', () => {
  // GFM 6.2: `__dict__` outside code is a bold `dict`
  const outsideCode = explainAll(RULES).replaceAll(/`[^`\n]*`/g, '');
  expect(outsideCode.match(/__\w+__/g) ?? []).toEqual([]);
});

test('the README has the table of the rules (UPDATE=1 renews it)', () => {
  expectInReadme('rules', rulesTable(RULES));
});
