// Profile files: read and checked as far as later stages rely on them.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { messageOf } from '../model/failure.js';
import type { Profile } from '../model/profile.js';
import { isTable } from './pyproject.js';

/** Bytes of the largest profile: more is no text that can be parsed. */
const LARGEST = 400_000_000;

/** The profile in a file, or what is wrong with it as a sentence. */
export function readProfile(file: string): { readonly profile: Profile } | { readonly problem: string } {
  if (!existsSync(file)) return { problem: `The profile ${file} does not exist.` };
  let data: unknown;
  try {
    const stats = statSync(file);
    if (!stats.isFile()) return { problem: `The profile ${file} is not a regular file.` };
    if (stats.size > LARGEST) return { problem: `The profile ${file} is larger than 400 MB.` };
    data = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = messageOf(error);
    return { problem: `The profile ${file} cannot be read: ${why}.` };
  }
  return isProfile(data)
    ? { profile: data }
    : { problem: `${file} is no profile: make one by \`slotify profile -o FILE -- COMMAND\`.` };
}

function isProfile(data: unknown): data is Profile {
  if (!isTable(data) || data.version !== 1 || !isTable(data.classes) || !Array.isArray(data.python))
    return false;
  return Object.values(data.classes).every(
    seen =>
      isTable(seen) &&
      typeof seen.created === 'number' &&
      typeof seen.alive === 'number' &&
      isTable(seen.attributes) &&
      isTable(seen.pickled) &&
      Array.isArray(seen.dict),
  );
}
