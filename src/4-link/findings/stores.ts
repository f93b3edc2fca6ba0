// Where attributes are stored that no class can be read to declare: on classes, under computed names, on unknowns.
import { lastPart } from '../../model/dotted.js';
import { ArgKind, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above } from '../../slots.js';
import { literalNames, storedNames } from '../flow/names.js';
import type { StoreSite } from '../flow/state.js';
import { type Token, UNKNOWN } from '../flow/tokens.js';
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
import { keysIn } from './left-out.js';
import type { Call, Finder, Sight, Store } from './sight.js';
import { newToldNames } from './told-names.js';
import { newUnresolvedStores } from './unresolved-stores.js';
import { newNoteWithin } from './within.js';

/** Functions that store or delete the attribute whose name is their second argument. */
export const COMPUTED: ReadonlySet<string> = new Set([
  'builtins.setattr',
  'builtins.delattr',
  'builtins.object.__setattr__',
  'builtins.object.__delattr__',
]);

/** Methods of argparse that store what they parse on the object given under this keyword, or second. */
const FILLERS: ReadonlyMap<string, string> = new Map([
  ['parse_args', 'namespace'],
  ['parse_known_args', 'namespace'],
  ['parse_intermixed_args', 'namespace'],
  ['parse_known_intermixed_args', 'namespace'],
]);

/** `mock.patch.object(C, "name")`, `monkeypatch.setattr(C, "name", v)`, as they are spelled. */
const PATCHES = /(^|\.)patch\.object$|\.(set|del)attr$/;

const OBJECT_PATCH = /(^|\.)mock\.patch\.object$/;

const DELETES = /(^|\.)(__)?delattr(__)?$/;

/** Methods that take stores, by name and by dotted name. */
export const SETTING = /^__(set|del)attr__$/;
const SETTER = /(^|\.)__(set|del)attr__$/;

/** A method of the world that takes stores. */
const isOwnSetter = (token: Token): boolean =>
  (token.kind === 'bound' || token.kind === 'function') &&
  SETTER.test(token.file.facts.functions[token.fn]!.name);

/** A method that takes stores. */
export const isSetter = (token: Token): boolean =>
  token.kind === 'externalMethod' ? SETTER.test(token.dotted) : isOwnSetter(token);

/** Whether calls of a token are looked at here. */
export const asksStores = (token: Token): boolean =>
  token.kind === 'external' ? COMPUTED.has(token.dotted) || OBJECT_PATCH.test(token.dotted) : isSetter(token);

/**
 * Finds stores on classes, under names that are computed, and on what cannot be typed.
 * @param kept every name that instances of some class of the world keep
 * @param doubted stores that the classes they seem to be on need not get
 */
