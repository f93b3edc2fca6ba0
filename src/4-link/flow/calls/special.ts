// Calls of functions that are followed one by one: getattr() and setattr(), type(), super(), casts.
import { ArgKind } from '../../../model/facts.js';
import type { WorldClass } from '../../../model/world.js';
import { row } from '../../index-file.js';
import type { Containers } from '../containers.js';
import { NEW_TYPE, ofZope, SHELF, UPDATES } from '../externals.js';
import type { Members } from '../members.js';
import { endsOf, OPEN_ENDS } from '../names.js';
import type { Flow } from '../state.js';
import { FOREIGN, type Token, UNKNOWN } from '../tokens.js';
import { type Arguments, isSpread, namesOf, nodeOf } from './arguments.js';
import type { Callees } from './callees.js';
import type { MakeClass } from './made-classes.js';
import { fitsEnds, type NamedMethods } from './named-methods.js';
import type { NamedStores } from './named-stores.js';
import type { Steps } from './steps.js';

/** A name of which nothing is known may mean so many methods: of more it says nothing. */
const MOST_MEANT = 12;

/** Follows one call; what it gives flows into `into`. */
export type SpecialCall = (args: Arguments, into: number) => void;

/** The calls that are followed one by one, by the dotted name of what is called. */
export function newSpecialCalls(
  flow: Flow,
  members: Members,
  { elements, madeBy }: Containers,
  { storeOn, storeNamed }: NamedStores,
  makeClass: MakeClass,
  namedMethods: NamedMethods,
  calledIn: Callees,
  steps: Steps,
): ReadonlyMap<string, SpecialCall> {
  const { graph, tokens } = flow;

  const read = (from: number | null, name: string, into: number): void => {
    if (from !== null) graph.listen(from, id => members.read(id, name, into, from));
  };

  const getNamed: SpecialCall = (args, into) => {
    const receiver = nodeOf(flow, args, 0);
    const names = namesOf(flow, args, 1);
    const otherwise = nodeOf(flow, args, 2);
    if (otherwise !== null) graph.edge(otherwise, into);
    if (receiver === null) return;
    for (const name of names ?? [])
      namedMethods.reach(receiver, (id, from) => members.read(id, name, into, from));
    if (names !== null) return;
    graph.add(into, UNKNOWN);
    if (steps.isOne(args)) steps.take(receiver, into);
    steps.listed(args, receiver, into);
    const [, named] = args.list;
    const ends = named ? endsOf(args.file, named.value, flow.resolver) : OPEN_ENDS;
    const isOpen = !ends.start && !ends.end;
    if (isOpen) namedMethods.ofLoaded(receiver, into);
    if (isOpen && !calledIn(args.file).has(args.call)) return;
    const fits = (name: string): boolean => (isOpen ? isOrdinary(name) : fitsEnds(name, ends));
    if (!isOpen) graph.add(into, tokens.id({ kind: 'methods', receiver, ends }));
    namedMethods.reach(receiver, (id, from) => {
      const fitting = [...namedMethods.namesOf(tokens.get(id))].filter(fits);
      if (!isOpen || fitting.length <= MOST_MEANT)
        for (const name of fitting) members.read(id, name, into, from);
      if (isOpen) graph.edge(functionsOn(id), into);
      else namedMethods.put(tokens.get(id), fits, into);
    });
  };
  const isOrdinary = (name: string): boolean => !/^__\w+__$/.test(name);
  const functions = new Map<number, number>();
  /** Node of the functions that are put on an instance or a class under names that are not special. */
  const functionsOn = (id: number): number => {
    const known = functions.get(id);
    if (known !== undefined) return known;
    const found = graph.node();
    functions.set(id, found);
    graph.filter(found, of => /^(function|bound|partial)$/.test(tokens.get(of).kind));
    namedMethods.put(tokens.get(id), isOrdinary, found);
    return found;
  };
  const setNamed: SpecialCall = args => storeOn(args, 2);
  const setPast: SpecialCall = args => storeOn(args, 2, true);
  const deleteNamed: SpecialCall = args => storeOn(args);

  /** `alsoProvides(x, Interface)` stores what an object provides beside what its class implements on the object. */
  const provides: SpecialCall = ({ file, call, list: [target, given] }) => {
    if (!target) return;
    const site = { file, value: (given ?? target).value, at: row(file, call).at, past: false };
    storeNamed(flow.valueNode(file, target.value), ['__provides__'], site);
  };

  /** `type(x)`, `type(name, bases, namespace)` */
  const typeOf: SpecialCall = (args, into) => {
    if (args.list.length < 3 && !isSpread(args.list)) return read(nodeOf(flow, args, 0), '__class__', into);
    makeClass(args, into);
  };

  /** `dataclasses.make_dataclass(name, fields, bases=(A, B))` */
  const madeOf: SpecialCall = ({ list, ...site }, into) => {
    const bases = list.find(arg => arg.name === 'bases');
    if (bases) makeClass({ ...site, list: [list[0]!, bases] }, into);
    graph.add(into, UNKNOWN);
  };

  /** `sum(lists, [])`; without a start only numbers are added. */
  const sum: SpecialCall = (args, into) => {
    const from = nodeOf(flow, args, 0);
    const start = args.list.find((arg, i) => arg.name === 'start' || i === 1);
    graph.add(into, FOREIGN);
    if (from === null || !start) return;
    elements(from, into);
    graph.edge(flow.valueNode(args.file, start.value), into);
  };

  /** `super(Class, self)`; without arguments it is an operation of its own. */
  const superOf: SpecialCall = (args, into) => {
    if (args.list.length !== 2) return;
    const receiver = nodeOf(flow, args, 1)!;
    graph.listen(nodeOf(flow, args, 0)!, id => {
      const token = tokens.get(id);
      if (token.kind === 'class') graph.add(into, tokens.id({ kind: 'super', cls: token.cls, receiver }));
    });
  };

  const cast: SpecialCall = (args, into) => {
    const [type] = args.list;
    const from = nodeOf(flow, args, 1);
    if (!type || from === null) return;
    const told = flow.resolver
      .value(args.file, type.value)
      .filter(m => m.kind === 'class')
      .map(flow.classOf);
    if (!told.length) return graph.edge(from, into);
    for (const cls of told) graph.add(into, tokens.id({ kind: 'instance', cls }));
    // a stand-in for the class that is told
    const isRelated = (cls: WorldClass): boolean =>
      told.some(t => t === cls || t.descendants.includes(cls) || cls.descendants.includes(t));
    graph.listen(from, id => {
      const token = tokens.get(id);
      if (token.kind === 'instance' && !isRelated(token.cls)) graph.add(into, id);
    });
  };

  const property: SpecialCall = (args, into) => {
    const result = madeBy(args, 'builtins.property');
    for (const arg of args.list) graph.edge(flow.valueNode(args.file, arg.value), result.items);
    graph.add(into, tokens.id(result));
  };

  /** `functools.partial(f, x)`; `types.MethodType(f, x)` is called in the same way. */
  const partial: SpecialCall = ({ file, call }, into) =>
    graph.add(into, tokens.id({ kind: 'partial', file, call }));

  const giving =
    (dotted: string): SpecialCall =>
    (_, into) =>
      graph.add(into, tokens.id({ kind: 'external', dotted }));

  const getting =
    (gets: (Token & { kind: 'getter' })['gets']): SpecialCall =>
    ({ file, call }, into) =>
      graph.add(into, tokens.id({ kind: 'getter', gets, file, call }));

  const dumps: SpecialCall = (args, into) => {
    const result = madeBy(args, 'pickle.dumps');
    const first = nodeOf(flow, args, 0);
    if (first !== null) graph.edge(first, result.items);
    graph.add(into, tokens.id(result));
  };
  const loads: SpecialCall = (args, into) => {
    const first = nodeOf(flow, args, 0);
    if (first === null) return;
    graph.listen(first, id => {
      const token = tokens.get(id);
      if (token.kind === 'bag' && token.type === 'pickle.dumps') graph.edge(token.items, into);
      else graph.add(into, UNKNOWN);
    });
  };

  /** `dict.fromkeys(keys, value)` */
  const keyed =
    (type: string): SpecialCall =>
    (args, into) => {
      const [keys, value] = [nodeOf(flow, args, 0), nodeOf(flow, args, 1)];
      const result = madeBy(args, type);
      if (keys !== null) elements(keys, result.keys);
      if (value !== null) graph.edge(value, result.items);
      graph.add(into, tokens.id(result));
    };
  const KEYED = [
    'builtins.dict',
    'collections.OrderedDict',
    'collections.defaultdict',
    'collections.Counter',
  ];

  const shelf: SpecialCall = (args, into) => graph.add(into, tokens.id(madeBy(args, SHELF)));

  /** `dataclasses.replace(x, name=value)`: another of the class, with some fields stored anew. */
  const replaced: SpecialCall = (args, into) => {
    const first = nodeOf(flow, args, 0);
    if (first === null) return;
    graph.listen(first, id => {
      graph.add(into, id);
      const token = tokens.get(id);
      if (token.kind !== 'instance') return;
      for (const arg of args.list)
        if (arg.kind === ArgKind.Keyword)
          graph.edge(flow.valueNode(args.file, arg.value), members.field(token.cls, arg.name));
    });
  };
  const REPLACES = ['copy.replace', 'dataclasses.replace', 'attr.evolve', 'attrs.evolve'];

  return new Map([
    ...KEYED.map(type => [`${type}.fromkeys`, keyed(type)] as const),
    ...REPLACES.map(name => [name, replaced] as const),
    ['builtins.getattr', getNamed],
    ['builtins.object.__getattribute__', getNamed],
    ['builtins.setattr', setNamed],
    ['builtins.object.__setattr__', setPast],
    ['builtins.type.__setattr__', setNamed],
    ['builtins.delattr', deleteNamed],
    ...ofZope('directlyProvides', 'alsoProvides', 'noLongerProvides').map(name => [name, provides] as const),
    ['builtins.object.__delattr__', deleteNamed],
    ['builtins.vars', (args, into) => read(nodeOf(flow, args, 0), '__dict__', into)],
    ['builtins.type', typeOf],
    ['builtins.sum', sum],
    // protocols.ts tells what it gives
    ['functools.reduce', () => undefined],
    ['builtins.super', superOf],
    ['builtins.property', property],
    ['functools.partial', partial],
    ['functools.partialmethod', partial],
    ['functools.wraps', giving(UPDATES)],
    ['typing.NewType', giving(NEW_TYPE)],
    ['typing_extensions.NewType', giving(NEW_TYPE)],
    ['types.MethodType', partial],
    ['operator.attrgetter', getting('attributes')],
    ['operator.itemgetter', getting('items')],
    ['operator.methodcaller', getting('result')],
    ['types.new_class', makeClass],
    ['dataclasses.make_dataclass', madeOf],
    ['typing.cast', cast],
    ['typing_extensions.cast', cast],
    ['shelve.open', shelf],
    ['pickle.dumps', dumps],
    ['pickle.loads', loads],
  ]);
}
