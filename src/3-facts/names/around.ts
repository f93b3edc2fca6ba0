// What stands around a scope: the function, class or method whose body it is part of.
import type { ScopeFact } from '../../model/definitions.js';

type Scopes = readonly ScopeFact[];

/** The scope of the PEP 695 type parameters of a definition: a function of its own to Python, without a number here. */
const holdsTypeParameters = (scope: ScopeFact): boolean => scope.kind === 'function' && scope.owner < 0;

/** The nearest scope from `scope` outwards, itself included, that `passes` does not let through, or -1. */
function outOf(scopes: Scopes, scope: number, passes: (scope: ScopeFact) => boolean): number {
  let s = scope;
  while (s >= 0 && passes(scopes[s]!)) s = scopes[s]!.parent;
  return s;
}

/** The scope in which a walrus in `scope` binds: the one around all comprehensions (PEP 572). */
export const outOfComprehensions = (scopes: Scopes, scope: number): number =>
  outOf(scopes, scope, s => s.kind === 'comprehension');

/** Function number directly around a scope (through comprehensions), or -1 at module and class level. */
export function functionAround(scopes: Scopes, scope: number): number {
  const s = outOf(scopes, scope, each => each.kind === 'comprehension' || holdsTypeParameters(each));
  return s >= 0 && scopes[s]!.kind === 'function' ? scopes[s]!.owner : -1;
}

/** Class number of the innermost class around a scope, through functions, or -1. */
export function classAround(scopes: Scopes, scope: number): number {
  const s = outOf(scopes, scope, each => each.kind !== 'class');
  return s < 0 ? -1 : scopes[s]!.owner;
}

/** The outermost method around a scope: the function that stands directly in the innermost class, or -1. */
export function methodAround(scopes: Scopes, scope: number): number {
  for (let s = scope; s >= 0; s = scopes[s]!.parent) {
    const { kind, owner, parent } = scopes[s]!;
    if (kind !== 'function' || owner < 0) continue;
    const home = outOf(scopes, parent, holdsTypeParameters);
    if (home >= 0 && scopes[home]!.kind === 'class') return owner;
  }
  return -1;
}
