// Where settings come from, which one wins, and what is refused.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { admitted, parsePoetry, parseSpecifier } from '../src/1-discover/specifiers.js';
import { configSchema, settingsTable } from '../src/config/schema.js';
import { KEYS, SETTINGS } from '../src/config/settings.js';
import { showConfig } from '../src/config/show.js';
import { type Flags, flagName, resolveConfig } from '../src/config.js';
import type { Config } from '../src/model/config.js';
import { TRANSFORM_NAMES } from '../src/model/transform.js';
import { project } from './support/project.js';
import { expectInReadme } from './support/readme.js';

const resolve = (files: Readonly<Record<string, string>>, flags: Flags = {}) =>
  resolveConfig({ cwd: project(files), ...flags });

function config(files: Readonly<Record<string, string>>, flags: Flags = {}): Config {
  const resolved = resolve(files, flags);
  if ('problem' in resolved) throw new Error(resolved.problem);
  return resolved.config;
}

function problem(files: Readonly<Record<string, string>>, flags: Flags = {}): string {
  const resolved = resolve(files, flags);
  if ('problem' in resolved) return resolved.problem;
  throw new Error('no problem');
}

const pyproject = (text: string) => ({ 'pyproject.toml': text });

describe('which value wins', () => {
  test('nothing said: the defaults', () => {
    const cwd = project({});
    expect(resolveConfig({ cwd })).toMatchObject({
      config: {
        paths: ['.'],
        cwd,
        include: [],
        exclude: [],
        evidence: [],
        includeTests: false,
        environment: null,
        python: { oldest: [3, 8], newest: [3, 13], from: 'default' },
        lineLength: 88,
        quoteStyle: 'auto',
        sequenceStyle: 'tuple',
        weakref: 'auto',
        hybrid: false,
        unsafeFixes: false,
        transforms: [...TRANSFORM_NAMES],
        skip: [],
        perFileIgnores: {},
        perClassIgnores: {},
      },
    });
  });

  const full = `[tool.slotify]
line-length = 100
target-version = "3.10"
include = ["shop"]
exclude = ["*_pb2.py"]
include-tests = true
unsafe-fixes = true
[tool.ruff]
line-length = 120
target-version = "py39"`;

  test('[tool.slotify] over other tools', () => {
    expect(config(pyproject(full))).toMatchObject({
      include: ['shop'],
      exclude: ['*_pb2.py'],
      includeTests: true,
      python: {
        oldest: [3, 10],
        newest: [3, 13],
        from: 'target-version of [tool.slotify] in pyproject.toml',
      },
      lineLength: 100,
      unsafeFixes: true,
    });
  });

  test('flags over [tool.slotify], also when they say no', () => {
    const flags: Flags = {
      include: [],
      exclude: ['a.py'],
      includeTests: false,
      targetVersion: 'py312',
      lineLength: 79,
      unsafeFixes: false,
    };
    expect(config(pyproject(full), flags)).toMatchObject({
      include: [],
      exclude: ['a.py'],
      includeTests: false,
      python: { oldest: [3, 12], newest: [3, 13], from: '--target-version' },
      lineLength: 79,
      unsafeFixes: false,
    });
  });

  test('isolated: no tool has a say, the project metadata does', () => {
    const found = config(pyproject(`project.requires-python = ">=3.11"\n${full}`), { isolated: true });
    expect(found).toMatchObject({ lineLength: 88, include: [], unsafeFixes: false });
    expect(found.python.oldest).toEqual([3, 11]);
    expect(config(pyproject('not toml'), { isolated: true }).lineLength).toBe(88);
  });

  test.each([
    ['[tool.ruff]\nline-length = 120\n[tool.black]\nline-length = 99', 120],
    ['[tool.black]\nline-length = 99', 99],
    ['[tool.ruff]\nline-length = "wide"\n[tool.black]\nline-length = 99', 99],
    ['[tool.ruff]\nselect = ["E"]', 88],
  ])('line length of %j is %d', (text, expected) => {
    expect(config(pyproject(text)).lineLength).toBe(expected);
  });

  test('the file at the root of the paths given is read', () => {
    const files = {
      'a/pyproject.toml': '[tool.slotify]\nline-length = 70',
      'a/shop/x.py': '',
      'b/pyproject.toml': '[tool.slotify]\nline-length = 71',
      'pyproject.toml': '[tool.slotify]\nline-length = 72',
    };
    expect(config(files, { paths: ['a/shop/x.py'] }).lineLength).toBe(70);
    expect(config(files, { paths: ['b'] }).lineLength).toBe(71);
    expect(config(files, { paths: ['a', 'b'] }).lineLength).toBe(72);
    expect(config(files, { paths: ['missing'] }).lineLength).toBe(72);
  });
});

