// What a generated `__init__` is called with: its arguments become fields.
import { ArgKind } from '../../../model/facts.js';
import type { Parameter, WorldClass } from '../../../model/world.js';
import type { Containers } from '../containers.js';
import type { Members } from '../members.js';
import type { Flow } from '../state.js';
import type { Arguments } from './arguments.js';

/** Arguments of a class without an `__init__` in the world: as they are written, or nodes where they stand. `behind`
 *  positional ones come before them. */
export type Fill = (cls: WorldClass, args: Arguments | readonly number[], behind: number) => void;

export function newFill(
  flow: Flow,
  members: Members,
  { contents }: Containers,
  applyMethods: (cls: WorldClass, name: string, args: readonly number[]) => void,
): Fill {
  const { graph } = flow;

  /** Arguments for an `InitVar` reach `__post_init__`. */
  return (cls, args, behind) => {
    const parameters = parametersOf(cls);
    const passed = new Map(parameters.filter(p => !p.isField).map(p => [p.name, graph.node()]));
    if (passed.size) applyMethods(cls, '__post_init__', [...passed.values()]);
    const into = (name: string): number => passed.get(name) ?? members.field(cls, name);
    const positional = parameters.filter(p => !p.keywordOnly);
    const fields = parameters.filter(p => p.isField).map(p => p.name);
    let at = behind;
    const next = (from: number): void => {
      graph.edge(from, into(positional[at++]!.name));
    };
    if (!('list' in args)) {
      for (const from of args) if (at < positional.length) next(from);
      return;
    }
    for (const arg of args.list) {
      const from = flow.valueNode(args.file, arg.value);
      if (arg.kind === ArgKind.Positional && at < positional.length) next(from);
      else if (arg.kind === ArgKind.Keyword) graph.edge(from, into(arg.name));
      else for (const name of fields) contents(from, members.field(cls, name), name);
    }
  };
}

/** Parameters of a generated `__init__`, bases first; a parameter declared anew keeps its place. */
function parametersOf(cls: WorldClass): Parameter[] {
  const found = new Map<string, Parameter>();
  for (const entry of [...cls.mro].reverse())
    if (entry.kind === 'class') for (const p of entry.cls.parameters) found.set(p.name, p);
  return [...found.values()];
}
