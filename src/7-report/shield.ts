// A diff that goes into the log of a workflow: the lines of code in it are no commands.
import { COMMAND } from './visible.js';

/** A line that GitHub's runner obeys: `::error::` behind blanks only; it ends lines at `\r` as well. */
const OBEYED = /(?:^|[\r\n])\s*::/;

/**
 * The diff between the two commands that switch the runner's commands off and on again, where it would take a line of
 * it for one. `git apply` and `patch` skip such lines around a diff. See
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
 *
 * @param token what no line of the diff can hold: made at random
 */
export function shielded(diff: Uint8Array, token: string): Uint8Array {
  const text = new TextDecoder().decode(diff);
  if (!OBEYED.test(text) && text.search(COMMAND) < 0) return diff;
  return Buffer.concat([Buffer.from(`::stop-commands::${token}\n`), diff, Buffer.from(`::${token}::\n`)]);
}
