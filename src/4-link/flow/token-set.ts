// Sets of tokens that cost nothing while they are small: most nodes hold one token or a few.

/** One token, a few, or many. Tokens keep the order in which they arrived. */
export type TokenSet = number | number[] | Set<number>;

/** More tokens than this are kept in a Set. */
const FEW = 8;

export function hasToken(set: TokenSet | undefined, token: number): boolean {
  if (set === undefined) return false;
  if (typeof set === 'number') return set === token;
  return Array.isArray(set) ? set.includes(token) : set.has(token);
}

export function sizeOf(set: TokenSet | undefined): number {
  if (set === undefined) return 0;
  if (typeof set === 'number') return 1;
  return Array.isArray(set) ? set.length : set.size;
}

/** The set with one more token, which it must not hold yet. Changes `set` where it can. */
export function withToken(set: TokenSet | undefined, token: number): TokenSet {
  if (set === undefined) return token;
  if (typeof set === 'number') return [set, token];
  if (!Array.isArray(set)) return set.add(token);
  set.push(token);
  return set.length > FEW ? new Set(set) : set;
}

const NOTHING: readonly number[] = [];

export function tokensIn(set: TokenSet | undefined): Iterable<number> {
  if (set === undefined) return NOTHING;
  return typeof set === 'number' ? [set] : set;
}
