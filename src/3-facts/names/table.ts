// The scopes of a file and the names that each binds.
// Rules: Python reference, section 4.2 "Naming and binding".
import type { ScopeFact, ScopeKind, VariableFact } from '../../model/definitions.js';

/** Scopes and variables by number, made one after the other as a file is read. */
export interface ScopeTable {
  readonly scopes: ScopeFact[];
  readonly variables: VariableFact[];
  /** Opens a scope. `privateName`: the class whose private names apply in it; null or left out, that of `parent`. */
  open(kind: ScopeKind, parent: number, owner: number, privateName?: string | null): number;
  /** Binds a name, as the compiler sees it, in this very scope. */
  declare(scope: number, mangled: string): number;
  /** `global name` or `nonlocal name` in a scope. */
  placeElsewhere(scope: number, name: string, rule: 'global' | 'nonlocal'): void;
  /** The variable a name means in a scope; made on the spot when no scope binds it. */
  variable(scope: number, name: string): number;
  /** The variable that binding `name` in `scope` binds. */
  binding(scope: number, name: string): number;
  /** A name as the compiler sees it in a scope (private name mangling, reference section 6.2.1). */
  mangled(scope: number, name: string): string;
}

/** What the table keeps of one scope besides its fact. */
interface Inside {
  /** Variables by mangled name. */
  readonly names: Map<string, number>;
  /** Class whose private names apply, without leading underscores, or ''. */
  readonly privateName: string;
  /** Names that a statement places in another scope. */
  readonly elsewhere: Map<string, 'global' | 'nonlocal'>;
}

const MODULE = 0;

/** A table with the scope of the module, number 0, and no name. */
export function scopeTable(): ScopeTable {
  const scopes: ScopeFact[] = [];
  const variables: VariableFact[] = [];
  const insides: Inside[] = [];

  const open: ScopeTable['open'] = (kind, parent, owner, privateName) => {
    insides.push({
      names: new Map(),
      privateName: privateName?.replace(/^_+/, '') ?? insides[parent]?.privateName ?? '',
      elsewhere: new Map(),
    });
    return scopes.push({ kind, parent, owner }) - 1;
  };
  open('module', -1, -1);

  const mangled = (scope: number, name: string): string => {
    const { privateName } = insides[scope]!;
    if (!privateName || !name.startsWith('__') || name.endsWith('__') || name.includes('.')) return name;
    return `_${privateName}${name}`;
  };

  /** The variable of a mangled name in a scope, made when there is none. */
  const entry = (scope: number, name: string, bound: boolean): number => {
    const { names } = insides[scope]!;
    const known = names.get(name);
    if (known !== undefined) {
      if (bound && !variables[known]!.bound) variables[known] = { scope, name, bound };
      return known;
    }
    const number = variables.push({ scope, name, bound }) - 1;
    names.set(name, number);
    return number;
  };

  /** The nearest scope outwards of `scope`, itself excluded, that binds `name`; class bodies are skipped. */
  const enclosing = (scope: number, name: string): number | undefined => {
    for (let s = scopes[scope]!.parent; s >= 0; s = scopes[s]!.parent) {
      if (scopes[s]!.kind === 'class') continue;
      const found = insides[s]!.names.get(name);
      if (found !== undefined && variables[found]!.bound) return found;
    }
    return undefined;
  };

  return {
    scopes,
    variables,
    open,
    mangled,
    declare: (scope, name) => entry(scope, name, true),
    placeElsewhere(scope, spelled, rule) {
      const name = mangled(scope, spelled);
      insides[scope]!.elsewhere.set(name, rule);
      if (rule === 'global') entry(MODULE, name, true);
    },
    binding(scope, spelled) {
      const name = mangled(scope, spelled);
      const rule = insides[scope]!.elsewhere.get(name);
      if (rule === undefined) return entry(scope, name, true);
      return (rule === 'nonlocal' ? enclosing(scope, name) : undefined) ?? entry(MODULE, name, true);
    },
    variable(scope, spelled) {
      const name = mangled(scope, spelled);
      const { names, elsewhere } = insides[scope]!;
      const rule = elsewhere.get(name);
      if (rule !== 'global') {
        const own = names.get(name);
        if (rule !== 'nonlocal' && own !== undefined && variables[own]!.bound) return own;
        const outer = enclosing(scope, name);
        if (outer !== undefined) return outer;
      }
      return entry(MODULE, name, false);
    },
  };
}
