// Decisions become edits, edits become texts, and every text is proven before any file is written.
import type { Collected } from '../4-link/link.js';
import type { Config } from '../model/config.js';
import type { Change, Decision, Edit, Plan, Problem } from '../model/decision.js';
import { addTo } from '../model/grouping.js';
import type { Transform } from '../model/transform.js';
import type { World } from '../model/world.js';
import { applyEdits } from './apply.js';
import { skipComment } from './comment.js';
import type { Rewritten } from './differences.js';
import { place } from './place.js';
import { detectStyle, type FileStyle } from './style.js';
import { verifyEdited } from './verify.js';

/** How the configuration wants `__slots__` written. */
export type Written = Pick<Config, 'lineLength' | 'quoteStyle' | 'sequenceStyle'>;

const QUOTES = { double: '"', single: "'" } as const;

/** The style of a file, with the quotes that the configuration asks for. */
function styleOf(text: string, { quoteStyle }: Written): FileStyle {
  const style = detectStyle(text);
  return quoteStyle === 'auto' ? style : { ...style, quote: QUOTES[quoteStyle] };
}

/** The edits for all rewritten classes, by file. Classes in `marked`, by id, get the comment that leaves them alone,
 *  where their header has room for one. */
export function draw(
  decisions: readonly Decision[],
  world: World,
  transforms: readonly Transform[],
  written: Written,
  marked: ReadonlySet<string> = new Set(),
): Plan {
  const byId = new Map(world.classes.map(c => [c.ref.id, c]));
  const styles = new Map<string, FileStyle>();
  const plan = new Map<string, Edit[]>();
  for (const d of decisions) {
    if (d.kind !== 'rewrite') continue;
    const cls = byId.get(d.cls.id)!;
    const { path, text } = cls.file.source;
    const style = styles.get(path) ?? styleOf(text, written);
    styles.set(path, style);
    const transform = transforms.find(t => t.name === d.transform)!;
    const edits = transform.draw(cls, d.slots, {
      text,
      world,
      place: names => place(text, cls.fact.anchor, names, { ...written, cls: d.cls.id, style }),
    });
    for (const edit of edits) addTo(plan, path, edit);
  }
  for (const id of marked) {
    const cls = byId.get(id);
    const edit = cls && skipComment(cls.file.source.text, cls.fact.anchor, id);
    if (edit) addTo(plan, cls.file.source.path, edit);
  }
  for (const edits of plan.values()) edits.sort((a, b) => a.start - b.start || a.end - b.end);
  return plan;
}

/** Whether texts with edits still say the same but for them; the sentences say what went wrong, null is well. */
export type Check = (rewritten: readonly Rewritten[]) => Promise<readonly (string | null)[]>;

/** New texts of all planned files. A file whose new text does not pass `check` is a problem and stays as it is. */
export async function applyPlan(
  plan: Plan,
  files: ReadonlyMap<string, Collected>,
  check: Check,
): Promise<{ changes: Change[]; problems: Problem[] }> {
  const planned = [...plan].map(([path, edits]) => {
    const { source, facts } = files.get(path)!;
    const applied = applyEdits(source.text, edits);
    if ('problem' in applied) return { source, facts, edits, after: source.text, wrong: applied.problem };
    const wrong = verifyEdited(source.text, applied.text, edits);
    return { source, facts, edits, after: applied.text, wrong };
  });
  const fine = planned.filter(p => p.wrong === null);
  const found = await check(
    fine.map(({ source, facts, edits, after }) => ({ before: source.text, after, edits, facts })),
  );
  const differing = new Map(fine.map((p, i) => [p, found[i]!]));

  const changes: Change[] = [];
  const problems: Problem[] = [];
  for (const one of planned) {
    const { source, edits, after } = one;
    const wrong = one.wrong ?? differing.get(one) ?? null;
    if (wrong !== null) {
      problems.push({
        path: source.path,
        line: 0,
        message: `left unchanged: the edit could not be proven right (${wrong}). Please report this file.`,
      });
      continue;
    }
    changes.push({
      path: source.path,
      file: source.file,
      before: source.text,
      after,
      coding: source.coding,
      edits,
      classes: [...new Set(edits.map(e => e.cls))],
    });
  }
  return { changes, problems };
}
