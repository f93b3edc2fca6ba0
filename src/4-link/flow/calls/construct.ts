// A call of a class of the world: its arguments reach `__init__`, `__new__` or the fields.
import { ArgKind } from '../../../model/facts.js';
import { addTo } from '../../../model/grouping.js';
import type { Parameter, WorldClass } from '../../../model/world.js';
import { isMetaclass, metaclassesOf } from '../../../slots.js';
import { row } from '../../index-file.js';
import type { Containers } from '../containers.js';
import type { Members } from '../members.js';
import { type Flow, newBag } from '../state.js';
import type { Arguments } from './arguments.js';
import type { Binding } from './binding.js';
import type { Escapes } from './escapes.js';
import type { MakeClass } from './made-classes.js';

/** Makes instances of a class by a call; what is made flows into `into`. */
export type Construct = (cls: WorldClass, args: Arguments, into: number) => void;

export interface Constructs {
  /** A call of the class, which goes through the `__call__` of its metaclass. */
  readonly construct: Construct;
  /** What `type.__call__` does: `__new__` and `__init__`. */
  readonly make: Construct;
}

export function newConstruct(
  flow: Flow,
  members: Members,
  { contents }: Containers,
  { bind, applyMethods }: Binding,
  { leaveBy }: Escapes,
  makeClass: MakeClass,
): Constructs {
  const { graph, tokens } = flow;

  const note = (cls: WorldClass, { file, call }: Arguments): void => {
    flow.instantiated.add(cls);
    if (isDescriptor(cls) && flow.once('descriptor made', cls.index, flow.valueNode(file, call)))
      addTo(flow.descriptorsMade, cls, { file, at: row(file, call).at });
  };

  const isDescriptor = (cls: WorldClass): boolean =>
    members.lookup(cls, '__get__').length > 0 || members.lookup(cls, '__set__').length > 0;

  /** Calls the nearest `__init__` and `__new__` of the world; false where there is none. */
  const initialise = (cls: WorldClass, args: Arguments, into: number): boolean => {
    for (const entry of cls.mro) {
      if (entry.kind !== 'class') continue;
      let seen = false;
      for (const name of ['__init__', '__new__']) {
        const m = entry.cls.members.get(name);
        if (m?.kind !== 'function') continue;
        const fn = row(entry.cls.file, m.value).a;
        bind(entry.cls.file, fn, 1, args, name === '__new__' ? into : graph.node());
        seen = true;
      }
      if (seen) return true;
    }
    return false;
  };

  /** Arguments of a generated `__init__` become fields, those for an `InitVar` reach `__post_init__`. */
  const fill = (cls: WorldClass, { file, list }: Arguments): void => {
    const parameters = parametersOf(cls);
    const passed = new Map(parameters.filter(p => !p.isField).map(p => [p.name, graph.node()]));
    if (passed.size) applyMethods(cls, '__post_init__', [...passed.values()]);
    const into = (name: string): number => passed.get(name) ?? members.field(cls, name);
    const positional = parameters.filter(p => !p.keywordOnly);
    const fields = parameters.filter(p => p.isField).map(p => p.name);
    let at = 0;
    for (const arg of list) {
      const from = flow.valueNode(file, arg.value);
      if (arg.kind === ArgKind.Positional && at < positional.length) {
        graph.edge(from, into(positional[at++]!.name));
      } else if (arg.kind === ArgKind.Keyword) graph.edge(from, into(arg.name));
      else for (const name of fields) contents(from, members.field(cls, name), name);
    }
  };

  /** An exception keeps what it is made with in `args`. */
  const keepArguments = (cls: WorldClass, { file, list }: Arguments): void => {
    if (!cls.mro.some(e => e.kind === 'external' && e.layouts.some(l => l.isException))) return;
    const kept = members.field(cls, 'args');
    if (flow.once('args', cls.index)) graph.add(kept, newBag(flow, 'tuple'));
    graph.listen(kept, id => {
      const token = tokens.get(id);
      if (token.kind !== 'bag') return;
      for (const arg of list) graph.edge(flow.valueNode(file, arg.value), token.items);
    });
  };

  const make: Construct = (cls, args, into) => {
    note(cls, args);
    graph.add(into, tokens.id({ kind: 'instance', cls }));
    keepArguments(cls, args);
    if (isMetaclass(cls) && args.list.length > 1) makeClass(args, into);
    if (initialise(cls, args, into)) return;
    fill(cls, args);
    if (mayBeMadeOutside(cls)) leaveBy(args);
  };

  const construct: Construct = (cls, args, into) => {
    make(cls, args, into);
    for (const metaclass of metaclassesOf(cls))
      for (const m of members.methods(metaclass, '__call__')) bind(m.file, m.fn, 1, args, into);
  };

  return { construct, make };
}

/** Whether a class inherits from one outside the world that may have an `__init__` of its own. */
const mayBeMadeOutside = (cls: WorldClass): boolean =>
  cls.mro.some(e => e.kind === 'unknown' || (e.kind === 'external' && e.layouts[0]?.members.length !== 0));

/** Parameters of a generated `__init__`, bases first; a parameter declared anew keeps its place. */
function parametersOf(cls: WorldClass): Parameter[] {
  const found = new Map<string, Parameter>();
  for (const entry of [...cls.mro].reverse())
    if (entry.kind === 'class') for (const p of entry.cls.parameters) found.set(p.name, p);
  return [...found.values()];
}
