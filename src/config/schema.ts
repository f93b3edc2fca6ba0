// What editors and readers get from the table of settings: a JSON Schema and a Markdown table.
import { KEYS, settingOf } from './settings.js';

/** JSON Schema (draft 7, as SchemaStore and taplo take it) of slotify.toml and of `[tool.slotify]`. */
export function configSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'slotify',
    description: 'slotify.toml, or [tool.slotify] in pyproject.toml.',
    type: 'object',
    properties: Object.fromEntries(
      KEYS.map(key => {
        const { kind, says, otherwise } = settingOf(key);
        const fallback = otherwise === null ? {} : { default: otherwise };
        return [key, { description: says, ...kind.schema, ...fallback }];
      }),
    ),
    additionalProperties: false,
  };
}

/** Every setting as a row of a Markdown table, in order. */
export function settingsTable(): string {
  const rows = KEYS.map(key => {
    const { says, example } = settingOf(key);
    return `| \`${key}\` | ${cell(says)} | \`${cell(example)}\` |`;
  });
  return ['| Key | What it does | Example |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

/** Text inside a table cell (GFM 4.10): a pipe would end it. */
const cell = (text: string): string => text.replaceAll('|', '\\|');