describe('refused', () => {
  test.each([
    ['line_length = 100', 'has no key line_length. Did you mean line-length?'],
    ['inclide = []', 'has no key inclide. Did you mean include?'],
    ['target_version = "3.9"', 'Did you mean target-version?'],
    [
      'colour = "red"',
      'The keys are include, exclude, evidence, include-tests, python, target-version, line-length, ',
    ],
    [
      'line-length = "100"',
      'line-length of [tool.slotify] in pyproject.toml is "100", but must be a whole number above 0.',
    ],
    ['line-length = 0', 'is 0, but must be'],
    ['line-length = 88.5', 'is 88.5, but must be'],
    [
      'include = "shop"',
      'include of [tool.slotify] in pyproject.toml is "shop", but must be a list of globs',
    ],
    ['exclude = ["a", 1]', 'exclude of [tool.slotify] in pyproject.toml is ["a",1], but must be'],
    ['exclude = [""]', 'must be a list of globs'],
    ['include-tests = "yes"', 'is "yes", but must be true or false.'],
    ['target-version = 3.9', 'is 3.9, but must be a version in quotes'],
    ['target-version = "3.x"', 'is "3.x". Give a Python version from 3.8 to 3.13, e.g. 3.9.'],
    ['target-version = "3.7"', 'is "3.7". Give a Python version from 3.8'],
  ])('%s', (line, expected) => {
    expect(problem(pyproject(`[tool.slotify]\n${line}\n`))).toContain(expected);
  });

  test('a section that is no table', () => {
    expect(problem(pyproject('tool.slotify = 3'))).toContain('must be a table, but is 3.');
    expect(problem(pyproject('[[tool.slotify]]'))).toContain('must be a table, but is [{}].');
  });

  test('TOML that is none, with the line', () => {
    const message = problem(pyproject('[project]\nname = "shop"\nversion = \n'));
    expect(message).toMatch(
      /pyproject\.toml, line 3: not valid TOML \(.+\)\. Correct it, or give --isolated\.$/,
    );
  });

  test('flags', () => {
    expect(problem({}, { lineLength: Number.NaN })).toBe(
      '--line-length is NaN, but must be a whole number above 0.',
    );
    expect(problem({}, { targetVersion: 'three' })).toContain('--target-version is "three".');
    expect(problem({}, { exclude: [''] })).toBe(
      '--exclude is [""], but must be a list of globs, e.g. ["*_pb2.py"].',
    );
    expect(problem({}, { python: '.venv' })).toContain('No such interpreter or environment: ');
    expect(problem({ python: '' }, { python: 'python' })).toContain('No site-packages folder belongs to ');
  });

  test('requires-python that is no specifier, or that nothing fits', () => {
    expect(problem(pyproject('project.requires-python = "newest"'))).toBe(
      'requires-python in pyproject.toml is "newest", which is no version specifier. Write for example ">=3.9", or give --target-version.',
    );
    expect(problem(pyproject('project.requires-python = ">=3.9,<3.8"'))).toContain('which no Python fits');
    expect(
      config(pyproject('project.requires-python = "newest"'), { targetVersion: '3.9' }).python.oldest,
    ).toEqual([3, 9]);
  });
});

test('an environment is made absolute', () => {
  const files = {
    '.venv/pyvenv.cfg': '',
    '.venv/bin/python': '',
    '.venv/lib/python3.11/site-packages/x.py': '',
  };
  const found = config(files, { python: '.venv/bin/python' });
  expect(found.environment).toBe(path.join(found.cwd, '.venv/bin/python'));
});

