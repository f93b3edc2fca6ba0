// The parser behind one function: native tree-sitter where its addon loads, its WebAssembly build elsewhere.
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Tree as WasmTree } from 'web-tree-sitter';
import { type Cursor, flatten } from './flatten.js';
import { K } from './kinds.js';
import type { Tree } from './tree.js';

/** Which build of the parser it is. */
export type EngineName = 'native' | 'wasm';

/** A parser for Python. */
export interface Engine {
  readonly name: EngineName;
  /** Parses one file. Never throws for bad Python: the tree then has `errorAt >= 0`. */
  parse(text: string): Tree;
  /** Parses one file for nothing but the answer whether the grammar takes all of it. */
  accepts(text: string): boolean;
}

const require = createRequire(import.meta.url);

/** The file that says which version of the grammar is installed; absolute. */
export const GRAMMAR = require.resolve('tree-sitter-python/package.json');

/** UTF-16 units handed to the native parser at a time: one string over 32 KiB is refused with
 *  `Invalid argument` unless a buffer size is given. */
const CHUNK = 1 << 14;

/** UTF-16 units after which the native engine's dead trees are worth a minor collection: their memory is
 *  outside the JavaScript heap, so the collector does not feel it. */
const COLLECT_EVERY = 1 << 20;

interface NativeParser {
  setLanguage(language: unknown): void;
  /** Null when the callback gave up. */
  parse(
    input: (index: number) => string,
    oldTree: undefined,
    options: { progressCallback: () => boolean },
  ): { rootNode: { hasError: boolean }; walk(): Cursor } | null;
  reset(): void;
}

/** Milliseconds that parsing may take, and more for each UTF-16 unit: some hundred times of what Python takes. What is
 *  none, and long runs of comments, take the parser the square of their length. */
const PATIENCE = 10_000;
const PATIENCE_PER_UNIT = 0.005;

/** Says whether it is time to give up a text. */
function patience(text: string): () => boolean {
  const end = performance.now() + PATIENCE + PATIENCE_PER_UNIT * text.length;
  return () => performance.now() > end;
}

/** The tree of a text that was given up. */
const cutTree = (text: string): Tree => ({
  text,
  count: 1,
  kind: Uint8Array.of(K.module),
  start: Uint32Array.of(0),
  end: Uint32Array.of(text.length),
  parent: Int32Array.of(-1),
  next: Int32Array.of(-1),
  field: Uint8Array.of(0),
  errorAt: 0,
  cut: true,
});

/** The text as the grammar is to see it: a CR by itself ends a line in Python, but is white space there. */
const withLines = (text: string): string => text.replace(/\r(?!\n)/g, '\n');

/** A function that collects garbage, in all of the heap when it is told nothing, whether or not node was started with
 *  --expose-gc. */
export function collector(): (options?: { type: 'minor' }) => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

function nativeEngine(): Engine {
  const Parser = require('tree-sitter') as new () => NativeParser;
  const parser = new Parser();
  parser.setLanguage(require('tree-sitter-python'));
  const collect = collector();
  let sinceCollection = 0;
  const treeOf = (text: string): ReturnType<NativeParser['parse']> => {
    sinceCollection += text.length;
    if (sinceCollection > COLLECT_EVERY) {
      sinceCollection = 0;
      collect({ type: 'minor' });
    }
    const lines = withLines(text);
    const tree = parser.parse(index => lines.slice(index, index + CHUNK), undefined, {
      progressCallback: patience(text),
    });
    // else the next text would be taken for the rest of this one
    if (!tree) parser.reset();
    return tree;
  };
  return {
    name: 'native',
    parse(text) {
      const tree = treeOf(text);
      return tree ? flatten(text, tree.walk(), tree.rootNode.hasError) : cutTree(text);
    },
    accepts: text => treeOf(text)?.rootNode.hasError === false,
  };
}

async function wasmEngine(): Promise<Engine> {
  const { Parser, Language } = await import('web-tree-sitter');
  await Parser.init();
  const language = await Language.load(require.resolve('tree-sitter-python/tree-sitter-python.wasm'));
  const parser = new Parser();
  parser.setLanguage(language);
  const treeOf = (text: string): WasmTree | null => {
    const tree = parser.parse(withLines(text), null, { progressCallback: patience(text) });
    if (!tree) parser.reset();
    return tree;
  };
  return {
    name: 'wasm',
    parse(text) {
      const tree = treeOf(text);
      if (!tree) return cutTree(text);
      const cursor = tree.walk();
      try {
        return flatten(text, cursor, tree.rootNode.hasError);
      } finally {
        cursor.delete();
        tree.delete();
      }
    },
    accepts(text) {
      const tree = treeOf(text);
      try {
        return tree?.rootNode.hasError === false;
      } finally {
        tree?.delete();
      }
    },
  };
}

/** Loads the native engine, or the WebAssembly one when the addon is missing or does not fit this machine.
 *  `wanted` (or the environment variable `SLOTIFY_ENGINE`) asks for one of them.
 *  Throws when the engine asked for cannot be loaded. */
export async function loadEngine(wanted?: EngineName): Promise<Engine> {
  const asked = wanted ?? process.env.SLOTIFY_ENGINE;
  if (asked === 'wasm') return wasmEngine();
  try {
    return nativeEngine();
  } catch (error) {
    if (asked === 'native') throw error;
    return wasmEngine();
  }
}
