// Verifying with the project's own tests: planted harm is found, nothing else is, and the user's tree stays as it is.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { resolveConfig } from '../src/config.js';
import { failuresIn, namedIn, placesIn } from '../src/prove/blame.js';
import { inFamilies } from '../src/prove/families.js';
import { findInterpreters } from '../src/prove/interpreters.js';
import { type Verification, type VerifyOptions, verify } from '../src/prove/verify.js';
import { prepare } from '../src/slotify.js';

const BIN = fileURLToPath(new URL('../bin/slotify.js', import.meta.url));
const python = findInterpreters()[0]!.executable;
const UNITTEST = [python, '-m', 'unittest', '-q'];

vi.setConfig({ testTimeout: 120_000 });

let base = '';
let root = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'slotify-verify-test-'));
  root = join(base, 'project');
  put('pyproject.toml', '[project]\nname = "shop"\nrequires-python = ">=3.8"\n');
  put('shop/__init__.py', '');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Every file of the project with its content and mode. */
function fingerprint(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const info = statSync(join(root, name));
    hash.update(`${name} ${info.mode}\n`);
    if (info.isFile()) hash.update(readFileSync(join(root, name)));
  }
  return hash.digest('hex');
}

async function verified(
  command: readonly string[],
  more: Partial<VerifyOptions> = {},
): Promise<Verification> {
  const resolved = resolveConfig({ paths: [root], cwd: root });
  if ('problem' in resolved) throw new Error(resolved.problem);
  return verify(await prepare(resolved.config), { command, cwd: root, timeout: 60, ...more });
}

const part = (name: string, more = ''): string =>
  `class ${name}:\n    def __init__(self):\n        self.a = 1\n        self.b = 2\n${more}\n\n${name}()\n\n`;

/** What slots forbid, in ways that failures name or do not. */
const HARM = ['o.note = 1', 'import weakref; weakref.ref(o)', 'import pickle; pickle.dumps(o, 0)', 'vars(o)'];

/** A test of the module's classes; `harm` is text until it runs, so no analysis sees it. */
function testOf(name: string, harm: string | null): string {
  const code = `o = make()\\n${harm ?? 'assert o.a == 1'}`;
  return `    def test_${name.toLowerCase()}(self):\n        exec("${code}", {"make": shop.parts.${name}})\n\n`;
}

function plant(count: number, harmful: ReadonlyMap<string, string>): readonly string[] {
  const names = Array.from({ length: count }, (_, i) => `Part${i}`);
  put('shop/parts.py', names.map(name => part(name)).join(''));
  const tests = names.map(name => testOf(name, harmful.get(name) ?? null));
  put(
    'test_parts.py',
    `import unittest\nimport shop.parts\n\nclass Parts(unittest.TestCase):\n${tests.join('')}`,
  );
  return names;
}

test('8 harmful classes among 64, which no analysis sees: exactly those, within 2 + 8 log2(60) runs', async () => {
  const where = [3, 4, 11, 20, 33, 41, 57, 63];
  const harmful = new Map(where.map((i, k) => [`Part${i}`, HARM[k % HARM.length]!]));
  const names = plant(64, harmful);
  const before = fingerprint();
  const found = await verified(UNITTEST);
  if (found.kind !== 'verified') throw new Error(found.kind);
  expect(found.blamed.map(b => b.cls.name).sort()).toEqual([...harmful.keys()].sort());
  expect(found.runs).toBeLessThanOrEqual(Math.floor(2 + 8 * Math.log2(60)));
  const rewritten = found.report.decisions.filter(d => d.kind === 'rewrite').map(d => d.cls.name);
  expect(rewritten.sort()).toEqual(names.filter(name => !harmful.has(name)).sort());
  expect(found.imported).toEqual({ seen: 1, all: 1 });
  expect(fingerprint()).toBe(before);

  for (const { cls, test: failed, error } of found.blamed) {
    expect(failed).toContain(`test_${cls.name.toLowerCase()} `);
    expect(error).toMatch(/^(AttributeError|TypeError): /);
  }
  const refused = found.report.decisions.find(d => d.cls.name === 'Part3');
  if (refused?.kind !== 'refuse') throw new Error('Part3 is not refused');
  expect(refused.reasons).toMatchObject([{ code: 'SLT903', name: 'failed-verification' }]);
  expect(refused.reasons[0].evidence[0]!.says).toContain(
    "AttributeError: 'Part3' object has no attribute 'note'",
  );
});

