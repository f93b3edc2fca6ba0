// World x transforms -> a decision for each class of the targets, with every reason and its evidence.
import type { Decision, Evidence, Level, NonEmpty, Reason, Slot } from '../model/decision.js';
import type { RuleDoc } from '../model/rule-doc.js';
import type { Transform } from '../model/transform.js';
import type { MroEntry, World, WorldClass } from '../model/world.js';
import {
  baseHasDict,
  combinedAtRunTime,
  layoutConflict,
  nothingToGain,
  refusedBase,
  unknownBase,
} from '../rules/bases.js';
import { atClass, reason, reasonFrom } from '../rules/rule.js';
import { spelledIn } from '../slots.js';
import { footprintOf } from './footprint.js';
import { type Settled, settle, type Withdrawal } from './settle.js';

/** The rule behind a `__dict__` that comes from each kind of base. */
const DICT_RULES = { class: refusedBase, external: baseHasDict, unknown: unknownBase } as const;

/** What a caller may change about deciding. */
export interface Policy {
  /** Codes of rules that are switched off: for proving that a rule is needed, not for users. */
  readonly without: ReadonlySet<string>;
  /** Classes that are left alone for a reason from outside the analysis, by id. */
  readonly withheld?: ReadonlyMap<string, Withheld>;
}

/** Why a class is left alone although nothing in the code is against it. */
export interface Withheld {
  readonly rule: RuleDoc;
  readonly evidence: readonly Evidence[];
}

/** Decides all classes of the targets. Pure; in order of file and place. */
export function decide(world: World, transforms: readonly Transform[], policy: Policy): readonly Decision[] {
  const judged = new Map<WorldClass, Judged>();
  for (const cls of world.classes) {
    if (cls.file.source.role !== 'target' || cls.file.source.isStub) continue;
    const transform = transforms.find(t => t.claims(cls));
    if (transform) judged.set(cls, judge(cls, world, transform, policy));
  }
  const eligible = [...judged].filter(([, j]) => j.against.length === 0);
  const heeds = {
    dictFrom: (kind: MroEntry['kind']) => !policy.without.has(DICT_RULES[kind].code),
    layouts: !policy.without.has(layoutConflict.code) && !policy.without.has(combinedAtRunTime.code),
    idle: !policy.without.has(nothingToGain.code),
  };
  const safe = settle(
    eligible.filter(([, j]) => j.doubts.length === 0).map(([cls]) => cls),
    world,
    heeds,
  );
  const all = settle(
    eligible.map(([cls]) => cls),
    world,
    heeds,
  );
  return [...judged].map(([cls, j]) => decisionOf(cls, j, world, safe, all));
}

interface Judged {
  readonly transform: Transform;
  /** Reasons that block or skip. */
  readonly against: readonly Reason[];
  readonly doubts: readonly Reason[];
}

function judge(cls: WorldClass, world: World, transform: Transform, policy: Policy): Judged {
  const withheld = policy.withheld?.get(cls.ref.id);
  if (withheld) {
    const evidence =
      withheld.evidence.length > 0 ? withheld.evidence : [atClass(cls, 'is left out of this run')];
    return { transform, against: [reason(withheld.rule, cls, evidence)], doubts: [] };
  }
  const rules = transform.rules.filter(r => !policy.without.has(r.code));
  const given = (level: Level): Reason[] =>
    rules
      .filter(r => r.level === level)
      .map(r => reasonFrom(r, cls, world))
      .filter(r => r !== null);
  const skips = given('skips');
  // a class that has nothing to gain needs no other reason
  if (skips.length) return { transform, against: skips, doubts: [] };
  return { transform, against: given('blocks'), doubts: given('doubts') };
}

const isNonEmpty = <T>(list: readonly T[]): list is NonEmpty<T> => list.length > 0;

function decisionOf(cls: WorldClass, j: Judged, world: World, safe: Settled, all: Settled): Decision {
  const { ref } = cls;
  if (isNonEmpty(j.against)) {
    const kind = j.against[0].level === 'skips' ? 'leave' : 'refuse';
    return { kind, cls: ref, reasons: j.against };
  }
  const isSafe = safe.slotted.has(cls);
  if (!isSafe && !all.slotted.has(cls)) {
    const why = all.withdrawn.get(cls);
    const reasons: NonEmpty<Reason> = [withdrawalReason(cls, why)];
    return { kind: why?.kind === 'idle' ? 'leave' : 'refuse', cls: ref, reasons };
  }
  const settled = isSafe ? safe : all;
  const doubts = isSafe ? [] : [...j.doubts, ...inherited(cls, safe)];
  return {
    kind: 'rewrite',
    cls: ref,
    transform: j.transform.name,
    slots: slotsOf(cls, world, settled),
    footprint: footprintOf(cls, world, settled),
    applicability: isSafe ? 'safe' : 'unsafe',
    doubts,
    cautions: j.transform.cautions(cls, world),
  };
}

/** A class that is only unsafe because of the classes around it. */
function inherited(cls: WorldClass, safe: Settled): Reason[] {
  const why = safe.withdrawn.get(cls);
  return why ? [withdrawalReason(cls, why)] : [];
}

function withdrawalReason(cls: WorldClass, why: Withdrawal | undefined): Reason {
  switch (why?.kind) {
    case 'base':
      return reason(refusedBase, cls, [
        { at: why.base.ref.at, says: `${why.base.ref.name} keeps its __dict__` },
      ]);
    case 'layout':
      return reason(why.computed ? combinedAtRunTime : layoutConflict, cls, [why.evidence]);
    case 'idle':
      return reason(nothingToGain, cls, [atClass(cls, 'has no attributes of its own')]);
    case undefined:
      return reason(refusedBase, cls, [atClass(cls, 'a class above it has a __dict__')]);
  }
}

function slotsOf(cls: WorldClass, world: World, settled: Settled): Slot[] {
  const slots: Slot[] = [...world.attributes(cls)]
    .filter(([, stores]) => stores.some(s => s.file.source.role === 'target'))
    .map(([attr, stores]) => ({
      name: spelledIn(cls.ref.name, attr),
      stores: stores.map(s => ({ at: s.at, says: `stores .${attr}` })),
    }));
  if (settled.weak.has(cls)) slots.push({ name: '__weakref__', stores: weakEvidence(cls, world) });
  return slots;
}

const weakEvidence = (cls: WorldClass, world: World): Slot['stores'] =>
  world
    .findings(cls)
    .filter(f => f.kind === 'weak-reference')
    .map(f => f.evidence);
