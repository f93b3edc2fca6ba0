// Why a class gets slots or does not, with the code that shows it.
import { distance } from 'fastest-levenshtein';
import type {
  ClassRef,
  Decision,
  Evidence,
  Place,
  Reason,
  Report,
  Rewrite,
  Slot,
} from '../model/decision.js';
import { estimateText } from './estimates.js';
import { inOrder } from './order.js';
import type { ShowPath } from './text.js';
import { blanks, visible } from './visible.js';

/** The text of a 1-based line without its newline; null when it cannot be had. */
export type SourceLine = (path: string, line: number) => string | null;

/** `found` is the answer; the others say in `text` why there is none. `text` ends in a newline. */
export type Explanation = { readonly kind: 'found' | 'ambiguous' | 'unknown'; readonly text: string };

/** Widest piece of a source line that is printed where no width is given, in UTF-16 units. */
const WIDEST = 120;
/** Columns before a source line, and what marks a cut. */
const MARGIN = 6 + '......'.length;
/** Stores of one slot and evidence of one reason that are printed; the rest is counted. */
const MOST = 10;

/**
 * Explains the class that `target` names: `pkg.mod:Class`, `path.py:Class`, or `Class` (`Outer.Inner`) when
 * one class has that name. A path may be cut short from the left: `models.py:Order` finds
 * `shop/models.py:Order`. A `#2` behind names the second definition.
 * @param width columns that a source line may take
 */
export function explainClass(
  report: Report,
  target: string,
  sourceLine: SourceLine,
  show: ShowPath = path => path,
  width = WIDEST + MARGIN,
): Explanation {
  const decisions = inOrder(report.decisions);
  const found = matching(decisions, target);
  const [only] = found;
  if (only === undefined) return { kind: 'unknown', text: nothingFound(decisions, target) };
  if (found.length > 1) return { kind: 'ambiguous', text: severalFound(found, target, show) };
  return {
    kind: 'found',
    text: `${explained(only, { report, sourceLine, show, widest: Math.min(WIDEST, Math.max(width - MARGIN, 20)) }).join('\n')}\n`,
  };
}

/** The decisions a target may mean: the strictest reading that finds any. */
export function matching(decisions: readonly Decision[], target: string): readonly Decision[] {
  const wanted = target.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
  const readings: readonly ((cls: ClassRef) => boolean)[] = [
    cls => cls.id === wanted,
    cls => cls.id.replace(/#\d+$/, '') === wanted || cls.dotted === wanted,
    cls => cls.dotted.replace(':', '.') === wanted,
    cls => cls.id.endsWith(`/${wanted}`) || cls.id.replace(/#\d+$/, '').endsWith(`/${wanted}`),
    cls => cls.qualname === wanted,
    cls => cls.name === wanted || cls.qualname.endsWith(`.${wanted}`),
  ];
  for (const reads of readings) {
    const found = decisions.filter(decision => reads(decision.cls));
    if (found.length > 0) return found;
  }
  return [];
}

function severalFound(found: readonly Decision[], target: string, show: ShowPath): string {
  const lines = [`${visible(target)} may mean ${found.length} classes:`];
  // `pkg.mod:Class` may itself be shared, by two files of one module name or two definitions in one file.
  const dotted = found.map(decision => decision.cls.dotted);
  for (const { cls } of found) {
    const shared = dotted.filter(name => name === cls.dotted).length > 1;
    lines.push(`  ${visible(shared ? cls.id : cls.dotted)}  (${where(cls.at, show)})`);
  }
  return `${lines.join('\n')}\n`;
}

function nothingFound(decisions: readonly Decision[], target: string): string {
  const name = nameIn(target);
  const near = decisions
    .map(({ cls }) => ({ cls, far: Math.min(distance(name, cls.name), distance(name, cls.qualname)) }))
    .filter(({ far }) => far <= Math.max(2, name.length / 3))
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ cls }) => visible(cls.dotted));
  const lines = [`no class ${visible(target)} in the files that may be rewritten`];
  if (near.length > 0) lines.push(`did you mean ${near.join(' or ')}?`);
  lines.push('classes in tests and outside the given paths are read, not judged (see --include-tests)');
  return `${lines.join('\n')}\n`;
}

