// Profiles: what a run shows is recorded on every kind of process, changes nothing, and becomes evidence.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isOlder } from '../src/1-discover/python-range.js';
import { resolveConfig } from '../src/config.js';
import type { Profile } from '../src/model/profile.js';
import { findInterpreters } from '../src/prove/interpreters.js';
import { merged } from '../src/prove/profile.js';
import { slotify } from '../src/slotify.js';

const BIN = fileURLToPath(new URL('../bin/slotify.js', import.meta.url));
const interpreters = findInterpreters().filter(i => !isOlder(i.version, [3, 8]));
const python = interpreters[0]!.executable;
/** The oldest interpreter and the newest. */
const chosen = [...new Set([interpreters[1] ?? interpreters[0]!, interpreters.at(-1)!])];

vi.setConfig({ testTimeout: 60_000 });

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slotify-profile-test-'));
  put('pyproject.toml', '[project]\nname = "shop"\nrequires-python = ">=3.8"\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function cli(...args: string[]): Run {
  const { PYTHONPATH: _, ...env } = process.env;
  return spawnSync(process.execPath, [BIN, ...args], { cwd: root, encoding: 'utf8', env });
}

function profiled(...command: string[]): Profile {
  const run = cli('profile', '--', ...command);
  expect(run.stderr).not.toContain('Traceback');
  expect(run.status, run.stderr).toBe(0);
  return JSON.parse(readFileSync(join(root, 'slotify-profile.json'), 'utf8'));
}

const MODELS = `import functools
from dataclasses import dataclass, field

class Node:
    def __init__(self, value):
        self.value = value

class Leaf(Node):
    pass

class Plain:
    pass

class Options:
    def __init__(self, /, *args, **kwargs):
        self.given = (args, kwargs)

class Left:
    pass

class Right:
    def __init__(self, x=1):
        self.x = x

class Both(Left, Right):
    pass

@dataclass
class Data:
    a: int
    b: list = field(default_factory=list)

@dataclass(frozen=True)
class Frozen:
    a: int

class Guarded:
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)

class Made:
    def __new__(cls, a):
        self = super().__new__(cls)
        self.a = a
        return self

class Bound:
    def fill(self, value):
        self.value = value

    __init__ = functools.partialmethod(fill, 5)

class Dying:
    gone = []

    def __del__(self):
        self.gone.append(self.__class__.__name__)
`;

/** What a program could notice of a recorder; each line fails when it does. */
const UNNOTICED = `import copy, inspect, pickle, sys
from models import *

assert Both().x == 1
assert str(inspect.signature(Data)) == "(a: int, b: list = <factory>) -> None", inspect.signature(Data)
assert str(inspect.signature(Node)) == "(value)"
assert Options(self=1, cls=2).given == ((), {"self": 1, "cls": 2})
assert Data(1) == copy.copy(Data(1)) == copy.deepcopy(Data(1)) == pickle.loads(pickle.dumps(Data(1)))
assert repr(Frozen(1)) == "Frozen(a=1)" and hash(Frozen(1)) == hash(Frozen(1))
assert pickle.loads(pickle.dumps(Node(3), 0)).value == 3
assert Bound().value == 5
assert Made(3).a == 3 and Guarded() is not None
for wrong in [lambda: Plain(1), lambda: Node(), lambda: setattr(Frozen(1), "a", 2)]:
    try:
        wrong()
    except (TypeError, AttributeError):
        pass
    else:
        raise SystemExit("no error")
assert vars(Node(1)) == {"value": 1} and Node(2).__dict__ == {"value": 2}
Dying()
assert Dying.gone == ["Dying"]
assert not any("recorder" in path for path in sys.path), sys.path
assert Node.__init__.__qualname__ == "Node.__init__"
`;

