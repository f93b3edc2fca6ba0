// What a method that makes an instance does with it, step by step: it calls other methods, lets others see it, ends.
import type { FunctionFact } from '../../model/definitions.js';
import { ACT_WIDTH, Act, lineAndColumn, Op } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { WorldFile } from '../../model/world.js';
import type { Members } from '../flow/members.js';
import { opAt, operandsOf, returnsOf, row, stringAt, valueCount } from '../index-file.js';

/** A step; `at` is its UTF-16 offset, `isAlone` says that it is a statement of its own right in the body of the method. */
export type MakingStep = { readonly at: number; readonly isAlone: boolean } & (
  | { readonly kind: 'own'; readonly name: string }
  | { readonly kind: 'above' | 'seen' | 'return' }
);

export interface MakingSteps {
  /** The steps of a method, in the order of the text. */
  readonly of: (file: WorldFile, fn: FunctionFact) => readonly MakingStep[];
}

export function newMakingSteps(members: Members): MakingSteps {
  const known = new Map<WorldFile, ReadonlyMap<FunctionFact, readonly MakingStep[]>>();

  const isMethod = (name: string): boolean =>
    [...members.declaring(name)].some(cls => cls.members.get(name)?.kind === 'function');

  const stepsIn = (file: WorldFile): ReadonlyMap<FunctionFact, readonly MakingStep[]> => {
    const { acts, functions } = file.facts;
    const steps = new Map<FunctionFact, MakingStep[]>();
    const firsts = new Map<number, FunctionFact>();
    const instances = new Map<number, FunctionFact>();
    functions.forEach((fn, number) => {
      const [first] = fn.parameters;
      if (fn.cls < 0 || !first) return;
      firsts.set(first.variable, fn);
      const instance = fn.name === '__new__' ? returnedBy(file, number) : first.variable;
      if (instance >= 0) instances.set(instance, fn);
      else addTo(steps, fn, { kind: 'seen', at: fn.at, isAlone: false });
    });
    const holder = (value: number): FunctionFact | undefined =>
      value >= 0 && opAt(file, value) === Op.Var ? instances.get(row(file, value).a) : undefined;
    const isAlone = (at: number, fn: FunctionFact): boolean => isInBody(file, at, fn);
    const seen = (fn: FunctionFact | undefined, at: number): void => {
      if (fn) addTo(steps, fn, { kind: 'seen', at, isAlone: false });
    };

    const called = new Set<number>();
    for (let value = 0; value < valueCount(file); value++) {
      const { op, a, at } = row(file, value);
      if (op !== Op.Call || opAt(file, a) !== Op.Attr) continue;
      const { a: base, b } = row(file, a);
      const name = stringAt(file, b);
      const own = holder(base);
      if (own && isMethod(name)) {
        called.add(a);
        addTo(steps, own, { kind: 'own', name, at, isAlone: isAlone(at, own) });
      }
      if (opAt(file, base) !== Op.Super) continue;
      const fn = firsts.get(row(file, base).b);
      if (fn?.name === name)
        addTo(steps, fn, { kind: 'above', at, isAlone: name === '__new__' || isAlone(at, fn) });
      // another method above may do anything
      else seen(fn, at);
    }
    for (let value = 0; value < valueCount(file); value++) {
      const { op, a, b, at } = row(file, value);
      if (op !== Op.Attr) for (const part of operandsOf(file, value)) seen(holder(part), at);
      else if (!called.has(value) && isMethod(stringAt(file, b))) seen(holder(a), at);
    }
    for (let i = 0; i < acts.length; i += ACT_WIDTH) {
      const at = acts[i + 4]!;
      if (acts[i] === Act.Return) {
        const fn = functions[acts[i + 1]!]!;
        if (fn.cls >= 0) addTo(steps, fn, { kind: 'return', at, isAlone: false });
        if (fn.name !== '__new__') seen(holder(acts[i + 2]!), at);
        continue;
      }
      const given = acts[i] === Act.Store || acts[i] === Act.StoreItem ? acts[i + 3]! : acts[i + 2]!;
      if (HANDING.has(acts[i]!)) seen(holder(given), at);
    }
    for (const list of steps.values()) list.sort((one, other) => one.at - other.at);
    return steps;
  };

  return {
    of(file, fn) {
      let steps = known.get(file);
      if (!steps) known.set(file, (steps = stepsIn(file)));
      return steps.get(fn) ?? [];
    },
  };
}

/** Whether what begins at an offset begins a statement right in the body of a function. */
export const isInBody = (file: WorldFile, at: number, fn: FunctionFact): boolean =>
  isIndentedLike(file, at, fn.body);

/** Whether what begins at an offset of a block is indented like the statements of the block, one of which begins at `like`:
 *  then it begins one itself (reference 2.1.8). */
export const isIndentedLike = ({ facts: { lineStarts } }: WorldFile, at: number, like: number): boolean =>
  lineAndColumn(lineStarts, at).column === lineAndColumn(lineStarts, like).column;

const HANDING: ReadonlySet<Act> = new Set([Act.Bind, Act.Store, Act.StoreItem, Act.Yield]);

/** The variable that a function returns, where it is always the same; else -1. */
function returnedBy(file: WorldFile, fn: number): number {
  const variables = new Set(
    returnsOf(file, fn).map(value => (opAt(file, value) === Op.Var ? row(file, value).a : -1)),
  );
  const [only, ...others] = variables;
  return only === undefined || others.length ? -1 : only;
}
