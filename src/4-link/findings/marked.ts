// Objects that marks may be left on as if they were functions: `f.__exposed__ = True`, `obj.__module__ = "shop"`.
import { Op } from '../../model/facts.js';
import type { WorldClass } from '../../model/world.js';
import { type Token, UNKNOWN } from '../flow/tokens.js';
import { argumentsOf, opAt, row, valueCount } from '../index-file.js';
import type { Sight } from './sight.js';

export interface Marked {
  /** Classes of objects that can be called and are handed to code that is not seen: `registry.add(Handler())`. */
  readonly callables: () => ReadonlySet<WorldClass>;
  /** Classes of objects that stand in module variables: what a loop over `globals()` comes upon. */
  readonly singletons: () => ReadonlySet<WorldClass>;
}

export function newMarked({ solved, live, belief, nearbyOf }: Sight): Marked {
  const { flow, members } = solved;
  const { graph, resolver, tokens } = flow;

  const isCallable = (token: Token): boolean =>
    token.kind === 'instance' && members.lookup(token.cls, '__call__').length > 0;
  let handedOut: Set<WorldClass> | null = null;
  const callables: Marked['callables'] = () => {
    if (handedOut) return handedOut;
    const nodes = new Set<number>();
    for (const file of live)
      for (let v = 0; v < valueCount(file); v++) {
        if (opAt(file, v) !== Op.Call || !graph.has(flow.valueNode(file, row(file, v).a), UNKNOWN)) continue;
        for (const { value } of argumentsOf(file, v)) nodes.add(flow.valueNode(file, value));
      }
    handedOut = new Set();
    const near = nearbyOf(isCallable);
    for (const node of nodes)
      for (const id of near(node)) {
        const token = tokens.get(id);
        if (token.kind === 'instance') handedOut.add(token.cls);
      }
    return handedOut;
  };

  let inModules: Set<WorldClass> | null = null;
  const singletons: Marked['singletons'] = () => {
    if (inModules) return inModules;
    inModules = new Set();
    for (const file of live)
      for (const variable of resolver.bindings(file).moduleNames.values())
        for (const id of belief.tokens(flow.variableNode(file, variable))) {
          const token = tokens.get(id);
          if (token.kind === 'instance') inModules.add(token.cls);
        }
    return inModules;
  };

  return { callables, singletons };
}
