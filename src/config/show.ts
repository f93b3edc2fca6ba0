// The configuration in force as TOML that slotify reads back, each value with the place it comes from.
import { stringify } from 'smol-toml';
import { visible } from '../7-report/visible.js';
import type { InForce } from '../config.js';
import { KEYS, type Key } from './settings.js';

/**
 * What `slotify config` prints. Values that flags or the project's own file set are settings; defaults and what
 * comes from elsewhere stand behind `#`. The text is a valid slotify.toml that means the same.
 */
export function showConfig(inForce: InForce): string {
  const entries = KEYS.map(key => entry(key, inForce));
  const width = Math.min(48, Math.max(...entries.map(each => each.line.length)));
  return entries.map(({ line, from }) => `${line.padEnd(width)}  # ${from}\n`).join('');
}

function entry(
  key: Key,
  { config, values, origins }: InForce,
): { readonly line: string; readonly from: string } {
  const inferred: Partial<Record<Key, unknown>> = {
    'line-length': config.lineLength,
    'target-version': config.python.oldest.join('.'),
  };
  const value = values[key] ?? inferred[key] ?? null;
  const { kind, says } = origins[key];
  if (value === null) return { line: `# ${key} is not set`, from: says };
  return { line: `${kind === 'elsewhere' ? '# ' : ''}${key} = ${inline(value)}`, from: says };
}

/** A value on one line. `stringify` writes a table inline only in an array with other things in it. */
function inline(value: unknown): string {
  const [, text = ''] = /^value = \[ ([\s\S]*), 0 \]\n?$/.exec(stringify({ value: [value, 0] })) ?? [];
  // TOML has no \x before 1.1.
  return visible(text).replaceAll(/\\x(?=[\da-f]{2})/g, '\\u00');
}
