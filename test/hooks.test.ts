// The hooks for pre-commit and the GitHub Action, each run by what runs it in earnest.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const HOME = fileURLToPath(new URL('..', import.meta.url));
const ORDER = 'class Order:\n    def __init__(self):\n        self.x = 1\n\n\nOrder()\n';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slotify-hooks-'));
});
// an environment of pre-commit's is some ten thousand files
afterEach(() => rmSync(root, { recursive: true, force: true }), 120_000);

function git(cwd: string, ...args: string[]): string {
  const config = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', [...config, ...args], { cwd, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function project(files: Readonly<Record<string, string>>): string {
  const folder = join(root, 'project');
  mkdirSync(folder);
  git(folder, 'init', '-q', '-b', 'main');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  git(folder, 'add', '.');
  git(folder, 'commit', '-q', '-m', 'one');
  return folder;
}

interface Step {
  readonly name: string;
  readonly run: string;
  readonly env?: Readonly<Record<string, string>>;
}

describe('the GitHub Action', () => {
  const action = parse(readFileSync(join(HOME, 'action.yml'), 'utf8'));
  const steps: readonly Step[] = action.runs.steps;

  /** The steps as a runner runs them: expressions filled in, each script by bash, outputs and summary into files. */
  function act(cwd: string, inputs: Readonly<Record<string, string>>, baseRef = '') {
    const [output, summary] = [join(root, 'output'), join(root, 'summary')];
    for (const file of [output, summary]) writeFileSync(file, '');
    const given = (name: string): string => inputs[name] ?? action.inputs[name].default;
    const filled = (text: string): string =>
      text.replaceAll(/\$\{\{ *([\w.-]+) *\}\}/g, (_, name: string) => {
        if (name === 'github.action_path') return HOME;
        if (name === 'github.base_ref') return baseRef;
        return given(name.replace(/^inputs\./, ''));
      });
    const { NO_COLOR: _n, FORCE_COLOR: _f, VIRTUAL_ENV: _v, ...env } = process.env;
    let stdout = '';
    for (const step of steps) {
      const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value)]);
      const done = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
        cwd,
        env: { ...env, ...Object.fromEntries(own), GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
        encoding: 'utf8',
      });
      stdout += done.stdout;
      if (done.status !== 0) return { status: done.status, stdout, stderr: done.stderr, output, summary };
    }
    const text = (file: string) => readFileSync(file, 'utf8');
    return { status: 0, stdout, stderr: '', output: text(output), summary: text(summary) };
  }

  test('no script has an expression in it: inputs come by the environment', () => {
    for (const step of steps) expect(step.run).not.toContain('${{');
    expect(action.runs.using).toBe('composite');
    for (const { value } of Object.values<{ value: string }>(action.outputs))
      expect(value).toMatch(/steps\.run\./);
  });

  test('annotates, sums up and leaves a SARIF file', { timeout: 60_000 }, () => {
    const cwd = project({ 'pyproject.toml': '', 'order.py': ORDER });
    const done = act(cwd, { 'sarif-file': 'out dir.sarif' });
    expect(done.stderr).toBe('');
    expect(done.stdout).toContain(
      '::warning file=order.py,line=1,col=7,title=slotify plain-slots::Order can have',
    );
    expect(done.summary).toMatch(/^## slotify\n[\s\S]*\| `Order` \|/);
    expect(done.output).toBe('sarif-file=out dir.sarif\nfound=true\n');
    expect(JSON.parse(readFileSync(join(cwd, 'out dir.sarif'), 'utf8')).runs[0].results).toHaveLength(1);
    expect(readFileSync(join(cwd, 'order.py'), 'utf8')).toBe(ORDER);
  });

  test('fails when asked to, and always when the result is incomplete', { timeout: 60_000 }, () => {
    const cwd = project({ 'pyproject.toml': '', 'order.py': ORDER, 'odd name.py': 'x = 1\n' });
    expect(act(cwd, { fail: 'true' }).status).toBe(1);
    expect(act(cwd, { fail: 'true', paths: 'odd name.py\n' }).status).toBe(0);
    expect(act(cwd, { fail: 'true', args: '--skip=Ord*\n' }).status).toBe(0);
    writeFileSync(join(cwd, 'broken.py'), 'class (:\n');
    expect(act(cwd, {}).status).toBe(2);
  });

  test('judges what a pull request changes', { timeout: 60_000 }, () => {
    const cwd = project({ 'pyproject.toml': '', 'old.py': ORDER.replaceAll('Order', 'Old') });
    git(cwd, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
    writeFileSync(join(cwd, 'order.py'), ORDER);
    const done = act(cwd, {}, 'main');
    expect(done.stdout).toContain('file=order.py');
    expect(done.stdout).not.toContain('old.py');
    expect(act(cwd, { 'diff-base': 'none' }, 'main').stdout).toContain('old.py');
    expect(act(cwd, {}, 'not-fetched').stdout).toContain('old.py');
  });
});

describe('the hooks for pre-commit', () => {
  const hooks = parse(readFileSync(join(HOME, '.pre-commit-hooks.yaml'), 'utf8'));

  test('call commands that exist', () => {
    expect(hooks.map((hook: { id: string }) => hook.id)).toEqual(['slotify-check', 'slotify']);
    const { bin } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8'));
    for (const hook of hooks) {
      const [command, ...args] = hook.entry.split(' ');
      expect(existsSync(join(HOME, bin[command]))).toBe(true);
      const cwd = mkdtempSync(join(root, 'p-'));
      writeFileSync(join(cwd, 'a.py'), ORDER);
      const done = spawnSync(process.execPath, [join(HOME, bin[command]), ...args, 'a.py'], { cwd });
      expect(done.status).toBe(hook.id === 'slotify' ? 0 : 1);
    }
  });

  const python = spawnSync('python3', ['-m', 'venv', '--help']).status === 0;
  const wanted = process.env.PRE_COMMIT === '1';
  const why = wanted ? 'needs python3 with venv' : 'takes minutes and the registries: PRE_COMMIT=1 runs it';

  // builds the package from a clone, as pre-commit does it for every user
  test.skipIf(!wanted || !python)(`run under pre-commit itself (${why})`, { timeout: 900_000 }, () => {
    const venv = join(root, 'venv');
    execFileSync('python3', ['-m', 'venv', venv]);
    execFileSync(join(venv, 'bin', 'pip'), ['install', '--quiet', 'pre-commit']);
    const source = join(root, 'source');
    git(root, 'clone', '-q', HOME, source);
    const rev = git(source, 'rev-parse', 'HEAD');
    const config = `repos:\n- repo: ${source}\n  rev: ${rev}\n  hooks:\n  - id: slotify-check\n`;
    const cwd = project({ 'pyproject.toml': '', 'order.py': ORDER, '.pre-commit-config.yaml': config });
    const hook = (id: string) => {
      writeFileSync(join(cwd, '.pre-commit-config.yaml'), config.replace('slotify-check', id));
      git(cwd, 'add', '.');
      const env = { ...process.env, PRE_COMMIT_HOME: join(root, 'cache') };
      return spawnSync(join(venv, 'bin', 'pre-commit'), ['run', '--all-files'], {
        cwd,
        env,
        encoding: 'utf8',
      });
    };
    const check = hook('slotify-check');
    expect(check.status, check.stdout + check.stderr).toBe(1);
    expect(check.stdout).toContain('+    __slots__ = ("x",)');
    expect(hook('slotify').status).toBe(1);
    expect(readFileSync(join(cwd, 'order.py'), 'utf8')).toContain('__slots__');
    expect(hook('slotify-check').status).toBe(0);
  });
});
