// What exceptions from outside the world carry from where they are made to where they are caught.
import type { WorldFile } from '../../model/world.js';
import type { Layouts } from '../layouts/layouts.js';
import { RAISED, raisedAs } from './kept.js';
import type { Members } from './members.js';
import { type Flow, newBag } from './state.js';

export interface Raised {
  /** An exception is made with what is at a node: it comes back where the exception is caught, in its `args`. */
  readonly made: (dotted: string, given: number) => void;
  /** A generator or coroutine at a node goes on by a method, `work.send(None)`, in a file: what it gives in the end is the
   *  `value` of the StopIteration then. */
  readonly goesOn: (id: number, method: string, file: WorldFile, node: number) => void;
  /** Where it is not known what goes on, any generator or coroutine may; true when that is new. */
  readonly spread: () => boolean;
}

/** What makes a generator or coroutine go on (reference 6.2.9.1, 3.4.3); `for` and `await` keep its end to themselves. */
const GOES_ON: ReadonlySet<string> = new Set(['__next__', '__await__', 'send', 'throw', 'close']);

/** Methods that hardly anything but generators and coroutines has besides channels. */
const SENDS = /^(send|throw)$/;

export function newRaised(flow: Flow, members: Members, layouts: Layouts): Raised {
  const { graph, tokens } = flow;
  const exceptions = new Map<string, number>();

  /** Nodes of what exceptions are made with that a class of exceptions catches, by that class. */
  const givenTo = (dotted: string): number => {
    let given = exceptions.get(dotted);
    if (given === undefined) {
      exceptions.set(dotted, (given = graph.node()));
      const made = graph.node();
      graph.add(made, newBag(flow, RAISED, { items: given }));
      flow.kept.put(raisedAs(dotted), made);
    }
    return given;
  };
  const catching = (dotted: string): string[] => [
    dotted,
    ...(layouts.find(dotted)?.bases ?? []).flatMap(catching),
  ];
  /** Only instances of the world matter: where there is none, the exception is one like any other. What is given is
   *  carried as the first one says. */
  const carry = (given: number, caughtAs: () => readonly string[]): void => {
    if (!flow.once('carried', given)) return;
    graph.listen(given, id => {
      if (tokens.get(id).kind !== 'instance' || !flow.once('raised', given)) return;
      for (const name of caughtAs()) graph.edge(given, givenTo(name));
    });
  };

  const end = (given: number): void => carry(given, () => ['builtins.StopIteration']);
  /** Whether a file has to do with ends of generators: other things are sent to as well. */
  const minds = ({ facts }: WorldFile): boolean =>
    facts.variables.some(v => !v.bound && v.name === 'StopIteration');
  const mayGoOn = (id: number): boolean => {
    const token = tokens.get(id);
    return token.kind === 'instance' || (token.kind === 'bag' && token.type === 'generator');
  };
  /** Nodes where something goes on of which nothing may be known. */
  const unknown = new Set<number>();
  /** All generators and coroutines may end there. */
  const anyEnds = (): void => {
    for (const file of flow.files)
      file.facts.functions.forEach(({ isGenerator, isAsync }, fn) => {
        if (isGenerator) end(flow.endNode(file, fn));
        else if (isAsync) end(flow.returnNode(file, fn));
      });
  };

  return {
    made: (dotted, given) => carry(given, () => catching(dotted)),
    spread: () => {
      const isNew = [...unknown].some(node => !graph.tokens(node).some(mayGoOn)) && flow.once('any end', 0);
      if (isNew) anyEnds();
      return isNew;
    },
    goesOn: (id, method, file, node) => {
      if (!GOES_ON.has(method)) return;
      const token = tokens.get(id);
      if (token.kind === 'unknown' && SENDS.test(method) && minds(file)) unknown.add(node);
      if (token.kind === 'bag' && token.type === 'generator') end(token.keys);
      // a coroutine stands for what it gives
      else if (token.kind === 'instance' && !members.lookup(token.cls, method).length)
        graph.add(givenTo('builtins.StopIteration'), id);
    },
  };
}
