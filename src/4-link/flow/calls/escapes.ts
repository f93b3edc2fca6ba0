// What leaves the world may come back changed: unseen code calls what it is given with anything it is given.
import type { WorldClass, WorldFile } from '../../../model/world.js';
import { outsideOf } from '../../../slots.js';
import { argumentsOf, row, spelling } from '../../index-file.js';
import type { Containers } from '../containers.js';
import { takesInstance } from '../functions.js';
import type { Guard } from '../gates.js';
import type { Members } from '../members.js';
import type { Flow } from '../state.js';
import { UNKNOWN } from '../tokens.js';
import type { Arguments } from './arguments.js';
import type { Binding } from './binding.js';
import { newRunners } from './runners.js';
import { newFirstOf } from './unbound.js';

export interface Escapes {
  /** Lets everything at `bag` reach unseen code: it may call what it is given with anything it is given. */
  readonly leave: (bag: number) => void;
  /** A node that holds everything given to one call, deeply. */
  readonly bagOf: (args: Arguments) => number;
  /** Everything given to a call reaches unseen code; returns the node that holds it. */
  readonly leaveBy: (args: Arguments) => number;
  /** Unseen code inherited by the instances at `receiver` calls the methods of their classes with what is at `bag`;
   *  `through` names that code. */
  readonly inherited: (receiver: number, through: string, bag: number) => void;
}

/** Methods of containers that unseen code may put something in with: `loop.call_soon(done.append, x)`. */
const PUTS: ReadonlySet<string> = new Set('append appendleft add put put_nowait insert'.split(' '));

/** What runs a function that it is given, by its last name: threads, timers, pools, event loops. */
const RUNNERS =
  /\b(Thread|Process|Timer|submit|apply(_async)?|call_(soon|later|at)(_threadsafe)?|run_in_executor|to_thread)$/;

/** A call that is given more than this says nothing about what it passes on. */
const MOST_PASSED = 8;

