// One line a finding: `path:line:column: rule message`.
import type { Report } from '../model/decision.js';
import { noticesOf, type View } from './notices.js';
import { visible } from './visible.js';

/** Every finding on a line of its own; empty when there is none. */
export function concise(report: Report, view: View): string {
  return noticesOf(report, view)
    .map(
      ({ path, line, column, rule, message }) =>
        `${visible(view.show(path))}:${line}:${column}: ${rule} ${message}\n`,
    )
    .join('');
}