describe.each(chosen.map(i => [i.version.join('.'), i.executable] as const))('Python %s', (_, executable) => {
  test('a program does what it did', () => {
    put('models.py', MODELS);
    put('main.py', UNNOTICED);
    expect(spawnSync(executable, ['-B', 'main.py'], { cwd: root, encoding: 'utf8' }).stderr).toBe('');
    profiled(executable, '-B', 'main.py');
  });

  test('what is done to instances is seen, with the place', () => {
    put('models.py', MODELS);
    put(
      'main.py',
      `import pickle, weakref
from models import *

node = Node(1)
exec("node.from_text = 1")
node.planted = 2
leaf = Leaf(3)
setattr(leaf, "leaf" + "y", 1)
Frozen(5)
pickle.dumps(node, 1)
vars(leaf)
ref = weakref.ref(node)
kept = [Plain() for _ in range(10)]
del kept
kept = [Plain() for _ in range(4)]
`,
    );
    const { classes, python: version } = profiled(executable, '-B', 'main.py');
    expect(version).toEqual(interpreters.find(i => i.executable === executable)!.version);
    expect(classes['models.py:Node']).toEqual({
      created: 1,
      alive: 1,
      attributes: {
        value: { path: 'models.py', line: 6 },
        from_text: { path: 'main.py', line: 5 },
        planted: { path: 'main.py', line: 6 },
      },
      weakrefs: true,
      dict: [],
      pickled: { 1: { path: 'main.py', line: 10 } },
    });
    expect(classes['models.py:Leaf']).toMatchObject({
      attributes: { leafy: { path: 'main.py', line: 8 } },
      dict: [{ path: 'main.py', line: 11 }],
      weakrefs: false,
    });
    expect(Object.keys(classes['models.py:Frozen']!.attributes)).toEqual(['a']);
    expect(classes['models.py:Plain']).toMatchObject({ created: 14, alive: 10 });
  });
});

test('threads, forked and spawned processes, and programs that are started', () => {
  put('models.py', MODELS);
  put(
    'main.py',
    `import multiprocessing, subprocess, sys, threading
from models import Node

def work(n, name):
    nodes = [Node(i) for i in range(n)]
    setattr(nodes[0], name, 1)

if __name__ == "__main__":
    threads = [threading.Thread(target=work, args=(1000, "thread")) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for kind in ("fork", "spawn"):
        process = multiprocessing.get_context(kind).Process(target=work, args=(10, kind))
        process.start()
        process.join()
        assert process.exitcode == 0
    subprocess.run([sys.executable, "-c", "import main; main.work(5, 'started')"], check=True)
`,
  );
  const { classes } = profiled(python, '-B', 'main.py');
  const node = classes['models.py:Node']!;
  expect(node.created).toBe(4000 + 10 + 10 + 5);
  expect(Object.keys(node.attributes).sort()).toEqual(['fork', 'spawn', 'started', 'thread', 'value']);
});

const pytest = (...more: string[]): boolean =>
  spawnSync(python, ['-c', `import ${['pytest', ...more].join(', ')}`]).status === 0;

const SUITE = `import unittest
from shop.models import Order

class Orders(unittest.TestCase):
    def test_note(self):
        eval("lambda order: exec('order.no' + 'te = 1', locals())")(Order(1))

    def test_other(self):
        Order(2)
`;

