// Asking for each class: accept, skip, skip for good, accept the rest, or stop.
import type { Withheld } from '../5-decide/policy.js';
import { inOrder } from '../7-report/order.js';
import { visible } from '../7-report/visible.js';
import type { Change, Decision, Report } from '../model/decision.js';
import type { WorldClass } from '../model/world.js';
import { skipped } from '../rules/wishes.js';
import type { Prepared } from '../slotify.js';
import { above } from '../slots.js';

export type Answer = 'yes' | 'no' | 'never' | 'all' | 'quit';

/** How the walk meets a person. */
export interface Person {
  readonly show: (change: Change) => Promise<void>;
  /** Null when the person interrupts: then nothing counts. */
  readonly ask: (question: string) => Promise<Answer | null>;
}

/**
 * Walks through the proposals, a class above before those that inherit from it, since without it they are none. What
 * is turned down may make room for another class, which is then proposed as well.
 * @returns the report in which only what was accepted is rewritten; nothing is written yet
 */
export async function review(prepared: Prepared, person: Person): Promise<Report | 'interrupted'> {
  const accepted = new Set<string>();
  const withheld = new Map<string, Withheld>();
  const marked = new Set<string>();
  let report = await prepared.report(withheld);
  for (;;) {
    const open = proposals(report, prepared).filter(d => !accepted.has(d.cls.id));
    const [next] = open;
    if (next === undefined) break;
    const change = await prepared.preview(next);
    if (change) await person.show(change);
    const answer = await person.ask(`Slots for ${visible(next.cls.dotted)} (${open.length} left)?`);
    if (answer === null) return 'interrupted';
    if (answer === 'quit') break;
    if (answer === 'yes') accepted.add(next.cls.id);
    else if (answer === 'all') for (const each of open) accepted.add(each.cls.id);
    else {
      withheld.set(next.cls.id, LEFT_OUT);
      if (answer === 'never') marked.add(next.cls.id);
      report = await prepared.report(withheld);
    }
  }
  // what nobody was asked about is left out; that may take out classes that were only of use with it
  for (const d of proposals(report, prepared)) if (!accepted.has(d.cls.id)) withheld.set(d.cls.id, LEFT_OUT);
  return prepared.report(withheld, marked);
}

const LEFT_OUT: Withheld = { rule: skipped, evidence: [] };

/** Rewrites among the changes, by file and place, each behind those above it. */
function proposals(report: Report, { world }: Prepared): readonly Decision[] {
  const changed = new Set(report.changes.flatMap(change => change.classes));
  const open = new Map(
    inOrder(report.decisions)
      .filter(d => changed.has(d.cls.id))
      .map(d => [d.cls.id, d]),
  );
  const classes = new Map(world.classes.map(cls => [cls.ref.id, cls]));
  const ordered = new Set<Decision>();
  const visit = (cls: WorldClass): void => {
    const decision = open.get(cls.ref.id);
    if (decision) ordered.add(decision);
  };
  for (const id of open.keys()) {
    const cls = classes.get(id)!;
    for (const base of above(cls).toReversed()) visit(base);
    visit(cls);
  }
  return [...ordered];
}

/** Asks on the terminal, by the keys of `git add -p`. */
export async function askOnTerminal(question: string): Promise<Answer | null> {
  try {
    const { default: expand } = await import('@inquirer/expand');
    return await expand<Answer>({
      message: question,
      default: 'y',
      choices: [
        { key: 'y', value: 'yes', name: 'yes' },
        { key: 'n', value: 'no', name: 'no, not now' },
        { key: 's', value: 'never', name: 'skip always: adds the comment "# slotify: skip"' },
        { key: 'a', value: 'all', name: 'yes, and all that are left' },
        { key: 'q', value: 'quit', name: 'quit: write what was accepted so far' },
      ],
    });
  } catch (error) {
    // ctrl-c, or the terminal went away
    if (error instanceof Error && error.name === 'ExitPromptError') return null;
    throw error;
  }
}