test('nothing harmful: three runs, and the whole plan', async () => {
  plant(5, new Map());
  const progress: string[] = [];
  const found = await verified(UNITTEST, {
    onRun: p => progress.push(`${p.done + 1}/${p.done + p.expected}`),
  });
  expect(found).toMatchObject({ kind: 'verified', blamed: [], runs: 3, flaky: [], failing: [] });
  expect(progress).toEqual(['1/3', '2/3', '3/3']);
});

test('a harmful base goes with its subclasses, a harmful subclass goes alone', async () => {
  const sub = (name: string, above: string): string =>
    `class ${name}(${above}):\n    def __init__(self):\n        super().__init__()\n        self.c = 3\n\n${name}()\n\n`;
  put(
    'shop/parts.py',
    part('Base') + sub('Leaf', 'Base') + sub('Twig', 'Base') + part('Root') + sub('Stem', 'Root'),
  );
  const harmful = new Map([
    ['Leaf', 'o.note = 1'],
    ['Root', 'o.note = 1'],
  ]);
  const tests = ['Base', 'Leaf', 'Twig', 'Root', 'Stem'].map(name => testOf(name, harmful.get(name) ?? null));
  put(
    'test_parts.py',
    `import unittest\nimport shop.parts\n\nclass Parts(unittest.TestCase):\n${tests.join('')}`,
  );
  const found = await verified(UNITTEST);
  if (found.kind !== 'verified') throw new Error(found.kind);
  expect(found.blamed.map(b => b.cls.name).sort()).toEqual(['Leaf', 'Root']);
  const rewritten = found.report.decisions.filter(d => d.kind === 'rewrite').map(d => d.cls.name);
  expect(rewritten).toEqual(['Base', 'Twig']);
});

test('a class that stood in the way of another does not let it in when it goes', async () => {
  const both = 'class Both(Left, Right):\n    def __init__(self):\n        pass\n\nBoth()\n\n';
  put('shop/parts.py', part('Left') + part('Right') + both);
  const tests = [testOf('Left', 'o.note = 1'), testOf('Right', 'o.note = 1')].join('');
  put('test_parts.py', `import unittest\nimport shop.parts\n\nclass Parts(unittest.TestCase):\n${tests}`);
  const found = await verified(UNITTEST);
  if (found.kind !== 'verified') throw new Error(found.kind);
  expect(found.blamed.map(b => b.cls.name)).toEqual(['Left']);
  const reasons = found.report.decisions.map(d => (d.kind === 'rewrite' ? d.kind : d.reasons[0].name));
  expect(reasons).toEqual(['failed-verification', 'layout-conflict', 'base-not-slotted']);
});

test('hierarchies are tried together, bases first', async () => {
  put(
    'shop/b.py',
    'from shop.a import A\n\nclass B(A):\n    def __init__(self):\n        self.y = 1\n\nB()\n',
  );
  put('shop/c.py', 'class C:\n    def __init__(self):\n        self.x = 1\n\nC()\n');
  put('shop/z.py', 'class Z:\n    def __init__(self):\n        self.z = 1\n\nZ()\n');
  put('shop/a.py', 'from shop.z import Z\n\nclass A(Z):\n    pass\n\nA()\n');
  const resolved = resolveConfig({ paths: [root], cwd: root });
  if ('problem' in resolved) throw new Error(resolved.problem);
  const { world, report } = await prepare(resolved.config);
  const ids = (await report(new Map())).changes.flatMap(c => c.classes);
  expect(inFamilies(new Set(ids), world)).toEqual([
    'shop/z.py:Z',
    'shop/a.py:A',
    'shop/b.py:B',
    'shop/c.py:C',
  ]);
});