describe('the range from an interpreter', () => {
  const files = {
    '.venv/pyvenv.cfg': 'version = 3.11.7',
    '.venv/bin/python': '',
    '.venv/lib/python3.11/site-packages/x.py': '',
  };

  test('counts where nothing else says', () => {
    const found = config(files, { python: '.venv' });
    expect(found.python).toEqual({
      oldest: [3, 11],
      newest: [3, 13],
      from: `the interpreter at ${path.join(found.cwd, '.venv')}`,
    });
  });

  test('is read off pyvenv.cfg where the folders do not say', () => {
    const windows = { 'env/pyvenv.cfg': 'version = 3.12.1', 'env/Lib/site-packages/x.py': '' };
    expect(config(windows, { python: 'env' }).python.oldest).toEqual([3, 12]);
  });

  test('comes after what the project and its tools say', () => {
    const declared = { ...files, ...pyproject('project.requires-python = ">=3.9"') };
    expect(config(declared, { python: '.venv' }).python.oldest).toEqual([3, 9]);
    const tool = { ...files, ...pyproject('tool.ruff.target-version = "py310"') };
    expect(config(tool, { python: '.venv' }).python.oldest).toEqual([3, 10]);
  });

  test('does not count without one', () => {
    expect(config(files).python.from).toBe('default');
  });
});

