// What reaches the disk, and what is left alone.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { writeChanges } from '../src/6-edit/write.js';
import type { Change } from '../src/model/decision.js';

const disk = vi.hoisted(() => ({ full: false, broken: false, seen: [] as string[] }));
vi.mock('write-file-atomic', async original => {
  const real = ((await original()) as { default: (file: string, data: Buffer) => Promise<void> }).default;
  const { writeFile } = await import('node:fs/promises');
  return {
    default: async (file: string, data: Buffer) => {
      disk.seen.push(file);
      if (disk.broken) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      if (disk.full) await writeFile(file, data.subarray(0, 3));
      else await real(file, data);
    },
  };
});

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
    classes: [],
  });
  const put = (name: string, text = 'old\n') => fs.writeFileSync(file(name), text);

  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'slotify-write-')));
    Object.assign(disk, { full: false, broken: false, seen: [] });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test('leaves a file alone that has changed since, and writes the others', async () => {
    put('a.py', 'edited\n');
    put('b.py');
    const problems = await writeChanges([change('a.py'), change('b.py')], encode);
    expect(problems).toEqual([
      { path: 'a.py', line: 0, message: expect.stringContaining('has changed since') },
    ]);
    expect(read('a.py')).toBe('edited\n');
    expect(read('b.py')).toBe('new text\n');
  });

  test('a byte order mark that came or went is a change too', async () => {
    put('a.py', '\uFEFFold\n');
    expect(await writeChanges([change('a.py')], encode)).toHaveLength(1);
    expect(read('a.py')).toBe('\uFEFFold\n');
    expect(await writeChanges([{ ...change('a.py'), coding: { name: 'utf-8', bom: true } }], encode)).toEqual(
      [],
    );
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
    );
    expect(problems.map(problem => [problem.path, problem.message])).toEqual([
      ['gone.py', expect.stringContaining('is gone')],
      ['folder.py', expect.stringContaining('not a regular file')],
      ['broken.py', expect.stringContaining('broken link')],
      ['name.py', expect.stringContaining('cannot be written as ascii (ascii has no "ä")')],
      ['pipe.py', expect.stringContaining('not a regular file')],
    ]);
    expect(read('ok.py')).toBe('new text\n');
    expect(read('name.py')).toBe('old\n');
  });

  test('checks every file before it writes the first', async () => {
    put('a.py');
    put('b.py');
    const seen: string[] = [];
    const watching: typeof encode = (text, coding) => {
      seen.push(`${text.trim()} ${disk.seen.length}`);
      return encode(text, coding);
    };
    await writeChanges([change('a.py'), change('b.py')], watching);
    expect(seen).toEqual(['old 0', 'new text 0', 'old 0', 'new text 0']);
    expect(disk.seen).toEqual([file('a.py'), file('b.py')]);
  });

  test('keeps mode and owner, and leaves no temporary file', async () => {
    put('a.py');
    fs.chmodSync(file('a.py'), 0o754);
    if (process.getuid?.() === 0) fs.chownSync(file('a.py'), 1234, 2345);
    const before = fs.statSync(file('a.py'));
    expect(await writeChanges([change('a.py')], encode)).toEqual([]);
    const after = fs.statSync(file('a.py'));
    expect([after.mode, after.uid, after.gid]).toEqual([before.mode, before.uid, before.gid]);
    expect(fs.readdirSync(folder)).toEqual(['a.py']);
  });

  test('writes through a symbolic link', async () => {
    fs.mkdirSync(file('real'));
    put('real/a.py');
    fs.symlinkSync('real/a.py', file('link.py'));
    expect(await writeChanges([change('link.py')], encode)).toEqual([]);
    expect(fs.lstatSync(file('link.py')).isSymbolicLink()).toBe(true);
    expect(read('real/a.py')).toBe('new text\n');
  });

  test('two paths to one file must agree', async () => {
    put('a.py');
    fs.symlinkSync('a.py', file('b.py'));
    const rivals = await writeChanges([change('a.py'), change('b.py', 'old\n', 'other\n')], encode);
    expect(rivals.map(problem => problem.path)).toEqual(['a.py', 'b.py']);
    expect(rivals[0]!.message).toContain('several paths');
    expect(read('a.py')).toBe('old\n');

    expect(await writeChanges([change('a.py'), change('b.py')], encode)).toEqual([]);
    expect(read('a.py')).toBe('new text\n');
    expect(disk.seen).toHaveLength(1);
  });

  test('does not take a file from its owner', async () => {
    put('a.py');
    const owner = fs.statSync(file('a.py'));
    vi.spyOn(process, 'getuid').mockReturnValue(owner.uid + 1);
    expect((await writeChanges([change('a.py')], encode))[0]!.message).toContain('another user');
    expect(read('a.py')).toBe('old\n');
  });

  test.skipIf(process.getuid?.() === 0)('says that a file or folder is read-only', async () => {
    put('a.py');
    fs.chmodSync(file('a.py'), 0o444);
    expect((await writeChanges([change('a.py')], encode))[0]!.message).toContain('make it writable');
    fs.chmodSync(file('a.py'), 0o644);
    fs.chmodSync(folder, 0o555);
    expect((await writeChanges([change('a.py')], encode))[0]!.message).toContain('folder');
    fs.chmodSync(folder, 0o755);
  });

  test('a failure while writing leaves the file as it was', async () => {
    put('a.py');
    disk.broken = true;
    expect((await writeChanges([change('a.py')], encode))[0]!.message).toContain('(ENOSPC) and is as it was');
    expect(read('a.py')).toBe('old\n');
  });

  test('restores a file that was cut short', async () => {
    put('a.py');
    disk.full = true;
    expect((await writeChanges([change('a.py')], encode))[0]!.message).toContain('has been restored');
    expect(read('a.py')).toBe('old\n');
  });

  test('an empty list of changes', async () => {
    expect(await writeChanges([], encode)).toEqual([]);
  });
});
