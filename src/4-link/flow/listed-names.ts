// Names that classes list in their bodies for code above that goes through them: `fields = ("left", "right")` in each
// class of a tree, and `for name in self.fields: setattr(self, name, None)` at its root.
import { Act, Op } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { actsOf, listAt, opAt, row, stringAt, written } from '../index-file.js';
import type { Resolver } from '../resolve.js';
import { type List, newClassLists } from './class-lists.js';
import { besides, isParameter } from './names.js';
import { itself } from './same-items.js';

export interface ListedNames {
  /** The class variables of what a receiver holds that a name given to setattr() beside it comes from; null for names that
   *  may come from elsewhere. */
  readonly listsAt: (file: WorldFile, receiver: number, name: number) => readonly List[] | null;
  /** The names that these hold for instances of exactly this class, or null when that cannot be told. */
  readonly namesIn: (lists: readonly List[], cls: WorldClass) => readonly string[] | null;
}

/** Methods that go through what others give, which go through what others give. */
const DEEPEST = 8;

export function newListedNames(
  files: readonly WorldFile[],
  resolver: Resolver,
  classesOf: (file: WorldFile) => readonly WorldClass[],
): ListedNames {
  const heldIn = newClassLists(files, resolver, classesOf);

  const listsAt: ListedNames['listsAt'] = (file, receiver, name) => {
    const self = written(file, receiver);
    const isOne = (resolver.bindings(file).values.get(self.a)?.length ?? 0) < 2;
    return self.op === Op.Var && isOne ? listsOf(file, self.a, name) : null;
  };

  /** The class variables of what the variable `self` holds that a name is taken from. */
  const listsOf = (file: WorldFile, self: number, name: number, depth = 0): readonly List[] | null => {
    const { op, a } = written(file, name);
    const bound = op === Op.Var && !isParameter(file, a) ? resolver.bindings(file).values.get(a) : undefined;
    return bound ? all(bound.map(value => gone(file, self, value, depth))) : null;
  };

  /** The class variables that a value bound by a loop is an item of. */
  const gone = (file: WorldFile, self: number, value: number, depth: number): readonly List[] | null => {
    const { op, a, b } = row(file, value);
    const iter = op === Op.Item ? row(file, a) : { op, a };
    if (iter.op !== Op.Iter) return null;
    const beside = op === Op.Item ? besides(file, iter.a, b, resolver) : null;
    const place = op === Op.Item && beside === null ? b : -1;
    const through = itself(file, beside ?? iter.a, resolver);
    const isCall = opAt(file, through) === Op.Call;
    const attribute = row(file, isCall ? row(file, through).a : through);
    const base = attribute.op === Op.Attr ? written(file, attribute.a) : null;
    if (base?.op !== Op.Var || base.a !== self) return null;
    const name = stringAt(file, attribute.b);
    return isCall ? yielded(name, place, depth + 1) : [{ name, place, through: [] }];
  };

  /** The class variables of its receiver that the only method of a name goes through: `for name in node.iter_fields()`. */
  const yielded = (method: string, place: number, depth: number): readonly List[] | null => {
    const [only, ...others] = methodsOf(method);
    if (!only || others.length || depth > DEEPEST) return null;
    const { file, fn } = only;
    const { parameters, isGenerator, decorators } = file.facts.functions[fn]!;
    const [self] = parameters;
    if (!self || !isGenerator || decorators.length || actsOf(file, Act.YieldFrom, fn).length) return null;
    const parts = actsOf(file, Act.Yield, fn).map(at => {
      const value = file.facts.acts[at + 2]!;
      if (place < 0) return value;
      return opAt(file, value) === Op.Tuple ? (listAt(file, row(file, value).b)[place] ?? -1) : -1;
    });
    const lists = all(parts.map(part => (part < 0 ? null : listsOf(file, self.variable, part, depth))));
    const cls = classesOf(file)[file.facts.functions[fn]!.cls]!;
    return lists?.map(list => ({ ...list, through: [...list.through, cls] })) ?? null;
  };

  let methods: Map<string, { readonly file: WorldFile; readonly fn: number }[]> | null = null;
  const methodsOf = (name: string): readonly { readonly file: WorldFile; readonly fn: number }[] => {
    if (!methods) {
      methods = new Map();
      for (const file of files)
        for (const [fn, fact] of file.facts.functions.entries())
          if (fact.cls >= 0) addTo(methods, fact.name, { file, fn });
    }
    return methods.get(name) ?? [];
  };

  const namesIn: ListedNames['namesIn'] = (lists, cls) => {
    const names = new Set<string>();
    for (const list of lists) {
      const found = heldIn(list, cls);
      if (!found) return null;
      for (const name of found) names.add(name);
    }
    return [...names];
  };

  return { listsAt, namesIn };
}

const all = (parts: readonly (readonly List[] | null)[]): readonly List[] | null =>
  parts.length && parts.every(part => part !== null) ? parts.flat() : null;
