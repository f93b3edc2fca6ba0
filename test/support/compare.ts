// What a report says against what the comments of a case expect: each way to be wrong has a name.
import { encode } from '../../src/1-discover/decode.js';
import type { Decision, Evidence, Reason, Report } from '../../src/model/decision.js';
import type { Expectation, FileTree, Mark } from './cases.js';

const place = ({ at }: { at: Evidence['at'] }): string => `${at.path}:${at.line}`;

/** How a class is marked that is not rewritten as a matter of course, and by what. */
function marked(d: Decision): { readonly mark: Mark; readonly reasons: readonly Reason[] } | null {
  if (d.kind !== 'rewrite') return { mark: d.kind, reasons: d.reasons };
  return d.applicability === 'unsafe' ? { mark: 'unsafe', reasons: d.doubts } : null;
}

/**
 * Expectations against decisions. *missing*: a class should have been left alone for a rule and was not; *noisy*: it
 * was, and should not; *misplaced*: the evidence stands on other lines than expected. Evidence on a line that
 * marks a class with the same rule needs no `because`.
 */
export function compareDecisions(expected: readonly Expectation[], report: Report): string[] {
  const wanted = new Set(expected.map(e => `${e.mark}[${e.rule}] at ${e.at}`));
  const classes = new Set<string>();
  const evidence = new Set<string>();
  for (const d of report.decisions) {
    const found = marked(d);
    for (const reason of found?.reasons ?? []) {
      classes.add(`${found!.mark}[${reason.name}] at ${place(d.cls)}`);
      for (const e of reason.evidence) evidence.add(`because[${reason.name}] at ${place(e)}`);
    }
  }
  const onClass = new Set([...classes].map(text => text.replace(/^\w+/, 'because')));
  const failures: string[] = [];
  for (const text of wanted) {
    const isEvidence = text.startsWith('because');
    if (!(isEvidence ? evidence : classes).has(text))
      failures.push(`${isEvidence ? 'misplaced: no' : 'missing:'} ${text}`);
  }
  for (const text of classes) if (!wanted.has(text)) failures.push(`noisy: ${text}`);
  for (const text of evidence)
    if (!wanted.has(text) && !onClass.has(text)) failures.push(`misplaced: unexpected ${text}`);
  return failures;
}

/** A tree with the changes of a report in it, each in the coding of its file. */
export function changed(tree: FileTree, report: Report): FileTree {
  const result = new Map(tree);
  for (const change of report.changes)
    result.set(change.path, Buffer.from(encode(change.after, change.coding)));
  return result;
}

/** *wrong*: files whose bytes differ from those expected. */
export function compareTrees(expected: FileTree, found: FileTree): string[] {
  const names = new Set([...expected.keys(), ...found.keys()]);
  return [...names].flatMap(name => {
    const [want, got] = [expected.get(name), found.get(name)];
    if (want && got && want.equals(got)) return [];
    if (!want) return [`wrong: out/${name} does not exist`];
    if (!got) return [`wrong: out/${name} should not exist`];
    const [a, b] = [want, got].map(bytes => bytes.toString('latin1').split('\n'));
    const line = a!.findIndex((text, i) => text !== b![i]);
    const at = line < 0 ? a!.length : line;
    return [`wrong: ${name}:${at + 1} is ${JSON.stringify(b![at])}, should be ${JSON.stringify(a![at])}`];
  });
}
