// Which of some few tokens are near a node, for every node at once: the walk back that belief.ts makes for one crowd,
// made forward from where the tokens come in.
import { addTo } from '../../model/grouping.js';
import { type Belief, FARTHEST } from './belief.js';
import { addPair, newPairs } from './columns.js';
import type { Flow } from './state.js';
import type { Token } from './tokens.js';

/** The tokens that are asked for among those to be believed at a node. */
export type Nearby = (node: number) => readonly number[];

/** Only after solving. */
export function newNearby(
  flow: Flow,
  { isCrowd, leadsOn, widthOf, admitsFromFar }: Belief,
  asks: (token: Token) => boolean,
): Nearby {
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
  const passed = newPairs();
  /** Crowds and tokens that come near them, one behind the other, by how far they have come. */
  const fronts: number[][] = Array.from({ length: FARTHEST }, () => []);
  const leave = (node: number, id: number, far: number): void => {
    if (!leadsOn(node)) return;
    for (const to of graph.targets(node)) {
      if (!isCrowd(to)) continue;
      if (isCrowd(node)) fronts[far + widthOf(to)]?.push(to, id);
      else if (graph.admits(to, id, graph.size(node))) fronts[far]!.push(to, id);
    }
  };
  for (let node = 0; node < graph.count(); node++)
    for (const id of at(node)) {
      if (!isCrowd(node)) leave(node, id, 0);
      else if (!graph.sources(node).some(source => graph.has(source, id))) fronts[0]!.push(node, id);
    }
  fronts.forEach((front, far) => {
    for (let i = 0; i < front.length; i += 2) {
      const [crowd, id] = [front[i]!, front[i + 1]!];
      if (!addPair(passed, crowd, id)) continue;
      if (far === 0 || admitsFromFar(crowd, id)) addTo(near, crowd, id);
      leave(crowd, id, far);
    }
  });
  return node => (isCrowd(node) ? (near.get(node) ?? NONE) : at(node));
}

const NONE: readonly number[] = [];
