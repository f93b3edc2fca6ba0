// Where something refers weakly to instances, which takes a `__weakref__` of theirs.
import { ACT_WIDTH, Act, Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { inheritsFrom } from '../../slots.js';
import { type Token, UNKNOWN } from '../flow/tokens.js';
import { type Argument, opAt, row, stringAt } from '../index-file.js';
import type { Call, Finder, Sight } from './sight.js';
import { newNoteWithin } from './within.js';

/** Weak containers, and whether they refer weakly to their keys or their items. */
const WEAK_CONTAINERS: ReadonlyMap<string, 'keys' | 'items'> = new Map([
  ['weakref.WeakSet', 'items'],
  ['weakref.WeakValueDictionary', 'items'],
  ['weakref.WeakKeyDictionary', 'keys'],
  ['_weakrefset.WeakSet', 'items'],
]);

/** Functions and classes that refer weakly to their first argument. */
export const WEAK_CALLS: ReadonlySet<string> = new Set([
  'weakref.ref',
  'weakref.ReferenceType',
  'weakref.proxy',
  'weakref.finalize',
  'weakref.WeakMethod',
  'weakref.getweakrefs',
  'multiprocessing.util.register_after_fork',
  'multiprocessing.util.Finalize',
  // where they come from inside the standard library
  '_weakref.ref',
  '_weakref.ReferenceType',
  '_weakref.proxy',
]);

/** The same, by name: what is below them in the program keeps what it is given as they do. */
const WEAK_BASES: ReadonlySet<string> = new Set(WEAK_CONTAINERS.keys());

/** Methods of `_ssl` that refer weakly to what they are given as `owner`. */
const WRAPS_SOCKET = /^_wrap_(bio|socket)$/;

/** Libraries whose signals hold receivers weakly. */
const SIGNALS =
  /(^|\.)(blinker|django\.dispatch|django\.db\.models\.signals|pydispatch|pydispatcher|louie)\b/;

/** What comes from more places than this is not followed back. */
const MOST_PLACES = 1000;

/** Guesses that name more classes than this are none. */
const MOST_GUESSED = 6;

type Held = Token & { readonly kind: 'bound' | 'instance' };

/** Whether calls of a token are looked at here. */
export const asksWeakReferences = (token: Token): boolean =>
  token.kind === 'external'
    ? WEAK_CALLS.has(token.dotted.replace(/\.__new__$/, ''))
    : token.kind === 'class'
      ? inheritsFrom(token.cls, WEAK_CALLS) || inheritsFrom(token.cls, WEAK_BASES)
      : token.kind === 'externalMethod'
        ? !/^builtins\./.test(token.dotted)
        : token.kind === 'bag' && SIGNALS.test(token.type);

/** Finds instances in weak containers, behind weak references, and as receivers of signals. */
export function newWeakReferences(sight: Sight): Finder {
  const { solved, live, guesses, instancesAt, tokensOf, note } = sight;
  const noteWithin = newNoteWithin(sight);
  const { flow } = solved;
  const { graph, tokens } = flow;

  const call = ({ file, callee, called, args, at }: Call): void => {
    for (const token of called.filter(asksWeakReferences)) calledAs(token, file, args, at);
    if (isSignalConnect(file, callee)) weakArguments(file, args, at);
    if (opAt(file, callee) === Op.Attr && WRAPS_SOCKET.test(stringAt(file, row(file, callee).b)))
      weakArguments(
        file,
        args.filter(arg => arg.name === 'owner'),
        at,
      );
  };

  const calledAs = (token: Token, file: WorldFile, args: readonly Argument[], at: number): void => {
    switch (token.kind) {
      case 'external': {
        const first = token.dotted.endsWith('.__new__') ? 1 : 0;
        return weakArguments(file, args.slice(first, first + 1), at);
      }
      case 'class':
        if (inheritsFrom(token.cls, WEAK_CALLS)) return weakArguments(file, args.slice(0, 1), at);
        return keepsWeakly(file, valuesOf(args), at);
      case 'externalMethod':
        return isWeakContainer(token.receiver) ? keepsWeakly(file, valuesOf(args), at) : undefined;
      default:
        return weakArguments(file, args, at);
    }
  };

  const isSignalConnect = (file: WorldFile, callee: number): boolean => {
    if (opAt(file, callee) !== Op.Attr || !/^connect/.test(stringAt(file, row(file, callee).b))) return false;
    return file.facts.imports.some(
      i => SIGNALS.test(i.module) || SIGNALS.test(`${i.module}.${i.name ?? ''}`),
    );
  };

  /** Instances and methods of theirs that stand at a value; where that is more than a node holds, also those that stand
   *  at the places it comes from: a bus that everything connects to. */
  const heldAt = (file: WorldFile, value: number): readonly Held[] => {
    const node = flow.valueNode(file, value);
    let found = held.get(node);
    if (!found) held.set(node, (found = findHeld(file, value)));
    return found;
  };
  const held = new Map<number, readonly Held[]>();
  const findHeld = (file: WorldFile, value: number): Held[] => {
    const found = new Set<Held>();
    const take = (token: Token): void => {
      if (token.kind === 'bound' || token.kind === 'instance') found.add(token);
    };
    tokensOf(file, value).forEach(take);
    const own = flow.valueNode(file, value);
    const nodes = new Set([own]);
    // many of them hold the same
    const met = new Set<number>();
    for (const node of nodes) {
      if (isFull(node) && nodes.size < MOST_PLACES)
        for (const source of graph.sources(node)) nodes.add(source);
      const size = node === own ? 0 : graph.size(node);
      for (let i = 0; i < size; i++) {
        const id = graph.tokenAt(node, i);
        if (met.has(id)) continue;
        met.add(id);
        take(tokens.get(id));
      }
    }
    return [...found];
  };
  /** Whether a node has taken something for unknown because it holds as many methods as it can. */
  const isFull = (node: number): boolean =>
    graph.has(node, UNKNOWN) && graph.size(node) >= tokens.room(UNKNOWN);

  /** Arguments that something refers to weakly; a bound method stands for its receiver. */
  const weakArguments = (file: WorldFile, args: readonly Argument[], at: number): void => {
    for (const arg of args) {
      // several functions may do so at one place
      const key = `${file.index} ${arg.value} ${at}`;
      if (referred.has(key)) continue;
      referred.add(key);
      for (const token of heldAt(file, arg.value)) {
        if (token.kind !== 'bound') continue;
        const owner = token.file.facts.functions[token.fn]!.cls;
        if (owner < 0) continue;
        const cls = flow.classOf({ kind: 'class', file: token.file, number: owner });
        note('weak-reference', cls, file, at, 'refers to it weakly through a method');
      }
      const holders = opAt(file, arg.value) === Op.Attr ? [arg.value, row(file, arg.value).a] : [arg.value];
      for (const holder of holders)
        for (const token of heldAt(file, holder))
          if (token.kind === 'instance') note('weak-reference', token.cls, file, at, 'refers to it weakly');
      // `__weakref__` too much costs 8 bytes, one too few a TypeError: a good guess is enough
      const guessed = guesses.at(file, arg.value);
      const lost = guesses.lost(file, arg.value);
      for (const cls of guessed.length <= MOST_GUESSED ? guessed : lost)
        note('weak-reference', cls, file, at, 'may refer to it weakly');
    }
  };

  const referred = new Set<string>();

  const isWeakContainer = (node: number): boolean =>
    instancesAt(node).some(cls => inheritsFrom(cls, WEAK_BASES));

  const keepsWeakly = (file: WorldFile, values: readonly number[], at: number): void => {
    for (const value of values) noteWithin('weak-reference', file, value, at, 'keeps it in a weak container');
  };

  /** `cache[order] = total`, where the class of the cache is below a weak container. */
  const storedIn = (file: WorldFile): void => {
    const { acts } = file.facts;
    for (let i = 0; i < acts.length; i += ACT_WIDTH) {
      const [act, receiver, key, value, at] = acts.subarray(i, i + ACT_WIDTH);
      if (act === Act.StoreItem && isWeakContainer(flow.valueNode(file, receiver!)))
        keepsWeakly(
          file,
          [key!, value!].filter(v => v >= 0),
          at!,
        );
    }
  };

  /** What is kept in weak containers. */
  const end = (): void => {
    if (flow.classes.some(cls => inheritsFrom(cls, WEAK_BASES))) live.forEach(storedIn);
    for (const { type, keys, items, file, at } of flow.made) {
      const weak = WEAK_CONTAINERS.get(type);
      if (!weak) continue;
      const kept = weak === 'keys' ? keys : items;
      for (const cls of guesses.behind(kept))
        note('weak-reference', cls, file, at, `may be kept in a ${type}`);
      for (const id of graph.tokens(kept)) {
        const token = tokens.get(id);
        if (token.kind === 'instance') note('weak-reference', token.cls, file, at, `is kept in a ${type}`);
      }
    }
  };

  return { call, end };
}

const valuesOf = (args: readonly Argument[]): number[] => args.map(a => a.value);
