// Pickles written into the source as literals: the classes whose instances they hold, with the state they had then.
// Rules: the opcodes of CPython's pickletools.
import { K } from '../2-parse/kinds.js';
import { children, type Tree, textOf } from '../2-parse/tree.js';
import type { PickledFact } from '../model/facts.js';
import { literalOf, literalText, PREFIX } from './strings.js';

/** Every class that a pickle in the file gives back its state, in order. */
export function pickledIn(t: Tree): readonly PickledFact[] {
  const found: PickledFact[] = [];
  for (let node = 0; node < t.count; node++) {
    const kind = t.kind[node];
    if (kind !== K.string && kind !== K.concatenated_string) continue;
    if (kind === K.string && t.kind[t.parent[node]!] === K.concatenated_string) continue;
    const bytes = bytesAt(t, node);
    if (bytes === null || !bytes.endsWith('.')) continue;
    for (const [module, name] of builtBy(bytes) ?? []) found.push({ module, name, at: t.start[node]! });
  }
  return found;
}

/** The bytes that a literal stands for, one UTF-16 unit each: those of a bytes literal, or those that a text holds in
 *  base64. Null for other strings. */
function bytesAt(t: Tree, node: number): string | null {
  const parts = t.kind[node] === K.string ? [node] : [...children(t, node)];
  const first = parts.find(p => t.kind[p] === K.string);
  if (first === undefined) return null;
  if (literalOf(t, first).kind === 'bytes') return parts.map(p => decoded(textOf(t, p))).join('');
  // protocols 2 to 5 begin with 0x80 and their number
  if (!/^[\s'"(\\]*gA[I-X]/.test(textOf(t, first).replace(PREFIX, ''))) return null;
  const text = literalText(t, node)?.replace(/\s+/g, '');
  return text && /^[A-Za-z0-9+/]+=*$/.test(text) ? Buffer.from(text, 'base64').toString('latin1') : null;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** What a bytes literal is made of (reference 2.4.1). */
function decoded(source: string): string {
  const prefix = PREFIX.exec(source)![0];
  const quote = source.startsWith(source[prefix.length]!.repeat(3), prefix.length) ? 3 : 1;
  const text = source.slice(prefix.length + quote, source.length - quote);
  if (/r/i.test(prefix)) return text;
  return text.replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|\r\n|[\s\S])/g, (written, code: string) => {
    if (/^x./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255);
    return ESCAPES[code.replace('\r\n', '\n')] ?? written;
  });
}

/** Arguments of opcodes: bytes of a fixed count, lines up to `\n`, or as many bytes as the first ones say. */
const FIXED: ReadonlyMap<string, number> = new Map([
  ...[...'(.012abd}elo]NQRst)u\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98'].map(
    op => [op, 0] as const,
  ),
  ...[...'Kqh\x80\x82'].map(op => [op, 1] as const),
  ...[...'M\x83'].map(op => [op, 2] as const),
  ...[...'Jrj\x84'].map(op => [op, 4] as const),
  ...[...'G\x95'].map(op => [op, 8] as const),
]);
const LINES: ReadonlyMap<string, number> = new Map([
  ...[...'FILSVPpg'].map(op => [op, 1] as const),
  ...[...'ci'].map(op => [op, 2] as const),
]);
const COUNTED: ReadonlyMap<string, number> = new Map([
  ...[...'UC\x8a\x8c'].map(op => [op, 1] as const),
  ...[...'TXB\x8b'].map(op => [op, 4] as const),
  ...[...'\x8d\x8e\x96'].map(op => [op, 8] as const),
]);

/** Modules and names of what a pickle imports, when it gives some object a state; null when the bytes are no pickle. */
function builtBy(bytes: string): (readonly [module: string, name: string])[] | null {
  const globals: [string, string][] = [];
  /** Texts as they come onto the stack, '' for all else, and what is kept under a number. */
  const pushed: string[] = ['', ''];
  const memo: string[] = [];
  let builds = false;
  const numberAt = (at: number, length: number): number => {
    let number = 0;
    for (let i = length - 1; i >= 0; i--) number = number * 256 + bytes.charCodeAt(at + i);
    return number;
  };
  for (let at = 0; at < bytes.length; ) {
    const op = bytes[at++]!;
    const start = at;
    let text = '';
    const fixed = FIXED.get(op);
    const counted = COUNTED.get(op);
    if (fixed !== undefined) at += fixed;
    else if (counted !== undefined) {
      at += counted;
      const length = numberAt(start, counted);
      text = bytes.slice(at, at + length);
      at += length;
    } else {
      const lines = LINES.get(op);
      if (lines === undefined) return null;
      for (let i = 0; i < lines; i++) {
        const end = bytes.indexOf('\n', at);
        if (end < 0) return null;
        at = end + 1;
      }
      text = bytes.slice(start, at - 1);
    }
    if (at > bytes.length) return null;
    switch (op) {
      case '.':
        return at < bytes.length ? null : builds ? globals : [];
      case 'b':
        builds = true;
        break;
      case 'c':
      case 'i': {
        const [module, name] = text.split('\n');
        globals.push([module!, name!]);
        pushed.push('');
        break;
      }
      case '\x93':
        globals.push([pushed.at(-2)!, pushed.at(-1)!]);
        pushed.push('');
        break;
      case '\x94':
        memo.push(pushed.at(-1)!);
        break;
      case 'q':
      case 'r':
        memo[numberAt(start, at - start)] = pushed.at(-1)!;
        break;
      case 'h':
      case 'j':
        pushed.push(memo[numberAt(start, at - start)] ?? '');
        break;
      case 'p':
      case '\x80':
      case '\x95':
        break;
      default:
        pushed.push(text);
    }
  }
  return null;
}
