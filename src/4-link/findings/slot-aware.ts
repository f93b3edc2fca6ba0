// Functions that are written for objects with and without slots: they list slots as well as `__dict__`.
import { lastPart } from '../../model/dotted.js';
import { ArgKind, Op, VALUE_WIDTH } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { argumentsOf, listAt, opAt, row, stringAt } from '../index-file.js';
import type { Resolver } from '../resolve.js';

export interface SlotAware {
  /** The code at an offset reads `__dict__` only where there is one, and lists slots beside it. */
  readonly mindsBoth: (file: WorldFile, at: number) => boolean;
  /** A value runs through names of slots: `for name in slots_of(cls)`. Storing under such a name always works. */
  readonly isSlotName: (file: WorldFile, value: number) => boolean;
  /** A value is the name of a field of what stands at `receiver`: `for f in fields(self): setattr(self, f.name, ..)`. */
  readonly isFieldName: (file: WorldFile, receiver: number, value: number) => boolean;
  /** A value is, or calls, a function that lists slots. */
  readonly listsSlots: (file: WorldFile, value: number) => boolean;
  /** A function lists slots. */
  readonly lists: (file: WorldFile, fn: number) => boolean;
  /** The code at an offset may go on where what it reads is missing. */
  readonly mindsMissing: (file: WorldFile, at: number) => boolean;
  /** It names the exception for that. */
  readonly catchesMissing: (file: WorldFile, at: number) => boolean;
  /** What the functions around an offset say about slots. */
  readonly around: (file: WorldFile, at: number) => readonly Around[];
}

export interface Around {
  readonly lists: boolean;
  /** It asks whether an attribute is there, or goes on where it is not. */
  readonly mindsUnset: boolean;
}

/** What tells slots from other members of a class (inspect, types, copyreg). */
const DESCRIPTORS: ReadonlySet<string> = new Set([
  'ismemberdescriptor',
  'isgetsetdescriptor',
  'MemberDescriptorType',
  '_slotnames',
]);
/** `__slots__` alone names those of one class of the line; only with its MRO all of them. */
const LINES: ReadonlySet<string> = new Set(['__mro__', 'mro', 'getmro']);

/** Functions that list the fields of a dataclass or attrs class, or of an instance of one. */
const FIELDS: ReadonlySet<string> = new Set(['dataclasses.fields', 'attr.fields', 'attrs.fields']);

const TYPE: ReadonlySet<string> = new Set(['builtins.type']);

/** The exceptions above AttributeError. */
const BROAD: ReadonlySet<string> = new Set(['Exception', 'BaseException']);

const DEEPEST = 3;

/** Stands for all of a file, in the place of the number of a function. */
const WHOLE = -1;

/** What the values of a function say about slots. */
interface Mentions {
  readonly slots: boolean;
  /** It asks whether there is a `__dict__`. */
  readonly asksForDict: boolean;
  /** It names hasattr(), AttributeError, or an exception above that. */
  readonly asksFirst: boolean;
  readonly catchesMissing: boolean;
  readonly catchesAll: boolean;
  /** Calls in it. */
  readonly calls: readonly number[];
}

