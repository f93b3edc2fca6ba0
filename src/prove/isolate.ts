// Finds the harmful ones among many by running groups of them: pure strategy, what a run is comes from outside.

/** What a run with some of the candidates showed. */
export type Verdict<Proof> = { readonly kind: 'passes' } | Failure<Proof>;

export interface Failure<Proof> {
  readonly kind: 'fails';
  /** Candidates that the failure itself names. */
  readonly suspects: readonly string[];
  readonly proof: Proof;
}

export interface Isolated<Proof> {
  /** A run with exactly these passed. */
  readonly kept: readonly string[];
  /** Each of them made a run fail that passed without it. */
  readonly blamed: ReadonlyMap<string, Proof>;
}

/** A run with some candidates. `expected`: how many more runs there will be, by estimate. */
export type Trial<Proof> = (group: readonly string[], expected: number) => Promise<Verdict<Proof>>;

/**
 * Splits candidates into those that can stay together and those that are to blame. Supposed of `trial`: it passes
 * with no candidates, and what fails keeps failing when more are added. Candidates are kept in their order; in it,
 * any beginning must be a sensible group.
 *
 * First all are tried, then what failures name is set aside. If that does not help, groups are tried by adaptive
 * group testing: each group is as large as makes failing about as likely as passing, judged by how many were harmful
 * so far (Hwang 1972, with the density estimated on the way). In the end each candidate set aside is tried once more
 * by itself on top of what passes, so that nothing is blamed on a name in a message alone.
 */
export async function isolate<Proof>(
  candidates: readonly string[],
  trial: Trial<Proof>,
): Promise<Isolated<Proof>> {
  const order = new Map(candidates.map((id, i) => [id, i]));
  const sorted = (ids: Iterable<string>): string[] => [...ids].sort((a, b) => order.get(a)! - order.get(b)!);
  const aside = new Set<string>();
  const blamed = new Map<string, Proof>();

  let rest = candidates;
  let verdict = await trial(rest, 0);
  while (verdict.kind === 'fails') {
    const named = verdict.suspects.filter(id => order.has(id) && !aside.has(id));
    if (named.length === 0) break;
    for (const id of named) aside.add(id);
    rest = rest.filter(id => !aside.has(id));
    verdict = await trial(rest, 1 + aside.size);
  }
  const kept =
    verdict.kind === 'passes' ? new Set(rest) : await split(rest, verdict, trial, blamed, aside.size);

  let left = aside.size;
  for (const id of sorted(aside)) {
    const again = await trial(sorted([...kept, id]), left--);
    if (again.kind === 'passes') kept.add(id);
    else blamed.set(id, again.proof);
  }
  return { kept: sorted(kept), blamed };
}

/** Group testing of candidates that fail together. Puts the harmful ones into `blamed`, gives the others. */
async function split<Proof>(
  candidates: readonly string[],
  verdict: Failure<Proof>,
  trial: Trial<Proof>,
  blamed: Map<string, Proof>,
  later: number,
): Promise<Set<string>> {
  const good: string[] = [];
  let pending = candidates;
  let found = 0;
  /** What happened when `good` and all of `pending` ran together; null while they did not. */
  let together: Failure<Proof> | null = verdict;
  const tried = (group: readonly string[]): Promise<Verdict<Proof>> =>
    trial([...good, ...group], later + Math.ceil(Math.log2(pending.length + 1)));

  while (pending.length > 0) {
    const balanced = balancedSize(pending.length, found, good.length);
    const all: boolean = together === null ? isLikelyClean(pending.length, found, good.length) : found === 0;
    const size: number = all ? pending.length : balanced;
    const group = pending.slice(0, size);
    let failure: Failure<Proof> | null = size === pending.length ? together : null;
    if (failure === null) {
      const shown = await tried(group);
      if (shown.kind === 'passes') {
        good.push(...group);
        pending = pending.slice(size);
        continue;
      }
      failure = shown;
      if (size === pending.length && balanced < size) {
        together = failure;
        continue;
      }
    }
    // the first harmful one: a beginning of the group passes, the next longer one fails
    let passes = 0;
    let fails = group.length;
    while (fails - passes > 1) {
      const middle = (passes + fails) >> 1;
      const shown = await tried(group.slice(0, middle));
      if (shown.kind === 'passes') passes = middle;
      else [fails, failure] = [middle, shown];
    }
    blamed.set(group[passes]!, failure.proof);
    good.push(...group.slice(0, passes));
    pending = pending.slice(fails);
    found++;
    together = null;
  }
  return new Set(good);
}

/** Harmful ones among those tried so far, as a share. */
const density = (found: number, cleared: number): number => (found + 0.5) / (found + cleared + 1);

/** How many candidates fail together about as often as they pass. */
function balancedSize(pending: number, found: number, cleared: number): number {
  const share = Math.min(density(found, cleared), 0.9);
  return Math.min(pending, Math.max(1, Math.round(Math.LN2 / -Math.log1p(-share))));
}

/** Whether it pays to try all that is left at once: there was only one to find, or hardly any can be left. */
const isLikelyClean = (pending: number, found: number, cleared: number): boolean =>
  found === 1 || density(found, cleared) * pending < 0.7;
