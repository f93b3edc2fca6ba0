// Which files of a project are read, and as what.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { discover, inMemory } from '../src/1-discover/discover.js';
import { locate, readEnvironment, sitePackages } from '../src/1-discover/environment.js';
import { globs, isTestLike } from '../src/1-discover/roles.js';
import type { Config } from '../src/model/config.js';
import type { Discovery } from '../src/model/source.js';
import { project } from './support/project.js';

function config(cwd: string, more: Partial<Config> = {}): Config {
  const python = { oldest: [3, 8], newest: [3, 13], from: 'default' } as const;
  return {
    paths: ['.'],
    cwd,
    include: [],
    exclude: [],
    evidence: [],
    includeTests: false,
    environment: null,
    python,
    lineLength: 88,
    quoteStyle: 'auto',
    sequenceStyle: 'tuple',
    weakref: 'auto',
    hybrid: false,
    unsafeFixes: false,
    transforms: ['plain-slots'],
    skip: [],
    perFileIgnores: {},
    perClassIgnores: {},
    ...more,
  };
}

const targets = (found: Discovery) => found.sources.filter(s => s.role === 'target').map(s => s.path);
const evidence = (found: Discovery) => found.sources.filter(s => s.role === 'evidence').map(s => s.path);
const all = (found: Discovery) => found.sources.map(s => s.path);
const MARK = { 'pyproject.toml': '' };

describe('what is not read', () => {
  test('hidden folders, environments, caches and build output', async () => {
    const root = project({
      ...MARK,
      'shop/__init__.py': '',
      '.tox/py/a.py': '',
      '.venv/a.py': '',
      'venv/lib/a.py': '',
      'env/a.py': '',
      'virtualenv/a.py': '',
      'my-python/pyvenv.cfg': '',
      'my-python/lib/a.py': '',
      'node_modules/x/a.py': '',
      'shop/__pycache__/a.py': '',
      'build/lib/shop/a.py': '',
      'dist/a.py': '',
      'docs/_build/a.py': '',
      'shop.egg-info/a.py': '',
      'lib/site-packages/a.py': '',
      'buck-out/a.py': '',
      'README.md': '',
      'shop/data.pyc': '',
    });
    expect(all(await discover(config(root)))).toEqual(['shop/__init__.py']);
  });

  test('but a package may be called build, dist or env', async () => {
    const root = project({ ...MARK, 'build/__init__.py': '', 'src/env/__init__.py': '', 'src/env/a.py': '' });
    expect(targets(await discover(config(root)))).toEqual([
      'build/__init__.py',
      'src/env/__init__.py',
      'src/env/a.py',
    ]);
  });

  test('what .gitignore files hide, nested and with exceptions', async () => {
    const root = project({
      ...MARK,
      '.gitignore': '/generated/\n*_pb2.py\nsecret/\n',
      'shop/.gitignore': '!keep_pb2.py\n/local.py\n!secret/\n',
      'generated/a.py': '',
      'shop/generated/a.py': '',
      'shop/order_pb2.py': '',
      'shop/keep_pb2.py': '',
      'shop/local.py': '',
      'shop/io/local.py': '',
      'shop/secret/a.py': '',
      'secret/a.py': '',
    });
    expect(all(await discover(config(root)))).toEqual([
      'shop/generated/a.py',
      'shop/io/local.py',
      'shop/keep_pb2.py',
      'shop/secret/a.py',
    ]);
  });

  test('.gitignore above the project, up to the git root, and .git/info/exclude', async () => {
    const root = project({
      '.gitignore': 'a.py\n',
      'repo/.git/info/exclude': 'b.py\n/service/d.py\n',
      'repo/.gitignore': 'c.py\n',
      'repo/service/pyproject.toml': '',
      'repo/service/a.py': '',
      'repo/service/b.py': '',
      'repo/service/c.py': '',
      'repo/service/d.py': '',
    });
    expect(all(await discover(config(path.join(root, 'repo/service'))))).toEqual(['a.py']);
  });

  test('the exclude file of a linked worktree is that of its repository', async () => {
    const root = project({
      'main/.git/info/exclude': 'b.py\n',
      'main/.git/worktrees/w/commondir': '../..\n',
      'w/a.py': '',
      'w/b.py': '',
    });
    fs.writeFileSync(path.join(root, 'w/.git'), `gitdir: ${path.join(root, 'main/.git/worktrees/w')}\n`);
    expect(all(await discover(config(path.join(root, 'w'))))).toEqual(['a.py']);
  });

  test('the same files as git lists', async () => {
    const folders = ['', 'a/', 'b/', 'a/b/', 'a/c/', 'b/c/', 'a/b/c/'];
    const files = folders.flatMap(folder => ['x.py', 'y.py', 'x_y.py'].map(name => folder + name));
    const root = project({
      ...Object.fromEntries(files.map(file => [file, ''])),
      '.gitignore': '# comment\nb/x.py\n/a/c/*\n!/a/c/y.py\n**/c/x_*.py\n\\#x\ny.p[y]\n!b/y.py\n',
      'a/.gitignore': 'b/*\n!b/c/\n!y.py\n',
      'b/.gitignore': '*\n!x.py\n!*/\n',
    });
    execFileSync('git', ['init', '-q'], { cwd: root });
    const listed = execFileSync('git', ['ls-files', '-o', '--exclude-standard', '*.py'], { cwd: root });
    const expected = listed.toString().trim().split('\n').sort();
    expect(expected.length).toBeGreaterThan(5);
    expect(expected.length).toBeLessThan(files.length);
    expect(all(await discover(config(root)))).toEqual(expected);
  });
});

