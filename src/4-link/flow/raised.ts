// What exceptions from outside the world carry from where they are made to where they are caught.
import type { Layouts } from '../layouts/layouts.js';
import { RAISED, raisedAs } from './kept.js';
import { type Flow, newBag } from './state.js';

export interface Raised {
  /** An exception is made with what is at a node: it comes back where the exception is caught, in its `args`. */
  readonly made: (dotted: string, given: number) => void;
  /** What is at a node is what a generator or coroutine gives in the end: the `value` of the StopIteration. */
  readonly ended: (given: number) => void;
}

export function newRaised(flow: Flow, layouts: Layouts): Raised {
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

  return {
    made: (dotted, given) => carry(given, () => catching(dotted)),
    ended: given => carry(given, () => ['builtins.StopIteration']),
  };
}
