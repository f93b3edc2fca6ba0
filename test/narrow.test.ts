// Narrowing and outputs into files, as a user meets them: the built program in a git repository.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const BIN = fileURLToPath(new URL('../bin/slotify.js', import.meta.url));
vi.setConfig({ testTimeout: 60_000 });

const cls = (name: string, base = ''): string =>
  `class ${name}${base && `(${base})`}:\n    def __init__(self):\n        self.${name.toLowerCase()} = 1\n\n\n`;

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slotify-narrow-'));
  put('pyproject.toml', '[project]\nrequires-python = ">=3.9"\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function git(...args: string[]): void {
  const config = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  execFileSync('git', [...config, ...args], { cwd: root, env, stdio: 'pipe' });
}

function slotify(...args: string[]) {
  const { NO_COLOR: _n, FORCE_COLOR: _f, VIRTUAL_ENV: _v, ...env } = process.env;
  const done = spawnSync(process.execPath, [BIN, ...args], { cwd: root, env, encoding: 'utf8' });
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}

const rewritten = (...args: string[]): string[] =>
  slotify('--output-format', 'concise', ...args)
    .stdout.split('\n')
    .flatMap(line => /plain-slots (\w+)/.exec(line)?.[1] ?? []);

describe('--select-class', () => {
  test('rewrites and reports only what matches; a base outside keeps its subclasses back', () => {
    put('shop/a.py', cls('Base') + cls('Sub', 'Base') + cls('Other'));
    expect(rewritten()).toEqual(['Base', 'Sub', 'Other']);
    expect(rewritten('--select-class', 'Oth*')).toEqual(['Other']);
    expect(rewritten('--select-class', 'shop.a:*', '--select-class', 'x')).toEqual(['Base', 'Sub', 'Other']);
    expect(rewritten('--select-class', 'Sub')).toEqual([]);
    expect(slotify('--select-class', 'Sub', '-v').stderr).toContain('SLT109 base-not-slotted');
    expect(rewritten('--select-class', 'Sub', '--select-class', 'Base')).toEqual(['Base', 'Sub']);
  });

  test('notes each pattern that fits no class', () => {
    put('shop/a.py', cls('Base') + cls('Other'));
    const { status, stderr } = slotify('--select-class', 'Oth*', '--select-class', 'shop.b:*');
    expect(status).toBe(0);
    expect(stderr).toContain('note: --select-class shop.b:* fits no class that may be rewritten.\n');
    expect(stderr).not.toContain('Oth*');
  });
});

describe('--diff-base', () => {
  beforeEach(() => {
    git('init', '-q', '-b', 'main');
    put('shop/old.py', cls('Old') + cls('Kept'));
    put('shop/use.py', 'from shop.new import New\n\n\ndef go(new: New):\n    new.later = 1\n');
    put('shop/broken.py', 'class (:\n');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    git('checkout', '-q', '-b', 'topic');
    put('shop/new.py', cls('New'));
    put('shop/größe.py', cls('Size'));
    git('add', 'shop/new.py');
    git('commit', '-q', '-m', 'two');
  });

  test('takes files changed since the branches parted, committed or not, with the whole project as the world', () => {
    expect(rewritten('--diff-base', 'main').sort()).toEqual(['New', 'Size']);
    // the store in a file that did not change counts as in a full run
    expect(slotify('--diff-base', 'main').stdout).toContain('("new", "later")');
    expect(slotify('--diff-base', 'main').stderr).not.toContain('broken.py');
    git('checkout', '-q', 'main');
    put('shop/old.py', `${cls('Old')}# touched on main\n`);
    git('commit', '-q', '-am', 'three');
    git('checkout', '-q', 'topic');
    expect(rewritten('--diff-base', 'main').sort()).toEqual(['New', 'Size']);
    put('shop/old.py', cls('Old'));
    expect(rewritten('--diff-base', 'main').sort()).toEqual(['New', 'Old', 'Size']);
  });

  test('--check fails only for what changed', () => {
    expect(slotify('--check', '-q', '--diff-base', 'main').status).toBe(1);
    slotify('--write', '-q', '--diff-base', 'main');
    expect(slotify('--check', '-q', '--diff-base', 'main').status).toBe(0);
    expect(readFileSync(join(root, 'shop/old.py'), 'utf8')).not.toContain('__slots__');
  });

  test('says what is wrong with a revision', () => {
    for (const revision of ['nowhere', '--all', 'HEAD~99']) {
      const { status, stderr } = slotify(`--diff-base=${revision}`);
      expect(status).toBe(2);
      expect(stderr).toContain(`git knows no revision ${revision}. In CI, fetch it first`);
    }
    rmSync(join(root, '.git'), { recursive: true });
    expect(slotify('--diff-base', 'main').stderr).toContain('in no git repository');
  });
});

describe('outputs', () => {
  test('go into files, beside what is printed', () => {
    put('a.py', cls('A'));
    const printed = slotify('--diff');
    const done = slotify(
      '--diff',
      '--output-file',
      'a.patch',
      '--report',
      'sarif=a.sarif',
      '--report',
      'markdown=a.md',
    );
    expect(done).toEqual({ ...printed, stdout: '' });
    expect(readFileSync(join(root, 'a.patch'), 'utf8')).toBe(printed.stdout);
    expect(JSON.parse(readFileSync(join(root, 'a.sarif'), 'utf8')).version).toBe('2.1.0');
    expect(readFileSync(join(root, 'a.md'), 'utf8')).toMatch(/^## slotify\n/);
  });

  test('that cannot be written are an error', () => {
    put('a.py', cls('A'));
    const { status, stderr } = slotify('--output-format', 'json', '--output-file', 'no/such/folder.json');
    expect(status).toBe(2);
    expect(stderr).toContain('folder.json: its folder does not exist\n');
    expect(existsSync(join(root, 'no'))).toBe(false);
  });

  test('--statistics stand instead of the diff', () => {
    put('a.py', `${cls('A')}class E(Exception):\n    pass\n`);
    expect(slotify('--statistics', '-q')).toEqual({
      status: 0,
      stdout: '1          plain-slots  gets slots\n1  SLT106  exception    is an exception\n',
      stderr: '',
    });
    expect(JSON.parse(slotify('--statistics', '--output-format', 'json').stdout)).toHaveLength(2);
  });
});
