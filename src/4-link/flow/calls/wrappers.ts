// Functions that call another one with just what they are called with: `def wrapper(*args, **kwargs): return
// f(*args, **kwargs)` inside of `def decorator(f)`. Whoever holds such a wrapper is taken to hold what it wraps, too, so
// that each call reaches the one function it means, and not all those that the decorator was ever given.
import type { ParameterFact } from '../../../model/definitions.js';
import { ACT_WIDTH, Act, ArgKind, Op } from '../../../model/facts.js';
import { addTo } from '../../../model/grouping.js';
import type { WorldFile } from '../../../model/world.js';
import { argumentsOf, opAt, operandsOf, row, stringAt, valueCount, written } from '../../index-file.js';
import type { Resolver } from '../../resolve.js';
import { decoratorNames, functionKind, isTransparent } from '../functions.js';
import type { Flow } from '../state.js';

/** A function inside of another one, one of whose parameters it calls. */
export interface Wrapper {
  readonly file: WorldFile;
  readonly fn: number;
  /** The function that it stands in, and the parameter of that one which it calls. */
  readonly around: number;
  readonly parameter: number;
  /** Calls of the parameter with all that the function itself is called with. */
  readonly calls: number[];
}

export interface Wrappers {
  /** What is known of a function as a wrapper, or null for any other. */
  readonly of: (file: WorldFile, fn: number) => Wrapper | null;
  /** The wrapper that hands its own arguments on by a call value, or null. */
  readonly handingOn: (file: WorldFile, call: number) => Wrapper | null;
  /** Some call gives a wrapper an argument under a name that what it wraps need not know it by. */
  readonly open: (file: WorldFile, fn: number) => void;
  /** Does something once a wrapper is opened. */
  readonly whenOpen: (wrapper: Wrapper, act: () => void) => void;
}

/** Methods of a mapping that put nothing into it. */
const READS_MAPPING: ReadonlySet<string> = new Set('get pop keys values items copy'.split(' '));
/** Builtins that keep what they are given as it is. */
const READS = /^builtins\.(str|repr|len|bool|dict|list|tuple|set|frozenset|sorted|any|all|iter|enumerate)$/;

/** Place of the argument that a call gives back as it is. */
const GIVES_BACK: ReadonlyMap<string, number> = new Map([
  ...['enum.unique', 'functools.total_ordering', 'functools.update_wrapper'].map(name => [name, 0] as const),
  ...['typing', 'typing_extensions'].flatMap(module => [
    [`${module}.cast`, 1] as const,
    ...['final', 'no_type_check', 'runtime_checkable'].map(name => [`${module}.${name}`, 0] as const),
  ]),
]);

export function newWrappers(flow: Flow): Wrappers {
  const known = new Map<WorldFile, ReadonlyMap<number, Wrapper>>();
  const handers = new Map<WorldFile, ReadonlyMap<number, Wrapper>>();

  const inFile = (file: WorldFile): ReadonlyMap<number, Wrapper> => {
    let found = known.get(file);
    if (!found) {
      known.set(file, (found = wrappersIn(flow, file)));
      handers.set(file, new Map([...found.values()].flatMap(w => w.calls.map(call => [call, w]))));
    }
    return found;
  };

  const opened = new Set<Wrapper>();
  const waiting = new Map<Wrapper, (() => void)[]>();
  const of: Wrappers['of'] = (file, fn) => inFile(file).get(fn) ?? null;
  return {
    of,
    handingOn: (file, call) => (inFile(file).size ? (handers.get(file)!.get(call) ?? null) : null),
    open: (file, fn) => {
      const wrapper = of(file, fn);
      if (!wrapper || opened.has(wrapper)) return;
      opened.add(wrapper);
      for (const act of waiting.get(wrapper) ?? []) act();
    },
    whenOpen: (wrapper, act) => {
      if (opened.has(wrapper)) act();
      else addTo(waiting, wrapper, act);
    },
  };
}

/** The value that a call gives back as it is: the wrapper of `wraps(f)(wrapper)`, of `update_wrapper(wrapper, f)`; -1 for
 *  any other call. */
