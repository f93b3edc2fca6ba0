// Input that was made to break, stop or mislead the program: each run ends soon, says why, and runs nothing.
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const BIN = join(import.meta.dirname, '..', 'bin', 'slotify.js');
const NODE = 'class Node:\n    def __init__(self):\n        self.size = 1\n\n\nNode()\n';

/** Milliseconds that a run may take; each needs a second or two on an idle machine. */
const PATIENCE = 60_000;
vi.setConfig({ testTimeout: 4 * PATIENCE });

let root = '';
const put = (path: string, content: string | Uint8Array): void => {
  fs.mkdirSync(dirname(join(root, path)), { recursive: true });
  fs.writeFileSync(join(root, path), content);
};
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'slotify-hostile-')));
  put('node.py', NODE);
  put('pyproject.toml', '[project]\nname = "shop"\nversion = "1"\n');
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function slotify(...args: readonly string[]): Run {
  const options = { cwd: root, encoding: 'utf8', timeout: PATIENCE, input: '' } as const;
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [BIN, '--no-cache', ...args],
    options,
  );
  expect(error).toBeUndefined();
  expect(stderr).not.toContain('internal error');
  return { status, stdout, stderr };
}

const pipe = (path: string): void => {
  fs.rmSync(join(root, path), { force: true });
  expect(spawnSync('mkfifo', [join(root, path)]).status).toBe(0);
};

describe('a file beyond the bounds is skipped, and counts as one that may do anything to what it names', () => {
  const deep = (open: string, inner: string, close: string): string =>
    `x = ${open.repeat(10_000)}${inner}${close.repeat(10_000)}\n`;

  test.each([
    ['of 21 MB', `x = 12345\n`.repeat(2_200_000), 'Too large: 21.0 MB'],
    ['of 20,001 classes', 'class A: pass\n'.repeat(20_001), 'has more than 20000 classes'],
    ['with 10,000 parentheses', deep('(', '1', ')'), 'nests deeper than 1000 levels'],
    ['with 10,000 lists', deep('[', '', ']'), 'nests deeper than 1000 levels'],
    ['with 10,000 lambdas', deep('lambda: ', '1', ''), 'nests deeper than 1000 levels'],
    ['with 10,000 attributes', deep('', 'a', '.b'), 'nests deeper than 1000 levels'],
    ['with 10,000 calls', deep('', 'a', '()'), 'nests deeper than 1000 levels'],
    ['with 10,000 minus signs', deep('-', '1', ''), 'nests deeper than 1000 levels'],
    ['with 10,000 blocks', Array.from({ length: 10_000 }, (_, i) => `${' '.repeat(i)}if x:\n`).join(''), ':'],
    ['with a NUL byte', 'x = 1\n\0\n', 'Has a NUL byte'],
  ])('%s', (_, text, says) => {
    put('odd.py', `from node import Node\nNode().extra = 1\n${text}`);
    const { status, stderr } = slotify('-v');
    expect(status).toBe(2);
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/node\.py:1:7: Node: SLT902/);
  });

  test('long sums, chains of operators and of elif are none', () => {
    put(
      'long.py',
      `x = ${'1 + '.repeat(10_000)}1\ny = ${'a and '.repeat(10_000)}b\nz = ${'"a" "b" '.repeat(10_000)}\n` +
        `w: ${'int | '.repeat(5_000)}int = 1\nif x:\n    pass\n${'elif y:\n    pass\n'.repeat(5_000)}` +
        `s = "${'a'.repeat(10_000_000)}"\n`,
    );
    const { status, stderr } = slotify();
    expect(stderr).toContain('Would slot 1 class in 1 file');
    expect(status).toBe(0);
  });
});

