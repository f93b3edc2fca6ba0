// Text of the analysed code made harmless: nothing in it is interpreted by a terminal.

/**
 * What a terminal or a reader's eye may act on instead of showing it: control characters but the tab, marks
 * that reorder text (CVE-2021-42574) or have no width, line and paragraph separator, lone surrogates.
 */
const INVISIBLE = /[^\P{Cc}\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\f': '\\f', '\v': '\\v' };

function escaped(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** What the runners of GitHub and Azure take for a command wherever it stands in a log: `##[group]`, `##vso[...]`. */
export const COMMAND = /##(?=[a-z]*\[)/gi;
/** What GitHub's runner takes for a command at the start of a line, blanks before it or not: `::error::`. */
const LEADING_COMMAND = /^(\s*):(?=:)/;

/**
 * `text` on one line for people: control characters, newlines included, become escapes as Python writes
 * them (`\x1b`, `\n`, `\u202e`), and so does the first character of what a CI runner would obey. Tabs stay.
 * Idempotent, since backslashes are left as they are.
 */
export function visible(text: string): string {
  return text.replace(INVISIBLE, escaped).replace(COMMAND, '\\x23#').replace(LEADING_COMMAND, '$1\\x3a');
}

/** Characters that take two columns in a terminal; an estimate, good enough to place a caret. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u;

/** Blanks as wide as `visible(text)` is in a terminal: tabs stay tabs, so that a caret below lines up. */
export function blanks(text: string): string {
  let out = '';
  for (const character of visible(text)) {
    if (character === '\t') out += '\t';
    else if (WIDE.test(character)) out += '  ';
    else if (!/\p{Mn}/u.test(character)) out += ' ';
  }
  return out;
}
