// What a name or dotted expression means without running anything: through imports, re-exports, aliases, star
// imports and both arms of try/except, across modules.
import type { ImportFact } from '../model/definitions.js';
import { ACT_WIDTH, Act, ConstKind, Op, VALUE_WIDTH } from '../model/facts.js';
import { addTo } from '../model/grouping.js';
import type { WorldFile } from '../model/world.js';
import { type Bindings, bindingsOf, listAt, opAt, row, stringAt, valueCount } from './index-file.js';
import type { Layouts } from './layouts/layouts.js';
import { absolute, type Modules } from './modules.js';
import { newStarImports } from './star-imports.js';
import { type Unchanged, unchangedIn } from './unchanged.js';

/** One thing an expression may stand for. */
export type Meaning =
  | { readonly kind: 'class'; readonly file: WorldFile; readonly number: number }
  | { readonly kind: 'function'; readonly file: WorldFile; readonly number: number }
  | { readonly kind: 'module'; readonly file: WorldFile }
  /** Something outside the world, by its dotted name. */
  | { readonly kind: 'external'; readonly dotted: string }
  /** A value that is no definition: a call, a display, an operation. */
  | { readonly kind: 'value'; readonly file: WorldFile; readonly value: number }
  /** A parameter or another variable whose value comes from elsewhere. */
  | { readonly kind: 'variable'; readonly file: WorldFile; readonly variable: number }
  /** `base[index]` where the base has a meaning. */
  | { readonly kind: 'subscript'; readonly base: Meaning; readonly file: WorldFile; readonly index: number }
  | { readonly kind: 'unknown' };

/** Answers what expressions mean, across modules, from the files alone: no value flow. */
export interface Resolver {
  /** Everything a value may mean; never empty. */
  readonly value: (file: WorldFile, value: number) => readonly Meaning[];
  readonly variable: (file: WorldFile, variable: number) => readonly Meaning[];
  /** Everything the name `name` of a module may mean; empty when the module has no such name. */
  readonly member: (module: WorldFile, name: string) => readonly Meaning[];
  readonly bindings: (file: WorldFile) => Bindings;
  /** What `base.name` may mean, as seen from a file. */
  readonly attribute: (base: Meaning, name: string, from: WorldFile) => readonly Meaning[];
  /** A module by its absolute dotted name, as seen from a file. */
  readonly module: (dotted: string, from: WorldFile) => readonly Meaning[];
  /** What `self.NAMES` means where one class body of the world binds the name, once, and nothing stores it: its value.
   *  Otherwise null. */
  readonly constant: (name: string) => (Meaning & { readonly kind: 'value' }) | null;
  /** Which displays stay what they are. */
  readonly unchanged: Unchanged;
  /** What an import statement binds. */
  readonly imported: (file: WorldFile, fact: ImportFact) => readonly Meaning[];
}

const UNKNOWN: readonly Meaning[] = [{ kind: 'unknown' }];

/** Aliases of aliases: deeper chains are treated as unknown. */
const DEEPEST = 40;

