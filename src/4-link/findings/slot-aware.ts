// Functions that are written for objects with and without slots: they list slots as well as `__dict__`.
import { lastPart } from '../../model/dotted.js';
import { ArgKind, Op, VALUE_WIDTH } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { functionsAround } from '../functions-around.js';
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

/** All names that tell something about slots. */
const TELLING: ReadonlySet<string> = new Set([
  ...DESCRIPTORS,
  ...LINES,
  ...BROAD,
  '__slots__',
  'hasattr',
  'AttributeError',
]);

/** What the values of a function say about slots. */
interface Mentions {
  /** Those of the telling names that are in it. */
  readonly names: Set<string>;
  /** It asks whether there is a `__dict__`. */
  asksForDict: boolean;
  /** `except:` */
  isBare: boolean;
  /** Calls in it. */
  readonly calls: number[];
}

/** What a file says as a whole, and each of its functions. */
interface Said {
  readonly whole: Mentions;
  readonly functions: readonly Mentions[];
}

const newMentions = (): Mentions => ({ names: new Set(), asksForDict: false, isBare: false, calls: [] });

const some = (said: Mentions, names: ReadonlySet<string>): boolean =>
  [...said.names].some(name => names.has(name));

const mentionsSlots = (said: Mentions): boolean =>
  some(said, DESCRIPTORS) || (said.names.has('__slots__') && some(said, LINES));
const asksFirst = ({ names }: Mentions): boolean => names.has('hasattr');
const namesMissing = ({ names }: Mentions): boolean => names.has('AttributeError');
const goesOn = (said: Mentions): boolean =>
  asksFirst(said) || namesMissing(said) || said.isBare || some(said, BROAD);

export function newSlotAware(resolver: Resolver): SlotAware {
  const memo = new Map<WorldFile, Said>();

  const saidIn = (file: WorldFile): Said => {
    const known = memo.get(file);
    if (known) return known;
    const { values, variables } = file.facts;
    const said = { whole: newMentions(), functions: file.facts.functions.map(newMentions) };
    const note = (at: number, what: (mentions: Mentions) => void): void => {
      what(said.whole);
      for (const fn of functionsAround(file, at)) what(said.functions[fn]!);
    };
    const name = (at: number, text: string): void => {
      if (TELLING.has(text)) note(at, m => m.names.add(text));
    };
    for (let i = 0; i < values.length; i += VALUE_WIDTH) {
      const op = values[i]! as Op;
      const at = values[i + 3]!;
      if (op === Op.Attr) name(at, stringAt(file, values[i + 2]!));
      else if (op === Op.Str) name(at, stringAt(file, values[i + 1]!));
      else if (op === Op.Var) name(at, variables[values[i + 1]!]!.name);
      else if (op === Op.Caught && opAt(file, values[i + 1]!) === Op.Const)
        note(at, m => {
          m.isBare = true;
        });
      else if (op === Op.Call) {
        const call = i / VALUE_WIDTH;
        const isTest = isDictTest(file, call);
        note(at, m => {
          m.calls.push(call);
          m.asksForDict ||= isTest;
        });
      }
    }
    memo.set(file, said);
    return said;
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
    const said = saidIn(file).functions[fn]!;
    return (
      mentionsSlots(said) ||
      (depth < DEEPEST && said.calls.some(c => valueLists(file, row(file, c).a, depth + 1)))
    );
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
    const { whole, functions } = saidIn(file);
    if (!is(whole)) return false;
    const around = functionsAround(file, at);
    return !around.length || around.some(fn => is(functions[fn]!));
  };

  return {
    mindsBoth: (file, at) =>
      functionsAround(file, at).some(
        fn => saidIn(file).functions[fn]!.asksForDict && functionLists(file, fn, 0),
      ),
    lists: (file, fn) => functionLists(file, fn, 0),
    mindsMissing: (file, at) => someAround(file, at, goesOn),
    catchesMissing: (file, at) => someAround(file, at, namesMissing),
    around: (file, at) =>
      functionsAround(file, at).map(fn => {
        const said = saidIn(file).functions[fn]!;
        return { lists: functionLists(file, fn, 0), mindsUnset: asksFirst(said) || namesMissing(said) };
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
