// `slotify verify`: what a person reads while it runs and when it is done.
import { visible } from '../7-report/visible.js';
import type { Progress, Verification } from '../prove/verify.js';

/** A line for each run: `verify: run 3 of about 12, 41 s: with slots on 60 of 64 classes`. */
export function progressLine({ done, expected, elapsed, what }: Progress): string {
  return `verify: run ${done + 1} of about ${done + expected}, ${Math.round(elapsed)} s: ${what}\n`;
}

/** What the runs showed: the excluded classes with their proofs, and what weakens the result. */
export function verifyText(found: Verification & { readonly kind: 'verified' }): string {
  const lines = found.blamed.map(
    ({ cls, test, error }) => `excluded ${visible(cls.dotted)}: ${visible(test)}: ${visible(error)}`,
  );
  const { seen, all } = found.imported;
  if (seen === 0)
    lines.push('warning: the command was not seen to import any rewritten file: it may prove nothing');
  else if (seen < all)
    lines.push(`note: the command imports ${seen} of ${all} rewritten files; the others were not run`);
  if (found.flaky.length > 0)
    lines.push(`note: flaky without any change, not counted: ${visible(found.flaky.join(', '))}`);
  if (found.failing.length > 0)
    lines.push(`note: failing without any change: ${visible(found.failing.join(', '))}`);
  const excluded = found.blamed.length === 0 ? 'no class' : `${found.blamed.length} of the proposed classes`;
  lines.push(
    `Verified in ${found.runs} runs, ${Math.round(found.seconds)} s: ${excluded} had to be excluded.`,
  );
  return `${lines.join('\n')}\n`;
}
