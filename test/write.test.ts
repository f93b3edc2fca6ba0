// What reaches the disk, and what is left alone.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DISK, type Disk } from '../src/6-edit/disk.js';
import { FOLDER, recover } from '../src/6-edit/journal.js';
import { writeChanges } from '../src/6-edit/write.js';
import type { Change } from '../src/model/decision.js';

const encode = (text: string, coding: Change['coding']): Uint8Array => {
  if (coding.name === 'ascii' && /[^\0-\x7f]/.test(text)) throw new Error('ascii has no "ä"');
  return new TextEncoder().encode((coding.bom ? '\uFEFF' : '') + text);
};

describe('writeChanges', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);
  const read = (name: string) => fs.readFileSync(file(name), 'utf8');
  const change = (name: string, before = 'old\n', after = 'new text\n'): Change => ({
    path: name,
    file: file(name),
    before,
    after,
    coding: { name: 'utf-8', bom: false },
    edits: [],
    classes: [],
  });
  const put = (name: string, text = 'old\n') => fs.writeFileSync(file(name), text);

  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'slotify-write-')));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test('writes nothing when a file has changed since', async () => {
    put('a.py', 'edited\n');
    put('b.py');
    const problems = await writeChanges([change('a.py'), change('b.py')], encode, folder);
    expect(problems).toEqual([
      { path: 'a.py', line: 0, message: expect.stringContaining('has changed since') },
    ]);
    expect(read('a.py')).toBe('edited\n');
    expect(read('b.py')).toBe('old\n');
  });

  test('a byte order mark that came or went is a change too', async () => {
    put('a.py', '\uFEFFold\n');
    expect(await writeChanges([change('a.py')], encode, folder)).toHaveLength(1);
    expect(read('a.py')).toBe('\uFEFFold\n');
    expect(
      await writeChanges([{ ...change('a.py'), coding: { name: 'utf-8', bom: true } }], encode, folder),
    ).toEqual([]);
    expect(read('a.py')).toBe('\uFEFFnew text\n');
  });

  test('says in order what is wrong with each file', async () => {
    put('ok.py');
    fs.mkdirSync(file('folder.py'));
    fs.symlinkSync(file('nowhere'), file('broken.py'));
    put('name.py');
    spawnSync('mkfifo', [file('pipe.py')]);
    const name = { ...change('name.py', 'old\n', 'ä\n'), coding: { name: 'ascii', bom: false } };
    const problems = await writeChanges(
      [change('gone.py'), change('folder.py'), change('broken.py'), change('ok.py'), name, change('pipe.py')],
      encode,
      folder,
    );
    expect(problems.map(problem => [problem.path, problem.message])).toEqual([
      ['gone.py', expect.stringContaining('is gone')],
      ['folder.py', expect.stringContaining('not a regular file')],
      ['broken.py', expect.stringContaining('broken link')],
      ['name.py', expect.stringContaining('cannot be written as ascii (ascii has no "ä")')],
      ['pipe.py', expect.stringContaining('not a regular file')],
    ]);
    expect(read('ok.py')).toBe('old\n');
    expect(read('name.py')).toBe('old\n');
  });

  test('checks every file before it writes the first', async () => {
    put('a.py');
    put('b.py');
    const seen: string[] = [];
    const watching: typeof encode = (text, coding) => {
      seen.push(`${text.trim()} ${read('a.py').trim()}`);
      return encode(text, coding);
    };
    await writeChanges([change('a.py'), change('b.py')], watching, folder);
    expect(seen).toEqual(['old old', 'new text old', 'old old', 'new text old']);
    expect([read('a.py'), read('b.py')]).toEqual(['new text\n', 'new text\n']);
  });

  test('keeps mode and owner, and leaves no temporary file', async () => {
    put('a.py');
    fs.chmodSync(file('a.py'), 0o754);
    if (process.getuid?.() === 0) fs.chownSync(file('a.py'), 1234, 2345);
    const before = fs.statSync(file('a.py'));
    expect(await writeChanges([change('a.py')], encode, folder)).toEqual([]);
    const after = fs.statSync(file('a.py'));
    expect([after.mode, after.uid, after.gid]).toEqual([before.mode, before.uid, before.gid]);
    expect(fs.readdirSync(folder)).toEqual(['a.py']);
  });

  test('writes through a symbolic link', async () => {
    fs.mkdirSync(file('real'));
    put('real/a.py');
    fs.symlinkSync('real/a.py', file('link.py'));
    expect(await writeChanges([change('link.py')], encode, folder)).toEqual([]);
    expect(fs.lstatSync(file('link.py')).isSymbolicLink()).toBe(true);
    expect(read('real/a.py')).toBe('new text\n');
  });

  test('two paths to one file must agree', async () => {
    put('a.py');
    fs.symlinkSync('a.py', file('b.py'));
    const rivals = await writeChanges([change('a.py'), change('b.py', 'old\n', 'other\n')], encode, folder);
    expect(rivals.map(problem => problem.path)).toEqual(['a.py', 'b.py']);
    expect(rivals[0]!.message).toContain('several paths');
    expect(read('a.py')).toBe('old\n');

    expect(await writeChanges([change('a.py'), change('b.py')], encode, folder)).toEqual([]);
    expect(read('a.py')).toBe('new text\n');
  });

  test('does not take a file from its owner', async () => {
    put('a.py');
    const owner = fs.statSync(file('a.py'));
    vi.spyOn(process, 'getuid').mockReturnValue(owner.uid + 1);
    expect((await writeChanges([change('a.py')], encode, folder))[0]!.message).toContain('another user');
    expect(read('a.py')).toBe('old\n');
  });

  test.skipIf(process.getuid?.() === 0)('says that a file or folder is read-only', async () => {
    put('a.py');
    fs.chmodSync(file('a.py'), 0o444);
    expect((await writeChanges([change('a.py')], encode, folder))[0]!.message).toContain('make it writable');
    fs.chmodSync(file('a.py'), 0o644);
    fs.chmodSync(folder, 0o555);
    expect((await writeChanges([change('a.py')], encode, folder))[0]!.message).toContain('folder');
    fs.chmodSync(folder, 0o755);
  });

  test('an empty list of changes', async () => {
    expect(await writeChanges([], encode, folder)).toEqual([]);
  });
});

