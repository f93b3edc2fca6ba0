// `slotify measure`: which classes, on which interpreters, and where the result goes.
import { matching } from '../7-report/explain.js';
import { visible } from '../7-report/visible.js';
import type { Report, Rewrite } from '../model/decision.js';
import { messageOf } from '../model/failure.js';
import { measure } from '../prove/measure.js';
import { measureJson, measureMarkdown, measureText } from '../prove/measure-report.js';
import type { MeasureCommand } from './evidence-options.js';
import type { Outcome } from './failures.js';
import { shellWords } from './shell.js';

const FORMATS = { text: measureText, markdown: measureMarkdown, json: measureJson };

export type Measuring =
  | { readonly kind: 'measured'; readonly text: string }
  | { readonly kind: 'failed'; readonly outcome: Outcome; readonly message: string };

/**
 * Measures what a command line asks for.
 * @param typed the arguments as they were typed, for the command that repeats it
 */
export async function measureClasses(
  command: MeasureCommand,
  report: Report,
  typed: readonly string[],
  onProgress: (done: number, total: number) => void,
): Promise<Measuring> {
  const chosen = chosenClasses(report, command.classes);
  if ('message' in chosen) return { kind: 'failed', outcome: 'not-found', message: chosen.message };
  const { instances, factory, pythons } = command;
  const { cwd } = command.flags;
  try {
    const options = { pythons, classes: chosen.classes, instances, factory, cwd, onProgress };
    const measured = await measure(report, options);
    const text = FORMATS[command.format]({
      measured,
      instances,
      factory,
      command: shellWords(['slotify', ...typed]),
    });
    return { kind: 'measured', text };
  } catch (error) {
    const message = messageOf(error);
    return { kind: 'failed', outcome: 'configuration', message };
  }
}

/** The classes that are rewritten, or those of them that were named. */
function chosenClasses(
  report: Report,
  named: readonly string[],
): { readonly classes: readonly Rewrite[] } | { readonly message: string } {
  const written = new Set(report.changes.flatMap(change => change.classes));
  const rewritten = report.decisions.filter(d => d.kind === 'rewrite').filter(d => written.has(d.cls.id));
  if (named.length === 0)
    return rewritten.length > 0 ? { classes: rewritten } : { message: 'no class would get slots here' };
  const classes: Rewrite[] = [];
  for (const name of named) {
    const found = matching(report.decisions, name);
    const [first] = found;
    if (first === undefined)
      return { message: `no class ${visible(name)} in the files that may be rewritten` };
    if (found.length > 1)
      return { message: `${visible(name)} may mean ${found.length} classes: give module:Class` };
    const rewrite = rewritten.find(d => d === first);
    if (rewrite === undefined)
      return {
        message: `${first.cls.dotted} would not get slots: \`slotify explain ${first.cls.dotted}\` tells why`,
      };
    classes.push(rewrite);
  }
  return { classes };
}
