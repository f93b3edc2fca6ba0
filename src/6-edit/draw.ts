// Decisions become edits, edits become texts, and every text is proven before any file is written.
import type { Config } from '../model/config.js';
import type { Change, Decision, Edit, Plan, Problem } from '../model/decision.js';
import type { Source } from '../model/source.js';
import type { Transform } from '../model/transform.js';
import type { World } from '../model/world.js';
import { applyEdits } from './apply.js';
import { skipComment } from './comment.js';
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
    plan.set(path, [...(plan.get(path) ?? []), ...edits]);
  }
  for (const id of marked) {
    const cls = byId.get(id);
    const edit = cls && skipComment(cls.file.source.text, cls.fact.anchor, id);
    if (edit) plan.set(cls.file.source.path, [...(plan.get(cls.file.source.path) ?? []), edit]);
  }
  for (const edits of plan.values()) edits.sort((a, b) => a.start - b.start || a.end - b.end);
  return plan;
}

/** Whether a text with edits still says the same but for them; the sentence says what went wrong. */
export type Check = (before: string, after: string, edits: readonly Edit[]) => string | null;

/** New texts of all planned files. A file whose new text does not pass `check` is a problem and stays as it is. */
export function applyPlan(
  plan: Plan,
  sources: ReadonlyMap<string, Source>,
  check: Check,
): { changes: Change[]; problems: Problem[] } {
  const changes: Change[] = [];
  const problems: Problem[] = [];
  for (const [path, edits] of plan) {
    const source = sources.get(path)!;
    const applied = applyEdits(source.text, edits);
    const wrong =
      'problem' in applied
        ? applied.problem
        : (verifyEdited(source.text, applied.text, edits) ?? check(source.text, applied.text, edits));
    if (wrong !== null || 'problem' in applied) {
      problems.push({
        path,
        line: 0,
        message: `left unchanged: the edit could not be proven right (${wrong}). Please report this file.`,
      });
      continue;
    }
    changes.push({
      path,
      file: source.file,
      before: source.text,
      after: applied.text,
      coding: source.coding,
      classes: [...new Set(edits.map(e => e.cls))],
    });
  }
  return { changes, problems };
}