/** A disk on which one operation fails: the one with this number, counted from 0. `dies`: nothing works after it, as
 *  when the process is killed; what is written in place stays half done. */
function failing(
  at: number,
  code: string,
  dies: boolean,
): { readonly disk: Disk; readonly reached: () => boolean } {
  let count = 0;
  const refuse = (): never => {
    throw Object.assign(new Error(code), { code });
  };
  const wrap =
    <A extends readonly unknown[], R>(name: string, real: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const now = count++;
      if (now === at && dies && name === 'overwrite') {
        const [path, bytes] = args as unknown as [string, Uint8Array];
        const handle = fs.openSync(path, 'r+');
        fs.writeSync(handle, bytes, 0, 3, 0);
        fs.closeSync(handle);
      }
      if (now === at || (dies && now > at)) refuse();
      return real(...args);
    };
  const disk = Object.fromEntries(
    Object.entries(DISK).map(([name, real]) => [name, wrap(name, real as () => Promise<unknown>)]),
  ) as unknown as Disk;
  return { disk, reached: () => count > at };
}

describe('all files or none', () => {
  const names = ['a.py', 'b.py', 'c.py', 'deep/d.py'];
  const old = 'class A:\n    def __init__(self):\n        self.x = 1\n';
  const fresh = old.replace('\n', '\n    __slots__ = ("x",)\n\n');
  let folder: string;

  const contents = (): string[] => names.map(name => fs.readFileSync(join(folder, name), 'utf8'));
  const listing = (): string[] => fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const changes = (): Change[] =>
    names.map(name => ({
      path: name,
      file: join(folder, name),
      before: old,
      after: fresh,
      coding: { name: 'utf-8', bom: false },
      edits: [],
      classes: [],
    }));
  /** Makes it look as if the run that holds the lock were over. */
  const bury = (): void => {
    const lock = join(folder, FOLDER, 'owner.json');
    if (!fs.existsSync(lock)) return;
    const owner = JSON.parse(fs.readFileSync(lock, 'utf8'));
    fs.writeFileSync(lock, JSON.stringify({ ...owner, born: 'long ago' }));
  };

  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'slotify-all-')));
    fs.mkdirSync(join(folder, 'deep'));
    for (const name of names) fs.writeFileSync(join(folder, name), old);
    // written in place
    fs.linkSync(join(folder, 'c.py'), join(folder, 'second-name-of-c'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  test.each(['ENOSPC', 'EACCES', 'EIO'])('whichever operation fails with %s, none is written', async code => {
    const before = listing();
    for (let at = 0; ; at++) {
      const { disk, reached } = failing(at, code, false);
      let problems: readonly { readonly message: string }[] = [];
      try {
        problems = await writeChanges(changes(), encode, folder, disk);
      } catch (error) {
        // the root itself cannot be reached
        expect([at, (error as NodeJS.ErrnoException).code]).toEqual([0, code]);
        continue;
      }
      if (!reached()) {
        expect(at).toBeGreaterThan(40);
        break;
      }
      const written = contents().filter(text => text === fresh).length;
      expect([0, names.length]).toContain(written);
      if (written === 0)
        expect(problems.map(p => p.message).join()).toMatch(code === 'ENOSPC' ? /ENOSPC|gone/ : code);
      bury();
      await recover(folder);
      expect(listing()).toEqual(before);
      for (const name of names) fs.writeFileSync(join(folder, name), old);
    }
    expect(contents()).toEqual(names.map(() => fresh));
    expect(fs.readFileSync(join(folder, 'second-name-of-c'), 'utf8')).toBe(fresh);
  });

  test('whenever it is killed, the next run completes all of it or finds nothing written', async () => {
    const before = listing();
    const ends = new Set<string>();
    for (let at = 0; ; at++) {
      const { disk, reached } = failing(at, 'KILLED', true);
      await writeChanges(changes(), encode, folder, disk).catch(() => {});
      if (!reached()) break;
      for (const name of names.filter(name => name !== 'c.py'))
        expect([old, fresh]).toContain(fs.readFileSync(join(folder, name), 'utf8'));
      bury();
      const ended = await recover(folder);
      ends.add(ended.kind);
      const now = contents();
      expect(new Set(now).size, `killed at ${at}: ${now}`).toBe(1);
      if (ended.kind === 'completed') expect(now[0]).toBe(fresh);
      expect(listing()).toEqual(before);
      for (const name of names) fs.writeFileSync(join(folder, name), old);
    }
    expect([...ends].sort()).toEqual(['cleared', 'completed', 'none']);
  });

  test('what somebody changed after an interruption is left as it is', async () => {
    for (let at = 0; !fs.existsSync(join(folder, FOLDER, 'journal.json')); at++) {
      fs.rmSync(join(folder, FOLDER), { recursive: true, force: true });
      await writeChanges(changes(), encode, folder, failing(at, 'KILLED', true).disk).catch(() => {});
    }
    fs.writeFileSync(join(folder, 'b.py'), 'mine\n');
    bury();
    expect(await recover(folder)).toMatchObject({ kind: 'completed', changed: ['b.py'] });
    expect(contents()).toEqual([fresh, 'mine\n', fresh, fresh]);
  });

  test('of two runs at once one writes, and the other says so', async () => {
    const [one, two] = await Promise.all([
      writeChanges(changes(), encode, folder),
      writeChanges(changes(), encode, folder),
    ]);
    const problems = [...one, ...two].map(problem => problem.message);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/another (slotify is writing|run was interrupted)/);
    expect(contents()).toEqual(names.map(() => fresh));
    expect(listing()).not.toContain(FOLDER);
  });

  test('a lock of a live process is heeded, and one of a dead process is not', async () => {
    fs.mkdirSync(join(folder, FOLDER));
    const living = spawn('sleep', ['60']);
    const lock = { pid: living.pid, host: hostname(), born: null as string | null };
    const stat = fs.readFileSync(`/proc/${living.pid}/stat`, 'utf8');
    lock.born = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
    fs.writeFileSync(join(folder, FOLDER, 'owner.json'), JSON.stringify(lock));
    expect(await recover(folder)).toMatchObject({ kind: 'busy', owner: { pid: living.pid } });
    expect((await writeChanges(changes(), encode, folder))[0]!.message).toContain(`process ${living.pid} on`);
    living.kill('SIGKILL');
    await new Promise(resolve => living.on('close', resolve));
    expect(await recover(folder)).toEqual({ kind: 'cleared' });
    expect(await writeChanges(changes(), encode, folder)).toEqual([]);
  });

  test('a journal that comes with a project leads nowhere', async () => {
    const outside = fs.mkdtempSync(join(tmpdir(), 'slotify-outside-'));
    fs.writeFileSync(join(outside, 'victim'), 'mine\n');
    fs.symlinkSync(outside, join(folder, 'way'));
    const digest = (text: string) => createHash('sha256').update(text).digest('hex');
    const staged = { fresh: `${FOLDER}/0.new`, backup: `${FOLDER}/0.old`, inPlace: false };
    const hashes = { before: digest('mine\n'), after: digest('theirs\n') };
    for (const entry of [
      { target: join('..', outside.split('/').at(-1)!, 'victim'), ...staged, ...hashes },
      { target: 'way/victim', ...staged, ...hashes },
      { target: 'a.py', ...staged, backup: 'way/victim', ...hashes },
      { target: 'a.py', ...staged, fresh: '../x.new', ...hashes },
      null,
    ]) {
      fs.mkdirSync(join(folder, FOLDER));
      fs.writeFileSync(join(folder, FOLDER, 'journal.json'), JSON.stringify([entry]));
      fs.writeFileSync(join(folder, FOLDER, '0.new'), 'theirs\n');
      await expect(recover(folder)).rejects.toThrow();
      fs.rmSync(join(folder, FOLDER), { recursive: true });
    }
    fs.symlinkSync(outside, join(folder, FOLDER));
    await expect(recover(folder)).rejects.toThrow('symbolic link');
    expect(fs.readdirSync(outside)).toEqual(['victim']);
    expect(fs.readFileSync(join(outside, 'victim'), 'utf8')).toBe('mine\n');
    fs.rmSync(outside, { recursive: true });
  });

  test('a link that leads out of the project is not followed', async () => {
    const outside = fs.mkdtempSync(join(tmpdir(), 'slotify-outside-'));
    fs.writeFileSync(join(outside, 'a.py'), old);
    fs.rmSync(join(folder, 'a.py'));
    fs.symlinkSync(join(outside, 'a.py'), join(folder, 'a.py'));
    expect((await writeChanges(changes(), encode, folder))[0]!.message).toContain('outside of the project');
    expect(fs.readFileSync(join(outside, 'a.py'), 'utf8')).toBe(old);
    fs.rmSync(outside, { recursive: true });
  });

  test('hard links stay links, and untouched files keep their times', async () => {
    fs.writeFileSync(join(folder, 'other.py'), old);
    fs.utimesSync(join(folder, 'other.py'), 1, 1);
    expect(await writeChanges(changes(), encode, folder)).toEqual([]);
    const info = fs.statSync(join(folder, 'c.py'));
    expect([info.nlink, info.ino]).toEqual([2, fs.statSync(join(folder, 'second-name-of-c')).ino]);
    expect(fs.statSync(join(folder, 'other.py')).mtimeMs).toBe(1000);
  });
});

