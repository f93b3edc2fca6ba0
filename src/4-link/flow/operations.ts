// What operations on values give: `with`, `await`, `except`.
import type { Binding } from './calls/binding.js';
import { raisedAs } from './kept.js';
import type { Members } from './members.js';
import type { Flow } from './state.js';
import { FOREIGN, type Token, UNKNOWN } from './tokens.js';

/** Each lets what an operation gives flow into `into`, for one token of the operand. */
export interface Operations {
  /** `with token as into` */
  readonly enter: (token: number, into: number) => void;
  readonly awaited: (token: number, into: number) => void;
  /** `except token as into` */
  readonly caught: (token: number, into: number) => void;
}

export function newOperations(flow: Flow, members: Members, { apply }: Binding): Operations {
  const { graph, tokens } = flow;

  const enter: Operations['enter'] = (id, into) => {
    const token = tokens.get(id);
    if (token.kind === 'instance') {
      const self = graph.node();
      graph.add(self, id);
      let isManager = false;
      for (const name of ['__enter__', '__aenter__']) {
        for (const m of members.methods(token.cls, name)) apply(m.file, m.fn, 1, [], into, self);
        isManager ||= members.lookup(token.cls, name).length > 0;
      }
      if (isManager) return;
      graph.add(into, id);
      graph.add(into, UNKNOWN);
    } else if (token.kind === 'bag') {
      graph.edge(token.items, into);
      if (token.type !== 'generator') graph.add(into, id);
    } else graph.add(into, token.kind === 'foreign' ? FOREIGN : UNKNOWN);
  };

  /** What a generator, or another object that is waited for, gives in the end. */
  const ended = (bag: Token & { kind: 'bag' }, into: number): void => {
    graph.edge(bag.items, into);
    if (bag.type === 'generator') graph.edge(bag.keys, into);
  };
  const awaitAll = (node: number, into: number): void => {
    if (!flow.once('awaited', node, into)) return;
    graph.listen(node, id => {
      const token = tokens.get(id);
      if (token.kind === 'bag') ended(token, into);
    });
  };

  const awaited: Operations['awaited'] = (id, into) => {
    const token = tokens.get(id);
    graph.add(into, id);
    if (token.kind === 'bag') ended(token, into);
    if (token.kind !== 'instance') return;
    for (const m of members.methods(token.cls, '__await__')) awaitAll(flow.returnNode(m.file, m.fn), into);
    if (members.lookup(token.cls, '__await__').length) graph.add(into, UNKNOWN);
  };

  const caught: Operations['caught'] = (id, into) => {
    const token = tokens.get(id);
    if (token.kind === 'class') graph.add(into, tokens.id({ kind: 'instance', cls: token.cls }));
    else if (token.kind === 'bag') {
      for (const node of [token.items, ...(token.places ?? [])])
        if (flow.once('caught', node, into)) graph.listen(node, inner => caught(inner, into));
    } else {
      graph.add(into, UNKNOWN);
      if (token.kind === 'external') flow.kept.read(raisedAs(token.dotted), into);
    }
  };

  return { enter, awaited, caught };
}
