// What the finders share: what stands at a value, and where they note what the program does with it.
import { addTo } from '../../model/grouping.js';
import type { Finding, FindingKind, WorldClass, WorldFile } from '../../model/world.js';
import type { Belief } from '../flow/belief.js';
import { type Nearby, type NearbyOf, newNearbyOf } from '../flow/nearby.js';
import type { Solved } from '../flow/solve.js';
import type { Token } from '../flow/tokens.js';
import { type Argument, placeAt } from '../index-file.js';
import { type DeepClasses, newDeepClasses } from './deep-classes.js';
import { type Guesses, newGuesses } from './guesses.js';
import { newSlotAware, type SlotAware } from './slot-aware.js';
import { newUnsetSlots, type UnsetSlots } from './unset-slots.js';

/** A call in a file; `at` is its offset. */
export interface Call {
  readonly file: WorldFile;
  /** The call itself. */
  readonly call: number;
  /** The value that is called, and of what may stand there all that some finder asks for. */
  readonly callee: number;
  readonly called: readonly Token[];
  readonly args: readonly Argument[];
  readonly at: number;
}

/** `base.name` where it is read. */
export interface Read {
  readonly file: WorldFile;
  /** The read itself. */
  readonly value: number;
  readonly base: number;
  readonly name: string;
  readonly at: number;
}

/** `receiver.attr` where it is bound, deleted or annotated; `value` is -1 where nothing is bound. */
export interface Store {
  readonly file: WorldFile;
  readonly receiver: number;
  readonly attr: string;
  readonly value: number;
  readonly at: number;
  readonly annotates: boolean;
}

/** Looks for one family of findings; it is shown all that the files do, and notes what concerns it. */
export interface Finder {
  readonly read?: (read: Read) => void;
  readonly call?: (call: Call) => void;
  readonly store?: (store: Store) => void;
  /** It is also shown what is expected to fail: with slots that may go well. */
  readonly mindsFailing?: boolean;
  /** What value flow has already seen: called once, at the end. */
  readonly end?: () => void;
}

/** A finding, where it is, and the classes that something of its kind has been noted for there. */
interface NotedAt {
  readonly file: WorldFile;
  readonly at: number;
  readonly finding: Finding;
  readonly classes: Set<WorldClass>;
}

type Note = (
  kind: FindingKind,
  cls: WorldClass,
  file: WorldFile,
  at: number,
  says: string,
  attr?: string | null,
  certain?: boolean,
) => void;

export interface Sight {
  readonly solved: Solved;
  readonly live: readonly WorldFile[];
  readonly belief: Belief;
  readonly guesses: Guesses;
  readonly slotAware: SlotAware;
  readonly unset: UnsetSlots;
  readonly tokensOf: (file: WorldFile, value: number) => Token[];
  /** Those of them that some finder asks for where they are called or read. */
  readonly asked: (file: WorldFile, value: number) => Token[];
  /** Finds others than those. */
  readonly nearbyOf: NearbyOf;
  /** Classes of the instances at a node. */
  readonly instancesAt: (node: number) => readonly WorldClass[];
  /** Tokens of a node, of what containers in it hold, and so on. */
  readonly deepTokens: (node: number) => Iterable<Token>;
  /** Classes of the instances among these. */
  readonly deepClasses: DeepClasses;
  /** Classes that stand at a value themselves, not their instances. */
  readonly classesAt: (file: WorldFile, value: number) => WorldClass[];
  /** Notes a finding; the second of a kind at one place for one class and attribute is dropped. */
  readonly note: Note;
  /** Notes a finding for every class that may stand at a receiver and that it concerns, the guessed ones as
   *  uncertain. */
  readonly onReceiver: (
    kind: FindingKind,
    file: WorldFile,
    receiver: number,
    at: number,
    says: string,
    attr?: string | null,
    concerns?: (cls: WorldClass) => boolean,
  ) => void;
  /** Notes a finding for every class that stands at a value itself. */
  readonly onClass: (
    kind: FindingKind,
    file: WorldFile,
    value: number,
    at: number,
    says: string,
    attr?: string | null,
  ) => void;
}

