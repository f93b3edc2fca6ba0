// --interactive: which proposals are made, what is written for each answer, and the program on a real terminal.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadEngine } from '../src/2-parse/engine.js';
import { collect } from '../src/3-facts/collect.js';
import { skipComment } from '../src/6-edit/comment.js';
import { type Answer, review } from '../src/cli/interactive.js';
import { resolveConfig } from '../src/config.js';
import { prepare } from '../src/slotify.js';

vi.setConfig({ testTimeout: 60_000 });
const BIN = fileURLToPath(new URL('../bin/slotify.js', import.meta.url));
const engine = await loadEngine();

const SHOP = `class Leaf:
    def __init__(self):
        self.leaf = 1


class Tip(Leaf):
    def __init__(self):
        super().__init__()
        self.tip = 1


class Other:
    def __init__(self):
        self.other = 1


Tip(), Other()
`;

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slotify-ask-'));
  writeFileSync(join(root, 'pyproject.toml'), '');
  writeFileSync(join(root, 'shop.py'), SHOP);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Goes through the project with answers by class name; the rest is quit. */
async function walk(answers: Readonly<Record<string, Answer | null>>) {
  const resolved = resolveConfig({ cwd: root });
  if ('problem' in resolved) throw new Error(resolved.problem);
  const prepared = await prepare(resolved.config, { engine });
  const asked: string[] = [];
  const shown: string[] = [];
  const reviewed = await review(prepared, {
    show: async change => {
      shown.push(change.after);
    },
    ask: async question => {
      const name = /:(\w+)/.exec(question)![1]!;
      asked.push(name);
      return answers[name] === undefined ? 'quit' : answers[name];
    },
  });
  const text = reviewed === 'interrupted' ? null : (reviewed.changes[0]?.after ?? SHOP);
  const slots = text?.match(/__slots__ = .*/g) ?? [];
  return { asked, shown, reviewed, text, slots };
}

describe('the walk', () => {
  test('shows each class by itself and writes what is accepted', async () => {
    const { asked, shown, slots } = await walk({ Leaf: 'yes', Tip: 'no', Other: 'yes' });
    expect(asked).toEqual(['Leaf', 'Tip', 'Other']);
    expect(shown.map(text => text.match(/__slots__/g)!.length)).toEqual([1, 1, 1]);
    expect(slots).toEqual(['__slots__ = ("leaf",)', '__slots__ = ("other",)']);
  });

  test('a class turned down takes those below it out of the walk', async () => {
    const { asked, slots } = await walk({ Leaf: 'no', Other: 'yes' });
    expect(asked).toEqual(['Leaf', 'Other']);
    expect(slots).toEqual(['__slots__ = ("other",)']);
  });

  test('quitting keeps what was accepted, all takes the rest, interrupting takes nothing', async () => {
    expect((await walk({ Leaf: 'yes' })).slots).toEqual(['__slots__ = ("leaf",)']);
    expect((await walk({ Leaf: 'all' })).slots).toHaveLength(3);
    expect((await walk({ Leaf: 'yes', Tip: null })).reviewed).toBe('interrupted');
    expect((await walk({})).text).toBe(SHOP);
  });

  test('never leaves the comment, which holds in the next run', async () => {
    const { text, slots, reviewed } = await walk({ Leaf: 'never', Other: 'yes' });
    expect(text).toContain('class Leaf:  # slotify: skip\n');
    expect(slots).toEqual(['__slots__ = ("other",)']);
    if (reviewed === 'interrupted') throw new Error();
    expect(reviewed.changes[0]!.classes).toEqual(['shop.py:Other']);
    writeFileSync(join(root, 'shop.py'), text!);
    expect((await walk({})).asked).toEqual([]);
  });
});

describe('the comment', () => {
  const commented = (text: string): string | null => {
    const facts = collect(text, engine.parse);
    const edit = skipComment(text, facts.classes[0]!.anchor, 'A');
    if (edit === null) return null;
    const after = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
    const [directive] = collect(after, engine.parse).directives;
    expect(directive).toMatchObject({ says: { kind: 'skip' }, cls: 0 });
    return after;
  };

  test.each([
    ['class A:\n    pass\n', 'class A:  # slotify: skip\n    pass\n'],
    ['class A:  # noqa  \r\n    pass\r\n', 'class A:  # noqa  # slotify: skip  \r\n    pass\r\n'],
    ['class A(\n    B,\n):\n    pass\n', 'class A(\n    B,\n):  # slotify: skip\n    pass\n'],
    ['class A: pass', 'class A: pass  # slotify: skip'],
    ['class A: x = "#"\n', 'class A: x = "#"  # slotify: skip\n'],
    ['class A: """doc\n    more"""\n', null],
    ['class A: \\\n    pass\n', null],
  ])('%j becomes %j', (text, expected) => {
    expect(commented(text)).toBe(expected);
  });
});

/** Runs the program on a pseudo-terminal: waits for each text, then sends the keys. */
function onTerminal(script: readonly (readonly [wait: string, keys: string])[]) {
  const driver = `
import json, os, pty, select, sys, time
node, program, cwd, script = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
pid, fd = pty.fork()
if pid == 0:
    os.chdir(cwd)
    os.environ["NO_COLOR"] = "1"
    os.execv(node, [node, program, "--interactive"])
seen, mark, end = b"", 0, time.time() + 40
def more():
    global seen
    ready, _, _ = select.select([fd], [], [], 1)
    if not ready: return True
    try: data = os.read(fd, 65536)
    except OSError: return False
    seen += data
    return bool(data)
for wait, keys in script:
    while wait.encode() not in seen[mark:] and time.time() < end and more(): pass
    mark = len(seen)
    time.sleep(0.3)
    os.write(fd, keys.encode())
while time.time() < end and more(): pass
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.write(json.dumps([status, seen.decode("utf-8", "replace")]))
`;
  const args = ['-c', driver, process.execPath, BIN, root, JSON.stringify(script)];
  const done = spawnSync('python3', args, { encoding: 'utf8', env: { ...process.env, TERM: 'xterm' } });
  const [status, seen] = JSON.parse(done.stdout) as [number, string];
  return { status, seen, text: readFileSync(join(root, 'shop.py'), 'utf8') };
}

describe('on a terminal', () => {
  test('keys are answers', () => {
    const { status, seen, text } = onTerminal([
      ['shop:Leaf', 's\r'],
      ['shop:Other', 'y\r'],
    ]);
    expect(status, seen).toBe(0);
    expect(text).toContain('class Leaf:  # slotify: skip\n');
    expect(text).toContain('__slots__ = ("other",)');
    expect(text.match(/__slots__/g)).toHaveLength(1);
    expect(seen).toContain('Slotted 1 class in 1 file');
  });

  test('ctrl-c leaves every file as it was', () => {
    const { status, seen, text } = onTerminal([
      ['shop:Leaf', 'y\r'],
      ['shop:Tip', '\x03'],
    ]);
    expect(text).toBe(SHOP);
    expect(status, seen).toBe(130);
    expect(seen).toContain('Interrupted: nothing was written.');
  });

  test('without one it is refused', () => {
    const done = spawnSync(process.execPath, [BIN, '-i'], { cwd: root, encoding: 'utf8', input: '' });
    expect(done).toMatchObject({ status: 2, stdout: '' });
    expect(done.stderr).toContain('--interactive needs a terminal');
  });
});
