// Finding the harmful among many: exactly those, in few runs, whatever the failures say.
import { describe, expect, test } from 'vitest';
import { isolate, type Verdict } from '../src/prove/isolate.js';

const ids = (n: number): string[] => Array.from({ length: n }, (_, i) => `c${i}`);

interface World {
  readonly harmful: ReadonlySet<string>;
  /** What a failure names, given the harmful ones in the run. */
  readonly names?: (failing: readonly string[]) => readonly string[];
}

async function solved(candidates: readonly string[], { harmful, names = () => [] }: World) {
  let runs = 0;
  const result = await isolate<readonly string[]>(
    candidates,
    async (group): Promise<Verdict<readonly string[]>> => {
      runs++;
      const failing = group.filter(id => harmful.has(id));
      return failing.length === 0
        ? { kind: 'passes' }
        : { kind: 'fails', suspects: names(failing), proof: failing };
    },
  );
  return { ...result, runs };
}

/** The same sequence each time (a linear congruential generator). */
function randomly(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

function someOf(candidates: readonly string[], count: number, random: () => number): Set<string> {
  const chosen = new Set<string>();
  while (chosen.size < count) chosen.add(candidates[Math.floor(random() * candidates.length)]!);
  return chosen;
}

test('nothing is harmful: one run', async () => {
  const result = await solved(ids(60), { harmful: new Set() });
  expect(result).toMatchObject({ kept: ids(60), runs: 1 });
  expect(result.blamed.size).toBe(0);
});

test('all are harmful', async () => {
  const result = await solved(ids(9), { harmful: new Set(ids(9)) });
  expect(result.kept).toEqual([]);
  expect([...result.blamed.keys()]).toEqual(ids(9));
});

test('failures that say nothing: exactly the harmful ones, in no more than d * log2(n) runs', async () => {
  const random = randomly(7);
  for (let round = 0; round < 500; round++) {
    const candidates = ids(60);
    const harmful = someOf(candidates, 8, random);
    const { kept, blamed, runs } = await solved(candidates, { harmful });
    expect(new Set(blamed.keys())).toEqual(harmful);
    expect(kept).toEqual(candidates.filter(id => !harmful.has(id)));
    expect(runs).toBeLessThanOrEqual(Math.floor(8 * Math.log2(60)));
  }
});

test.each([1, 2, 3, 5, 13, 40])('%i harmful among sizes of all kinds', async d => {
  const random = randomly(d);
  for (const n of [d, d + 1, 2 * d, 60, 301]) {
    if (n < d) continue;
    const harmful = someOf(ids(n), d, random);
    const { blamed, runs } = await solved(ids(n), { harmful });
    expect(new Set(blamed.keys())).toEqual(harmful);
    expect(runs).toBeLessThanOrEqual(n + d + 4 + Math.ceil(Math.log2(n)));
  }
});

test('the proof of each is a run in which it failed alone', async () => {
  const { blamed } = await solved(ids(40), { harmful: new Set(['c3', 'c4', 'c39']) });
  expect([...blamed]).toEqual([
    ['c3', ['c3']],
    ['c4', ['c4']],
    ['c39', ['c39']],
  ]);
});

describe('failures that name somebody', () => {
  test('the right ones: a run for each, and two', async () => {
    const harmful = someOf(ids(60), 8, randomly(3));
    const { blamed, runs } = await solved(ids(60), { harmful, names: failing => failing });
    expect(new Set(blamed.keys())).toEqual(harmful);
    expect(runs).toBe(1 + 1 + 8);
  });

  test('one at a time', async () => {
    const harmful = new Set(['c1', 'c2', 'c50']);
    const { blamed, runs } = await solved(ids(60), { harmful, names: failing => failing.slice(0, 1) });
    expect(new Set(blamed.keys())).toEqual(harmful);
    expect(runs).toBe(4 + 3);
  });

  test('innocent ones, which are tried again', async () => {
    const { kept, blamed } = await solved(ids(20), {
      harmful: new Set(['c7']),
      names: () => ['c1', 'c2', 'nobody'],
    });
    expect([...blamed.keys()]).toEqual(['c7']);
    expect(kept).toEqual(ids(20).filter(id => id !== 'c7'));
  });
});

test('the expected number of runs is never negative and shrinks to nothing', async () => {
  const expected: number[] = [];
  await isolate(ids(32), async (group, left) => {
    expected.push(left);
    return group.includes('c9') ? { kind: 'fails', suspects: [], proof: null } : { kind: 'passes' };
  });
  expect(Math.min(...expected)).toBeGreaterThanOrEqual(0);
  expect(expected.length).toBeLessThan(10);
});
