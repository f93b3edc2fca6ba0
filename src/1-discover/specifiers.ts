// Which Python versions a version specifier admits: PEP 440 and the forms that Poetry adds.

/** One comparison, e.g. `>= 3.8` or `== 3.11.*`. */
export interface Clause {
  readonly operator: '==' | '!=' | '>=' | '<=' | '>' | '<' | '~=';
  readonly release: readonly number[];
  /** The version ends in `.*`. */
  readonly prefix: boolean;
}

/** Alternatives of which one must hold, each a list of clauses that must all hold. */
export type Specifier = readonly (readonly Clause[])[];

/** `[3, 12]` */
export type Minor = readonly [number, number];

/** A version, its suffixes (`a1`, `.post2`, `.dev0`, at most one of each) read over: whole minor versions are asked for. */
const CLAUSE =
  /^(===?|!=|>=|<=|>|<|~=)\s*v?(\d+(?:\.\d+)*)(\.\*)?(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|post|rev|r|dev)[-_.]?\d*){0,3}$/i;

/** Longest specifier that is looked at, in UTF-16 units: real ones have some twenty. */
const LONGEST = 1_000;

/** Last patch number tried: no Python has had as many. */
const PATCHES = 40;
const LAST_MINOR = 40;

/** A PEP 440 specifier set, e.g. `>=3.8,<4,!=3.9.0`. Null when it is none. */
export function parseSpecifier(text: string): Specifier | null {
  if (text.length > LONGEST) return null;
  const clauses = all(
    text
      .split(',')
      .map(part => part.trim())
      .filter(part => part !== '')
      .map(parseClause),
  );
  return clauses === null ? null : [clauses];
}

/**
 * A Poetry constraint, e.g. `^3.8`, `~3.9`, `3.11.*`, `>=3.8 <3.13`, `~2.7 || ^3.8`
 * (https://python-poetry.org/docs/dependency-specification/). Null when it is none.
 */
export function parsePoetry(text: string): Specifier | null {
  if (text.length > LONGEST) return null;
  return all(
    text.split(/\|\|?/).map(alternative => {
      const joined = alternative.trim().replace(/([<>=!~^]+)\s+/g, '$1');
      const parts = joined.split(/[\s,]+/).filter(part => part !== '');
      return parts.length === 0 ? null : (all(parts.map(poetryClauses))?.flat() ?? null);
    }),
  );
}

/** The minor versions, oldest first, of which some patch release is admitted: 2.7 and from 3.0 on. */
export function admitted(specifier: Specifier): readonly Minor[] {
  const minors: Minor[] = [[2, 7]];
  for (let minor = 0; minor <= LAST_MINOR; minor++) minors.push([3, minor]);
  return minors.filter(([major, minor]) => {
    for (let patch = 0; patch <= PATCHES; patch++) {
      const version = [major, minor, patch];
      if (specifier.some(clauses => clauses.every(clause => admits(clause, version)))) return true;
    }
    return false;
  });
}

function parseClause(text: string): Clause | null {
  const match = CLAUSE.exec(text);
  if (match === null) return null;

  const operator = (match[1] === '===' ? '==' : match[1]) as Clause['operator'];
  const release = match[2]!.split('.').map(Number);
  if (operator === '~=' && release.length < 2) return null;
  return { operator, release, prefix: match[3] !== undefined };
}

function poetryClauses(text: string): readonly Clause[] | null {
  if (text === '*') return [];
  const match = /^([\^~]?)(\d+(?:\.\d+)*)(\.\*)?$/.exec(text);
  if (match === null) {
    const clause = parseClause(text);
    return clause === null ? null : [clause];
  }

  const release = match[2]!.split('.').map(Number);
  const [major = 0, minor = 0] = release;
  if (match[1] === '') return [{ operator: '==', release, prefix: match[3] !== undefined }];
  const next = match[1] === '^' || release.length === 1 ? [major + 1] : [major, minor + 1];
  return [
    { operator: '>=', release, prefix: false },
    { operator: '<', release: next, prefix: false },
  ];
}

/** Whether a release fits a clause (PEP 440, "Version specifiers"; missing parts count as zero). */
function admits({ operator, release, prefix }: Clause, version: readonly number[]): boolean {
  switch (operator) {
    case '==':
      return prefix ? startsWith(version, release) : compare(version, release) === 0;
    case '!=':
      return prefix ? !startsWith(version, release) : compare(version, release) !== 0;
    case '>=':
      return compare(version, release) >= 0;
    case '<=':
      return compare(version, release) <= 0;
    case '>':
      return compare(version, release) > 0;
    case '<':
      return compare(version, release) < 0;
    case '~=':
      return compare(version, release) >= 0 && startsWith(version, release.slice(0, -1));
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function startsWith(version: readonly number[], prefix: readonly number[]): boolean {
  return prefix.every((part, i) => part === (version[i] ?? 0));
}

/** The items, or null when one of them is null. */
function all<T>(items: readonly (T | null)[]): readonly T[] | null {
  return items.every(item => item !== null) ? (items as readonly T[]) : null;
}
