// What the program does with instances and classes that `__slots__` may change: a walk over every value and act
// once value flow is known.
import { ACT_WIDTH, Act, Op, VALUE_WIDTH } from '../model/facts.js';
import type { WorldFile } from '../model/world.js';
import { newCallsBehind } from './findings/calls-behind.js';
import { asksClassChanges, newClassChanges } from './findings/class-changes.js';
import { asksCopies, newCopies } from './findings/copies.js';
import { newErrorTexts } from './findings/error-texts.js';
import { newHandedOn } from './findings/handed-on.js';
import { asksLibraryKeepers, newLibraryKeepers } from './findings/library-keepers.js';
import { newLibraryRoles } from './findings/library-roles.js';
import { newMadeBefore } from './findings/made-before.js';
import { asksMaking, newMaking } from './findings/making.js';
import { newManaged } from './findings/managed.js';
import { newMetaclasses } from './findings/metaclasses.js';
import { newMockSpecs } from './findings/mock-specs.js';
import { type Notes, newNotes } from './findings/notes.js';
import { newReducers } from './findings/reducers.js';
import { asksReflection, newReflection } from './findings/reflection.js';
import { asksRunText, newRunText } from './findings/run-text.js';
import { newRuntimeProtocols } from './findings/runtime-protocols.js';
import { newSetters } from './findings/setters.js';
import { type Finder, newSight } from './findings/sight.js';
import { asksStatesTaken, newStatesTaken } from './findings/states-taken.js';
import { asksStores, newStores } from './findings/stores.js';
import { newSubclassHooks } from './findings/subclass-hooks.js';
import { newTestPatches } from './findings/test-patches.js';
import { newUnseenDescriptors } from './findings/unseen-descriptors.js';
import { asksWeakReferences, newWeakReferences } from './findings/weak-references.js';
import type { Belief } from './flow/belief.js';
import type { Solved } from './flow/solve.js';
import type { StoreSite } from './flow/state.js';
import type { Token } from './flow/tokens.js';
import { argumentsOf, isToFail, stringAt, valueCount } from './index-file.js';

/** What is looked at where it is called or read; functions that are handed on are among that. */
const ASKS = [
  asksClassChanges,
  asksCopies,
  asksLibraryKeepers,
  asksMaking,
  asksReflection,
  asksRunText,
  asksStatesTaken,
  asksStores,
  asksWeakReferences,
  (token: Token): boolean => token.kind === 'partial',
];

const STORES: ReadonlySet<Act> = new Set([Act.Store, Act.StoreAug, Act.StoreDel, Act.AnnotateAttr]);

/** What finders do with each kind of thing that they are shown, in their order. */
interface Shares {
  readonly reads: readonly NonNullable<Finder['read']>[];
  readonly calls: readonly NonNullable<Finder['call']>[];
  readonly stores: readonly NonNullable<Finder['store']>[];
}

const inShares = (finders: readonly Finder[]): Shares => ({
  reads: finders.flatMap(f => f.read ?? []),
  calls: finders.flatMap(f => f.call ?? []),
  stores: finders.flatMap(f => f.store ?? []),
});

/** Everything found. `kept`: every name that instances of some class of the world keep; `doubted`: stores
 *  that the classes they seem to be on need not get. */
export function findAll(
  solved: Solved,
  live: readonly WorldFile[],
  belief: Belief,
  kept: ReadonlySet<string>,
  doubted: readonly StoreSite[],
): Notes['of'] {
  const notes = newNotes(solved.flow.classes.length);
  const sight = newSight(solved, live, belief, token => ASKS.some(asks => asks(token)), notes);
  const behind = newCallsBehind(sight);
  // of two findings of a kind at one place the first one's words stay
  const finders: readonly Finder[] = [
    newMaking(sight),
    newWeakReferences(sight),
    newStores(sight, kept, doubted),
    newSetters(sight),
    newTestPatches(sight),
    newMockSpecs(sight, kept),
    newRunText(sight),
    newCopies(sight),
    newManaged(sight),
    newReducers(sight),
    newReflection(sight, kept),
    newStatesTaken(sight),
    newClassChanges(sight),
    newErrorTexts(sight, kept),
    newRuntimeProtocols(sight),
    newMadeBefore(sight),
    newHandedOn(sight, behind),
    newMetaclasses(sight),
    newSubclassHooks(sight),
    newLibraryRoles(sight),
    newLibraryKeepers(sight),
    newUnseenDescriptors(sight),
  ];

  const minding = finders.filter(finder => finder.mindsFailing);
  const [all, failing] = [inShares(finders), inShares(minding)];
  const shownAt = (file: WorldFile, at: number): Shares => (isToFail(file, at) ? failing : all);

  for (const file of live) {
    const { values, acts } = file.facts;
    const count = valueCount(file);
    for (let v = 0; v < count; v++) {
      const i = v * VALUE_WIDTH;
      const op = values[i]! as Op;
      const at = values[i + 3]!;
      if (op === Op.Attr) {
        const read = { file, value: v, base: values[i + 1]!, name: stringAt(file, values[i + 2]!), at };
        for (const see of shownAt(file, at).reads) see(read);
      } else if (op === Op.Call) {
        const callee = values[i + 1]!;
        const called = sight.asked(file, callee);
        const call = { file, call: v, callee, called, args: argumentsOf(file, v), at };
        const { calls } = shownAt(file, at);
        for (const see of calls) see(call);
        for (const each of behind.of(call)) for (const see of calls) see(each);
      }
    }
    for (let i = 0; i < acts.length; i += ACT_WIDTH) {
      const kind = acts[i]! as Act;
      if (!STORES.has(kind) && (kind !== Act.TextStore || !solved.flow.runningTexts.size)) continue;
      const attr = stringAt(file, acts[i + 2]!);
      const annotates = kind === Act.AnnotateAttr;
      const store = { file, receiver: acts[i + 1]!, attr, value: acts[i + 3]!, at: acts[i + 4]!, annotates };
      for (const see of shownAt(file, store.at).stores) see(store);
    }
  }
  for (const finder of finders) finder.end?.();
  return notes.of;
}
