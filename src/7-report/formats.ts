// Every format by name, for the command line.
import type { Report } from '../model/decision.js';
import type { RuleDoc } from '../model/rule-doc.js';
import { concise } from './concise.js';
import { diffBytes, type Encode } from './diff.js';
import { github } from './github.js';
import { gitlab } from './gitlab.js';
import { reportJson, reportJsonLines } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import type { View } from './notices.js';
import { sarif } from './sarif.js';

/** `text` is a diff for people on a terminal, and the bytes of `diff` everywhere else. */
export const FORMATS = [
  'text',
  'concise',
  'diff',
  'json',
  'jsonl',
  'github',
  'gitlab',
  'sarif',
  'junit',
  'markdown',
] as const;
/** The name of a format. */
export type Format = (typeof FORMATS)[number];

/** Whether a word is one. */
export const isFormat = (name: string): name is Format => FORMATS.some(format => format === name);

/** What rendering takes besides the report. */
export interface Rendering extends View {
  readonly encode: Encode;
  readonly rules: readonly RuleDoc[];
  /** Of slotify. */
  readonly version: string;
}

/** A report in a format, complete, for a file or a pipe. */
export function render(format: Format, report: Report, how: Rendering): string | Uint8Array {
  switch (format) {
    case 'text':
    case 'diff':
      return Buffer.concat(report.changes.map(change => diffBytes(change, how.encode)));
    case 'concise':
      return concise(report, how);
    case 'json':
      return reportJson(report);
    case 'jsonl':
      return reportJsonLines(report);
    case 'github':
      return github(report, how);
    case 'gitlab':
      return gitlab(report, how);
    case 'sarif':
      return sarif(report, how, how.rules, how.version);
    case 'junit':
      return junit(report, how);
    case 'markdown':
      return markdown(report, how);
  }
}
