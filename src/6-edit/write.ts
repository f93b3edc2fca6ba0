// Changes reach the disk: all of them are checked first, then all files are replaced, or none.
import { dirname, sep } from 'node:path';
import type { Change, Problem } from '../model/decision.js';
import { messageOf } from '../model/failure.js';
import type { Coding } from '../model/source.js';
import { DISK, type Disk, type Info, type Owner } from './disk.js';
import { FOLDER, replaceAll, type Write } from './journal.js';

/** Text to the bytes of a file, BOM included; throws when the coding cannot express the text. */
export type Encode = (text: string, coding: Coding) => Uint8Array;

/** A change whose file passed every check. */
interface Ready extends Write {
  readonly change: Change;
}

type Checked =
  | { readonly kind: 'ready'; readonly ready: Ready }
  | { readonly kind: 'problem'; readonly problem: Problem };

/**
 * Writes changed files, all of them or none: slots in one file count on those in others. Before any is written, every
 * file must still exist as a regular file inside `root` (or as a symbolic link to one), hold exactly the bytes of
 * `before`, and be replaceable with its mode and owner kept. Symbolic links stay links; what they lead to is written.
 * A file with several names keeps them all.
 *
 * Returns one problem for each file that stood in the way, in the order of the changes; empty when all are written.
 * Never throws.
 */
export async function writeChanges(
  changes: readonly Change[],
  encode: Encode,
  root: string,
  disk: Disk = DISK,
): Promise<readonly Problem[]> {
  if (changes.length === 0) return [];
  const home = await disk.real(root);
  const checked: Checked[] = [];
  for (const change of changes) checked.push(await check(change, encode, home, disk));
  const settled = refuseRivals(checked);
  const problems = settled.flatMap(result => (result.kind === 'problem' ? [result.problem] : []));
  if (problems.length > 0) return problems;
  const ready = settled.flatMap(result => (result.kind === 'ready' ? [result.ready] : []));
  return writeReady(home, ready, disk);
}

async function writeReady(root: string, ready: readonly Ready[], disk: Disk): Promise<readonly Problem[]> {
  const once = [...new Map(ready.map(each => [each.info.id, each])).values()];
  const done = await replaceAll(root, once, disk);
  const problem = (message: string): Problem[] => [{ path: FOLDER, line: 0, message }];
  switch (done.kind) {
    case 'done':
      return [];
    case 'busy':
      return [busyProblem(done.owner)];
    case 'unfinished':
      return problem('another run was interrupted meanwhile: run slotify --write again');
    case 'changed': {
      const { change } = once.find(each => each.target === done.target)!;
      return [problemWith(change, CHANGED)];
    }
    case 'failed':
      return problem(
        `the files could not be replaced (${said(done.error)}) and are as they were: ${cure(done.error)}, then run slotify again`,
      );
    case 'stuck':
      return problem(
        `some files could neither be replaced nor put back (${said(done.error)}): ${cure(done.error)}, and the next --write completes the work`,
      );
  }
}

/** That another run is writing to the same project. */
export const busyProblem = ({ pid, host }: Owner): Problem => ({
  path: FOLDER,
  line: 0,
  message: `another slotify is writing here (process ${pid} on ${host}): wait for it, or remove ${FOLDER}/owner.json if there is none`,
});

const cure = (error: unknown): string =>
  /^(ENOSPC|EDQUOT)$/.test(said(error)) ? 'free some space' : 'check the permissions';

const CHANGED = 'the file has changed since slotify read it: run slotify again';

async function check(change: Change, encode: Encode, root: string, disk: Disk): Promise<Checked> {
  const problem = (message: string): Checked => ({ kind: 'problem', problem: problemWith(change, message) });

  const found = await attempt(async () => {
    const target = await disk.real(change.file);
    return { target, info: await disk.info(target) };
  });
  if ('error' in found) {
    return isGone(found.error)
      ? problem('the file is gone, or is a broken link: restore it, then run slotify again')
      : problem(`the file cannot be reached (${said(found.error)}): check the permissions of its folders`);
  }
  const { target, info } = found.value;
  if (!target.startsWith(root.endsWith(sep) ? root : root + sep))
    return problem(`a symbolic link leads to ${target}, outside of the project: exclude the file`);
  if (!info.isFile) return problem('this is not a regular file: put the file back, then run slotify again');

  const bytes = await attempt(() => disk.read(target));
  if ('error' in bytes)
    return problem(`the file cannot be read (${said(bytes.error)}): check its permissions`);
  const old = await attempt(async () => encode(change.before, change.coding));
  if ('error' in old || !Buffer.from(bytes.value).equals(old.value)) return problem(CHANGED);
  const fresh = await attempt(async () => encode(change.after, change.coding));
  if ('error' in fresh) {
    return problem(
      `the new text cannot be written as ${change.coding.name} (${said(fresh.error)}): save the file as UTF-8 first`,
    );
  }

  const file = await attempt(() => disk.mayWrite(target));
  if ('error' in file) return problem(`the file may not be written (${said(file.error)}): make it writable`);
  const folder = await attempt(() => disk.mayWrite(dirname(target)));
  if ('error' in folder) {
    return problem(
      `its folder may not be written (${said(folder.error)}), so the file cannot be replaced: make the folder writable`,
    );
  }
  if (!canKeepOwner(info)) {
    return problem(
      'the file belongs to another user or group, which a rewrite would change: run slotify as its owner',
    );
  }
  return { kind: 'ready', ready: { change, target, info, old: old.value, fresh: fresh.value } };
}

/** Only root gives files away; others can at most choose among their own groups (POSIX chown). */
function canKeepOwner(info: Info): boolean {
  const user = process.getuid?.();
  if (user === undefined || user === 0) return true;
  const groups = [process.getgid?.(), ...(process.getgroups?.() ?? [])];
  return info.uid === user && groups.includes(info.gid);
}

/** Two paths may lead to one file (symbolic or hard links): then both must want the same bytes. */
function refuseRivals(checked: readonly Checked[]): readonly Checked[] {
  const wanted = new Map<string, Ready>();
  const rivals = new Map<string, Change>();
  for (const result of checked) {
    if (result.kind === 'problem') continue;
    const { ready } = result;
    const first = wanted.get(ready.info.id);
    if (!first) wanted.set(ready.info.id, ready);
    else if (first.change.after !== ready.change.after) rivals.set(ready.info.id, first.change);
  }
  return checked.map(result => {
    const rival = result.kind === 'ready' ? rivals.get(result.ready.info.id) : undefined;
    if (result.kind === 'problem' || !rival) return result;
    const message =
      'several paths lead to this file and would change it differently: exclude all but one of them';
    return { kind: 'problem', problem: problemWith(result.ready.change, message) };
  });
}

async function attempt<T>(action: () => Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await action() };
  } catch (error) {
    return { error };
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function said(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return messageOf(error);
}

function problemWith(change: Change, message: string): Problem {
  return { path: change.path, line: 0, message };
}