export function givenBack(resolver: Resolver, file: WorldFile, call: number): number {
  const callee = row(file, call).a;
  const args = argumentsOf(file, call);
  const isWraps = opAt(file, callee) === Op.Call;
  const found = resolver.value(file, isWraps ? row(file, callee).a : callee);
  const only = found.length === 1 && found[0]!.kind === 'external' ? found[0]!.dotted : '';
  const place = isWraps ? (only === 'functools.wraps' ? 0 : undefined) : GIVES_BACK.get(only);
  const arg = place === undefined ? undefined : args[place];
  return arg?.kind === ArgKind.Positional ? arg.value : -1;
}

function wrappersIn(flow: Flow, file: WorldFile): ReadonlyMap<number, Wrapper> {
  const found = new Map<number, Wrapper>();
  const { functions, scopes, variables } = file.facts;
  const inner = functions.flatMap((f, fn) => {
    let around = scopes[scopes[f.scope]!.parent]!;
    // the scope of type parameters
    while (around.kind === 'function' && around.owner < 0) around = scopes[around.parent]!;
    return around.kind === 'function' && f.parameters.length ? [{ fn, around: around.owner }] : [];
  });
  if (!inner.length) return found;
  const bindings = flow.resolver.bindings(file);
  const bound = (variable: number): boolean =>
    bindings.values.has(variable) || bindings.imports.has(variable);
  const taken = new Map<number, { fn: number; parameter: number }>();
  for (const fn of new Set(inner.map(i => i.around)))
    if (isCalledPlainly(fn))
      functions[fn]!.parameters.forEach(({ variable, kind }, parameter) => {
        if ((kind === 'positional' || kind === 'keyword') && !bound(variable))
          taken.set(variable, { fn, parameter });
      });
  for (let call = 0; call < valueCount(file); call++) {
    if (opAt(file, call) !== Op.Call) continue;
    const callee = calledAt(file, row(file, call).a);
    const wrapped = callee.op === Op.Var ? taken.get(callee.a) : undefined;
    if (!wrapped) continue;
    for (const { fn, around } of inner) {
      const { at, end, parameters } = functions[fn]!;
      const offset = row(file, call).at;
      if (around !== wrapped.fn || offset < at || offset >= end) continue;
      if (!handsAllOn(file, call, parameters) || parameters.some(p => bound(p.variable))) continue;
      const kept = found.get(fn);
      if (kept && kept.parameter === wrapped.parameter) kept.calls.push(call);
      else if (!kept) found.set(fn, { file, fn, around, parameter: wrapped.parameter, calls: [call] });
    }
  }
  const watched = new Map<string, Watched>();
  for (const { fn, around } of found.values()) {
    const watch = ownNames(fn, around);
    if (!watch) found.delete(fn);
    else for (const key of [`${Op.Func} ${fn}`, ...nameKeys(watch.names)]) watched.set(key, watch);
    const rest = functions[fn]!.parameters.find(p => p.kind === 'doubleStar');
    if (!watch || !rest) continue;
    const names = new Set([rest.variable]);
    for (const key of nameKeys(names)) watched.set(key, { fn, names, may: readsMapping, returnedBy: -1 });
  }
  if (found.size) for (const fn of misused(file, watched)) found.delete(fn);
  return found;

  /** Whether calls alone make use of what a function gives: not the access to an attribute, nor a dispatcher. */
  function isCalledPlainly(fn: number): boolean {
    const { cls, name } = functions[fn]!;
    if (cls >= 0 && name !== '__call__' && /^__\w+__$/.test(name)) return false;
    if (decoratorNames(file, fn, flow.resolver).some(d => d.name.endsWith('.register'))) return false;
    return !['property', 'cached', 'accessor'].includes(functionKind(file, fn, flow.resolver));
  }

  /** A function gets out of the one around it only by what that returns; null where that is plain to be otherwise. */
  function ownNames(fn: number, around: number): Watched | null {
    if (functions[fn]!.cls >= 0) return null;
    if (!decoratorNames(file, fn, flow.resolver).every(d => isTransparent(d.name))) return null;
    const isIt = (v: number): boolean => opAt(file, v) === Op.Func && row(file, v).a === fn;
    const own = [...bindings.values].filter(([, values]) => values.some(isIt));
    if (own.some(([v, values]) => values.length > 1 || variables[v]!.scope !== functions[around]!.scope))
      return null;
    const may = (user: number, v: number): boolean =>
      opAt(file, user) === Op.Attr ||
      (opAt(file, user) === Op.Call && givenBack(flow.resolver, file, user) === v);
    return { fn, names: new Set(own.map(([variable]) => variable)), may, returnedBy: around };
  }

  /** Nothing is put into the `**kwargs` of a function. */
  function readsMapping(user: number, v: number): boolean {
    const { op, a, b } = row(file, user);
    if (op === Op.Sub || op === Op.In || op === Op.Iter || op === Op.Text) return true;
    if (op === Op.Attr) return READS_MAPPING.has(stringAt(file, b));
    if (op !== Op.Call) return false;
    if (argumentsOf(file, user).some(arg => arg.value === v && arg.kind === ArgKind.DoubleStar)) return true;
    return flow.resolver.value(file, a).every(m => m.kind === 'external' && READS.test(m.dotted));
  }
}

