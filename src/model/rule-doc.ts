// What the documentation says about one rule: the source of `slotify explain` and of the README's table.
import type { Level } from './decision.js';

/** A rule without what it looks for. */
export interface RuleDoc {
  /** `SLT201` */
  readonly code: string;
  /** `outside-write` */
  readonly name: string;
  readonly level: Level;
  /** One sentence: what the rule sees. */
  readonly title: string;
  /** A paragraph: what would break, with the place in the documentation. */
  readonly why: string;
  /** What would make the class eligible. */
  readonly unlock: string;
  /** No comment or setting lifts it: Python would refuse the class or break at once, or nothing would be gained. */
  readonly final?: true;
}
