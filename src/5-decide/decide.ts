// World x transforms -> a decision for each class of the targets, with every reason and its evidence.
import type { Decision, Level, NonEmpty, Reason, Slot } from '../model/decision.js';
import type { Transform } from '../model/transform.js';
import type { MroEntry, Store, World, WorldClass } from '../model/world.js';
import * as attributes from '../rules/attributes.js';
import {
  baseHasDict,
  combinedAtRunTime,
  layoutConflict,
  nothingToGain,
  refusedBase,
  unknownBase,
} from '../rules/bases.js';
import * as introspection from '../rules/introspection.js';
import { weaklyReferenced } from '../rules/lifecycle.js';
import { atClass, reason, reasonFrom } from '../rules/rule.js';
import { relatives, spelledIn } from '../slots.js';
import { footprintOf } from './footprint.js';
import { hollowed } from './hollow.js';
import { type Policy, referredToWeakly } from './policy.js';
import { type Settled, settle, type Withdrawal } from './settle.js';

const IDENTIFIER = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;

/** The rule behind a `__dict__` that comes from each kind of base. */
const DICT_RULES = { class: refusedBase, external: baseHasDict, unknown: unknownBase } as const;

const LEFT_BELOW =
  'its attributes are held by the classes right below it, so that it can stand beside another base with slots; an ' +
  'instance of it alone could not hold them';

/** Decides all classes of the targets that are selected. Pure; in order of file and place. */
export function decide(given: World, transforms: readonly Transform[], policy: Policy): readonly Decision[] {
  const world = policy.weakref === 'always' ? referredToWeakly(given) : given;
  const judging = newJudging(policy);
  const best = bestOf(hollow => conclude(world, hollow, transforms, policy, judging));
  return [...best.judged].map(([cls, j]) => decisionOf(cls, j, best));
}

/** Classes that are only bases leave their attributes to those below them where that gives slots to more classes and
 *  takes them from none. */
function bestOf(concluding: (hollow: ReadonlySet<WorldClass>) => Conclusion): Conclusion {
  const asTheyAre = concluding(new Set());
  let best = asTheyAre;
  const kept = new Set<WorldClass>();
  const hollow = new Set(asTheyAre.safe.hollow);
  for (let before = 0; hollow.size !== before; ) {
    before = hollow.size;
    const next = concluding(new Set(hollow));
    const lost = [...asTheyAre.safe.slotted].filter(c => !next.safe.slotted.has(c));
    for (const cls of lost) for (const c of relatives(cls)) kept.add(c);
    if (!lost.length && next.safe.slotted.size > asTheyAre.safe.slotted.size) best = next;
    for (const cls of next.safe.hollow) hollow.add(cls);
    for (const cls of kept) hollow.delete(cls);
  }
  return best;
}

interface Conclusion {
  readonly world: World;
  /** Classes that leave their attributes to those below them. */
  readonly hollow: ReadonlySet<WorldClass>;
  readonly judged: ReadonlyMap<WorldClass, Judged>;
  readonly safe: Settled;
  /** With doubtful classes. */
  readonly all: Settled;
}

/** Judges each class by itself, then all together. */
function conclude(
  given: World,
  hollow: ReadonlySet<WorldClass>,
  transforms: readonly Transform[],
  policy: Policy,
  judging: Judging,
): Conclusion {
  const world = hollowed(given, hollow);
  const judged = new Map<WorldClass, Judged>();
  for (const cls of world.classes) {
    if (cls.file.source.role !== 'target' || cls.file.source.isStub || !policy.selected(cls)) continue;
    const transform = transforms.find(t => t.claims(cls));
    if (transform) judged.set(cls, judging(cls, world, transform));
  }
  const eligible = [...judged].filter(([, j]) => j.against.length === 0 || j.hybrid);
  const heeds = {
    dictFrom: (kind: MroEntry['kind']) => !policy.without.has(DICT_RULES[kind].code),
    layouts: !policy.without.has(layoutConflict.code) && !policy.without.has(combinedAtRunTime.code),
    idle: !policy.without.has(nothingToGain.code),
    weakrefs: policy.weakref !== 'never',
  };
  const settled = (judged: typeof eligible, sure: ReadonlySet<WorldClass>): Settled =>
    settle(
      judged.map(([cls]) => cls),
      { hybrid: new Set(judged.filter(([, j]) => j.hybrid).map(([cls]) => cls)), sure },
      world,
      heeds,
    );
  const safe = settled(
    eligible.filter(([, j]) => j.doubts.length === 0),
    new Set(),
  );
  return { world, hollow, judged, safe, all: settled(eligible, safe.slotted) };
}

interface Judged {
  readonly transform: Transform;
  /** Reasons that block or skip. */
  readonly against: readonly Reason[];
  readonly doubts: readonly Reason[];
  /** Found, but the user says that they do not count. */
  readonly ignored: readonly Reason[];
  /** All that stands against it are attributes that a `__dict__` beside the slots would hold. */
  readonly hybrid: boolean;
}

type Judging = (cls: WorldClass, world: World, transform: Transform) => Judged;

/** Judges classes in worlds that differ in what classes hold alone: anew only where a class is asked that holds something
 *  else than before. */
