// Reads TOML files into tables, and looks things up in them.
import { readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { parse, TomlError } from 'smol-toml';

/** A table of TOML, by key. */
export type Table = Readonly<Record<string, unknown>>;

/** What a file of settings holds; or what is wrong with it and what to do, as a sentence. */
export type Toml =
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'absent' }
  | { readonly kind: 'problem'; readonly problem: string };

/** The pyproject.toml of a project root, as by `readToml`. */
export const readPyproject = (root: string): Toml => readToml(path.join(root, 'pyproject.toml'));

/** Largest file of settings that is read, in bytes. */
export const LARGEST = 4 * 1024 * 1024;

/** One TOML file. What is not TOML is a problem that names the line. */
export function readToml(file: string): Toml {
  try {
    const stats = statSync(file);
    // reading a pipe would wait for ever
    if (!stats.isFile()) return bad(`${file} is not a regular file. Replace it, or give --isolated.`);
    if (stats.size > LARGEST) return bad(`${file} is larger than 4 MB. Shorten it, or give --isolated.`);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
    return { kind: 'table', table: parse(text) };
  } catch (error) {
    if (error instanceof TomlError) {
      const what = error.message.split('\n', 1)[0]?.replace(/^Invalid TOML document: /, '');
      return bad(`${file}, line ${error.line}: not valid TOML (${what}). Correct it, or give --isolated.`);
    }
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return { kind: 'absent' };
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return bad(`${file} is not valid UTF-8, which TOML asks for. Save it as UTF-8, or give --isolated.`);
    }
    return bad(`${file} cannot be read (${code}). Make it readable, or give --isolated.`);
  }
}

/** The value under a path of keys; undefined where a key is missing or something on the way is no table. */
export function lookUp(table: Table, ...keys: readonly string[]): unknown {
  let value: unknown = table;
  for (const key of keys) {
    if (!isTable(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** Whether a value of TOML or JSON is a table. */
export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function bad(problem: string): Toml {
  return { kind: 'problem', problem };
}