describe('what is given explicitly', () => {
  test('a folder that would be skipped is walked', async () => {
    const root = project({
      ...MARK,
      '.gitignore': 'build/\n',
      'a.py': '',
      'build/lib/b.py': '',
      'build/dist/c.py': '',
    });
    const found = await discover(config(root, { paths: ['build'] }));
    expect(targets(found)).toEqual(['build/lib/b.py']);
    expect(evidence(found)).toEqual(['a.py']);
  });

  test('ignore rules that hide the folder given, or the whole project, have no say', async () => {
    const root = project({
      'home/.gitignore': '*\n',
      'home/.git/': '',
      'home/shop/pyproject.toml': '',
      'home/shop/a.py': '',
    });
    expect(targets(await discover(config(path.join(root, 'home/shop'))))).toEqual(['a.py']);

    const other = project({
      ...MARK,
      '.git/': '',
      '.gitignore': 'gen/*\n',
      'gen/a.py': '',
      'gen/.gitignore': 'b.py\n',
      'gen/b.py': '',
    });
    expect(targets(await discover(config(other, { paths: ['gen'] })))).toEqual(['gen/a.py']);
    expect(targets(await discover(config(other)))).toEqual([]);
  });

  test('site-packages without a project around them: only the package given is read', async () => {
    const root = project({ 'site-packages/shop/__init__.py': '', 'site-packages/other/__init__.py': '' });
    const found = await discover(config(root, { paths: ['site-packages/shop'] }));
    expect(found.root).toBe(path.join(root, 'site-packages'));
    expect(all(found)).toEqual(['shop/__init__.py']);
    expect(found.sources[0]?.module).toBe('shop');
    expect(targets(await discover(config(root, { paths: ['site-packages'] })))).toHaveLength(2);
  });

  test('a project below a folder called build', async () => {
    const root = project({ 'build/shop/pyproject.toml': '', 'build/shop/a.py': '' });
    expect(targets(await discover(config(path.join(root, 'build/shop'))))).toEqual(['a.py']);
  });

  test('a file wins over ignores, and the rest of the project is evidence', async () => {
    const root = project({
      ...MARK,
      '.gitignore': 'gen/\n',
      'gen/a.py': '',
      'gen/b.py': '',
      'c.py': '',
      'd.py': '',
    });
    const found = await discover(config(root, { paths: ['gen/a.py', 'c.py'] }));
    expect(targets(found)).toEqual(['c.py', 'gen/a.py']);
    expect(evidence(found)).toEqual(['d.py']);
  });

  test('a file given twice appears once', async () => {
    const root = project({ ...MARK, 'shop/a.py': '' });
    const paths = ['shop/a.py', './shop/../shop/a.py', path.join(root, 'shop/a.py'), 'shop', '.'];
    expect(all(await discover(config(root, { paths })))).toEqual(['shop/a.py']);
  });

  test('paths are relative to cwd, project paths to the root', async () => {
    const root = project({ ...MARK, 'shop/cart/a.py': '', 'shop/b.py': '' });
    const found = await discover(config(path.join(root, 'shop'), { paths: ['cart'] }));
    expect(found.root).toBe(root);
    expect(targets(found)).toEqual(['shop/cart/a.py']);
    expect(found.sources.map(s => s.file)).toEqual([
      path.join(root, 'shop/b.py'),
      path.join(root, 'shop/cart/a.py'),
    ]);
  });

  test('a missing path makes the result incomplete', async () => {
    const root = project({ ...MARK, 'a.py': '' });
    const found = await discover(config(root, { paths: ['a.py', 'shpo'] }));
    expect(targets(found)).toEqual(['a.py']);
    expect(found.unreadable.map(u => [u.path, u.problem])).toEqual([
      ['shpo', `No such file or folder: shpo. Check the spelling; paths are relative to ${root}.`],
    ]);
    const empty = await discover(config(root, { paths: [''] }));
    expect([empty.sources, empty.unreadable[0]?.problem]).toEqual([
      [expect.objectContaining({ path: 'a.py', role: 'evidence' })],
      'A path given is empty. Write . for the current folder.',
    ]);
  });

  test('an empty folder, and a file that is not Python, are worth a note', async () => {
    const root = project({ ...MARK, 'empty/': '', 'README.md': '# x', 'a.py': '' });
    const found = await discover(config(root, { paths: ['empty', 'README.md'] }));
    expect(found.unreadable).toEqual([]);
    expect(found.notes).toEqual([
      'README.md is not a Python file and was left out. Give .py files or folders.',
      'No Python files under empty.',
    ]);
  });

  test('a script without suffix is Python by its first line', async () => {
    const root = project({ ...MARK, 'bin/tool': '#!/usr/bin/env python3\n', 'bin/other': '#!/bin/sh\n' });
    fs.chmodSync(path.join(root, 'bin/tool'), 0o755);
    fs.chmodSync(path.join(root, 'bin/other'), 0o755);
    const given = await discover(config(root, { paths: ['bin/tool'] }));
    expect(given.sources.map(s => [s.path, s.role, s.module])).toEqual([['bin/tool', 'target', 'bin/tool']]);
    expect(evidence(await discover(config(root)))).toEqual(['bin/tool']);
  });
});

