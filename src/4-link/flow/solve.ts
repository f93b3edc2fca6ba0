// Inclusion-based, flow-insensitive points-to analysis over the whole world: which values may stand where.
// (Andersen 1994; field-sensitive by class, one abstract object per class and per container display.)
//
// Words: a token is an abstract object (tokens.ts), a node a points-to set (graph.ts); a bag is a container or an
// object of the library, the unknown a value from code that is not seen; `into` is the node that a result flows to, a
// receiver what stands before the dot. The line of a class is its MRO, its relatives are all classes that may act on
// its instances or share them (slots.ts). A meaning is what a name stands for without value flow (resolve.ts). A crowd
// is a node that holds too many classes to say anything (belief.ts).
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { namesAt, opAt, row, stringAt } from '../index-file.js';
import type { Layouts } from '../layouts/layouts.js';
import type { Resolver } from '../resolve.js';
import { newActs } from './acts.js';
import { newBinding } from './calls/binding.js';
import { newCall } from './calls/call.js';
import { newEscapes } from './calls/escapes.js';
import { seedHandedStores } from './calls/handed-stores.js';
import { newMocks } from './calls/mocks.js';
import { newNamedStores } from './calls/named-stores.js';
import { newResults } from './calls/results.js';
import { newSummaries } from './calls/summaries.js';
import { newWrappers } from './calls/wrappers.js';
import { newContainers } from './containers.js';
import { newDecorated } from './decorated.js';
import { newDescriptors } from './descriptors.js';
import { newKeyed } from './keyed.js';
import { type Members, newMembers } from './members.js';
import { type Narrowing, newNarrowing } from './narrowing.js';
import type { Numbering } from './numbering.js';
import { newOperations } from './operations.js';
import { newOperators } from './operators.js';
import { newRaised } from './raised.js';
import { newSeedDefinitions } from './seeds/definitions.js';
import { seedInjected } from './seeds/injected.js';
import { seedLoaded } from './seeds/loaded.js';
import { seedNames } from './seeds/names.js';
import { newSeedValues } from './seeds/values.js';
import { type Flow, newFlow } from './state.js';
import { newStores } from './stores.js';
import { FOREIGN, UNKNOWN } from './tokens.js';

/** Value flow once nothing changes any more. */
export interface Solved {
  readonly flow: Flow & Numbering;
  readonly members: Members;
  readonly narrow: Narrowing;
  /** The newest standard library that the program may run on. */
  readonly layouts: Layouts;
}

/** Solves the flow of all files that take part in the program: targets and evidence, not stubs or packages. */
export function solve(
  files: readonly WorldFile[],
  classes: readonly WorldClass[],
  resolver: Resolver,
  layouts: Layouts,
): Solved {
  const live = files.filter(f => f.source.role !== 'environment' && !f.source.isStub);
  const flow: Flow & Numbering = newFlow(files, classes, resolver, (constraint, token) =>
    onToken(constraint, token),
  );
  const { graph, tokens } = flow;
  const keyed = newKeyed(graph, flow.once);
  const members = newMembers(flow, keyed);
  const containers = newContainers(flow, members, keyed);
  const narrow = newNarrowing(flow, live);
  const wrappers = newWrappers(flow);
  const summaries = newSummaries(flow, members, wrappers);
  const results = newResults(flow, containers, narrow, summaries, wrappers);
  const binding = newBinding(flow, members, containers, results, wrappers);
  const escapes = newEscapes(flow, members, containers, binding);
  const descriptors = newDescriptors(flow, members, containers, binding);
  const stores = newStores(flow, members, containers, binding, descriptors);
  const operations = newOperations(flow, members, binding);
  const { enter, awaited, caught } = operations;
  const operators = newOperators(flow, members, containers, binding);
  const raised = newRaised(flow, members, layouts);
  const mocks = newMocks(flow, members, containers, binding);
  const named = newNamedStores(flow, members, containers, stores, mocks);
  const call = newCall(flow, layouts, {
    members,
    containers,
    results,
    summaries,
    wrappers,
    binding,
    escapes,
    stores: named,
    mocks,
    operators,
    operations,
    raised,
  });
  const acts = newActs(flow, members, containers, stores);

  const onToken = (constraint: number, id: number): void => {
    const c = flow.constraint(constraint);
    if ('act' in c) return acts.onToken(c.file, c.act, id);
    const { file, value } = c;
    const r = row(file, value);
    const into = flow.valueNode(file, value);
    switch (r.op) {
      case Op.Var:
        // nothing else waits, and names are not listed for it
        if (tokens.get(id).kind === 'instance') flow.having.awaits(namesAt(file, value), id, into);
        return;
      case Op.Attr: {
        if (tokens.get(id).kind === 'rest') return;
        const name = stringAt(file, r.b);
        raised.goesOn(id, name, file, flow.valueNode(file, r.a));
        return members.read(id, name, into, flow.valueNode(file, r.a), namesClass(file, r.a, id));
      }
      case Op.Call:
        return call(file, value, id);
      case Op.Sub:
        return binding.subscript(file, r.b, id, into);
      case Op.Enter:
        return enter(id, into);
      case Op.Await:
        return awaited(id, into);
      case Op.Caught:
        return caught(id, into);
      case Op.Binary:
        return operators.onToken(file, value, id);
      case Op.Field: {
        const token = tokens.get(id);
        if (token.kind === 'instance') return graph.edge(members.everything(token.cls), into);
        if (token.kind === 'bag') graph.edge(token.items, into);
        return graph.add(into, UNKNOWN);
      }
      case Op.Narrow:
        return narrow.pass(file, r.b, id, into);
      default:
        return;
    }
  };

  /** Whether what stands at a value is the class that it names, rather than some class that a variable holds. */
  const namesClass = (file: WorldFile, value: number, id: number): boolean =>
    tokens.get(id).kind === 'class' &&
    opAt(file, value) !== Op.Call &&
    resolver.value(file, value).every(m => m.kind === 'class');

  const isUnreached = (node: number): boolean => {
    for (const id of graph.tokens(node)) if (tokens.get(id).kind === 'instance') return false;
    return true;
  };

  /** Nothing stands there that could be given an attribute or called. */
  const isBare = (node: number): boolean => {
    for (let i = graph.size(node) - 1; i >= 0; i--) {
      const id = graph.tokenAt(node, i);
      if (id !== UNKNOWN && id !== FOREIGN) return false;
    }
    return true;
  };

  const definitions = newSeedDefinitions(flow, containers, binding, descriptors);
  const seedValues = newSeedValues(flow, containers, newDecorated(flow, binding, escapes), operators, narrow);
  for (const file of live) {
    definitions.functions(file);
    definitions.classBodies(file);
    seedNames(flow, members, file);
    seedLoaded(flow, file);
    seedValues(file);
    acts.seed(file);
    seedHandedStores(flow, named, file);
  }
  const told = seedInjected(flow, containers, live);
  const settle = (): void => {
    do graph.solve();
    while (results.handOut());
  };
  settle();
  for (const file of live) definitions.uncalled(file, told);
  settle();
  // what nothing reaches that is seen is what it is annotated with
  while (graph.awake(isUnreached) || members.spread(isBare) || raised.spread()) settle();
  graph.rest();
  return { flow, members, narrow, layouts };
}