describe('many of one thing cost no more than their number', () => {
  const many = (count: number, line: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => line(i)).join('');
  const row = (i: number, base = ''): string =>
    `class Row${i}${base}:\n    def __init__(self):\n        self.size${i} = 1\n\n\n`;
  const stores = 'def store(x):\n';

  test.each([
    ['classes in a file', many(10_000, i => row(i)), 10_001],
    ['classes of one name', `${row(0)}Row0()\n`.repeat(5_000), 5_001],
    ['classes below each other', `${many(1_000, i => row(i, i ? `(Row${i - 1})` : ''))}Row999()\n`, 1_001],
    [
      'methods that give what others give',
      `class Chain:\n${many(5_000, i => `    def go${i}(self):\n        return self.go${i + 1}()\n`)}` +
        `    def go5000(self):\n        return self\nChain().go0().last = 1\n`,
      2,
    ],
    [
      'tests in a row',
      `from node import Node\n${stores}    if ${'isinstance(x, Node) and '.repeat(5_000)}x:\n        x.size = 1\n` +
        `    if ${'isinstance(x, int) or '.repeat(5_000)}x:\n        x.size = 2\nstore(Node())\n`,
      1,
    ],
    [
      'tests below each other',
      `from node import Node\n${stores}${'    if isinstance(x, Node):\n        x.size = 1\n'.repeat(10_000)}` +
        `${'    if isinstance(x, int):\n        return x.size\n'.repeat(5_000)}store(Node())\n`,
      1,
    ],
  ])('%s', (_, text, count) => {
    put('many.py', text);
    const { status, stderr } = slotify();
    expect([status, stderr]).toEqual([0, expect.stringContaining(`Would slot ${count} class`)]);
  });

  test('more than a thousand classes below each other are left alone', () => {
    put('many.py', `${many(1_001, i => row(i, i ? `(Row${i - 1})` : ''))}Row1000()\nRow7().late = 1\n`);
    const { status, stderr } = slotify('-v');
    expect([status, stderr]).toEqual([0, expect.stringContaining('Would slot 1 class')]);
    expect(stderr.match(/SLT102/g)).toHaveLength(1_001);
  });
});

test('a large project is analysed in a process with room for it', async () => {
  const comments = `# ${'x'.repeat(1_000_000)}\n`.repeat(12);
  put('large.py', `${NODE.replaceAll('Node', 'Large')}${comments}`);
  put('tests/large.py', comments);
  expect(slotify()).toMatchObject({ status: 0, stderr: expect.stringContaining('Would slot 2 classes') });
  expect(slotify('--check', '-q').status).toBe(1);
  const stdin = spawnSync(
    process.execPath,
    [BIN, '--no-cache', '--write', '-', '--stdin-filename', 'new.py'],
    {
      cwd: root,
      encoding: 'utf8',
      input: NODE.replaceAll('Node', 'New'),
    },
  );
  expect(stdin.stdout).toContain('__slots__');
  // the system takes the memory back
  const child = spawn(process.execPath, [BIN, '--no-cache'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', chunk => {
    said += chunk;
  });
  const ended = new Promise(done => child.on('close', done));
  const second = await vi.waitFor(
    () => {
      const [pid] = fs.readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ');
      expect(pid).toBeTruthy();
      return Number(pid);
    },
    { timeout: PATIENCE, interval: 5 },
  );
  process.kill(second, 'SIGKILL');
  expect(await ended).toBe(2);
  expect(said).toContain('too much for');
});

test('what a parser takes the square of its length for is given up', () => {
  put('dots.py', `x = 1\n${'.'.repeat(300_000)}\n`);
  const { status, stderr } = slotify();
  expect([status, stderr]).toEqual([2, expect.stringContaining('dots.py')]);
  expect(stderr).toContain('Would slot 1 class');
});

test('rows of # between operands, in super() and in decorators cost no time', () => {
  const comment = `# ${'# '.repeat(40)}${'#'.repeat(40)}`;
  put(
    'banner.py',
    `from dataclasses import dataclass, field\nfrom node import Node\nnode = Node()\n` +
      ['and', 'or', '+', 'in', 'not in', '<', 'is', 'is not']
        .map(word => `x = (node.size  ${comment}\n    ${word} ${comment}\n    [])\n`)
        .join('') +
      `if (isinstance(node, Node)  ${comment}\n    or node is None):\n    pass\n` +
      `class Base:\n    def go(self):\n        return 1\n` +
      `@dataclass(  ${comment}\n    eq=False,  ${comment}\n)\nclass Row(Base):\n    a: int = 1\n` +
      `    def go(self):\n        return super(  ${comment}\n        ).go()\nRow()\n`,
  );
  const { status, stdout } = slotify('--target-version', '3.10');
  expect(status).toBe(0);
  expect(stdout).toContain('slots=True');
});

