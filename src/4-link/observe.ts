// What a profile saw becomes findings of the world: places where the program did what no source told.
import type { Evidence } from '../model/decision.js';
import { type Profile, profiledId, type SeenAt } from '../model/profile.js';
import type { Finding, FindingKind, World, WorldClass } from '../model/world.js';
import { above, declaredSlots, externalAbove } from '../slots.js';

/** Pickle protocols that refuse slots (`copyreg._reduce_ex`). */
const OLD_PROTOCOLS: ReadonlySet<string> = new Set(['0', '1']);

/** The world with what a profile adds to it. Pure; classes that the profile does not know stay as they are. */
export function observe(world: World, profile: Profile): World {
  const lines = new Map(
    world.files.filter(f => f.host === null).map(f => [f.source.path, f.facts.lineStarts]),
  );
  const evidence = (cls: WorldClass, seen: SeenAt | null, says: string): Evidence => {
    const offset = seen === null ? undefined : lines.get(seen.path)?.[seen.line - 1];
    return seen === null || offset === undefined
      ? { at: cls.ref.at, says: `${says} when it was run` }
      : { at: { path: seen.path, offset, line: seen.line, column: 1 }, says: `${says} when it was run` };
  };
  const found = new Map<WorldClass, readonly Finding[]>();
  for (const cls of world.classes) {
    const seen = profile.classes[profiledId(cls.ref.id)];
    if (!seen) continue;
    const finding = (
      kind: FindingKind,
      at: SeenAt | null,
      says: string,
      attr: string | null = null,
    ): Finding => ({
      kind,
      evidence: evidence(cls, at, says),
      attr,
      certain: true,
    });
    found.set(cls, [
      ...Object.entries(seen.attributes)
        .filter(([name]) => !isKnown(cls, name, world))
        .map(([name, at]) =>
          name === '__class__'
            ? finding('class-assignment', at, 'assigned to __class__')
            : finding('observed-store', at, `stored .${name}`, name),
        ),
      ...seen.dict.map(at => finding('instance-dict', at, 'asked for the __dict__')),
      ...(seen.weakrefs ? [finding('weak-reference', null, 'was referred to weakly')] : []),
      ...Object.entries(seen.pickled)
        .filter(([protocol]) => OLD_PROTOCOLS.has(protocol))
        .map(([protocol, at]) => finding('old-protocol', at, `was pickled at protocol ${protocol}`)),
    ]);
  }
  const seen = (cls: WorldClass, kind: FindingKind): readonly Finding[] =>
    found.get(cls)?.filter(f => f.kind === kind) ?? [];
  return { ...world, findings: (cls, kind) => [...world.findings(cls, kind), ...seen(cls, kind)] };
}

/** Whether a store of `name` on an instance goes where the analysis expects it: into a slot, or to a descriptor. */
function isKnown(cls: WorldClass, name: string, world: World): boolean {
  for (const each of [cls, ...above(cls)]) {
    if (world.attributes(each).has(name) || declaredSlots(each)?.includes(name)) return true;
    const member = each.members.get(name);
    if (member) return world.isDescriptor(each, member);
  }
  return externalAbove(cls).some(e => e.layouts.some(l => l.members.includes(name)));
}
