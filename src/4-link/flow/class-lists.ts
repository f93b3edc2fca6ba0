// What the lists of names in class bodies hold: `fields = ("left", "right")`, `parts = Base.parts + ["more"]`.
import type { FunctionFact } from '../../model/definitions.js';
import { ACT_WIDTH, Act, ArgKind, Op, Operator } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above, isMetaclass, metaclassesOf } from '../../slots.js';
import {
  argumentsOf,
  callsIn,
  lastName,
  opAt,
  operatorAt,
  row,
  stringAt,
  valueCount,
} from '../index-file.js';
import { takesBody } from '../metaclasses.js';
import type { Resolver } from '../resolve.js';
import { givesMore } from './having.js';
import { newJoining } from './joined-lists.js';
import { literalItems } from './names.js';
import { itself } from './same-items.js';

/** A class variable that is gone through. */
export interface List {
  readonly name: string;
  /** The names are at this place of its items; -1 where they are the items. */
  readonly place: number;
  /** The classes with the methods that go through it: those of other classes are others. */
  readonly through: readonly WorldClass[];
}

/** The names that a class variable holds for instances of exactly this class, or null when that cannot be told. */
export type ClassLists = (list: List, cls: WorldClass) => readonly string[] | null;

/** Functions that only ask for an attribute by the text that they are given. */
const ASKING: ReadonlySet<string> = new Set(['getattr', 'hasattr']);

/** Classes that take over what another one lists, which takes it over from another. */
const DEEPEST = 8;

export function newClassLists(
  files: readonly WorldFile[],
  resolver: Resolver,
  classesOf: (file: WorldFile) => readonly WorldClass[],
): ClassLists {
  const joining = newJoining(resolver, classesOf);

  /** What a class variable holds for a class: what the first body in its MRO binds, or where a metaclass joins them all
   *  of them together. */
  const held = (list: List, cls: WorldClass, depth = 0): readonly string[] | null => {
    const joins = metaclassesOf(cls).map(m => joining(m, list.name));
    if (joins.includes('otherwise') || depth > DEEPEST) return null;
    const isJoined = joins.includes('joined');
    const names: string[] = [];
    for (const e of cls.mro) {
      if (e.kind === 'unknown') return null;
      if (e.kind === 'external') {
        if (!e.layouts.length || e.layouts.some(l => l.members.includes(list.name))) return null;
        continue;
      }
      const [bound, ...others] = e.cls.fact.members.filter(
        m => m.name === list.name && m.kind !== 'annotation' && !m.isTyping,
      );
      if (!bound) continue;
      if (e.cls.fields.some(f => f.name === list.name)) return null;
      if (others.length || bound.kind !== 'assign' || bound.value < 0) return null;
      const found = items(e.cls.file, bound.value, list, depth + 1);
      if (!found || !isJoined) return found;
      names.push(...found);
    }
    return isJoined ? names : null;
  };

  /** The names in what a class body binds: a display, or one joined with that of another class, `Base.fields + ("x",)`. */
  const items = (file: WorldFile, value: number, list: List, depth: number): readonly string[] | null => {
    const at = itself(file, value, resolver);
    const { op, a, b } = row(file, at);
    if (op === Op.Binary && operatorAt(file, at).operator === Operator.Add) {
      const [left, right] = [items(file, a, list, depth), items(file, b, list, depth)];
      return left && right && [...left, ...right];
    }
    if (op === Op.Attr && stringAt(file, b) === list.name) {
      const [only, ...others] = resolver.value(file, a);
      if (only?.kind !== 'class' || others.length) return null;
      return held(list, classesOf(only.file)[only.number]!, depth);
    }
    if (op === Op.Call) return list.place < 0 ? wordsAt(file, at) : null;
    const stays = op === Op.Tuple || resolver.unchanged.classVariable(list.name);
    return stays ? literalItems(file, at, resolver, 0, list.place) : null;
  };

  let disturbed: ReadonlySet<string> | null = null;
  /** Whether a class variable is bound by class bodies, and by those metaclasses that take their items, alone. */
  const isFixed = (name: string): boolean =>
    !name.startsWith('__') && !(disturbed ??= boundOtherwise(files, takeBodies)).has(name);
  /** Functions of metaclasses that are handed bodies: `joining` says what becomes of the names they spell. */
  const takeBodies = (file: WorldFile): readonly FunctionFact[] =>
    file.facts.functions.filter(
      f => f.cls >= 0 && takesBody(f) && isMetaclass(classesOf(file)[f.cls]!) && !storesByName(file, f),
    );

  const known = new Map<string, readonly string[] | null>();
  return (list, cls) => {
    if (list.through.some(c => !isBelow(cls, c))) return null;
    const key = `${list.name} ${list.place} ${cls.index}`;
    if (!known.has(key)) known.set(key, isFixed(list.name) ? held(list, cls) : null);
    return known.get(key)!;
  };
}

/** Whether a class is another one or inherits from it, and from nothing outside the world that may come first. */
const isBelow = (cls: WorldClass, other: WorldClass): boolean =>
  [cls, ...above(cls)].includes(other) && !cls.mro.some(e => e.kind !== 'class' && givesMore(e));

/** The words of `"left right".split()`. */
function wordsAt(file: WorldFile, call: number): readonly string[] | null {
  const callee = row(file, row(file, call).a);
  const isSplit =
    callee.op === Op.Attr && stringAt(file, callee.b) === 'split' && !argumentsOf(file, call).length;
  if (!isSplit || opAt(file, callee.a) !== Op.Str) return null;
  return stringAt(file, row(file, callee.a).a).trim().split(/\s+/);
}

const storesByName = (file: WorldFile, { at, end }: FunctionFact): boolean => {
  for (const { call, callee } of callsIn(file)) {
    const place = row(file, call).at;
    if (at <= place && place < end && /^(setattr|__setattr__)$/.test(lastName(file, callee))) return true;
  }
  return false;
};

/** Names that something may bind on classes or instances besides class bodies: what is stored under them, and texts that
 *  are not only asked for, or spelled in one of `takeBodies`. */
function boundOtherwise(
  files: readonly WorldFile[],
  takeBodies: (file: WorldFile) => readonly FunctionFact[],
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const file of files) {
    const { acts } = file.facts;
    for (let i = 0; i < acts.length; i += ACT_WIDTH)
      if (acts[i] === Act.Store || acts[i] === Act.StoreAug || acts[i] === Act.StoreDel)
        found.add(stringAt(file, acts[i + 2]!));
    const harmless = new Set<number>();
    for (const { call, callee } of callsIn(file)) {
      const called = lastName(file, callee);
      for (const arg of argumentsOf(file, call)) {
        if (ASKING.has(called)) harmless.add(arg.value);
        // the body of a class that a call makes
        if (arg.kind === ArgKind.Keyword && /^(dict|update)$/.test(called)) found.add(arg.name);
      }
    }
    const spelling = takeBodies(file);
    for (let v = 0; v < valueCount(file); v++) {
      const { op, a, at } = row(file, v);
      if (op !== Op.Str || harmless.has(v) || spelling.some(f => f.at <= at && at < f.end)) continue;
      found.add(stringAt(file, a));
    }
  }
  return found;
}
