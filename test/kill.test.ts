// `--write` killed at random moments: every file is old or new, and the next run completes what was begun.
//
// KILLS=200 npx vitest run test/kill.test.ts runs the whole of it; SEED repeats one.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FOLDER } from '../src/6-edit/journal.js';

const KILLS = Number(process.env.KILLS ?? 3);
const SEED = Number(process.env.SEED ?? 1);
const FILES = 500;

const BIN = join(import.meta.dirname, '..', 'bin', 'slotify.js');
const name = (i: number): string => `shop/part_${i % 20}/module_${i}.py`;
const source = (i: number): string =>
  `${i > 0 ? `from shop.part_${(i - 1) % 20}.module_${i - 1} import Row_${i - 1}\n\n\n` : ''}` +
  `class Row_${i}:\n    def __init__(self, size):\n        self.size = size\n        self.number = ${i}\n`;

let root: string;
const before = new Map<string, string>();
const after = new Map<string, string>();
/** Milliseconds from each sign to the end of an undisturbed run. */
const lasts = { run: 0, preparing: 0, replacing: 0 };

const read = (path: string): string => fs.readFileSync(join(root, path), 'utf8');
const restore = (): void => {
  for (const [path, text] of before) fs.writeFileSync(join(root, path), text);
};

interface Ended {
  readonly status: number | null;
  readonly stderr: string;
}

/** What a kill is aimed at: a moment after this sign has appeared in the root. */
const AIMS = { run: 'pyproject.toml', preparing: FOLDER, replacing: join(FOLDER, 'journal.json') } as const;
type Aim = keyof typeof AIMS;

interface Kill {
  readonly aim: Aim;
  /** Milliseconds after the sign. */
  readonly after: number;
}

/** Runs `--write` to its end, or until it is killed. */
function write(kill: Kill | null, onSign: (aim: Aim) => void = () => {}): Promise<Ended> {
  return new Promise(resolve => {
    const stdio = ['ignore', 'ignore', 'pipe'] as const;
    const child = spawn(process.execPath, [BIN, '--write', '.'], { cwd: root, stdio: [...stdio] });
    let stderr = '';
    child.stderr!.on('data', chunk => {
      stderr += chunk;
    });
    const waiting = new Set(Object.keys(AIMS) as Aim[]);
    const poll = setInterval(() => {
      for (const aim of waiting) {
        if (!fs.existsSync(join(root, AIMS[aim]))) continue;
        waiting.delete(aim);
        onSign(aim);
        if (kill?.aim === aim) setTimeout(() => child.kill('SIGKILL'), kill.after);
      }
    }, 2);
    child.on('close', status => {
      clearInterval(poll);
      resolve({ status, stderr });
    });
  });
}

beforeAll(async () => {
  root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'slotify-kill-')));
  fs.writeFileSync(join(root, 'pyproject.toml'), '[project]\nname = "shop"\nversion = "1"\n');
  for (let i = 0; i < FILES; i++) {
    fs.mkdirSync(join(root, name(i), '..'), { recursive: true });
    fs.writeFileSync(join(root, name(i)), source(i));
    before.set(name(i), source(i));
  }
  const signs = new Map<Aim, number>();
  expect(await write(null, aim => signs.set(aim, performance.now()))).toMatchObject({ status: 0 });
  for (const [aim, at] of signs) lasts[aim] = performance.now() - at;
  for (const path of before.keys()) after.set(path, read(path));
  for (const path of before.keys()) expect(after.get(path)).toContain('__slots__ = ("size", "number")');
}, 120_000);
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

test(`killed ${KILLS} times over ${FILES} files`, { timeout: 60_000 + KILLS * 60_000 }, async () => {
  const ended = { untouched: 0, within: 0, whole: 0 };
  const shares = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), { numRuns: KILLS, seed: SEED });
  for (const [i, share] of shares.entries()) {
    restore();
    const aim = (Object.keys(AIMS) as Aim[])[i % 3]!;
    await write({ aim, after: share * lasts[aim] });
    const states = [...before.keys()].map(path => {
      const text = read(path);
      if (text === before.get(path)) return 'old';
      return text === after.get(path) ? 'new' : 'other';
    });
    expect(states).not.toContain('other');
    const written = states.filter(state => state === 'new').length;
    if (written === 0) ended.untouched++;
    else if (written === FILES) ended.whole++;
    else ended.within++;

    const interrupted = fs.existsSync(join(root, FOLDER));
    const next = await write(null);
    expect(next.status, next.stderr).toBe(0);
    expect(next.stderr.includes('was interrupted'), next.stderr).toBe(interrupted);
    for (const path of before.keys()) expect(read(path)).toBe(after.get(path));
    expect(fs.readdirSync(root).sort()).toEqual(['pyproject.toml', 'shop']);
  }
  console.log(`killed ${KILLS} times: ${JSON.stringify(ended)}`);
  if (KILLS >= 100) expect(ended.within).toBeGreaterThan(KILLS / 20);
});
