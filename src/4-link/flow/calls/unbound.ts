// Methods that other code is handed without an object, `map(Shape.area, shapes)`.
import type { WorldFile } from '../../../model/world.js';
import { above } from '../../../slots.js';
import { functionKind, takesInstance } from '../functions.js';
import type { Flow } from '../state.js';

/** Node of what is at `from` as far as other code may call a function with it as the first argument: a method is called
 *  with the instances of its class, whatever else is handed to the same code. */
export type FirstOf = (file: WorldFile, fn: number, from: number) => number;

export function newFirstOf({ graph, tokens, classesOf, resolver }: Flow): FirstOf {
  const known = new Map<string, number>();
  return (file, fn, from) => {
    const { cls: number, parameters } = file.facts.functions[fn]!;
    // a class may also stand for a namespace of functions
    if (number < 0 || file.facts.variables[parameters[0]?.variable ?? -1]?.name !== 'self') return from;
    if (!takesInstance(functionKind(file, fn, resolver))) return from;
    const cls = classesOf(file)[number]!;
    const key = `${cls.index}:${from}`;
    const made = known.get(key);
    if (made !== undefined) return made;
    const own = graph.node();
    known.set(key, own);
    graph.filter(own, id => {
      const token = tokens.get(id);
      return token.kind !== 'instance' || token.cls === cls || above(token.cls).includes(cls);
    });
    graph.edge(from, own);
    return own;
  };
}
