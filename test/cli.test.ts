// The command line as a user meets it: the built program, run as a child process on small projects.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RULES } from '../src/rules/index.js';

const BIN = fileURLToPath(new URL('../bin/slotify.js', import.meta.url));
const SCHEMA = new URL('../src/7-report/report.schema.json', import.meta.url);
const VERSION = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;

/** Gets slots. */
const ORDER = 'class Order:\n    def __init__(self):\n        self.x = 1\n\n\nOrder()\n';
/** Is left alone: the second line from below stores what the class does not declare, by a computed name. */
const BAD = 'class Bad:\n    def load(self, name):\n        setattr(self, name, 1)\n\n\nBad().load("y")\n';
const BROKEN = 'class Broken(:\n    pass\n';

// Each case starts the program several times.
vi.setConfig({ testTimeout: 60_000 });

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slotify-cli-'));
  put('pyproject.toml', '[project]\nname = "shop"\nrequires-python = ">=3.9"\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function read(path: string): string {
  return readFileSync(join(root, path), 'latin1');
}

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
}

/** The environment without what would change colours, language or the packages that are read. */
function environment(more: Given['env'] = {}): NodeJS.ProcessEnv {
  const { NO_COLOR: _n, FORCE_COLOR: _f, VIRTUAL_ENV: _v, SLOTIFY_DEBUG: _d, ...env } = process.env;
  return { ...env, ...more };
}

/** Both streams as latin-1: a character is a byte. */
function slotify(args: readonly string[], { env, input = '', cwd = root }: Given = {}): Run {
  const done = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    env: environment(env),
    input,
    encoding: 'latin1',
    maxBuffer: 1 << 28,
  });
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}

