// The cases of a fixture folder: their trees as bytes, and the expectations written into the lines of `in/`.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { decode } from '../../src/1-discover/decode.js';

export interface Case {
  /** `plain-slots/keeps-crlf` */
  readonly title: string;
  /** Absolute. */
  readonly folder: string;
}

/** Files by path from the root of the tree, `/` between folders. */
export type FileTree = ReadonlyMap<string, Buffer>;

export type Mark = 'refuse' | 'leave' | 'unsafe' | 'because';

/** One rule named in one comment: `# refuse[outside-write]`. */
export interface Expectation {
  readonly mark: Mark;
  readonly rule: string;
  /** `shop/models.py:12` */
  readonly at: string;
}

/** All cases below `root`: `<transform>/<case>` with an `in` folder, in order of title. */
export function findCases(root: string): readonly Case[] {
  return subfolders(root).flatMap(transform =>
    subfolders(path.join(root, transform))
      .map(name => ({ title: `${transform}/${name}`, folder: path.join(root, transform, name) }))
      .filter(each => existsSync(path.join(each.folder, 'in'))),
  );
}

const subfolders = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort();

/** Every file below a folder but what Python leaves behind; empty when there is no such folder. */
export function readTree(folder: string): FileTree {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .filter(file => !file.includes('__pycache__'))
    .sort();
  return new Map(
    files.map(file => [path.relative(folder, file).replaceAll(path.sep, '/'), readFileSync(file)]),
  );
}

/** Makes a folder hold exactly these files. */
export function writeTree(folder: string, tree: FileTree): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, bytes] of tree) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}

const MARK = /\b(refuse|leave|unsafe|because)\[([^\]]*)\]/g;

/** What the comments of a tree expect, those in examples of text files included. */
export function expectationsOf(tree: FileTree): readonly Expectation[] {
  const found: Expectation[] = [];
  for (const [file, bytes] of tree) {
    if (!/\.(pyi?|rst|txt|ipynb)$/.test(file)) continue;
    for (const [index, line] of linesOf(bytes).entries()) {
      const comment = line.indexOf('#');
      if (comment < 0) continue;
      for (const [, mark, rules] of line.slice(comment).matchAll(MARK))
        for (const rule of rules!.split(','))
          found.push({ mark: mark as Mark, rule: rule.trim(), at: `${file}:${index + 1}` });
    }
  }
  return found;
}

/** Lines as Python counts them (reference 2.1.2). */
function linesOf(bytes: Buffer): string[] {
  const decoded = decode(bytes);
  return (decoded.kind === 'text' ? decoded.text : bytes.toString('latin1')).split(/\r\n|\r|\n/);
}

/** Modules beyond the standard library that the program of a case imports: the words of `needs.txt`. */
export function needsOf(each: Case): readonly string[] {
  const file = path.join(each.folder, 'needs.txt');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(/\s+/) : [];
}

/** Rules that a case may leave without a proof, with the reason for each: lines of `unproven.txt`, `rule: reason`. */
export function unprovenOf(each: Case): ReadonlyMap<string, string> {
  const file = path.join(each.folder, 'unproven.txt');
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return new Map(
    lines.map(line => {
      const [, rule, reason] = /^([a-z-]+): (.+)$/.exec(line) ?? [];
      if (!rule || !reason) throw new Error(`${each.title}/unproven.txt: "${line}" is not "rule: reason"`);
      return [rule, reason];
    }),
  );
}
