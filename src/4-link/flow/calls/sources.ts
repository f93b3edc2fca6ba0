// Where a value of a function comes from: back through its variables and calls, to parameters or to somewhere else.
import { ACT_WIDTH, Act, ArgKind, Op } from '../../../model/facts.js';
import { addTo } from '../../../model/grouping.js';
import type { WorldFile } from '../../../model/world.js';
import { argumentsOf, listAt, opAt, row, stringAt } from '../../index-file.js';
import { functionKind, isRest } from '../functions.js';
import type { Members } from '../members.js';
import type { Flow } from '../state.js';
import { argumentFor, isSpread } from './arguments.js';
import type { Summary } from './summaries.js';
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

/** Where a value comes from: parameters, and values that come from elsewhere. */
export interface Sources {
  readonly passed: readonly Passed[];
  readonly rest: readonly number[];
}

/** A walk through the values of a function, back to its parameters. */
export interface Walk {
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

const NOWHERE: Sources = { passed: [], rest: [] };

export interface SourceFinder {
  /** Parameters that a value comes from, and the values behind it that come from elsewhere. */
  readonly from: (walk: Walk, value: number) => Sources;
  /** The parameters that a value comes from, or null where it also comes from elsewhere. */
  readonly onlyFrom: (walk: Walk, value: number) => readonly Passed[] | null;
  /** Values of the `return` statements of a function. */
  readonly returnsOf: (file: WorldFile, fn: number) => readonly number[];
  /** The wrapper that hands its arguments on by a call value, where all who hold it hold what it wraps, too; else null. */
  readonly handingOn: (file: WorldFile, call: number) => Wrapper | null;
  /** Whether what a call in a `return` statement gives, at a node, is followed from the callers of that function. */
  readonly isFollowed: (node: number) => boolean;
}

/** @param of what other functions give back */
export function newSourceFinder(
  flow: Flow,
  members: Members,
  wrappers: Wrappers,
  of: (file: WorldFile, fn: number) => Summary | null,
): SourceFinder {
  const returns = new Map<number, ReadonlyMap<number, readonly number[]>>();
  const followed = new Set<number>();

  const returnsOf: SourceFinder['returnsOf'] = (file, fn) => {
    let inFile = returns.get(file.index);
    if (!inFile) returns.set(file.index, (inFile = returnsIn(file)));
    return inFile.get(fn) ?? [];
  };

  const handingOn: SourceFinder['handingOn'] = (file, call) => {
    const wrapper = wrappers.handingOn(file, call);
    return wrapper && of(file, wrapper.around)?.wrappers.includes(wrapper.fn) ? wrapper : null;
  };

  const from: SourceFinder['from'] = (walk, value) => {
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

  const onlyFrom: SourceFinder['onlyFrom'] = (walk, value) => {
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
    if (returnsOf(file, walk.fn).includes(call)) followed.add(flow.valueNode(file, call));
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

  /** Whether a class of the family of `number` makes its instances itself: a call of it may then give anything. */
  const hasOwnNew = (file: WorldFile, number: number): boolean =>
    number >= 0 && members.lookup(flow.classesOf(file)[number]!, '__new__').length > 0;

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

  return { from, onlyFrom, returnsOf, handingOn, isFollowed: node => followed.has(node) };
}

/** Values of the `return` statements of each function of a file. */
function returnsIn({ facts: { acts } }: WorldFile): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    if (acts[i] === Act.Return) addTo(found, acts[i + 1]!, acts[i + 2]!);
  return found;
}

const union = (parts: readonly Sources[]): Sources => ({
  passed: parts.flatMap(p => p.passed),
  rest: parts.flatMap(p => p.rest),
});
