// Changes reach the disk: all of them checked first, then each file replaced in one step.
import { constants } from 'node:fs';
import { access, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Change, Problem } from '../model/decision.js';
import type { Coding } from '../model/source.js';

/** Text to the bytes of a file, BOM included; throws when the coding cannot express the text. */
export type Encode = (text: string, coding: Coding) => Uint8Array;

/** A change whose file passed every check. */
interface Ready {
  readonly change: Change;
  /** Where the file really is, symbolic links followed. */
  readonly target: string;
  readonly old: Uint8Array;
  readonly new: Uint8Array;
}

type Checked =
  | { readonly kind: 'ready'; readonly ready: Ready }
  | { readonly kind: 'problem'; readonly problem: Problem };

/**
 * Writes changed files. Before any is written, every file must still exist as a regular file (or as a symbolic
 * link to one), hold exactly the bytes of `before`, and be replaceable with its mode and owner kept. A file that
 * fails is left alone and the others go on. Symbolic links stay links; what they lead to is written.
 *
 * Returns one problem for each file that was not written, in the order of the changes. Never throws.
 */
export async function writeChanges(changes: readonly Change[], encode: Encode): Promise<readonly Problem[]> {
  const checked: Checked[] = [];
  for (const change of changes) checked.push(await check(change, encode));
  const settled = refuseRivals(checked);

  const problems: Problem[] = [];
  const written = new Set<string>();
  for (const result of settled) {
    const problem = result.kind === 'problem' ? result.problem : await write(result.ready, written);
    if (problem) problems.push(problem);
  }
  return problems;
}

async function check(change: Change, encode: Encode): Promise<Checked> {
  const problem = (message: string): Checked => ({ kind: 'problem', problem: problemWith(change, message) });

  const found = await attempt(async () => {
    const target = await realpath(change.file);
    return { target, info: await stat(target) };
  });
  if ('error' in found) {
    return isGone(found.error)
      ? problem('the file is gone, or is a broken link: restore it, then run slotify again')
      : problem(`the file cannot be reached (${said(found.error)}): check the permissions of its folders`);
  }
  const { target, info } = found.value;
  if (!info.isFile()) return problem('this is not a regular file: put the file back, then run slotify again');

  const bytes = await attempt(() => readFile(target));
  if ('error' in bytes)
    return problem(`the file cannot be read (${said(bytes.error)}): check its permissions`);
  const old = await attempt(async () => encode(change.before, change.coding));
  if ('error' in old || !bytes.value.equals(old.value)) {
    return problem('the file has changed since slotify read it: run slotify again');
  }
  const fresh = await attempt(async () => encode(change.after, change.coding));
  if ('error' in fresh) {
    return problem(
      `the new text cannot be written as ${change.coding.name} (${said(fresh.error)}): save the file as UTF-8 first`,
    );
  }

  const file = await attempt(() => access(target, constants.W_OK));
  if ('error' in file) return problem(`the file may not be written (${said(file.error)}): make it writable`);
  const folder = await attempt(() => access(dirname(target), constants.W_OK | constants.X_OK));
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
  return { kind: 'ready', ready: { change, target, old: old.value, new: fresh.value } };
}

/** Only root gives files away; others can at most choose among their own groups (POSIX chown). */
function canKeepOwner(info: { readonly uid: number; readonly gid: number }): boolean {
  const user = process.getuid?.();
  if (user === undefined || user === 0) return true;
  const groups = [process.getgid?.(), ...(process.getgroups?.() ?? [])];
  return info.uid === user && groups.includes(info.gid);
}

/** Two paths may lead to one file (symbolic links): then both must want the same bytes. */
function refuseRivals(checked: readonly Checked[]): readonly Checked[] {
  const wanted = new Map<string, Ready>();
  const rivals = new Map<string, Change>();
  for (const result of checked) {
    if (result.kind === 'problem') continue;
    const { ready } = result;
    const first = wanted.get(ready.target);
    if (!first) wanted.set(ready.target, ready);
    else if (first.change.after !== ready.change.after) rivals.set(ready.target, first.change);
  }
  return checked.map(result => {
    const rival = result.kind === 'ready' ? rivals.get(result.ready.target) : undefined;
    if (result.kind === 'problem' || !rival) return result;
    const message =
      'several paths lead to this file and would change it differently: exclude all but one of them';
    return { kind: 'problem', problem: problemWith(result.ready.change, message) };
  });
}

async function write(ready: Ready, written: Set<string>): Promise<Problem | null> {
  if (written.has(ready.target)) return null;
  written.add(ready.target);
  const { buffer, byteOffset, byteLength } = ready.new;
  const done = await attempt(async () => {
    await writeFileAtomic(ready.target, Buffer.from(buffer, byteOffset, byteLength));
    return (await stat(ready.target)).size;
  });
  if ('error' in done) {
    const message = `the file could not be replaced (${said(done.error)}) and is as it was: run slotify again`;
    return problemWith(ready.change, message);
  }
  if (done.value === byteLength) return null;

  // write-file-atomic does not look at how many bytes were written: on a full disk that may be fewer.
  const restored = await attempt(() => writeFile(ready.target, ready.old));
  return problemWith(
    ready.change,
    'error' in restored
      ? `the file was cut short (is the disk full?) and slotify could not put it back (${said(restored.error)}): restore it from version control`
      : 'the file was cut short while it was written (is the disk full?) and has been restored: free some space, then run slotify again',
  );
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
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

function problemWith(change: Change, message: string): Problem {
  return { path: change.path, line: 0, message };
}
