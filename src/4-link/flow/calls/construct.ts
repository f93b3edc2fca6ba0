// A call of a class of the world: its arguments reach `__init__`, `__new__` or the fields.
import { addTo } from '../../../model/grouping.js';
import type { WorldClass } from '../../../model/world.js';
import { isMetaclass, metaclassesOf } from '../../../slots.js';
import { row } from '../../index-file.js';
import type { Members } from '../members.js';
import { isProxy, modelsOf, standsForModel } from '../modelled.js';
import { type Flow, newBag } from '../state.js';
import { type Arguments, nodeOf } from './arguments.js';
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
  /** What becomes of arguments of a class besides what its `__new__` and `__init__` in the world do with them. */
  readonly keep: (cls: WorldClass, args: Arguments) => void;
}

export function newConstruct(
  flow: Flow,
  members: Members,
  { bind, fill, makers }: Binding,
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

  const keep: Constructs['keep'] = (cls, args) => {
    note(cls, args);
    keepArguments(cls, args);
    if (!makers.of(cls).length && mayBeMadeOutside(cls)) leaveBy(args);
  };

  const make: Construct = (cls, args, into) => {
    keep(cls, args);
    if (isMetaclass(cls) && args.list.length > 1) makeClass(args, into);
    const made = makers.into(cls, into);
    for (const { file, fn, result } of made) bind(file, fn, 1, args, result);
    if (!made.length) fill(cls, args, 0);
    const wrapped = isProxy(cls) ? nodeOf(flow, args, 0) : null;
    if (wrapped !== null) graph.edge(wrapped, into);
    for (const model of standsForModel(cls) ? modelsOf(cls, flow) : [])
      graph.add(into, tokens.id({ kind: 'instance', cls: model }));
  };

  const construct: Construct = (cls, args, into) => {
    make(cls, args, into);
    for (const metaclass of metaclassesOf(cls))
      for (const m of members.methods(metaclass, '__call__')) bind(m.file, m.fn, 1, args, into);
  };

  return { construct, make, keep };
}

/** Whether a class inherits from one outside the world that may have an `__init__` of its own. */
const mayBeMadeOutside = (cls: WorldClass): boolean =>
  cls.mro.some(e => e.kind === 'unknown' || (e.kind === 'external' && e.layouts[0]?.members.length !== 0));