test('a program that is ended by Ctrl-C leaves a profile', async () => {
  put('models.py', MODELS);
  put(
    'main.py',
    'import time\nfrom models import Node\nkept = Node(1)\nkept.late = 2\nprint("up", flush=True)\ntime.sleep(60)\n',
  );
  const command = [BIN, 'profile', '--', python, '-B', 'main.py'];
  // a group of its own: a terminal sends the signal to all of it
  const child = spawn(process.execPath, command, {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise(resolve => child.stdout.once('data', resolve));
  process.kill(-child.pid!, 'SIGINT');
  await new Promise(resolve => child.on('close', resolve));
  const { classes } = JSON.parse(readFileSync(join(root, 'slotify-profile.json'), 'utf8')) as Profile;
  expect(classes['models.py:Node']).toMatchObject({
    created: 1,
    attributes: { late: { path: 'main.py', line: 4 } },
  });
});

describe('test suites', () => {
  beforeEach(() => {
    put('shop/__init__.py', '');
    put(
      'shop/models.py',
      'class Order:\n    def __init__(self, n):\n        self.n = n\n\nclass Line:\n    pass\n',
    );
    put('tests/__init__.py', '');
    put('tests/test_orders.py', SUITE);
  });
  const expectSeen = ({ classes }: Profile): void => {
    expect(classes['shop/models.py:Order']).toMatchObject({ created: 2 });
    expect(classes['shop/models.py:Order']!.attributes.note).toEqual({
      path: 'tests/test_orders.py',
      line: 6,
    });
  };

  test('unittest', () => expectSeen(profiled(python, '-m', 'unittest', '-q')));

  test.skipIf(!pytest())('pytest', () => expectSeen(profiled(python, '-m', 'pytest', '-q')));

  test.skipIf(!pytest('xdist'))('pytest-xdist', () =>
    expectSeen(profiled(python, '-m', 'pytest', '-q', '-n', '2')),
  );

  test('what was seen is a reason to leave the class alone, with its place', async () => {
    expect(cli().stdout).toContain('__slots__');
    profiled(python, '-m', 'unittest', '-q');
    const run = cli('explain', 'Order', '--profile', 'slotify-profile.json');
    expect(run.stdout).toContain('SLT210 observed-store: Order got an attribute at run time');
    expect(run.stdout).toContain('tests/test_orders.py:6:1: stored .note when it was run');
    expect(cli('--profile', 'slotify-profile.json').stdout).toBe('');
  });

  test('a command that fails leaves a profile all the same', () => {
    put('tests/test_orders.py', `${SUITE}        self.fail("no")\n`);
    const { status, stderr } = cli('profile', '-o', 'p.json', '--', python, '-m', 'unittest', '-q');
    expect(status).toBe(2);
    expect(stderr).toContain('note: the command failed (exit code 1)');
    expectSeen(JSON.parse(readFileSync(join(root, 'p.json'), 'utf8')));
  });

  test('a command that uses nothing of the project', () => {
    const { stderr } = cli('profile', '--', python, '-c', '1');
    expect(stderr).toContain('warning: no class of the project was seen.');
  });

  test('the command line', () => {
    expect(cli('profile').stderr).toContain('profile needs a command behind --');
    expect(cli('profile', '--', 'no-such-program').stderr).toContain(
      'cannot run no-such-program: there is no such program',
    );
    expect(cli('--profile', 'missing.json').stderr).toMatch(/The profile .*missing\.json does not exist/);
    put('other.json', '{"version": 2}');
    expect(cli('--profile', 'other.json').stderr).toContain('other.json is no profile');
  });
});

describe('evidence and aim', () => {
  const seen = (alive: number, more: object = {}): object => ({
    created: alive,
    alive,
    attributes: {},
    weakrefs: false,
    dict: [],
    pickled: {},
    ...more,
  });

  async function decided(classes: object | null, more: { minSaving?: number; top?: number } = {}) {
    put('p.json', JSON.stringify({ version: 1, command: ['x'], python: [3, 12], classes }));
    const resolved = resolveConfig({
      paths: [root],
      cwd: root,
      ...(classes && { profile: 'p.json' }),
      ...more,
    });
    if ('problem' in resolved) throw new Error(resolved.problem);
    const { decisions } = await slotify(resolved.config);
    return Object.fromEntries(
      decisions.map(d => [
        d.cls.name,
        d.kind === 'rewrite' ? d.slots.map(s => s.name).join(' ') : d.reasons.map(r => r.name).join(' '),
      ]),
    );
  }

  test('what the analysis knows is no evidence', async () => {
    put(
      'm.py',
      'class A:\n    def __init__(self):\n        self.x = 1\n\n    @property\n    def y(self): ...\n\n' +
        '    @y.setter\n    def y(self, v): ...\n\n' +
        'class B(A):\n    def __init__(self):\n        super().__init__()\n        self.z = 1\n\nA()\nB()\n',
    );
    const at = { path: 'm.py', line: 3 };
    const known = { attributes: { x: at, y: at, z: null }, pickled: { 2: at } };
    expect(await decided({ 'm.py:B': seen(1, known) })).toEqual({ A: 'x', B: 'z' });
  });

  test.each([
    [{ attributes: { other: null } }, 'observed-store'],
    [{ attributes: { __class__: null } }, 'class-assignment'],
    [{ dict: [{ path: 'm.py', line: 1 }] }, 'instance-dict'],
    [{ pickled: { 0: null } }, 'old-protocol'],
    [{ weakrefs: true }, 'x __weakref__'],
  ])('%j', async (what, expected) => {
    put('m.py', 'class A:\n    def __init__(self):\n        self.x = 1\n\nA()\n');
    expect(await decided({ 'm.py:A': seen(1, what) })).toEqual({ A: expected });
    // nothing of the kind was seen on it
    expect(await decided({ 'm.py:Other': seen(1, what) })).toEqual({ A: 'x' });
  });

  const cls = (name: string, fields: number, above = ''): string =>
    `class ${name}${above}:\n    def __init__(self):\n${Array.from({ length: fields }, (_, i) => `        self.${name.toLowerCase()}${i} = 0\n`).join('')}\n${name}()\n\n`;

  test('--top takes those that save most, with the bases they need', async () => {
    put('m.py', cls('Base', 1) + cls('Wide', 35, '(Base)') + cls('Small', 2));
    expect(await decided(null, { top: 1 })).toMatchObject({ Base: 'base0', Small: 'below-saving' });
    expect((await decided(null, { top: 1 })).Wide).toMatch(/^wide0 wide1 /);
    // with a profile, by what all instances save together
    const profile = { 'm.py:Small': seen(1000), 'm.py:Wide': seen(1) };
    expect(await decided(profile, { top: 1 })).toEqual({
      Base: 'below-saving',
      Wide: 'below-saving',
      Small: 'small0 small1',
    });
  });

  test('--min-saving leaves out what saves less', async () => {
    put('m.py', cls('Wide', 35) + cls('Small', 2));
    expect(await decided(null, { minSaving: 1000 })).toMatchObject({ Small: 'below-saving' });
    expect(await decided(null, { minSaving: 10 })).toMatchObject({ Small: 'small0 small1' });
    // 32 bytes each on 3.12
    expect(await decided({ 'm.py:Small': seen(10) }, { minSaving: 320 })).toMatchObject({
      Small: 'small0 small1',
    });
    expect(await decided({ 'm.py:Small': seen(10) }, { minSaving: 321 })).toMatchObject({
      Small: 'below-saving',
    });
  });
});

test('lines of several processes become one profile; a line cut short is passed over', () => {
  const lines = (...data: object[]): string => data.map(each => `${JSON.stringify(each)}\n`).join('');
  const first = lines(
    { class: 'm.py:A', attribute: 'x', path: null, line: 0 },
    { counts: { 'm.py:A': [1, 1] }, python: [3, 9] },
    { counts: { 'm.py:A': [5, 4] }, python: [3, 9] },
  );
  const second = lines(
    { class: 'm.py:A', attribute: 'x', path: 'm.py', line: 7 },
    { class: 'm.py:A', dict: true, path: 'm.py', line: 8 },
    { counts: { 'm.py:A': [3, 2] }, python: [3, 13] },
  );
  expect(merged(['x'], [first, `${second}{"class": "m.py:A", "attr`])).toEqual({
    version: 1,
    command: ['x'],
    python: [3, 13],
    classes: {
      'm.py:A': {
        created: 8,
        alive: 4,
        attributes: { x: { path: 'm.py', line: 7 } },
        weakrefs: false,
        dict: [{ path: 'm.py', line: 8 }],
        pickled: {},
      },
    },
  });
});
