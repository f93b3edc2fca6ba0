// What the program does with instances and classes that `__slots__` may change: a walk over every value and act
// once value flow is known.
import { ACT_WIDTH, Act, Op, VALUE_WIDTH } from '../model/facts.js';
import type { Finding, FindingKind, WorldClass, WorldFile } from '../model/world.js';
import { above, fieldDecorator, inheritsFrom, makesFields } from '../slots.js';
import { newCopies } from './copies.js';

import type { Belief } from './flow/belief.js';
import { literalNames, storedNames } from './flow/names.js';
import type { Solved } from './flow/solve.js';
import { type Token, UNKNOWN } from './flow/tokens.js';
import { type Guesses, newGuesses } from './guesses.js';

import {
  type Argument,
  argumentsOf,
  listAt,
  mayCreate,
  opAt,
  placeAt,
  row,
  spelling,
  stringAt,
  valueCount,
} from './index-file.js';
import { newSlotAware } from './slot-aware.js';

/** Weak containers, and whether they refer weakly to their keys or their items. */
const WEAK_CONTAINERS: ReadonlyMap<string, 'keys' | 'items'> = new Map([
  ['weakref.WeakSet', 'items'],
  ['weakref.WeakValueDictionary', 'items'],
  ['weakref.WeakKeyDictionary', 'keys'],
  ['_weakrefset.WeakSet', 'items'],
]);