describe('roles', () => {
  const files = {
    ...MARK,
    'shop/cart.py': '',
    'shop/cart.pyi': '',
    'shop/gui.pyw': '',
    'shop/test_cart.py': '',
    'shop/cart_test.py': '',
    'shop/testing/fake.py': '',
    'shop/contest.py': '',
    'conftest.py': '',
    'tests/helper.py': '',
    'setup.py': '',
  };

  test('tests and stubs are read, not rewritten', async () => {
    const found = await discover(config(project(files)));
    expect(targets(found)).toEqual(['setup.py', 'shop/cart.py', 'shop/contest.py', 'shop/gui.pyw']);
    expect(found.sources.filter(s => s.isStub).map(s => s.path)).toEqual(['shop/cart.pyi']);
    expect(found.notes).toEqual([]);
  });

  test('includeTests makes tests targets, stubs never', async () => {
    const found = await discover(config(project(files), { includeTests: true }));
    expect(evidence(found)).toEqual(['shop/cart.pyi']);
  });

  test('a test file stays evidence when it is given by name, with a note', async () => {
    const found = await discover(
      config(project(files), { paths: ['conftest.py', 'shop/test_cart.py', 'shop/cart.py'] }),
    );
    expect(targets(found)).toEqual(['shop/cart.py']);
    expect(found.notes).toEqual([
      'conftest.py and 1 more: tests are read, not rewritten. Give --include-tests to rewrite them.',
    ]);
    const folder = await discover(config(project(files), { paths: ['tests'] }));
    expect(folder.notes).toEqual([
      'Only tests under tests: they are read, not rewritten. Give --include-tests to rewrite them.',
    ]);
  });

  test('an excluded file is not rewritten but still read, given by name too', async () => {
    const root = project(files);
    const found = await discover(
      config(root, { paths: ['.', 'setup.py'], exclude: ['setup.py', 'shop/c*.py'] }),
    );
    expect(targets(found)).toEqual(['shop/gui.pyw']);
    expect(evidence(found)).toContain('shop/cart.py');
  });

  test('include narrows the targets', async () => {
    const found = await discover(config(project(files), { include: ['shop'], exclude: ['*.pyw'] }));
    expect(targets(found)).toEqual(['shop/cart.py', 'shop/contest.py']);
  });

  test.each([
    ['test/a.py', true],
    ['a/tests/b/c.py', true],
    ['test_a.py', true],
    ['tests.py', false],
    ['attest/a.py', false],
    ['latest_a.py', false],
    ['testing.py', false],
  ])('%s is a test: %s', (file, expected) => {
    expect(isTestLike(file)).toBe(expected);
  });

  test.each([
    ['migrations', 'shop/migrations/0001.py', true],
    ['*_pb2.py', 'shop/a_pb2.py', true],
    ['shop/*.py', 'shop/a.py', true],
    ['shop/*.py', 'shop/io/a.py', false],
    ['shop/**/*.py', 'shop/io/a.py', true],
    ['./shop/', 'shop/io/a.py', true],
    ['shop/io', 'shop/io/a.py', true],
    ['io/a.py', 'shop/io/a.py', false],
    ['/shop', 'shop/a.py', true],
    ['/shop', 'old/shop/a.py', false],
    ['**/conf/*', 'shop/conf/.a.py', true],
    ['shop', 'workshop/a.py', false],
  ])('glob %s over %s: %s', (glob, file, expected) => {
    expect(globs([glob])(file)).toBe(expected);
  });
});

