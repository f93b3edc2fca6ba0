// Functions that say how instances are pickled, and whether they give a state besides what makes the object anew.
import { ACT_WIDTH, Act, ConstKind, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { listAt, opAt, row, stringAt } from '../index-file.js';
import type { Meaning } from '../resolve.js';
import type { Call, Finder, Sight } from './sight.js';

/** Methods that pickle and copy ask for a reduction. */
export const REDUCERS: readonly string[] = ['__reduce__', '__reduce_ex__'];

/** How deep a chain of names and calls is followed to what a reducer gives back. */
const DEEPEST = 4;

/** Whether a function hands on what object itself gives: `return super().__reduce__()`. */
const HANDS_ON: ReadonlySet<string> = new Set(REDUCERS);

/** Finds classes whose reducer gives a state, third of what it returns: pickle and copy put a state of names into the
 *  `__dict__` of the object that was made anew (https://docs.python.org/3/library/pickle.html#object.__reduce__). */
export function newReducers({ solved: { flow }, live, note }: Sight): Finder {
  const { resolver } = flow;

  /** Whether what a reducer returns may hold a state for the `__dict__`; a state of slots alone is no such. */
  const mayHoldState = (file: WorldFile, value: number, depth: number): boolean => {
    if (depth > DEEPEST) return true;
    const { op, a, b } = row(file, value);
    switch (op) {
      case Op.Str:
      case Op.Text:
      case Op.Const:
        return false;
      case Op.Join:
        return [...listAt(file, b)].some(part => mayHoldState(file, part, depth + 1));
      case Op.Tuple:
        return isStateful(file, [...listAt(file, b)]);
      case Op.Call: {
        if (opAt(file, a) === Op.Attr && HANDS_ON.has(stringAt(file, row(file, a).b))) return false;
        return resolver.value(file, a).some(m => mayGiveState(m, depth + 1));
      }
      case Op.Attr:
      case Op.Var:
        return resolver
          .value(file, value)
          .some(
            m => m.kind !== 'external' && (m.kind !== 'value' || mayHoldState(m.file, m.value, depth + 1)),
          );
      default:
        return true;
    }
  };

  /** The same for the items of a tuple. */
  const isStateful = (file: WorldFile, items: readonly number[]): boolean => {
    if (items.some(item => item < 0)) return true;
    const state = items[2];
    if (state === undefined || isNone(file, state)) return false;
    if (opAt(file, state) !== Op.Tuple) return true;
    const parts = listAt(file, row(file, state).b);
    return !(parts.length === 2 && parts[0]! >= 0 && isNone(file, parts[0]!));
  };

  const isNone = (file: WorldFile, value: number): boolean => {
    const r = row(file, value);
    return r.op === Op.Const && r.a === ConstKind.None;
  };

  /** The same for what a function returns. */
  const mayGiveState = (m: Meaning, depth: number): boolean => {
    if (m.kind !== 'function') return m.kind !== 'external';
    const { acts } = m.file.facts;
    for (let i = 0; i < acts.length; i += ACT_WIDTH)
      if (acts[i] === Act.Return && acts[i + 1] === m.number && mayHoldState(m.file, acts[i + 2]!, depth))
        return true;
    return false;
  };

  const givenReducer = (file: WorldFile, of: number, reducer: number, at: number): void => {
    if (!resolver.value(file, reducer).some(m => mayGiveState(m, 0))) return;
    for (const m of resolver.value(file, of))
      if (m.kind === 'class')
        note('reducer-state', flow.classOf(m), file, at, 'gives it a reducer with a state');
  };

  const ownReducer = (cls: WorldClass): void => {
    for (const name of REDUCERS) {
      const member = cls.members.get(name);
      if (member?.kind !== 'function') continue;
      const { file } = cls;
      if (mayGiveState({ kind: 'function', file, number: row(file, member.value).a }, 0))
        note('reducer-state', cls, file, member.at, `${name} gives a state, which is put into __dict__`);
    }
  };

  const call = ({ file, called, args: [first, second], at }: Call): void => {
    if (first && second && called.some(t => t.kind === 'external' && t.dotted === 'copyreg.pickle'))
      givenReducer(file, first.value, second.value, at);
  };

  const end = (): void => {
    flow.classes.forEach(ownReducer);
    for (const file of live) {
      const { acts, imports } = file.facts;
      if (!imports.some(i => i.module === 'copyreg')) continue;
      for (let i = 0; i < acts.length; i += ACT_WIDTH)
        if (acts[i] === Act.StoreItem && isDispatchTable(file, acts[i + 1]!))
          givenReducer(file, acts[i + 2]!, acts[i + 3]!, acts[i + 4]!);
    }
  };
  const isDispatchTable = (file: WorldFile, value: number): boolean =>
    resolver.value(file, value).some(m => m.kind === 'external' && m.dotted === 'copyreg.dispatch_table');

  return { call, end };
}
