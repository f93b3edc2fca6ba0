// What a person reads on stderr: the summary of a run, its problems, and the classes left alone.
import type { Decision, Problem, Reason, Report } from '../model/decision.js';
import { estimatedRange } from './estimates.js';
import { because } from './notices.js';
import { inOrder } from './order.js';
import { visible } from './visible.js';

/** How a path of the report is shown, e.g. relative to the working directory. */
export type ShowPath = (path: string) => string;

const asIs: ShowPath = path => path;

/** The reason that a flag answers. */
const UNSEEN = 'unknown-base';

/** Reasons named in the summary; the rest is counted together. */
const TOP = 4;

/** Counts of one run, each class counted once. */
export interface Counts {
  /** Classes in the changed files. */
  readonly rewritten: number;
  /** Classes that `--unsafe-fixes` would add. */
  readonly unsafe: number;
  readonly refused: number;
  /** Classes without anything to gain. */
  readonly left: number;
  /** Refused classes by their main reason, most frequent first. They add up to `refused`. */
  readonly reasons: readonly (readonly [name: string, classes: number])[];
}

/** Counts classes; the main reason of a class is its first one that blocks. */
export function count(report: Report): Counts {
  const written = new Set(report.changes.flatMap(change => change.classes));
  const reasons = new Map<string, number>();
  let unsafe = 0;
  let refused = 0;
  let left = 0;
  for (const decision of report.decisions) {
    switch (decision.kind) {
      case 'rewrite':
        if (decision.applicability === 'unsafe' && !report.unsafeFixes && !written.has(decision.cls.id))
          unsafe++;
        break;
      case 'refuse': {
        refused++;
        const main = decision.reasons.find(reason => reason.level === 'blocks') ?? decision.reasons[0];
        reasons.set(main.name, (reasons.get(main.name) ?? 0) + 1);
        break;
      }
      case 'leave':
        left++;
        break;
    }
  }
  const ranked = [...reasons].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return { rewritten: written.size, unsafe, refused, left, reasons: ranked };
}

/**
 * At most three lines for stderr: what changes, what was left alone and why, what else there is to do.
 * @param written the changes are on disk, not only proposed
 */
export function summary(report: Report, written: boolean): string {
  const counts = count(report);
  const lines = [headline(report, counts, written)];
  if (counts.refused > 0) {
    const hint = '`slotify explain CLASS` tells why';
    lines.push(`${plural(counts.refused, 'class', 'classes')} left alone: ${topReasons(counts)} (${hint}).`);
  }
  const more: string[] = [];
  if (counts.unsafe > 0) more.push(`${counts.unsafe} more with --unsafe-fixes.`);
  const unseen = counts.reasons.find(([name]) => name === UNSEEN)?.[1] ?? 0;
  if (unseen > 0) more.push(`${unseen} wait for the source of a package (--python names its environment).`);
  if (report.problems.length > 0) {
    more.push(`${plural(report.problems.length, 'problem', 'problems')}: the result is incomplete.`);
  }
  if (more.length > 0) lines.push(more.join(' '));
  return `${lines.join('\n')}\n`;
}

/** What changes, as one sentence. */
export function headline(report: Report, counts: Counts, written: boolean): string {
  if (report.files.targets === 0) return 'No Python files to rewrite under the given paths.';
  const { oldest, from } = report.python;
  const python = `python >=${oldest.join('.')} from ${visible(from)}`;
  if (counts.rewritten === 0) {
    return `No class to slot in ${plural(report.files.targets, 'file', 'files')} (${python}).`;
  }
  const verb = written ? 'Slotted' : 'Would slot';
  const classes = plural(counts.rewritten, 'class', 'classes');
  const estimate = estimatedRange(report);
  const less = estimate === null ? '' : `, estimated ${estimate}`;
  return `${verb} ${classes} in ${plural(report.changes.length, 'file', 'files')} (${python})${less}.`;
}

function topReasons(counts: Counts): string {
  // One leftover reason is named: "1 other" would not be shorter.
  const shown = counts.reasons.length === TOP + 1 ? TOP + 1 : TOP;
  const named = counts.reasons.slice(0, shown).map(([name, classes]) => `${classes} ${name}`);
  const others = counts.reasons.slice(shown).reduce((sum, [, classes]) => sum + classes, 0);
  return [...named, ...(others > 0 ? [`${others} other`] : [])].join(', ');
}

function plural(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}

/**
 * Each class left alone, a line for each of its reasons: `path:line:col: Class: SLT201 outside-write: says (where); to
 * unlock: what`.
 * Rewrites that wait for `--unsafe-fixes` are listed with their doubts. Empty when there are none.
 */
export function leftAlone(report: Report, show: ShowPath = asIs): string {
  const lines: string[] = [];
  for (const decision of inOrder(report.decisions)) {
    const { at, qualname } = decision.cls;
    const head = `${visible(show(at.path))}:${at.line}:${at.column}: ${visible(qualname)}`;
    for (const reason of reasonsAgainst(decision, report)) {
      lines.push(`${head}: ${reason.code} ${reason.name}: ${because(reason, show)}\n`);
    }
  }
  return lines.join('');
}

/** What the reader of the diff should know although nothing breaks, a line each: `path:line:col: Class: note`. */
export function cautionLines(report: Report, show: ShowPath = asIs): string {
  const written = new Set(report.changes.flatMap(change => change.classes));
  const lines: string[] = [];
  for (const decision of inOrder(report.decisions)) {
    if (decision.kind !== 'rewrite' || !written.has(decision.cls.id)) continue;
    const { at, qualname } = decision.cls;
    const head = `${visible(show(at.path))}:${at.line}:${at.column}: ${visible(qualname)}`;
    for (const caution of decision.cautions) lines.push(`${head}: note: ${visible(caution)}\n`);
  }
  return lines.join('');
}

function reasonsAgainst(decision: Decision, report: Report): readonly Reason[] {
  if (decision.kind !== 'rewrite') return decision.reasons;
  return report.unsafeFixes ? [] : decision.doubts;
}

/** `path:line: message`, or `path: message` when the whole file is meant; the message alone where it is no path. One line
 *  with newline. */
export function problemLine(problem: Problem, show: ShowPath = asIs): string {
  if (problem.path === '') return `${visible(problem.message)}\n`;
  const line = problem.line > 0 ? `:${problem.line}` : '';
  return `${visible(show(problem.path))}${line}: ${visible(problem.message)}\n`;
}
