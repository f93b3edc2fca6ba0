// What a function gives back of what it is given: `return self`, `return cls(...)`, `return arg`. Such results are
// followed from each call to its own arguments instead of through one node for all calls.
import { Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { opAt, row } from '../../index-file.js';
import { annotate } from '../annotations.js';
import type { Members } from '../members.js';
import type { Flow } from '../state.js';
import { type Condition, type Conditional, newConditionsAt } from './conditional.js';
import { alternatives, type Listed, partsOf } from './listed.js';
import { newSourceFinder, type Passed, type SourceFinder, type Walk } from './sources.js';
import type { Wrappers } from './wrappers.js';

export interface Summary {
  readonly passed: readonly (Passed & Pick<Conditional, 'conditions'>)[];
  readonly listed: readonly Listed[];
  /** Values of `return` statements that are not covered by `passed`. */
  readonly rest: readonly number[];
  /** Those that come back only where a parameter is given, or is not. */
  readonly conditional: readonly Conditional[];
  /** Functions in it that leave it together with the parameter they wrap. */
  readonly wrappers: readonly number[];
}

export interface Summaries extends Pick<SourceFinder, 'handingOn' | 'isFollowed'> {
  /** Null for a function whose results are not followed apart: a generator, one whose result is annotated. */
  readonly of: (file: WorldFile, fn: number) => Summary | null;
}

/** Functions that give back what others give back: longer chains tell nothing. */
const LONGEST = 100;

export function newSummaries(flow: Flow, members: Members, wrappers: Wrappers): Summaries {
  const known = new Map<number, Summary | null>();
  const conditionsAt = newConditionsAt(flow.resolver);
  let reading = 0;

  const of = (file: WorldFile, fn: number): Summary | null => {
    const key = flow.returnNode(file, fn);
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    if (reading >= LONGEST) return null;
    // a function that is met again while it is being read tells nothing
    known.set(key, null);
    reading++;
    const summary = summarise(file, fn);
    reading--;
    known.set(key, summary);
    return summary;
  };

  const { from, onlyFrom, returnsOf, handingOn, isFollowed } = newSourceFinder(flow, members, wrappers, of);

  const summarise = (file: WorldFile, fn: number): Summary | null => {
    const fact = file.facts.functions[fn]!;
    if (fact.isGenerator || fact.isAsync || !fact.parameters.length) return null;
    const givesClass = isSomeType(file, fact.returns);
    const passed = new Map<string, Summary['passed'][number]>();
    const add = (p: Passed, conditions: readonly Condition[]): void => {
      const key = `${p.parameter} ${p.as} ${p.lets} ${p.tested}`;
      // what comes back in several ways is not told apart by them
      passed.set(key, { ...p, conditions: passed.has(key) ? [] : conditions });
    };
    const rest: number[] = [];
    const conditional: Conditional[] = [];
    const listed: Listed[] = [];
    const wrapping = new Set<number>();
    let isHandedOn = false;
    for (const value of returnsOf(file, fn).flatMap(v => alternatives(file, v))) {
      const list = listedBy({ file, fn, seen: new Set(), wrappers: wrapping, depth: 0 }, value);
      if (list) {
        listed.push(list);
        continue;
      }
      const sources = from({ file, fn, seen: new Set(), wrappers: wrapping, depth: 0 }, value);
      const op = opAt(file, value);
      const conditions = conditionsAt(file, fn, value);
      if (conditions.length) conditional.push(...sources.rest.map(v => ({ value: v, conditions })));
      else rest.push(...sources.rest);
      isHandedOn ||= !sources.passed.length && !sources.rest.length;
      for (const p of sources.passed) {
        const { annotation } = fact.parameters[p.parameter]!;
        const isClass = p.as === 'same' && (givesClass || isSomeType(file, annotation));
        if (p.lets === 'functions') add(p, conditions);
        else if (isDeclared(file, annotation)) rest.push(value);
        else {
          const isTested = p.as === 'same' && (op === Op.Narrow || op === Op.Exclude);
          add({ ...p, lets: isClass ? 'classes' : p.lets, tested: isTested ? value : -1 }, conditions);
        }
      }
    }
    const isWrapping = [...passed.values()].every(p => p.lets === 'functions');
    const isWrapper = (v: number): boolean => opAt(file, v) === Op.Func && wrapping.has(row(file, v).a);
    const others = [...rest, ...conditional.map(c => c.value)];
    if (isDeclared(file, fact.returns) && (!wrapping.size || !isWrapping || !others.every(isWrapper)))
      return null;
    return passed.size || listed.length || conditional.length || isHandedOn
      ? { passed: [...passed.values()], listed, rest, conditional, wrappers: [...wrapping] }
      : null;
  };

  /** What a value is a new container of, where that is parameters alone. */
  const listedBy = (walk: Walk, value: number): Listed | null => {
    const { file, fn } = walk;
    const { parameters } = file.facts.functions[fn]!;
    const parts = partsOf(flow, file, fn, value);
    const given = parts.map(p => onlyFrom({ ...walk, seen: new Set() }, p));
    const isPlain = (p: Passed): boolean =>
      p.as === 'same' && p.lets === 'all' && !isDeclared(file, parameters[p.parameter]!.annotation);
    return given.length && given.every(g => g?.length && g.every(isPlain))
      ? { value, parts: given.map((g, i) => ({ value: parts[i]!, parameters: g!.map(p => p.parameter) })) }
      : null;
  };

  /** An annotation that says all there is to say keeps other values out, which this would go around. */
  const isDeclared = (file: WorldFile, annotation: number): boolean =>
    annotation >= 0 &&
    !isSomeType(file, annotation) &&
    annotate(flow, file, annotation, flow.graph.node()) === 'closed';

  /** `type[T]` with a variable: a class, but only the call tells which. */
  const isSomeType = (file: WorldFile, annotation: number): boolean =>
    annotation >= 0 &&
    flow.resolver.value(file, annotation).every(m => {
      if (m.kind !== 'subscript' || m.base.kind !== 'external') return false;
      if (!/^(typing(_extensions)?\.Type|builtins\.type)$/.test(m.base.dotted)) return false;
      return flow.resolver
        .value(m.file, m.index)
        .every(of => of.kind === 'value' && opAt(of.file, of.value) === Op.Call);
    });

  return { of, handingOn, isFollowed };
}
