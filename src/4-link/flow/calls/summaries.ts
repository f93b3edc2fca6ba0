// What a function gives back of what it is given: `return self`, `return cls(...)`, `return arg`. Such results are
// followed from each call to its own arguments instead of through one node for all calls.
import { ACT_WIDTH, Act, ArgKind, Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { argumentsOf, listAt, opAt, row, stringAt } from '../../index-file.js';
import { annotate } from '../annotations.js';
import { functionKind, isRest } from '../functions.js';
import type { Members } from '../members.js';
import type { Flow } from '../state.js';
import { argumentFor, isSpread } from './arguments.js';
import { type Condition, type Conditional, newConditionsAt } from './conditional.js';
import { alternatives, type Listed, partsOf } from './listed.js';
import { givenBack, type Wrapper, type Wrappers } from './wrappers.js';

/** One parameter that comes back, as it is or as a new object of its class. */
export interface Passed {
  /** Index among the parameters. */
  readonly parameter: number;
  /** `same`: the object, or another of its class. `instance`: an instance of the class that the parameter is. */
  readonly as: 'same' | 'instance';
  /** What comes back: `classes` where annotations let nothing else through (`def registered(cls: type[T]) -> type[T]`),
   *  `functions` for what a wrapper calls. */
  readonly lets: 'all' | 'classes' | 'functions';
  /** Value with the tests that it has passed, or that have failed, before it comes back; -1 where none is known. */
  readonly tested: number;
}

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

export interface Summaries {
  /** Null for a function whose results are not followed apart: a generator, one whose result is annotated. */
  readonly of: (file: WorldFile, fn: number) => Summary | null;
  /** The wrapper that hands its arguments on by a call value, where all who hold it hold what it wraps, too; else null. */
  readonly handingOn: (file: WorldFile, call: number) => Wrapper | null;
  /** Whether what a call in a `return` statement gives, at a node, is followed from the callers of that function. */
  readonly isFollowed: (node: number) => boolean;
}

/** Where a value comes from: parameters, and values that come from elsewhere. */
interface Sources {
  readonly passed: readonly Passed[];
  readonly rest: readonly number[];
}

/** A walk through the values of a function, back to its parameters. */
interface Walk {
  readonly file: WorldFile;
  readonly fn: number;
  /** Variables that have been walked through. */
  readonly seen: Set<number>;
  /** Wrappers that come back. */
  readonly wrappers: Set<number>;
  readonly depth: number;
}

const deeper = (walk: Walk): Walk => ({ ...walk, depth: walk.depth + 1 });

const DEEPEST = 8;

/** Functions that give back what others give back: longer chains tell nothing. */
const LONGEST = 100;

const NOWHERE: Sources = { passed: [], rest: [] };

export function newSummaries(flow: Flow, members: Members, wrappers: Wrappers): Summaries {
  const known = new Map<number, Summary | null>();
  const returns = new Map<number, Map<number, number[]>>();
  const followed = new Set<number>();
  const conditionsAt = newConditionsAt(flow.resolver);
  let reading = 0;

  /** Values of the `return` statements of each function of a file. */
  const returnsOf = (file: WorldFile): Map<number, number[]> => {
    const kept = returns.get(file.index);
    if (kept) return kept;
    const found = new Map<number, number[]>();
    const { acts } = file.facts;
    for (let i = 0; i < acts.length; i += ACT_WIDTH) {
      if (acts[i] !== Act.Return) continue;
      const list = found.get(acts[i + 1]!);
      if (list) list.push(acts[i + 2]!);
      else found.set(acts[i + 1]!, [acts[i + 2]!]);
    }
    returns.set(file.index, found);
    return found;
  };

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

  /** Whether a class of the family of `number` makes its instances itself: a call of it may then give anything. */
  const hasOwnNew = (file: WorldFile, number: number): boolean =>
    number >= 0 && members.lookup(flow.classesOf(file)[number]!, '__new__').length > 0;

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
    for (const value of (returnsOf(file).get(fn) ?? []).flatMap(v => alternatives(file, v))) {
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

  const handingOn: Summaries['handingOn'] = (file, call) => {
    const wrapper = wrappers.handingOn(file, call);
    return wrapper && of(file, wrapper.around)?.wrappers.includes(wrapper.fn) ? wrapper : null;
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

  const from = (walk: Walk, value: number): Sources => {
    const elsewhere: Sources = { passed: [], rest: [value] };
    if (walk.depth > DEEPEST) return elsewhere;
    const r = row(walk.file, value);
    switch (r.op) {
      case Op.Var:
        return fromVariable(walk, r.a) ?? elsewhere;
      case Op.Narrow:
      case Op.Exclude:
        return from(deeper(walk), r.a);
      case Op.Join:
        return union([...listAt(walk.file, r.b)].map(v => from(deeper(walk), v)));
      case Op.Func: {
        const wrapper = wrappers.of(walk.file, r.a);
        if (wrapper?.around !== walk.fn) return elsewhere;
        walk.wrappers.add(wrapper.fn);
        return {
          passed: [{ parameter: wrapper.parameter, as: 'same', lets: 'functions', tested: -1 }],
          rest: [value],
        };
      }
      case Op.Call: {
        // what the wrapped function gives comes from that one
        if (handingOn(walk.file, value)?.fn === walk.fn) return NOWHERE;
        const same = givenBack(flow.resolver, walk.file, value);
        if (same >= 0) return from(deeper(walk), same);
        const passed = fromCall(walk, value);
        return passed ? { passed, rest: [] } : (fromFunction(walk, value) ?? elsewhere);
      }
      default:
        return elsewhere;
    }
  };

  /** The parameters that a value comes from, or null where it also comes from elsewhere. */
  const onlyFrom = (walk: Walk, value: number): readonly Passed[] | null => {
    const { passed, rest } = from(walk, value);
    return rest.length ? null : passed;
  };

  /** Where the values of a variable come from; null where it is not the function's own. */
  const fromVariable = (walk: Walk, variable: number): Sources | null => {
    const { file, fn, seen } = walk;
    if (seen.has(variable)) return NOWHERE;
    seen.add(variable);
    const fact = file.facts.functions[fn]!;
    if (file.facts.variables[variable]!.scope !== fact.scope) return null;
    const parameter = fact.parameters.findIndex(p => p.variable === variable);
    if (parameter >= 0 && isRest(fact.parameters[parameter]!)) return null;
    const binds = flow.resolver.bindings(file).values.get(variable) ?? [];
    if (flow.resolver.bindings(file).imports.has(variable)) return null;
    if (parameter < 0 && !binds.length) return null;
    const given: readonly Passed[] =
      parameter < 0 ? [] : [{ parameter, as: 'same', lets: 'all', tested: -1 }];
    return union([{ passed: given, rest: [] }, ...binds.map(v => from(deeper(walk), v))]);
  };

  /** What a function of the same file gives back of the arguments of a call: `return decorate(f)`. */
  const fromFunction = (walk: Walk, call: number): Sources | null => {
    const { file } = walk;
    const [only, ...others] = flow.resolver.value(file, row(file, call).a);
    if (only?.kind !== 'function' || others.length || only.file !== file) return null;
    const { parameters, cls } = file.facts.functions[only.number]!;
    const summary = of(file, only.number);
    const list = argumentsOf(file, call);
    if (!summary || summary.listed.length || cls >= 0 || isSpread(list)) return null;
    for (const fn of summary.wrappers) walk.wrappers.add(fn);
    if (returnsOf(file).get(walk.fn)?.includes(call)) followed.add(flow.valueNode(file, call));
    return union([
      { passed: [], rest: [...summary.rest, ...summary.conditional.map(c => c.value)] },
      ...summary.passed.map((p): Sources => {
        const given = argumentFor(parameters, 0, p.parameter, list);
        if (!given || p.as !== 'same') return { passed: [], rest: [call] };
        const { passed, rest } = from(deeper(walk), given.value);
        return { passed: passed.map(q => (p.lets === 'functions' ? { ...q, lets: p.lets } : q)), rest };
      }),
    ]);
  };

  /** `type(x)(...)`, `cls(...)`, `cls.__new__(cls)`, `self.method()` where the method gives back its receiver. */
  const fromCall = (walk: Walk, call: number): readonly Passed[] | null => {
    const { file, fn } = walk;
    const callee = row(file, call).a;
    const made = madeBy(walk, callee);
    if (made?.every(p => p.as === 'same' || isClassParameter(file, fn, p.parameter)))
      return hasOwnNew(file, file.facts.functions[fn]!.cls) ? null : made;
    if (opAt(file, callee) !== Op.Attr) return null;
    const base = row(file, callee).a;
    const name = stringAt(file, row(file, callee).b);
    if (name === '__new__') {
      const first = listAt(file, row(file, call).b);
      return first[0] === ArgKind.Positional ? madeBy(walk, first[2]!) : null;
    }
    const receiver = onlyFrom({ ...deeper(walk), seen: new Set(walk.seen) }, base);
    const number = file.facts.functions[fn]!.cls;
    if (!receiver?.length || number < 0 || receiver.some(p => p.parameter !== 0)) return null;
    const found = members.lookup(flow.classesOf(file)[number]!, name);
    const returnsSelf = found.every(
      m =>
        m.fact.kind === 'function' &&
        members.kindOf(m.cls, m.fact) === 'method' &&
        isReceiverOnly(of(m.cls.file, row(m.cls.file, m.fact.value).a)),
    );
    return found.length && returnsSelf ? receiver : null;
  };

  const isReceiverOnly = (summary: Summary | null): boolean =>
    summary !== null &&
    !summary.rest.length &&
    !summary.conditional.length &&
    !summary.listed.length &&
    summary.passed.every(p => p.parameter === 0 && p.as === 'same');

  /** The first parameter of a class method, which is surely a class: any other may be a function as well. */
  const isClassParameter = (file: WorldFile, fn: number, parameter: number): boolean =>
    parameter === 0 &&
    file.facts.functions[fn]!.cls >= 0 &&
    (file.facts.functions[fn]!.name === '__new__' || functionKind(file, fn, flow.resolver) === 'class');

  /** Instances of what stands at a value, when that is the class of a parameter or a class that is one. */
  const madeBy = (walk: Walk, value: number): readonly Passed[] | null => {
    const { file, fn } = walk;
    const r = row(file, value);
    if (r.op === Op.Attr && stringAt(file, r.b) === '__class__') return onlyFrom(deeper(walk), r.a);
    if (r.op === Op.Call) {
      const isType = flow.resolver
        .value(file, r.a)
        .every(m => m.kind === 'external' && m.dotted === 'builtins.type');
      const args = listAt(file, r.b);
      return isType && args.length === 3 ? onlyFrom(deeper(walk), args[2]!) : null;
    }
    if (r.op !== Op.Var) return null;
    const fact = file.facts.functions[fn]!;
    const parameter = fact.parameters.findIndex(p => p.variable === r.a);
    const binds = flow.resolver.bindings(file).values.get(r.a) ?? [];
    if (parameter >= 0) return binds.length ? null : [{ parameter, as: 'instance', lets: 'all', tested: -1 }];
    const [only] = binds;
    // `cls = self.__class__` before `cls.__new__(cls)`
    return binds.length === 1 && only !== undefined && walk.depth < DEEPEST && opAt(file, only) !== Op.Var
      ? madeBy(deeper(walk), only)
      : null;
  };

  return { of, handingOn, isFollowed: node => followed.has(node) };
}

const union = (parts: readonly Sources[]): Sources => ({
  passed: parts.flatMap(p => p.passed),
  rest: parts.flatMap(p => p.rest),
});
