// Bytes of Python files to text and back: encodings, byte order marks, and what is refused.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decoded, decode, encode } from '../src/1-discover/decode.js';

const BOM = [0xef, 0xbb, 0xbf];
const bytes = (...parts: (string | readonly number[])[]) =>
  Buffer.concat(
    parts.map(part => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );

function text(decoded: Decoded) {
  if (decoded.kind !== 'text') throw new Error(decoded.problem);
  return decoded;
}

function problem(decoded: Decoded): string {
  if (decoded.kind !== 'problem') throw new Error(`decoded to ${JSON.stringify(decoded.text)}`);
  return decoded.problem;
}

describe('what is kept', () => {
  test('nothing is UTF-8', () => {
    expect(text(decode(bytes()))).toEqual({ kind: 'text', text: '', coding: { name: 'utf-8', bom: false } });
  });

  test('newlines of every kind, and characters outside the BMP', () => {
    const source = 'a = "é😀"\r\nb = 1\rc = 2\n\u2028';
    const decoded = text(decode(Buffer.from(source, 'utf8')));
    expect(decoded.text).toBe(source);
    expect(encode(decoded.text, decoded.coding)).toEqual(Buffer.from(source, 'utf8'));
  });

  test('a byte order mark is no part of the text and comes back', () => {
    const input = bytes(BOM, '# coding: utf-8\nx = 1\r\n');
    const decoded = text(decode(input));
    expect(decoded.text).toBe('# coding: utf-8\nx = 1\r\n');
    expect(decoded.coding).toEqual({ name: 'utf-8', bom: true });
    expect(encode(decoded.text, decoded.coding)).toEqual(input);
  });

  test('a second byte order mark belongs to the text', () => {
    const input = bytes(BOM, BOM, 'x = 1\n');
    const decoded = text(decode(input));
    expect(decoded.text).toBe('\ufeffx = 1\n');
    expect(encode(decoded.text, decoded.coding)).toEqual(input);
  });

  test('latin-1 is not windows-1252: all 128 upper bytes are the code points of the same number', () => {
    const upper = Array.from({ length: 128 }, (_, i) => 0x80 + i);
    for (const name of ['latin-1', 'latin_1', 'ISO-8859-1', 'iso8859-1', 'L1', 'latin-1-unix']) {
      const input = bytes(`# -*- coding: ${name} -*-\nx = "`, upper, '"\n');
      const decoded = text(decode(input));
      expect(decoded.text).toContain(String.fromCharCode(...upper));
      expect(decoded.coding.name).toBe(name.toLowerCase());
      expect(encode(decoded.text, decoded.coding)).toEqual(input);
    }
  });

  // Expected characters are those of CPython 3.13's codecs.
  test.each([
    ['cp1252', [0x80], '€'],
    ['iso-8859-15', [0xa4], '€'],
    ['koi8-r', [0xc1], 'а'],
    ['euc_jp', [0xa4, 0xa2], 'あ'],
    ['shift_jis', [0x83, 0x5c], 'ソ'],
    ['gbk', [0xc4, 0xe3], '你'],
    ['big5', [0xa7, 0x41], '你'],
    ['euc_kr', [0xb0, 0xa1], '가'],
    ['mac_roman', [0x8e], 'é'],
    ['uhc', [0x81, 0x41], '갂'],
  ])('%s', (name, character, expected) => {
    const input = bytes(`# vim: set fileencoding=${name} :\nx = "`, character, '"\n');
    const decoded = text(decode(input));
    expect(decoded.text.split('\n')[1]).toBe(`x = "${expected}"`);
    expect(encode(decoded.text, decoded.coding)).toEqual(input);
  });
});

describe('where the cookie is looked for', () => {
  const named = (source: string) => text(decode(bytes(source))).coding.name;

  test.each([
    ['a string that looks like one', 'x = "# coding: latin-1"\n'],
    ['line 2 behind code', 'x = 1\n# coding: latin-1\n'],
    ['line 3', '#!/usr/bin/python\n\n# coding: latin-1\n'],
    ['a space before the colon', '# coding : latin-1\n'],
  ])('not in %s', (_, source) => {
    expect(named(source)).toBe('utf-8');
  });

  test.each([
    ['line 1', '# coding: latin-1\n'],
    ['line 2 behind a shebang', '#!/usr/bin/python\n# -*- coding: latin-1 -*-\n'],
    ['line 2 behind a blank line', ' \t\n# coding=latin-1\n'],
    ['line 2 behind a form feed', '\n\f# coding: latin-1\n'],
    ['line 2 after a carriage return', '#\r# coding: latin-1\rx = 1\r'],
    ['line 2 after CRLF', '#!python\r\n# coding: latin-1\r\n'],
    ['an emacs line with more in it', '# -*- mode: python; coding: latin-1; -*-\n'],
  ])('%s', (_, source) => {
    expect(named(source)).toBe('latin-1');
  });

  test('utf8, utf-8-sig and utf-8-unix are UTF-8, with a byte order mark too', () => {
    for (const name of ['utf8', 'UTF_8', 'utf-8-sig', 'utf-8-unix', 'u8']) {
      for (const mark of [[], BOM]) {
        const input = bytes(mark, `# coding: ${name}\nx = "`, [0xc3, 0xa9], '"\n');
        const decoded = text(decode(input));
        expect(decoded.text).toContain('"é"');
        expect(encode(decoded.text, decoded.coding)).toEqual(input);
      }
    }
  });
});

describe('what is refused, and says what to do', () => {
  test('invalid UTF-8, with byte and line', () => {
    const message = problem(decode(bytes('a = 1\r\nb = "', [0xe9], '"\n')));
    expect(message).toContain('Not valid UTF-8 at byte 12 (line 2)');
    expect(message).toContain('# -*- coding: latin-1 -*-');
  });

  test('the byte offset counts the byte order mark', () => {
    expect(problem(decode(bytes(BOM, 'a', [0xff])))).toContain('at byte 4 (line 1)');
  });

  test('the offset is where the bad character begins, as CPython has it', () => {
    expect(problem(decode(bytes('ab', [0xc3, 0xa9, 0x80])))).toContain('at byte 4 ');
    expect(problem(decode(bytes('ab', [0xe2, 0x82])))).toContain('at byte 2 '); // cut off at the end
    expect(problem(decode(bytes([0xed, 0xa0, 0x80])))).toContain('at byte 0 '); // a surrogate
  });

  test('an unknown encoding', () => {
    expect(problem(decode(bytes('# coding: klingon\n')))).toContain('the encoding "klingon"');
  });

  test.each(['utf-16', 'utf-7', 'hex', 'base64', 'rot13', 'ucs2', 'binary'])(
    '%s is no encoding for source',
    name => {
      expect(problem(decode(bytes(`# coding: ${name}\nx = 1\n`)))).toContain('cannot read');
    },
  );

  test('a byte order mark that contradicts the cookie', () => {
    expect(problem(decode(bytes(BOM, '# coding: latin-1\n')))).toContain('Remove one of the two');
  });

  test('a NUL byte', () => {
    expect(problem(decode(bytes('x = 1\n\0')))).toContain('NUL byte at byte 6 (line 2)');
  });

  test('a byte that the named encoding lacks', () => {
    expect(problem(decode(bytes('# coding: ascii\nx = "', [0xe9], '"\n')))).toContain('at byte 21 (line 2)');
    expect(problem(decode(bytes('# coding: cp1252\nx = "', [0x81], '"\n')))).toContain('Not valid "cp1252"');
  });

  test('bytes that decode but come back as others', () => {
    // 0x87 0x90 and 0x81 0xe0 are the same character in cp932; encoding gives the second.
    expect(problem(decode(bytes('# coding: cp932\nx = "', [0x87, 0x90], '"\n')))).toContain(
      'Does not survive',
    );
  });

  test('encode throws for a character that the encoding lacks', () => {
    expect(() => encode('x = "€"', { name: 'latin-1', bom: false })).toThrow(RangeError);
    expect(() => encode('x = "\ud800"', { name: 'utf-8', bom: false })).toThrow(RangeError);
  });
});

describe('properties', () => {
  const CODECS = [
    'utf-8',
    'latin-1',
    'cp1252',
    'koi8-r',
    'iso-8859-15',
    'euc_jp',
    'shift_jis',
    'gbk',
    'gb18030',
    'big5',
  ];

  test('what decodes, encodes to the same bytes', () => {
    const input = fc.tuple(fc.constantFrom(...CODECS), fc.boolean(), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(input, ([name, mark, tail]) => {
        const whole = bytes(mark ? BOM : [], `# coding: ${name}\n`, [...tail]);
        const decoded = decode(whole);
        return decoded.kind === 'problem' || Buffer.from(encode(decoded.text, decoded.coding)).equals(whole);
      }),
    );
  });

  test('what encodes, decodes to the same text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'aé€жあ你\r\n\\"\ufeff') }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...CODECS), fc.boolean(), piece, (name, mark, body) => {
        const source = `# coding: ${name}\n${body}`;
        fc.pre(!source.includes('\0'));
        const coding = { name, bom: mark && name === 'utf-8' };
        let encoded: Uint8Array;
        try {
          encoded = encode(source, coding);
        } catch {
          return; // the encoding lacks a character
        }
        expect(decode(encoded)).toEqual({ kind: 'text', text: source, coding });
      }),
    );
  });
});
