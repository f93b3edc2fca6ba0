// Where instances are pickled, copied or written out whole: what is done there goes through their state.
import { ArgKind, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above, dataclassDecorator } from '../../slots.js';
import { SHELF } from '../flow/externals.js';
import type { Token } from '../flow/tokens.js';
import { type Argument, argumentsOf, opAt, row, stringAt, valueCount } from '../index-file.js';
import { newDeepClasses } from './deep-classes.js';
import { newLeftOut } from './left-out.js';
import { newLoads } from './loads.js';
import { MOST } from './lost-contents.js';
import { newNamedClasses } from './named-classes.js';
import { newPickleProtocols } from './pickle-protocols.js';
import { REDUCERS } from './reducers.js';
import type { Call, Finder, Sight } from './sight.js';

/** Pickling calls, with the place of the protocol among their arguments; those that write to a file have it third. */
const PICKLERS: ReadonlyMap<string, number> = new Map([
  ['pickle.dumps', 1],
  ['pickle.dump', 2],
  ['dill.dumps', 1],
  ['dill.dump', 2],
  ['cloudpickle.dumps', 1],
  ['cloudpickle.dump', 2],
  ['joblib.dump', 2],
]);

const UNPICKLERS: ReadonlySet<string> = new Set([
  'pickle.load',
  'pickle.loads',
  'pickle.Unpickler',
  'dill.load',
  'dill.loads',
  'cloudpickle.load',
  'cloudpickle.loads',
  'joblib.load',
  'shelve.open',
]);

/** Copies an instance alone: what it keeps is shared. */
const SHALLOW = 'copy.copy';
/** What copies, and the method of a class that is called instead. */
const COPIERS: ReadonlyMap<string, string> = new Map([
  [SHALLOW, '__copy__'],
  ['copy.deepcopy', '__deepcopy__'],
]);

/** They take dataclasses apart and copy everything else (`_asdict_inner` in Lib/dataclasses.py). */
const SPELLERS: ReadonlySet<string> = new Set(['dataclasses.asdict', 'dataclasses.astuple']);

/** Writers whose text for an object with slots is another one than for an object with a `__dict__`. */
const STATE_WRITERS: ReadonlySet<string> = new Set([
  'yaml.dump',
  'yaml.dump_all',
  'jsonpickle.encode',
  'jsonpickle.dumps',
  'xmlrpc.client.dumps',
]);

/** What sends all that its methods are given, whatever their names, as such a text. */
const REMOTE = 'xmlrpc.client.ServerProxy';

/** Modules that hand objects to other processes, as pickles, and the methods that do it. */
const PROCESSES = /^(multiprocessing|concurrent\.futures|joblib|loky|billiard)(\.|$)/;
const HANDS_OVER =
  /^(apply|apply_async|map|map_async|imap|imap_unordered|starmap|starmap_async|submit|put|put_nowait|send)$/;

/** Where instances of more classes than this may stand in one place, none of them is followed. */
const MOST_FOLLOWED = 8;

/** So many are what a helper pickles, at a protocol that may be an old one; where that is written there, all are. */
const MANY_GIVEN = 32;

/** Tuples, written out and annotated. */
const TUPLES: ReadonlySet<string> = new Set(['tuple', 'builtins.tuple', 'typing.Tuple']);

/** Whether calls of a token are looked at here. */
export const asksCopies = (token: Token): boolean => {
  if (token.kind === 'function') return PICKLERS.has(dottedOf(token));
  if (token.kind !== 'external') return false;
  const { dotted } = token;
  return (
    [COPIERS, SPELLERS, PICKLERS, UNPICKLERS, STATE_WRITERS].some(names => names.has(dotted)) ||
    PROCESSES.test(dotted) ||
    dotted === 'copyreg.pickle'
  );
};