function nameIn(target: string): string {
  return target
    .slice(target.lastIndexOf(':') + 1)
    .replace(/#\d+$/, '')
    .slice(0, 200);
}

interface Scene {
  readonly report: Report;
  readonly sourceLine: SourceLine;
  readonly show: ShowPath;
  /** Of a source line. */
  readonly widest: number;
}

function explained(decision: Decision, scene: Scene): readonly string[] {
  const { cls } = decision;
  const ignored = decision.ignored.map(({ name }) => name).join(', ');
  const head = [
    `${visible(cls.dotted)}  (${where(cls.at, scene.show)})`,
    ...(ignored === '' ? [] : [`held against it but ignored as you ask: ${ignored}`]),
  ];
  switch (decision.kind) {
    case 'rewrite': {
      const names = decision.slots.map(slot => slot.name).join(', ');
      const what = decision.slots.length > 0 ? `gets slots: ${visible(names)}` : 'gets empty slots';
      return [
        ...head,
        `${what}  [${decision.transform}, ${trust(decision, scene.report)}]`,
        `estimated per instance: ${estimateText(decision, scene.report.python) ?? 'depends on what goes into its __dict__'}`,
        ...decision.cautions.map(caution => `note: ${visible(caution)}`),
        ...decision.slots.flatMap(slot => slotLines(slot, scene)),
        ...decision.doubts.flatMap(reason => reasonLines(reason, scene)),
      ];
    }
    case 'refuse':
      return [
        ...head,
        'is left alone: slots would break something or save nothing',
        ...decision.reasons.flatMap(reason => reasonLines(reason, scene)),
      ];
    case 'leave':
      return [
        ...head,
        'is left alone: there is nothing to gain',
        ...decision.reasons.flatMap(reason => reasonLines(reason, scene)),
      ];
  }
}

function trust(decision: Rewrite, report: Report): string {
  if (decision.applicability === 'safe') return 'safe';
  return report.unsafeFixes ? 'unsafe' : 'unsafe: only with --unsafe-fixes';
}

function slotLines(slot: Slot, scene: Scene): readonly string[] {
  if (slot.stores.length === 0) return ['', `${visible(slot.name)}`];
  return ['', visible(slot.name), ...evidenceLines(slot.stores, 'stores', scene)];
}

function reasonLines(reason: Reason, scene: Scene): readonly string[] {
  const mark = reason.level === 'doubts' ? ' (doubt)' : '';
  return [
    '',
    `${reason.code} ${reason.name}${mark}: ${visible(reason.says)}`,
    ...evidenceLines(reason.evidence, 'places', scene),
    ...(reason.unlock === '' ? [] : [`  to unlock: ${visible(reason.unlock)}`]),
  ];
}

function evidenceLines(evidence: readonly Evidence[], things: string, scene: Scene): readonly string[] {
  const lines = evidence.slice(0, MOST).flatMap(({ at, says }) => {
    const source = scene.sourceLine(at.path, at.line);
    const head = `  ${where(at, scene.show)}: ${visible(says)}`;
    return source === null ? [head] : [head, ...marked(source, at.column, scene.widest)];
  });
  const more = evidence.length - MOST;
  return more > 0 ? [...lines, `  and ${more} more ${things}`] : lines;
}

/** The source line without its indentation and a caret under the 1-based `column`; long lines are cut. */
function marked(source: string, column: number, widest: number): readonly string[] {
  const indent = source.length - source.trimStart().length;
  const at = Math.min(Math.max(column - 1, indent), source.length);
  const start = at - indent > widest * 0.75 ? at - Math.floor(widest / 2) : indent;
  const end = Math.min(source.trimEnd().length, start + widest);
  const before = `${start > indent ? '...' : ''}${visible(source.slice(start, at))}`;
  const after = `${visible(source.slice(at, end))}${end < source.trimEnd().length ? '...' : ''}`;
  return [`      ${before}${after}`, `      ${blanks(before)}^`];
}

function where(at: Place, show: ShowPath): string {
  return `${visible(show(at.path))}:${at.line}:${at.column}`;
}
