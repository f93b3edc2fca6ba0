// npm run bench -- DIR..: what slotify takes beside the parser alone and beside other tools, on the same files.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { globSync } from 'tinyglobby';
import { generate } from './generate.js';
import { type Point, plot } from './plot.js';

interface Run {
  /** Seconds. */
  readonly wall: number;
  readonly cpu: number;
  /** Bytes, of the largest process. */
  readonly peak: number;
  readonly status: number;
  readonly says: string;
}

interface Subject {
  readonly name: string;
  readonly command: readonly string[];
  /** What is done before each run, unmeasured. */
  readonly before?: (round: number) => void;
  /** Exit codes besides 0 that mean it worked. */
  readonly accepts?: readonly number[];
  /** Only every so many files are read: times count that many times. */
  readonly sampled?: number;
}

interface Result {
  readonly name: string;
  /** Medians; times as ratios to those of the floor. */
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
  readonly wallRatio: number;
  readonly cpuRatio: number;
}

const USAGE = `npm run bench -- [--rounds 3] [--python python3] [--json FILE] DIR..
npm run bench -- --start [--rounds 3]
npm run bench -- --curve 10000,100000,1000000 [--svg FILE] [--json FILE]`;

/** LibCST is slow enough for a sample to be exact. */
const EVERY = 10;