describe('Python range', () => {
  const range = (files: Readonly<Record<string, string>>) => {
    const { oldest, newest, from } = config(files).python;
    return [oldest.join('.'), newest.join('.'), from];
  };

  test.each([
    ['>=3.8', '3.8', '3.13'],
    ['>=3.9.2', '3.9', '3.13'],
    ['~=3.9', '3.9', '3.13'],
    ['~=3.9.1', '3.9', '3.9'],
    ['>=3.7.1,>=3.10,<4', '3.10', '3.13'],
    ['>=3.9, <3.12', '3.9', '3.11'],
    ['>=3.9,<=3.11', '3.9', '3.11'],
    ['!=3.9.0,>=3.9', '3.9', '3.13'],
    ['!=3.9.*,>=3.9', '3.10', '3.13'],
    ['==3.11.*', '3.11', '3.11'],
    ['===3.11.4', '3.11', '3.11'],
    ['>3.8', '3.8', '3.13'],
    ['>3.8.*,<4.0.0a1', '3.8', '3.13'],
    ['>=3.10.dev0', '3.10', '3.13'],
  ])('requires-python %s: %s to %s', (specifier, oldest, newest) => {
    const found = range(pyproject(`[project]\nrequires-python = "${specifier}"`));
    expect(found).toEqual([oldest, newest, 'requires-python in pyproject.toml']);
  });

  test.each([
    ['>=2.7, !=3.0.*', '3.8', '3.13', 'judged from 3.8, the oldest known'],
    ['>=3.6', '3.8', '3.13', 'it says >=3.6; judged from 3.8, the oldest known'],
    ['>=3.6,<3.8', '3.8', '3.8', 'judged from 3.8'],
    ['>=3.14', '3.13', '3.13', 'it says >=3.14; judged as 3.13, the newest known'],
  ])('requires-python %s lies outside the tables: %s to %s', (specifier, oldest, newest, says) => {
    const found = range(pyproject(`[project]\nrequires-python = "${specifier}"`));
    expect(found.slice(0, 2)).toEqual([oldest, newest]);
    expect(found[2]).toContain(says);
  });

  test.each([
    ['"^3.8"', '3.8', '3.13'],
    ['"^3.9.1"', '3.9', '3.13'],
    ['"~3.9"', '3.9', '3.9'],
    ['"~3.9.2"', '3.9', '3.9'],
    ['"3.11.*"', '3.11', '3.11'],
    ['">=3.9,<3.12"', '3.9', '3.11'],
    ['">= 3.9 <3.12"', '3.9', '3.11'],
    ['"~3.9 || ^3.11"', '3.9', '3.13'],
    ['{ version = "^3.10" }', '3.10', '3.13'],
  ])('Poetry %s: %s to %s', (constraint, oldest, newest) => {
    const found = range(pyproject(`[tool.poetry.dependencies]\npython = ${constraint}`));
    expect(found).toEqual([oldest, newest, 'tool.poetry.dependencies.python in pyproject.toml']);
  });

  test('setup.cfg, continuation lines too', () => {
    const text =
      '[metadata]\nname = x\npython_requires = >=3.12\n[options]\npackages = find:\npython_requires =\n    >=3.9\n    # no\n    !=3.9.0\nzip_safe = no\n';
    expect(range({ 'setup.cfg': text })).toEqual(['3.9', '3.13', 'python_requires in setup.cfg']);
    expect(range({ 'setup.cfg': text.replaceAll('\n', '\r\n') })[0]).toBe('3.9');
    expect(
      range({ 'setup.cfg': '[options]\npython-requires: >=3.10\n[options.extras_require]\na = b\n' })[0],
    ).toBe('3.10');
    expect(range({ 'setup.cfg': '[options]\nx = y\n[other]\npython_requires = >=3.10\n' })[2]).toBe(
      'default',
    );
  });

  test.each([
    ['setup(name="x", python_requires=">=3.10")', '3.10'],
    ["setup(\n    python_requires = '>=3.9, <4',  # see README\n)", '3.9'],
    ['ARGS = {"python_requires": ">=3.11"}', '3.11'],
  ])('setup.py: %s', (text, oldest) => {
    expect(range({ 'setup.py': text })).toEqual([oldest, '3.13', 'python_requires in setup.py']);
  });

  test.each([
    '# setup(python_requires=">=3.10")',
    'setup(python_requires=">=" + VERSION)',
    'setup(python_requires=">={}.{}".format(*V))',
    'setup(python_requires=f">={V}")',
    'A = dict(python_requires=">=3.10")\nB = dict(python_requires=">=3.11")',
    'setup(python_requires="whatever")',
  ])('setup.py without a plain literal says nothing: %s', text => {
    expect(range({ 'setup.py': text })).toEqual(['3.8', '3.13', 'default']);
  });

  test('classifiers, where no range is declared', () => {
    const listed = ['2', '2.7', '3', '3.10', '3.9']
      .map(v => `"Programming Language :: Python :: ${v}"`)
      .join(', ');
    expect(range(pyproject(`[project]\nclassifiers = [${listed}]`))).toEqual([
      '3.9',
      '3.13',
      'the classifiers in pyproject.toml',
    ]);
    expect(range({ 'setup.py': `setup(name="x", classifiers=[${listed}])` })[2]).toBe(
      'the classifiers in setup.py',
    );
    const cfg = '[metadata]\nclassifiers =\n    Programming Language :: Python :: 3.11\n';
    expect(range({ 'setup.cfg': cfg })).toEqual(['3.11', '3.13', 'the classifiers in setup.cfg']);
    expect(range({ 'setup.cfg': `${cfg}[options]\npython_requires = >=3.9\n` })[0]).toBe('3.9');
    const major = '[project]\nclassifiers = ["Programming Language :: Python :: 3 :: Only"]';
    expect(range(pyproject(major))[2]).toBe('default');
  });

  test.each([
    ['[tool.ruff]\ntarget-version = "py310"\n[tool.black]\ntarget-version = ["py39"]', '3.10', '[tool.ruff]'],
    ['[tool.black]\ntarget-version = ["py312", "py39", "py310"]', '3.9', '[tool.black]'],
    ['[tool.black]\ntarget-version = ["py37", "py38"]', '3.8', 'it says 3.7; judged from 3.8'],
    ['[tool.black]\ntarget-version = []', '3.8', 'default'],
    ['[tool.ruff]\ntarget-version = 3', '3.8', 'default'],
  ])('%j', (text, oldest, from) => {
    const found = range(pyproject(text));
    expect(found[0]).toBe(oldest);
    expect(found[2]).toContain(from);
  });

  test('the project metadata goes before what ruff is told, and PEP 621 before the rest', () => {
    const text = `[project]
requires-python = ">=3.9"
[tool.poetry.dependencies]
python = "^3.10"
[tool.ruff]
target-version = "py311"`;
    expect(range({ ...pyproject(text), 'setup.cfg': '[options]\npython_requires = >=3.12' })[0]).toBe('3.9');
    expect(
      range({
        ...pyproject('[tool.ruff]\ntarget-version = "py311"'),
        'setup.cfg': '[options]\npython_requires = >=3.12',
      })[0],
    ).toBe('3.12');
  });
});