export function newSlotAware(resolver: Resolver): SlotAware {
  const memo = new Map<string, Mentions>();

  const mentionsOf = (file: WorldFile, fn: number): Mentions => {
    const key = `${file.index}:${fn}`;
    const known = memo.get(key);
    if (known) return known;
    const { at, end } = file.facts.functions[fn] ?? { at: 0, end: Number.POSITIVE_INFINITY };
    const { values } = file.facts;
    const names = new Set<string>();
    const calls: number[] = [];
    let asksForDict = false;
    let catchesAll = false;
    for (let i = 0; i < values.length; i += VALUE_WIDTH) {
      if (values[i + 3]! < at || values[i + 3]! >= end) continue;
      const op = values[i]! as Op;
      if (op === Op.Attr) names.add(stringAt(file, values[i + 2]!));
      else if (op === Op.Str) names.add(stringAt(file, values[i + 1]!));
      else if (op === Op.Var) names.add(file.facts.variables[values[i + 1]!]!.name);
      else if (op === Op.Caught) catchesAll ||= opAt(file, values[i + 1]!) === Op.Const;
      else if (op === Op.Call) {
        const call = i / VALUE_WIDTH;
        calls.push(call);
        asksForDict ||= isDictTest(file, call);
      }
    }
    const has = (set: ReadonlySet<string>): boolean => [...set].some(n => names.has(n));
    const slots = has(DESCRIPTORS) || (names.has('__slots__') && has(LINES));
    const found = {
      slots,
      asksForDict,
      asksFirst: names.has('hasattr'),
      catchesMissing: names.has('AttributeError'),
      catchesAll: catchesAll || has(BROAD),
      calls,
    };
    memo.set(key, found);
    return found;
  };

  /** `hasattr(x, "__dict__")`, `getattr(x, "__dict__", None)` */
  const isDictTest = (file: WorldFile, call: number): boolean => {
    const r = row(file, call);
    const list = listAt(file, r.b);
    const second = list[3] === ArgKind.Positional ? list[5]! : -1;
    if (second < 0 || opAt(file, second) !== Op.Str || stringAt(file, row(file, second).a) !== '__dict__')
      return false;
    return resolver
      .value(file, r.a)
      .some(
        m =>
          m.kind === 'external' &&
          (m.dotted === 'builtins.hasattr' || (m.dotted === 'builtins.getattr' && list.length > 6)),
      );
  };

  const functionLists = (file: WorldFile, fn: number, depth: number): boolean => {
    const { slots, calls } = mentionsOf(file, fn);
    return slots || (depth < DEEPEST && calls.some(c => valueLists(file, row(file, c).a, depth + 1)));
  };

  const valueLists = (file: WorldFile, value: number, depth: number): boolean =>
    resolver.value(file, value).some(m => {
      if (m.kind === 'function') return functionLists(m.file, m.number, depth);
      return m.kind === 'external' && DESCRIPTORS.has(lastPart(m.dotted));
    });

  const listsSlots = (file: WorldFile, value: number): boolean =>
    valueLists(file, opAt(file, value) === Op.Call ? row(file, value).a : value, 0);

  /** Whether it is said by some function around an offset, or by the file where there is none. */
  const someAround = (file: WorldFile, at: number, is: (said: Mentions) => boolean): boolean => {
    if (!is(mentionsOf(file, WHOLE))) return false;
    const around = functionsAround(file, at);
    return !around.length || around.some(fn => is(mentionsOf(file, fn)));
  };

  const functionsAround = (file: WorldFile, at: number): readonly number[] =>
    file.facts.functions.flatMap((f, fn) => (f.at <= at && at < f.end ? [fn] : []));

  return {
    mindsBoth: (file, at) =>
      functionsAround(file, at).some(fn => mentionsOf(file, fn).asksForDict && functionLists(file, fn, 0)),
    lists: (file, fn) => functionLists(file, fn, 0),
    mindsMissing: (file, at) =>
      someAround(file, at, said => said.asksFirst || said.catchesMissing || said.catchesAll),
    catchesMissing: (file, at) => someAround(file, at, said => said.catchesMissing),
    around: (file, at) =>
      functionsAround(file, at).map(fn => {
        const { asksFirst, catchesMissing } = mentionsOf(file, fn);
        return { lists: functionLists(file, fn, 0), mindsUnset: asksFirst || catchesMissing };
      }),
    isSlotName: (file, value) => {
      const r = row(file, value);
      if (r.op !== Op.Var) return false;
      const binds = resolver.bindings(file).values.get(r.a) ?? [];
      return (
        binds.length > 0 &&
        binds.every(b => {
          const bound = row(file, b);
          return bound.op === Op.Iter && listsSlots(file, bound.a);
        })
      );
    },
    isFieldName: (file, receiver, value) => {
      const r = row(file, value);
      if (r.op !== Op.Attr || stringAt(file, r.b) !== 'name' || opAt(file, r.a) !== Op.Var) return false;
      const binds = resolver.bindings(file).values.get(row(file, r.a).a) ?? [];
      return (
        binds.length > 0 &&
        binds.every(b => opAt(file, b) === Op.Iter && areFields(file, receiver, row(file, b).a))
      );
    },
    listsSlots,
  };

  /** `fields(self)`, `fields(type(self))`, `fields(self.__class__)`, where `self` stands at `receiver`. */
  function areFields(file: WorldFile, receiver: number, value: number): boolean {
    if (opAt(file, value) !== Op.Call) return false;
    const [of, more] = argumentsOf(file, value);
    if (!of || more || !calls(file, value, FIELDS)) return false;
    return isSame(file, of.value, receiver) || isClassOf(file, of.value, receiver);
  }

  function isClassOf(file: WorldFile, value: number, receiver: number): boolean {
    const r = row(file, value);
    if (r.op === Op.Attr) return stringAt(file, r.b) === '__class__' && isSame(file, r.a, receiver);
    if (r.op !== Op.Call || !calls(file, value, TYPE)) return false;
    const [of, more] = argumentsOf(file, value);
    return of !== undefined && more === undefined && isSame(file, of.value, receiver);
  }

  function calls(file: WorldFile, call: number, names: ReadonlySet<string>): boolean {
    const found = resolver.value(file, row(file, call).a);
    return found.length > 0 && found.every(m => m.kind === 'external' && names.has(m.dotted));
  }

  /** Whether two values are one variable. */
  function isSame(file: WorldFile, value: number, other: number): boolean {
    return (
      opAt(file, value) === Op.Var &&
      opAt(file, other) === Op.Var &&
      row(file, value).a === row(file, other).a
    );
  }
}
