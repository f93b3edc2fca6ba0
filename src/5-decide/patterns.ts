// Classes by pattern: `*Mixin`, `shop.models:*`.
import type { ClassRef } from '../model/decision.js';

/**
 * One predicate over classes from patterns. A pattern with a colon is held against `module:Outer.Inner`, one without
 * against `Inner` and `Outer.Inner`; `*` stands for any run of characters, `?` for one.
 */
export function classPatterns(patterns: readonly string[]): (cls: ClassRef) => boolean {
  const tests = patterns.map(pattern => {
    const source = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    const whole = new RegExp(`^${source}$`, 'su');
    return pattern.includes(':')
      ? (cls: ClassRef) => whole.test(cls.dotted)
      : (cls: ClassRef) => whole.test(cls.name) || whole.test(cls.qualname);
  });
  return cls => tests.some(test => test(cls));
}