describe('the root and module names', () => {
  test('nearest marker upwards from what the paths share', async () => {
    const root = project({ 'setup.cfg': '', 'a/setup.py': '', 'a/x.py': '', 'b/y.py': '' });
    expect((await discover(config(root, { paths: ['a/x.py'] }))).root).toBe(path.join(root, 'a'));
    expect((await discover(config(root, { paths: ['a/x.py', 'b'] }))).root).toBe(root);
  });

  test('a setup.py inside a package does not end the project', async () => {
    const root = project({ 'setup.py': '', 'num/__init__.py': '', 'num/setup.py': '', 'num/core.py': '' });
    expect((await discover(config(root, { paths: ['num/core.py'] }))).root).toBe(root);
  });

  test('no marker: a package given is named after its folder', async () => {
    const root = project({
      'discord/__init__.py': '',
      'discord/ext/__init__.py': '',
      'discord/ext/a.py': '',
      'b.py': '',
    });
    for (const given of ['discord', 'discord/ext', 'discord/ext/a.py']) {
      const found = await discover(config(root, { paths: [given] }));
      expect(found.root).toBe(root);
      expect(found.sources.map(s => s.module)).toEqual(['discord', 'discord.ext', 'discord.ext.a']);
    }
  });

  test('no marker, but a run that was interrupted while it wrote: its folder', async () => {
    const root = project({ 'a/b.py': '', 'c.py': '', '.slotify-write/journal.json': '[]' });
    expect((await discover(config(root, { paths: ['a'] }))).root).toBe(root);
  });

  test('no marker and no package: the shared folder', async () => {
    const root = project({ 'x/a.py': '', 'x/y/b.py': '', 'z.py': '' });
    const found = await discover(config(root, { paths: ['x/a.py', 'x/y/b.py'] }));
    expect([found.root, all(found)]).toEqual([path.join(root, 'x'), ['a.py', 'y/b.py']]);
  });

  test('a lone file in the temporary folder does not make a project of it', async () => {
    const file = path.join(fs.realpathSync(os.tmpdir()), `slotify-lone-${process.pid}.py`);
    fs.writeFileSync(file, '');
    const found = await discover(config(path.dirname(file), { paths: [file] })).finally(() =>
      fs.rmSync(file),
    );
    expect(found.sources.map(s => s.file)).toEqual([file]);
    expect(found.notes[0]).toContain('is not a project');
  });

  test('src layout and flat scripts', async () => {
    const root = project({
      ...MARK,
      'src/shop/__init__.py': '',
      'src/shop/a.py': '',
      'scripts/t.py': '',
      'src/ns/b.py': '',
    });
    const found = await discover(config(root));
    expect(found.sources.map(s => [s.module, s.isPackage])).toEqual([
      ['scripts.t', false],
      ['ns.b', false],
      ['shop', true],
      ['shop.a', false],
    ]);
  });
});