describe.skipIf(!canMount())('a disk of its own', () => {
  const point = fs.mkdtempSync(join(tmpdir(), 'slotify-disk-'));
  afterAll(() => fs.rmSync(point, { recursive: true }));
  const mount = (...options: string[]) => spawnSync('mount', [...options, point]).status === 0;
  afterEach(() => spawnSync('umount', [point]));

  const some = (): Change[] =>
    ['a.py', 'b.py'].map(name => ({
      path: name,
      file: join(point, name),
      before: 'x = 1\n',
      after: `x = 1\n${'#'.repeat(5000)}\n`,
      coding: { name: 'utf-8', bom: false },
      edits: [],
      classes: [],
    }));
  const fill = (): void => {
    for (const { file, before } of some()) fs.writeFileSync(file, before);
  };

  test('that is full', async () => {
    mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs');
    fill();
    const ballast = fs.openSync(join(point, 'ballast'), 'w');
    expect(() => {
      for (;;) fs.writeSync(ballast, Buffer.alloc(4096));
    }).toThrow('ENOSPC');
    const [problem] = await writeChanges(some(), encode, point);
    expect(problem!.message).toContain('free some space');
    expect(some().map(({ file }) => fs.readFileSync(file, 'utf8'))).toEqual(['x = 1\n', 'x = 1\n']);
    expect(fs.readdirSync(point).sort()).toEqual(['a.py', 'b.py', 'ballast']);
    fs.closeSync(ballast);
  });

  test('that is read-only', async () => {
    mount('-t', 'tmpfs', 'tmpfs');
    fill();
    spawnSync('mount', ['-o', 'remount,ro', point]);
    const problems = await writeChanges(some(), encode, point);
    expect(problems.map(each => each.message)).toEqual([
      expect.stringContaining('(EROFS): make it writable'),
      expect.stringContaining('(EROFS): make it writable'),
    ]);
  });

  test('below the root: files are moved within it', async () => {
    const root = fs.mkdtempSync(join(tmpdir(), 'slotify-root-'));
    fs.mkdirSync(join(root, 'disk'));
    const below = join(root, 'disk');
    spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', below]);
    try {
      const changes = some().map(change => ({ ...change, file: join(below, change.path) }));
      for (const { file, before } of changes) fs.writeFileSync(file, before);
      expect(await writeChanges(changes, encode, root)).toEqual([]);
      expect(changes.map(({ file }) => fs.readFileSync(file, 'utf8'))).toEqual(changes.map(c => c.after));
      expect(fs.readdirSync(below).sort()).toEqual(['a.py', 'b.py']);
      expect(fs.readdirSync(root)).toEqual(['disk']);
    } finally {
      spawnSync('umount', [below]);
      fs.rmSync(root, { recursive: true });
    }
  });
});

/** Whether this process may mount file systems. */
function canMount(): boolean {
  const point = fs.mkdtempSync(join(tmpdir(), 'slotify-mount-'));
  const works = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', point]).status === 0;
  if (works) spawnSync('umount', [point]);
  fs.rmdirSync(point);
  return works;
}