/** Finds what is pickled, copied, written out or handed to another process, and all that is kept in it. */
export function newCopies(sight: Sight): Finder {
  const { solved, live, belief, tokensOf, nearbyOf, guesses, note } = sight;
  const { flow } = solved;
  /** Classes of the instances in what stands at a node; none where they are many. */
  const instancesIn = newDeepClasses(flow, belief, MOST_FOLLOWED);
  const givenIn = newDeepClasses(flow, belief, MANY_GIVEN);
  const allGivenIn = newDeepClasses(flow, belief, MOST);
  const leftOut = newLeftOut(flow.resolver);
  const loads = newLoads(sight, leftOut);
  const namedIn = newNamedClasses(flow);
  const protocols = newPickleProtocols(flow.resolver);

  /** Classes whose instances are in what stands at values: in containers there, and in what instances keep. Where
   *  instances of many classes may stand the analysis has lost track, and nothing is followed further. */
  const reached = (file: WorldFile, values: readonly number[]): Set<WorldClass> =>
    reachedFrom(values.map(v => flow.valueNode(file, v)));
  const fields = new Map<WorldClass, readonly number[]>();
  const fieldsOf = (cls: WorldClass): readonly number[] => {
    let known = fields.get(cls);
    if (!known) fields.set(cls, (known = reducedTo(cls) ?? solved.members.fields(cls, leftOut(cls))));
    return known;
  };
  /** Nodes of what a method of the program gives in the place of an instance: what makes it anew, and from what. Null
   *  where there is none, or where it may give a state besides. */
  const reducedTo = (cls: WorldClass): readonly number[] | null => {
    const owner = [cls, ...above(cls)].find(c => REDUCERS.some(name => c.members.has(name)));
    if (!owner) return null;
    const nodes = REDUCERS.flatMap(name => solved.members.own(owner, name)).map(({ cls: { file }, fact }) =>
      fact.kind === 'function' ? flow.returnNode(file, row(file, fact.value).a) : -1,
    );
    const isPair = (id: number): boolean => {
      const token = flow.tokens.get(id);
      return token.kind === 'bag' && TUPLES.has(token.type) && token.places?.length === 2;
    };
    const isKnown = (node: number): boolean =>
      node >= 0 && flow.graph.size(node) > 0 && flow.graph.tokens(node).every(isPair);
    return nodes.every(isKnown) ? nodes : null;
  };
  const reachedFrom = (
    starts: readonly number[],
    within = instancesIn,
    passes: (cls: WorldClass) => boolean = () => true,
  ): Set<WorldClass> => {
    const classes = new Set<WorldClass>();
    const nodes = new Set(starts);
    for (const node of nodes)
      for (const cls of within(node)) {
        if (classes.has(cls) || !passes(cls)) continue;
        classes.add(cls);
        for (const field of fieldsOf(cls)) nodes.add(field);
      }
    return classes;
  };

  /** Classes for which `copyreg.pickle(C, reduce)` says how they are pickled. */
  const reduced = new Set<WorldClass>();
  for (const file of flow.files) {
    if (!file.facts.imports.some(i => i.module === 'copyreg')) continue;
    for (let v = 0; v < valueCount(file); v++) {
      if (opAt(file, v) !== Op.Call) continue;
      const names = flow.resolver.value(file, row(file, v).a);
      const [first] = argumentsOf(file, v);
      if (!first || !names.some(m => m.kind === 'external' && m.dotted === 'copyreg.pickle')) continue;
      for (const m of flow.resolver.value(file, first.value))
        if (m.kind === 'class') reduced.add(flow.classOf(m));
    }
  }

  const call = (site: Call): void => {
    for (const token of site.called)
      if (token.kind === 'external') external(token.dotted, site);
      else if (token.kind === 'function') inWorld(token, site);
    if (opAt(site.file, site.callee) === Op.Attr) method(site);
  };

  const external = (dotted: string, { file, call: value, args, at }: Call): void => {
    const [first] = args;
    if (!first) return;
    if (COPIERS.has(dotted) || PICKLERS.has(dotted))
      copied(file, [first.value], at, `goes through ${dotted}()`, dotted);
    if (PROCESSES.test(dotted)) copied(file, valuesOf(args), at, 'is handed to another process');
    if (SPELLERS.has(dotted)) spelledOut(file, first.value, at, dotted);
    if (STATE_WRITERS.has(dotted))
      for (const cls of reached(file, [first.value]))
        note('instance-dict', cls, file, at, `writes it out with ${dotted}()`);
    if (dotted === 'copyreg.pickle')
      for (const m of flow.resolver.value(file, first.value))
        if (m.kind === 'class') note('own-reducer', flow.classOf(m), file, at, 'gives it a reducer');
    if (PICKLERS.has(dotted)) pickled(dotted, file, args, at);
    if (UNPICKLERS.has(dotted)) loads.loaded({ dotted, file, call: value, from: first.value, at });
    for (const shelf of dotted === 'shelve.open' ? shelvesAt(file, at) : [])
      loads.dumped({ file, node: shelf.items, at, classes: reachedFrom([shelf.items]) });
  };

  /** Notes what is copied; where that is not known, what may be. */
  const copied = (file: WorldFile, values: readonly number[], at: number, says: string, by = ''): void => {
    const nodes = values.map(v => flow.valueNode(file, v));
    const own = COPIERS.get(by) ?? '';
    const passes = (cls: WorldClass): boolean => ![cls, ...above(cls)].some(c => c.members.has(own));
    const isDeep = by !== SHALLOW;
    const known = isDeep
      ? reachedFrom(nodes, instancesIn, passes)
      : new Set(nodes.flatMap(instancesAt).filter(passes));
    for (const cls of known) note('state-copy', cls, file, at, says);
    const doubted = new Set(nodes.flatMap(n => [...guesses.lostIn(n), ...guesses.behind(n)]).filter(passes));
    if (isDeep)
      for (const cls of reachedFrom([...nodes, ...[...doubted].flatMap(fieldsOf)], givenIn, passes))
        doubted.add(cls);
    // what nobody hands to a helper in sight is of the kind that its file is about
    if (!known.size && !doubted.size) for (const cls of namedIn(file)) if (passes(cls)) doubted.add(cls);
    for (const cls of doubted) if (!known.has(cls)) note('state-copy', cls, file, at, says, null, false);
  };
  const instancesAt = (node: number): WorldClass[] =>
    [...belief.tokens(node)].flatMap(id => {
      const token = flow.tokens.get(id);
      return token.kind === 'instance' ? [token.cls] : [];
    });

  /** Of what `dataclasses.asdict(order)` is given, all that is no dataclass is copied whole. */
  const spelledOut = (file: WorldFile, value: number, at: number, dotted: string): void => {
    const whole = [...reached(file, [value])].filter(c => !dataclassDecorator(c));
    for (const cls of [...whole, ...reachedFrom(whole.flatMap(fieldsOf))])
      note('state-copy', cls, file, at, `goes through ${dotted}()`);
  };

  /** What `shelve.open()` at a place gives, where something is put into it. */
  const shelvesAt = (file: WorldFile, at: number) =>
    flow.made.filter(m => m.type === SHELF && m.file === file && m.at === at && flow.graph.size(m.items) > 0);

  /** The same where the standard library itself is the world: what is kept in instances meets everything there, so only
   *  what is pickled itself counts. */
  const inWorld = (token: Token & { kind: 'function' }, { file, args, at }: Call): void => {
    const position = PICKLERS.get(dottedOf(token));
    if (position === undefined || !args[0]) return;
    const protocol = protocolIn(args, position);
    if (protocol && protocols.mayBeOld(file, protocol.value))
      for (const cls of instancesIn(flow.valueNode(file, args[0].value))) oldProtocol(cls, file, at);
  };

  const oldProtocol = (cls: WorldClass, file: WorldFile, at: number): void =>
    note('old-protocol', cls, file, at, 'is pickled at a protocol that may be 0 or 1');

  /** Pickles at protocol 0 or 1, and pickles kept in files, which a later run with slots could not load. */
  const pickled = (dotted: string, file: WorldFile, args: readonly Argument[], at: number): void => {
    const position = PICKLERS.get(dotted)!;
    const protocol = protocolIn(args, position);
    const isOld =
      protocol === undefined
        ? args.some(a => protocols.mayNameOld(file, a))
        : protocols.mayBeOld(file, protocol.value);
    const isStored = position === 2;
    const node = flow.valueNode(file, args[0]!.value);
    const found = reachedFrom([node]);
    loads.dumped({ file, node, at, classes: found });
    if (!isOld && !isStored) return;
    // what a helper is given by many tests is too much to be followed further, but it is pickled
    const isWritten = protocol !== undefined && opAt(file, protocol.value) === Op.Const;
    const lost = guesses.lostIn(node);
    const given = () =>
      new Set([
        ...(isWritten ? allGivenIn : givenIn)(node),
        ...(isWritten || lost.size <= MANY_GIVEN ? lost : []),
        ...guesses.behind(node),
      ]);
    for (const cls of found.size ? found : given()) {
      if (reduced.has(cls)) continue;
      if (isOld) oldProtocol(cls, file, at);
      if (isStored) note('stored-pickle', cls, file, at, `writes it to a file with ${dotted}()`);
    }
  };

  const isRemote = live.some(file => file.facts.imports.some(i => i.module.startsWith('xmlrpc')));
  const remotes = isRemote ? nearbyOf(token => token.kind === 'bag' && token.type === REMOTE) : () => [];
  const sent = ({ file, callee, args, at }: Call): void => {
    const isSent = remotes(flow.valueNode(file, row(file, callee).a)).length > 0;
    for (const cls of isSent ? reached(file, valuesOf(args)) : [])
      note('instance-dict', cls, file, at, 'sends it to another program');
  };

  const method = (site: Call): void => {
    const { file, callee, args, at } = site;
    if (isRemote) sent(site);
    const name = stringAt(file, row(file, callee).b);
    if (name !== 'dump' && !HANDS_OVER.test(name)) return;
    for (const token of tokensOf(file, row(file, callee).a)) {
      if (name === 'dump' && token.kind === 'bag' && token.type === 'pickle.Pickler')
        for (const cls of reached(file, valuesOf(args)))
          note('stored-pickle', cls, file, at, 'writes it to a file with a Pickler');
      const toProcess =
        token.kind === 'bag' ? PROCESSES.test(token.type) : token.kind === 'unknown' && usesProcesses(file);
      if (name !== 'dump' && toProcess)
        copied(file, valuesOf(args), at, `may be handed to another process by ${name}()`);
    }
  };

  return { call, end: loads.end };
}

/** A function of the world as others would call it: the standard library's own may begin with an underscore. */
const dottedOf = ({ file, fn }: Token & { kind: 'function' }): string =>
  `${file.source.module}.${file.facts.functions[fn]!.name.replace(/^_/, '')}`;

/** The argument that says the protocol, where there is one; `position`: its place. */
const protocolIn = (args: readonly Argument[], position: number): Argument | undefined =>
  args.find(a => a.name === 'protocol') ?? args.filter(a => a.kind === ArgKind.Positional)[position];

const usesProcesses = (file: WorldFile): boolean => file.facts.imports.some(i => PROCESSES.test(i.module));

const valuesOf = (args: readonly Argument[]): number[] => args.map(a => a.value);