/** The resolver over all files. Answers are worked out when asked for, and kept. */
export function resolver(files: readonly WorldFile[], modules: Modules, layouts: Layouts): Resolver {
  const bindings = new Map<number, Bindings>();
  const variables: Map<number, readonly Meaning[]>[] = files.map(() => new Map());
  const members: Map<string, readonly Meaning[]>[] = files.map(() => new Map());
  /** By the value of `base.name`. */
  const attributes: Map<number, readonly Meaning[]>[] = files.map(() => new Map());
  let depth = 0;

  const bindingsFor = (file: WorldFile): Bindings => {
    let known = bindings.get(file.index);
    if (!known) bindings.set(file.index, (known = bindingsOf(file)));
    return known;
  };

  /** Answers once per key; a question met again while it is being answered has no meaning of its own. */
  const once = <Key>(
    memo: Map<Key, readonly Meaning[]>,
    key: Key,
    answer: () => readonly Meaning[],
  ): readonly Meaning[] => {
    const known = memo.get(key);
    if (known) return known;
    if (depth > DEEPEST) return UNKNOWN;
    memo.set(key, []);
    depth++;
    const found = distinct(answer());
    depth--;
    memo.set(key, found);
    return found;
  };

  const module = (dotted: string, from: WorldFile): readonly Meaning[] => {
    const found = modules.find(dotted, from);
    if (!found.length && dotted === '__main__') return [{ kind: 'module', file: from.host ?? from }];
    return found.length ? found.map(file => ({ kind: 'module', file })) : [{ kind: 'external', dotted }];
  };

  const imported = (file: WorldFile, fact: ImportFact): readonly Meaning[] => {
    const dotted = absolute(file, fact.module, fact.level);
    if (dotted === null) return UNKNOWN;
    if (fact.name === null) return module(fact.bindsRoot ? dotted.split('.')[0]! : dotted, file);
    const name = fact.name;
    return distinct(module(dotted, file).flatMap(m => attribute(m, name, file)));
  };

  const attribute = (base: Meaning, name: string, from: WorldFile): readonly Meaning[] => {
    switch (base.kind) {
      case 'module': {
        const found = member(base.file, name);
        // a package may take a submodule before it binds the name to something else
        if (found.length && from !== base.file) return found;
        const inside = modules.find(`${base.file.source.module}.${name}`, base.file);
        if (found.length || inside.length)
          return [...found, ...inside.map((file): Meaning => ({ kind: 'module', file }))];
        return bindingsFor(base.file).moduleNames.has('__getattr__') ? lazily(name) : UNKNOWN;
      }
      case 'external':
        return module(base.dotted ? `${base.dotted}.${name}` : name, from);
      case 'class': {
        const fact = base.file.facts.classes[base.number]!;
        const values = fact.members.filter(m => m.name === name && m.value >= 0);
        return values.length ? values.flatMap(m => value(base.file, m.value)) : UNKNOWN;
      }
      case 'value':
        // `lib = None` where an import failed: whoever asks it for something has seen that it did not
        return isNone(base) ? [] : UNKNOWN;
      default:
        return UNKNOWN;
    }
  };

  let named: Map<string, Meaning[]> | null = null;
  /** What a module-level `__getattr__` may give for a name: any class of the world that is called so. */
  const lazily = (name: string): readonly Meaning[] => {
    if (!named) {
      named = new Map();
      for (const file of files)
        file.facts.classes.forEach((cls, number) => {
          addTo(named!, cls.qualname, { kind: 'class', file, number });
        });
    }
    return [...(named.get(name) ?? []), ...UNKNOWN];
  };

  const member = (file: WorldFile, name: string): readonly Meaning[] =>
    once(members[file.index]!, name, () => {
      const known = bindingsFor(file).moduleNames.get(name);
      if (known !== undefined) {
        const meanings = variable(file, known);
        // `from . import name` in a package's own __init__ means the submodule
        if (meanings.length) return meanings;
      }
      const found: Meaning[] = [];
      if (bindingsFor(file).starImports.length)
        for (const from of stars.bringing(file, name))
          if (from.kind === 'module') found.push(...member(from.file, name));
          else found.push({ kind: 'external', dotted: `${from.dotted}.${name}` });
      if (file.host && !found.length) found.push(...member(file.host, name));
      return found;
    });

  const stars = newStarImports({
    files,
    starred: file =>
      bindingsFor(file).starImports.flatMap(star => {
        const dotted = star.scope === 0 ? absolute(file, star.module, star.level) : null;
        return dotted === null
          ? []
          : module(dotted, file).filter(m => m.kind === 'module' || m.kind === 'external');
      }),
    binds: (file, name) => bindingsFor(file).moduleNames.has(name),
    exports: (file, name) => file.facts.exported?.includes(name) ?? !name.startsWith('_'),
    has: (dotted, name) => layouts.canonical(`${dotted}.${name}`) !== null,
  });

  const variable = (file: WorldFile, number: number): readonly Meaning[] =>
    once(variables[file.index]!, number, () => {
      const fact = file.facts.variables[number]!;
      const bound = bindingsFor(file);
      if (!fact.bound) {
        const viaStar = member(file, fact.name);
        if (viaStar.length) return viaStar;
        return layouts.builtinNames.has(fact.name)
          ? [{ kind: 'external', dotted: `builtins.${fact.name}` }]
          : UNKNOWN;
      }
      // lists that are kept by the hundred thousand: none with room for more
      const found = [
        ...(bound.values.get(number) ?? []).flatMap(v => value(file, v)),
        ...(bound.imports.get(number) ?? []).flatMap(i => imported(file, i)),
      ];
      return found.length ? found : [{ kind: 'variable', file, variable: number }];
    });

  const value = (file: WorldFile, number: number): readonly Meaning[] => {
    const op = opAt(file, number);
    // asked for most often
    if (op === Op.Var) {
      const it = file.facts.values[number * VALUE_WIDTH + 1]!;
      const found = variables[file.index]!.get(it) ?? variable(file, it);
      return found.length ? found : UNKNOWN;
    }
    const r = row(file, number);
    switch (op) {
      case Op.Attr: {
        const known = attributes[file.index]!.get(number);
        if (known) return known;
        const name = stringAt(file, r.b);
        const bases = value(file, r.a);
        const found =
          bases.length === 1
            ? distinct(attribute(bases[0]!, name, file))
            : distinct(bases.flatMap(base => attribute(base, name, file)));
        if (found === UNKNOWN || !found.length) return UNKNOWN;
        // while another question is open, this may be the answer to a part of it
        if (depth === 0) attributes[file.index]!.set(number, found);
        return found;
      }
      case Op.Exclude:
        return value(file, r.a);
      case Op.Class:
        return [{ kind: 'class', file, number: r.a }];
      case Op.ClassCell:
        return [{ kind: 'class', file, number: r.a }];
      case Op.Func:
        return [{ kind: 'function', file, number: r.a }];
      case Op.Join:
        return distinct([...listAt(file, r.b)].flatMap(v => value(file, v)));
      case Op.Sub:
        return value(file, r.a).map(base => ({ kind: 'subscript', base, file, index: r.b }));
      case Op.Unknown:
        return UNKNOWN;
      default:
        return [{ kind: 'value', file, value: number }];
    }
  };

  let constants: Map<string, (Meaning & { kind: 'value' }) | null> | null = null;
  const constant: Resolver['constant'] = name => {
    constants ??= constantsOf(files);
    return constants.get(name) ?? null;
  };

  const unchanged = unchangedIn(files, bindingsFor);
  return { value, variable, member, constant, unchanged, attribute, module, bindings: bindingsFor, imported };
}

