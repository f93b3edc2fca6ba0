// Runs a command of the user in a copy of the project and keeps what it says.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { killGroup, type Scratch } from './scratch.js';

/** Where a command runs. */
export interface CommandPlace {
  /** The project, absolute. */
  readonly root: string;
  /** Its copy. */
  readonly tree: string;
  /** Where the user stands. */
  readonly cwd: string;
  /** Folder for compiled Python files, so that none are written elsewhere. */
  readonly compiled: string;
}

/** What came of it. */
export interface Ran {
  /** Null when it took too long or was killed. */
  readonly exit: number | null;
  /** Standard output and error as they came, without colours. */
  readonly output: string;
  readonly seconds: number;
}

/** How much of the end of the output is kept, in characters. */
const KEPT = 8 << 20;

/** Milliseconds that processes left behind may hold the output open. */
const DRAIN = 1000;

/** Runs `command` where the user stands, seen from the copy. Processes that it leaves behind are ended. */
export function runCommand(
  command: readonly string[],
  place: CommandPlace,
  env: NodeJS.ProcessEnv,
  timeout: number | null,
  scratch: Scratch,
): Promise<Ran> {
  const [program, ...args] = command.map((word, i) => inCopy(word, place, i === 0));
  const began = performance.now();
  return new Promise(done => {
    const child = spawn(program!, args, {
      cwd: inside(place.cwd, place) ?? place.tree,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    scratch.watch(child);
    let output = '';
    const take = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-KEPT);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const timer = timeout === null ? null : setTimeout(() => killGroup(child), timeout);
    let ended = false;
    const finish = (exit: number | null): void => {
      if (ended) return;
      ended = true;
      if (timer) clearTimeout(timer);
      endGroup(child.pid);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes that colour a terminal
      const plain = output.replace(/\x1b\[[\d;]*[A-Za-z]/g, '');
      done({ exit, output: plain, seconds: (performance.now() - began) / 1000 });
    };
    child.on('error', error => {
      output += `${cannotRun(program!, error)}\n`;
      finish(127);
    });
    child.on('close', finish);
    child.on('exit', code => setTimeout(finish, DRAIN, code).unref());
  });
}

/** Why a program did not start, in words. */
export function cannotRun(program: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return `cannot run ${program}: there is no such program`;
  if (error.code === 'EACCES') return `cannot run ${program}: permission denied`;
  return `cannot run ${program}: ${error.message}`;
}

/** Ends what is left of the process group of a child that has ended. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // nothing is left
  }
}

/** A path of the project as a path of its copy; null for one outside. */
function inside(path: string, { root, tree }: CommandPlace): string | null {
  const inner = relative(root, path);
  return inner === '..' || inner.startsWith(`..${sep}`) || isAbsolute(inner) ? null : join(tree, inner);
}

/** A word of the command for use in the copy: absolute paths into the project lead into the copy, where it has them;
 *  a program that was not copied (that of a virtual environment) stays where it is. */
function inCopy(word: string, place: CommandPlace, isProgram: boolean): string {
  if (isProgram && word.includes('/') && !isAbsolute(word)) {
    const typed = resolve(place.cwd, word);
    const copied = inside(typed, place);
    return copied !== null && existsSync(copied) ? copied : typed;
  }
  if (!isAbsolute(word)) return word;
  const copied = inside(word, place);
  return copied !== null && existsSync(copied) ? copied : word;
}

/**
 * The environment of commands in the copy: imports find the copy first, also where the project itself is installed
 * in editable form; a `git` that called slotify does not point them back at the project.
 * @param folders folders of the copy that imports start from
 */
export function copyEnvironment(folders: readonly string[], place: CommandPlace): NodeJS.ProcessEnv {
  const own = (process.env.PYTHONPATH ?? '').split(delimiter).filter(Boolean);
  const paths = [...folders, ...own.map(each => inside(resolve(place.cwd, each), place) ?? each)];
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX)|PYTHONDONTWRITEBYTECODE)$/.test(name),
  );
  return {
    ...Object.fromEntries(entries),
    PYTHONPATH: paths.join(delimiter),
    PYTHONPYCACHEPREFIX: place.compiled,
    PYTHONUNBUFFERED: '1',
  };
}
