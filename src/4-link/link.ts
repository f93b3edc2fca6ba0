// Facts of all files become one world: modules, hierarchy, value flow, attributes, findings. Pure.
import type { PythonRange } from '../model/decision.js';
import { ACT_WIDTH, Act, type FileFacts, Op } from '../model/facts.js';
import { addTo } from '../model/grouping.js';
import type { Source, Unreadable } from '../model/source.js';
import type { Base, BlindSpot, Combination, World, WorldClass, WorldFile } from '../model/world.js';
import { ASKED_OF_OBJECTS, declaredSlots, STORED_ON_ALL } from '../slots.js';
import { alternativesOf } from './alternatives.js';
import { keeps, placeAttributes } from './attributes.js';
import { linkClasses } from './classes.js';
import { findAll } from './findings.js';
import { newBelief } from './flow/belief.js';
import { solve } from './flow/solve.js';
import type { Flow } from './flow/state.js';
import { opAt, placeAt, row, stringAt, valueCount } from './index-file.js';
import { layoutsFor } from './layouts/layouts.js';
import { registerModules } from './modules.js';
import { resolver } from './resolve.js';
import { believedSites } from './sites.js';

/** A file and what it says. */
export interface Collected {
  readonly source: Source;
  readonly facts: FileFacts;
}

/** Links collected facts. `unreadable` files count as able to do anything to the classes of the world. */
export function link(
  collected: readonly Collected[],
  unreadable: readonly Unreadable[],
  python: PythonRange,
): World {
  const files = filesOf(collected);
  const oldest = layoutsFor(python.oldest);
  const newest = layoutsFor(python.newest);
  const names = resolver(files, registerModules(files, newest.isModule), newest);
  const classes = linkClasses(files, names, [oldest, newest]);
  const solved = solve(files, classes, names, newest);
  const live = files.filter(f => f.source.role !== 'environment' && !f.source.isStub);
  const belief = newBelief(solved.flow);
  const alternatives = alternativesOf(solved.flow);
  const sites = believedSites(solved.flow, belief, alternatives);
  const attributes = placeAttributes(
    classes,
    sites.counted,
    solved.members,
    namesOfClasses(live, solved.flow, newest.specialNames),
  );

  const kept = new Set<string>();
  for (const { cls, attr, kind } of sites.counted)
    if (
      !kept.has(attr) &&
      keeps(kind) &&
      !solved.flow.describes(cls) &&
      !cls.mro.some(e => e.kind === 'class' && e.cls.members.has(attr))
    )
      kept.add(attr);
  for (const cls of classes) for (const name of declaredSlots(cls) ?? []) kept.add(name);
  const combined = combinations(classes, solved);
  const partners = withUnseen(combined);
  const findings = findAll(solved, live, belief, kept, sites.doubted);
  return {
    files,
    classes,
    python,
    findings,
    alternatives: base => alternatives.get(base) ?? null,
    stores: attributes.stores,
    attributes: attributes.own,
    isDescriptor: (cls, member) => {
      const kind = solved.members.kindOf(cls, member);
      return kind === 'property' || kind === 'accessor' || solved.members.isDataDescriptor(cls, member);
    },
    hasNamedDescriptor: cls => solved.members.hasNamedDescriptor(cls),
    isCached: solved.members.isCached,
    instantiated: cls => solved.flow.instantiated.has(cls),
    isHandedOut: cls => solved.flow.handedOut.has(cls),
    spelled: spelledIn(live),
    combinations: combined,
    unseenPartners: cls => partners.get(cls) ?? [],
    blindSpots: blindSpots(files, unreadable),
    isSpecial: name => [oldest.specialNames, newest.specialNames, ASKED_OF_OBJECTS].some(s => s.has(name)),
  };
}

/** The files, each followed by the examples in its strings. */
function filesOf(collected: readonly Collected[]): readonly WorldFile[] {
  const files: WorldFile[] = [];
  for (const { source, facts } of collected) {
    const file: WorldFile = { index: files.length, source, facts, host: null };
    files.push(file);
    if (facts.doctests && source.role !== 'environment' && !source.isStub)
      files.push({
        index: files.length,
        source: { ...source, role: 'evidence' },
        facts: facts.doctests,
        host: file,
      });
  }
  return files;
}

