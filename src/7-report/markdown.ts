// A summary in Markdown, for a comment on a pull request or a job's summary page.
import { estimateSaving } from '../5-decide/estimate.js';
import type { ClassRef, Decision, Reason, Report, Rewrite } from '../model/decision.js';
import type { View } from './notices.js';
import { inOrder, problemsInOrder } from './order.js';
import { count, headline } from './text.js';
import { visible } from './visible.js';

/** Rows of the table, and classes named under each reason: a comment on GitHub holds 65536 characters. */
const ROWS = 100;
const NAMED = 20;

/** Counts, a table of rewritten classes with estimated bytes, and what is left alone, folded away by reason. */
export function markdown(report: Report, view: View): string {
  const changed = new Set(report.changes.flatMap(change => change.classes));
  const decisions = inOrder(report.decisions);
  const rewrites = decisions.filter((d): d is Rewrite => d.kind === 'rewrite' && changed.has(d.cls.id));
  return [
    '## slotify',
    '',
    prose(headline(report, count(report), view.written)),
    '',
    ...(rewrites.length > 0 ? table(rewrites, report, view) : []),
    ...problems(report, view),
    ...leftAlone(decisions, report),
  ].join('\n');
}

function table(rewrites: readonly Rewrite[], report: Report, view: View): readonly string[] {
  const version = report.python.newest;
  const rows = rewrites.slice(0, ROWS).map(d => {
    const estimate = estimateSaving(d, version);
    const bytes = estimate === null ? '' : `${estimate.before} → ${estimate.after}`;
    const names = d.slots.length === 0 ? 'none' : code(d.slots.map(slot => slot.name).join(', '));
    return `| ${code(d.cls.qualname)} | ${where(d.cls, view)} | ${names} | ${bytes} |`;
  });
  const more = rewrites.length - rows.length;
  return [
    `| Class | Place | Slots | Bytes per instance on ${version.join('.')} |`,
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...(more > 0 ? [`and ${more} more.`, ''] : []),
    'Bytes are estimated, without the values of the attributes.',
    '',
  ];
}

function problems(report: Report, view: View): readonly string[] {
  const told = problemsInOrder([...report.problems, ...report.remarks]);
  if (told.length === 0) return [];
  const lines = told.slice(0, NAMED).map(({ path, line, message }) => {
    const at = `${view.show(path)}${line > 0 ? `:${line}` : ''}`;
    return `- ${code(at)}: ${prose(message)}`;
  });
  const more = told.length - lines.length;
  return ['### To put right', '', ...lines, ...(more > 0 ? [`- and ${more} more`] : []), ''];
}

function leftAlone(decisions: readonly Decision[], report: Report): readonly string[] {
  const groups = new Map<string, { readonly reason: Reason; readonly classes: ClassRef[] }>();
  for (const d of decisions) {
    const [reason] =
      d.kind === 'refuse' ? d.reasons : d.kind === 'rewrite' && !report.unsafeFixes ? d.doubts : [];
    if (reason === undefined) continue;
    const group = groups.get(reason.code) ?? { reason, classes: [] };
    groups.set(reason.code, group);
    group.classes.push(d.cls);
  }
  const sorted = [...groups.values()].sort((a, b) => b.classes.length - a.classes.length);
  if (sorted.length === 0) return [];
  const total = sorted.reduce((sum, { classes }) => sum + classes.length, 0);
  return [
    `<details><summary>${total} left alone</summary>`,
    '',
    ...sorted.flatMap(({ reason, classes }) => {
      const names = classes.slice(0, NAMED).map(cls => code(cls.qualname));
      const more = classes.length - names.length;
      return [
        `- **${reason.name}** (${reason.code}, ${classes.length}): ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
        `  To unlock: ${prose(reason.unlock)}.`,
      ];
    }),
    '',
    '</details>',
    '',
  ];
}

const where = ({ at }: ClassRef, view: View): string => code(`${view.show(at.path)}:${at.line}`);

/** A code span (CommonMark 6.1) that also holds in a table cell (GFM 4.10). */
function code(text: string): string {
  const plain = visible(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${plain} ${fence}` : fence + plain + fence;
}

/** Text in which nothing is markup. */
const prose = (text: string): string => visible(text).replaceAll(/[\\`*_{}[\]<>#|&~@]/g, '\\$&');
