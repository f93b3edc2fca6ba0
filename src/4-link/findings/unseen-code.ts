// Where what stands is, or may be, code that is not seen.
import { outsideOf } from '../../slots.js';
import type { Flow } from '../flow/state.js';
import type { Token } from '../flow/tokens.js';

/** Whether what stands at a node is, or may be, code that is not seen. Only after solving. */
export function newUnseenCode({ graph, tokens }: Flow): (node: number) => boolean {
  const known = new Map<number, boolean>();
  const find = (node: number): boolean =>
    graph.size(node) === 0 || graph.tokens(node).some(id => mayBeUnseen(tokens.get(id)));
  return node => {
    let found = known.get(node);
    if (found === undefined) known.set(node, (found = find(node)));
    return found;
  };
}

function mayBeUnseen(token: Token): boolean {
  if (token.kind === 'class' || token.kind === 'instance') return outsideOf(token.cls).length > 0;
  return token.kind !== 'function' && token.kind !== 'bound' && token.kind !== 'module';
}