/** What is noted, by kind and class. */
export type Noted = Map<FindingKind, Map<WorldClass, Finding[]>>;

/** The view of a solved world; what is noted through it goes into `noted`. `asks`: whether some finder asks for a token
 *  where it is called or read. */
export function newSight(
  solved: Solved,
  live: readonly WorldFile[],
  belief: Belief,
  asks: (token: Token) => boolean,
  noted: Noted,
): Sight {
  const { flow } = solved;
  const { tokens } = flow;
  const sites = new Map<string, Set<WorldClass>>();
  /** Where the last finding was noted: a site often concerns many classes, which then share what is said of it. */
  let last: NotedAt | null = null;
  const guesses = newGuesses(solved, live, belief);
  const nearbyOf = newNearbyOf(flow, belief);
  const nearby: Nearby = nearbyOf(asks);

  const note: Note = (kind, cls, file, at, says, attr = null, certain = true) => {
    if (!last || !isAt(last, kind, file, at, says, attr, certain)) {
      const key = `${kind}:${file.index}:${at}:${attr ?? ''}`;
      const classes = sites.get(key) ?? new Set();
      sites.set(key, classes);
      const evidence = { at: placeAt(file, at), says };
      last = { file, at, classes, finding: { kind, attr, certain, evidence } };
    }
    if (last.classes.has(cls)) return;
    last.classes.add(cls);
    let ofKind = noted.get(kind);
    if (!ofKind) noted.set(kind, (ofKind = new Map()));
    addTo(ofKind, cls, last.finding);
  };
  const isAt = (
    site: NotedAt,
    kind: FindingKind,
    file: WorldFile,
    at: number,
    says: string,
    attr: string | null,
    certain: boolean,
  ): boolean =>
    site.at === at &&
    site.file === file &&
    site.finding.kind === kind &&
    site.finding.attr === attr &&
    site.finding.certain === certain &&
    site.finding.evidence.says === says;

  const tokensOf = (file: WorldFile, value: number): Token[] =>
    [...belief.tokens(flow.valueNode(file, value))].map(id => tokens.get(id));

  const instancesAt: Sight['instancesAt'] = node =>
    flow.graph.tokens(node).flatMap(id => {
      const token = tokens.get(id);
      return token.kind === 'instance' ? [token.cls] : [];
    });

  function* deepTokens(from: number): Generator<Token> {
    const yielded = new Set<number>();
    const visited = new Set<number>([from]);
    for (const node of visited)
      for (const id of belief.tokens(node)) {
        if (yielded.has(id)) continue;
        yielded.add(id);
        const token = tokens.get(id);
        yield token;
        if (token.kind !== 'bag') continue;
        for (const inner of [token.items, token.keys, ...(token.places ?? [])]) visited.add(inner);
      }
  }

  const classesAt = (file: WorldFile, value: number): WorldClass[] =>
    tokensOf(file, value).flatMap(token => (token.kind === 'class' ? [token.cls] : []));

  return {
    solved,
    live,
    belief,
    guesses,
    slotAware: newSlotAware(flow.resolver),
    unset: newUnsetSlots(solved, live),
    tokensOf,
    asked: (file, value) => nearby(flow.valueNode(file, value)).map(tokens.get),
    nearbyOf,
    instancesAt,
    deepTokens,
    deepClasses: newDeepClasses(flow, belief),
    classesAt,
    note,
    onReceiver: (kind, file, receiver, at, says, attr = null, concerns = () => true) => {
      for (const token of tokensOf(file, receiver))
        if ((token.kind === 'instance' || token.kind === 'super') && concerns(token.cls))
          note(kind, token.cls, file, at, says, attr);
      for (const cls of guesses.at(file, receiver))
        if (concerns(cls)) note(kind, cls, file, at, says, attr, false);
    },
    onClass: (kind, file, value, at, says, attr = null) => {
      for (const cls of classesAt(file, value)) note(kind, cls, file, at, says, attr);
    },
  };
}