test('long names, comments and blanks cost no more than their length', () => {
  const long = 200_000;
  put(
    'long.py',
    `def ${'property_'.repeat(long / 10)}(f):\n    return f\nclass A:\n    @${'property_'.repeat(long / 10)}\n` +
      `    def f(self):\n        return 1\n    @${'_'.repeat(long)}\n    def g(self):\n        return 1\nA()\n` +
      `x = 1${' '.repeat(long)}+ 2\ny = (1\n${'#\n'.repeat(long / 2)}  or 2)\nz = """${'>>> '.repeat(long / 4)}"""\n` +
      `${'match [x]:\n\n# no\n'.repeat(1_000)}`,
  );
  expect(slotify().status).toBe(0);
});

describe('settings', () => {
  test.each(['pyproject.toml', 'setup.cfg', 'setup.py', '.gitignore', 'slotify.toml'])(
    'a pipe as %s',
    path => {
      fs.rmSync(join(root, 'pyproject.toml'));
      pipe(path);
      expect([0, 2]).toContain(slotify().status);
    },
  );

  test.each([
    ['deep', `a = ${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'not valid TOML'],
    ['large', `#${'x'.repeat(5_000_000)}`, 'larger than 4 MB'],
    ['with a key of every object', '[tool.slotify]\n__proto__ = { unsafe-fixes = true }', 'no key __proto__'],
    ['with another', '[tool.slotify.constructor.prototype]\nunsafe-fixes = true', 'no key constructor'],
    ['with a glob for years', `[tool.slotify]\nexclude = ["${'*a'.repeat(30)}b"]`, 'a glob may hold'],
    ['with folders for years', `[tool.slotify]\ninclude = ["${'**/'.repeat(30)}b"]`, 'a glob may hold'],
    ['with a version for years', `[project]\nrequires-python = ">=3.8${'rrcrev'.repeat(50)}!"`, 'no version'],
    ['with a version of a megabyte', `[project]\nrequires-python = "${'<'.repeat(1_000_000)}"`, 'no version'],
    ['with groups for years', '[tool.slotify]\nexclude = ["+(a|+(a|+(a)))b"]', 'a glob may hold'],
  ])('%s', (_, text, says) => {
    put('pyproject.toml', `${text}\n`);
    put(`${'a'.repeat(200)}.py`, 'x = 1\n');
    const { status, stderr } = slotify();
    expect([status, stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});

test.skipIf(process.platform === 'win32')('a profile that is a device', () => {
  put('pyproject.toml', '[tool.slotify]\nprofile = "/dev/zero"\n');
  const { status, stderr } = slotify();
  expect([status, stderr]).toEqual([2, expect.stringContaining('not a regular file')]);
});

test('patterns that take years do not', () => {
  put(`${'a/'.repeat(60)}c.py`, 'x = 1\n');
  put('.gitignore', `/${'**/a/'.repeat(20)}b\n${'*a'.repeat(40)}b\n`);
  const name = 'a'.repeat(200);
  put('names.py', NODE.replaceAll('Node', name));
  expect(slotify().stderr).toContain('Would slot 2 classes');
  expect(slotify('--select-class', `${'*a'.repeat(40)}b`).stderr).toContain('No class to slot');
});

test('folders without end are not walked to it', () => {
  put(`${'a/'.repeat(150)}c.py`, 'x = 1\n');
  const { status, stderr } = slotify();
  expect([status, stderr]).toEqual([2, expect.stringContaining('too many folders deep')]);
});

test('a setting does not make it read without end', () => {
  put('slotify.toml', 'evidence = ["plugins"]\n');
  put('.gitignore', 'plugins\n');
  for (let i = 0; i < 6; i++) {
    put(`plugins/big_${i}.py`, '');
    fs.truncateSync(join(root, `plugins/big_${i}.py`), 20 * 2 ** 20);
  }
  const { status, stderr } = slotify('--write');
  expect([status, stderr]).toEqual([2, expect.stringContaining('more than 100 MB of code and text')]);
  expect(fs.readFileSync(join(root, 'node.py'), 'utf8')).toBe(NODE);
});

test('a file as large as a disk is not looked through', () => {
  put('tests/huge.py', '');
  fs.truncateSync(join(root, 'tests/huge.py'), 2 ** 40);
  const { status, stderr } = slotify();
  expect([status, stderr]).toEqual([2, expect.stringContaining('Too large')]);
});

test('what is only read and cannot be understood does not make a result incomplete', () => {
  put('tests/broken.py', 'from node import Node\nNode( = 1\n');
  put('tests/coding.py', '# coding: lala\nNode().extra = 1\n');
  put('tests/large.py', `Node().extra = 1\n${'x = 12345\n'.repeat(2_200_000)}`);
  put('other.py', NODE.replaceAll('Node', 'Other'));
  const { status, stderr } = slotify('-v');
  expect([status, stderr]).toEqual([0, expect.stringContaining('note: not understood')]);
  expect(stderr).toMatch(/node\.py:1:7: Node: SLT902/);
  expect(stderr).toContain('Would slot 1 class in 1 file');
  expect(stderr).not.toContain('incomplete');
});

test('pipes, devices and loops are not opened', () => {
  pipe('pipe.py');
  pipe('script');
  fs.chmodSync(join(root, 'script'), 0o755);
  fs.symlinkSync('/dev/zero', join(root, 'zero.py'));
  fs.symlinkSync('loop.py', join(root, 'loop.py'));
  fs.symlinkSync('.', join(root, 'here'));
  const { status, stderr } = slotify();
  expect(status).toBe(2);
  expect(stderr.match(/Not a regular file/g)).toHaveLength(1);
  expect(stderr).toContain('zero.py leads out of the project, to /dev/zero');
  expect(stderr).toContain('Would slot 1 class');
});

test('a cache that comes with the repository is not believed', () => {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: root });
  put('large.py', `# ${'x'.repeat(600_000)}\n`);
  const run = (): string => spawnSync(process.execPath, [BIN], { cwd: root, encoding: 'utf8' }).stderr;
  git('init', '--quiet');
  expect([run(), run()].join()).not.toContain('is in git');
  const entries = (): readonly string[] =>
    fs.readdirSync(join(root, '.slotify_cache'), { recursive: true }) as string[];
  const kept = entries().length;
  git('add', '--force', '.slotify_cache');
  put('more.py', NODE);
  const said = run();
  expect(said).toContain('slotify_cache is in git, so it is not used');
  expect(said).toContain('Would slot 2 classes');
  expect(entries()).toHaveLength(kept);
});

test('a cache that is a link, or holds one, is neither written nor emptied', () => {
  const outside = fs.mkdtempSync(join(tmpdir(), 'slotify-outside-'));
  try {
    put('large.py', `# ${'x'.repeat(600_000)}\n`);
    const run = (...args: string[]) => spawnSync(process.execPath, [BIN, ...args], { cwd: root }).status;
    const cache = join(root, '.slotify_cache');
    fs.symlinkSync(outside, cache);
    expect([run(), run('clean')]).toEqual([0, 0]);
    expect(fs.readdirSync(outside)).toEqual([]);
    fs.unlinkSync(cache);
    expect(run()).toBe(0);
    const kinds = fs.readdirSync(cache).filter(name => /^(facts|reports)-/.test(name));
    expect(kinds).toHaveLength(2);
    fs.mkdirSync(join(outside, 'ab'));
    for (let i = 0; i < 9; i++) fs.writeFileSync(join(outside, 'ab', String(i)), '');
    for (const kind of kinds) {
      fs.rmSync(join(cache, kind), { recursive: true });
      fs.symlinkSync(outside, join(cache, kind));
    }
    fs.rmSync(join(cache, '.gitignore'));
    fs.symlinkSync(join(outside, 'made'), join(cache, '.gitignore'));
    expect([run(), run('clean')]).toEqual([0, 0]);
    expect(fs.readdirSync(outside)).toEqual(['ab']);
    expect(fs.readdirSync(join(outside, 'ab'))).toHaveLength(9);
  } finally {
    fs.rmSync(outside, { recursive: true });
  }
});

test('files whose names differ in case only are two modules', () => {
  put('shop/Order.py', 'class Order:\n    def __init__(self):\n        self.upper = 1\n\n\nOrder()\n');
  put('shop/order.py', 'class Order:\n    def __init__(self):\n        self.lower = 1\n\n\nOrder()\n');
  if (fs.readdirSync(join(root, 'shop')).length === 1) return;
  expect(slotify('--write').status).toBe(0);
  expect(fs.readFileSync(join(root, 'shop/Order.py'), 'utf8')).toContain('__slots__ = ("upper",)');
  expect(fs.readFileSync(join(root, 'shop/order.py'), 'utf8')).toContain('__slots__ = ("lower",)');
});

/** Lines that a terminal or the runner of a workflow may act on. */
function dangerous(text: string): readonly string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
  return text.split('\n').filter(line => control.test(line) || /^\s*::|##[a-z]*\[/.test(line));
}

test('no name, in no output, is obeyed by a terminal or the runner of a workflow', () => {
  put(
    'a\n::error::owned\u001b]0;owned\u0007\u202e<img src=x>|`x`.py',
    `${NODE.replaceAll('Node', 'Row')}\n\nclass Odd:\n    def __init__(self):\n        ` +
      `setattr(self, "\\x1b[31m\\n::error::x", 1)\nOdd()\n` +
      `class Kept:  # slotify: ignore[\u001b[31mfoo]\n    pass\n`,
  );
  put('d\n##vso[task.x]\r::set-env name=x::y/##[group]z/n.py', NODE);
  put('##[group]/n.py', NODE);
  put('broken\u001b[31m\n::warning::x.py', 'class (:\n');
  const word = 'x\u001b[31m\n::error::y';
  const formats = ['text', 'concise', 'json', 'jsonl', 'gitlab', 'sarif', 'junit', 'markdown'];
  const runs = [
    ...formats.map(format => ['-v', '--output-format', format]),
    ['--statistics'],
    ['--check', '-v'],
    ['explain', 'Odd'],
    ...[['explain'], [], ['--output-format'], ['--select-class'], ['--python'], ['--diff-base']].map(
      flags => [...flags, word],
    ),
  ];
  for (const args of runs) {
    const { stdout, stderr } = slotify(...args);
    expect([...dangerous(stdout), ...dangerous(stderr)], args.join(' ')).toEqual([]);
  }
  const { stdout } = slotify('--output-format', 'github', '-v');
  for (const line of stdout.trim().split('\n'))
    expect(line).toMatch(/^::(error|warning|notice) file=[^\n]*::/);
  const diff = slotify('--output-format', 'diff').stdout;
  fs.writeFileSync(join(root, 'diff'), diff);
  expect(spawnSync('git', ['apply', 'diff'], { cwd: root }).status).toBe(0);
  expect(fs.readFileSync(join(root, '##[group]/n.py'), 'utf8')).toContain('__slots__');
});

test('no line of code in a diff is obeyed by the runner of a workflow, and the diff still applies', () => {
  const logged = (): string => {
    const env = { ...process.env, GITHUB_ACTIONS: 'true' };
    const args = [BIN, '--no-cache', 'loud.py'];
    return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env }).stdout;
  };
  const loud = (line: string): string =>
    `class Loud:\n    """\n${line}\n"""\n${NODE.slice(NODE.indexOf('\n') + 1)}`;
  for (const line of ['::error::owned', '   ::add-mask::a', 'a\r::set-env name=x::y', 'say ##[error]owned']) {
    put('loud.py', loud(line));
    const diff = logged();
    const [first, ...rest] = diff.split('\n');
    const token = /^::stop-commands::([\w-]{36})$/.exec(first!)?.[1];
    expect(token, line).toBeDefined();
    expect(rest.splice(-2)).toEqual([`::${token}::`, '']);
    expect(rest.join('\n')).not.toContain(token);
    for (const tool of ['patch -p1 --dry-run', 'git apply']) {
      const { status, stderr } = spawnSync(tool, { shell: true, cwd: root, input: diff, encoding: 'utf8' });
      expect([tool, status, stderr]).toEqual([tool, 0, '']);
    }
    expect(fs.readFileSync(join(root, 'loud.py'), 'utf8')).toContain('__slots__ = ("size",)');
  }
  put('loud.py', loud('Says :: nothing.'));
  expect(logged()).toMatch(/^diff --git/);
});

test.skipIf(process.platform !== 'linux')('a name that is no text is said to be none', () => {
  fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff]), Buffer.from('.py')]), NODE);
  const { status, stderr } = slotify();
  expect([status, stderr]).toEqual([2, expect.stringContaining('not valid UTF-8. Rename it')]);
});