const home = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const own = (file: string): string => join(home, 'src/bench', file);
const built = (file: string): string => join(home, 'dist/src/bench', file);
const slotify = [
  process.execPath,
  join(home, 'bin/slotify.js'),
  '--quiet',
  '--output-format',
  'json',
  '--isolated',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    python: { type: 'string', default: 'python3' },
    start: { type: 'boolean', default: false },
    curve: { type: 'string' },
    svg: { type: 'string' },
    json: { type: 'string' },
  },
});
const scratch = mkdtempSync(join(tmpdir(), 'slotify-bench-'));
try {
  if (values.curve !== undefined) curve(values.curve.split(',').map(Number));
  else if (values.start) start();
  else if (positionals.length > 0) compare(positionals);
  else console.error(USAGE);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function compare(folders: readonly string[]): void {
  const corpus = join(scratch, 'corpus');
  for (const folder of folders) {
    const from = resolve(folder);
    const wanted = (file: string): boolean => statSync(file).isDirectory() || file.endsWith('.py');
    cpSync(from, join(corpus, from.split(/[\\/]/).at(-1)!), { recursive: true, filter: wanted });
  }
  writeFileSync(join(corpus, 'pyproject.toml'), '');
  const files = globSync('**/*.py', { cwd: corpus, absolute: true });
  const bytes = files.reduce((total, file) => total + statSync(file).size, 0);
  console.log(
    `${files.length} files, ${(bytes / 1e6).toFixed(1)} MB; medians of ${values.rounds} rounds, taken in turn\n`,
  );

  const results = taken(subjects(corpus, files));
  keep({ files: files.length, bytes, rounds: Number(values.rounds), results });
}

/** One small module, beside what node takes to start. */
function start(): void {
  const folder = join(scratch, 'small');
  const lines = generate(folder, 100);
  const results = taken([
    { name: 'node -e 0', command: [process.execPath, '-e', '0'] },
    { name: 'slotify --version', command: [...slotify, '--version'] },
    { name: `slotify, ${lines} lines`, command: [...slotify, folder] },
  ]);
  keep({ lines, rounds: Number(values.rounds), results });
}

/** Measures all subjects in turn, the floor first, and prints the medians. */
function taken(all: readonly Subject[]): Result[] {
  const runs = new Map<Subject, Run[]>(all.map(s => [s, []]));
  for (let round = 0; round < Number(values.rounds); round++)
    for (const subject of all) {
      subject.before?.(round);
      const run = measured(subject);
      if (run) runs.get(subject)!.push(run);
    }
  const results = summary(runs);
  console.log(table(results));
  return results;
}

/** Everything that is measured, the floor first. A tool that is not installed is left out. */
function subjects(corpus: string, files: readonly string[]): Subject[] {
  const cache = join(scratch, 'cache');
  const cached = [...slotify, '--cache-dir', cache, corpus];
  const python = (which: string, nth: number): string[] => [
    values.python,
    own('parsers.py'),
    which,
    corpus,
    `${nth}`,
  ];
  const empty = (): void => rmSync(cache, { recursive: true, force: true });
  const touch = (round: number): void => {
    files.forEach((file, i) => {
      if (i % 100 === round % 100)
        writeFileSync(file, `${readFileSync(file, 'latin1')}\n# ${round}\n`, 'latin1');
    });
  };
  const ruff = onPath('ruff');
  const astGrep = createRequire(import.meta.url).resolve('@ast-grep/cli/package.json');
  const pattern = ['run', '--lang', 'python', '--pattern', '$A.$B = $C', '--json=stream', corpus];
  return [
    { name: 'raw parse, one thread', command: [process.execPath, built('raw-parse.js'), corpus] },
    { name: 'slotify, cold', command: cached, before: empty },
    { name: 'slotify, warm', command: cached },
    { name: 'slotify, warm, 1 % changed', command: cached, before: touch },
    { name: 'slotify --no-cache', command: [...slotify, '--no-cache', corpus] },
    {
      name: 'ast-grep, one pattern',
      command: [join(dirname(astGrep), 'ast-grep'), ...pattern],
      accepts: [1],
    },
    { name: 'ast.parse of CPython', command: python('ast', 1) },
    { name: 'LibCST parse_module', command: python('libcst', EVERY), sampled: EVERY },
    ...(ruff
      ? [
          {
            name: 'ruff check',
            command: [ruff, 'check', '--isolated', '--no-cache', '--quiet', '--exit-zero', corpus],
          },
        ]
      : []),
  ];
}

function measured(subject: Subject): Run | null {
  const out = execFileSync(values.python, [own('run.py'), ...subject.command], { maxBuffer: 1 << 26 });
  const run = JSON.parse(out.toString()) as Run;
  // exit code 2 of slotify: some files of the corpus are no Python 3
  const fine = [0, 2, ...(subject.accepts ?? [])].includes(run.status);
  if (fine && !/No module named/.test(run.says)) {
    const times = subject.sampled ?? 1;
    return { ...run, wall: run.wall * times, cpu: run.cpu * times };
  }
  console.error(`${subject.name}: exit code ${run.status}: ${run.says.trim().split('\n').at(-1)}`);
  return null;
}

function summary(runs: ReadonlyMap<Subject, readonly Run[]>): Result[] {
  const medians = [...runs].flatMap(([{ name }, list]) =>
    list.length
      ? [
          {
            name,
            wall: median(list.map(r => r.wall)),
            cpu: median(list.map(r => r.cpu)),
            peak: median(list.map(r => r.peak)),
          },
        ]
      : [],
  );
  const floor = medians[0]!;
  return medians.map(m => ({ ...m, wallRatio: m.wall / floor.wall, cpuRatio: m.cpu / floor.cpu }));
}

function table(results: readonly Result[]): string {
  const rows = results.map(r => [
    r.name,
    `${r.wall.toFixed(2)} s`,
    r.wallRatio.toFixed(2),
    `${r.cpu.toFixed(2)} s`,
    r.cpuRatio.toFixed(2),
    `${(r.peak / 1e6).toFixed(0)} MB`,
  ]);
  const head = ['', 'wall', 'ratio', 'CPU', 'ratio', 'peak memory'];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i ? '--:' : ':--'))), ...rows.map(line)].join('\n');
}

/** slotify on made-up monorepos of growing size, once each. */
function curve(sizes: readonly number[]): void {
  const points: Point[] = [];
  for (const size of sizes) {
    const folder = join(scratch, `lines-${size}`);
    const lines = generate(folder, size);
    const run = measured({ name: `${size} lines`, command: [...slotify, '--no-cache', folder] });
    rmSync(folder, { recursive: true, force: true });
    if (!run) break;
    points.push({ lines, cpu: run.cpu, peak: run.peak });
    console.log(
      `${lines} lines: ${run.wall.toFixed(2)} s, CPU ${run.cpu.toFixed(2)} s, ${(run.peak / 1e6).toFixed(0)} MB`,
    );
  }
  if (values.svg !== undefined) writeFileSync(values.svg, plot(points));
  keep({ points });
}

function keep(found: object): void {
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(found, null, 2)}\n`);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map(folder => join(folder, name)).find(existsSync);
}
