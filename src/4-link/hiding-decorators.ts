// Decorators that put a function or an object in the place of a class and only ever call the class: singletons.
import { ACT_WIDTH, Act, Op } from '../model/facts.js';
import type { WorldFile } from '../model/world.js';
import { opAt, operandsOf, returnsOf, row, stringAt, valueCount } from './index-file.js';
import type { Meaning, Resolver } from './resolve.js';

/** What is read on a class without looking into it. */
const PLAIN_READS: ReadonlySet<string> = new Set(['__name__', '__qualname__', '__module__', '__doc__']);

/** Functions that take names and text of the class over. */
const WRAPPERS: ReadonlySet<string> = new Set(['functools.wraps', 'functools.update_wrapper']);

/** Methods of mappings whose first argument is a key. */
const KEYED: ReadonlySet<string> = new Set(['get', 'setdefault', 'pop']);

/**
 * Whether a decorator calls the class it is given, keeps what it makes under it, and does nothing else with it; what it
 * gives back is a function, an object or an instance, whose calls value flow follows.
 * @param m a function or class of the world that decorates a class, without a call in between
 */
export function onlyCallsItsClass(m: Meaning, resolver: Resolver): boolean {
  if (m.kind === 'function') return isMaker(m.file, m.number, resolver);
  return m.kind === 'class' && keepsItToCall(m.file, m.number, resolver);
}

/** `def singleton(cls): ...` */
function isMaker(file: WorldFile, fn: number, resolver: Resolver): boolean {
  const { parameters, decorators, isGenerator, isAsync } = file.facts.functions[fn]!;
  const [taken] = parameters;
  if (taken?.kind !== 'positional' || decorators.length || isGenerator || isAsync) return false;
  const bindings = resolver.bindings(file).values;
  if (bindings.has(taken.variable)) return false;
  const isTaken = (v: number): boolean => opAt(file, v) === Op.Var && row(file, v).a === taken.variable;
  const hides = (v: number): boolean => {
    const { op, a } = row(file, v);
    if (op === Op.Call) return isTaken(a);
    if (op === Op.Var && bindings.get(a)?.every(bound => opAt(file, bound) === Op.Func)) return true;
    return op === Op.Func || isTaken(v);
  };
  const returned = returnsOf(file, fn);
  return returned.length > 0 && returned.every(hides) && isOnlyCalled(file, isTaken, resolver);
}

/** `class Singleton: def __init__(self, cls): self.cls = cls` */
function keepsItToCall(file: WorldFile, number: number, resolver: Resolver): boolean {
  const cls = file.facts.classes[number]!;
  const init = cls.members.find(m => m.name === '__init__' && m.kind === 'function');
  if (!init || cls.bases.length || cls.decorators.length || cls.keywords.length) return false;
  const taken = file.facts.functions[row(file, init.value).a]!.parameters[1];
  if (taken?.kind !== 'positional' || resolver.bindings(file).values.has(taken.variable)) return false;
  const isTaken = (v: number): boolean => opAt(file, v) === Op.Var && row(file, v).a === taken.variable;
  const { acts } = file.facts;
  const kept = new Set<number>();
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    if (acts[i] === Act.Store && acts[i + 3]! >= 0 && isTaken(acts[i + 3]!)) kept.add(acts[i + 2]!);
  const isKept = (v: number): boolean => opAt(file, v) === Op.Attr && kept.has(row(file, v).b);
  return isOnlyCalled(file, v => isTaken(v) || isKept(v), resolver, kept);
}

/** Whether values that are the class are called or used as keys, and nothing else; `kept`: the names of attributes, by
 *  their strings, that they may be stored under. */
function isOnlyCalled(
  file: WorldFile,
  isClass: (value: number) => boolean,
  resolver: Resolver,
  kept: ReadonlySet<number> = new Set(),
): boolean {
  const isWrapper = (callee: number): boolean =>
    resolver.value(file, callee).every(m => m.kind === 'external' && WRAPPERS.has(m.dotted));
  const isKeyed = (callee: number): boolean =>
    opAt(file, callee) === Op.Attr && KEYED.has(stringAt(file, row(file, callee).b));
  const isHarmless = (user: number): boolean => {
    const { op, a, b } = row(file, user);
    if (op === Op.Call) {
      const [callee, ...given] = operandsOf(file, user);
      return (
        !given.some(isClass) || isWrapper(callee!) || (isKeyed(callee!) && !given.slice(1).some(isClass))
      );
    }
    if (op === Op.Attr) return PLAIN_READS.has(stringAt(file, b));
    return (op === Op.Sub || op === Op.In) && !isClass(op === Op.Sub ? a : b);
  };
  const isLost = (act: Act, a: number, b: number, c: number): boolean => {
    switch (act) {
      case Act.Bind:
      case Act.Yield:
      case Act.YieldFrom:
        return isClass(b);
      case Act.Store:
        return isClass(a) || (c >= 0 && isClass(c) && !kept.has(b));
      case Act.StoreAug:
      case Act.StoreDel:
      case Act.StoreItem:
        return isClass(a) || (c >= 0 && isClass(c));
      default:
        return false;
    }
  };
  for (let v = 0; v < valueCount(file); v++)
    if (operandsOf(file, v).some(isClass) && !isHarmless(v)) return false;
  const { acts } = file.facts;
  for (let i = 0; i < acts.length; i += ACT_WIDTH) {
    const [, a, b, c] = acts.subarray(i, i + ACT_WIDTH);
    if (isLost(acts[i]!, a!, b!, c!)) return false;
  }
  return true;
}
