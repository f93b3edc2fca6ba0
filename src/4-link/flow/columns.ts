// Millions of small lists in a few columns of numbers: no object, and nothing for the garbage collector, per list.

/** Lists of numbers, each in order of arrival. A list is known by where its last entry stands; 0 is the empty one. */
export interface Lists {
  /** For each entry where the next one of its list stands, of the last one the first, and behind that the number that
   *  it holds: both are read together. */
  entries: Int32Array;
  /** Where the last of all entries stands. */
  last: number;
}

/** No lists yet. */
export const newLists = (): Lists => ({ entries: newColumn(2048), last: 0 });

/** A column of so many bytes has address space set aside, for so many times as much and for so many bytes at least: what
 *  has to move leaves its memory lying until the next collection. */
const LARGE = 2 ** 20;
const TIMES = 2 ** 3;
const LEAST = 2 ** 28;

/** A column of zeros that, once it is large, grows where it stands. Shared memory is not counted by the collector, which
 *  would look through the whole heap whenever columns have grown by another 64 MB. */
export function newColumn(size: number): Int32Array {
  const bytes = size * Int32Array.BYTES_PER_ELEMENT;
  return new Int32Array(memoryFor(bytes), 0, size);
}

function memoryFor(bytes: number): SharedArrayBuffer {
  if (bytes < LARGE) return new SharedArrayBuffer(bytes);
  try {
    return new SharedArrayBuffer(bytes, { maxByteLength: Math.max(bytes * TIMES, LEAST) });
  } catch {
    // address space is short (`ulimit -v`)
    return new SharedArrayBuffer(bytes);
  }
}

/** A column with room for `size` numbers that keeps what is in it. */
export function resized(column: Int32Array, size: number): Int32Array {
  const memory = column.buffer as SharedArrayBuffer;
  const bytes = size * Int32Array.BYTES_PER_ELEMENT;
  if (bytes <= memory.maxByteLength) {
    memory.grow(bytes);
    return new Int32Array(memory, 0, size);
  }
  const bigger = newColumn(size);
  bigger.set(column);
  return bigger;
}

/** Adds a number to a list; the list as it is then. */
export function append(lists: Lists, list: number, item: number): number {
  const entry = (lists.last += 2);
  const { length } = lists.entries;
  if (entry >= length) lists.entries = resized(lists.entries, length + (length >> 2) * 2);
  const { entries } = lists;
  entries[entry + 1] = item;
  entries[entry] = list ? entries[list]! : entry;
  if (list) entries[list] = entry;
  return entry;
}

/** Hands the numbers in a list to `use`. */
export function eachOf({ entries }: Lists, list: number, use: (item: number) => void): void {
  for (let entry = list; entry; ) {
    entry = entries[entry]!;
    use(entries[entry + 1]!);
    if (entry === list) return;
  }
}

/** Pairs of a key and a number in order of arrival. */
export interface Queue {
  keys: Int32Array;
  items: Int32Array;
  count: number;
}

/** An empty queue. */
export const newQueue = (): Queue => ({
  keys: newColumn(1 << 12),
  items: newColumn(1 << 12),
  count: 0,
});

/** Adds a pair at the end. */
export function enqueue(queue: Queue, key: number, item: number): void {
  if (queue.count === queue.keys.length) {
    queue.keys = resized(queue.keys, queue.count * 2);
    queue.items = resized(queue.items, queue.count * 2);
  }
  queue.keys[queue.count] = key;
  queue.items[queue.count++] = item;
}

/** A set of pairs of numbers from 0 up. */
export interface Pairs {
  /** Both numbers of each place, the first one raised by 1: 0 is an empty place. */
  table: Int32Array;
  count: number;
}

/** An empty set; `room`: a power of two, three times the pairs that fit before it grows. */
export const newPairs = (room = 1 << 12): Pairs => ({ table: new Int32Array(room), count: 0 });

/** Gives the memory of a table back. To the collector it is a small object, which it would leave lying for long. */
export function discard(table: Int32Array): void {
  structuredClone(null, { transfer: [table.buffer as ArrayBuffer] });
}

/** Place of a pair in the table, or of the empty place where it belongs. */
function placeOf(table: Int32Array, a: number, b: number): number {
  const mask = (table.length >> 1) - 1;
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  hash ^= hash >>> 15;
  for (let place = hash & mask; ; place = (place + 1) & mask) {
    const found = table[place * 2]!;
    if (found === 0 || (found === a + 1 && table[place * 2 + 1] === b)) return place * 2;
  }
}

/** Whether a pair is in a set. */
export const hasPair = ({ table }: Pairs, a: number, b: number): boolean => table[placeOf(table, a, b)] !== 0;

/** Adds a pair; false when it was there already. */
export function addPair(pairs: Pairs, a: number, b: number): boolean {
  const at = placeOf(pairs.table, a, b);
  if (pairs.table[at] !== 0) return false;
  pairs.table[at] = a + 1;
  pairs.table[at + 1] = b;
  if (++pairs.count * 3 > pairs.table.length) {
    const old = pairs.table;
    pairs.table = new Int32Array(old.length * 2);
    for (let i = 0; i < old.length; i += 2) {
      if (old[i] === 0) continue;
      const to = placeOf(pairs.table, old[i]! - 1, old[i + 1]!);
      pairs.table[to] = old[i]!;
      pairs.table[to + 1] = old[i + 1]!;
    }
    discard(old);
  }
  return true;
}

