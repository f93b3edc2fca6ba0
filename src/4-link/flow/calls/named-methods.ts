// Methods that a computed name may mean: `getattr(self, "visit_" + kind)(node)`.
import type { MemberFact } from '../../../model/definitions.js';
import type { WorldClass } from '../../../model/world.js';
import { relatives } from '../../../slots.js';
import type { Members } from '../members.js';
import type { Ends } from '../names.js';
import type { Flow } from '../state.js';
import type { Token } from '../tokens.js';

export interface NamedMethods {
  /** Names of the functions that the body of a class binds, which an instance or the class itself has, or a module. */
  readonly namesOf: (token: Token) => ReadonlySet<string>;
  /** Hears the tokens of a receiver, and of the objects that these hand reads on to. */
  readonly reach: (receiver: number, use: (id: number, receiver: number) => void) => void;
  /** Lets what is put on an instance or a class under names that fit flow into a node. */
  readonly put: (token: Token, fits: (name: string) => boolean, into: number) => void;
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

  const reach: NamedMethods['reach'] = (receiver, use) => {
    const reached = new Set<number>();
    const go = (node: number): void => {
      if (reached.has(node)) return;
      reached.add(node);
      graph.listen(node, id => {
        use(id, node);
        const token = tokens.get(id);
        if (token.kind === 'instance') members.delegates(token.cls).forEach(go);
      });
    };
    go(receiver);
  };

  return {
    namesOf,
    reach,
    put(token, fits, into) {
      if (token.kind === 'instance' || token.kind === 'class')
        members.readFitting(token.cls, token.kind, fits, into);
    },
    each({ receiver, ends }, use) {
      reach(receiver, (id, from) => {
        for (const name of namesOf(tokens.get(id)))
          if (fitsEnds(name, ends)) graph.listen(nodeOf(from, id, name), use);
      });
    },
  };
}