describe('specifiers', () => {
  test.each(['', '3.8', '>=', '>=3.8;', '>=3.8 <4', '=>3.8', '~=3', '^3.8', 'py38'])(
    'PEP 440 has no %j',
    text => {
      const parsed = parseSpecifier(text);
      expect(parsed === null || parsed[0]?.length === 0).toBe(true);
    },
  );

  test('Poetry has no empty alternative', () => {
    expect(parsePoetry('^3.8 || ')).toBe(null);
    expect(parsePoetry('>=3.8 nonsense')).toBe(null);
  });

  test('versions before 3.8 count as admitted', () => {
    const minors = admitted(parseSpecifier('>=2.7,!=3.0.*,!=3.1.*,<3.5')!);
    expect(minors).toEqual([
      [2, 7],
      [3, 2],
      [3, 3],
      [3, 4],
    ]);
  });
});

describe('slotify.toml', () => {
  const both = { 'slotify.toml': 'line-length = 70', ...pyproject('[tool.slotify]\nhybrid = true') };

  test('stands for the whole of [tool.slotify]', () => {
    expect(config(both)).toMatchObject({ lineLength: 70, hybrid: false });
    expect(config(both, { isolated: true })).toMatchObject({ lineLength: 88, hybrid: false });
  });

  test('is named in messages', () => {
    expect(problem({ 'slotify.toml': 'weekref = "auto"' })).toBe(
      'slotify.toml has no key weekref. Did you mean weakref?',
    );
    expect(problem({ 'slotify.toml': 'weakref = "nevr"' })).toBe(
      'weakref of slotify.toml is "nevr", but must be "auto" or "always" or "never". Did you mean never?',
    );
    expect(problem({ 'slotify.toml': 'x =' })).toMatch(/slotify\.toml, line 1: not valid TOML/);
  });

  test('may lie elsewhere, by --config', () => {
    const files = {
      'ci/strict.toml': 'line-length = 60',
      'ci/pyproject.toml': '[tool.slotify]\nhybrid = true',
    };
    expect(config(files, { config: 'ci/strict.toml' }).lineLength).toBe(60);
    expect(config(files, { config: 'ci/pyproject.toml' }).hybrid).toBe(true);
    expect(problem(files, { config: 'ci/none.toml' })).toContain('none.toml, which does not exist.');
  });
});

describe('reasons, transforms and paths by name', () => {
  test.each([
    [
      'per-file-ignores = { "a.py" = ["outside-wite"] }',
      'which is no reason. Did you mean outside-write? (for "a.py")',
    ],
    ['per-file-ignores = { "a.py" = ["layout-conflict"] }', 'names layout-conflict, which nobody can ignore'],
    ['per-class-ignores = { "A" = "outside-write" }', 'gives "A" "outside-write", but must be a table'],
    [
      'per-class-ignores = ["outside-write"]',
      'is ["outside-write"], but must be a table from a class pattern',
    ],
    ['select = ["plain-slot"]', 'names "plain-slot", but must be a list of transforms'],
    ['ignore = ["outside-write"]', 'names "outside-write", but must be a list of transforms'],
    ['evidence = ["../nowhere"]', 'nowhere, which does not exist.'],
  ])('%s', (line, expected) => {
    expect(problem({ 'slotify.toml': line })).toContain(expected);
  });

  test('codes and names alike', () => {
    const files = { 'slotify.toml': 'per-file-ignores = { "a.py" = ["SLT201", "stored-pickle"] }' };
    expect(config(files).perFileIgnores).toEqual({ 'a.py': ['SLT201', 'stored-pickle'] });
  });

  test('paths in the file count from the root, those of flags from the working directory', () => {
    const files = {
      'a/slotify.toml': 'evidence = ["../b"]',
      'a/pyproject.toml': '',
      'b/x.py': '',
      'a/c/x.py': '',
    };
    const cwd = project(files);
    const found = (flags: Flags) => {
      const resolved = resolveConfig({ cwd, paths: ['a'], ...flags });
      return 'problem' in resolved ? resolved.problem : resolved.config.evidence;
    };
    expect(found({})).toEqual([path.join(cwd, 'b')]);
    expect(found({ evidence: ['a/c'] })).toEqual([path.join(cwd, 'a/c')]);
  });
});

