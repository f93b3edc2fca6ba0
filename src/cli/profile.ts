// `slotify profile`: where the profile goes, and what a person reads when the command is done.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { savingOf } from '../5-decide/saving.js';
import { bytes } from '../7-report/estimates.js';
import { visible } from '../7-report/visible.js';
import type { Report } from '../model/decision.js';
import { profiledId } from '../model/profile.js';
import type { Recorded } from '../prove/profile.js';
import type { ProfileCommand } from './evidence-options.js';

/** Classes that are named in the summary. */
const NAMED = 10;

/** Writes the profile. */
export function writeProfile({ profile }: Recorded, { output, flags }: ProfileCommand): void {
  writeFileSync(resolve(flags.cwd, output), `${JSON.stringify(profile, null, 2)}\n`);
}

/** The classes whose instances take most, with what slots would save of it, and where the profile is. */
export function profileText(recorded: Recorded, report: Report, output: string): string {
  const { profile, exit, processes } = recorded;
  const rows = report.decisions
    .flatMap(decision => {
      const seen = profile.classes[profiledId(decision.cls.id)];
      if (!seen || seen.alive === 0) return [];
      return [{ decision, seen, saved: savingOf(decision, { profile, python: profile.python }) }];
    })
    .sort((a, b) => b.saved - a.saved || b.seen.alive - a.seen.alive);
  const lines = rows.slice(0, NAMED).map(({ decision, seen, saved }) => {
    const what =
      decision.kind === 'rewrite'
        ? `slots would save ${bytes(saved)} by estimate`
        : `left alone: ${decision.reasons[0].name}`;
    const counts = `${seen.created.toLocaleString('en')} made, ${seen.alive.toLocaleString('en')} alive at once`;
    return `${visible(decision.cls.dotted)}: ${counts}; ${what}`;
  });
  if (rows.length > NAMED) lines.push(`and ${rows.length - NAMED} more classes`);
  if (rows.length === 0)
    lines.push(
      'warning: no class of the project was seen. Does the command import it from here, or an installed copy? Are its processes started with the environment they inherit?',
    );
  if (exit !== 0)
    lines.push(
      `note: the command ${exit === null ? 'was ended' : `failed (exit code ${exit})`}; the profile holds what was seen until then`,
    );
  const where = processes === 1 ? '1 process' : `${processes} processes`;
  lines.push(
    `Recorded instances of ${rows.length} classes in ${where}. Next: slotify --profile ${visible(output)}`,
  );
  return `${lines.join('\n')}\n`;
}
