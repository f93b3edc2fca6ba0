// What has been noted of classes. What a place does to all that it knows of it does to thousands of classes at once, and
// so do many places to the same ones: such a group is kept once, with what is noted of it.

import type { Evidence } from '../../model/decision.js';
import { addTo } from '../../model/grouping.js';
import type { Finding, FindingKind, WorldClass } from '../../model/world.js';

/** What is noted at one place about one attribute or none: of a class, the first finding of a kind only. */
export interface Place {
  readonly kind: FindingKind;
  readonly attr: string | null;
  readonly groups: Group[];
  readonly own: Set<WorldClass>;
}

/** Classes of which the same is noted, each once. */
interface Group {
  readonly classes: readonly WorldClass[];
  /** A bit for each class, by its index. */
  readonly members: Int32Array;
  /** What is left of it without another group. */
  readonly without: Map<Group, Group>;
}

/** A finding and how many there were before it. */
interface Noted extends Finding {
  readonly order: number;
}

/** Findings of a kind, of each class or of groups. */
interface OfKind {
  readonly own: Map<WorldClass, Noted[]>;
  readonly groups: Map<Group, Noted[]>;
}

export interface Notes {
  readonly place: (kind: FindingKind, attr: string | null) => Place;
  /** A finding to be noted. */
  readonly finding: (place: Place, certain: boolean, evidence: Evidence) => Finding;
  /** Whether nothing has been noted of a class at a place. */
  readonly isNew: (place: Place, cls: WorldClass) => boolean;
  /** Notes a finding of a class that is new there. */
  readonly note: (place: Place, cls: WorldClass, finding: Finding) => void;
  /** Notes what `made` makes of those among some classes that are new there, if there are any. */
  readonly noteAll: (place: Place, classes: readonly WorldClass[], made: () => Finding) => void;
  /** What has been noted of a class, in order. */
  readonly of: (cls: WorldClass, kind: FindingKind) => readonly Finding[];
}

/** So few are noted one by one. */
const FEW = 16;
/** Findings in answers that are kept for who asks again. */
const MOST_KEPT = 2_000_000;

export function newNotes(count: number): Notes {
  const noted = new Map<FindingKind, OfKind>();
  const groupOf = newGroups(count);
  let findings = 0;

  const ofKind = (kind: FindingKind): OfKind => {
    let known = noted.get(kind);
    if (!known) noted.set(kind, (known = { own: new Map(), groups: new Map() }));
    return known;
  };
  const isNew: Notes['isNew'] = ({ own, groups }, cls) =>
    !own.has(cls) && !groups.some(group => has(group, cls));
  const note: Notes['note'] = (place, cls, finding) => {
    place.own.add(cls);
    addTo(ofKind(place.kind).own, cls, finding as Noted);
  };

  /** Those of a group that are new at a place. */
  const newIn = (group: Group, place: Place): Group => {
    let left = group;
    for (const before of place.groups) {
      let found = left.without.get(before);
      if (!found) {
        const rest = left.classes.filter(cls => !has(before, cls));
        left.without.set(before, (found = rest.length < left.classes.length ? groupOf(rest) : left));
      }
      left = found;
    }
    if (place.own.size === 0) return left;
    const rest = left.classes.filter(cls => !place.own.has(cls));
    return rest.length < left.classes.length ? groupOf(rest) : left;
  };

  const grouped = new Map<FindingKind, ReadonlyMap<WorldClass, readonly (readonly Noted[])[]>>();
  /** For each class what has been noted of the groups it is in. */
  const byClass = (
    kind: FindingKind,
    { groups }: OfKind,
  ): ReadonlyMap<WorldClass, readonly (readonly Noted[])[]> => {
    const known = grouped.get(kind);
    if (known) return known;
    const found = new Map<WorldClass, (readonly Noted[])[]>();
    for (const [group, list] of groups) for (const cls of group.classes) addTo(found, cls, list);
    grouped.set(kind, found);
    return found;
  };
  let answers = new Map<FindingKind, Map<WorldClass, readonly Noted[]>>();
  let kept = 0;
  const joined = (lists: readonly (readonly Noted[])[]): readonly Noted[] =>
    lists.flat().sort((a, b) => a.order - b.order);

  return {
    place: (kind, attr) => ({ kind, attr, groups: [], own: new Set() }),
    finding: ({ kind, attr }, certain, evidence) => {
      const made: Noted = { kind, attr, certain, evidence, order: findings++ };
      return made;
    },
    isNew,
    note,
    noteAll(place, classes, made) {
      if (classes.length < FEW) {
        for (const cls of classes) if (isNew(place, cls)) note(place, cls, made());
        return;
      }
      const group = newIn(groupOf(classes), place);
      if (group.classes.length === 0) return;
      place.groups.push(group);
      addTo(ofKind(place.kind).groups, group, made() as Noted);
    },
    of(cls, kind) {
      const all = noted.get(kind);
      if (!all) return NONE;
      const own = all.own.get(cls) ?? NONE;
      const lists = byClass(kind, all).get(cls);
      if (!lists) return own;
      if (lists.length === 1 && own.length === 0) return lists[0]!;
      let ofThat = answers.get(kind);
      const known = ofThat?.get(cls);
      if (known) return known;
      const answer = joined([own, ...lists]);
      if ((kept += answer.length) > MOST_KEPT) {
        answers = new Map();
        ofThat = undefined;
        kept = answer.length;
      }
      if (!ofThat) answers.set(kind, (ofThat = new Map()));
      ofThat.set(cls, answer);
      return answer;
    },
  };
}

const NONE: readonly Noted[] = [];

const has = ({ members }: Group, { index }: WorldClass): boolean =>
  (members[index >> 5]! & (1 << (index & 31))) !== 0;

/** A function that gives the group of some classes: one for all lists of the same ones in the same order. */
function newGroups(count: number): (classes: readonly WorldClass[]) => Group {
  const byList = new WeakMap<readonly WorldClass[], Group>();
  const byHash = new Map<number, Group[]>();
  return classes => {
    const known = byList.get(classes);
    if (known) return known;
    let hash = classes.length;
    for (const cls of classes) hash = Math.imul(hash ^ cls.index, 0x9e3779b1) ^ (hash >>> 15);
    const isSame = (group: Group): boolean =>
      group.classes.length === classes.length && group.classes.every((cls, i) => cls === classes[i]);
    let group = byHash.get(hash)?.find(isSame);
    if (!group) {
      const members = new Int32Array((count >> 5) + 1);
      for (const { index } of classes) members[index >> 5]! |= 1 << (index & 31);
      addTo(byHash, hash, (group = { classes, members, without: new Map() }));
    }
    byList.set(classes, group);
    return group;
  };
}
