// What a rule is: one reason not to rewrite a class, from which every output about it comes.
import type { Evidence, Place, Reason } from '../model/decision.js';
import { lineAndColumn } from '../model/facts.js';
import type { RuleDoc } from '../model/rule-doc.js';
import type { Finding, FindingKind, World, WorldClass } from '../model/world.js';
import { above } from '../slots.js';

/** A rule: what it sees, and all that is told about it. */
export interface Rule extends RuleDoc {
  /** What the code shows against slotting a class; nothing when the rule does not apply. */
  readonly find: (cls: WorldClass, world: World) => Iterable<Evidence>;
}

/** Gives a rule object its type. */
export const rule = (r: Rule): Rule => r;

/** The reason a rule gives for a class, or null when it has nothing to say. */
export function reasonFrom(r: Rule, cls: WorldClass, world: World): Reason | null {
  const found = [...r.find(cls, world)];
  return found.length ? reason(r, cls, found.length > 1 ? distinct(found) : found) : null;
}

/** Evidence without repetition: one place may be reached in several ways. */
function distinct(evidence: readonly Evidence[]): readonly Evidence[] {
  const known = new Set(evidence);
  if (known.size < 2) return [...known];
  // by offset, not by text put together: some classes have ten thousands
  const kept: Evidence[] = [];
  const byOffset = new Map<number, number[]>();
  for (const e of known) {
    const there = byOffset.get(e.at.offset);
    const same = there?.find(i => kept[i]!.says === e.says && kept[i]!.at.path === e.at.path);
    // the last of several stands in the place of the first
    if (same !== undefined) kept[same] = e;
    else {
      const place = kept.push(e) - 1;
      if (there) there.push(place);
      else byOffset.set(e.at.offset, [place]);
    }
  }
  return kept;
}

/** A reason with given evidence. */
export const reason = (r: RuleDoc, cls: WorldClass, evidence: readonly Evidence[]): Reason => ({
  code: r.code,
  name: r.name,
  level: r.level,
  says: `${cls.ref.name} ${r.title}`,
  unlock: r.unlock,
  evidence,
});

/** Findings of a kind on a class and on the classes above it: what a base does to `self` is done to every instance
 *  of its subclasses. */
export function* findingsOn(
  cls: WorldClass,
  world: World,
  kind: FindingKind,
  certain = true,
): Generator<Finding> {
  for (const c of [cls, ...above(cls)])
    for (const f of world.findings(c, kind)) if (f.certain === certain) yield f;
}

/** The place of a UTF-16 offset in the file of a class. */
export const placeIn = ({ file }: WorldClass, offset: number): Place => ({
  path: file.source.path,
  offset,
  ...lineAndColumn(file.facts.lineStarts, offset),
});

/** Evidence at a UTF-16 offset in the file of a class. */
export const inFileOf = (cls: WorldClass, offset: number, says: string): Evidence => ({
  at: placeIn(cls, offset),
  says,
});

/** Evidence that points at the class statement itself. */
export const atClass = (cls: WorldClass, says: string): Evidence => ({ at: cls.ref.at, says });