test('no setting of a repository makes git run a program', () => {
  const mark = join(root, 'mark');
  put('evil', `#!/bin/sh\necho ran >> ${mark}\ncat\n`);
  fs.chmodSync(join(root, 'evil'), 0o755);
  put('.gitattributes', '*.py filter=evil diff=evil\n');
  const git = (...args: string[]): void => {
    const safe = ['-c', 'user.name=a', '-c', 'user.email=a@b'];
    expect(spawnSync('git', [...safe, ...args], { cwd: root }).status).toBe(0);
  };
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'all');
  const evil = join(root, 'evil');
  for (const name of ['filter.evil.clean', 'filter.evil.process', 'diff.evil.textconv', 'diff.evil.command'])
    git('config', name, evil);
  for (const name of ['core.fsmonitor', 'diff.external', 'core.pager', 'filter.Odd name.clean'])
    git('config', name, evil);
  git('config', 'filter.evil.required', 'true');
  put('node.py', `${NODE}# changed\n`);
  for (const args of [['--diff-base', 'HEAD'], ['--check'], ['--write'], ['--diff-base', 'HEAD', '--write']])
    expect(slotify(...args).status).not.toBe(2);
  git('config', 'filter.a=b.clean', evil);
  expect(slotify('--diff-base', 'HEAD').status).toBe(2);
  expect(fs.existsSync(mark)).toBe(false);
  expect(fs.readFileSync(join(root, 'node.py'), 'utf8')).toContain('__slots__');
});