describe('slotify config', () => {
  const files = {
    'slotify.toml': [
      'include = ["shop", "a\\"b"]',
      'weakref = "always"',
      'skip = ["shop.models:*", "\\u202e"]',
      'per-class-ignores = { "*Mixin" = ["outside-write"], "x:y" = [] }',
      'target-version = "3.10"',
    ].join('\n'),
    ...pyproject('[tool.ruff]\nline-length = 101'),
  };

  test('says where each value comes from', () => {
    const resolved = resolve(files, { hybrid: true });
    if ('problem' in resolved) throw new Error(resolved.problem);
    const lines = showConfig(resolved).split('\n');
    const line = (key: string) => lines.find(each => each.includes(`${key} =`))?.replaceAll(/ +/g, ' ');
    expect(line('weakref')).toBe('weakref = "always" # slotify.toml');
    expect(line('hybrid')).toBe('hybrid = true # --hybrid');
    expect(line('line-length')).toBe('# line-length = 101 # [tool.ruff] line-length in pyproject.toml');
    expect(line('ignore')).toBe('# ignore = [] # default');
    expect(lines.join()).not.toContain('\u202e');
  });

  test('is a slotify.toml that means the same', () => {
    const first = resolve(files, { sequenceStyle: 'list', perFileIgnores: { 'a b/*': ['SLT201'] } });
    if ('problem' in first) throw new Error(first.problem);
    const again = resolve({ ...files, 'slotify.toml': showConfig(first) });
    if ('problem' in again) throw new Error(again.problem);
    const { cwd: _a, python: _b, cacheDir: _e, ...before } = first.config;
    const { cwd: _c, python: _d, cacheDir: _f, ...after } = again.config;
    expect(after).toEqual(before);
  });
});

describe('the schema for editors', () => {
  const file = path.join(import.meta.dirname, '..', 'src', 'config', 'slotify.schema.json');

  test('is the one that is published (UPDATE=1 renews it)', () => {
    if (process.env.UPDATE === '1') fs.writeFileSync(file, `${JSON.stringify(configSchema(), null, 2)}\n`);
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(configSchema());
  });

  const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(configSchema());
  const accepts = (toml: string): boolean => validate(parse(toml)) as boolean;

  test.each(KEYS.map(key => [SETTINGS[key].example]))('takes %s, as the tool does', example => {
    expect(accepts(example), JSON.stringify(validate.errors)).toBe(true);
    const found = resolve({ 'slotify.toml': example, 'generated/x.py': '' });
    if ('problem' in found) expect(found.problem).toMatch(/does not exist|No such interpreter/);
  });

  test.each([
    'line_length = 1',
    'line-length = 0',
    'line-length = "88"',
    'weakref = "sometimes"',
    'include = "shop"',
    'select = ["plain"]',
    'target-version = 3.9',
    'per-file-ignores = { "a" = ["layout-conflict"] }',
    'per-class-ignores = { "a" = "outside-write" }',
    'hybrid = "yes"',
  ])('refuses %s, as the tool does', line => {
    expect(accepts(line)).toBe(false);
    expect(problem({ 'slotify.toml': line })).toContain('slotify.toml');
  });
});

test('the README has the table of the settings (UPDATE=1 renews it)', () => {
  expectInReadme('settings', settingsTable());
});

test('a flag spells every setting', () => {
  for (const key of KEYS) {
    const { kind } = SETTINGS[key];
    expect(['switch', 'value', 'list']).toContain(kind.form);
    expect(flagName(key)).not.toContain('-');
  }
  const kind = SETTINGS['per-file-ignores'].kind;
  expect(kind.fromFlag(['a=b.py=x, y', 'a=b.py=z'])).toEqual({ 'a=b.py': ['x', 'y', 'z'] });
  expect(kind.problem(kind.fromFlag(['outside-write']))).toContain('as a flag: PATTERN=REASON');
});
