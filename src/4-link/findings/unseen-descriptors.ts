// What an object of unseen code makes of the methods of a class: `machine = lib.Machine()` in the body, `@machine.state()`
// above a method. Such an object keeps on instances what it has to remember of them.
import { withoutLast } from '../../model/dotted.js';
import { Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { describesField } from '../../slots.js';
import { row } from '../index-file.js';
import type { Finder, Sight } from './sight.js';

/** Finds classes whose methods are decorated by what their own body gets from unseen code. */
export function newUnseenDescriptors({ solved: { flow, layouts }, live, note }: Sight): Finder {
  const { resolver } = flow;

  /** Whether a value is made by code that is neither of the program nor of the standard library. */
  const isMadeUnseen = (file: WorldFile, value: number): boolean => {
    const { op, a } = row(file, value);
    if (op !== Op.Call) return false;
    const isUnseen = (dotted: string): boolean =>
      !describesField(dotted) && !layouts.isModule(withoutLast(dotted)) && !layouts.find(dotted);
    return resolver.value(file, a).some(m => m.kind === 'external' && isUnseen(m.dotted));
  };

  /** The variable of the class body whose attribute a decorator is, or -1. */
  const holderOf = (file: WorldFile, decorator: number, cls: number): number => {
    const { op, a } = row(file, decorator);
    const attribute = row(file, op === Op.Call ? a : decorator);
    const holder = attribute.op === Op.Attr ? row(file, attribute.a) : null;
    if (holder?.op !== Op.Var) return -1;
    const { kind, owner } = file.facts.scopes[file.facts.variables[holder.a]!.scope]!;
    return kind === 'class' && owner === cls ? holder.a : -1;
  };

  const end = (): void => {
    for (const file of live)
      for (const { cls, decorators } of file.facts.functions)
        for (const decorator of cls < 0 ? [] : decorators) {
          const holder = holderOf(file, decorator, cls);
          const bound = holder < 0 ? [] : (resolver.bindings(file).values.get(holder) ?? []);
          if (!bound.some(value => isMadeUnseen(file, value))) continue;
          const { name } = file.facts.variables[holder]!;
          const says = `${name} comes from unseen code and may store on instances`;
          note(
            'computed-store',
            flow.classesOf(file)[cls]!,
            file,
            row(file, decorator).at,
            says,
            null,
            false,
          );
        }
  };

  return { end };
}
