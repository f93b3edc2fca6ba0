// What reports name, and in which order: by path, then by place, the same on every machine.
import type { Decision, Problem } from '../model/decision.js';

/** Places that reports for programs list of a reason or a slot, the first ones. */
export const MOST_PLACES = 20;

/** Compares by UTF-16 units, not by locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Items by a key, in the order in which keys and items come. */
export function grouped<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
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
