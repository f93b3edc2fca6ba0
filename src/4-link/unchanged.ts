// Which lists, sets and dicts stay what their display says: nothing that could change them gets hold of them.
import { ACT_WIDTH, Act, Op, Operator } from '../model/facts.js';
import type { WorldFile } from '../model/world.js';
import {
  argumentsOf,
  type Bindings,
  opAt,
  operandsOf,
  operatorAt,
  row,
  stringAt,
  valueCount,
} from './index-file.js';

/** Methods that leave a container as it is and give away nothing but what is in it. */
export const READING: ReadonlySet<string> = new Set([
  'items',
  'keys',
  'values',
  'get',
  'index',
  'count',
  'copy',
  'difference',
  'intersection',
  'isdisjoint',
  'issubset',
  'issuperset',
  'symmetric_difference',
  'union',
]);

/** Functions that only take what is in a container. */
const TAKING: ReadonlySet<string> = new Set(
  'all any dict enumerate filter frozenset isinstance iter len list map max min reversed set sorted sum tuple zip'.split(
    ' ',
  ),
);

/** Operators that make another container of two. */
const MAKING: ReadonlySet<Operator> = new Set([
  Operator.Add,
  Operator.Sub,
  Operator.Or,
  Operator.And,
  Operator.Xor,
]);

/** Methods of strings and sets that do. */
const TAKING_METHODS = /^(join|union|(symmetric_)?difference|intersection|isdisjoint|issu(b|per)set)$/;

/** Parts of acts, from the second column on, that are values. */
const VALUES_OF: ReadonlyMap<Act, readonly number[]> = new Map([
  [Act.Bind, [2]],
  [Act.Store, [1, 3]],
  [Act.StoreAug, [1, 3]],
  [Act.StoreDel, [1]],
  [Act.StoreItem, [1, 2, 3]],
  [Act.Return, [2]],
  [Act.Yield, [2]],
  [Act.YieldFrom, [2]],
]);

const STORING: ReadonlySet<Act> = new Set([Act.Store, Act.StoreAug, Act.StoreDel]);

export interface Unchanged {
  /** Whether what a variable is bound to, a display, stays as it is written there. */
  readonly variable: (file: WorldFile, variable: number) => boolean;
  /** The same for the value of a class variable, by its name: it is bound by one class body and stored nowhere. */
  readonly classVariable: (name: string) => boolean;
}

/** `files`: all that may name them. */
export function unchangedIn(
  files: readonly WorldFile[],
  bindingsOf: (file: WorldFile) => Bindings,
): Unchanged {
  const live = files.filter(f => f.source.role !== 'environment' && !f.source.isStub);
  const variables = new Map<string, boolean>();
  const classVariables = new Map<string, boolean>();
  const names = (of: (file: WorldFile) => Iterable<string>) => (): Iterable<string> =>
    files.flatMap(file => [...of(file)]);
  const namingVariable = fileFinder(live, names(boundInModules), namesMeant);
  const namingMember = fileFinder(live, names(boundInClasses), file => file.facts.strings);

  const ofVariable = (file: WorldFile, variable: number): boolean => {
    const { name, scope } = file.facts.variables[variable]!;
    const same = new Set<number>();
    // a name has a number for each way through its scope
    file.facts.variables.forEach((v, number) => {
      if (v.name === name && v.scope === scope) same.add(number);
    });
    const { values, imports } = bindingsOf(file);
    const bound = new Set([...same].flatMap(v => values.get(v) ?? []));
    if (bound.size !== 1 || [...same].some(v => imports.has(v))) return false;
    if (scope === 0 && !namingVariable(name).every(other => other === file || onlyReads(other, name)))
      return false;
    return isOnlyRead(file, v => opAt(file, v) === Op.Var && same.has(row(file, v).a));
  };

  const ofClassVariable = (name: string): boolean =>
    namingMember(name).every(file =>
      isOnlyRead(file, v => {
        const { op, a, b } = row(file, v);
        if (op === Op.Attr) return stringAt(file, b) === name;
        return op === Op.Var && isOfClass(file, a, name);
      }),
    );

  return {
    variable(file, variable) {
      const key = `${file.index}:${variable}`;
      let known = variables.get(key);
      if (known === undefined) variables.set(key, (known = ofVariable(file, variable)));
      return known;
    },
    classVariable(name) {
      let known = classVariables.get(name);
      if (known === undefined) classVariables.set(name, (known = ofClassVariable(name)));
      return known;
    },
  };
}

