// Functions that are written for objects with and without slots: they list slots as well as `__dict__`.
import { lastPart } from '../../model/dotted.js';
import { ArgKind, Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { functionsAround } from '../functions-around.js';
import { argumentsOf, callsIn, lastName, listAt, opAt, row, stringAt, valueCount } from '../index-file.js';
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

/** Attributes that tell how others are kept. */
const LAYOUT = /^__(dict|slots)__$/;

const DEEPEST = 3;

/** What the values of a function mention. */
enum Mention {
  /** What tells slots from other members. */
  Descriptors = 1 << 0,
  Slots = 1 << 1,
  Lines = 1 << 2,
  Hasattr = 1 << 3,
  AttributeError = 1 << 4,
  /** An exception above that, or none at all. */
  Broad = 1 << 5,
  /** It asks whether there is a `__dict__`. */
  AsksForDict = 1 << 6,
  /** It asks with hasattr() whether there is anything besides what tells how attributes are kept. */
  AsksForOthers = 1 << 7,
}
const ASKS_FIRST = Mention.Hasattr | Mention.AttributeError;
const MINDS_UNSET = Mention.AsksForOthers | Mention.AttributeError;

const NAMED: ReadonlyMap<string, Mention> = new Map([
  ...[...DESCRIPTORS].map(name => [name, Mention.Descriptors] as const),
  ...[...LINES].map(name => [name, Mention.Lines] as const),
  ...[...BROAD].map(name => [name, Mention.Broad] as const),
  ['__slots__', Mention.Slots],
  ['hasattr', Mention.Hasattr],
  ['AttributeError', Mention.AttributeError],
]);

/** What a file mentions as a whole, and each of its functions. */
interface Said {
  whole: number;
  readonly functions: Uint8Array;
}

const mentionsSlots = (said: number): boolean =>
  (said & Mention.Descriptors) !== 0 || ((said & Mention.Slots) !== 0 && (said & Mention.Lines) !== 0);

export function newSlotAware(resolver: Resolver): SlotAware {
  const memo = new Map<WorldFile, Said>();
  const callees = new Map<string, readonly number[]>();

  const saidIn = (file: WorldFile): Said => {
    const known = memo.get(file);
    if (known) return known;
    const said: Said = { whole: 0, functions: new Uint8Array(file.facts.functions.length) };
    for (let v = 0; v < valueCount(file); v++) {
      const mention = mentionedBy(file, v);
      if (mention === 0) continue;
      said.whole |= mention;
      for (const fn of functionsAround(file, row(file, v).at)) said.functions[fn]! |= mention;
    }
    memo.set(file, said);
    return said;
  };

  const mentionedBy = (file: WorldFile, value: number): number => {
    const { op, a, b } = row(file, value);
    switch (op) {
      case Op.Attr:
        return NAMED.get(stringAt(file, b)) ?? 0;
      case Op.Str:
        return NAMED.get(stringAt(file, a)) ?? 0;
      case Op.Var:
        return NAMED.get(file.facts.variables[a]!.name) ?? 0;
      case Op.Caught:
        return opAt(file, a) === Op.Const ? Mention.Broad : 0;
      case Op.Call:
        return (isDictTest(file, value) ? Mention.AsksForDict : 0) | asksForOthers(file, value);
      default:
        return 0;
    }
  };

  /** `hasattr(x, name)`, `hasattr(x, "size")` */
  const asksForOthers = (file: WorldFile, call: number): number => {
    if (lastName(file, row(file, call).a) !== 'hasattr') return 0;
    const name = argumentsOf(file, call)[1];
    const isOfLayout =
      name && opAt(file, name.value) === Op.Str && LAYOUT.test(stringAt(file, row(file, name.value).a));
    return isOfLayout ? 0 : Mention.AsksForOthers;
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

  const functionLists = (file: WorldFile, fn: number, depth: number): boolean =>
    mentionsSlots(saidIn(file).functions[fn]!) ||
    (depth < DEEPEST && calleesIn(file, fn).some(callee => valueLists(file, callee, depth + 1)));

  /** What the calls in a function call. */
  const calleesIn = (file: WorldFile, fn: number): readonly number[] => {
    const key = `${file.index}:${fn}`;
    const known = callees.get(key);
    if (known) return known;
    const { at, end } = file.facts.functions[fn]!;
    const found: number[] = [];
    for (const { call, callee } of callsIn(file)) {
      const place = row(file, call).at;
      if (at <= place && place < end) found.push(callee);
    }
    callees.set(key, found);
    return found;
  };

  const valueLists = (file: WorldFile, value: number, depth: number): boolean =>
    resolver.value(file, value).some(m => {
      if (m.kind === 'function') return functionLists(m.file, m.number, depth);
      return m.kind === 'external' && DESCRIPTORS.has(lastPart(m.dotted));
    });

  const listsSlots = (file: WorldFile, value: number): boolean =>
    valueLists(file, opAt(file, value) === Op.Call ? row(file, value).a : value, 0);

  /** Whether one of some things is mentioned by some function around an offset, or by the file where there is none. */
  const someAround = (file: WorldFile, at: number, mentions: number): boolean => {
    const { whole, functions } = saidIn(file);
    if ((whole & mentions) === 0) return false;
    const around = functionsAround(file, at);
    return !around.length || around.some(fn => (functions[fn]! & mentions) !== 0);
  };

  return {
    mindsBoth: (file, at) =>
      functionsAround(file, at).some(
        fn => (saidIn(file).functions[fn]! & Mention.AsksForDict) !== 0 && functionLists(file, fn, 0),
      ),
    lists: (file, fn) => functionLists(file, fn, 0),
    mindsMissing: (file, at) => someAround(file, at, ASKS_FIRST | Mention.Broad),
    catchesMissing: (file, at) => someAround(file, at, Mention.AttributeError),
    around: (file, at) =>
      functionsAround(file, at).map(fn => ({
        lists: functionLists(file, fn, 0),
        mindsUnset: (saidIn(file).functions[fn]! & MINDS_UNSET) !== 0,
      })),
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
