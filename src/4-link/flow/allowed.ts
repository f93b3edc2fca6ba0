// What an annotation allows at a node, and the guard that keeps other values out.
import type { WorldClass } from '../../model/world.js';
import { FEW, type Guard } from './gates.js';
import type { Flow } from './state.js';

/** What an annotation allows besides the instances it names. */
export interface Allowed {
  readonly classes: WorldClass[];
  containers: boolean;
  /** Classes as values: `type[X]`. */
  types: boolean;
  /** Functions and whatever else can be called. */
  callables: boolean;
  /** Nodes of what bounds type variables: the values themselves come from the calls. */
  readonly bounds: number[];
}

/** An annotation that allows nothing yet. */
export const nothingAllowed = (): Allowed => ({
  classes: [],
  containers: false,
  types: false,
  callables: false,
  bounds: [],
});

/** Lets in what an annotation allows; the same guard for all that allow the same: a program has annotations by the
 *  ten thousand. */
export function guardOf(flow: Flow, allowed: Allowed): Guard {
  const { classes, types, callables } = allowed;
  const isContainer = (cls: WorldClass): boolean => cls.mro.some(e => e.kind !== 'class');
  const containers = allowed.containers || classes.some(isContainer);
  const key = `${containers} ${types} ${callables} ${classes.map(c => c.index).join(' ')}`;
  const known = flow.annotated.get(key);
  if (known) return known;
  const fits = (cls: WorldClass): boolean =>
    classes.some(c => c === cls || cls.mro.some(e => e.kind === 'class' && e.cls === c)) ||
    (callables && hasMember(cls, '__call__')) ||
    (types && cls.mro.some(e => e.kind !== 'class'));
  const letsIn = (id: number): boolean => {
    const token = flow.tokens.get(id);
    switch (token.kind) {
      case 'unknown':
      case 'foreign':
        return true;
      case 'instance':
        return fits(token.cls);
      case 'bag':
        return containers;
      case 'class':
      case 'someClass':
      case 'external':
        return types || callables;
      default:
        return callables;
    }
  };
  const guard: Guard = { fits: letsIn, few: FEW };
  flow.annotated.set(key, guard);
  return guard;
}

const hasMember = (cls: WorldClass, name: string): boolean =>
  cls.mro.some(e => e.kind === 'unknown' || (e.kind === 'class' && e.cls.members.has(name))) ||
  cls.descendants.some(d => d.members.has(name));