describe('without reading any code', () => {
  test('--help shows commands, options, examples and exit codes', () => {
    const { status, stdout, stderr } = slotify(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const part of ['slotify explain', '--write, --fix', '--unsafe-fixes', 'Examples:', 'Exit codes:']) {
      expect(stdout).toContain(part);
    }
    expect(slotify(['-h']).stdout).toBe(stdout);
    expect(slotify(['explain', '--help']).stdout).toContain('pkg.mod:Class');
  });

  test('--version is that of the package', () => {
    expect(slotify(['--version'])).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
    expect(slotify(['-V']).stdout).toBe(`${VERSION}\n`);
  });

  test.each([
    [['--wrte'], 'unknown option --wrte, did you mean --write?'],
    [['--chek', 'src'], 'unknown option --chek, did you mean --check?'],
    [['--output-formt=json'], 'unknown option --output-formt, did you mean --output-format?'],
    [['--line'], 'unknown option --line, did you mean --line-length?'],
    [['--zzzzzzzz'], 'unknown option --zzzzzzzz ('],
    [['-qz'], 'unknown option -z'],
    [['--output-format', 'xml'], '--output-format takes "text", "concise", "diff", "json", '],
    [['--report', 'sarif'], '--report takes FORMAT=FILE, e.g. sarif=slotify.sarif, not sarif'],
    [['--report', 'xml=a'], '--report takes text, concise, diff, '],
    [['--statistics', '--output-format', 'sarif'], '--statistics comes as text or json, not as sarif'],
    [['--interactive', '--check'], '--interactive asks and writes'],
    [['--python'], '--python needs a value'],
    [['--line-length', 'wide'], '--line-length is "wide", but must be a whole number above 0.'],
    [['--write', '--check'], '--write and --check exclude each other'],
    [['--fix', '--diff'], '--write and --diff exclude each other'],
    [['--diff', '--output-format', 'json'], '--diff and --output-format json exclude each other'],
    [['-q', '-v'], '--quiet and --verbose exclude each other'],
    [['-'], '- needs --stdin-filename'],
    [['--stdin-filename', 'a.py'], '--stdin-filename needs the path -'],
    [['-', 'b.py', '--stdin-filename', 'a.py'], '- (stdin) cannot be combined with other paths'],
    [
      ['-', '--write', '--output-format', 'json', '--stdin-filename', 'a.py'],
      '--write with - prints the new source',
    ],
    [['explain'], 'explain needs a class, a rule, or --all'],
    [['explain', '--all', 'Order'], 'explain takes a class, a rule, or --all'],
    [['explain', 'Order', '--write'], 'this command does not take --write'],
    [['explain', 'outside-wrte-x'], 'no rule outside-wrte-x'],
    [['explain', 'SLT000'], 'no rule SLT000'],
    [['explian', 'Order'], 'no path explian, did you mean slotify explain?'],
    [['check', 'a.py'], 'no path check, did you mean --check?'],
  ])('%j is refused in a sentence', (args, message) => {
    put('a.py', ORDER);
    const { status, stdout, stderr } = slotify(args);
    expect(stderr).toContain(`slotify: ${message}`);
    expect(stderr).not.toMatch(/\n +at /);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(read('a.py')).toBe(ORDER);
  });

  test('messages do not follow the locale', () => {
    const { stderr } = slotify(['--wrte'], { env: { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' } });
    expect(stderr).toContain('did you mean --write?');
  });

  test('completion prints a script that knows the options', () => {
    const { status, stdout, stderr } = slotify(['completion'], { env: { SHELL: '/bin/bash' } });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('_slotify_yargs_completions()');
    const words = (...typed: string[]) =>
      slotify(['--get-yargs-completions', 'slotify', ...typed]).stdout.split('\n');
    expect(words('--un')).toContain('--unsafe-fixes');
    expect(words('ex')).toContain('explain');
    expect(words('--output-format', '')).toContain('json');
  });

  test('explain tells about rules', () => {
    const [rule] = RULES;
    const byName = slotify(['explain', rule?.name ?? '']);
    expect(byName).toMatchObject({ status: 0, stderr: '' });
    expect(byName.stdout).toContain(`${rule?.code} ${rule?.name}\n`);
    expect(slotify(['explain', rule?.code.toLowerCase() ?? ''])).toEqual(byName);
    const table = slotify(['explain', '--all']);
    expect(table).toMatchObject({ status: 0, stderr: '' });
    for (const { code, name } of RULES) expect(table.stdout).toContain(`\n### ${code} \`${name}\`\n`);
    expect(table.stdout).toContain('| `line-length` |');
  });
});

// Everything below needs the pipeline.
describe('a dry run', () => {
  test('of nothing to do changes and prints nothing', () => {
    put('bad.py', BAD);
    const { status, stdout, stderr } = slotify([]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toMatch(
      /^No class to slot in 1 file \(python >=3\.9 from requires-python in pyproject\.toml\)\.\n/,
    );
    expect(stderr).toContain('1 class left alone: 1 ');
    expect(slotify(['--check']).status).toBe(0);
    expect(slotify(['--write']).status).toBe(0);
    expect(read('bad.py')).toBe(BAD);
  });

  test('prints a diff that git applies, and leaves the files alone', () => {
    put('shop/order.py', ORDER);
    put('shop/größe 2.py', ORDER.replaceAll('Order', 'Size').trimEnd());
    put('shop/dos.py', ORDER.replaceAll('Order', 'Dos').replaceAll('\n', '\r\n'));
    put(
      'shop/latin.py',
      Buffer.from(`# coding: latin-1\n# \xfc\n${ORDER.replaceAll('Order', 'Latin')}`, 'latin1'),
    );
    const { status, stdout, stderr } = slotify([]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^Would slot 4 classes in 4 files /);
    expect(read('shop/order.py')).toBe(ORDER);

    execFileSync('git', ['init', '-q'], { cwd: root });
    execFileSync('git', ['apply', '-'], { cwd: root, input: Buffer.from(stdout, 'latin1') });
    expect(read('shop/order.py')).toContain('    __slots__ = ("x",)\n');
    expect(read('shop/dos.py')).toContain('    __slots__ = ("x",)\r\n');
    expect(read('shop/latin.py')).toContain('# \xfc\n');
    expect(slotify([])).toMatchObject({ status: 0, stdout: '' });
  });

  test('has its exit codes: 0 proposed, 1 with --check, 2 when incomplete', () => {
    put('order.py', ORDER);
    expect(slotify([]).status).toBe(0);
    expect(slotify(['--diff']).status).toBe(0);
    const check = slotify(['--check']);
    expect(check.status).toBe(1);
    expect(check.stdout).toContain('+    __slots__ = ("x",)\n');
    expect(slotify(['--check', '-q'])).toEqual({ status: 1, stdout: '', stderr: '' });
    expect(slotify(['--check', '-q', '--diff'])).toEqual({ status: 1, stdout: check.stdout, stderr: '' });

    put('broken.py', BROKEN);
    for (const args of [[], ['--check'], ['--write'], ['-q']]) {
      const { status, stderr } = slotify(args);
      expect(status, args.join()).toBe(2);
      expect(stderr).toMatch(/^broken\.py:1: /m);
    }
  });

  test('a class that a broken file names waits until that is mended or out of sight, as its reason says', () => {
    put('order.py', ORDER);
    put('old.py', 'print "Order"\nOrder\n');
    const left = slotify(['-v', '--exclude', 'old.py']);
    expect(left).toMatchObject({ status: 0, stdout: '' });
    expect(left.stderr).toContain('or list it in .gitignore if it is not part of the program');
    put('.gitignore', 'old.py\n');
    expect(slotify([]).stdout).toContain('--- a/order.py\n');
  });

  test('refuses paths that do not exist and options that make no sense', () => {
    expect(slotify(['nowhere'])).toMatchObject({ status: 2, stdout: '' });
    expect(slotify(['nowhere']).stderr).toContain('nowhere');
    expect(slotify(['']).stderr).toMatch(/^A path given is empty\. Write \. for the current folder\.\n/);
    put('order.py', ORDER);
    expect(slotify(['--target-version', 'nine']).status).toBe(2);
  });

  test('takes paths that look like options behind --', () => {
    put('--weird.py', ORDER);
    put('other.py', ORDER.replaceAll('Order', 'Other'));
    const { status, stdout } = slotify(['--', '--weird.py']);
    expect(status).toBe(0);
    expect(stdout).toContain('--- a/--weird.py\n');
    expect(stdout).not.toContain('other.py');
  });

  test('-v lists what is left alone', () => {
    put('bad.py', BAD);
    const { stderr } = slotify(['-v']);
    expect(stderr).toMatch(/^bad\.py:1:\d+: Bad: SLT\d{3} [a-z-]+: .+$/m);
  });

  test('shows paths relative to the working directory, diffs relative to the root', () => {
    put('src/bad.py', BAD);
    put('src/order.py', ORDER);
    const { stdout, stderr } = slotify(['-v', '.'], { cwd: join(root, 'src') });
    expect(stdout).toContain('--- a/src/order.py\n');
    expect(stderr).toMatch(/^bad\.py:1:/m);
  });

  test('colours when told to, never for --diff', () => {
    put('order.py', ORDER);
    expect(slotify([], { env: { FORCE_COLOR: '1' } }).stdout).toContain('\x1b[32m+    __slots__');
    expect(slotify([], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).stdout).not.toContain('\x1b');
    expect(slotify(['--diff'], { env: { FORCE_COLOR: '1' } }).stdout).not.toContain('\x1b');
    expect(slotify([]).stdout).not.toContain('\x1b');
  });

  test('as json fits the published schema', () => {
    put('order.py', ORDER);
    put('bad.py', BAD);
    put('broken.py', BROKEN);
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(SCHEMA, 'utf8')));
    const { status, stdout } = slotify(['--output-format', 'json', '-q']);
    expect(status).toBe(2);
    const report = JSON.parse(Buffer.from(stdout, 'latin1').toString());
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(report.changes).toEqual([{ file: 'order.py', classes: ['order.py:Order'] }]);
    expect(report.classes.map((cls: { decision: string }) => cls.decision)).toEqual([
      'refuse',
      'refuse',
      'rewrite',
    ]);
    expect(report.problems).toHaveLength(1);
  });
});

describe('--write', () => {
  test('completes what an interrupted one began, and says so', () => {
    put('order.py', ORDER);
    expect(slotify(['--write', '-q']).status).toBe(0);
    const fresh = read('order.py');
    put('order.py', ORDER);
    const digest = (text: string) => createHash('sha256').update(text).digest('hex');
    const [staged, hashes] = [
      { target: 'order.py', fresh: '.slotify-write/0.new', backup: '.slotify-write/0.old', inPlace: false },
      { before: digest(ORDER), after: digest(fresh) },
    ];
    put('.slotify-write/journal.json', JSON.stringify([{ ...staged, ...hashes }]));
    put('.slotify-write/0.new', fresh);
    put('.slotify-write/0.old', ORDER);
    expect(slotify([]).stderr).toContain('the next --write completes it');
    expect(read('order.py')).toBe(ORDER);
    const { status, stderr } = slotify(['--write']);
    expect(stderr).toContain('interrupted after 0 of its files; 1 more are written now');
    expect([status, read('order.py'), existsSync(join(root, '.slotify-write'))]).toEqual([0, fresh, false]);

    put('.slotify-write/journal.json', '[{"target": "../../etc/passwd"}]');
    const refused = slotify(['--write']);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('cannot be completed');
  });

  test('writes all files or none', () => {
    put('a/order.py', ORDER);
    put('order.py', ORDER);
    const blocked = spawnSync('chattr', ['+i', join(root, 'a/order.py')]).status === 0;
    if (!blocked) chmodSync(join(root, 'a/order.py'), 0o444);
    const { status, stderr } = slotify(['--write']);
    if (blocked) spawnSync('chattr', ['-i', join(root, 'a/order.py')]);
    if (!blocked && process.getuid?.() === 0) return;
    expect(status).toBe(2);
    expect(stderr).toContain('make it writable');
    expect(stderr).toContain('nothing was written');
    expect([read('a/order.py'), read('order.py')]).toEqual([ORDER, ORDER]);
  });

  test('mentions changes that are not committed', () => {
    put('order.py', `${ORDER}# first\n`);
    const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { stdio: 'ignore' });
    git('init', '-q');
    git('add', '.');
    git('-c', 'user.name=n', '-c', 'user.email=e', 'commit', '-qm', 'first');
    put('order.py', ORDER);
    expect(slotify(['--write']).stderr).toContain('1 of the files had changes that are not committed');
  });

  test('rewrites the files, once', () => {
    put('order.py', ORDER);
    const { status, stdout, stderr } = slotify(['--write']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toMatch(/^Slotted 1 class in 1 file /);
    const once = read('order.py');
    expect(once).toContain('    __slots__ = ("x",)\n');
    expect(slotify(['--fix']).stderr).toMatch(/^No class to slot /);
    expect(read('order.py')).toBe(once);
  });

  test('prints the diff of what it wrote when asked', () => {
    put('order.py', ORDER);
    const proposed = slotify(['--diff']).stdout;
    expect(slotify(['--write', '--output-format', 'diff', '-q'])).toEqual({
      status: 0,
      stdout: proposed,
      stderr: '',
    });
  });
});

describe('stdin', () => {
  const args = ['-', '--stdin-filename', 'order.py'];

  test('is judged in place of the file, which stays as it is', () => {
    put('order.py', '# empty\n');
    const { status, stdout } = slotify(args, { input: ORDER });
    expect(status).toBe(0);
    expect(stdout).toContain('--- a/order.py\n');
    expect(slotify([...args, '--check', '-q'], { input: ORDER }).status).toBe(1);
    expect(read('order.py')).toBe('# empty\n');
  });

  test('--write prints the new source, or the old one when nothing changes', () => {
    put('order.py', '# empty\n');
    const { status, stdout } = slotify([...args, '--write'], { input: ORDER });
    expect(status).toBe(0);
    expect(stdout).toContain('    __slots__ = ("x",)\n');
    expect(stdout.endsWith('        self.x = 1\n\n\nOrder()\n')).toBe(true);
    for (const input of [BAD, '', BROKEN])
      expect(slotify([...args, '--write'], { input }).stdout).toBe(input);
    expect(slotify([...args, '--write'], { input: BROKEN }).status).toBe(2);
    expect(read('order.py')).toBe('# empty\n');
  });

  test('may be a file that is not on disk', () => {
    expect(slotify(args, { input: ORDER }).stdout).toContain('+    __slots__ = ("x",)\n');
  });

  test('keeps its bytes: byte order mark, latin-1, CRLF', () => {
    put('order.py', '# empty\n');
    const dos = `\xef\xbb\xbf${ORDER.replaceAll('\n', '\r\n')}`;
    const latin = `# coding: latin-1\n# \xfc\n${ORDER}`;
    const code = (text: string) =>
      text.split('\n').filter(line => line.trim() !== '' && !line.includes('__slots__'));
    for (const text of [dos, latin]) {
      const { stdout } = slotify([...args, '--write'], { input: Buffer.from(text, 'latin1') });
      expect(stdout).toContain('__slots__ = ("x",)');
      expect(code(stdout)).toEqual(code(text));
    }
    const { status, stderr } = slotify(args, { input: Buffer.from([0xff, 0xfe]) });
    expect(status).toBe(2);
    expect(stderr).toContain('stdin: ');
  });
});

describe('explain', () => {
  beforeEach(() => {
    put('shop/__init__.py', '');
    put('shop/order.py', ORDER);
    put('shop/bad.py', BAD);
  });

  test('shows the slots with the stores that need them', () => {
    const { status, stdout, stderr } = slotify(['explain', 'shop.order:Order']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('shop.order:Order  (shop/order.py:1:');
    expect(stdout).toMatch(/ {2}shop\/order\.py:3:\d+: .+\n {6}self\.x = 1\n {6} *\^\n/);
    for (const target of ['Order', 'shop/order.py:Order']) {
      expect(slotify(['explain', target]).stdout, target).toBe(stdout);
    }
  });

  test('shows the reasons with the code', () => {
    const { status, stdout } = slotify(['explain', 'Bad']);
    expect(status).toBe(0);
    expect(stdout).toContain('is left alone');
    expect(stdout).toMatch(/ {2}shop\/bad\.py:3:\d+: .+\n {6}setattr\(self, name, 1\)\n {6} *\^\n/);
  });

  test('takes paths as seen from the working directory', () => {
    const inside = slotify(['explain', 'order.py:Order'], { cwd: join(root, 'shop') });
    expect(inside.stdout).toContain('(order.py:1:');
  });

  test('names the nearest class for an unknown one', () => {
    const { status, stdout, stderr } = slotify(['explain', 'Ordr']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('did you mean shop.order:Order?');
  });

  test('lists the candidates for a name that several classes have', () => {
    put('shop/again.py', ORDER);
    const { status, stderr } = slotify(['explain', 'Order']);
    expect(status).toBe(2);
    expect(stderr).toContain('  shop.again:Order  (shop/again.py:1:');
  });
});

describe('a pipe', () => {
  const MANY = 300;
  beforeEach(() => {
    const padding = `# ${'x'.repeat(400)}\n`.repeat(3);
    const text = (i: number) => ORDER.replaceAll('Order', `Order${i}`);
    put('many.py', Array.from({ length: MANY }, (_, i) => padding + text(i)).join(padding));
  });

  test('gets everything, however slow its reader', async () => {
    const expected = slotify(['--diff', '-q']).stdout;
    expect(expected.length).toBeGreaterThan(1 << 17);
    const child = spawn(process.execPath, [BIN, '--diff', '-q'], { cwd: root, env: environment() });
    let got = '';
    child.stdout.setEncoding('latin1');
    for await (const chunk of child.stdout) {
      got += chunk;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    expect(got).toBe(expected);
  });

  test('may be closed early', async () => {
    const child = spawn(process.execPath, [BIN], { cwd: root, env: environment() });
    let stderr = '';
    child.stderr.on('data', chunk => {
      stderr += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const status = await new Promise(resolve => child.on('close', resolve));
    expect(status).toBe(0);
    expect(stderr).toMatch(/^Would slot \d+ classes in 1 file /);
    expect(stderr).not.toContain('EPIPE');
  });
});
