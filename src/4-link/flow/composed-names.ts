// Strings that are put together of strings: `f"_{name}"`, `"on_" + event`, `"%s_id" % table`, `command.lower()`.
import { ArgKind, Op, Operator } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { argumentsOf, listAt, operatorAt, row, stringAt } from '../index-file.js';

/** Every string that a value may be, or null when that cannot be told. */
type NamesOf = (value: number) => readonly string[] | null;

/** So many strings are told apart at most. */
const MOST = 64;

/** Every string that a value which is made of other strings may be, or null when that cannot be told. */
export function composedNames(file: WorldFile, value: number, namesOf: NamesOf): readonly string[] | null {
  const { op, a, b } = row(file, value);
  switch (op) {
    case Op.Text:
      return combined([...listAt(file, b)].map(namesOf), parts => parts.join(''));
    case Op.Binary: {
      const { operator } = operatorAt(file, value);
      if (operator === Operator.Add) return combined([a, b].map(namesOf), parts => parts.join(''));
      return operator === Operator.Mod ? formatted(file, a, b, namesOf) : null;
    }
    case Op.Call:
      return called(file, value, a, namesOf);
    default:
      return null;
  }
}

/** What `make` makes of each choice of one string from every part; null where a part is not told, or `make` gives none. */
function combined(
  parts: readonly (readonly string[] | null)[],
  make: (choice: readonly string[]) => string | null,
): readonly string[] | null {
  let choices: (readonly string[])[] = [[]];
  for (const part of parts) {
    if (!part || choices.length * part.length > MOST) return null;
    choices = choices.flatMap(before => part.map(text => [...before, text]));
  }
  const made = new Set<string>();
  for (const choice of choices) {
    const text = make(choice);
    if (text === null) return null;
    made.add(text);
  }
  return [...made];
}

/** `"%s_id" % table`, `"%s_%s" % (table, column)`, with no other conversion than `%s`. */
function formatted(
  file: WorldFile,
  format: number,
  given: number,
  namesOf: NamesOf,
): readonly string[] | null {
  const { op, b } = row(file, given);
  const items = op === Op.Tuple ? [...listAt(file, b)] : [given];
  if (items.some(item => item < 0)) return null;
  return combined([format, ...items].map(namesOf), ([text, ...texts]) => {
    const parts = text!.split('%s');
    return parts.some(part => part.includes('%')) ? null : woven(parts, texts);
  });
}

/** `"{}_id".format(table)`, with no other fields than `{}`. */
function filled(text: string, given: readonly string[]): string | null {
  const parts = text.split('{}');
  return parts.some(part => /[{}]/.test(part)) ? null : woven(parts, given);
}

/** The texts between the parts; null where one is left over. */
const woven = (parts: readonly string[], texts: readonly string[]): string | null =>
  parts.length === texts.length + 1 ? parts.map((part, i) => part + (texts[i] ?? '')).join('') : null;

/** Methods of `str` on names, by their name and how many arguments they are given (library reference, Text Sequence
 *  Type); null where a text has other characters than those of names in ASCII. */
const METHODS: ReadonlyMap<string, (text: string, ...given: string[]) => string> = new Map([
  ['lower 0', (text: string) => text.toLowerCase()],
  ['upper 0', (text: string) => text.toUpperCase()],
  ['strip 0', (text: string) => text.trim()],
  ['lstrip 1', (text: string, chars = '') => strippedFront(text, chars)],
  ['rstrip 1', (text: string, chars = '') => reversed(strippedFront(reversed(text), chars))],
  ['replace 2', (text: string, from = '', to = '') => text.replaceAll(from, to)],
  [
    'removeprefix 1',
    (text: string, start = '') => (text.startsWith(start) ? text.slice(start.length) : text),
  ],
]);

const reversed = (text: string): string => [...text].reverse().join('');

function strippedFront(text: string, chars: string): string {
  let from = 0;
  while (from < text.length && chars.includes(text[from]!)) from++;
  return text.slice(from);
}

/** Texts whose characters are the same for Python and JavaScript, whatever is done to them. */
const PLAIN = /^[\w .,:-]*$/;

function called(file: WorldFile, call: number, callee: number, namesOf: NamesOf): readonly string[] | null {
  const { op, a, b } = row(file, callee);
  if (op !== Op.Attr) return null;
  const args = argumentsOf(file, call);
  const name = stringAt(file, b);
  const method = METHODS.get(`${name} ${args.length}`);
  if ((!method && name !== 'format') || args.some(arg => arg.kind !== ArgKind.Positional)) return null;
  return combined([a, ...args.map(arg => arg.value)].map(namesOf), ([text, ...given]) => {
    if (!method) return filled(text!, given);
    return [text!, ...given].every(each => PLAIN.test(each)) ? method(text!, ...given) : null;
  });
}
