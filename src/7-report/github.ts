// Annotations on GitHub, as workflow commands that a job's log is searched for.
import type { Report } from '../model/decision.js';
import { noticesOf, type Severity, type View } from './notices.js';
import { visible } from './visible.js';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/**
 * One `::warning file=...::message` a line. See
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function github(report: Report, view: View): string {
  return noticesOf(report, view)
    .map(({ severity, path, line, column, rule, message }) => {
      const properties = {
        file: view.show(path),
        line: String(line),
        col: String(column),
        title: `slotify ${rule}`,
      };
      const given = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`);
      return `::${COMMANDS[severity]} ${given.join(',')}::${data(message)}\n`;
    })
    .join('');
}

/** As the runner's toolkit escapes a message (actions/toolkit, packages/core/src/command.ts). */
const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** The same for a property, whose end a colon or comma would be. What is left to a terminal is made visible. */
const property = (text: string): string => visible(data(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