/** Whether a file only reads what it may mean by the name of a variable of another module. */
function onlyReads(file: WorldFile, name: string): boolean {
  const { acts, imports, variables } = file.facts;
  if (imports.some(i => i.name === name && variables[i.variable]?.name !== name)) return false;
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    if (STORING.has(acts[i]! as Act) && stringAt(file, acts[i + 2]!) === name) return false;
  for (let v = 0; v < valueCount(file); v++)
    if (opAt(file, v) === Op.Str && stringAt(file, row(file, v).a) === name) return false;
  return isOnlyRead(file, v => {
    const { op, a, b } = row(file, v);
    return op === Op.Attr ? stringAt(file, b) === name : op === Op.Var && variables[a]!.name === name;
  });
}

const isOfClass = ({ facts }: WorldFile, variable: number, name: string): boolean => {
  const v = facts.variables[variable]!;
  return v.name === name && facts.scopes[v.scope]!.kind === 'class';
};

/** A function that gives the files that name something, for those of the names `asked`. */
function fileFinder(
  files: readonly WorldFile[],
  asked: () => Iterable<string>,
  namesIn: (file: WorldFile) => Iterable<string>,
): (name: string) => readonly WorldFile[] {
  let found: Map<string, Set<WorldFile>> | null = null;
  const index = (): Map<string, Set<WorldFile>> => {
    const naming = new Map<string, Set<WorldFile>>();
    for (const name of asked()) naming.set(name, new Set());
    for (const file of files) for (const name of namesIn(file)) naming.get(name)?.add(file);
    return naming;
  };
  return name => {
    found ??= index();
    return [...(found.get(name) ?? [])];
  };
}

/** Names that modules bind to something else than definitions. */
function* boundInModules(file: WorldFile): Generator<string> {
  const { acts, variables } = file.facts;
  for (let i = 0; i < acts.length; i += ACT_WIDTH) {
    if (acts[i] !== Act.Bind) continue;
    const { name, scope } = variables[acts[i + 1]!]!;
    const op = opAt(file, acts[i + 2]!);
    if (scope === 0 && op !== Op.Func && op !== Op.Class) yield name;
  }
}

/** The same of class bodies. */
function* boundInClasses({ facts }: WorldFile): Generator<string> {
  for (const { members } of facts.classes)
    for (const { name, kind } of members) if (kind === 'assign') yield name;
}

/** Names by which a file may mean a variable of another module. */
function* namesMeant({ facts: { strings, imports, variables } }: WorldFile): Generator<string> {
  yield* strings;
  for (const { name } of imports) if (name !== null) yield name;
  for (const { name, bound } of variables) if (!bound) yield name;
}

/** Whether all that a file does with the values that `means` tells is read what is in them; `calls`: methods of theirs
 *  that it may call. */
export function isOnlyRead(
  file: WorldFile,
  means: (value: number) => boolean,
  calls: ReadonlySet<string> = READING,
): boolean {
  const count = valueCount(file);
  const held = new Set<number>();
  for (let v = 0; v < count; v++) {
    const { op, a } = row(file, v);
    if (means(v) || ((op === Op.Narrow || op === Op.Exclude) && held.has(a))) held.add(v);
  }
  for (let v = 0; v < count; v++)
    if (!held.has(v) && operandsOf(file, v).some(o => held.has(o)) && !reads(file, v, held, calls))
      return false;
  const { acts, functions } = file.facts;
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    for (const column of VALUES_OF.get(acts[i]! as Act) ?? []) if (held.has(acts[i + column]!)) return false;
  return !functions.some(f => f.parameters.some(p => held.has(p.defaultValue)));
}

function reads(
  file: WorldFile,
  value: number,
  held: ReadonlySet<number>,
  calls: ReadonlySet<string>,
): boolean {
  const { op, a, b } = row(file, value);
  switch (op) {
    case Op.Iter:
      return true;
    case Op.In:
      return !held.has(a);
    case Op.Sub:
      return !held.has(b);
    case Op.Binary:
      // `NAMES + ["more"]` makes another one
      return MAKING.has(operatorAt(file, value).operator) && !operatorAt(file, value).inPlace;
    case Op.Attr:
      return calls.has(stringAt(file, b));
    case Op.Call: {
      if (held.has(a)) return false;
      const callee = row(file, a);
      const name = callee.op === Op.Var ? file.facts.variables[callee.a]! : null;
      const takes =
        (name !== null && !name.bound && TAKING.has(name.name)) ||
        (callee.op === Op.Attr && TAKING_METHODS.test(stringAt(file, callee.b)));
      return takes && argumentsOf(file, value).every(arg => arg.name === '' || !held.has(arg.value));
    }
    default:
      return false;
  }
}