test('tests that fail anyway and flaky ones are reported, not blamed', async () => {
  plant(6, new Map([['Part2', 'o.note = 1']]));
  put(
    'test_other.py',
    `import os, unittest

class Other(unittest.TestCase):
    def test_broken(self):
        self.fail("always")

    def test_flaky(self):
        seen = os.path.exists("seen")
        open("seen", "w").close()
        self.assertTrue(seen)
`,
  );
  const found = await verified(UNITTEST);
  if (found.kind !== 'verified') throw new Error(found.kind);
  expect(found.blamed.map(b => b.cls.name)).toEqual(['Part2']);
  expect(found.flaky).toEqual([expect.stringContaining('test_flaky')]);
  expect(found.failing).toEqual([expect.stringContaining('test_broken')]);
});

describe('a command of no use', () => {
  test.each([
    [
      'fails',
      ['-c', 'print("no tests here"); raise SystemExit(3)'],
      'fails without any change (exit code 3)',
    ],
    [
      'is flaky',
      ['-c', 'import os\ntry:\n    os.mkdir("d")\nexcept OSError:\n    raise SystemExit(1)'],
      'flaky',
    ],
    ['hangs', ['-c', 'import time; time.sleep(600)'], 'does not end in time'],
  ])('%s', async (_, args, problem) => {
    plant(2, new Map());
    const found = await verified([python, ...args], { timeout: 1.5 });
    expect(found).toMatchObject({ kind: 'unusable', problem: expect.stringContaining(problem) });
  });

  test('a program that is not there', async () => {
    plant(2, new Map());
    expect(await verified(['no-such-program'])).toMatchObject({
      kind: 'unusable',
      output: expect.stringContaining('there is no such program'),
    });
  });
});

test('in a git work tree the copy is one, too, and the repository is only read', async () => {
  plant(3, new Map());
  const git = (...args: string[]): string => {
    const done = spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    return done.stdout;
  };
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'start');
  put('shop/untracked.py', 'x = 1\n');
  const check =
    'import subprocess as s; import shop.parts, shop.untracked\n' +
    'assert s.check_output(["git", "log", "--format=%s"]) == b"start\\n"\n' +
    'assert b"?? shop/untracked.py" in s.check_output(["git", "status", "--short"])';
  const before = fingerprint();
  expect(await verified([python, '-c', check])).toMatchObject({ kind: 'verified', blamed: [] });
  expect(fingerprint()).toBe(before);
});

