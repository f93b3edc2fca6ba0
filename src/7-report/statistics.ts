// How often each reason holds, and each transform applies.
import type { Report } from '../model/decision.js';
import type { RuleDoc } from '../model/rule-doc.js';
import { jsonText } from './json.js';

interface Row {
  readonly code: string;
  readonly name: string;
  readonly classes: number;
  readonly title: string;
}

/** A line each, most frequent first; a class counts for each of its reasons. */
export function statistics(report: Report, rules: readonly RuleDoc[]): string {
  const rows = rowsOf(report, rules);
  const width = (column: 'code' | 'name') => Math.max(0, ...rows.map(row => row[column].length));
  const digits = Math.max(0, ...rows.map(row => String(row.classes).length));
  return rows
    .map(({ code, name, classes, title }) =>
      [String(classes).padStart(digits), code.padEnd(width('code')), name.padEnd(width('name')), title].join(
        '  ',
      ),
    )
    .map(line => `${line}\n`)
    .join('');
}

/** The same as a JSON array. */
export const statisticsJson = (report: Report, rules: readonly RuleDoc[]): string =>
  jsonText(rowsOf(report, rules));

function rowsOf(report: Report, rules: readonly RuleDoc[]): readonly Row[] {
  const changed = new Set(report.changes.flatMap(change => change.classes));
  const transforms = new Map<string, number>();
  const reasons = new Map<string, number>();
  const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const d of report.decisions) {
    if (d.kind === 'rewrite' && changed.has(d.cls.id)) add(transforms, d.transform);
    else for (const { code } of d.kind === 'rewrite' ? d.doubts : d.reasons) add(reasons, code);
  }
  const rewritten = [...transforms].map(([name, classes]) => ({
    code: '',
    name,
    classes,
    title: 'gets slots',
  }));
  const left = rules
    .filter(rule => reasons.has(rule.code))
    .map(({ code, name, title }) => ({ code, name, classes: reasons.get(code)!, title }))
    .sort((a, b) => b.classes - a.classes);
  return [...rewritten, ...left];
}
