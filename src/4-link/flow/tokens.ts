// The abstract values that flow through a program: classes, their instances, functions, containers, and the unknown.
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above } from '../../slots.js';
import type { Limits } from './crowding.js';
import type { Ends } from './names.js';
import { idleFrom, roomFor } from './room.js';

/** An abstract value. */
export type Token =
  /** A value that comes from code that is not seen: it may be anything. */
  | { readonly kind: 'unknown' }
  /** A value of a type outside the world, surely no instance of a class of the world. */
  | { readonly kind: 'foreign' }
  /** A class, but which one is not known: `type(x)` of an unknown x. */
  | { readonly kind: 'someClass' }
  | { readonly kind: 'instance'; readonly cls: WorldClass }
  | { readonly kind: 'class'; readonly cls: WorldClass }
  | { readonly kind: 'function'; readonly file: WorldFile; readonly fn: number }
  /** A function whose first parameter is already given. */
  | { readonly kind: 'bound'; readonly file: WorldFile; readonly fn: number }
  /** The functions under names with these ends on what stands at a node, however many: one by one, only some of them
   *  find room at a place. */
  | { readonly kind: 'methods'; readonly receiver: number; readonly ends: Ends }
  /** Functions of a file that need as many arguments and find no room where they arrive, be it in different places. */
  | { readonly kind: 'rest'; readonly needed: number; readonly file: WorldFile }
  | { readonly kind: 'module'; readonly file: WorldFile }
  /** A module, class or function outside the world. */
  | { readonly kind: 'external'; readonly dotted: string }
  /** A method of an external class on the receivers that stand at a node. */
  | { readonly kind: 'externalMethod'; readonly dotted: string; readonly receiver: number }
  /** A container, or any object of an external type, by the place that makes it. */
  | {
      readonly kind: 'bag';
      /** `list`, `dict`, `tuple`, or the dotted name of the external type. */
      readonly type: string;
      /** Node of what is in it (values of a mapping, which come there through keyed.ts). */
      readonly items: number;
      /** Node of the keys of a mapping, or of what a generator returns at its end. */
      readonly keys: number;
      /** Nodes by position, for tuples. */
      readonly places: readonly number[] | null;
      /** What is at `items` may stand at any of the places: `*args` of a function. */
      readonly loose: boolean;
    }
  | { readonly kind: 'bagMethod'; readonly bag: number; readonly name: string }
  /** `super()` in a method of a class, for the receivers at a node. */
  | { readonly kind: 'super'; readonly cls: WorldClass; readonly receiver: number }
  /** functools.partial and the like: calls the first argument of call value `call` with the others in front. */
  | { readonly kind: 'partial'; readonly file: WorldFile; readonly call: number }
  /** operator.attrgetter, itemgetter or methodcaller, made by call value `call`. */
  | {
      readonly kind: 'getter';
      readonly gets: 'attributes' | 'items' | 'result';
      readonly file: WorldFile;
      readonly call: number;
    };

/** Tokens by number, which is how the graph knows them. */
export interface Tokens extends Limits {
  readonly get: (id: number) => Token;
  /** The number of a token; equal tokens have one number. */
  readonly id: (token: Token) => number;
  /** Hears every function that a token of the kind `rest` stands for. */
  readonly eachLeft: (rest: number, use: (id: number) => void) => void;
  /** How many there are. */
  readonly count: () => number;
}

/** Number of the unknown token in every table. */
export const UNKNOWN = 0;
/** Number of the foreign token in every table. */
export const FOREIGN = 1;
/** Number of the token of an unknown class in every table. */
export const SOME_CLASS = 2;

type FunctionToken = Token & { kind: 'function' | 'bound' };

const isFunction = (token: Token): token is FunctionToken =>
  token.kind === 'function' || token.kind === 'bound';
const nameOf = ({ file, fn }: FunctionToken): string => file.facts.functions[fn]!.name;

const headerOf = ({ file, fn, kind }: FunctionToken): string =>
  `${kind} ${file.facts.functions[fn]!.parameters.map(p => p.name).join(' ')}`;
/** With how many arguments a function is called at least. */
const neededBy = ({ file, fn }: FunctionToken): number =>
  file.facts.functions[fn]!.parameters.filter(p => p.kind === 'positional' && p.defaultValue < 0).length;

const NOTHING: readonly number[] = [];
/** In the place of the number of a header, for what is no function. */
const NO_HEADER = -1;
/** In the place of a token that nobody has asked for. */
const UNASKED = -2;

/** Every field that some token has. */
type AnyToken = { readonly [Field in FieldOf<Token>]?: unknown };
type FieldOf<T> = T extends unknown ? keyof T : never;

/** The same token with the fields of all others beside its own: of objects that have the same fields in the same order,
 *  the engine knows where each stands, and tokens are asked what they are millions of times. */
function inOneShape(token: Token): Token {
  const t: AnyToken = token;
  const shaped: Record<FieldOf<Token>, unknown> = {
    kind: t.kind,
    cls: t.cls,
    file: t.file,
    fn: t.fn,
    call: t.call,
    receiver: t.receiver,
    type: t.type,
    items: t.items,
    keys: t.keys,
    places: t.places,
    loose: t.loose,
    dotted: t.dotted,
    bag: t.bag,
    name: t.name,
    ends: t.ends,
    gets: t.gets,
    needed: t.needed,
  };
  return shaped as Token;
}

