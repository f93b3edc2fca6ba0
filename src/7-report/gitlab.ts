// A GitLab Code Quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
import { createHash } from 'node:crypto';
import type { Report } from '../model/decision.js';
import { jsonText } from './json.js';
import { type Notice, noticesOf, type Severity, type View } from './notices.js';

const SEVERITIES: Readonly<Record<Severity, string>> = { error: 'major', warning: 'minor', note: 'info' };

/** A JSON array with one entry a finding. */
export function gitlab(report: Report, view: View): string {
  const seen = new Map<string, number>();
  return jsonText(
    noticesOf(report, view).map(notice => {
      const what = identity(notice);
      const times = seen.get(what) ?? 0;
      seen.set(what, times + 1);
      return {
        description: notice.message,
        check_name: notice.rule,
        // must be the same on the next run, whatever line the class has moved to, and unique in this one
        fingerprint: createHash('sha256').update(`${what}\0${times}`).digest('hex'),
        severity: SEVERITIES[notice.severity],
        location: { path: view.show(notice.path), lines: { begin: notice.line } },
      };
    }),
  );
}

const identity = ({ rule, cls, path, message }: Notice): string =>
  cls === null ? `${rule}\0${path}\0${message}` : `${rule}\0${cls.id}`;