describe('notebooks', () => {
  const notebook = (source: unknown, name = 'python'): string =>
    JSON.stringify(
      {
        cells: [
          { cell_type: 'markdown', source: ['no = 1'] },
          { cell_type: 'code', source },
        ],
        metadata: { language_info: { name } },
      },
      null,
      1,
    );

  test('are evidence, line for line where they can be', async () => {
    const spread = ['%load_ext x\n', 'a = 1\n', '\n', 'b = """\n', '%no\n', '"""\n', 'b?'];
    const root = project({
      ...MARK,
      'spread.ipynb': notebook(spread),
      'dense.ipynb': notebook('a = 1\nb = 2\n'),
    });
    const found = await discover(config(root));
    const [dense, own] = found.sources;
    expect([dense!.role, dense!.text]).toEqual(['evidence', 'a = 1\nb = 2']);
    const rows = fs.readFileSync(path.join(root, 'spread.ipynb'), 'utf8').split('\n');
    expect(own!.text.split('\n').indexOf('a = 1')).toBe(rows.findIndex(row => row.includes('"a = 1\\n"')));
    expect(own!.text).not.toMatch(/load_ext|no = 1|b\?/);
  });

  test('that are none, or none of Python, are nothing; one that is too large is told', async () => {
    const root = project({
      ...MARK,
      'broken.ipynb': '{',
      'list.ipynb': '[]',
      'null.ipynb': 'null',
      'odd.ipynb': '{"cells": [null, {"cell_type": "code"}, {"cell_type": "code", "source": {}}]}',
      'r.ipynb': notebook(['a <- 1'], 'R'),
      'empty.ipynb': notebook([]),
      'large.ipynb': '',
      'a.py': '',
    });
    fs.truncateSync(path.join(root, 'large.ipynb'), 30 * 1024 * 1024);
    const found = await discover(config(root));
    expect(all(found)).toEqual(['a.py', 'odd.ipynb']);
    expect(found.unreadable.map(u => [u.path, u.harmless])).toEqual([['large.ipynb', true]]);
  });
});

