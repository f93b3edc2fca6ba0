// What a method of a metaclass does with the body of a class: whether `__slots__` in it could be noticed or be lost.
import type { FunctionFact } from '../../model/definitions.js';
import { ACT_WIDTH, Act, ArgKind, Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { literalNames } from '../flow/names.js';
import { argumentsOf, opAt, operandsOf, row, stringAt, valueCount } from '../index-file.js';
import type { Resolver } from '../resolve.js';
import type { ClassDicts } from './class-dicts.js';

/** Something done with the body of a class. */
export interface BodyUse {
  /** UTF-16 offset. */
  readonly at: number;
  readonly says: string;
  /** The name that is bound in the body, where it matters only to classes that keep an attribute of that name. */
  readonly attr: string | null;
}

/** Methods of a dict that concern the one key they are given, and whether they may bind it. */
const ONE_KEY: ReadonlyMap<string, boolean> = new Map([
  ['get', false],
  ['pop', false],
  ['__contains__', false],
  ['__getitem__', false],
  ['setdefault', true],
]);

/** Names that a class body holds for the machinery of classes; binding these leaves instances alone. */
const PLAIN_SPECIAL: ReadonlySet<string> = new Set(['__doc__', '__module__', '__qualname__', '__hash__']);

/** What is handed on to the class that makes classes. */
const MAKERS: ReadonlySet<string> = new Set(['__new__', '__init__']);

/** Metaclasses outside the world that keep the body as it is. */
const TYPES: ReadonlySet<string> = new Set(['builtins.type', 'abc.ABCMeta']);

/**
 * All that a method does with the body it is given, beside handing it on as it is and reading names that are spelled
 * out.
 * @param fact `__new__` or `__init__` of a metaclass: (cls, name, bases, body)
 */
export function* usesOfBody(
  file: WorldFile,
  fact: FunctionFact,
  resolver: Resolver,
  dicts: ClassDicts,
): Generator<BodyUse> {
  const [, , bases, body] = fact.parameters;
  const rest = fact.parameters.slice(0, 4).find(p => p.kind === 'star');
  const isPlain = body?.kind === 'positional' && bases?.kind === 'positional' && !rest;
  if (!isPlain && !rest)
    return yield { at: fact.at, says: `${fact.qualname} takes the body in its own way`, attr: null };
  const carrier = rest ?? body!;
  const seen = newOccurrences(file, fact, resolver, dicts, carrier.variable);
  const given = resolver.bindings(file).values;
  const isBoundAnew = (variable: number): boolean => given.get(variable)?.some(v => !seen.isBody(v)) ?? false;
  if (isBoundAnew(carrier.variable) || (bases && isPlain && given.has(bases.variable)))
    yield { at: fact.at, says: `${fact.qualname} replaces the bases or the body`, attr: null };
  yield* rest ? seen.usesOfRest() : seen.uses();
  if (fact.name === '__new__') yield* seen.making(rest ? -1 : bases!.variable);
}

/** The places in a function where a variable, or another name for what it holds, stands. */
function newOccurrences(
  file: WorldFile,
  fact: FunctionFact,
  resolver: Resolver,
  dicts: ClassDicts,
  variable: number,
) {
  const inside: number[] = [];
  for (let v = 0; v < valueCount(file); v++) {
    const { at } = row(file, v);
    if (at >= fact.at && at < fact.end) inside.push(v);
  }
  const { acts } = file.facts;
  const actsInside: number[] = [];
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    if (acts[i + 4]! >= fact.at && acts[i + 4]! < fact.end) actsInside.push(i);

  const variables = new Set([variable]);
  const bodies = new Set<number>();
  const isBody = (value: number): boolean => bodies.has(value);
  const means = (value: number, dotted: string): boolean =>
    resolver.value(file, value).every(m => m.kind === 'external' && m.dotted === dotted);
  const method = (callee: number): string | null => {
    const r = row(file, callee);
    return r.op === Op.Attr && isBody(r.a) ? stringAt(file, r.b) : null;
  };
  const standsForBody = (value: number): boolean => {
    const r = row(file, value);
    if (r.op === Op.Var) return variables.has(r.a);
    if (r.op === Op.Narrow || r.op === Op.Exclude) return isBody(r.a);
    if (r.op !== Op.Call) return false;
    const args = argumentsOf(file, value);
    if (method(r.a) === 'copy') return true;
    return args.length === 1 && isBody(args[0]!.value) && means(r.a, 'builtins.dict');
  };
  for (let before = -1; before !== bodies.size + variables.size; ) {
    before = bodies.size + variables.size;
    for (const v of inside) if (!isBody(v) && standsForBody(v)) bodies.add(v);
    for (const i of actsInside) if (acts[i] === Act.Bind && isBody(acts[i + 2]!)) variables.add(acts[i + 1]!);
  }

  /** `__new__` or `__init__` where a call goes to the metaclass above, else null. */
  const maker = (callee: number): string | null => {
    const r = row(file, callee);
    if (r.op !== Op.Attr || !MAKERS.has(stringAt(file, r.b))) return null;
    const isSuper = opAt(file, r.a) === Op.Super || isCallOfSuper(r.a);
    const holders = resolver.value(file, r.a);
    const isType = holders.every(m => m.kind === 'class' || (m.kind === 'external' && TYPES.has(m.dotted)));
    return isSuper || isType ? stringAt(file, r.b) : null;
  };
  const isCallOfSuper = (value: number): boolean =>
    opAt(file, value) === Op.Call && means(row(file, value).a, 'builtins.super');

  const isOfSlots = (name: string): boolean => /^__(slots|dict|weakref)__$/.test(name);
  const use = (value: number, says: string): BodyUse => ({ at: row(file, value).at, says, attr: null });
  /** Whether a walk through what stands at a value minds only what no slot is. */
  const passesOver = (value: number): boolean => dicts.listed(file, value) === 'none';

  /** A key that is read or deleted. A computed one comes from elsewhere, or from a walk that is judged itself. */
  function* reading(key: number, at: number): Generator<BodyUse> {
    for (const name of literalNames(file, key, resolver) ?? [])
      if (isOfSlots(name)) yield { at, says: `asks for ${name} in the class body`, attr: null };
  }

  function* binding(key: number, at: number): Generator<BodyUse> {
    const names = literalNames(file, key, resolver);
    if (!names) yield { at, says: 'binds computed names in the class body', attr: null };
    for (const name of names ?? []) {
      const isSpecial = /^__\w+__$/.test(name);
      if (!PLAIN_SPECIAL.has(name))
        yield { at, says: `binds ${name} in the class body`, attr: isSpecial ? null : name };
    }
  }

  function* calling(v: number): Generator<BodyUse> {
    const { a: callee, at } = row(file, v);
    const args = argumentsOf(file, v);
    const called = method(callee);
    const binds = called === null ? undefined : ONE_KEY.get(called);
    if (binds !== undefined && args[0])
      yield* binds ? binding(args[0].value, at) : reading(args[0].value, at);
    const handed = args.filter(arg => isBody(arg.value) && !passesOver(arg.value));
    if (handed.length && !isBody(v) && maker(callee) === null) yield use(v, 'hands the class body on');
  }

  function* uses(): Generator<BodyUse> {
    const callees = new Set(inside.filter(v => opAt(file, v) === Op.Call).map(v => row(file, v).a));
    for (const v of inside) {
      const r = row(file, v);
      if (r.op === Op.Call) yield* calling(v);
      else if (r.op === Op.Sub && isBody(r.a)) yield* reading(r.b, r.at);
      else if (r.op === Op.In) yield* isBody(r.b) ? reading(r.a, r.at) : [];
      else if (r.op === Op.Attr && isBody(r.a)) {
        const name = stringAt(file, r.b);
        const concernsOne = callees.has(v) && (ONE_KEY.has(name) || name === 'copy');
        if (!concernsOne && !passesOver(r.a)) yield use(v, `uses .${name} of the class body`);
      } else if (!NAMES.has(r.op) && operandsOf(file, v).some(o => isBody(o) && !passesOver(o)))
        yield use(v, 'goes through the class body or puts it together anew');
    }
    for (const i of actsInside) {
      const [act, a, b, c, at] = acts.subarray(i, i + ACT_WIDTH);
      if (act === Act.StoreItem && isBody(a!)) yield* binding(b!, at!);
      const kept = act === Act.Return || act === Act.Yield || act === Act.YieldFrom ? b! : c!;
      if (act !== Act.Bind && isBody(kept)) yield { at: at!, says: 'keeps the class body', attr: null };
    }
  }

  /** Where `*args` is used: only handed on whole it keeps bases and body as they are. */
  function* usesOfRest(): Generator<BodyUse> {
    const handed = new Set<number>();
    for (const v of inside)
      if (opAt(file, v) === Op.Call && maker(row(file, v).a) !== null)
        for (const arg of argumentsOf(file, v)) if (arg.kind === ArgKind.Star) handed.add(arg.value);
    for (const v of bodies)
      if (!handed.has(v))
        yield { at: row(file, v).at, says: 'takes the class body out of its arguments', attr: null };
  }

  /** Calls that make the class: one, or one on each way out, with the bases and the body as they came. */
  function* making(basesVariable: number): Generator<BodyUse> {
    const returned = new Set(actsInside.filter(i => acts[i] === Act.Return).map(i => acts[i + 2]!));
    const makers = inside.filter(v => opAt(file, v) === Op.Call && maker(row(file, v).a) === '__new__');
    if (!makers.length)
      yield { at: fact.at, says: `${fact.qualname} makes classes in its own way`, attr: null };
    if (makers.length > 1 && !makers.every(v => returned.has(v)))
      yield { at: row(file, makers[1]!).at, says: 'makes a class more than once', attr: null };
    for (const v of makers) {
      const args = argumentsOf(file, v);
      const bases = args[2];
      const isKept =
        basesVariable < 0
          ? args.some(a => a.kind === ArgKind.Star && isBody(a.value))
          : bases !== undefined &&
            opAt(file, bases.value) === Op.Var &&
            row(file, bases.value).a === basesVariable &&
            args[3]?.kind === ArgKind.Positional &&
            isBody(args[3].value);
      if (!isKept)
        yield { at: row(file, v).at, says: 'makes the class from other bases or another body', attr: null };
    }
  }

  return { isBody, uses, usesOfRest, making };
}

/** Values that stand for a variable and are judged where they are used. */
const NAMES: ReadonlySet<Op> = new Set([Op.Var, Op.Narrow, Op.Exclude]);
