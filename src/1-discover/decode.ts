// How the bytes of a Python file become text, and how the text becomes the same bytes again.
import { createRequire } from 'node:module';
import type { Coding } from '../model/source.js';

/** The text of a file; or what is wrong with its bytes and what to do, as a sentence. */
export type Decoded =
  | { readonly kind: 'text'; readonly text: string; readonly coding: Coding }
  | { readonly kind: 'problem'; readonly problem: string };

/** PEP 263, as in CPython's Lib/tokenize.py (`cookie_re`). */
const COOKIE = /^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)/;
/** Lib/tokenize.py (`blank_re`): only behind such a line the second one may hold the cookie. */
const BLANK = /^[ \t\f]*(?:#.*)?$/;

const require = createRequire(import.meta.url);
/** Loaded for the first file that is not UTF-8: mostly there is none. */
const iconv = (): typeof import('iconv-lite') => require('iconv-lite');

/** Python's names (Lib/encodings/aliases.py, letters and digits only) that iconv-lite does not know. */
const ALIASES: Readonly<Record<string, string>> = {
  646: 'ascii',
  iso646irv1991: 'ascii',
  8859: 'latin1',
  iso8859: 'latin1',
  iso885911987: 'latin1',
  isolatin1: 'latin1',
  latin: 'latin1',
  big5tw: 'big5',
  hkscs: 'big5hkscs',
  uhc: 'cp949',
  ujis: 'eucjp',
  ksx1001: 'euckr',
  gb180302000: 'gb18030',
  eucgb2312cn: 'gb2312',
};
const UTF8: ReadonlySet<string> = new Set([
  'utf8',
  'utf8sig',
  'utf8ucs2',
  'utf8ucs4',
  'utf',
  'u8',
  'cp65001',
]);
/** iconv-lite has them, but they are no text codecs, or not a superset of ASCII, which a cookie needs. */
const NOT_FOR_SOURCE = /^(?:binary|base64|hex|cesu8|ucs[24]|ucs[24][lb]e|utf(?:7|16|32).*|unicode11.*)$/;

/**
 * Bytes of a Python file to text.
 *
 * The encoding is found as the reference says (Lexical analysis, "Encoding declarations"): a UTF-8 byte order
 * mark, a PEP 263 cookie on line 1 or 2, else UTF-8. Decoding is strict, and what comes out is known to give
 * the same bytes through `encode`.
 * @returns text without byte order mark, newlines untouched; or one sentence saying what is wrong (with byte
 * offset from 0 and line from 1) and what to do.
 */
export function decode(bytes: Uint8Array): Decoded {
  const nul = bytes.indexOf(0);
  if (nul >= 0) return problem(`Has a NUL byte ${place(bytes, nul)}, which Python refuses. Remove it.`);

  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const body = bom ? bytes.subarray(3) : bytes;
  const cookie = cookieOf(body);
  if (bom && cookie !== null && !isUtf8(cookie)) {
    return problem(
      `Starts with a UTF-8 byte order mark but names the encoding "${cookie}". Remove one of the two.`,
    );
  }

  const coding: Coding = { name: cookie ?? 'utf-8', bom };
  const codec = codecOf(coding.name);
  if (codec === null) {
    return problem(
      `Names the encoding "${cookie}", which slotify cannot read. Correct the name, or save the file as UTF-8.`,
    );
  }
  return codec === 'utf-8' ? decodeUtf8(body, coding) : decodeLegacy(body, coding, codec);
}

/**
 * The inverse of `decode`: text to bytes, byte order mark included.
 * @throws RangeError when the text has a character that the encoding lacks.
 */
export function encode(text: string, coding: Coding): Uint8Array {
  const codec = codecOf(coding.name);
  if (codec === null) throw new RangeError(`unknown encoding "${coding.name}"`);

  const bytes = codec === 'utf-8' ? Buffer.from(text, 'utf8') : iconv().encode(text, codec);
  // Both encoders put a substitute for what they cannot say; a rewritten file must not get one.
  if (rawDecode(bytes, codec) !== text) {
    throw new RangeError(`the text has a character that "${coding.name}" cannot encode`);
  }
  return coding.bom ? Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]) : bytes;
}

