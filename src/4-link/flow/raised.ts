// What exceptions from outside the world carry from where they are made to where they are caught.
import type { Layouts } from '../layouts/layouts.js';
import { RAISED, raisedAs } from './kept.js';
import type { Members } from './members.js';
import { type Flow, newBag } from './state.js';

export interface Raised {
  /** An exception is made with what is at a node: it comes back where the exception is caught, in its `args`. */
  readonly made: (dotted: string, given: number) => void;
  /** A generator or coroutine goes on by a method, `work.send(None)`: what it gives in the end is the `value` of the
   *  StopIteration then. */
  readonly goesOn: (id: number, method: string) => void;
}

/** What makes a generator or coroutine go on (reference 6.2.9.1, 3.4.3); `for` and `await` keep its end to themselves. */
const GOES_ON: ReadonlySet<string> = new Set(['__next__', '__await__', 'send', 'throw', 'close']);

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
  /** Only instances of the world matter: where there is none, the exception is one like any other. */
  const carry = (given: number, caughtAs: () => readonly string[]): void =>
    graph.listen(given, id => {
      if (tokens.get(id).kind !== 'instance' || !flow.once('raised', given)) return;
      for (const name of caughtAs()) graph.edge(given, givenTo(name));
    });

  const ended = (): string[] => ['builtins.StopIteration'];

  return {
    made: (dotted, given) => carry(given, () => catching(dotted)),
    goesOn: (id, method) => {
      if (!GOES_ON.has(method)) return;
      const token = tokens.get(id);
      if (token.kind === 'bag' && token.type === 'generator') carry(token.keys, ended);
      // a coroutine stands for what it gives
      else if (token.kind === 'instance' && !members.lookup(token.cls, method).length)
        graph.add(givenTo('builtins.StopIteration'), id);
    },
  };
}
