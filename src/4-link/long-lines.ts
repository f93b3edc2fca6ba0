// Lines of inheritance that are too long to follow.
import type { Base, WorldClass } from '../model/world.js';

/** Classes below each other, at most. Python needs the square of that for the orders of lookup, and so does this. */
const LONGEST = 1_000;

/** What stands for the bases of a class in such a line: it cannot be rewritten, and may be anything. */
export const unfollowed = (cls: WorldClass): Base => ({
  kind: 'unknown',
  text: 'a long line of classes',
  dotted: null,
  because: `more than ${LONGEST} stand below each other`,
  at: cls.ref.at,
});

/** The classes of families in which more classes stand below each other than can be followed. */
export function inLongLines(classes: readonly WorldClass[]): ReadonlySet<WorldClass> {
  const found = new Set<WorldClass>();
  const depths = depthsOf(classes);
  const relatives = new Map<WorldClass, WorldClass[]>(classes.map(cls => [cls, []]));
  for (const cls of classes)
    for (const base of basesOf(cls)) {
      relatives.get(base)!.push(cls);
      relatives.get(cls)!.push(base);
    }
  const open = classes.filter(cls => depths.get(cls)! > LONGEST);
  for (let cls = open.pop(); cls; cls = open.pop()) {
    if (found.has(cls)) continue;
    found.add(cls);
    open.push(...relatives.get(cls)!);
  }
  return found;
}

const basesOf = (cls: WorldClass): readonly WorldClass[] =>
  cls.bases.flatMap(base => (base.kind === 'class' ? [base.cls] : []));

/** How many classes of the world stand in the longest line up from each class, itself included. */
function depthsOf(classes: readonly WorldClass[]): ReadonlyMap<WorldClass, number> {
  const depths = new Map<WorldClass, number>();
  const entered = new Set<WorldClass>();
  const open = [...classes];
  for (let cls = open.at(-1); cls; cls = open.at(-1)) {
    const ahead = entered.has(cls) ? [] : basesOf(cls).filter(base => !entered.has(base));
    entered.add(cls);
    // bases first; one that is entered and has no depth is a base of itself
    if (ahead.length) open.push(...ahead);
    else {
      open.pop();
      depths.set(cls, depths.get(cls) ?? 1 + Math.max(0, ...basesOf(cls).map(b => depths.get(b) ?? 0)));
    }
  }
  return depths;
}