function decodeUtf8(body: Uint8Array, coding: Coding): Decoded {
  const text = strictUtf8(body);
  if (text !== null) return { kind: 'text', text, coding };

  const at = firstBadUtf8(body);
  const where = place(body, at, coding.bom ? 3 : 0);
  return problem(
    `Not valid UTF-8 ${where}. Save the file as UTF-8, or name its encoding on line 1: # -*- coding: latin-1 -*-`,
  );
}

function decodeLegacy(body: Uint8Array, coding: Coding, codec: string): Decoded {
  const text = iconv().decode(body, codec, { stripBOM: false });
  if (Buffer.compare(iconv().encode(text, codec), body) === 0) return { kind: 'text', text, coding };

  const bad = text.indexOf('\ufffd');
  const at = bad < 0 ? -1 : iconv().encode(text.slice(0, bad), codec).length;
  return problem(
    at < 0
      ? `Does not survive decoding as "${coding.name}": encoded again it has other bytes. Save the file as UTF-8.`
      : `Not valid "${coding.name}" ${place(body, at)}. Correct the encoding named on line 1 or 2, or save as UTF-8.`,
  );
}

/** The encoding that line 1 or 2 names, lower case; null without a cookie. */
function cookieOf(body: Uint8Array): string | null {
  const start = Buffer.from(body.subarray(0, 4096)).toString('latin1');
  const [first = '', second = ''] = start.split(/\r\n|\r|\n/, 2);
  const match = COOKIE.exec(first) ?? (BLANK.test(first) ? COOKIE.exec(second) : null);
  return match?.[1]?.toLowerCase() ?? null;
}

/** Name of the codec for iconv-lite, `utf-8` for the one done without it, null for an unknown one. */
function codecOf(name: string): string | null {
  if (isUtf8(name)) return 'utf-8';
  // CPython (Parser/tokenizer, `get_normal_name`) takes editor suffixes, as in `latin-1-unix`.
  const dashed = name.replaceAll('_', '-');
  if (/^(?:latin-1|iso-8859-1|iso-latin-1)-/.test(dashed)) return 'latin1';

  const plain = dashed.replace(/[^a-z0-9]/g, '');
  const codec = Object.hasOwn(ALIASES, plain) ? ALIASES[plain]! : plain;
  return !NOT_FOR_SOURCE.test(codec) && iconv().encodingExists(codec) ? codec : null;
}

function isUtf8(name: string): boolean {
  return /^utf[-_]8[-_]/.test(name) || UTF8.has(name.replace(/[^a-z0-9]/g, ''));
}

function rawDecode(bytes: Uint8Array, codec: string): string | null {
  return codec === 'utf-8' ? strictUtf8(bytes) : iconv().decode(bytes, codec, { stripBOM: false });
}

/** Valid UTF-8 and its text map one to one, so no second look at the bytes is needed. */
function strictUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Offset where the first character that is none begins, as in CPython's UnicodeDecodeError. */
function firstBadUtf8(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8Prefix(bytes, middle)) good = middle;
    else bad = middle;
  }
  // A cut through a character is no error to a stream: step back to where that character begins.
  while (strictUtf8(bytes.subarray(0, good)) === null) good--;
  return good;
}

function isUtf8Prefix(bytes: Uint8Array, length: number): boolean {
  if (length > bytes.length) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** `at byte 57 (line 3)`; `skipped` bytes stood before `bytes` in the file. */
function place(bytes: Uint8Array, offset: number, skipped = 0): string {
  let line = 1;
  for (let i = 0; i < offset; i++) {
    if (bytes[i] === 10 || (bytes[i] === 13 && bytes[i + 1] !== 10)) line++;
  }
  return `at byte ${offset + skipped} (line ${line})`;
}

function problem(sentence: string): Decoded {
  return { kind: 'problem', problem: sentence };
}
