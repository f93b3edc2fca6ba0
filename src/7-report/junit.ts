// A JUnit report: a suite a file, a case a class; what can have slots fails.
import type { ClassRef, Decision, Report } from '../model/decision.js';
import { type Notice, noticesOf, type View } from './notices.js';
import { compareText, grouped, inOrder } from './order.js';
import { visible } from './visible.js';

/** XML in the form that Jenkins, GitLab and others read (`testsuites/testsuite/testcase/failure`). */
export function junit(report: Report, view: View): string {
  const notices = grouped(noticesOf(report, view), notice => notice.path);
  const classes = grouped(inOrder(report.decisions), decision => decision.cls.at.path);
  const paths = [...new Set([...classes.keys(), ...notices.keys()])].sort(compareText);
  const suites = paths.map(path => suite(view.show(path), classes.get(path) ?? [], notices.get(path) ?? []));
  const lines = suites.length > 0 ? suites : [suite('slotify', [], [])];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="slotify">\n${lines.join('')}</testsuites>\n`;
}

function suite(path: string, decisions: readonly Decision[], notices: readonly Notice[]): string {
  const cases = [
    ...decisions.map(({ cls }) => ({
      name: cls.qualname,
      cls,
      notices: notices.filter(notice => notice.cls?.id === cls.id),
    })),
    ...notices.filter(n => n.cls === null).map(n => ({ name: n.rule, cls: null, notices: [n] })),
  ];
  const total = (severity: Notice['severity']) =>
    cases.filter(each => each.notices.some(notice => notice.severity === severity)).length;
  const [failures, errors, skipped] = [total('warning'), total('error'), total('note')];
  return [
    `  <testsuite name="${xml(path)}" tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}">\n`,
    ...cases.map(each => testCase(path, each)),
    '  </testsuite>\n',
  ].join('');
}

const OUTCOMES = { warning: 'failure', error: 'error', note: 'skipped' } as const;

interface Case {
  readonly name: string;
  readonly cls: ClassRef | null;
  readonly notices: readonly Notice[];
}

function testCase(path: string, { name, cls, notices }: Case): string {
  const line = cls?.at.line ?? notices[0]?.line ?? 1;
  const module = cls?.dotted.replace(/:.*$/s, '') ?? path;
  const open = `    <testcase name="${xml(name)}" classname="${xml(module)}" file="${xml(path)}" line="${line}"`;
  const [first] = notices;
  if (first === undefined) return `${open}/>\n`;
  const outcome = OUTCOMES[first.severity];
  const said = notices.map(notice => `${notice.rule} ${notice.message}`).join('; ');
  // the schema gives skipped no type
  const type = outcome === 'skipped' ? '' : ` type="${xml(first.rule)}"`;
  return `${open}>\n      <${outcome} message="${xml(said)}"${type}/>\n    </testcase>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
};

/** Text of an attribute. Control characters have no form in XML 1.0 and become visible escapes. */
const xml = (text: string): string =>
  visible(text).replaceAll(/[&<>"\t]/g, character => ENTITIES[character]!);
