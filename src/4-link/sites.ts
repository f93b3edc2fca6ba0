// Which of the stores that value flow sees are taken at their word: a receiver is rather one of those that own the name.
import type { Base, WorldClass } from '../model/world.js';
import { above, declaredSlots, relatives } from '../slots.js';
import type { Belief } from './flow/belief.js';
import { BROAD } from './flow/constraints.js';
import { isProtocol, namedInCalls } from './flow/descriptions.js';
import type { Flow, StoreSite } from './flow/state.js';
import { isInside } from './index-file.js';
import { comparedIn } from './markers.js';

export interface Sites {
  /** The stores on instances that count. */
  readonly counted: readonly StoreSite[];
  /** Those that would be the only ones on an object that stands for something by its identity, while others that stand
   *  at the receiver own the name. */
  readonly doubted: readonly StoreSite[];
}

/** Which stores on instances count, and which may be none. */
export function believedSites(
  flow: Flow,
  belief: Belief,
  alternatives: ReadonlyMap<Base, readonly WorldClass[]>,
): Sites {
  /** What others store on what is annotated with a protocol is on no instance of it (PEP 544: there are none). */
  const isMade = (s: StoreSite): boolean =>
    isInside(s.cls, s) || s.cls.descendants.length > 0 || !isProtocol(s.cls);
  const seen = [...flow.stores.values()].filter(s => isMade(s) && belief.holds(s.receiver, s.token));
  const owners = ownersOf(flow.classes, seen);
  const owns = (cls: WorldClass, attr: string): boolean => {
    const known = owners.get(attr);
    return known !== undefined && (known.has(cls) || above(cls).some(c => known.has(c)));
  };
  const keeping = new Set(seen.filter(s => isInside(s.cls, s)).map(s => s.cls));
  let compared: ReadonlySet<WorldClass> | null = null;
  /** Whether instances of a class are compared by identity, and keep nothing of their own: `MISSING = Missing()`. */
  const isMarker = (cls: WorldClass): boolean => {
    if (cls.fields.length > 0 || declaredSlots(cls)?.length) return false;
    if ([...relatives(cls)].some(c => keeping.has(c))) return false;
    compared ??= comparedIn(flow);
    return compared.has(cls);
  };
  const isOfOthers = ({ cls, attr, receiver }: StoreSite): boolean =>
    belief.some(receiver, id => {
      const token = flow.tokens.get(id);
      if (token.kind === 'function') return true;
      return token.kind === 'instance' && token.cls !== cls && owns(token.cls, attr);
    });
  let named: ReadonlySet<WorldClass> | null = null;
  /** The root of a large hierarchy stands for those below it that own the name, and for itself where it is made. */
  const spread = (site: StoreSite): readonly StoreSite[] => {
    const { cls, attr } = site;
    if (cls.descendants.length <= BROAD || isInside(cls, site) || owns(cls, attr)) return [site];
    const owning = [...(owners.get(attr) ?? [])].filter(c => relatives(cls).has(c));
    const meant = owning.map(c => ({ ...site, cls: c }));
    return !meant.length || (named ??= namedInCalls(flow)).has(cls) ? [site, ...meant] : meant;
  };
  const getting = gettingAnew(seen);
  const mayHave = (cls: WorldClass, attr: string): boolean =>
    owns(cls, attr) || (getting.get(attr)?.has(cls) ?? false) || flow.having.mayShow(cls, attr);
  /** What is read or counted up there belongs to others that stand at the receiver: on this class it would fail. */
  const isIdle = (site: StoreSite): boolean =>
    site.had && !isInside(site.cls, site) && !mayHave(site.cls, site.attr) && isOfOthers(site);
  const near = seen
    .flatMap(s => onAlternatives(s, alternatives, owns))
    .filter(s => !isIdle(s))
    .flatMap(spread);
  const doubted: StoreSite[] = [];
  const counted = near.filter(site => {
    const { cls, attr } = site;
    const isDoubtful = !isInside(cls, site) && !owns(cls, attr) && isMarker(cls) && isOfOthers(site);
    if (isDoubtful) doubted.push(site);
    return !isDoubtful;
  });
  return { counted, doubted };
}

/** Classes, with those above and below, that get an attribute which they need not have had before, by its name. */
function gettingAnew(sites: readonly StoreSite[]): ReadonlyMap<string, ReadonlySet<WorldClass>> {
  const found = new Map<string, Set<WorldClass>>();
  for (const { cls, attr, had } of sites) {
    if (had) continue;
    const known = found.get(attr) ?? new Set();
    found.set(attr, known);
    for (const c of relatives(cls)) known.add(c);
  }
  return found;
}

/** A store on an instance of a class below a parameter is one on instances of what stands there: of those that own the
 *  name, where there are such. */
function onAlternatives(
  site: StoreSite,
  alternatives: ReadonlyMap<Base, readonly WorldClass[]>,
  owns: (cls: WorldClass, attr: string) => boolean,
): readonly StoreSite[] {
  const standing = site.cls.bases.flatMap(b => alternatives.get(b) ?? []);
  if (!standing.length) return [site];
  const owning = standing.filter(c => owns(c, site.attr));
  return (owning.length ? owning : standing).map(cls => ({ ...site, cls }));
}

/** Classes that store, declare or define a name themselves, by name. */
function ownersOf(
  classes: readonly WorldClass[],
  sites: readonly StoreSite[],
): ReadonlyMap<string, ReadonlySet<WorldClass>> {
  const owners = new Map<string, Set<WorldClass>>();
  const put = (name: string, cls: WorldClass): void => {
    const set = owners.get(name);
    if (set) set.add(cls);
    else owners.set(name, new Set([cls]));
  };
  for (const site of sites) if (isInside(site.cls, site)) put(site.attr, site.cls);
  for (const cls of classes) {
    for (const name of cls.members.keys()) put(name, cls);
    for (const field of cls.fields) put(field.name, cls);
    for (const name of declaredSlots(cls) ?? []) put(name, cls);
  }
  return owners;
}
