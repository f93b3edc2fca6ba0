// The Python interpreters of this machine.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isOlder, NEWEST } from '../1-discover/python-range.js';
import type { PythonRange } from '../model/decision.js';

export interface Interpreter {
  readonly executable: string;
  readonly version: readonly [number, number];
}

/** Names under which minor versions are installed beside each other. */
const VERSIONED = Array.from({ length: NEWEST[1] - 7 }, (_, i) => `python3.${8 + i}`);

/** The usual interpreter (`PYTHON`, else `python3`), then those of pyenv and `python3.8` and so on, oldest first. */
export function findInterpreters(): readonly Interpreter[] {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const others = existsSync(versions)
    ? readdirSync(versions).map(name => join(versions, name, 'bin', 'python'))
    : [];
  const [usual, ...more] = [process.env.PYTHON ?? 'python3', ...others, ...VERSIONED].map(probe);
  const found = more.filter(each => each != null && each.version[0] === 3) as Interpreter[];
  return [...(usual ? [usual] : []), ...found.sort((a, b) => (isOlder(a.version, b.version) ? -1 : 1))];
}

/** What a command runs; null when it is no Python that starts. */
export function probe(command: string): Interpreter | null {
  try {
    const code = 'import sys; print(sys.executable); print(*sys.version_info[:2])';
    const [executable, version] = execFileSync(command, ['-S', '-c', code], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).split('\n');
    const [major, minor] = version!.split(' ').map(Number);
    return { executable: executable!, version: [major!, minor!] };
  } catch {
    return null;
  }
}

/** Those of the interpreters that fit a range: the usual one when it is in range, else any that is; with `all` one of
 *  each version in range. Empty when there is none. */
export function chosenFor(
  range: Pick<PythonRange, 'oldest' | 'newest'>,
  found: readonly Interpreter[],
  all: boolean,
): readonly Interpreter[] {
  const open = !isOlder(range.newest, NEWEST);
  const fits = found.filter(
    ({ version }) => !isOlder(version, range.oldest) && (open || !isOlder(range.newest, version)),
  );
  if (!all) return fits.slice(0, 1);
  const isFirst = (each: Interpreter, i: number): boolean =>
    fits.findIndex(other => other.version.join() === each.version.join()) === i;
  return fits.filter(isFirst);
}
