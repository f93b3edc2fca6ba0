// The order in which reports name things: by path, then by place, the same on every machine.
import type { Decision, Problem } from '../model/decision.js';

/** Compares by UTF-16 units, not by locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Decisions by path, then by place in the file. */
export function inOrder(decisions: readonly Decision[]): readonly Decision[] {
  return decisions.toSorted(
    (a, b) =>
      compareText(a.cls.at.path, b.cls.at.path) ||
      a.cls.at.offset - b.cls.at.offset ||
      compareText(a.cls.id, b.cls.id),
  );
}

/** Problems by path, line and text. */
export function problemsInOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted(
    (a, b) => compareText(a.path, b.path) || a.line - b.line || compareText(a.message, b.message),
  );
}
