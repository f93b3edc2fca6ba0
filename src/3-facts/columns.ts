// Growable columns of numbers and an interning table: what facts are written into.

/** A list of 32-bit integers that grows by doubling. */
export interface Ints {
  data: Int32Array;
  length: number;
}

/** An empty list with room for so many integers. */
export const newInts = (room: number): Ints => ({ data: new Int32Array(Math.max(16, room)), length: 0 });

/** Adds integers at the end. */
export function push(ints: Ints, ...items: number[]): void {
  if (ints.length + items.length > ints.data.length) {
    const bigger = new Int32Array(Math.max(ints.data.length * 2, ints.length + items.length));
    bigger.set(ints.data);
    ints.data = bigger;
  }
  for (const item of items) ints.data[ints.length++] = item;
}

/** The integers of a list, as a copy of just their length. */
export const finished = (ints: Ints): Int32Array => ints.data.slice(0, ints.length);

/** Texts by number, each once. */
export interface Strings {
  readonly list: string[];
  readonly numbers: Map<string, number>;
}

/** An empty table. */
export const newStrings = (): Strings => ({ list: [], numbers: new Map() });

/** The number of a text, which is added when it is new. */
export function intern(strings: Strings, text: string): number {
  const known = strings.numbers.get(text);
  if (known !== undefined) return known;
  strings.numbers.set(text, strings.list.length);
  return strings.list.push(text) - 1;
}
