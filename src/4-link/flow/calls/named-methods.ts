// Methods that a computed name may mean: `getattr(self, "visit_" + kind)(node)`.
import type { MemberFact } from '../../../model/facts.js';
import type { WorldClass } from '../../../model/world.js';
import { relatives } from '../../../slots.js';
import type { Members } from '../members.js';
import type { Ends } from '../names.js';
import type { Flow } from '../state.js';
import type { Token } from '../tokens.js';

export interface NamedMethods {
  /** Names of the functions that a class, an instance or a module has. */
  readonly namesOf: (token: Token) => ReadonlySet<string>;
  /** Hands each function that the token stands for to `use`. */
  readonly each: (token: Token & { kind: 'methods' }, use: (id: number) => void) => void;
}

export const fitsEnds = (name: string, { start, end }: Ends): boolean =>
  name.startsWith(start) && name.endsWith(end);

export function newNamedMethods({ graph, resolver, tokens }: Flow, members: Members): NamedMethods {
  /** `visit_Set = visit_List` is one as well. */
  const isFunction = ({ file }: WorldClass, m: MemberFact): boolean =>
    m.kind === 'function' ||
    (m.kind === 'assign' && resolver.value(file, m.value).some(v => v.kind === 'function'));

  const namesOf: NamedMethods['namesOf'] = token => {
    if (token.kind === 'module') return new Set(token.file.facts.functions.map(fn => fn.name));
    if (token.kind !== 'instance' && token.kind !== 'class') return new Set();
    const family = [...relatives(token.cls)];
    return new Set(
      family.flatMap(c => [...c.members.values()].filter(m => isFunction(c, m)).map(m => m.name)),
    );
  };

  /** Nodes of what stands under a name on one token of a receiver. */
  const nodes = new Map<string, number>();
  const nodeOf = (receiver: number, id: number, name: string): number => {
    const key = `${receiver}:${id}:${name}`;
    let node = nodes.get(key);
    if (node === undefined) {
      nodes.set(key, (node = graph.node()));
      members.read(id, name, node, receiver);
    }
    return node;
  };

  return {
    namesOf,
    each({ receiver, ends }, use) {
      graph.listen(receiver, id => {
        for (const name of namesOf(tokens.get(id)))
          if (fitsEnds(name, ends)) graph.listen(nodeOf(receiver, id, name), use);
      });
    },
  };
}
