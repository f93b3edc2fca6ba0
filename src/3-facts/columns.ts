// Growable columns of numbers and an interning table: what facts are written into.

/** A list of 32-bit integers that grows by doubling. */
export interface Ints {
  data: Int32Array;
  length: number;
}

export const newInts = (room: number): Ints => ({ data: new Int32Array(Math.max(16, room)), length: 0 });

export function push(ints: Ints, ...items: number[]): void {
  if (ints.length + items.length > ints.data.length) {
    const bigger = new Int32Array(Math.max(ints.data.length * 2, ints.length + items.length));
    bigger.set(ints.data);
    ints.data = bigger;
  }
  for (const item of items) ints.data[ints.length++] = item;
}

export const finished = (ints: Ints): Int32Array => ints.data.slice(0, ints.length);

export interface Strings {
  readonly list: string[];
  readonly numbers: Map<string, number>;
}

export const newStrings = (): Strings => ({ list: [], numbers: new Map() });

export function intern(strings: Strings, text: string): number {
  const known = strings.numbers.get(text);
  if (known !== undefined) return known;
  strings.numbers.set(text, strings.list.length);
  return strings.list.push(text) - 1;
}
