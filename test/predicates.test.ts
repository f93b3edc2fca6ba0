// What inspect says of a slot: a listing by these predicates is the same with and without slots.
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { NO_SLOT_IS } from '../src/4-link/findings/class-dicts.js';
import { findInterpreters } from '../src/prove/interpreters.js';

const PROGRAM = `
import inspect, sys
class Point:
    __slots__ = ("x",)
names = sys.argv[1].split()
print(" ".join(n for n in names if getattr(inspect, n)(Point.x)))
`;

describe('predicates that are false of a slot', () => {
  const names = [...NO_SLOT_IS].map(dotted => dotted.slice('inspect.'.length));

  test.each(findInterpreters().filter(({ version }) => version[1] >= 8))('$executable', ({ executable }) => {
    const ask = (asked: readonly string[]): string =>
      execFileSync(executable, ['-c', PROGRAM, asked.join(' ')], { encoding: 'utf8' }).trim();
    expect(ask(names)).toBe('');
    // the program does tell: these are true of a slot
    expect(ask(['ismemberdescriptor', 'isdatadescriptor'])).toBe('ismemberdescriptor isdatadescriptor');
  });
});