describe('the command line', () => {
  const cli = (...args: string[]) =>
    spawnSync(process.execPath, [BIN, 'verify', ...args], { cwd: root, encoding: 'utf8' });

  test('--write applies the plan that passes', () => {
    plant(4, new Map([['Part1', 'vars(o)']]));
    const { status, stderr } = cli('--write', '--', ...UNITTEST);
    expect(stderr).toContain('verify: run 1 of about 3, 0 s: without changes\n');
    expect(stderr).toMatch(/excluded shop\.parts:Part1: test_part1 .*: TypeError: vars\(\)/);
    expect(stderr).toContain('Slotted 3 classes in 1 file');
    expect(status).toBe(0);
    expect(readFileSync(join(root, 'shop/parts.py'), 'utf8').match(/__slots__/g)).toHaveLength(3);
    expect(spawnSync(python, ['-B', ...UNITTEST.slice(1)], { cwd: root }).status).toBe(0);
  });

  test('without it, the diff of that plan is printed', () => {
    plant(2, new Map());
    const before = fingerprint();
    const { status, stdout } = cli('--quiet', '--', ...UNITTEST);
    expect(stdout.match(/^\+ {4}__slots__/gm)).toHaveLength(2);
    expect(status).toBe(0);
    expect(fingerprint()).toBe(before);
  });

  test('needs a command, and one that passes', () => {
    expect(cli().stderr).toContain('verify needs a command behind --');
    plant(1, new Map());
    const failing = cli('--', python, '-c', 'print("broken"); raise SystemExit(1)');
    expect(failing.status).toBe(2);
    expect(failing.stderr).toContain('broken\n');
    expect(failing.stderr).toContain('slotify: the command fails without any change (exit code 1)');
  });

  test('Ctrl-C at any moment leaves the tree as it was, and nothing behind', async () => {
    plant(12, new Map([['Part5', 'vars(o)']]));
    const before = fingerprint();
    const temporary = join(base, 'tmp');
    mkdirSync(temporary);
    for (const delay of [200, 700, 1200, 2000]) {
      const args = [BIN, 'verify', '--write', '--', python, '-c', 'import time, shop.parts; time.sleep(1)'];
      const env = { ...process.env, TMPDIR: temporary };
      const child = spawn(process.execPath, args, { cwd: root, env, stdio: 'ignore' });
      await new Promise(resolve => setTimeout(resolve, delay));
      child.kill('SIGINT');
      const [code, signal] = await new Promise<[number | null, string | null]>(resolve =>
        child.on('close', (...ended) => resolve(ended)),
      );
      // before slotify has started, the signal itself ends it
      expect(code === 130 || signal === 'SIGINT').toBe(true);
      expect(readdirSync(temporary)).toEqual([]);
      expect(fingerprint()).toBe(before);
    }
  });
});

describe('what output says', () => {
  test('of pytest', () => {
    const output = `
tests/test_a.py:12: in test_a
E   AttributeError: 'Order' object has no attribute 'note'
tests/test_a.py:12: AttributeError
=== short test summary info ===
FAILED tests/test_a.py::test_a[x y] - AttributeError: 'Order' object...
ERROR tests/test_b.py - ValueError: 'x' in __slots__ conflicts with class variable
2 failed in 0.1s
`;
    expect(failuresIn(output)).toEqual({
      tests: ['tests/test_a.py::test_a[x y]', 'tests/test_b.py'],
      errors: ["AttributeError: 'Order' object has no attribute 'note'"],
    });
    expect(placesIn(output)).toEqual([
      { path: 'tests/test_a.py', line: 12 },
      { path: 'tests/test_a.py', line: 12 },
    ]);
  });

  test('of unittest, on Python 3.8 and 3.12', () => {
    const output = `
======================================================================
ERROR: test_a (tests.Parts)
----------------------------------------------------------------------
  File "/p/shop/parts.py", line 7, in f
TypeError: cannot create weak reference to 'Order' object
FAIL: test_b (tests.Parts.test_b)
AssertionError: 1 != 2
`;
    expect(failuresIn(output).tests).toEqual(['test_a (tests.Parts)', 'test_b (tests.Parts.test_b)']);
    expect(failuresIn(output).errors).toHaveLength(2);
    expect(placesIn(output)).toEqual([{ path: '/p/shop/parts.py', line: 7 }]);
  });

  test('classes in messages of real interpreters', () => {
    const program = `
import copy, pickle, weakref
class Order:
    __slots__ = ("a",)
    b = 1
for code in ["Order().x", "Order().x = 1", "Order().b = 2", "weakref.ref(Order())", "Order().__dict__"]:
    try:
        exec(code)
    except (AttributeError, TypeError) as error:
        print(type(error).__name__ + ": " + str(error))
`;
    for (const { executable, version } of findInterpreters().filter(i => i.version[1] >= 8)) {
      const lines = spawnSync(executable, ['-c', program], { encoding: 'utf8' }).stdout.trim().split('\n');
      expect(lines).toHaveLength(5);
      for (const line of lines)
        expect([version, line, [...namedIn(line)]]).toEqual([version, line, ['Order']]);
    }
  });
});
