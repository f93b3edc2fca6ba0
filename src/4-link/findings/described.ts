// Values of which an annotation only says what they are like: a protocol, or a stand-in for a class without types.
import type { WorldClass } from '../../model/world.js';
import type { Flow } from '../flow/state.js';

export interface Described {
  /** Whether an annotation only describes what stands at a node. */
  readonly is: (node: number) => boolean;
  /** Classes that have all the names by which what stands at a node is described, but for one. */
  readonly lacking: (node: number, attr: string) => readonly WorldClass[];
}

/** @param byShape gives the classes of the world that have all of some names */
export function newDescribed(
  { graph, tokens, describes }: Flow,
  byShape: (names: readonly string[]) => readonly WorldClass[],
): Described {
  const describing = (node: number): readonly WorldClass[] =>
    graph.tokens(node).flatMap(id => {
      const token = tokens.get(id);
      return token.kind === 'instance' && describes(token.cls) ? [token.cls] : [];
    });
  return {
    is: node => describing(node).length > 0,
    lacking: (node, attr) =>
      describing(node).flatMap(({ fact }) =>
        byShape(fact.members.map(m => m.name).filter(name => name !== attr && !/^__\w+__$/.test(name))),
      ),
  };
}
