// Where attributes are stored that no class can be read to declare: on classes, under computed names, on unknowns.
import { ArgKind, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above } from '../../slots.js';
import type { Found } from '../flow/lookups.js';
import { literalNames, storedNames } from '../flow/names.js';
import type { StoreSite } from '../flow/state.js';
import { SOME_CLASS, type Token, UNKNOWN } from '../flow/tokens.js';
import {
  type Argument,
  argumentsOf,
  opAt,
  row,
  spelling,
  stringAt,
  valueCount,
  written,
} from '../index-file.js';
import { newBlankClasses } from './blank-classes.js';
import { keysIn } from './left-out.js';
import { newMarked } from './marked.js';
import type { Call, Finder, Sight, Store } from './sight.js';
import { newToldNames } from './told-names.js';

/** Functions that store or delete the attribute whose name is their second argument. */
export const COMPUTED: ReadonlySet<string> = new Set([
  'builtins.setattr',
  'builtins.delattr',
  'builtins.object.__setattr__',
  'builtins.object.__delattr__',
]);

/** Special names that code stores on objects of any kind; all others are looked up on the class (reference 3.3). */
const ON_INSTANCES: ReadonlySet<string> = new Set(
  '__module__ __doc__ __name__ __qualname__ __wrapped__ __signature__ __annotations__'.split(' '),
);

/** What tests store on mocks, which stand where it cannot be told: `client.return_value.get.return_value = page`. */
const OF_MOCKS: ReadonlySet<string> = new Set(['return_value', 'side_effect']);

/** Methods of argparse that store what they parse on the object given under this keyword, or second. */
const FILLERS: ReadonlyMap<string, string> = new Map([
  ['parse_args', 'namespace'],
  ['parse_known_args', 'namespace'],
  ['parse_intermixed_args', 'namespace'],
  ['parse_known_intermixed_args', 'namespace'],
]);

/** `mock.patch.object(C, "name")`, `monkeypatch.setattr(C, "name", v)`, as they are spelled. */
const PATCHES = /(^|\.)patch\.object$|\.(set|del)attr$/;

const SETTER = /(^|\.)__(set|del)attr__$/;

/** A method of the world that takes stores. */
const isSetter = (token: Token): boolean =>
  (token.kind === 'bound' || token.kind === 'function') &&
  SETTER.test(token.file.facts.functions[token.fn]!.name);

/** Whether calls of a token are looked at here. */
export const asksStores = (token: Token): boolean => {
  if (token.kind === 'external') return COMPUTED.has(token.dotted);
  return token.kind === 'externalMethod' ? SETTER.test(token.dotted) : isSetter(token);
};

/**
 * Finds stores on classes, under names that are computed, and on what cannot be typed.
 * @param kept every name that instances of some class of the world keep
 * @param doubted stores that the classes they seem to be on need not get
 */
