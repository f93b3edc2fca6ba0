// The promise, tried on random programs: what a real interpreter prints is the same before and after.
//
// PROGRAMS=20000 SEED=$RANDOM npx vitest run test/behaviour.test.ts hunts; what it finds is shrunk and belongs into
// fixtures/. FIXTURE_PYTHONS=all tries the oldest and the newest interpreter.
import fc from 'fast-check';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { loadEngine } from '../src/2-parse/engine.js';
import type { layoutsFor } from '../src/4-link/layouts/layouts.js';
import { chosenFor, findInterpreters } from '../src/prove/interpreters.js';
import { analyse } from '../src/slotify.js';
import { startRunner, type Tree } from './programs/interpreter.js';
import { type Program, programs } from './programs/programs.js';

// The tables take longer to unfold than a small program to analyse.
vi.mock('../src/4-link/layouts/layouts.js', async original => {
  const real = await original<{ layoutsFor: typeof layoutsFor }>();
  const known = new Map<string, ReturnType<typeof layoutsFor>>();
  const remembered: typeof layoutsFor = version => {
    const key = version.join('.');
    const table = known.get(key) ?? real.layoutsFor(version);
    known.set(key, table);
    return table;
  };
  return { ...real, layoutsFor: remembered };
});

const PROGRAMS = Number(process.env.PROGRAMS ?? 400);
const SEED = Number(process.env.SEED ?? 20_240_229);

const engine = await loadEngine();
const interpreters = chosenFor(
  { oldest: [3, 8], newest: [3, 13], from: 'test' },
  findInterpreters(),
  process.env.FIXTURE_PYTHONS === 'all',
);

const treeOf = (files: Program['files']): Tree => Object.fromEntries(files.map(f => [f.path, f.text]));

/** The program as slotify leaves it; null when it leaves all of it alone. */
async function rewritten({ files, oldest }: Program): Promise<Tree | null> {
  const report = await analyse(files, { engine, python: { oldest, newest: [3, 13], from: 'test' } });
  expect(report.problems).toEqual([]);
  if (report.changes.length === 0) return null;
  return { ...treeOf(files), ...Object.fromEntries(report.changes.map(c => [c.path, c.after])) };
}

/** For people: the files of a program one below the other. */
const shown = (tree: Tree): string =>
  Object.entries(tree)
    .map(([path, text]) => `# ${path}\n${text}`)
    .join('\n');

describe.each(interpreters)('Python $version', ({ executable, version }) => {
  const runner = startRunner(executable);
  afterAll(runner.stop);

  test('random programs print the same', { timeout: 60_000 + PROGRAMS * 500 }, async () => {
    let changed = 0;
    let tried = 0;
    const property = fc.asyncProperty(programs, async program => {
      if (program.oldest[1] > version[1]) return;
      tried++;
      const after = await rewritten(program);
      if (after === null) return;
      changed++;
      const before = treeOf(program.files);
      const entries = ['main', ...(before['test_main.py'] === undefined ? [] : ['test_main'])];
      const [was, is] = await runner.run([before, after], entries);
      // a program that cannot even be imported promises nothing
      if (was!.reason !== '') return;
      expect(is, shown(after)).toEqual(was);
    });
    const seed = { seed: SEED, numRuns: PROGRAMS };
    await fc.assert(property, seed);
    // without rewrites nothing would have been tried
    expect(changed).toBeGreaterThan(tried / 2);
  });
});
