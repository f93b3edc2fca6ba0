// `--write` as a process of its own, where the system refuses something: exit code 2, a reason, no half-written file.
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DISK, type Disk } from '../src/6-edit/disk.js';
import { FOLDER } from '../src/6-edit/journal.js';
import { writeChanges } from '../src/6-edit/write.js';

vi.setConfig({ testTimeout: 120_000 });

const BIN = join(import.meta.dirname, '..', 'bin', 'slotify.js');
const OLD = 'class Row:\n    def __init__(self):\n        self.size = 1\n\n\nRow()\n';
const NAMES = ['a.py', 'b.py', 'deep/c.py', 'deep/d.py'];
/** Somebody who is not root, and owns nothing but the project. */
const NOBODY = 65_534;
const who = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

let root = '';
const at = (name: string): string => join(root, name);
const texts = (): string[] => NAMES.map(name => fs.readFileSync(at(name), 'utf8'));
const listing = (): string[] => fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();

beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'slotify-faults-')));
  fs.mkdirSync(at('deep'));
  fs.writeFileSync(at('pyproject.toml'), '');
  for (const name of NAMES) fs.writeFileSync(at(name), OLD);
  if (who.uid !== undefined)
    for (const name of ['', 'deep', ...NAMES]) fs.chownSync(at(name), NOBODY, NOBODY);
});
afterEach(() => {
  for (const name of ['', 'deep', ...NAMES]) if (fs.existsSync(at(name))) fs.chmodSync(at(name), 0o755);
  fs.rmSync(root, { recursive: true, force: true });
});

function write(before = ''): { readonly status: number | null; readonly stderr: string } {
  const command = `${before}exec "$0" "$@"`;
  const args = ['-c', command, process.execPath, BIN, '--no-cache', '--write', '.'];
  const { status, stderr } = spawnSync('bash', args, {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
    ...who,
  });
  expect(stderr).not.toContain('internal error');
  return { status, stderr };
}

test.each([
  ['a file that may not be written', () => fs.chmodSync(at('b.py'), 0o444), 'b.py: .*make it writable'],
  ['a folder that may not be written', () => fs.chmodSync(at('deep'), 0o555), 'deep/c.py: .*make the folder'],
  ['a root that may not be written', () => fs.chmodSync(root, 0o555), 'make the folder writable'],
  ['a file of another owner', () => fs.chownSync(at('a.py'), 0, 0), '^a.py: .*(another user|writable)'],
])('%s', (_, spoil, says) => {
  if (who.uid === undefined && says.includes('another user')) return;
  spoil();
  const before = listing();
  const { status, stderr } = write();
  expect([status, stderr]).toEqual([2, expect.stringMatching(new RegExp(says, 'm'))]);
  expect(stderr).toContain('nothing was written');
  expect(texts()).toEqual(NAMES.map(() => OLD));
  expect(listing()).toEqual(before);
});

test('a file that may not be read is told, and the others are written', () => {
  fs.chmodSync(at('b.py'), 0);
  const { status, stderr } = write();
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^b\.py: Permission denied/m)]);
  fs.chmodSync(at('b.py'), 0o644);
  expect(texts().map(text => text === OLD)).toEqual([false, true, false, false]);
});

test('a limit on the size of files', () => {
  for (const name of NAMES) fs.appendFileSync(at(name), `# ${'x'.repeat(1 << 20)}\n`);
  const old = texts();
  const before = listing();
  const { status, stderr } = write('ulimit -f 1000; ');
  expect([status, stderr]).toEqual([2, expect.stringContaining('EFBIG')]);
  expect(texts()).toEqual(old);
  expect(listing()).toEqual(before);
});

test('several runs at once: each writes all, or says who does', async () => {
  const runs = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, [BIN, '--no-cache', '--write', '.'], { cwd: root, ...who });
    let stderr = '';
    child.stderr.on('data', chunk => {
      stderr += chunk;
    });
    return new Promise<[number | null, string]>(done => child.on('close', code => done([code, stderr])));
  });
  for (const [status, stderr] of await Promise.all(runs)) {
    expect(stderr).not.toContain('internal error');
    if (status !== 0)
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/another slotify|interrupted|has changed since/),
      ]);
  }
  expect(new Set(texts()).size).toBe(1);
  expect(texts()[0]).toContain('__slots__');
  expect(fs.existsSync(at(FOLDER))).toBe(false);
});

test('a disk that gets full in the middle of a file that is written in place', async () => {
  for (const name of NAMES) fs.linkSync(at(name), at(`${name}.second`));
  const before = listing();
  for (let failing = 0; failing < NAMES.length; failing++) {
    let count = 0;
    const disk: Disk = {
      ...DISK,
      async overwrite(path, bytes) {
        if (count++ !== failing) return DISK.overwrite(path, bytes);
        const handle = fs.openSync(path, 'r+');
        fs.writeSync(handle, bytes, 0, 20, 0);
        fs.closeSync(handle);
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      },
    };
    const coding = { name: 'utf-8', bom: false };
    const after = `# longer\n${OLD}`;
    const changes = NAMES.map(path => ({
      path,
      file: at(path),
      before: OLD,
      after,
      coding,
      edits: [],
      classes: [],
    }));
    const problems = await writeChanges(changes, text => new TextEncoder().encode(text), root, disk);
    expect(problems.map(p => p.message).join()).toMatch(/ENOSPC.* are as they were: free some space/);
    expect(texts()).toEqual(NAMES.map(() => OLD));
    expect(listing()).toEqual(before);
  }
});
