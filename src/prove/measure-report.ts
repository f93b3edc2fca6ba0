// Measurements -> a table for the terminal, Markdown for a pull request, JSON for programs.
import { visible } from '../7-report/visible.js';
import type { ClassMeasured, Measured } from './measure.js';

export interface MeasureReport {
  readonly measured: readonly Measured[];
  readonly instances: number;
  readonly factory: string | null;
  /** The command line that repeats the measurement. */
  readonly command: string;
}

type Success = ClassMeasured & { readonly kind: 'measured' };

/** Ratios within this of 1 are noise. */
const NOISE = 0.05;

const HEAD = ['class', 'before', 'after', 'saved', 'create', 'read', 'write'];

/** A table for each interpreter, remarks, and the command that repeats it. */
export function measureText(report: MeasureReport): string {
  const parts = report.measured.map(each => {
    const rows = each.classes.map(row).map(cells => cells.map(visible));
    return [`${visible(each.platform)}, ${how(report)}`, '', ...aligned([HEAD, ...rows]), ''].join('\n');
  });
  const said = remarks(report).map(remark => `${remark}\n`);
  return [...parts.map(p => `${p}\n`), LEGEND, '\n', ...said, `To repeat: ${visible(report.command)}\n`].join(
    '',
  );
}

/** The same for a pull request (GitHub's Markdown). */
export function measureMarkdown(report: MeasureReport): string {
  const lines = ['### What slots save, measured', ''];
  for (const each of report.measured) {
    lines.push(`**${escaped(each.platform)}**, ${how(report)}`, '');
    lines.push(`| ${HEAD.join(' | ')} |`, '| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
    for (const cls of each.classes) {
      const [name, ...cells] = row(cls);
      lines.push(`| ${code(name!)} | ${cells.map(escaped).join(' | ')} |`);
    }
    lines.push('');
  }
  lines.push(LEGEND, '');
  const said = remarks(report);
  if (said.length > 0) lines.push(...said.map(remark => `- ${escaped(remark)}`), '');
  lines.push('To repeat:', '', '```console', `$ ${visible(report.command)}`, '```');
  return `${lines.join('\n')}\n`;
}

/** Everything, with bytes and ratios unrounded. */
export function measureJson(report: MeasureReport): string {
  const { instances, factory, command, measured } = report;
  const interpreters = measured.map(({ platform, version, classes }) => ({
    platform,
    version,
    classes: classes.map(({ cls, ...rest }) => ({
      class: cls.dotted,
      file: cls.at.path,
      line: cls.at.line,
      ...rest,
    })),
  }));
  return `${JSON.stringify({ version: 1, command, instances, factory, interpreters }, null, 2)}\n`;
}

const LEGEND =
  'Bytes of one instance without the values it holds, by tracemalloc. create, read, write: time with slots over time without (below 1, slots are faster), best of interleaved rounds in two processes.';

const how = ({ instances, factory }: MeasureReport): string =>
  `${instances.toLocaleString('en')} instances of each class, ${
    factory === null ? 'made by an `__init__` that only stores their attributes' : `made by \`${factory}\``
  }`;

function row(each: ClassMeasured): string[] {
  const name = each.cls.dotted;
  if (each.kind === 'unmeasured')
    return [name, '-', '-', `(estimate: ${each.estimate.saved} B)`, '-', '-', '-'];
  const { before, after } = each;
  const saved = before - after;
  const share = `${Math.round((saved / before) * 100)} %`;
  return [
    name,
    `${Math.round(before)} B`,
    `${Math.round(after)} B`,
    `${Math.round(saved)} B (${share})`,
    ...[each.create, each.read, each.write].map(ratio => (ratio === null ? '-' : `${ratio.toFixed(2)}x`)),
  ];
}

/** What a reader must not miss: where slots cost time or save nothing, what was not measured. */
function remarks({ measured, instances }: MeasureReport): string[] {
  const found: string[] = [];
  for (const { platform, classes } of measured) {
    const successes = classes.filter((c): c is Success => c.kind === 'measured');
    for (const what of ['create', 'read', 'write'] as const) {
      const slower = successes.filter(c => (c[what] ?? 0) > 1 + NOISE);
      if (slower.length === 0) continue;
      const ratios = slower.map(c => c[what]!);
      const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map(r => r.toFixed(2));
      const times = least === most ? most : `${least} to ${most}`;
      found.push(
        `Slots are slower on ${platform}: ${VERBS[what]} takes ${times} times as long (${names(slower)}).`,
      );
    }
    const useless = successes.filter(c => Math.round(c.before) <= Math.round(c.after));
    if (useless.length > 0) found.push(`Slots save nothing on ${platform} for ${names(useless)}.`);
    if (successes.length > 0) {
      const peak = (side: 'peakBefore' | 'peakAfter'): string =>
        (successes.reduce((sum, c) => sum + c[side], 0) / 2 ** 20).toFixed(1);
      const count = (instances * successes.length).toLocaleString('en');
      found.push(
        `${count} instances together take ${peak('peakBefore')} MiB at their peak without slots and ${peak('peakAfter')} MiB with, on ${platform}.`,
      );
    }
    for (const c of classes)
      if (c.kind === 'unmeasured') found.push(`Not measured on ${platform}: ${c.cls.dotted}: ${c.problem}.`);
  }
  return found.map(visible);
}

const VERBS = { create: 'making an instance', read: 'reading an attribute', write: 'writing an attribute' };

/** Names that are spelled out in one remark. */
const NAMED = 3;

function names(classes: readonly Success[]): string {
  const shown = classes.slice(0, NAMED).map(c => c.cls.dotted);
  const more = classes.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map(cells => cells[i]!.length)));
  return rows.map(cells =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** Text of the analysed code or of an error, harmless in Markdown. */
const escaped = (text: string): string => visible(text).replace(/[\\`*_[\]<>|]/g, '\\$&');

const code = (text: string): string => `\`${visible(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
