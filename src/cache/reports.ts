// Reports of earlier runs: a run over the same files with the same settings has the same report.
import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { Report } from '../model/decision.js';
import type { Discovery } from '../model/source.js';
import { makeCache, openCache, writeEntry } from './cache.js';

/** The place of one report. */
export interface KeptReport {
  /** The report, or null where none is kept. */
  readonly read: () => Report | null;
  readonly write: (report: Report) => void;
}

/** Reports that a cache holds at most: a dry run, the same with other settings, what came before. */
const MOST_REPORTS = 4;

/** Where the report on some files is kept in the cache at `root`. `settings`: everything besides the files that the
 *  report depends on, as plain data. */
export function keptReport(root: string, found: Discovery, settings: unknown): KeptReport {
  const cache = openCache(root, 'reports');
  const key = keyOfRun(found, settings);
  return {
    read() {
      const bytes = cache.read(key);
      return bytes && (deserialize(bytes) as Report);
    },
    write(report) {
      makeCache(root);
      writeEntry(cache.folder, key, serialize(report));
      cache.prune(MOST_REPORTS);
    },
  };
}

function keyOfRun({ sources, ...others }: Discovery, settings: unknown): string {
  const hash = createHash('sha1').update(JSON.stringify([settings, others]));
  for (const { text, ...source } of sources)
    hash.update(`\n${JSON.stringify(source)} ${text.length}\n`).update(text);
  return hash.digest('hex');
}
