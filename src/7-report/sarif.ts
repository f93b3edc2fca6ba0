// SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
import type { Evidence, Report } from '../model/decision.js';
import type { RuleDoc } from '../model/rule-doc.js';
import { TRANSFORM_NAMES } from '../model/transform.js';
import { jsonText } from './json.js';
import { type Notice, noticesOf, type View } from './notices.js';
import { MOST_PLACES } from './order.js';

/** One run with a result a finding; problems are notifications of a run that did not succeed. */
export function sarif(report: Report, view: View, rules: readonly RuleDoc[], version: string): string {
  const notices = noticesOf(report, view);
  const descriptors = [...TRANSFORM_NAMES.map(ofTransform), IDLE, ...rules.map(ofRule)];
  const used = new Set(notices.map(notice => notice.rule));
  const told = descriptors.filter(each => used.has(each.id));
  const problems = notices.filter(notice => notice.severity === 'error');
  return jsonText({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'slotify', semanticVersion: version, rules: told } },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: problems.length === 0,
            toolExecutionNotifications: problems.map(problem => ({
              level: 'error',
              message: { text: problem.message },
              locations: [location(problem, view)],
            })),
          },
        ],
        results: notices
          .filter(notice => notice.severity !== 'error')
          .map(notice =>
            result(
              notice,
              told.findIndex(each => each.id === notice.rule),
              view,
            ),
          ),
      },
    ],
  });
}

function result(notice: Notice, ruleIndex: number, view: View): unknown {
  const { rule, cls, severity, message } = notice;
  return {
    ruleId: rule,
    ruleIndex,
    level: severity,
    message: { text: message },
    locations: [location(notice, view)],
    relatedLocations: notice.evidence
      .slice(0, MOST_PLACES)
      .map((seen, id) => ({ id, ...related(seen, view) })),
    // so that an alert stays the same when its class moves to another line
    ...(cls && { partialFingerprints: { 'slotifyClass/v1': `${rule}:${cls.id}` } }),
  };
}

function location(notice: Notice, view: View): unknown {
  return {
    physicalLocation: physical(notice.path, notice.line, notice.column, view),
    ...(notice.cls && {
      logicalLocations: [{ fullyQualifiedName: notice.cls.dotted.replace(':', '.'), kind: 'type' }],
    }),
  };
}

function related({ at, says }: Evidence, view: View): object {
  return { physicalLocation: physical(at.path, at.line, at.column, view), message: { text: says } };
}

function physical(path: string, line: number, column: number, view: View): unknown {
  const uri = view.show(path).split('/').map(encodeURIComponent).join('/');
  return { artifactLocation: { uri }, region: { startLine: line, startColumn: column } };
}

function ofRule(rule: RuleDoc) {
  return {
    id: rule.code,
    name: rule.name,
    shortDescription: { text: `The class ${rule.title}` },
    fullDescription: { text: rule.why },
    help: { text: `${rule.why}\n\nTo unlock: ${rule.unlock}.` },
    defaultConfiguration: { level: 'note' },
  };
}

function ofTransform(name: string) {
  return {
    id: name,
    name,
    shortDescription: { text: 'The class can have __slots__' },
    fullDescription: { text: 'Instances would take less memory, and the program would do what it does now.' },
    help: { text: 'Run slotify --write, or leave the class alone with the comment "# slotify: skip".' },
    defaultConfiguration: { level: 'warning' },
  };
}

const IDLE = {
  id: 'idle-comment',
  name: 'idle-comment',
  shortDescription: { text: 'A comment to slotify that does nothing' },
  fullDescription: {
    text: 'It is not understood, stands on no class line, or ignores a reason that does not hold.',
  },
  help: { text: 'Correct or delete the comment.' },
  defaultConfiguration: { level: 'warning' },
};
