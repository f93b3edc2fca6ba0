// Who may import whom, and that every file opens with its job.
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..');

interface File {
  readonly name: string;
  readonly text: string;
  /** Project paths without extension for relative imports, else the package's name. */
  readonly imports: readonly string[];
}

const IMPORT =
  /^(?:import|export)\s[^'";]*?\sfrom\s+'([^']+)'|\b(?:import|require(?:\.resolve)?)\(\s*'([^']+)'\s*\)|^import\s+'([^']+)'/gm;

const files: readonly File[] = ['src', 'transforms'].flatMap(folder =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(inside => {
      const name = path.posix.join(folder, inside.replaceAll('\\', '/'));
      const text = readFileSync(path.join(root, name), 'utf8');
      const imports = [...text.matchAll(IMPORT)].map(match => {
        const target = (match[1] ?? match[2] ?? match[3])!;
        const relative = target.startsWith('.');
        return relative ? path.posix.join(path.posix.dirname(name), target).replace(/\.js$/, '') : target;
      });
      return { name, text, imports };
    }),
);

/** `path imports what`, for every import of the files that `from` names which `allowed` does not. */
const strays = (from: RegExp, stray: (target: string, file: File) => boolean): string[] =>
  files
    .filter(file => from.test(file.name))
    .flatMap(file => file.imports.filter(t => stray(t, file)).map(t => `${file.name} imports ${t}`));

const isOwn = (target: string): boolean => /^(src|transforms)\//.test(target);
const isPackage = (target: string, name: RegExp): boolean => !isOwn(target) && name.test(target);

/** Facts of earlier runs; pure predicates that 4-link and 5-decide share with the rules; deciding asks the rules, which
 *  know no stage. */
const BESIDE_THE_STAGES: Readonly<Record<number, RegExp>> = {
  3: /^src\/cache\//,
  4: /^src\/slots$/,
  5: /^src\/(slots$|rules\/)/,
};

test('the imports are seen', () => {
  expect(files.length).toBeGreaterThan(60);
  expect(files.find(f => f.name === 'src/slotify.ts')?.imports).toContain('src/5-decide/decide');
  expect(files.find(f => f.name === 'src/2-parse/engine.ts')?.imports).toContain('web-tree-sitter');
});

test('model/ imports only itself', () => {
  expect(strays(/^src\/model\//, target => !target.startsWith('src/model/'))).toEqual([]);
});

test('a stage imports model/, itself and stages before it', () => {
  const beyond = (target: string, file: File): boolean => {
    const stage = (name: string) => Number(/^src\/(\d)-/.exec(name)?.[1] ?? Number.POSITIVE_INFINITY);
    if (!isOwn(target) || target.startsWith('src/model/')) return false;
    const own = stage(file.name);
    return stage(target) > own && !BESIDE_THE_STAGES[own]?.test(target);
  };
  expect(strays(/^src\/\d-/, beyond)).toEqual([]);
});

test('rules/ import model/, slots.ts and each other; slots.ts imports model/', () => {
  expect(strays(/^src\/slots\.ts$/, target => !/^src\/model\//.test(target))).toEqual([]);
  expect(strays(/^src\/rules\//, target => !/^src\/(model\/|rules\/|slots$)/.test(target))).toEqual([]);
});

test('transforms/ import model/, rules/, slots.ts and each other; only slotify.ts imports them', () => {
  const allowed = /^(src\/(model\/|rules\/|slots$)|transforms\/)/;
  expect(strays(/^transforms\//, target => !allowed.test(target))).toEqual([]);
  expect(strays(/^src\/(?!slotify\.ts$)/, target => target.startsWith('transforms/'))).toEqual([]);
});

test.each([
  ['tree-sitter', /tree-sitter/, /^src\/2-parse\//],
  ['magic-string', /^magic-string$/, /^src\/6-edit\//],
  [
    'files',
    /^(node:)?fs(\/|$)/,
    /^src\/(1-discover\/|config\.ts|cache\/|6-edit\/disk\.ts|cli\.ts|cli\/|prove\/|bench\/|build\/)/,
  ],
  ['processes', /^(node:)?(child_process|cluster)$/, /^src\/(prove\/|bench\/|cli\.ts|cli\/)/],
  ['threads', /^((node:)?worker_threads|tinypool)$/, /^src\/3-facts\/(threads|worker)\.ts/],
])('%s only where they belong', (_, name, home) => {
  const away = files.filter(f => !home.test(f.name)).map(f => f.name);
  expect(strays(/./, (target, file) => away.includes(file.name) && isPackage(target, name))).toEqual([]);
});

test('console only at the edges', () => {
  const edge = /^src\/(cli\.ts|cli\/|prove\/|bench\/)/;
  const talking = files.filter(
    f => !edge.test(f.name) && /\bconsole\.|\bprocess\.(stdout|stderr|exit)/.test(f.text),
  );
  expect(talking.map(f => f.name)).toEqual([]);
});

test('every file opens with a sentence on its job', () => {
  const silent = files.filter(f => !/^(#![^\n]*\n)?\/\/ \S.*\S/.test(f.text));
  expect(silent.map(f => f.name)).toEqual([]);
});
