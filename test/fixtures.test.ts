// Every fixture: what is decided and where, what is written, that it harms nothing and that refusing was needed.
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type EngineName, loadEngine } from '../src/2-parse/engine.js';
import { findInterpreters } from '../src/prove/interpreters.js';
import { RULES } from '../src/rules/index.js';
import { expectationsOf, findCases, readTree, unprovenOf } from './support/cases.js';
import { type Bench, judge } from './support/judge.js';

const cases = findCases(path.join(import.meta.dirname, '..', 'fixtures'));

const engineOrNot = (name: EngineName) => loadEngine(name).catch(() => null);
const engines = [await engineOrNot('native'), await engineOrNot('wasm')].filter(engine => engine !== null);
const bench: Bench = {
  engines,
  interpreters: findInterpreters(),
  allPythons: process.env.FIXTURE_PYTHONS === 'all',
  update: process.env.UPDATE === '1',
};

const proven = new Set<string>();
const skipped = new Set<string>();

describe('fixtures', () => {
  test('there is a Python to run them', () => {
    expect(bench.interpreters.length).toBeGreaterThan(0);
  });

  const titled = cases.map(each => [each.title, each] as const);

  test.concurrent.for(titled)('%s', { timeout: 120_000 }, async ([, each], { skip, expect }) => {
    const verdict = await judge(each, bench);
    for (const rule of verdict.proven) proven.add(rule);
    for (const rule of verdict.untold) skipped.add(rule);
    expect(verdict.failures, verdict.failures.join('\n')).toEqual([]);
    if (verdict.skipped === null) return;
    for (const e of expectationsOf(readTree(path.join(each.folder, 'in')))) skipped.add(e.rule);
    skip(verdict.skipped);
  });
});

describe('what stands unproven', () => {
  const claims = cases.flatMap(each =>
    [...unprovenOf(each)].map(([rule, reason]) => [each.title, rule, reason]),
  );

  test.each(claims)('%s: %s: %s', (_, rule) => {
    const found = RULES.find(r => r.name === rule)!;
    const harmLiesOutside = found.level === 'doubts' || found.code.startsWith('SLT9');
    expect(
      harmLiesOutside || proven.has(rule!) || skipped.has(rule!),
      'a rule that blocks needs a proof in some other case',
    ).toBe(true);
  });
});

describe('rules', () => {
  // what only running the project can find has its proof in verify.test.ts
  const heeded = RULES.filter(r => r.name !== 'failed-verification');
  const expected = new Set(
    cases.flatMap(each => expectationsOf(readTree(path.join(each.folder, 'in')))).map(e => e.rule),
  );

  test.each(heeded.map(r => r.name))('%s has a case', rule => {
    expect(expected).toContain(rule);
  });

  // a class in a file that Python cannot run either proves nothing
  const provable = heeded.filter(r => r.level === 'blocks' && r.name !== 'broken-file');

  test.for(provable.map(r => r.name))('%s is needed in some case', (rule, { skip }) => {
    if (!proven.has(rule) && skipped.has(rule)) skip('no Python here can run its cases');
    expect(proven).toContain(rule);
  });
});