describe('symbolic links and odd files', () => {
  test('a loop of folders ends, and a folder outside is not followed', async () => {
    const outside = project({ 'lib/b.py': '' });
    const root = project({ ...MARK, 'shop/a.py': '' });
    fs.symlinkSync('..', path.join(root, 'shop/up'));
    fs.symlinkSync(path.join(outside, 'lib'), path.join(root, 'shop/lib'));
    fs.symlinkSync('shop', path.join(root, 'alias.py'));
    expect(all(await discover(config(root)))).toEqual(['shop/a.py']);
  });

  test('a linked file from outside is read where evidence names it, else not; a broken link is nothing', async () => {
    const outside = project({ 'b.py': 'x = 1\n' });
    const root = project({ ...MARK, 'a.py': '' });
    fs.symlinkSync(path.join(outside, 'b.py'), path.join(root, 'b.py'));
    fs.symlinkSync('nowhere.py', path.join(root, '.#a.py'));
    for (const paths of [['.'], ['a.py', 'b.py']]) {
      const found = await discover(config(root, { paths }));
      expect([targets(found), evidence(found), found.unreadable]).toEqual([['a.py'], [], []]);
      expect(found.notes.join()).toContain(`b.py leads out of the project, to ${path.join(outside, 'b.py')}`);
      const told = await discover(config(root, { paths, evidence: [path.join(outside, 'b.py')] }));
      expect([targets(told), evidence(told).includes('b.py')]).toEqual([['a.py'], true]);
      expect(told.notes.join()).not.toContain('leads out');
    }
  });

  test('a file with a second name in the project is two modules, so it is left alone', async () => {
    const root = project({ ...MARK, 'a/shared.py': '', 'b/c.py': '' });
    fs.symlinkSync('../a/shared.py', path.join(root, 'b/shared.py'));
    const found = await discover(config(root));
    expect(targets(found)).toEqual(['b/c.py']);
    expect(evidence(found)).toEqual(['a/shared.py', 'b/shared.py']);
    expect(found.notes).toEqual([
      'a/shared.py is not rewritten: the symbolic link b/shared.py makes it two modules.',
    ]);
  });

  test('a given folder behind a link is that folder', async () => {
    const root = project({ 'real/pyproject.toml': '', 'real/a.py': '' });
    fs.symlinkSync('real', path.join(root, 'link'));
    const found = await discover(config(root, { paths: ['link', 'real/a.py', 'link/a.py'] }));
    expect([found.root, targets(found)]).toEqual([path.join(root, 'real'), ['a.py']]);
  });

  test.skipIf(process.platform === 'win32')(
    'a pipe is never opened; a folder named as Python is a folder',
    async () => {
      const root = project({ ...MARK, 'discord.py/a.py': '' });
      execFileSync('mkfifo', [path.join(root, 'pipe.py')]);
      const found = await discover(config(root));
      expect(all(found)).toEqual(['discord.py/a.py']);
      expect(found.unreadable.map(u => [u.path, u.role, u.module])).toEqual([['pipe.py', 'target', 'pipe']]);
      expect(found.unreadable[0]?.problem).toContain('Not a regular file');
    },
  );

  test('a file that is too large, or not decodable, is a problem and the rest goes on', async () => {
    const root = project({ ...MARK, 'a.py': '', 'shop/__init__.py': '', 'shop/latin.py': '', 'big.py': '' });
    fs.truncateSync(path.join(root, 'big.py'), 21 * 1024 * 1024);
    fs.writeFileSync(path.join(root, 'shop/latin.py'), Buffer.from('x = "\xe9"\n', 'latin1'));
    const found = await discover(config(root));
    expect(all(found)).toEqual(['a.py', 'shop/__init__.py']);
    expect(found.unreadable.map(u => [u.module, u.problem.slice(0, 37)])).toEqual([
      ['big', 'Too large: 21 MB, and at most 20 MB a'],
      ['shop.latin', 'Not valid UTF-8 at byte 5 (line 1). S'],
    ]);
  });

  test.skipIf(process.getuid?.() === 0)('no permission', async () => {
    const root = project({ ...MARK, 'a.py': '', 'closed/b.py': '' });
    fs.chmodSync(path.join(root, 'a.py'), 0);
    fs.chmodSync(path.join(root, 'closed'), 0);
    const found = await discover(config(root));
    fs.chmodSync(path.join(root, 'closed'), 0o755);
    expect(found.unreadable.map(u => u.path)).toEqual(['a.py', 'closed']);
    expect(found.unreadable[0]?.problem).toContain('Permission denied');
  });

  test('order does not depend on the locale or the file system', async () => {
    const root = project({
      ...MARK,
      'b.py': '',
      'B.py': '',
      'a/z.py': '',
      'a.py': '',
      'ä.py': '',
      '_.py': '',
    });
    expect(all(await discover(config(root)))).toEqual(['B.py', '_.py', 'a.py', 'a/z.py', 'b.py', 'ä.py']);
  });
});

test('inMemory names modules and roles as on disk', () => {
  const found = inMemory([
    { path: 'shop/models.py', text: '\ufeffx = 1\n' },
    { path: 'shop/__init__.py', text: '' },
    { path: 'tests/test_models.py', text: '' },
    { path: 'lib/a.pyi', text: '', role: 'environment' },
  ]);
  expect(found.root).toBe('/');
  expect(found.sources.map(s => [s.path, s.file, s.role, s.module, s.isPackage, s.isStub])).toEqual([
    ['lib/a.pyi', 'lib/a.pyi', 'environment', 'lib.a', false, true],
    ['shop/__init__.py', 'shop/__init__.py', 'target', 'shop', true, false],
    ['shop/models.py', 'shop/models.py', 'target', 'shop.models', false, false],
    ['tests/test_models.py', 'tests/test_models.py', 'evidence', 'tests.test_models', false, false],
  ]);
  expect(found.sources[2]).toMatchObject({ text: 'x = 1\n', coding: { name: 'utf-8', bom: true } });
});

