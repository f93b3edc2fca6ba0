// `--write`: ends what an interrupted run began, writes all changes or none, and says what else is changed already.
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from '../1-discover/decode.js';
import { FOLDER, recover } from '../6-edit/journal.js';
import { busyProblem, writeChanges } from '../6-edit/write.js';
import type { Report } from '../model/decision.js';
import { messageOf } from '../model/failure.js';
import { uncommitted } from './git.js';

/** Writes the changes of a report. When one cannot be written none is, and the report has the problems instead. */
export async function writeAll(report: Report): Promise<Report> {
  const dirty = report.changes.length > 0 ? await uncommitted(report.root, report.changes) : 0;
  const problems = await writeChanges(report.changes, encode, report.root);
  if (problems.length > 0) {
    const none = 'nothing was written: slots in one file count on those in others';
    return {
      ...report,
      changes: [],
      problems: [...report.problems, ...problems],
      notes: [...report.notes, none],
    };
  }
  if (dirty === 0) return report;
  const files = dirty === 1 ? '1 of the files' : `${dirty} of the files`;
  return { ...report, notes: [...report.notes, `${files} had changes that are not committed`] };
}

/** That an earlier `--write` was interrupted, as a note of a report that writes nothing. */
export function noteInterruption(report: Report): Report {
  if (!existsSync(join(report.root, FOLDER))) return report;
  const note = `another --write is under way or was interrupted (${FOLDER}); the next --write completes it`;
  return { ...report, notes: [...report.notes, note] };
}

/** Ends what an interrupted `--write` began. `again` judges the project anew where that changed files. */
export async function endInterruption(report: Report, again: () => Promise<Report>): Promise<Report> {
  const stopped = (message: string): Report => ({
    ...report,
    changes: [],
    problems: [...report.problems, { path: FOLDER, line: 0, message }],
  });
  try {
    const ended = await recover(realpathSync(report.root));
    switch (ended.kind) {
      case 'none':
        return report;
      case 'busy':
        return { ...report, changes: [], problems: [...report.problems, busyProblem(ended.owner)] };
      case 'cleared': {
        const note =
          'an earlier --write was interrupted, with none or all of its files written; what it left is removed';
        return { ...report, notes: [...report.notes, note] };
      }
      case 'completed': {
        const { before, now, changed } = ended;
        const anew = await again();
        const note = `an earlier --write was interrupted after ${before} of its files; ${now} more are written now`;
        const left = changed.map(
          path => `${path} has changed since that --write was interrupted, and is left as it is`,
        );
        return { ...anew, notes: [...anew.notes, note, ...left] };
      }
    }
  } catch (error) {
    const why = messageOf(error);
    return stopped(
      `an earlier --write was interrupted and cannot be completed (${why}): if its files are in order, remove the folder and run slotify again`,
    );
  }
}
