// Which of some few tokens are near a node, for every node at once: the walk back that belief.ts makes for one crowd,
// made forward from where the tokens come in.
import { type Belief, DEEPEST } from './belief.js';
import type { Flow } from './state.js';
import type { Token } from './tokens.js';

/** The tokens that are asked for among those to be believed at a node. */
export type Nearby = (node: number) => readonly number[];

/** Only after solving. */
export function newNearby(flow: Flow, { isCrowd, leadsOn }: Belief, asks: (token: Token) => boolean): Nearby {
  const { graph, tokens } = flow;
  const answers: boolean[] = [];
  const isAsked = (id: number): boolean => (answers[id] ??= asks(tokens.get(id)));

  const at = (node: number): readonly number[] => {
    let found: number[] | null = null;
    const size = graph.size(node);
    for (let i = 0; i < size; i++) {
      const id = graph.tokenAt(node, i);
      if (isAsked(id)) found = [...(found ?? NONE), id];
    }
    return found ?? NONE;
  };

  const near = new Map<number, number[]>();
  /** False when it is known already that a token is near a crowd. */
  const add = (crowd: number, id: number): boolean => {
    const known = near.get(crowd);
    if (known?.includes(id)) return false;
    if (known) known.push(id);
    else near.set(crowd, [id]);
    return true;
  };

  /** Crowds and the tokens that have just come near them, one behind the other. */
  let front: number[] = [];
  const comeTo = (crowd: number, id: number): void => {
    if (add(crowd, id)) front.push(crowd, id);
  };
  const leave = (node: number, id: number): void => {
    if (leadsOn(node)) for (const to of graph.targets(node)) if (isCrowd(to)) comeTo(to, id);
  };
  for (let node = 0; node < graph.count(); node++)
    for (const id of at(node)) {
      if (!isCrowd(node)) leave(node, id);
      else if (!graph.sources(node).some(source => graph.has(source, id))) comeTo(node, id);
    }
  for (let depth = 1; depth < DEEPEST; depth++) {
    const before = front;
    front = [];
    for (let i = 0; i < before.length; i += 2) leave(before[i]!, before[i + 1]!);
  }

  return node => (isCrowd(node) ? (near.get(node) ?? NONE) : at(node));
}

const NONE: readonly number[] = [];
