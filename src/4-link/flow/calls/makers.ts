// What a call of a class calls: the nearest `__init__` and the nearest `__new__`.
import type { WorldClass } from '../../../model/world.js';
import { row } from '../../index-file.js';
import type { Method } from '../lookups.js';
import type { Flow } from '../state.js';
import type { Token } from '../tokens.js';
import type { Results } from './results.js';

export interface Makers {
  /** The methods of the world that make instances of a class. */
  readonly of: (cls: WorldClass) => readonly Method[];
  /** A new instance of a class flows into `into`; the methods that make it, with the node that what each of them gives
   *  has to flow into. None for a class without such methods in the world. */
  readonly into: (cls: WorldClass, into: number) => readonly (Method & { readonly result: number })[];
}

/** What is surely no instance of an ordinary class. */
const NO_INSTANCES: ReadonlySet<Token['kind']> = new Set(['function', 'bound', 'class', 'partial', 'getter']);

export function newMakers(flow: Flow, results: Results): Makers {
  const { graph, tokens } = flow;

  const into: Makers['into'] = (cls, node) => {
    const [init, create] = [nearest(cls, '__init__'), nearest(cls, '__new__')];
    const result = instanceInto(cls, create, node);
    // nobody sees what `__init__` returns
    return [...(init ? [{ ...init, result: graph.node() }] : []), ...(create ? [{ ...create, result }] : [])];
  };

  /** An instance of a class flows into a node: where what `__new__` gives depends on what it is given, only if that may
   *  be one. The node that its results have to flow into. */
  const instanceInto = (cls: WorldClass, create: Method | null, node: number): number => {
    flow.instantiated.add(cls);
    const instance = tokens.id({ kind: 'instance', cls });
    if (!create || !results.isConditional(create.file, create.fn)) {
      graph.add(node, instance);
      return node;
    }
    const made = graph.node();
    graph.edge(made, node);
    graph.listen(made, id => {
      if (!NO_INSTANCES.has(tokens.get(id).kind)) graph.add(node, instance);
    });
    return made;
  };

  const of: Makers['of'] = cls => ['__init__', '__new__'].flatMap(name => nearest(cls, name) ?? []);

  return { of, into };
}

/** The method of a name that the nearest class of the world in the line of inheritance defines. */
function nearest(cls: WorldClass, name: string): Method | null {
  for (const entry of cls.mro) {
    const m = entry.kind === 'class' ? entry.cls.members.get(name) : undefined;
    if (entry.kind === 'class' && m?.kind === 'function')
      return { file: entry.cls.file, fn: row(entry.cls.file, m.value).a };
  }
  return null;
}