export function newStores(sight: Sight, kept: ReadonlySet<string>, doubted: readonly StoreSite[]): Finder {
  const { solved, live, belief, slotAware, instancesAt, note, onReceiver, onClass } = sight;
  const { flow } = solved;
  const { graph, resolver, tokens } = flow;
  const isTold = newToldNames(solved);
  const unresolved = newUnresolvedStores(sight, kept, doubted);
  const noteWithin = newNoteWithin(sight);

  const call = (site: Call): void => {
    const { file, callee } = site;
    for (const token of site.called)
      if (token.kind === 'external') external(token.dotted, site);
      else if (token.kind === 'externalMethod') externalMethod(token, site);
    if (site.called.some(isOwnSetter)) ownMethod(site);
    if (isPatch(site)) patched(site);
    for (const { receiver, attrs } of flow.handedStores.of(file).get(site.call) ?? [])
      for (const attr of attrs) storesOn(file, receiver, attr, site.at);
    if (opAt(file, callee) !== Op.Attr) return;
    const method = stringAt(file, row(file, callee).b);
    fills(method, site);
    if (SETTING.test(method)) onUnknown(method, site);
  };

  const isPatch = ({ file, callee, called }: Call): boolean =>
    PATCHES.test(spelling(file, callee)) ||
    called.some(token => token.kind === 'external' && OBJECT_PATCH.test(token.dotted));

  /** `mock.patch.object(x, name)`: over a method it stores what slots do not take. */
  const patched = (site: Call): void => {
    named(site);
    const { file, args, at } = site;
    const [target, name] = args;
    if (!target || !name || opAt(file, target.value) === Op.Str) return;
    const attrs = literalNames(file, name.value, resolver);
    for (const attr of attrs ?? []) unresolved.replace(file, target.value, attr, at);
    for (const cls of attrs ? [] : instancesAt(flow.valueNode(file, target.value)))
      note('computed-store', cls, file, at, 'patches what has a computed name');
  };

  /** `x.__setattr__(name, value)` where nothing is known of x. */
  const onUnknown = (method: string, site: Call): void => {
    const { file, callee } = site;
    const node = flow.valueNode(file, callee);
    if (graph.size(node) > 0 && !graph.has(node, UNKNOWN) && !belief.isCrowd(node)) return;
    const receiver = { kind: ArgKind.Positional, name: '', value: row(file, callee).a };
    const asFunction = { ...site, args: [receiver, ...site.args] };
    named(asFunction);
    computed(asFunction, `${method}() with a computed name`, DELETES.test(method));
  };

  const external = (dotted: string, site: Call): void => {
    const short = dotted.replace(/^builtins\./, '');
    if (!COMPUTED.has(dotted)) return;
    if (site.args[0]?.kind === ArgKind.Star) return allComputed(site, short);
    named(site);
    computed(site, `${short}() with a computed name`, DELETES.test(dotted));
  };

  /** `setattr(*step)`. Where it is what a function is handed, whoever hands it on may say what it is called with. */
  const allComputed = ({ file, callee, args: [given], at }: Call, short: string): void => {
    const says = `${short}() with its arguments computed`;
    if (resolver.value(file, callee).every(m => m.kind === 'external'))
      return noteWithin('computed-store', file, given!.value, at, says);
    for (const node of firstIn(flow.valueNode(file, given!.value)))
      for (const cls of instancesAt(node))
        if (!handedOn().has(cls)) note('computed-store', cls, file, at, says);
  };

  /** Nodes of what may stand first in the containers at a node. */
  const firstIn = (node: number): readonly number[] =>
    [...belief.tokens(node)].flatMap(id => {
      const token = tokens.get(id);
      return token.kind === 'bag' ? [token.items, ...(token.places?.slice(0, 1) ?? [])] : [];
    });

  let handed: Set<WorldClass> | null = null;
  /** Classes whose instances are handed on beside a function that stores, with the names spelled out. */
  const handedOn = (): ReadonlySet<WorldClass> =>
    (handed ??= new Set(
      live.flatMap(file =>
        [...flow.handedStores.of(file).values()].flatMap(stores =>
          stores.flatMap(({ receiver }) => instancesAt(flow.valueNode(file, receiver))),
        ),
      ),
    ));

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
    unresolved.store(file, receiver, attr, at);
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

  /** A field that is deleted shows its default again, where there are no slots. */
  const showsDefaults = (cls: WorldClass): boolean =>
    [cls, ...above(cls)].some(c => c.fields.some(f => f.onClass));

  const computed = ({ file, args: [receiver, name], at }: Call, says: string, deletes: boolean): void => {
    if (!receiver || !name || storedNames(file, receiver.value, name.value, resolver, flow.callers)) return;
    if (forwarded(file, name.value) || slotAware.isSlotName(file, name.value)) return;
    const isField = slotAware.isFieldName(file, receiver.value, name.value);
    if (isField && !deletes) return;
    const holder = flow.descriptorNames.holderAt(file, name.value);
    const lists = flow.listedNames.listsAt(file, receiver.value, name.value);
    const isListed = (cls: WorldClass): boolean =>
      lists !== null &&
      [cls, ...cls.descendants].every(c => isSeen(c, flow.listedNames.namesIn(lists, c), file, at));
    const concerns = (cls: WorldClass): boolean =>
      isField ? showsDefaults(cls) : !(holder && isTold(holder, cls)) && !isListed(cls);
    onReceiver('computed-store', file, receiver.value, at, says, null, concerns);
    // names that are told are seen one by one
    if (!literalNames(file, name.value, resolver)) onClass('class-store', file, receiver.value, at, says);
  };

  let seen: ReadonlySet<string> | null = null;
  /** Whether all stores under names that a class lists are seen at a place. */
  const isSeen = (cls: WorldClass, names: readonly string[] | null, file: WorldFile, at: number): boolean => {
    seen ??= new Set([...flow.stores.values()].map(s => `${s.cls.index} ${s.file.index} ${s.at} ${s.attr}`));
    return names?.every(name => seen!.has(`${cls.index} ${file.index} ${at} ${name}`)) ?? false;
  };

  /** Inside `__setattr__(self, name, value)` the name is the one that a store elsewhere spells out; inside
   *  `__setstate__(self, state)` the names are those that the class's own `__getstate__` put there, where it adds none
   *  that instances do not keep. */
  const forwarded = (file: WorldFile, value: number): boolean => {
    const r = written(file, value);
    if (r.op !== Op.Var) return false;
    const { functions, variables } = file.facts;
    if (functions.some(f => SETTING.test(f.name) && f.parameters[1]?.variable === r.a)) return true;
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
        if (token.kind !== 'instance' && token.kind !== 'class' && token.kind !== 'super') return false;
        return token.cls === cls || above(token.cls).includes(cls);
      });
    });
  };

  /** `super().__setattr__(name, value)` */
  const externalMethod = (token: Token & { kind: 'externalMethod' }, { file, args, at }: Call): void => {
    const method = lastPart(token.dotted);
    const [name] = args;
    if (!name || (method !== '__setattr__' && method !== '__delattr__')) return;
    if (literalNames(file, name.value, resolver) || forwarded(file, name.value)) return;
    for (const cls of instancesAt(token.receiver))
      note('computed-store', cls, file, at, `${method}() with a computed name`);
  };

  /** `super().__setattr__(name, value)` where a class of the world defines it. */
  const ownMethod = ({ file, callee, args: [first, second], at }: Call): void => {
    if (opAt(file, callee) !== Op.Attr || !first) return;
    const { a: base, b: spelled } = row(file, callee);
    const method = stringAt(file, spelled);
    if (!SETTING.test(method)) return;
    const says = `${method}() with a computed name`;
    const isNamed = (name: Argument): boolean =>
      literalNames(file, name.value, resolver) !== null || forwarded(file, name.value);
    for (const token of sight.tokensOf(file, base)) {
      const [receiver, name] = token.kind === 'class' ? [first.value, second] : [base, first];
      if (!name || isNamed(name)) continue;
      if (token.kind !== 'super') onReceiver('computed-store', file, receiver, at, says);
      else for (const cls of instancesAt(token.receiver)) note('computed-store', cls, file, at, says);
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

  return { call, store, end: unresolved.end };
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