export function newTokens(): Tokens {
  const all: Token[] = [];
  // what the graph asks about each token stands in columns: the tokens themselves are of many shapes
  const rooms: number[] = [];
  const idle: number[] = [];
  const containers: boolean[] = [];
  /** For an instance, the tokens of instances of the classes above. */
  const covering: (readonly number[])[] = [];
  /** Name and file of a function; null and -1 for others. */
  const names: (string | null)[] = [];
  const files: number[] = [];
  /** Number of how a function is called. */
  const headers: number[] = [];
  /** With how many arguments they are called at least. */
  const needed: number[] = [];
  const numbers = new Map<string, number>();
  /** Numbers of instances and classes, by the index of the class. */
  const instances: (number | undefined)[] = [];
  const classes: (number | undefined)[] = [];
  /** Numbers of the others: by one number of theirs, by one and a text, by a text. */
  const bags: Table = new Map();
  const modules: Table = new Map();
  /** For a function, the token of what is left of those of its file, or `UNASKED`; -1 for others. */
  const rests: number[] = [];
  const left = new Map<number, Left>();
  const inFiles = new Map<string, Table[]>();
  const byName = new Map<string, Table>();
  const byText = new Map<string, number>();

  const id = (token: Token): number => {
    switch (token.kind) {
      case 'instance':
        return instances[token.cls.index] ?? instance(token);
      case 'class':
        return (classes[token.cls.index] ??= added(token));
      case 'bag':
        return numbered(bags, token.items, token);
      case 'function':
      case 'bound':
        return numbered(inFile(token), token.fn, token);
      case 'partial':
        return numbered(inFile(token), token.call, token);
      case 'getter':
        return numbered(inFile(token, token.gets), token.call, token);
      case 'rest':
        return numbered(named(`rest ${token.needed}`), token.file.index, token);
      case 'module':
        return numbered(modules, token.file.index, token);
      case 'bagMethod':
        return numbered(named(`.${token.name}`), token.bag, token);
      case 'externalMethod':
        return numbered(named(token.dotted), token.receiver, token);
      case 'methods':
        return numbered(named(`${token.ends.start}*${token.ends.end}`), token.receiver, token);
      case 'super':
        return numbered(named(`super ${token.cls.index}`), token.receiver, token);
      case 'external':
        return spelled(`external ${token.dotted}`, token);
      case 'unknown':
      case 'foreign':
      case 'someClass':
        return spelled(token.kind, token);
    }
  };
  const numbered = (table: Table, key: number, token: Token): number => {
    let known = table.get(key);
    if (known === undefined) table.set(key, (known = added(token)));
    return known;
  };
  const spelled = (text: string, token: Token): number => {
    let known = byText.get(text);
    if (known === undefined) byText.set(text, (known = added(token)));
    return known;
  };
  const named = (name: string): Table => {
    let table = byName.get(name);
    if (!table) byName.set(name, (table = new Map()));
    return table;
  };
  const inFile = ({ kind, file }: Token & { readonly file: WorldFile }, of: string = kind): Table => {
    let tables = inFiles.get(of);
    if (!tables) inFiles.set(of, (tables = []));
    return (tables[file.index] ??= new Map());
  };
  const added = (token: Token): number => {
    rooms.push(roomFor(token));
    idle.push(idleFrom(token));
    containers.push(token.kind === 'bag');
    covering.push(NOTHING);
    const fn = isFunction(token) ? token : null;
    names.push(fn && nameOf(fn));
    files.push(fn?.file.index ?? -1);
    headers.push(fn ? numberOf(headerOf(fn)) : NO_HEADER);
    needed.push(fn ? neededBy(fn) : -1);
    rests.push(token.kind === 'function' ? UNASKED : -1);
    return all.push(inOneShape(token)) - 1;
  };
  const leftOf = (rest: number): Left => {
    let known = left.get(rest);
    if (!known) left.set(rest, (known = { functions: [], users: [] }));
    return known;
  };
  const numberOf = (header: string): number => {
    let known = numbers.get(header);
    if (known === undefined) numbers.set(header, (known = numbers.size));
    return known;
  };
  const restOf = (number: number): number => {
    const token = all[number] as FunctionToken;
    const rest = (rests[number] = id({ kind: 'rest', needed: neededBy(token), file: token.file }));
    const { functions, users } = leftOf(rest);
    functions.push(number);
    for (const use of users) use(number);
    return rest;
  };
  const instance = (token: Token & { kind: 'instance' }): number => {
    const number = added(token);
    instances[token.cls.index] = number;
    covering[number] = above(token.cls).map(cls => id({ kind: 'instance', cls }));
    return number;
  };
  id({ kind: 'unknown' });
  id({ kind: 'foreign' });
  id({ kind: 'someClass' });
  return {
    get: number => all[number]!,
    id,
    count: () => all.length,
    unknown: UNKNOWN,
    room: number => rooms[number]!,
    idleFrom: number => idle[number]!,
    alike(number, other) {
      const name = names[number]!;
      if (name === null) return false;
      const before = names[other]!;
      return before === null || files[number] === files[other] || before === name;
    },
    similar: (number, other) =>
      headers[other] === NO_HEADER ||
      headers[number] === headers[other] ||
      (files[number] === files[other] && needed[number] === needed[other]),
    rest: number => (rests[number] === UNASKED ? restOf(number) : rests[number]!),
    eachLeft(rest, use) {
      const { functions, users } = leftOf(rest);
      users.push(use);
      for (const number of [...functions]) use(number);
    },
    above: number => covering[number]!,
    isContainer: number => containers[number]!,
  };
}

/** Functions that find no room, and who hears of them. */
interface Left {
  readonly functions: number[];
  readonly users: ((id: number) => void)[];
}

/** Numbers of tokens by a number that tells them apart. */
type Table = Map<number, number>;
