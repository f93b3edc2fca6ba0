// Facts between threads and between runs: never different, whatever happened to the folder that keeps them.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { globSync } from 'tinyglobby';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// as it is built: worker threads run no TypeScript
import { loadEngine } from '../dist/src/2-parse/engine.js';
import { encode, newDecode } from '../dist/src/3-facts/codec.js';
import { collect } from '../dist/src/3-facts/collect.js';
import { collectAll } from '../dist/src/3-facts/collect-all.js';
import { reportJson } from '../dist/src/7-report/json.js';
import { keyOf, makeCache, openCache, removeCache, writeEntry } from '../dist/src/cache/cache.js';
import { resolveConfig } from '../dist/src/config.js';
import { slotify } from '../dist/src/slotify.js';

const fixtures = path.resolve(import.meta.dirname, '../fixtures');
const modules = globSync('**/in/**/*.py', { cwd: fixtures, absolute: true })
  .sort()
  .map(file => readFileSync(file, 'utf8'))
  // one that loads modules under computed names would put all of them in doubt
  .filter(text => !/import_module|__import__|runpy|resolve_name|importlib\.util/.test(text))
  .filter((_, i) => i % 4 === 0);

let home: string;
let project: string;

/** A project of more text than one thread is given: a quarter of the fixtures, filled up. */
beforeAll(() => {
  home = mkdtempSync(path.join(tmpdir(), 'slotify-cache-'));
  project = path.join(home, 'project');
  mkdirSync(project);
  writeFileSync(path.join(project, 'pyproject.toml'), '');
  const filling = 'pass\n'.repeat(1_200_000 / 5 / modules.length + 1);
  modules.forEach((text, i) => {
    writeFileSync(path.join(project, `m${i}.py`), `# ${i}\n${text}\n${filling}`);
  });
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const entries = (cache: string): string[] =>
  existsSync(cache) ? globSync('facts-*/*/*', { cwd: cache, absolute: true }).sort() : [];
const reportsIn = (cache: string): string[] => globSync('reports-*/*/*', { cwd: cache, absolute: true });
const texts = (): string[] =>
  globSync('**/*.py', { cwd: project, absolute: true })
    .sort()
    .map(file => readFileSync(file, 'utf8'));
const plain = (facts: unknown): string =>
  JSON.stringify(facts, (_, value) => (ArrayBuffer.isView(value) ? keyOf(String(value)) : value));

test('facts come back from bytes as they were', async () => {
  const engine = await loadEngine();
  for (const text of [...modules, '', 'x = (', 'def f[T](): yield', '\u2028 = "é😀"']) {
    const facts = collect(text, engine.parse);
    expect(newDecode()(encode(facts))).toEqual(facts);
  }
});

describe('the same report', { timeout: 240_000 }, () => {
  const report = async (cacheDir: string | null, io: object = {}, flags: object = {}): Promise<string> => {
    const resolved = resolveConfig({
      ...flags,
      paths: [project],
      cwd: project,
      cache: cacheDir !== null,
      cacheDir: cacheDir ?? undefined,
    });
    if ('problem' in resolved) throw new Error(resolved.problem);
    return reportJson(await slotify(resolved.config, io));
  };

  test('from one thread, two threads, either parser, a cold and a warm cache', async () => {
    const cache = path.join(home, 'kept');
    const plain = await report(null, { workers: 1 });
    expect(JSON.parse(plain).changes.length).toBeGreaterThan(10);
    expect(await report(null, { workers: 2 })).toBe(plain);
    expect(await report(null, { workers: 2, engine: await loadEngine('wasm') })).toBe(plain);
    expect(await report(cache, { workers: 2 })).toBe(plain);
    expect(entries(cache).length).toBeGreaterThan(50);
    for (const file of reportsIn(cache)) rmSync(file);
    expect(await report(cache)).toBe(plain);
  });

  test('without parsing or linking while nothing has changed', async () => {
    const cache = path.join(home, 'reports');
    const none = { engine: { name: 'none', parse: () => expect.unreachable('parses') } };
    const first = await report(cache);
    expect(reportsIn(cache)).toHaveLength(1);
    expect(await report(cache, none)).toBe(first);

    // other settings have reports of their own
    const hybrid = await report(cache, {}, { hybrid: true });
    expect(hybrid).not.toBe(first);
    expect(await report(cache, none, { hybrid: true })).toBe(hybrid);
    const narrowed = { narrow: { classes: ['m1.*'], files: null } };
    expect(await report(cache, narrowed)).not.toBe(first);
    expect(await report(cache, none)).toBe(first);

    // a file that changes, comes or goes changes the report
    const file = path.join(project, 'm0.py');
    const text = readFileSync(file, 'utf8');
    const fresh = 'class Fresh:\n    def __init__(self):\n        self.a = 1\n\n\nFresh()\n';
    writeFileSync(file, fresh + text);
    const changed = await report(cache);
    expect(changed).toContain('Fresh');
    expect(changed).toBe(await report(null));
    writeFileSync(file, text);
    writeFileSync(path.join(project, 'fresh.py'), fresh);
    expect(await report(cache)).toContain('fresh.py');
    rmSync(path.join(project, 'fresh.py'));
    expect(await report(cache)).toBe(first);

    // few are kept, and what is damaged counts as missing
    expect(reportsIn(cache)).toHaveLength(4);
    for (const kept of reportsIn(cache)) truncateSync(kept, 100);
    expect(await report(cache)).toBe(first);
  });
});

describe('the cache', { timeout: 120_000 }, () => {
  const engine = loadEngine();
  const from = async (cache: string | null, list: readonly string[], workers = 1): Promise<string> =>
    plain(await collectAll(list, { engine: await engine, cache, workers }));

  test('keeps one entry a text, and parses only texts that are new', async () => {
    const cache = path.join(home, 'grows');
    const all = texts();
    const expected = await from(null, all);
    expect(await from(cache, all, 2)).toBe(expected);
    const first = entries(cache);
    expect(first).toHaveLength(new Set(all).size);
    const changed = ['class New:\n    def __init__(self):\n        self.a = 1\n', ...all.slice(1)];
    expect(await from(cache, changed)).toBe(await from(null, changed));
    expect(entries(cache)).toHaveLength(first.length + 1);
  });

  test('is marked for git and for backups', async () => {
    const cache = path.join(home, 'marked');
    await from(cache, texts());
    expect(readFileSync(path.join(cache, '.gitignore'), 'utf8')).toBe('*\n');
    expect(readFileSync(path.join(cache, 'CACHEDIR.TAG'), 'utf8')).toMatch(
      /^Signature: 8a477f597d28d172789f06886806bc55\n/,
    );
  });

  test('survives damage', async () => {
    const cache = path.join(home, 'damaged');
    const all = texts();
    const expected = await from(cache, all);
    const files = entries(cache);
    files.forEach((file, i) => {
      if (i % 4 === 0) truncateSync(file, 40);
      if (i % 4 === 1) writeFileSync(file, '');
      if (i % 4 === 2) {
        const bytes = readFileSync(file);
        bytes[bytes.length >> 1]! ^= 1;
        writeFileSync(file, bytes);
      }
    });
    const before = readFileSync(files[0]!).length;
    expect(await from(cache, all)).toBe(expected);
    expect(readFileSync(files[0]!).length).toBeGreaterThan(before);
  });

  test('is done without where it cannot be written', async () => {
    const file = path.join(home, 'a-file');
    writeFileSync(file, 'kept');
    const all = texts();
    expect(await from(path.join(file, 'cache'), all)).toBe(await from(null, all));
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });

  test('is not made for a small project', async () => {
    const cache = path.join(home, 'small');
    await from(cache, modules.slice(0, 20));
    expect(existsSync(cache)).toBe(false);
  });

  test('serves two runs at once', async () => {
    const cache = path.join(home, 'shared');
    const all = texts();
    const both = await Promise.all([from(cache, all, 2), from(cache, all, 2)]);
    expect(both[0]).toBe(both[1]);
    expect(await from(cache, all)).toBe(both[0]);
  });

  test('forgets the oldest entries and other versions', () => {
    const root = path.join(home, 'bounded');
    makeCache(root);
    const cache = openCache(root, 'facts');
    const reports = openCache(root, 'reports');
    mkdirSync(path.join(root, 'facts-another'));
    writeEntry(reports.folder, keyOf('run'), new Uint8Array([1, 2, 3]));
    const keys = Array.from({ length: 6 }, (_, i) => keyOf(`text ${i}`));
    for (const key of keys) writeEntry(cache.folder, key, new Uint8Array([1, 2, 3]));
    for (const [i, key] of keys.entries())
      utimesSync(path.join(cache.folder, key.slice(0, 2), key.slice(2)), 1000 + i, 1000 + i);
    cache.prune(2);
    expect(keys.map(key => cache.read(key) !== null)).toEqual([false, false, false, false, true, true]);
    expect(new Set(readdirSync(root))).toEqual(
      new Set(['.gitignore', 'CACHEDIR.TAG', path.basename(cache.folder), path.basename(reports.folder)]),
    );
  });

  test('is removed, but nothing else is', () => {
    const root = path.join(home, 'removed');
    makeCache(root);
    expect(removeCache(root)).toBe(true);
    expect(existsSync(root)).toBe(false);
    expect(removeCache(root)).toBe(true);
    expect(removeCache(project)).toBe(false);
    expect(existsSync(path.join(project, 'pyproject.toml'))).toBe(true);
  });
});
