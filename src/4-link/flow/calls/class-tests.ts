// `isinstance(x, C)` and `issubclass(D, C)` ask C itself where it has a say in that: its `__subclasshook__`, and the
// `__instancecheck__` and `__subclasscheck__` of its metaclass (reference 3.3.4).
import { metaclassesOf } from '../../../slots.js';
import type { Containers } from '../containers.js';
import type { Members } from '../members.js';
import type { Flow } from '../state.js';
import { FOREIGN } from '../tokens.js';
import { nodeOf } from './arguments.js';
import type { Binding } from './binding.js';
import type { SpecialCall } from './special.js';

const HOOKS: readonly string[] = ['__subclasshook__', '__instancecheck__', '__subclasscheck__'];

/** Follows both functions, in a program where some class has a say. */
export function newClassTests(
  flow: Flow,
  { methods }: Members,
  { elements }: Containers,
  { apply, applyMethods }: Binding,
): ReadonlyMap<string, SpecialCall> {
  const { graph, tokens } = flow;
  if (!flow.classes.some(cls => HOOKS.some(hook => cls.members.has(hook)))) return new Map();

  /** Node of the classes of what stands at a node. */
  const classesOf = (objects: number): number => {
    const classes = graph.node();
    graph.listen(objects, id => {
      const token = tokens.get(id);
      graph.add(classes, token.kind === 'instance' ? tokens.id({ kind: 'class', cls: token.cls }) : id);
    });
    return classes;
  };

  const testing =
    (hook: '__instancecheck__' | '__subclasscheck__'): SpecialCall =>
    (args, into) => {
      graph.add(into, FOREIGN);
      const [tested, by] = [nodeOf(flow, args, 0), nodeOf(flow, args, 1)];
      if (tested === null || by === null) return;
      const all = graph.node();
      graph.edge(by, all);
      graph.listen(by, id => {
        if (tokens.get(id).kind === 'bag') elements(by, all);
      });
      graph.listen(all, id => {
        const token = tokens.get(id);
        if (token.kind !== 'class' || !flow.once(hook, tested, token.cls.index)) return;
        const asked = methods(token.cls, '__subclasshook__');
        const classes = asked.length ? classesOf(tested) : tested;
        for (const { file, fn } of asked) apply(file, fn, 1, [classes], graph.node());
        for (const metaclass of metaclassesOf(token.cls)) applyMethods(metaclass, hook, [tested]);
      });
    };

  return new Map([
    ['builtins.isinstance', testing('__instancecheck__')],
    ['builtins.issubclass', testing('__subclasscheck__')],
  ]);
}
