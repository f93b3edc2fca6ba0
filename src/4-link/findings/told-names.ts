// Whether the names that descriptors hold are all known: those that class bodies make, and no others.
import type { WorldClass } from '../../model/world.js';
import { relatives } from '../../slots.js';
import type { NameHolder } from '../flow/descriptor-names.js';
import type { Solved } from '../flow/solve.js';

/** Whether all names are known under which descriptors store on instances of a class. */
export type ToldNames = (holder: NameHolder, cls: WorldClass) => boolean;

export function newToldNames({ flow, members }: Solved): ToldNames {
  const { graph, tokens, descriptorNames } = flow;
  const elsewhere = new Map<string, boolean>();

  /** Whether such a descriptor stands at a node, or (`unknown`) something that is not known and may be one. */
  const mayHold = (node: number, { cls }: NameHolder, unknown: boolean): boolean =>
    graph.tokens(node).some(id => {
      const token = tokens.get(id);
      if (token.kind === 'unknown') return unknown;
      return token.kind === 'instance' && (token.cls === cls || cls.descendants.includes(token.cls));
    });

  /** Whether a class has such a descriptor that is none of the class variables `told`. */
  const holdsOther = (holder: NameHolder, cls: WorldClass, told: ReadonlySet<string>): boolean =>
    (flow.attached.get(cls) ?? []).some(({ node }) => mayHold(node, holder, true)) ||
    [...members.variables(cls)].some(
      ([name, variable]) => !told.has(name) && mayHold(flow.variableNode(cls.file, variable), holder, false),
    );

  /** Whether some call makes such a descriptor for no member of a class body. */
  const isMadeElsewhere = (holder: NameHolder): boolean => {
    const key = `${holder.cls.index}:${holder.attr}`;
    const known = elsewhere.get(key);
    if (known !== undefined) return known;
    const inBodies = new Set<string>();
    for (const cls of flow.classes)
      for (const { file, at } of descriptorNames.namesIn(holder, cls) ?? [])
        inBodies.add(`${file.index}:${at}`);
    const is = [holder.cls, ...holder.cls.descendants].some(cls =>
      flow.descriptorsMade.get(cls)?.some(({ file, at }) => !inBodies.has(`${file.index}:${at}`)),
    );
    elsewhere.set(key, is);
    return is;
  };

  return (holder, cls) => {
    let count = 0;
    for (const c of relatives(cls)) {
      const names = descriptorNames.namesIn(holder, c);
      if (!names || holdsOther(holder, c, new Set(names.map(n => n.member)))) return false;
      count += names.length;
    }
    return count > 0 && !isMadeElsewhere(holder);
  };
}
