// Classes by pattern: `*Mixin`, `shop.models:*`.
import type { ClassRef } from '../model/decision.js';

/**
 * One predicate over classes from patterns. A pattern with a colon is held against `module:Outer.Inner`, one without
 * against `Inner` and `Outer.Inner`; `*` stands for any run of characters, `?` for one.
 */
export function classPatterns(patterns: readonly string[]): (cls: ClassRef) => boolean {
  const tests = patterns.map(pattern =>
    pattern.includes(':')
      ? (cls: ClassRef) => fits(pattern, cls.dotted)
      : (cls: ClassRef) => fits(pattern, cls.name) || fits(pattern, cls.qualname),
  );
  return cls => tests.some(test => test(cls));
}

/** Whether a name is what a pattern says, in steps of at most the product of their lengths: a regular expression may
 *  take years over a pattern of many stars. */
function fits(pattern: string, name: string): boolean {
  const [wanted, given] = [[...pattern], [...name]];
  let p = 0;
  // where the last star stands, and how far it reaches
  let star = -1;
  let reach = 0;
  for (let n = 0; n < given.length; ) {
    if (wanted[p] === '*') {
      star = p++;
      reach = n;
    } else if (p < wanted.length && (wanted[p] === '?' || wanted[p] === given[n])) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++reach;
    } else return false;
  }
  while (wanted[p] === '*') p++;
  return p === wanted.length;
}