/** Names that the statements of the world store on classes and on nothing else, and those that Python looks for on
 *  classes only, where no statement stores them on anything else. */
function namesOfClasses(
  files: readonly WorldFile[],
  { graph, tokens, valueNode }: Flow,
  special: ReadonlySet<string>,
): Set<string> {
  const others = new Set<string>();
  const names = new Set<string>();
  const areClasses = (node: number): boolean =>
    graph.size(node) > 0 && graph.tokens(node).every(id => tokens.get(id).kind === 'class');
  for (const file of files) {
    const { acts } = file.facts;
    for (let i = 0; i < acts.length; i += ACT_WIDTH) {
      if (acts[i] !== Act.Store && acts[i] !== Act.StoreAug) continue;
      const name = stringAt(file, acts[i + 2]!);
      if (others.has(name)) continue;
      (areClasses(valueNode(file, acts[i + 1]!)) ? names : others).add(name);
    }
  }
  for (const name of special) if (!STORED_ON_ALL.has(name)) names.add(name);
  for (const name of others) names.delete(name);
  return names;
}

/** Whether the name of a class is a string somewhere other than in `__all__`. */
function spelledIn(files: readonly WorldFile[]): World['spelled'] {
  let strings: Set<string> | null = null;
  return cls => {
    if (!strings) {
      strings = new Set();
      for (const file of files) {
        const exported = new Set(file.facts.exported);
        for (let v = 0; v < valueCount(file); v++) {
          if (opAt(file, v) !== Op.Str) continue;
          const text = stringAt(file, row(file, v).a);
          // the first one is that in `__all__`
          if (!exported.delete(text)) strings.add(text);
        }
      }
    }
    return strings.has(cls.ref.name);
  };
}

/** A base whose class value flow may know: it is combined as `flow.combined` says. */
const isParameter = (b: Base): boolean => b.kind === 'unknown' && b.because.startsWith('it is a parameter');

/** Bases combined by class statements, and by type() and class factories as far as value flow knows them. */
function combinations(classes: readonly WorldClass[], { flow }: ReturnType<typeof solve>): Combination[] {
  const found: Combination[] = classes
    .filter(c => c.bases.length > 1 && !c.bases.some(isParameter))
    .map(c => ({ name: c.ref.name, at: c.ref.at, bases: c.bases, computed: false }));
  for (const { file, at, name, fixed, open, many } of flow.combined) {
    const place = placeAt(file, at);
    const standing = open.map(node =>
      flow.graph.tokens(node).flatMap((id): Base[] => {
        const token = flow.tokens.get(id);
        return token.kind === 'class' ? [{ kind: 'class', cls: token.cls, at: place }] : [];
      }),
    );
    // one open base: each class that may stand there by itself; several: any of them with any other
    const alternatives = standing.length === 1 && !many ? standing[0]!.map(b => [b]) : [standing.flat()];
    for (const bases of alternatives)
      if (fixed.length + bases.length > 1)
        found.push({ name, at: place, bases: [...fixed, ...bases], computed: true });
  }
  return found;
}

/** Combinations with a base that cannot be seen, by each class that is combined and each above it. */
function withUnseen(combined: readonly Combination[]): ReadonlyMap<WorldClass, readonly Combination[]> {
  const found = new Map<WorldClass, Combination[]>();
  for (const combination of combined) {
    if (!combination.bases.some(b => b.kind === 'unknown')) continue;
    const line = new Set<WorldClass>();
    for (const base of combination.bases)
      if (base.kind === 'class') for (const e of base.cls.mro) if (e.kind === 'class') line.add(e.cls);
    for (const cls of line) addTo(found, cls, combination);
  }
  return found;
}

function blindSpots(files: readonly WorldFile[], unreadable: readonly Unreadable[]): BlindSpot[] {
  const spots: BlindSpot[] = unreadable
    .filter(u => u.module !== '')
    .map(u => ({
      path: u.path,
      at: { path: u.path, offset: 0, line: 1, column: 1 },
      words: new Set(u.words),
      says: 'could not be read',
    }));
  for (const file of files) {
    if (file.facts.errorAt < 0 || file.source.role === 'environment') continue;
    spots.push({
      path: file.source.path,
      at: placeAt(file, file.facts.errorAt),
      words: new Set(file.facts.words),
      says: 'is not Python 3 that can be parsed',
    });
  }
  return spots;
}