describe('installed packages', () => {
  const venv = () =>
    project({
      'v/pyvenv.cfg': 'home = /nowhere/bin\ninclude-system-site-packages = false\nversion = 3.11.7\n',
      'v/bin/python3.11': '',
      'v/lib/python3.11/site-packages/shop/__init__.py': 'a = 1\n',
      'v/lib/python3.11/site-packages/shop/cart.py': '',
      'v/lib/python3.11/site-packages/shop/fast.pyi': '',
      'v/lib/python3.11/site-packages/shop.py': '',
      'v/lib/python3.11/site-packages/bad.py': '\0',
      'v/lib/python3.9/site-packages/old.py': '',
      'win/Scripts/python.exe': '',
      'win/Lib/site-packages/shop.py': '',
    });

  test('are found from the folder, the interpreter, or a link to it', () => {
    const root = venv();
    fs.symlinkSync('python3.11', path.join(root, 'v/bin/python'));
    fs.symlinkSync('lib', path.join(root, 'v/lib64'));
    const packages = [path.join(root, 'v/lib/python3.11/site-packages')];
    for (const given of ['v', 'v/bin/python', 'v/bin/python3.11', 'v/lib/python3.11/site-packages']) {
      expect(sitePackages(path.join(root, given))).toEqual(packages);
    }
  });

  test('are found in the layout of Windows, and nowhere in a folder that is no environment', () => {
    const root = venv();
    const packages = [path.join(root, 'win/Lib/site-packages')];
    expect(sitePackages(path.join(root, 'win/Scripts/python.exe'))).toEqual(packages);
    expect(sitePackages(path.join(root, 'win'))).toEqual(packages);
    expect(sitePackages(root)).toEqual([]);
    expect(sitePackages(path.join(root, 'missing'))).toEqual([]);
  });

  test('those of the base follow when the environment shares them', () => {
    const root = project({
      'v/lib/python3.11/site-packages/a.py': '',
      'base/lib/python3.11/site-packages/b.py': '',
      'base/lib/python3.12/site-packages/b.py': '',
    });
    const home = path.join(root, 'base/bin');
    const settings = `home = ${home}\nInclude-System-Site-Packages = true\nversion_info = 3.11.2.final.0\n`;
    fs.writeFileSync(path.join(root, 'v/pyvenv.cfg'), settings);
    expect(sitePackages(path.join(root, 'v')).map(folder => path.relative(root, folder))).toEqual([
      path.join('v/lib/python3.11/site-packages'),
      path.join('base/lib/python3.11/site-packages'),
    ]);
  });

  test('locate finds what an import would run', () => {
    const folders = sitePackages(path.join(venv(), 'v'));
    const found = (module: string) => {
      const file = locate(module, folders);
      return file === null ? null : path.relative(folders[0]!, file);
    };
    expect(found('shop')).toBe(path.join('shop', '__init__.py'));
    expect(found('shop.cart')).toBe(path.join('shop', 'cart.py'));
    expect(found('shop.fast')).toBe(path.join('shop', 'fast.pyi'));
    for (const name of ['shop.nothing', 'old', '', '..', '../x', 'shop..cart', '.shop'])
      expect(found(name)).toBe(null);
  });

  test('readEnvironment gives sources that no project path can be mistaken for', async () => {
    const folders = sitePackages(path.join(venv(), 'v'));
    const found = await readEnvironment(['shop.fast', 'shop', 'shop', 'numpy', 'bad'], folders);
    expect(found.sources.map(s => [s.path, s.module, s.role, s.isPackage, s.isStub])).toEqual([
      ['<site-packages>/shop/__init__.py', 'shop', 'environment', true, false],
      ['<site-packages>/shop/fast.pyi', 'shop.fast', 'environment', false, true],
    ]);
    expect(found.unreadable.map(u => [u.path, u.role])).toEqual([['<site-packages>/bad.py', 'environment']]);
  });
});
