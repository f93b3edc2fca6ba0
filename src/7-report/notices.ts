// What the formats for CI have in common: the things worth a line, each with its rule, its place and its evidence.
import { estimateSaving } from '../5-decide/estimate.js';
import type { ClassRef, Decision, Evidence, Reason, Report, Rewrite } from '../model/decision.js';
import { inOrder, problemsInOrder } from './order.js';
import type { ShowPath } from './text.js';
import { visible } from './visible.js';

/** `warning`: something to do. `note`: a class left alone. `error`: the result is incomplete. */
export type Severity = 'warning' | 'note' | 'error';

/** One thing to tell about a place. */
export interface Notice {
  readonly severity: Severity;
  /** Name of a transform, code of a rule, `problem` or `idle-comment`. */
  readonly rule: string;
  /** Project path. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** One sentence or two, made harmless, without full stop. */
  readonly message: string;
  readonly cls: ClassRef | null;
  /** The code that led to it. */
  readonly evidence: readonly Evidence[];
}

/** How a report is rendered. */
export interface View {
  /** Paths as the reader of the output knows them. */
  readonly show: ShowPath;
  /** Classes that are left alone are told as well. */
  readonly all: boolean;
  /** The changes are on disk. */
  readonly written: boolean;
}

/** Everything worth a line, by path and place. */
export function noticesOf(report: Report, view: View): readonly Notice[] {
  const changed = new Set(report.changes.flatMap(change => change.classes));
  const classes = inOrder(report.decisions).flatMap(d => noticesOn(d, changed.has(d.cls.id), report, view));
  const others = [
    ...report.problems.map(each => ({ ...each, severity: 'error' as const, rule: 'problem' })),
    ...report.remarks.map(each => ({ ...each, severity: 'warning' as const, rule: 'idle-comment' })),
  ].map(
    (each): Notice => ({
      ...each,
      line: Math.max(each.line, 1),
      column: 1,
      message: visible(each.message.replace(/\.$/, '')),
      cls: null,
      evidence: [],
    }),
  );
  return [...classes, ...(problemsInOrder(others) as readonly Notice[])];
}

function noticesOn(d: Decision, changed: boolean, report: Report, view: View): readonly Notice[] {
  const { path, line, column } = d.cls.at;
  const notice = (
    severity: Severity,
    rule: string,
    message: string,
    evidence: readonly Evidence[],
  ): Notice => ({
    severity,
    rule,
    path,
    line,
    column,
    message,
    cls: d.cls,
    evidence,
  });
  if (d.kind === 'leave') return [];
  if (d.kind === 'rewrite' && changed) {
    const stores = d.slots.flatMap(slot => slot.stores.slice(0, 1));
    return [notice('warning', d.transform, proposal(d, report, view.written), stores)];
  }
  if (!view.all) return [];
  const reasons = d.kind === 'rewrite' ? d.doubts : d.reasons;
  return reasons.map(reason => notice('note', reason.code, because(reason, view.show), reason.evidence));
}

/** `Order can have slots: number, lines; saves about 120 bytes an instance on 3.13`. */
function proposal(d: Rewrite, report: Report, written: boolean): string {
  const names = d.slots.map(slot => slot.name).join(', ');
  const verb = written ? 'has' : 'can have';
  const what = `${d.cls.qualname} ${verb} ${names === '' ? 'empty slots' : `slots: ${names}`}`;
  const saved = estimateSaving(d, report.python.newest)?.saved ?? 0;
  const gain =
    saved > 0 ? `; saves about ${saved} bytes an instance on ${report.python.newest.join('.')}` : '';
  return visible(what + gain);
}

/** What was seen, where, and what would make the class eligible: one line, harmless, without full stop. */
export function because(reason: Reason, show: ShowPath): string {
  const [first, ...more] = reason.evidence;
  const seen =
    first === undefined ? '' : ` (${place(first, show)}: ${visible(first.says)}${rest(more.length)})`;
  const unlock = reason.level === 'skips' ? '' : `; to unlock: ${visible(reason.unlock)}`;
  return visible(reason.says) + seen + unlock;
}

const place = ({ at }: Evidence, show: ShowPath): string => `${visible(show(at.path))}:${at.line}`;

const rest = (more: number): string => (more === 0 ? '' : `, and ${more} more`);
