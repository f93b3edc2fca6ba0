// Parts of the README that are made from code: between `<!-- name -->` and `<!-- /name -->`.
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { expect } from 'vitest';

const file = path.join(import.meta.dirname, '..', '..', 'README.md');

/** Expects a part of the README to be `made`; with UPDATE=1 writes it there. */
export function expectInReadme(name: string, made: string): void {
  const text = readFileSync(file, 'utf8');
  const [open, close] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const start = text.indexOf(open) + open.length;
  const end = text.indexOf(close);
  expect(text.split(open).length, 'one opening marker').toBe(2);
  expect(text.split(close).length, 'one closing marker').toBe(2);
  expect(end).toBeGreaterThanOrEqual(start);
  if (process.env.UPDATE === '1') writeFileSync(file, text.slice(0, start) + made + text.slice(end));
  else expect(text.slice(start, end)).toBe(made);
}