/** What may be done with a function or a mapping for a function to be a wrapper: it may be given attributes. */
interface Watched {
  /** The function. */
  readonly fn: number;
  /** Variables that stand for it. */
  readonly names: ReadonlySet<number>;
  /** Whether the value `user` may be made of it. */
  readonly may: (user: number, value: number) => boolean;
  /** The one function that may return it, or -1. */
  readonly returnedBy: number;
}

const nameKeys = (names: ReadonlySet<number>): string[] => [...names].map(v => `${Op.Var} ${v}`);

/** The functions of a file of which something else is done with what is watched, by `Op` and operand. */
function misused(file: WorldFile, watched: ReadonlyMap<string, Watched>): Set<number> {
  const found = new Set<number>();
  const at = (v: number): Watched | undefined => {
    if (v < 0) return undefined;
    const { op, a } = row(file, v);
    return op === Op.Var || op === Op.Func ? watched.get(`${op} ${a}`) : undefined;
  };
  const gets = (v: number, may?: (w: Watched) => boolean): void => {
    const w = at(v);
    if (w && !may?.(w)) found.add(w.fn);
  };
  for (let user = 0; user < valueCount(file); user++)
    for (const v of operandsOf(file, user)) gets(v, w => w.may(user, v));
  const { acts } = file.facts;
  for (let i = 0; i < acts.length; i += ACT_WIDTH) {
    const [a, b, c] = [acts[i + 1]!, acts[i + 2]!, acts[i + 3]!];
    switch (acts[i]! as Act) {
      case Act.Bind:
        gets(b, w => w.names.has(a));
        break;
      case Act.Return:
        gets(b, w => w.returnedBy === a);
        break;
      case Act.Yield:
      case Act.YieldFrom:
        gets(b);
        break;
      case Act.StoreItem:
        gets(a);
        gets(c);
        break;
      case Act.Store:
      case Act.StoreAug:
        gets(c);
        break;
      default:
    }
  }
  return found;
}

/** What is called, whatever tests tell of it. */
function calledAt(file: WorldFile, value: number): ReturnType<typeof row> {
  const r = written(file, value);
  return r.op === Op.Narrow ? calledAt(file, r.a) : r;
}

/** Whether a call has just the parameters of a function for its arguments. */
function handsAllOn(file: WorldFile, call: number, parameters: readonly ParameterFact[]): boolean {
  const list = argumentsOf(file, call);
  return (
    list.length === parameters.length &&
    parameters.every(({ kind, name, variable, defaultValue }, i) => {
      const arg = list[i]!;
      if (arg.kind !== KIND[kind] || (arg.kind === ArgKind.Keyword && arg.name !== name)) return false;
      return defaultValue < 0 && opAt(file, arg.value) === Op.Var && row(file, arg.value).a === variable;
    })
  );
}

const KIND: Readonly<Record<ParameterFact['kind'], ArgKind>> = {
  positional: ArgKind.Positional,
  keyword: ArgKind.Keyword,
  star: ArgKind.Star,
  doubleStar: ArgKind.DoubleStar,
};
