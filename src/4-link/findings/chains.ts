// What attributes of unknown objects lead to: `page.theme.colour = ...` where nothing is known of `page`.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { Belief } from '../flow/belief.js';
import type { Solved } from '../flow/solve.js';
import { UNKNOWN } from '../flow/tokens.js';
import { stringAt, written } from '../index-file.js';
import { newDeepClasses } from './deep-classes.js';

/** Classes of what stands at the end of a chain, as the classes that fit its beginning give it. */
export type Chains = (file: WorldFile, value: number) => readonly WorldClass[];

/** A chain that leads to instances of more classes than this leads nowhere that can be told. */
const MOST_LED_TO = 3;
const DEEPEST = 4;

/** What other names may be read on, so that these tell what it is. */
const ROOTS: ReadonlySet<Op> = new Set([Op.Var, Op.Attr, Op.Unknown]);

/** `fitting`: classes that have a name, and all others that a value is used with. */
export function newChains(
  { flow, members }: Solved,
  belief: Belief,
  fitting: (file: WorldFile, value: number, name: string) => readonly WorldClass[],
): Chains {
  const deepClasses = newDeepClasses(flow, belief, MOST_LED_TO);
  const led = new Map<WorldClass, Map<string, readonly WorldClass[]>>();

  /** Classes of what an attribute of instances holds, or what their method of that name gives. */
  const leadsTo = (cls: WorldClass, name: string): readonly WorldClass[] => {
    let known = led.get(cls);
    if (!known) led.set(cls, (known = new Map()));
    let found = known.get(name);
    if (!found) {
      const given = members.methods(cls, name).map(m => flow.returnNode(m.file, m.fn));
      const nodes = [...members.kept(cls, name), ...given];
      known.set(name, (found = [...new Set(nodes.flatMap(node => deepClasses(node)))]));
    }
    return found;
  };

  /** The attribute that a value is read from: `page.parts` of `page.parts[0]`, of `page.parts()`, of what a loop over it
   *  gives; -1 where there is none. */
  const attributeOf = (file: WorldFile, value: number, depth = 0): number => {
    const r = written(file, value);
    switch (r.op) {
      case Op.Attr:
        return value;
      case Op.Call:
      case Op.Sub:
      case Op.Iter:
      case Op.Item:
      case Op.Await:
      case Op.Enter:
        return depth < DEEPEST ? attributeOf(file, r.a, depth + 1) : -1;
      case Op.Var: {
        const values = flow.resolver.bindings(file).values.get(r.a) ?? [];
        return depth < DEEPEST && values.length === 1 ? attributeOf(file, values[0]!, depth + 1) : -1;
      }
      default:
        return -1;
    }
  };

  const isUnknown = (node: number): boolean =>
    flow.graph.size(node) === 0 || flow.graph.has(node, UNKNOWN) || belief.isCrowd(node);

  return (file, value) => {
    const end = attributeOf(file, value);
    if (end < 0) return [];
    const { a: base, b } = written(file, end);
    if (!ROOTS.has(written(file, base).op) || !isUnknown(flow.valueNode(file, base))) return [];
    const name = stringAt(file, b);
    const found = new Set(fitting(file, base, name).flatMap(cls => leadsTo(cls, name)));
    return found.size > MOST_LED_TO ? [] : [...found];
  };
}