export function newStores(sight: Sight, kept: ReadonlySet<string>, doubted: readonly StoreSite[]): Finder {
  const { solved, live, belief, guesses, slotAware, note, onReceiver, onClass } = sight;
  const { flow, layouts, members } = solved;
  const { graph, resolver, tokens } = flow;
  const isTold = newToldNames(solved);
  const blankClasses = newBlankClasses(solved, live);
  const { callables, singletons } = newMarked(sight);

  const call = (site: Call): void => {
    const { file, callee } = site;
    for (const token of site.called)
      if (token.kind === 'external') external(token.dotted, site);
      else if (token.kind === 'externalMethod') externalMethod(token, site);
    if (site.called.some(isSetter)) ownMethod(site);
    if (PATCHES.test(spelling(file, callee))) named(site);
    for (const { receiver, attrs } of flow.handedStores.of(file).get(site.call) ?? [])
      for (const attr of attrs) storesOn(file, receiver, attr, site.at);
    if (opAt(file, callee) !== Op.Attr) return;
    const method = stringAt(file, row(file, callee).b);
    fills(method, site);
    if (/^__(set|del)attr__$/.test(method)) onUnknown(method, site);
  };

  /** `x.__setattr__(name, value)` where nothing is known of x. */
  const onUnknown = (method: string, site: Call): void => {
    const { file, callee } = site;
    const node = flow.valueNode(file, callee);
    if (graph.size(node) > 0 && !graph.has(node, UNKNOWN) && !belief.isCrowd(node)) return;
    const receiver = { kind: ArgKind.Positional, name: '', value: row(file, callee).a };
    const asFunction = { ...site, args: [receiver, ...site.args] };
    named(asFunction);
    computed(asFunction, `${method}() with a computed name`);
  };

  const external = (dotted: string, site: Call): void => {
    const short = dotted.replace(/^builtins\./, '');
    if (!COMPUTED.has(dotted)) return;
    named(site);
    computed(site, `${short}() with a computed name`);
  };

  /** `setattr(C, "name", v)` and `mock.patch.object(C, "name")` with names that are spelled out. */
  const named = ({ file, args: [receiver, name], at }: Call): void => {
    if (!receiver || !name) return;
    for (const attr of literalNames(file, name.value, resolver) ?? [])
      storesOn(file, receiver.value, attr, at);
  };

  const storesOn = (file: WorldFile, receiver: number, attr: string, at: number): void => {
    const says = `sets .${attr} on the class`;
    const subclasses = initialised(file, receiver);
    for (const cls of subclasses ?? []) note('class-store', cls, file, at, says, attr);
    if (subclasses) return;
    unresolved(file, receiver, attr, at);
    onClass('class-store', file, receiver, at, says, attr);
  };

  /** The classes that a value is one of where it is what `__init_subclass__` is given: those below its own class, be
   *  they ever so many. */
  const initialised = (file: WorldFile, value: number): readonly WorldClass[] | null => {
    const { op, a } = row(file, value);
    if (op !== Op.Var || resolver.bindings(file).values.has(a)) return null;
    const fn = file.facts.functions.find(f => f.parameters[0]?.variable === a);
    return fn?.name === '__init_subclass__' && fn.cls >= 0 ? flow.classesOf(file)[fn.cls]!.descendants : null;
  };

  const computed = ({ file, args: [receiver, name], at }: Call, says: string): void => {
    if (!receiver || !name || storedNames(file, receiver.value, name.value, resolver)) return;
    if (forwarded(file, name.value) || slotAware.isSlotName(file, name.value)) return;
    if (slotAware.isFieldName(file, receiver.value, name.value)) return;
    const holder = flow.descriptorNames.holderAt(file, name.value);
    const concerns = (cls: WorldClass): boolean => !holder || !isTold(holder, cls);
    onReceiver('computed-store', file, receiver.value, at, says, null, concerns);
    onClass('class-store', file, receiver.value, at, says);
  };

  /** Inside `__setattr__(self, name, value)` the name is the one that a store elsewhere spells out; inside
   *  `__setstate__(self, state)` the names are those that the class's own `__getstate__` put there, where it adds none
   *  that instances do not keep. */
  const forwarded = (file: WorldFile, value: number): boolean => {
    const r = written(file, value);
    if (r.op !== Op.Var) return false;
    const { functions, variables } = file.facts;
    if (functions.some(f => /^__(set|del)attr__$/.test(f.name) && f.parameters[1]?.variable === r.a))
      return true;
    const fn = functions.find(f => f.name === '__setstate__' && f.scope === variables[r.a]!.scope);
    const cls = fn && fn.cls >= 0 ? flow.classesOf(file)[fn.cls]! : null;
    const getter = cls?.fact.members.find(m => m.name === '__getstate__' && m.kind === 'function');
    if (!cls || !getter || setsByHand(cls)) return false;
    const keeps = (name: string): boolean =>
      [...flow.stores.values()].some(s => s.attr === name && (s.cls === cls || above(cls).includes(s.cls)));
    return [...keysIn(file, row(file, getter.value).a, resolver)].every(keeps);
  };

  /** Nodes of what `__setstate__` is called on with a state that no `__getstate__` gave. */
  let byHand: number[] | null = null;
  const setsByHand = (cls: WorldClass): boolean => {
    byHand ??= live.flatMap(file => [...statesSetIn(file)].map(v => flow.valueNode(file, v)));
    return byHand.some(node => {
      if (graph.size(node) === 0 || graph.has(node, UNKNOWN)) return true;
      return graph.tokens(node).some(id => {
        const token = tokens.get(id);
        return 'cls' in token && (token.cls === cls || above(token.cls).includes(cls));
      });
    });
  };

  /** `super().__setattr__(name, value)` */
  const externalMethod = (token: Token & { kind: 'externalMethod' }, { file, args, at }: Call): void => {
    const method = token.dotted.slice(token.dotted.lastIndexOf('.') + 1);
    const [name] = args;
    if (!name || (method !== '__setattr__' && method !== '__delattr__')) return;
    if (literalNames(file, name.value, resolver) || forwarded(file, name.value)) return;
    for (const id of graph.tokens(token.receiver)) {
      const receiver = tokens.get(id);
      if (receiver.kind === 'instance')
        note('computed-store', receiver.cls, file, at, `${method}() with a computed name`);
    }
  };

  /** `super().__setattr__(name, value)` where a class of the world defines it. */
  const ownMethod = ({ file, callee, args: [first, second], at }: Call): void => {
    if (opAt(file, callee) !== Op.Attr || !first) return;
    const base = row(file, callee).a;
    const says = `${stringAt(file, row(file, callee).b)}() with a computed name`;
    const isNamed = (name: Argument): boolean =>
      literalNames(file, name.value, resolver) !== null || forwarded(file, name.value);
    for (const token of sight.tokensOf(file, base)) {
      const [receiver, name] = token.kind === 'class' ? [first.value, second] : [base, first];
      if (!name || isNamed(name)) continue;
      if (token.kind !== 'super') onReceiver('computed-store', file, receiver, at, says);
      else
        for (const id of graph.tokens(token.receiver)) {
          const instance = tokens.get(id);
          if (instance.kind === 'instance') note('computed-store', instance.cls, file, at, says);
        }
    }
  };

  const fills = (method: string, { file, args, at }: Call): void => {
    const keyword = FILLERS.get(method);
    if (keyword === undefined) return;
    const target: Argument | undefined = args.find(a => a.name === keyword) ?? args[1];
    if (target) onReceiver('computed-store', file, target.value, at, `hands it to ${method}()`);
  };

  const store = ({ file, receiver, attr, at, annotates }: Store): void => {
    // what changes the dict or the class of an object stores no attribute
    if (attr === '__dict__' || attr === '__class__') return;
    if (annotates) onClass('class-store', file, receiver, at, `sets .${attr} on the class`, attr);
    else storesOn(file, receiver, attr, at);
  };

  /** A store on something that cannot be typed: if no instance keeps the name, classes that look alike are in doubt,
   *  and of those that bind the name in their body only these; besides them, what is there to take any name. If some
   *  do, the others are in doubt only where they were handed to what gives the receiver. */
  const unresolved = (file: WorldFile, receiver: number, attr: string, at: number): void => {
    const isPythons = ON_INSTANCES.has(attr) || layouts.specialNames.has(attr);
    // special names are stored on classes: `cls.__init__ = wrapped(cls.__init__)`
    if (isPythons && (!ON_INSTANCES.has(attr) || standsForClass(file, receiver))) return;
    if (OF_MOCKS.has(attr) && file.facts.imports.some(i => /(^|\.)mock$|^unittest$/.test(i.module))) return;
    const node = flow.valueNode(file, receiver);
    const isOpen = graph.has(node, UNKNOWN) || graph.has(node, SOME_CLASS);
    if (graph.size(node) > 0 && !isOpen && !belief.isCrowd(node)) return;
    const isOwned = kept.has(attr) && guesses.someFits(file, receiver, attr);
    const found = isOwned ? guesses.lacking(file, receiver, attr) : unowned(file, receiver, attr, isPythons);
    for (const cls of found) if (!takesItself(cls, attr)) mayStore(cls, file, attr, at);
  };
  const unowned = (
    file: WorldFile,
    receiver: number,
    attr: string,
    isPythons: boolean,
  ): Iterable<WorldClass> => {
    if (guesses.standing(file, receiver).some(cls => takesItself(cls, attr))) return [];
    const candidates = attr === '__module__' ? singletons() : guesses.storing(file, receiver, attr);
    // names made in the image of Python's mark functions, and what stands for one
    const isMark = !isPythons && /^__\w+__$/.test(attr) && !areClasses(flow.valueNode(file, receiver));
    const marked = isMark ? callables() : [];
    const blank = isPythons ? [] : blankClasses();
    return new Set([...candidates, ...marked, ...blank]);
  };

  const mayStore = (cls: WorldClass, file: WorldFile, attr: string, at: number): void =>
    note('unresolved-store', cls, file, at, `may store .${attr} on it`, attr, false);

  /** Whether a property or another data descriptor of the class gets what is stored under a name: with slots as
   *  without. */
  const takesItself = (cls: WorldClass, attr: string): boolean => {
    const found = members.lookup(cls, attr);
    return found.length > 0 && found.every(m => isProperty(m) || members.isDataDescriptor(m.cls, m.fact));
  };
  const isProperty = ({ cls, fact }: Found): boolean => {
    const kind = members.kindOf(cls, fact);
    return kind === 'property' || kind === 'accessor';
  };

  /** Whether it is known that nothing but classes stands at a node, be it unknown which. */
  const areClasses = (node: number): boolean => graph.has(node, SOME_CLASS) && !graph.has(node, UNKNOWN);

  const standsForClass = (file: WorldFile, value: number): boolean =>
    graph.tokens(flow.valueNode(file, value)).some(id => tokens.get(id).kind === 'class');

  const end = (): void => {
    for (const { cls, file, attr, at } of doubted) mayStore(cls, file, attr, at);
  };

  return { call, store, end };
}

/** What `__setstate__` is called on in a file, but for calls that hand on the state of another object or of a method
 *  that takes one: `copy.__setstate__(self.__getstate__())`, `super().__setstate__(state)`. */
function* statesSetIn(file: WorldFile): Generator<number> {
  if (!file.facts.strings.includes('__setstate__')) return;
  const takers = file.facts.functions.filter(f => f.name === '__setstate__');
  const isNamed = (value: number, name: string): boolean =>
    opAt(file, value) === Op.Attr && stringAt(file, row(file, value).b) === name;
  const isTaken = (value: number): boolean =>
    opAt(file, value) === Op.Call && isNamed(row(file, value).a, '__getstate__');
  for (let v = 0; v < valueCount(file); v++) {
    const { op, a, at } = row(file, v);
    if (op !== Op.Call || !isNamed(a, '__setstate__') || takers.some(f => f.at <= at && at < f.end)) continue;
    if (!argumentsOf(file, v).some(arg => isTaken(arg.value))) yield row(file, a).a;
  }
}