const isNone = ({ file, value }: Meaning & { kind: 'value' }): boolean => {
  const { op, a } = row(file, value);
  return op === Op.Const && a === ConstKind.None;
};

/** Names that class bodies, stores on objects and strings may bind, with the value of those that a single class body binds. */
function constantsOf(files: readonly WorldFile[]): Map<string, (Meaning & { kind: 'value' }) | null> {
  const found = new Map<string, (Meaning & { kind: 'value' }) | null>();
  for (const file of files) {
    for (const { members } of file.facts.classes)
      for (const { name, kind, value } of members) {
        const isPlain = kind === 'assign' && value >= 0 && !found.has(name);
        if (kind !== 'annotation') found.set(name, isPlain ? { kind: 'value', file, value } : null);
      }
    const { acts } = file.facts;
    for (let i = 0; i < acts.length; i += ACT_WIDTH)
      if (acts[i] === Act.Store || acts[i] === Act.StoreAug) found.set(stringAt(file, acts[i + 2]!), null);
    // `type("Row", (Base,), {"NAMES": ...})`
    for (let v = 0; v < valueCount(file); v++)
      if (opAt(file, v) === Op.Str) found.set(stringAt(file, row(file, v).a), null);
  }
  return found;
}

function keyOf(m: Meaning): string {
  switch (m.kind) {
    case 'class':
    case 'function':
      return `${m.kind}:${m.file.index}:${m.number}`;
    case 'module':
      return `module:${m.file.index}`;
    case 'external':
      return `external:${m.dotted}`;
    case 'value':
      return `value:${m.file.index}:${m.value}`;
    case 'variable':
      return `variable:${m.file.index}:${m.variable}`;
    case 'subscript':
      return `subscript:${m.file.index}:${m.index}:${keyOf(m.base)}`;
    case 'unknown':
      return 'unknown';
  }
}

function distinct(meanings: readonly Meaning[]): readonly Meaning[] {
  if (meanings.length < 2) return meanings;
  const seen = new Map<string, Meaning>();
  for (const m of meanings) {
    const key = keyOf(m);
    if (!seen.has(key)) seen.set(key, m);
  }
  return [...seen.values()];
}
