// Which Python versions a project says it runs on.
import { readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { LARGEST, lookUp, type Table } from './pyproject.js';
import { parsePoetry, parseSpecifier, type Specifier } from './specifiers.js';

/** What the project says; or what is wrong with that and what to do, as a sentence. */
export type Declared =
  | { readonly kind: 'declared'; readonly specifier: Specifier; readonly text: string; readonly from: string }
  | { readonly kind: 'undeclared' }
  | { readonly kind: 'problem'; readonly problem: string };

/**
 * The supported versions as declared, the first found of: `project.requires-python` (PEP 621) and
 * `tool.poetry.dependencies.python` in pyproject.toml, `python_requires` in setup.cfg, the same as a literal in
 * setup.py (which is searched, not run; what is no plain literal there counts as undeclared), and the oldest version
 * that trove classifiers in these files name.
 */
export function requiresPython(root: string, pyproject: Table): Declared {
  const pep621 = lookUp(pyproject, 'project', 'requires-python');
  if (isGiven(pep621)) return declared(pep621, parseSpecifier, 'requires-python in pyproject.toml');

  const poetry = lookUp(pyproject, 'tool', 'poetry', 'dependencies', 'python');
  const constraint = isGiven(poetry)
    ? poetry
    : lookUp(pyproject, 'tool', 'poetry', 'dependencies', 'python', 'version');
  if (isGiven(constraint)) {
    return declared(constraint, parsePoetry, 'tool.poetry.dependencies.python in pyproject.toml');
  }

  const cfg = inSetupCfg(read(root, 'setup.cfg'));
  if (isGiven(cfg)) return declared(cfg, parseSpecifier, 'python_requires in setup.cfg');

  const script = inSetupPy(read(root, 'setup.py'));
  const specifier = isGiven(script) ? parseSpecifier(script) : null;
  if (isGiven(script) && specifier !== null)
    return { kind: 'declared', specifier, text: script, from: 'python_requires in setup.py' };

  const listed = [
    lookUp(pyproject, 'project', 'classifiers'),
    lookUp(pyproject, 'tool', 'poetry', 'classifiers'),
  ];
  const classifiers: readonly (readonly [text: string, file: string])[] = [
    [JSON.stringify(listed), 'pyproject.toml'],
    [read(root, 'setup.cfg'), 'setup.cfg'],
    [read(root, 'setup.py'), 'setup.py'],
  ];
  for (const [text, file] of classifiers) {
    const oldest = oldestClassifier(text);
    if (oldest) return declared(oldest, parseSpecifier, `the classifiers in ${file}`);
  }
  return { kind: 'undeclared' };
}

/** `>=3.9` where that is the oldest minor version of Python 3 among the trove classifiers in a text; null without any. */
function oldestClassifier(text: string): string | null {
  const minors = [...text.matchAll(/Programming Language :: Python :: 3\.(\d{1,2})\b/g)].map(m =>
    Number(m[1]),
  );
  return minors.length ? `>=3.${Math.min(...minors)}` : null;
}

function declared(text: string, parse: (text: string) => Specifier | null, from: string): Declared {
  const specifier = parse(text);
  if (specifier !== null) return { kind: 'declared', specifier, text, from };
  return {
    kind: 'problem',
    problem: `${from} is "${text.slice(0, 80)}", which is no version specifier. Write for example ">=3.9", or give --target-version.`,
  };
}

function isGiven(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** Value of `python_requires` in section `[options]`, continuation lines joined. */
function inSetupCfg(text: string): string | null {
  const section = /^\[options\][^\S\n]*\n((?:(?!\[).*\n?)*)/m.exec(text)?.[1] ?? '';
  const value = /^python[_-]requires\s*[=:](.*(?:\n[ \t]+.*)*)/m.exec(section)?.[1];
  if (value === undefined) return null;
  const lines = value
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !/^[#;]/.test(line));
  return lines.join(',');
}

/** The one literal given to `python_requires`, as an argument or a dictionary's key. */
function inSetupPy(text: string): string | null {
  const code = text.replace(/^[ \t]*#.*$/gm, '');
  const literal = /\bpython_requires["']?\s*[=:]\s*(["'])([^"'\n\\]+)\1(?=\s*(?:[,)}#\n]|$))/g;
  const values = new Set([...code.matchAll(literal)].map(match => match[2]!));
  return values.size === 1 ? [...values][0]! : null;
}

/** Text of a file of the project with `\n` as the only newline; empty when it cannot be read. */
function read(root: string, name: string): string {
  try {
    const file = path.join(root, name);
    // reading a pipe would wait for ever
    const stats = statSync(file);
    if (!stats.isFile() || stats.size > LARGEST) return '';
    return readFileSync(file, 'utf8').replace(/\r\n?/g, '\n');
  } catch {
    return '';
  }
}
