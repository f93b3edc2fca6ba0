// Which classes of the world a metaclass makes, and where it is handed their bodies.
import type { FunctionFact } from '../model/definitions.js';
import { addTo } from '../model/grouping.js';
import type { WorldClass, WorldFile } from '../model/world.js';
import { above, isMetaclass } from '../slots.js';

/** The classes that name a metaclass, or one below it, as theirs; what inherits from them is made by it as well. */
export type MadeBy = (metaclass: WorldClass) => readonly WorldClass[];

/** Metaclasses with the classes that they make. */
export function classesByMetaclass(classes: readonly WorldClass[]): MadeBy {
  const made = new Map<WorldClass, WorldClass[]>();
  for (const cls of classes)
    for (const m of cls.metaclasses) {
      if (m.kind !== 'class' || !isMetaclass(m.cls)) continue;
      for (const c of [m.cls, ...above(m.cls)]) addTo(made, c, cls);
    }
  return metaclass => made.get(metaclass) ?? NONE;
}

const NONE: readonly WorldClass[] = [];

/** Methods of a metaclass that Python calls with the name, the bases and the body of each class (reference 3.3.3). */
const TAKES_BODY: ReadonlySet<string> = new Set(['__new__', '__init__']);

/** Whether a function of a metaclass is handed the bodies of classes: then its parameters are (cls, name, bases,
 *  body). */
export const takesBody = (fact: FunctionFact): boolean => TAKES_BODY.has(fact.name);

/** Variables of a file that hold the body of a class in a method of a metaclass, with the metaclass. */
export function bodyVariables(
  file: WorldFile,
  classes: readonly WorldClass[],
): ReadonlyMap<number, WorldClass> {
  const found = new Map<number, WorldClass>();
  for (const fact of file.facts.functions) {
    const cls = classes[fact.cls];
    const body = fact.parameters[3];
    if (cls && takesBody(fact) && body?.kind === 'positional' && isMetaclass(cls))
      found.set(body.variable, cls);
  }
  return found;
}