const WEAK_CALLS: ReadonlySet<string> = new Set([
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

/** Libraries whose signals hold receivers weakly. */
const SIGNALS =
  /(^|\.)(blinker|django\.dispatch|django\.db\.models\.signals|pydispatch|pydispatcher|louie)\b/;

const LISTING: ReadonlySet<string> = new Set([
  'builtins.dir',
  'inspect.getmembers',
  'inspect.getmembers_static',
]);

/** Predicates that are false of member descriptors (inspect; checked by test/layouts.test.ts on real interpreters). */
const NO_SLOT_IS: ReadonlySet<string> = new Set(
  (
    'isfunction ismethod isclass ismodule isbuiltin iscoroutinefunction isgeneratorfunction isasyncgenfunction ' +
    'isroutine ismethoddescriptor isabstract'
  )
    .split(' ')
    .map(n => `inspect.${n}`),
);

const DICT_READERS: ReadonlySet<string> = new Set(['builtins.vars', 'functools.update_wrapper']);

/** Special names that code stores on objects of any kind; all others are looked up on the class (reference 3.3). */
const ON_INSTANCES: ReadonlySet<string> = new Set(
  '__module__ __doc__ __name__ __qualname__ __wrapped__ __signature__ __annotations__'.split(' '),
);

const COMPUTED: ReadonlySet<string> = new Set([
  'builtins.setattr',
  'builtins.delattr',
  'builtins.object.__setattr__',
  'builtins.object.__delattr__',
]);

/** Methods of object that give the state of an instance. */
const STATE_METHODS: readonly string[] = ['__getstate__', '__reduce__', '__reduce_ex__'];

/** With `create=True` mock restores an attribute only if it stood in the instance's `__dict__`, and else deletes it. */
const MADE_BY_PATCH = 'patches it with create=True, which looks into its __dict__';

/** Guesses that name more classes than this are none. */
const MOST_GUESSED = 6;

/** Methods of argparse that store what they parse on the object given under this keyword, or second. */
const FILLERS: ReadonlyMap<string, string> = new Map([
  ['parse_args', 'namespace'],
  ['parse_known_args', 'namespace'],
  ['parse_intermixed_args', 'namespace'],
  ['parse_known_intermixed_args', 'namespace'],
]);

/** Whether reading a name on a class finds the default of a field, or would find its slot. */
function showsField(cls: WorldClass, name: string): boolean {
  for (const entry of cls.mro) {
    if (entry.kind !== 'class') continue;
    const field = entry.cls.fields.find(f => f.name === name);
    if (field) return field.hasDefault || fieldDecorator(entry.cls) !== null;
  }
  return false;
}

/** Fields of a class and of those above it, as far as a decorator makes them. */
const fieldNames = (cls: WorldClass): string[] =>
  [cls, ...above(cls)].flatMap(c => (fieldDecorator(c) ? c.fields.map(f => f.name) : []));

/** Everything found, by class. `kept`: every name that instances of some class of the world keep. */
export function findAll(
  solved: Solved,
  live: readonly WorldFile[],
  kept: ReadonlySet<string>,
  belief: Belief,
): ReadonlyMap<WorldClass, readonly Finding[]> {
  const { flow } = solved;
  const { graph, tokens } = flow;
  const found = new Map<WorldClass, Finding[]>();
  const seen = new Set<string>();
  const guesses: Guesses = newGuesses(solved, live, belief);
  const slotAware = newSlotAware(flow.resolver);

  const note = (
    kind: FindingKind,
    cls: WorldClass,
    file: WorldFile,
    at: number,
    says: string,
    attr: string | null = null,
    certain = true,
  ): void => {
    const key = `${kind}:${cls.index}:${file.index}:${at}:${attr ?? ''}`;
    if (seen.has(key)) return;
    seen.add(key);
    const finding: Finding = { kind, cls, attr, certain, evidence: { at: placeAt(file, at), says } };
    const list = found.get(cls);
    if (list) list.push(finding);
    else found.set(cls, [finding]);
  };

  const tokensOf = (file: WorldFile, value: number): Token[] =>
    [...belief.tokens(flow.valueNode(file, value))].map(id => tokens.get(id));

  /** Tokens of a value, of what containers in it hold, and so on. */
  const deep = (file: WorldFile, value: number): Token[] => [...deepTokens(flow.valueNode(file, value))];
  function* deepTokens(from: number): Generator<Token> {
    const yielded = new Set<number>();
    const visited = new Set<number>([from]);
    for (const node of visited)
      for (const id of belief.tokens(node)) {
        if (yielded.has(id)) continue;
        yielded.add(id);
        const token = tokens.get(id);
        yield token;
        if (token.kind !== 'bag') continue;
        for (const inner of [token.items, token.keys, ...(token.places ?? [])]) visited.add(inner);
      }
  }

  /** Notes a finding for every class that may stand at a receiver, the guessed ones as uncertain. */
  const onReceiver = (
    kind: FindingKind,
    file: WorldFile,
    receiver: number,
    at: number,
    says: string,
    attr: string | null = null,
  ): void => {
    for (const token of tokensOf(file, receiver)) {
      if (token.kind === 'instance') note(kind, token.cls, file, at, says, attr);
      else if (token.kind === 'super') note(kind, token.cls, file, at, says, attr);
    }
    for (const cls of guesses.at(file, receiver)) note(kind, cls, file, at, says, attr, false);
  };

  const copies = newCopies({ solved, belief, deepTokens, note });

  const attribute = (file: WorldFile, base: number, name: string, at: number): void => {
    if (name === '__subclasses__')
      for (const token of tokensOf(file, base))
        if (token.kind === 'class') note('subclass-listing', token.cls, file, at, 'lists its subclasses');
    for (const token of tokensOf(file, base))
      if (token.kind === 'class' && showsField(token.cls, name))
        note('class-attribute-test', token.cls, file, at, `reads .${name} on the class`, name);
    if (name === '__orig_class__') onReceiver('instance-dict', file, base, at, 'reads .__orig_class__');
    if (name !== '__dict__' || slotAware.mindsBoth(file, at)) return;
    onReceiver('instance-dict', file, base, at, 'reads .__dict__');
    for (const token of tokensOf(file, base))
      if (token.kind === 'class') note('class-dict', token.cls, file, at, 'reads the __dict__ of the class');
  };

  const call = (file: WorldFile, value: number, at: number): void => {
    const callee = row(file, value).a;
    const args = argumentsOf(file, value);
    subscripted(file, callee, args, at);
    madeByCall(file, callee, args, at);
    bareInstance(file, callee, args, at);
    for (const token of tokensOf(file, callee)) {
      if (token.kind === 'external') externalCall(token.dotted, file, args, at);
      else if (token.kind === 'externalMethod') methodCall(token, file, args, at);
      else if (token.kind === 'class' && inheritsFrom(token.cls, WEAK_CALLS))
        weakArguments(file, args.slice(0, 1), at);
      else if (token.kind === 'bag' && SIGNALS.test(token.type)) weakArguments(file, args, at);
    }
    if (opAt(file, callee) === Op.Attr && isSignalConnect(file, callee)) weakArguments(file, args, at);
    if (/(^|\.)patch\.object$|\.(set|del)attr$/.test(spelling(file, callee))) setsLiteral(file, args, at);
    if (args[0] && /(^|\.)patch\.object$/.test(spelling(file, callee)) && mayCreate(file, args, 4))
      onReceiver('instance-dict', file, args[0].value, at, MADE_BY_PATCH);
    if (opAt(file, callee) === Op.Attr) {
      const method = stringAt(file, row(file, callee).b);
      fills(file, method, args, at);
      stateTaken(file, callee, at);
      copies.method(method, file, row(file, callee).a, args, at);
    }
    functionsAsValues(file, args, at);
    dictByName(file, callee, args, at);
  };

  const fills = (file: WorldFile, method: string, args: readonly Argument[], at: number): void => {
    const keyword = FILLERS.get(method);
    if (keyword === undefined) return;
    const target = args.find(a => a.name === keyword) ?? (args.length > 1 ? args[1] : undefined);
    if (target) onReceiver('computed-store', file, target.value, at, `hands it to ${method}()`);
  };

  /** `C[int](...)`, by whatever name: `IntC = C[int]`, or handed on to be called elsewhere. */
  const subscripted = (file: WorldFile, callee: number, args: readonly Argument[], at: number): void => {
    const isTyping = flow.resolver
      .value(file, callee)
      .some(m => m.kind === 'external' && /^typing(_extensions)?\./.test(m.dotted));
    for (const value of [callee, ...(isTyping ? [] : args.map(a => a.value))])
      for (const m of flow.resolver.value(file, value))
        if (m.kind === 'subscript' && m.base.kind === 'class')
          note('subscripted-call', flow.classOf(m.base), file, at, 'is called through a subscription');
  };

  /** `C = dataclass(C)`, `dataclass(frozen=True)(C)`. */
  const madeByCall = (file: WorldFile, callee: number, args: readonly Argument[], at: number): void => {
    const first = args[0];
    if (!first) return;
    const maker = opAt(file, callee) === Op.Call ? row(file, callee).a : callee;
    for (const token of tokensOf(file, maker))
      if (token.kind === 'external' && makesFields(token.dotted))
        for (const made of tokensOf(file, first.value))
          if (made.kind === 'class')
            note('made-by-call', made.cls, file, at, `hands the class to ${token.dotted}()`);
  };

  /** `C.__new__(C)` outside of `__new__`: an instance whose `__init__` has not run. */
  const bareInstance = (file: WorldFile, callee: number, args: readonly Argument[], at: number): void => {
    const first = args[0];
    if (!first || opAt(file, callee) !== Op.Attr || stringAt(file, row(file, callee).b) !== '__new__') return;
    if (file.facts.functions.some(f => f.name === '__new__' && f.cls >= 0 && f.at <= at && at < f.end))
      return;
    for (const token of tokensOf(file, first.value))
      if (token.kind === 'class')
        note('bare-instance', token.cls, file, at, 'makes an instance without __init__');
  };

  /** `inspect.getmembers(x, predicate)` with a predicate that slots do not fulfil, or that asks for them. */
  const picksMembers = (file: WorldFile, predicate: number): boolean =>
    slotAware.listsSlots(file, predicate) ||
    flow.resolver.value(file, predicate).every(m => m.kind === 'external' && NO_SLOT_IS.has(m.dotted));

  const externalCall = (dotted: string, file: WorldFile, args: readonly Argument[], at: number): void => {
    const first = args[0];
    const short = dotted.replace(/^builtins\./, '');
    if (!first) return;
    if (WEAK_CALLS.has(dotted)) weakArguments(file, args.slice(0, 1), at);
    if (WEAK_CALLS.has(dotted.replace(/\.__new__$/, ''))) weakArguments(file, args.slice(1, 2), at);
    if (dotted === 'builtins.exec' || dotted === 'builtins.eval') runsText(file, args.slice(1), short, at);
    copies.external(dotted, file, args, at);
    if (DICT_READERS.has(dotted)) {
      onReceiver('instance-dict', file, first.value, at, `passes it to ${short}()`);
      if (dotted === 'builtins.vars') listsClass(file, first.value, at, 'vars() of the class', 'class-dict');
    }
    if (LISTING.has(dotted) && !(args[1] && picksMembers(file, args[1].value))) {
      onReceiver('class-listing', file, first.value, at, `lists its attributes with ${short}()`);
      listsClass(file, first.value, at, `lists the class's attributes with ${short}()`);
    }
    if (COMPUTED.has(dotted)) {
      setsLiteral(file, args, at);
      computed(file, first.value, args[1], at, `${short}() with a computed name`);
    }
    if (
      (dotted === 'builtins.hasattr' || dotted === 'builtins.getattr') &&
      args[1] &&
      literalNames(file, args[1].value, flow.resolver)?.includes('__slots__')
    )
      onReceiver('class-listing', file, first.value, at, 'asks whether it has __slots__', '__slots__');
    if (dotted === 'builtins.hasattr' || dotted === 'builtins.getattr')
      testsClass(file, first.value, args[1], at);
  };

  /** `exec(text, {"self": self})`: what is named in a display handed to code that is text. */
  const runsText = (file: WorldFile, namespaces: readonly Argument[], short: string, at: number): void => {
    for (const { value } of namespaces) {
      if (opAt(file, value) !== Op.Dict) continue;
      const items = listAt(file, row(file, value).b);
      for (let i = 0; i < items.length; i += 2)
        onReceiver('computed-store', file, items[i + 1]!, at, `hands it to ${short}()`);
    }
  };
  /** `x.__getstate__()` and `super().__reduce_ex__(4)`: the state that object gives is no longer a dict. */
  const stateTaken = (file: WorldFile, callee: number, at: number): void => {
    const name = stringAt(file, row(file, callee).b);
    if (!STATE_METHODS.includes(name)) return;
    for (const token of tokensOf(file, row(file, callee).a)) {
      if (token.kind !== 'instance' && token.kind !== 'super') continue;
      const line = token.kind === 'super' ? above(token.cls) : [token.cls, ...above(token.cls)];
      if (line.some(c => STATE_METHODS.some(method => c.members.has(method)))) continue;
      note('instance-dict', token.cls, file, at, `takes its state from the ${name} of object`);
    }
  };
  const listsClass = (
    file: WorldFile,
    value: number,
    at: number,
    says: string,
    kind: FindingKind = 'class-listing',
  ): void => {
    for (const token of tokensOf(file, value))
      if (token.kind === 'class') note(kind, token.cls, file, at, says);
  };

  /** `setattr(C, "name", v)` and `mock.patch.object(C, "name")` with names that are spelled out. */
  const setsLiteral = (file: WorldFile, args: readonly Argument[], at: number): void => {
    if (!args[0] || !args[1]) return;
    const names = literalNames(file, args[1].value, flow.resolver) ?? [];
    for (const attr of names) unresolved(file, args[0].value, attr, at);
    for (const token of tokensOf(file, args[0].value))
      if (token.kind === 'class')
        for (const attr of names)
          note('class-store', token.cls, file, at, `sets .${attr} on the class`, attr);
  };

  const testsClass = (file: WorldFile, value: number, name: Argument | undefined, at: number): void => {
    if (!name) return;
    const names = literalNames(file, name.value, flow.resolver);
    for (const token of tokensOf(file, value))
      if (token.kind === 'class')
        for (const attr of names ?? fieldNames(token.cls))
          note('class-attribute-test', token.cls, file, at, `asks the class for .${attr}`, attr);
  };

  const computed = (
    file: WorldFile,
    receiver: number,
    name: Argument | undefined,
    at: number,
    says: string,
  ): void => {
    if (!name || storedNames(file, receiver, name.value, flow.resolver) || forwarded(file, name.value))
      return;
    if (slotAware.isSlotName(file, name.value)) return;
    onReceiver('computed-store', file, receiver, at, says);
    for (const token of tokensOf(file, receiver))
      if (token.kind === 'class') note('class-store', token.cls, file, at, says);
  };

  /** Inside `__setattr__(self, name, value)` the name is the one that a store elsewhere spells out; inside
   *  `__setstate__(self, state)` the names are those that the class's own `__getstate__` put there. */
  const forwarded = (file: WorldFile, value: number): boolean => {
    const r = row(file, value);
    if (r.op !== Op.Var) return false;
    const { functions, variables, classes } = file.facts;
    if (functions.some(f => /^__(set|del)attr__$/.test(f.name) && f.parameters[1]?.variable === r.a))
      return true;
    const fn = functions.find(f => f.name === '__setstate__' && f.scope === variables[r.a]!.scope);
    return fn !== undefined && fn.cls >= 0 && classes[fn.cls]!.members.some(m => m.name === '__getstate__');
  };

  const methodCall = (
    token: Token & { kind: 'externalMethod' },
    file: WorldFile,
    args: readonly Argument[],
    at: number,
  ): void => {
    const name = token.dotted.slice(token.dotted.lastIndexOf('.') + 1);
    if (name !== '__setattr__' && name !== '__delattr__' && name !== '__dir__') return;
    for (const id of graph.tokens(token.receiver)) {
      const receiver = tokens.get(id);
      if (receiver.kind !== 'instance') continue;
      if (name === '__dir__')
        note('class-listing', receiver.cls, file, at, 'lists its attributes with __dir__()');
      else if (
        args[0] &&
        !literalNames(file, args[0].value, flow.resolver) &&
        !forwarded(file, args[0].value)
      )
        note('computed-store', receiver.cls, file, at, `${name}() with a computed name`);
    }
  };

  const isSignalConnect = (file: WorldFile, callee: number): boolean => {
    const method = stringAt(file, row(file, callee).b);
    if (!/^connect/.test(method)) return false;
    return file.facts.imports.some(
      i => SIGNALS.test(i.module) || SIGNALS.test(`${i.module}.${i.name ?? ''}`),
    );
  };

  /** Arguments that something refers to weakly; a bound method stands for its receiver. */
  const weakArguments = (file: WorldFile, args: readonly Argument[], at: number): void => {
    for (const arg of args) {
      for (const token of tokensOf(file, arg.value)) {
        if (token.kind !== 'bound') continue;
        const owner = token.file.facts.functions[token.fn]!.cls;
        if (owner < 0) continue;
        const cls = flow.classOf({ kind: 'class', file: token.file, number: owner });
        note('weak-reference', cls, file, at, 'refers to it weakly through a method');
      }
      const holders = opAt(file, arg.value) === Op.Attr ? [arg.value, row(file, arg.value).a] : [arg.value];
      for (const holder of holders)
        for (const token of tokensOf(file, holder))
          if (token.kind === 'instance') note('weak-reference', token.cls, file, at, 'refers to it weakly');
      // `__weakref__` too much costs 8 bytes, one too few a TypeError: a good guess is enough
      const guessed = guesses.at(file, arg.value);
      if (guessed.length <= MOST_GUESSED)
        for (const cls of guessed) note('weak-reference', cls, file, at, 'may refer to it weakly');
    }
  };

  /** `map(vars, items)`, `json.dumps(x, default=vars)`: the function reaches what stands beside it. */
  const functionsAsValues = (file: WorldFile, args: readonly Argument[], at: number): void => {
    for (const arg of args) {
      if (opAt(file, arg.value) !== Op.Var && opAt(file, arg.value) !== Op.Attr) continue;
      for (const token of tokensOf(file, arg.value)) {
        if (token.kind !== 'external') continue;
        const reads = DICT_READERS.has(token.dotted);
        const kind: FindingKind | null = reads
          ? 'instance-dict'
          : WEAK_CALLS.has(token.dotted)
            ? 'weak-reference'
            : LISTING.has(token.dotted)
              ? 'class-listing'
              : COMPUTED.has(token.dotted)
                ? 'computed-store'
                : null;
        if (kind === null) continue;
        const says = `hands it to ${token.dotted.replace(/^builtins\./, '')}`;
        for (const other of args)
          if (other !== arg)
            for (const t of deep(file, other.value))
              if (t.kind === 'instance') note(kind, t.cls, file, at, says);
      }
    }
  };

  /** `getattr(x, "__dict__")`, `operator.attrgetter("__dict__")`, `object.__getattribute__(x, "__dict__")`. */
  const dictByName = (file: WorldFile, callee: number, args: readonly Argument[], at: number): void => {
    const named = args.some(
      a => opAt(file, a.value) === Op.Str && stringAt(file, row(file, a.value).a) === '__dict__',
    );
    if (!named || slotAware.mindsBoth(file, at)) return;
    const says = 'names "__dict__" in a call';
    if (opAt(file, callee) === Op.Attr) onReceiver('instance-dict', file, row(file, callee).a, at, says);
    for (const a of args) onReceiver('instance-dict', file, a.value, at, says);
  };

  const act = (file: WorldFile, i: number): void => {
    const { acts } = file.facts;
    const kind = acts[i]! as Act;
    if (kind !== Act.Store && kind !== Act.StoreAug && kind !== Act.StoreDel && kind !== Act.AnnotateAttr)
      return;
    const [receiver, attr, at] = [acts[i + 1]!, stringAt(file, acts[i + 2]!), acts[i + 4]!];
    if (attr === '__dict__')
      return slotAware.mindsBoth(file, at)
        ? undefined
        : onReceiver('instance-dict', file, receiver, at, 'replaces .__dict__');
    if (attr === '__class__') {
      onReceiver('class-assignment', file, receiver, at, 'changes .__class__');
      if (acts[i + 3]! >= 0)
        for (const token of tokensOf(file, acts[i + 3]!))
          if (token.kind === 'class')
            note('class-assignment', token.cls, file, at, 'becomes the .__class__ of an object');
      return;
    }
    for (const token of tokensOf(file, receiver))
      if (token.kind === 'class')
        note('class-store', token.cls, file, at, `sets .${attr} on the class`, attr);
    if (kind !== Act.AnnotateAttr) unresolved(file, receiver, attr, at);
  };

  /** A store on something that cannot be typed: if no instance keeps the name, classes that look alike are in doubt,
   *  and of those that bind the name in their body only these. */
  const unresolved = (file: WorldFile, receiver: number, attr: string, at: number): void => {
    // special names are stored on classes: `cls.__init__ = wrapped(cls.__init__)`
    if (/^__\w+__$/.test(attr) && (!ON_INSTANCES.has(attr) || standsForClass(file, receiver))) return;
    if (kept.has(attr) && guesses.someFits(file, receiver, attr)) return;
    const node = flow.valueNode(file, receiver);
    if (graph.size(node) > 0 && !graph.has(node, UNKNOWN) && !belief.isCrowd(node)) return;
    const candidates = attr === '__module__' ? singletons() : guesses.storing(file, receiver, attr);
    for (const cls of candidates)
      note('unresolved-store', cls, file, at, `may store .${attr} on it`, attr, false);
  };

  const standsForClass = (file: WorldFile, value: number): boolean =>
    [...graph.tokens(flow.valueNode(file, value))].some(id => tokens.get(id).kind === 'class');

  let inModules: Set<WorldClass> | null = null;
  /** Classes of objects that stand in module variables: what a loop over `globals()` comes upon. */
  const singletons = (): Set<WorldClass> => {
    if (inModules) return inModules;
    inModules = new Set();
    for (const file of live)
      for (const variable of flow.resolver.bindings(file).moduleNames.values())
        for (const id of belief.tokens(flow.variableNode(file, variable))) {
          const token = tokens.get(id);
          if (token.kind === 'instance') inModules.add(token.cls);
        }
    return inModules;
  };

  for (const file of live) {
    const { values, acts } = file.facts;
    const count = valueCount(file);
    for (let v = 0; v < count; v++) {
      const i = v * VALUE_WIDTH;
      const op = values[i]! as Op;
      if (op === Op.Attr) attribute(file, values[i + 1]!, stringAt(file, values[i + 2]!), values[i + 3]!);
      else if (op === Op.Call) call(file, v, values[i + 3]!);
    }
    for (let i = 0; i < acts.length; i += ACT_WIDTH) act(file, i);
  }
  for (const container of flow.made) {
    const weak = WEAK_CONTAINERS.get(container.type);
    if (!weak) continue;
    for (const id of graph.tokens(weak === 'keys' ? container.keys : container.items)) {
      const token = tokens.get(id);
      if (token.kind === 'instance')
        note('weak-reference', token.cls, container.file, container.at, `is kept in a ${container.type}`);
    }
  }
  for (const { holder, attr, creates, file, at } of flow.patched)
    for (const id of belief.tokens(holder)) {
      const token = tokens.get(id);
      if (token.kind === 'instance' && creates) note('instance-dict', token.cls, file, at, MADE_BY_PATCH);
      if (token.kind === 'class')
        note('class-store', token.cls, file, at, `patches .${attr} of the class`, attr);
    }
  return found;
}
