// Every way a run can end: exit code and hint, in one table.
import type { Report } from '../model/decision.js';

/** How a run ends. */
export type Outcome =
  | 'done'
  | 'would-change'
  | 'misuse'
  | 'configuration'
  | 'not-found'
  | 'incomplete'
  | 'unverified'
  | 'output'
  | 'interrupted'
  | 'internal';

/** Exit codes as ruff, ESLint and Prettier have them; the hint follows the message on stderr. */
export const OUTCOMES: Readonly<
  Record<Outcome, { readonly exit: 0 | 1 | 2 | 130; readonly hint: string | null }>
> = {
  done: { exit: 0, hint: null },
  'would-change': { exit: 1, hint: null },
  misuse: { exit: 2, hint: 'see slotify --help' },
  configuration: { exit: 2, hint: null },
  'not-found': { exit: 2, hint: null },
  incomplete: { exit: 2, hint: null },
  unverified: {
    exit: 2,
    hint: 'the command must pass, or fail with named tests, before anything is rewritten',
  },
  output: { exit: 2, hint: null },
  // as a shell reports the end by SIGINT
  interrupted: { exit: 130, hint: null },
  internal: { exit: 2, hint: 'set SLOTIFY_DEBUG=1 for the stack, and please report it' },
};

/** How a finished run ends: an incomplete result outweighs everything else. */
export function outcomeOf(report: Report, mode: 'propose' | 'check' | 'write'): Outcome {
  if (report.problems.length > 0) return 'incomplete';
  return mode === 'check' && report.changes.length > 0 ? 'would-change' : 'done';
}
