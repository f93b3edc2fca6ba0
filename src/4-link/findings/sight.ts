// What the finders share: what stands at a value, and where they note what the program does with it.
import type { Finding, FindingKind, WorldClass, WorldFile } from '../../model/world.js';
import type { Belief } from '../flow/belief.js';
import { type Nearby, type NearbyOf, newNearbyOf } from '../flow/nearby.js';
import type { Solved } from '../flow/solve.js';
import type { Token } from '../flow/tokens.js';
import { type Argument, placeAt } from '../index-file.js';
import { type DeepClasses, newDeepClasses } from './deep-classes.js';
import { type Guesses, newGuesses } from './guesses.js';
import type { Notes, Place } from './notes.js';
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

/** What is said at a place, and the finding once some class has been new there. */
interface Said {
  readonly place: Place;
  readonly file: WorldFile;
  readonly at: number;
  readonly says: string;
  readonly certain: boolean;
  finding: Finding | null;
}

type NoteOf<Concerned> = (
  kind: FindingKind,
  concerned: Concerned,
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
  readonly note: NoteOf<WorldClass>;
  /** The same for many classes, each of which is among them once. */
  readonly noteAll: NoteOf<readonly WorldClass[]>;
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

/** The view of a solved world; what is noted through it goes into `notes`. `asks`: whether some finder asks for a token
 *  where it is called or read. */
export function newSight(
  solved: Solved,
  live: readonly WorldFile[],
  belief: Belief,
  asks: (token: Token) => boolean,
  notes: Notes,
): Sight {
  const { flow } = solved;
  const { tokens } = flow;
  const places = new Map<string, Place>();
  /** What was said last: often it concerns many classes, which then share the finding. */
  let last: Said | null = null;
  const guesses = newGuesses(solved, live, belief);
  const nearbyOf = newNearbyOf(flow, belief);
  const nearby: Nearby = nearbyOf(asks);

  const said = (
    kind: FindingKind,
    file: WorldFile,
    at: number,
    says: string,
    attr: string | null,
    certain: boolean,
  ): Said => {
    if (last?.at === at && last.file === file && last.certain === certain && last.says === says)
      if (last.place.kind === kind && last.place.attr === attr) return last;
    const key = `${kind}:${file.index}:${at}:${attr ?? ''}`;
    let place = places.get(key);
    if (!place) places.set(key, (place = notes.place(kind, attr)));
    return (last = { place, file, at, says, certain, finding: null });
  };
  const findingOf = (what: Said): Finding =>
    (what.finding ??= notes.finding(what.place, what.certain, {
      at: placeAt(what.file, what.at),
      says: what.says,
    }));
  const note: Sight['note'] = (kind, cls, file, at, says, attr = null, certain = true) => {
    const what = said(kind, file, at, says, attr, certain);
    if (notes.isNew(what.place, cls)) notes.note(what.place, cls, findingOf(what));
  };
  const noteAll: Sight['noteAll'] = (kind, classes, file, at, says, attr = null, certain = true) => {
    if (classes.length === 0) return;
    const what = said(kind, file, at, says, attr, certain);
    notes.noteAll(what.place, classes, () => findingOf(what));
  };

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
    noteAll,
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