test('nothing that is analysed is run, and nothing outside of it is read', () => {
  const mark = join(root, 'mark');
  const leaves = `open(${JSON.stringify(mark)}, "w").write("ran")\n`;
  for (const path of [
    'sitecustomize.py',
    'usercustomize.py',
    'conftest.py',
    'setup.py',
    '__init__.py',
    '__main__.py',
    'json.py',
    'ast.py',
    'tree_sitter.py',
    'env/lib/python3.11/site-packages/framework/__init__.py',
    'env/lib/python3.11/site-packages/evil.pth',
  ])
    put(path, path.endsWith('.pth') ? `import os; ${leaves}` : leaves);
  put('env/pyvenv.cfg', 'version = 3.11.0\n');
  put('env/bin/python', `#!/bin/sh\necho ran > ${mark}\n`);
  fs.chmodSync(join(root, 'env/bin/python'), 0o755);
  put('node_modules/web-tree-sitter/index.js', `require("fs").writeFileSync(${JSON.stringify(mark)}, "ran")`);
  put('shop.py', `from framework import Base\n\n\nclass Shop(Base):\n    pass\n${NODE}`);
  for (const args of [[], ['--check'], ['explain', 'Shop'], ['--write'], ['--output-format', 'json']])
    slotify(...args, '--python', 'env');
  expect(fs.existsSync(mark)).toBe(false);
  expect(fs.readFileSync(join(root, 'node.py'), 'utf8')).toContain('__slots__');
});
