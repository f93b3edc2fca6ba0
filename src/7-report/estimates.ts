// What slots are expected to save, for people: by class and by range of Python versions.
import { estimateSaving, measuredIn } from '../5-decide/estimate.js';
import { savingOf } from '../5-decide/saving.js';
import type { Decision, Report } from '../model/decision.js';
import { inOrder } from './order.js';
import type { ShowPath } from './text.js';
import { visible } from './visible.js';

/**
 * `152 -> 56 bytes on Python 3.8 to 3.10, 96 -> 56 on 3.11`: estimated sizes of one instance on the versions of the
 * report, neighbours with equal sizes together. Null for a class without an estimate.
 */
export function estimateText(decision: Decision, python: Report['python']): string | null {
  const spans: { sizes: string; first: string; last: string }[] = [];
  for (const version of measuredIn(python)) {
    const estimate = estimateSaving(decision, version);
    if (estimate === null) return null;
    const { before, after } = estimate;
    const sizes = `${before} -> ${after}`;
    const same = spans.at(-1);
    const name = version.join('.');
    if (same?.sizes === sizes) same.last = name;
    else spans.push({ sizes, first: name, last: name });
  }
  return spans
    .map(({ sizes, first, last }, i) => {
      const versions = first === last ? first : `${first} to ${last}`;
      return i === 0 ? `${sizes} bytes on Python ${versions}` : `${sizes} on ${versions}`;
    })
    .join(', ');
}

/**
 * A line for each class that the changes rewrite: `path:line:col: Class: estimated per instance: 152 -> 56 bytes on ...`.
 * With a profile those that save most in it come first, and the line ends in what its instances save together.
 */
export function estimates(report: Report, show: ShowPath): string {
  const { profile = null } = report;
  const saved = (decision: Decision): number => savingOf(decision, { profile, python: report.python.newest });
  const changed = changedIn(report);
  const ranked = profile === null ? changed : changed.toSorted((a, b) => saved(b) - saved(a));
  return ranked
    .map(decision => {
      const { at, qualname } = decision.cls;
      const head = `${visible(show(at.path))}:${at.line}:${at.column}: ${visible(qualname)}`;
      const estimate = estimateText(decision, report.python) ?? 'depends on what goes into its __dict__';
      const together = profile === null ? '' : `; ${bytes(saved(decision))} less in the profiled run`;
      return `${head}: estimated per instance: ${estimate}${together}\n`;
    })
    .join('');
}

/** `9,999 bytes`, `10 KiB` */
export const bytes = (n: number): string =>
  n < 10_000 ? `${n.toLocaleString('en')} bytes` : `${Math.round(n / 1024).toLocaleString('en')} KiB`;

/** `32 to 112 bytes less per instance`: the range over all classes and versions; with a profile, what all instances
 *  that were alive at once save together. Null without changes. */
export function estimatedRange(report: Report): string | null {
  const { profile } = report;
  if (profile) {
    const aim = { profile, python: report.python.newest };
    return `${bytes(changedIn(report).reduce((sum, d) => sum + savingOf(d, aim), 0))} less in the profiled run`;
  }
  const saved = changedIn(report).flatMap(decision =>
    measuredIn(report.python).flatMap(version => estimateSaving(decision, version)?.saved ?? []),
  );
  if (saved.length === 0) return null;
  const [least, most] = [Math.min(...saved), Math.max(...saved)];
  return `${least === most ? most : `${least} to ${most}`} bytes less per instance`;
}

function changedIn(report: Report): readonly Decision[] {
  const changed = new Set(report.changes.flatMap(change => change.classes));
  return inOrder(report.decisions).filter(decision => changed.has(decision.cls.id));
}
