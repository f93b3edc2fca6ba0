// The report as JSON for other programs; `report.schema.json` beside this file describes it.
import { estimateSaving, measuredIn } from '../5-decide/estimate.js';
import type { Decision, Evidence, Problem, Reason, Report, Slot } from '../model/decision.js';
import { compareText, inOrder, MOST_PLACES, problemsInOrder } from './order.js';
import { count } from './text.js';

/** Raised when a reader of the old form would misread the new one. */
const FORMAT = 1;

/** Left as they are by JSON.stringify, yet a terminal acts on them, or a CI runner that reads the log (`##[...]`).
 *  They occur inside strings only. */
const RAW = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]|#(?=#[a-z]*\[)/giu;

/**
 * The whole report, indented by two blanks, with a newline at the end. Paths are relative to the project
 * root, lines and columns 1-based, columns in UTF-16 units. Equal reports give equal text.
 */
export const reportJson = (report: Report): string => jsonText(toJson(report));

/** The same one record a line, an object with one key that says what it holds: classes, changes, problems, remarks, notes, the summary last. */
export function reportJsonLines(report: Report): string {
  const { classes, changes, problems, remarks, notes, ...summary } = toJson(report);
  const records = [
    ...classes.map(each => ({ class: each })),
    ...changes.map(change => ({ change })),
    ...problems.map(problem => ({ problem })),
    ...remarks.map(remark => ({ remark })),
    ...notes.map(note => ({ note })),
    { summary },
  ];
  return records.map(record => `${JSON.stringify(record).replace(RAW, escaped)}\n`).join('');
}

/** A value as JSON that no terminal interprets, with a newline at the end. */
export const jsonText = (value: unknown): string =>
  `${JSON.stringify(value, null, 2).replace(RAW, escaped)}\n`;

/** Each UTF-16 unit as the `\u` escape of JSON. */
function escaped(text: string): string {
  return text
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

function toJson(report: Report) {
  const counts = count(report);
  return {
    version: FORMAT,
    python: {
      oldest: report.python.oldest.join('.'),
      newest: report.python.newest.join('.'),
      from: report.python.from,
    },
    summary: {
      targets: report.files.targets,
      evidence: report.files.evidence,
      changed: report.changes.length,
      rewritten: counts.rewritten,
      unsafe: counts.unsafe,
      refused: counts.refused,
      left: counts.left,
      problems: report.problems.length,
    },
    classes: inOrder(report.decisions).map(d => classJson(d, report)),
    problems: problemsInOrder(report.problems).map(problemJson),
    remarks: problemsInOrder(report.remarks).map(problemJson),
    notes: report.notes,
    changes: report.changes
      .toSorted((a, b) => compareText(a.path, b.path))
      .map(change => ({ file: change.path, classes: change.classes })),
  };
}

function classJson(decision: Decision, report: Report) {
  const { id, dotted, name, qualname, at } = decision.cls;
  const rewrite = decision.kind === 'rewrite' ? decision : null;
  const reasons = decision.kind === 'rewrite' ? decision.doubts : decision.reasons;
  return {
    id,
    dotted,
    name,
    qualname,
    file: at.path,
    line: at.line,
    column: at.column,
    decision: decision.kind,
    transform: rewrite?.transform ?? null,
    applicability: rewrite?.applicability ?? null,
    slots: rewrite?.slots.map(slotJson) ?? [],
    estimate: estimateJson(decision, report),
    reasons: reasons.map(reasonJson),
    ignored: decision.ignored.map(reasonJson),
    cautions: rewrite?.cautions ?? [],
  };
}

/** Null where there is no estimate for any version. */
function estimateJson(decision: Decision, report: Report): unknown {
  const estimates = measuredIn(report.python).map(v => [v.join('.'), estimateSaving(decision, v)] as const);
  return estimates.some(([, estimate]) => estimate === null) ? null : Object.fromEntries(estimates);
}

function problemJson({ path, line, message }: Problem) {
  return { file: path, line, message };
}

function slotJson(slot: Slot): unknown {
  const stores = slot.stores.slice(0, MOST_PLACES);
  return {
    name: slot.name,
    stores: stores.map(store => ({ ...placeJson(store), says: store.says })),
    ...moreThan(slot.stores),
  };
}

function reasonJson(reason: Reason): unknown {
  return {
    code: reason.code,
    name: reason.name,
    level: reason.level,
    message: reason.says,
    unlock: reason.unlock,
    evidence: reason.evidence.slice(0, MOST_PLACES).map(seen => ({ ...placeJson(seen), message: seen.says })),
    ...moreThan(reason.evidence),
  };
}

/** How many places there are besides those that are listed, if there are. */
const moreThan = ({ length }: readonly Evidence[]): { readonly more?: number } =>
  length > MOST_PLACES ? { more: length - MOST_PLACES } : {};

function placeJson({ at }: Evidence): {
  readonly file: string;
  readonly line: number;
  readonly column: number;
} {
  return { file: at.path, line: at.line, column: at.column };
}
