// What a rule sees, why it matters and what would satisfy it: for one rule, and for all as a table.
import { distance } from 'fastest-levenshtein';
import type { Level } from '../model/decision.js';
import type { RuleDoc } from '../model/rule-doc.js';
import { visible } from './visible.js';

const MEANING: Readonly<Record<Level, string>> = {
  blocks: 'blocks: the class is left alone',
  doubts: 'doubts: rewritten only with --unsafe-fixes',
  skips: 'skips: nothing is wrong, there is just nothing to gain',
};

/** The rule that `target` names by code (in any case) or by name; undefined when there is none. */
export function findRule(rules: readonly RuleDoc[], target: string): RuleDoc | undefined {
  const code = target.toUpperCase();
  return rules.find(rule => rule.code === code || rule.name === target);
}

/** `target` can only be meant as a rule: `SLT999`, or a name with a hyphen, which no class can have. */
export function looksLikeRule(target: string): boolean {
  return /^SLT\d+$/i.test(target) || /^[a-z]+(?:-[a-z]+)+$/.test(target);
}

/** Lines for a rule that does not exist: the one that may be meant, where it is near, and where all are. Ends in a
 *  newline. */
export function noSuchRule(rules: readonly RuleDoc[], target: string): string {
  const far = (rule: RuleDoc): number =>
    Math.min(distance(target.toUpperCase(), rule.code), distance(target.toLowerCase(), rule.name));
  const [nearest] = rules.toSorted((a, b) => far(a) - far(b));
  const isNear = nearest !== undefined && far(nearest) <= Math.max(1, Math.floor(target.length / 4));
  return [
    `no rule ${visible(target)}`,
    ...(isNear ? [`did you mean ${nearest.code} (${nearest.name})?`] : []),
    'slotify explain --all tells all of them',
    '',
  ].join('\n');
}

/** The documentation of one rule, as text that ends in a newline. */
export function explainRule(rule: RuleDoc): string {
  return [
    `${rule.code} ${rule.name}`,
    rule.title,
    '',
    MEANING[rule.level],
    '',
    rule.why.trim(),
    '',
    `To unlock: ${rule.unlock}`,
    '',
  ].join('\n');
}

/** Every rule in Markdown: the table, then a section each. */
export function explainAll(rules: readonly RuleDoc[]): string {
  const sections = rules.map(rule => [
    `### ${rule.code} \`${rule.name}\``,
    '',
    `A class that ${inProse(rule.title)}. It ${MEANING[rule.level]}.`,
    '',
    inProse(rule.why.trim()),
    '',
    `To unlock: ${inProse(rule.unlock)}. ${rule.final ? 'Cannot be ignored.' : `Can be ignored: \`# slotify: ignore[${rule.name}]\`.`}`,
    '',
  ]);
  return ['## Reasons', '', rulesTable(rules), ...sections.flat()].join('\n');
}

/** Every rule as a row of a Markdown table, in the order given: the table of the README. */
export function rulesTable(rules: readonly RuleDoc[]): string {
  return [
    '| Code | Name | What it sees | What unlocks the class |',
    '| --- | --- | --- | --- |',
    ...rules.map(rule => `| ${rule.code} | \`${rule.name}\` | ${cell(rule.title)} | ${cell(rule.unlock)} |`),
    '',
  ].join('\n');
}

/** Text inside a table cell (GFM 4.10): a pipe would end it, in code spans too; `__dict__` would be bold. */
function cell(text: string): string {
  return inProse(text).replaceAll('|', '\\|');
}

/** Text with special names in code spans, on one line. What stands in a code span already is left alone. */
function inProse(text: string): string {
  return text
    .replaceAll(/`[^`]*`|(?:\b\w+\.)?\b__\w+__(?:\(\))?|\bC\.\w+\b/g, found =>
      found.startsWith('`') ? found : `\`${found}\``,
    )
    .replaceAll(/\s*\n\s*/g, ' ');
}