/** Hands the pairs of a set to `use`. */
export function eachPair({ table }: Pairs, use: (a: number, b: number) => void): void {
  for (let i = 0; i < table.length; i += 2) if (table[i] !== 0) use(table[i]! - 1, table[i + 1]!);
}

/** Small sets of numbers, in order of arrival, in blocks of one pool that double when they are full. A set is known by
 *  where its block starts and how many numbers it has; the block is as long as that rounded up to a power of two. */
export interface Sets {
  pool: Int32Array;
  used: number;
  /** Starts of blocks that were outgrown, by the logarithm of their length. */
  readonly free: number[][];
}

/** No sets yet, in a pool with room for so many numbers. */
export const newSets = (room: number): Sets => ({
  pool: newColumn(room),
  used: 0,
  free: Array.from({ length: 32 }, () => []),
});

/** Whether a set has a number. */
export function holds({ pool }: Sets, start: number, size: number, item: number): boolean {
  const end = start + size;
  for (let i = start; i < end; i++) if (pool[i] === item) return true;
  return false;
}

/** Adds a number that a set does not hold yet; where its block starts then. */
export function insert(sets: Sets, start: number, size: number, item: number): number {
  let block = start;
  // a block is full when the size is a power of two
  if ((size & (size - 1)) === 0) {
    block = newBlock(sets, size === 0 ? 0 : 32 - Math.clz32(size));
    const { pool } = sets;
    for (let i = 0; i < size; i++) pool[block + i] = pool[start + i]!;
    if (size > 0) sets.free[31 - Math.clz32(size)]!.push(start);
  }
  sets.pool[block + size] = item;
  return block;
}

function newBlock(sets: Sets, logarithm: number): number {
  const freed = sets.free[logarithm]!.pop();
  if (freed !== undefined) return freed;
  const start = sets.used;
  sets.used += 1 << logarithm;
  if (sets.used > sets.pool.length)
    sets.pool = resized(sets.pool, Math.max(sets.used, sets.pool.length + (sets.pool.length >> 1)));
  return start;
}

/** The numbers of a set, as a copy. */
export function membersOf({ pool }: Sets, start: number, size: number): number[] {
  // many are asked for, and a list of a few numbers is made in less time than a column
  const members = new Array<number>(size);
  for (let i = 0; i < size; i++) members[i] = pool[start + i]!;
  return members;
}

/** Lists that are kept whole and read again, by key. */
export interface Rows {
  /** Where the list of each key starts in the pool, behind its length; 0 where none is kept. */
  readonly starts: Int32Array;
  pool: Int32Array;
  used: number;
}

/** No lists yet, for keys below `keys`. */
export const newRows = (keys: number): Rows => ({
  starts: newColumn(keys),
  pool: newColumn(1024),
  used: 0,
});

/** Where the list of a key starts in the pool; what comes before it there is its length. 0 where none is kept. */
export const rowAt = (rows: Rows, key: number): number => rows.starts[key]!;

/** Keeps a list; where it starts. */
export function keepRow(rows: Rows, key: number, items: ArrayLike<number>): number {
  const start = rows.used + 1;
  rows.used = start + items.length;
  if (rows.used > rows.pool.length)
    rows.pool = resized(rows.pool, Math.max(rows.used, rows.pool.length + (rows.pool.length >> 1)));
  rows.pool[start - 1] = items.length;
  rows.pool.set(items, start);
  rows.starts[key] = start;
  return start;
}

/** A set of small numbers that is emptied at once. */
export interface Marks {
  /** False when the number is there already. */
  add(number: number): boolean;
  has(number: number): boolean;
  /** False when the number is not there. */
  remove(number: number): boolean;
  clear(): void;
}

/** An empty set. */
export function newMarks(): Marks {
  let rounds = newColumn(1 << 12);
  let round = 1;
  return {
    add(number) {
      if (number >= rounds.length) {
        rounds = resized(rounds, Math.max(number + 1, rounds.length * 2));
      }
      if (rounds[number] === round) return false;
      rounds[number] = round;
      return true;
    },
    has: number => rounds[number] === round,
    remove(number) {
      if (rounds[number] !== round) return false;
      rounds[number] = 0;
      return true;
    },
    clear() {
      round++;
    },
  };
}

/** Numbers that are looked up in one step. */
const BLOCK = 1 << 8;

/** A function that tells in which range a number below `end` is; `starts`: where each begins, in order. */
export function ranges(starts: Int32Array, end: number): (number: number) => number {
  /** The last range that starts at or before each block of numbers. */
  const before = new Int32Array(Math.ceil(end / BLOCK));
  for (let range = 0, block = 0; block < before.length; block++) {
    while (range + 1 < starts.length && starts[range + 1]! <= block * BLOCK) range++;
    before[block] = range;
  }
  return number => {
    let range = before[Math.floor(number / BLOCK)]!;
    while (range + 1 < starts.length && starts[range + 1]! <= number) range++;
    return range;
  };
}