export function newEscapes(
  flow: Flow,
  members: Members,
  containers: Containers,
  { apply, applyToken, functionsOf }: Binding,
): Escapes {
  const { graph, tokens } = flow;
  const firstOf = newFirstOf(flow);
  const handResults = newRunners(flow, containers, applyToken);
  const escaping = new Set<number>();
  const callBags = new Map<number, number>();

  // of one kind for all: there are as many as there are calls of unseen code
  const isInstance = (id: number): boolean => tokens.get(id).kind === 'instance';
  const fewOnly: Guard = { fits: () => false, few: MOST_PASSED };

  const bagOf: Escapes['bagOf'] = ({ file, call, list }) => {
    const key = flow.valueNode(file, call);
    const known = callBags.get(key);
    if (known !== undefined) return known;
    const bag = graph.node();
    callBags.set(key, bag);
    for (const { value } of list)
      if (!flow.handedStores.makes(file, value)) graph.edge(flow.valueNode(file, value), bag);
    return bag;
  };

  const leaveBy: Escapes['leaveBy'] = args => {
    const bag = bagOf(args);
    leave(bag);
    if (!flow.once('leave by', bag)) return bag;
    handResults(args);
    const runs = RUNNERS.test(spelling(args.file, row(args.file, args.call).a));
    for (const arg of args.list) {
      const isHook = arg.name === 'default';
      if (!isHook && !runs) continue;
      graph.listen(flow.valueNode(args.file, arg.value), id => {
        for (const { file, fn, given } of functionsOf(id))
          if (isHook) handBack(file, fn, given, bag, id);
          else if (tokens.get(id).kind === 'instance') callObject(file, fn, given, bag, id);
      });
    }
    return bag;
  };

  /** An object that is run, `Thread(target=Worker(), args=(job,))`, is called with what stands beside it. */
  const callObject = (file: WorldFile, fn: number, given: number, bag: number, object: number): void => {
    const others = graph.node();
    graph.filter(others, id => id !== object);
    graph.edge(passedFrom(bag), others);
    for (const p of file.facts.functions[fn]!.parameters.slice(given))
      graph.edge(others, containers.parameterNode(file, p));
  };

  /** The hook of a serialiser, `json.dumps(x, default=plain)`: it is handed every object in `x`, and every object in
   *  what it gives back. */
  const handBack = (file: WorldFile, fn: number, given: number, bag: number, hook = -1): void => {
    const objects = graph.node();
    graph.filter(objects, id => id !== hook && tokens.get(id).kind === 'instance');
    graph.edge(bag, objects);
    apply(file, fn, given, [objects], bag);
  };

  const leave: Escapes['leave'] = bag => {
    if (escaping.has(bag)) return;
    escaping.add(bag);
    const passed = passedFrom(bag);
    graph.listen(bag, id => {
      const token = tokens.get(id);
      switch (token.kind) {
        case 'bag':
          // the functions of a property are called through the class that holds it
          if (token.type === 'builtins.property') return;
          graph.edge(token.items, bag);
          graph.edge(token.keys, bag);
          for (const p of token.places ?? []) graph.edge(p, bag);
          return;
        case 'function':
        case 'bound':
          return callUnseen(token.file, token.fn, token.kind === 'bound' ? 1 : 0, passed);
        case 'class':
          flow.handedOut.add(token.cls);
          // a subclass of a framework's class: the framework calls its methods with what it is given
          return methodsUnseen(token.cls, bag, passed);
        case 'bagMethod': {
          const target = tokens.get(token.bag);
          if (target.kind !== 'bag' || !PUTS.has(token.name)) return;
          graph.edge(passed, target.items);
          return graph.add(target.items, UNKNOWN);
        }
        case 'partial':
          for (const arg of argumentsOf(token.file, token.call))
            graph.edge(flow.valueNode(token.file, arg.value), bag);
          return;
        default:
          return;
      }
    });
  };

  const inherited: Escapes['inherited'] = (receiver, through, bag) => {
    const passed = passedFrom(bag);
    graph.listen(receiver, id => {
      const token = tokens.get(id);
      if (token.kind === 'instance' && flow.once(`inherited ${through}`, token.cls.index, bag))
        methodsUnseen(token.cls, bag, passed);
    });
  };

  /** What unseen code may pass on of what it is given: instances of the world, unless they are a crowd (functions and
   *  modules would connect everything with everything). */
  const passedFrom = (bag: number): number => {
    const passed = graph.node();
    graph.guard(passed, fewOnly);
    graph.filter(passed, isInstance);
    graph.edge(bag, passed);
    flow.passing.set(passed, bag);
    return passed;
  };

  /** Methods that override one of a class outside the world are called by it. */
  const methodsUnseen = (cls: WorldClass, bag: number, passed: number): void => {
    const outside = outsideOf(cls);
    const overrides = (name: string): boolean =>
      outside.some(e =>
        e.kind === 'unknown' ? !name.startsWith('_') : e.layouts.some(l => l.members.includes(name)),
      );
    for (const m of cls.fact.members) {
      if (m.kind !== 'function' || !overrides(m.name)) continue;
      const given = takesInstance(members.kindOf(cls, m)!) ? 1 : 0;
      const fn = row(cls.file, m.value).a;
      // json.JSONEncoder.default
      if (m.name === 'default') handBack(cls.file, fn, given, bag);
      callUnseen(cls.file, fn, given, passed);
    }
  };

  const callUnseen = (file: WorldFile, fn: number, given: number, passed: number): void => {
    file.facts.functions[fn]!.parameters.forEach((p, i) => {
      if (i < given) return;
      const to = containers.parameterNode(file, p);
      graph.edge(i ? passed : firstOf(file, fn, passed), to);
      graph.add(to, UNKNOWN);
    });
  };

  return { leave, bagOf, leaveBy, inherited };
}