function newJudging(policy: Policy): Judging {
  const before = new Map<WorldClass, { readonly judged: Judged; readonly asked: Held }>();
  let asked: Held = new Map();
  const noting = (world: World): World => ({
    ...world,
    attributes: c => {
      const held = world.attributes(c);
      asked.set(c, held);
      return held;
    },
  });
  let last: { readonly world: World; readonly noted: World } | null = null;
  return (cls, world, transform) => {
    const known = before.get(cls);
    if (known && [...known.asked].every(([c, held]) => world.attributes(c) === held)) return known.judged;
    if (last?.world !== world) last = { world, noted: noting(world) };
    asked = new Map();
    const judged = judge(cls, last.noted, transform, policy);
    before.set(cls, { judged, asked });
    return judged;
  };
}

/** What classes hold. */
type Held = Map<WorldClass, ReturnType<World['attributes']>>;

/** Rules about attributes that need no slot where there is a `__dict__`. */
const DYNAMIC: ReadonlySet<string> = new Set(
  [
    attributes.outsideWrite,
    attributes.computedStore,
    attributes.unresolvedStore,
    attributes.noIdentifier,
    introspection.cachedProperty,
  ].map(r => r.code),
);
const isDynamic = (r: Reason): boolean => DYNAMIC.has(r.code);

function judge(cls: WorldClass, world: World, transform: Transform, policy: Policy): Judged {
  const spared = policy.spares(cls, transform);
  if (spared) return { transform, against: [spared], doubts: [], ignored: [], hybrid: false };
  const heeded = policy.weakref === 'never' ? [...transform.rules, weaklyReferenced] : transform.rules;
  const rules = heeded.filter(r => !policy.without.has(r.code));
  const given = (level: Level): Reason[] =>
    rules
      .filter(r => r.level === level)
      .map(r => reasonFrom(r, cls, world))
      .filter(r => r !== null);
  const skips = given('skips');
  // a class that has nothing to gain needs no other reason
  if (skips.length) return { transform, against: skips, doubts: [], ignored: [], hybrid: false };
  const [blocks, doubts] = [given('blocks'), given('doubts')];
  const ignored = [...blocks, ...doubts].filter(r =>
    policy.ignores(cls, rules.find(rule => rule.code === r.code)!),
  );
  const counts = (r: Reason): boolean => !ignored.includes(r);
  const against = blocks.filter(counts);
  const hybrid =
    policy.hybrid &&
    transform.holdsDict(cls, world) &&
    namedAttributes(cls, world).length > 0 &&
    against.every(isDynamic) &&
    (against.length > 0 || doubts.some(r => counts(r) && isDynamic(r)));
  return {
    transform,
    against,
    doubts: doubts.filter(r => counts(r) && !(hybrid && isDynamic(r))),
    ignored,
    hybrid,
  };
}

/** What goes into the slots of a class: names that code of the targets stores. */
const namedAttributes = (cls: WorldClass, world: World): (readonly [string, readonly Store[]])[] =>
  [...world.attributes(cls)].filter(([, stores]) => stores.some(s => s.file.source.role === 'target'));

const isNonEmpty = <T>(list: readonly T[]): list is NonEmpty<T> => list.length > 0;

function decisionOf(cls: WorldClass, j: Judged, { world, hollow, safe, all }: Conclusion): Decision {
  const { ref } = cls;
  const isSafe = safe.slotted.has(cls);
  const isSlotted = isSafe || all.slotted.has(cls);
  if (isNonEmpty(j.against) && !isSlotted) {
    const kind = j.against[0].level === 'skips' ? 'leave' : 'refuse';
    return { kind, cls: ref, ignored: j.ignored, reasons: j.against };
  }
  if (!isSlotted) {
    const why = all.withdrawn.get(cls);
    const reasons: NonEmpty<Reason> = [withdrawalReason(cls, why)];
    return { kind: why?.kind === 'idle' ? 'leave' : 'refuse', cls: ref, ignored: j.ignored, reasons };
  }
  const settled = isSafe ? safe : all;
  const doubts = isSafe ? [] : [...j.doubts, ...inherited(cls, safe)];
  return {
    kind: 'rewrite',
    cls: ref,
    ignored: j.ignored,
    transform: j.transform.name,
    slots: slotsOf(cls, j, world, settled),
    footprint: footprintOf(cls, world, settled),
    applicability: isSafe ? 'safe' : 'unsafe',
    doubts,
    cautions: [...j.transform.cautions(cls, world), ...(hollow.has(cls) ? [LEFT_BELOW] : [])],
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

function slotsOf(cls: WorldClass, j: Judged, world: World, settled: Settled): Slot[] {
  const slots: Slot[] = namedAttributes(cls, world)
    // any other name goes into the __dict__
    .filter(([attr]) => !j.hybrid || IDENTIFIER.test(attr))
    .map(([attr, stores]) => ({
      name: spelledIn(cls.ref.name, attr),
      stores: stores.map(s => ({ at: s.at, says: `stores .${attr}` })),
    }));
  if (j.hybrid) slots.push({ name: '__dict__', stores: j.against.flatMap(r => r.evidence) });
  if (settled.weak.has(cls)) slots.push({ name: '__weakref__', stores: weakEvidence(cls, world) });
  return slots;
}

const weakEvidence = (cls: WorldClass, world: World): Slot['stores'] =>
  world.findings(cls, 'weak-reference').map(f => f.evidence);
