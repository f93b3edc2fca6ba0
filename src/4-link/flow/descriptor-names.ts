// Under which names the descriptors of a class body store on its instances: `setattr(instance, self.name, value)` in a
// descriptor whose `__init__` or `__set_name__` gives `self.name` (Python's Descriptor Guide, "Customized names").
import type { FunctionFact, MemberFact } from '../../model/definitions.js';
import { ACT_WIDTH, Act, ArgKind, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above, methodsNamed } from '../../slots.js';
import { actsOf, argumentsOf, listAt, opAt, row, stringAt } from '../index-file.js';
import type { Resolver } from '../resolve.js';

/** The class of a descriptor, and its attribute that holds a name. */
export interface NameHolder {
  readonly cls: WorldClass;
  readonly attr: string;
}

export interface DescriptorNames {
  /** What a name given to setattr() reads, where that is an attribute of a method's own receiver; else null. */
  readonly holderAt: (file: WorldFile, name: number) => NameHolder | null;
  /** The names that the descriptors in the body of a class hold, with the calls that make them; null where one cannot
   *  be told. */
  readonly namesIn: (holder: NameHolder, cls: WorldClass) => readonly Named[] | null;
}

export interface Named {
  readonly name: string;
  /** Name of the class variable. */
  readonly member: string;
  readonly file: WorldFile;
  /** UTF-16 offset of the call that makes the descriptor. */
  readonly at: number;
}

/** A value with what the parameters around it stand for. */
interface Known {
  readonly file: WorldFile;
  readonly value: number;
  readonly given: Given | null;
}
interface Given {
  readonly file: WorldFile;
  readonly variables: ReadonlyMap<number, Known>;
  readonly around: Given | null;
}

/** An argument; `name` is empty where it comes by position. */
interface Handed {
  readonly name: string;
  readonly known: Known;
}

/** A descriptor, and the call that makes it: its place and arguments. */
interface Made {
  readonly cls: WorldClass;
  readonly file: WorldFile;
  /** UTF-16 offset. */
  readonly at: number;
  readonly args: readonly Handed[];
}

const DEEPEST = 8;

export function newDescriptorNames(
  resolver: Resolver,
  classesOf: (file: WorldFile) => readonly WorldClass[],
): DescriptorNames {
  const holderAt: DescriptorNames['holderAt'] = (file, name) => {
    const r = row(file, name);
    if (r.op !== Op.Attr || opAt(file, r.a) !== Op.Var) return null;
    const receiver = row(file, r.a).a;
    const method = file.facts.functions.find(f => f.cls >= 0 && f.parameters[0]?.variable === receiver);
    return method ? { cls: classesOf(file)[method.cls]!, attr: stringAt(file, r.b) } : null;
  };

  const known = new Map<string, readonly Named[] | null>();
  const namesIn: DescriptorNames['namesIn'] = (holder, cls) => {
    const key = `${holder.cls.index}:${holder.attr}:${cls.index}`;
    if (!known.has(key)) known.set(key, namesHeld(holder, cls));
    return known.get(key)!;
  };

  const namesHeld = (holder: NameHolder, cls: WorldClass): Named[] | null => {
    const found: Named[] = [];
    for (const member of cls.fact.members) {
      const made = madeAt(cls.file, member);
      if (!made || !isBelow(made.cls, holder.cls)) continue;
      const name = heldBy(made, holder.attr, member.name);
      if (name === null) return null;
      found.push({ name, member: member.name, file: made.file, at: made.at });
    }
    return found;
  };

  /** The descriptor that a member of a class body is, as far as one call makes it. */
  const madeAt = (file: WorldFile, { kind, value }: MemberFact): Made | null => {
    if (value < 0) return null;
    if (kind === 'assign') return makes({ file, value, given: null });
    if (kind !== 'function') return null;
    const [decorator, ...others] = file.facts.functions[row(file, value).a]!.decorators;
    if (decorator === undefined || others.length) return null;
    return applied({ file, value: decorator, given: null }, { file, value, given: null });
  };

  /** What a decorator makes of a function. */
  const applied = (decorator: Known, to: Known): Made | null => {
    const made = called(decorator, 0);
    if (!made) return null;
    if (made.kind === 'class') {
      const { file, value } = decorator;
      return { cls: made.cls, file, at: row(file, value).at, args: [{ name: '', known: to }] };
    }
    const [first] = made.file.facts.functions[made.fn]!.parameters;
    if (!first) return null;
    const given = { file: made.file, variables: new Map([[first.variable, to]]), around: made.given };
    const result = resultOf(made.file, made.fn, given);
    return result && makes(result, 1);
  };

  /** The class that a value is an instance of, where one call makes it. */
  const makes = (known: Known, depth = 0): Made | null => {
    const { file, value } = known;
    if (depth > DEEPEST || opAt(file, value) !== Op.Call) return null;
    const made = called({ ...known, value: row(file, value).a }, depth);
    if (!made) return null;
    const args = argumentsAt(known);
    if (!args) return null;
    if (made.kind === 'class') return { cls: made.cls, file, at: row(file, value).at, args };
    const given = bound(made.file, made.file.facts.functions[made.fn]!, args, 0, made.given);
    const result = given && resultOf(made.file, made.fn, given);
    return result && makes(result, depth + 1);
  };

  type Called =
    | { readonly kind: 'class'; readonly cls: WorldClass }
    | {
        readonly kind: 'function';
        readonly file: WorldFile;
        readonly fn: number;
        readonly given: Given | null;
      };

  /** The one class or function that is called. */
  const called = (known: Known, depth: number): Called | null => {
    const { file, value, given } = known;
    if (depth > DEEPEST) return null;
    if (opAt(file, value) === Op.Call) {
      // a call that gives the function: `@named("x")`
      const maker = called({ ...known, value: row(file, value).a }, depth + 1);
      const args = argumentsAt(known);
      if (maker?.kind !== 'function' || !args) return null;
      const inner = bound(maker.file, maker.file.facts.functions[maker.fn]!, args, 0, maker.given);
      const result = inner && resultOf(maker.file, maker.fn, inner);
      if (!result) return null;
      const fn = functionAt(result.file, result.value);
      return fn < 0 ? null : { kind: 'function', file: result.file, fn, given: inner };
    }
    const own = functionAt(file, value);
    if (own >= 0) return { kind: 'function', file, fn: own, given };
    const [only, ...others] = resolver.value(file, value);
    if (!only || others.length) return null;
    if (only.kind === 'class') return { kind: 'class', cls: classesOf(only.file)[only.number]! };
    return only.kind === 'function'
      ? { kind: 'function', file: only.file, fn: only.number, given: null }
      : null;
  };

  /** The undecorated function of the file that a value is, or the only one bound to a variable; else -1. */
  const functionAt = (file: WorldFile, value: number): number => {
    const r = row(file, value);
    if (r.op === Op.Func) return file.facts.functions[r.a]!.decorators.length ? -1 : r.a;
    if (r.op !== Op.Var) return -1;
    const [only, ...others] = resolver.bindings(file).values.get(r.a) ?? [];
    return only === undefined || others.length || opAt(file, only) !== Op.Func ? -1 : functionAt(file, only);
  };

  /** The only value that a function returns. */
  const resultOf = (file: WorldFile, fn: number, given: Given): Known | null => {
    const values = actsOf(file, Act.Return, fn).map(at => file.facts.acts[at + 2]!);
    return values.length === 1 ? { file, value: values[0]!, given } : null;
  };

  /** The arguments of a call; null where some are unpacked. */
  const argumentsAt = ({ file, value, given }: Known): Handed[] | null => {
    const args = argumentsOf(file, value);
    if (args.some(a => a.kind === ArgKind.Star || a.kind === ArgKind.DoubleStar)) return null;
    return args.map(a => ({ name: a.name, known: { file, value: a.value, given } }));
  };

  /** What arguments give to the parameters of a function, the first `skip` of which are given already. */
  const bound = (
    file: WorldFile,
    { parameters }: FunctionFact,
    args: readonly Handed[],
    skip: number,
    around: Given | null,
  ): Given | null => {
    const variables = new Map<number, Known>();
    for (const [i, { name, known }] of args.entries()) {
      const p = name ? parameters.find(q => q.name === name) : parameters[skip + i];
      if (!p || p.kind === 'star' || p.kind === 'doubleStar') return null;
      variables.set(p.variable, known);
    }
    for (const p of parameters)
      if (p.defaultValue >= 0 && !variables.has(p.variable))
        variables.set(p.variable, { file, value: p.defaultValue, given: around });
    return { file, variables, around };
  };

  /** The text that a descriptor holds under `attr`, given the name it has in the class body. */
  const heldBy = ({ cls, args }: Made, attr: string, member: string): string | null => {
    const texts = new Set<string | null>();
    for (const c of [cls, ...above(cls)])
      for (const method of methodsNamed(c, /./))
        for (const value of storedBy(c.file, method, attr)) {
          const [, , third] = method.parameters;
          if (method.name === '__set_name__' && third)
            texts.add(textOf({ file: c.file, value, given: null }, 0, third.variable, member));
          else if (method.name === '__init__') {
            const given = bound(c.file, method, args, 1, null);
            texts.add(given && textOf({ file: c.file, value, given }));
          } else texts.add(null);
        }
    const [only, ...others] = texts;
    return only === undefined || others.length ? null : only;
  };

  /** What a method stores under `attr` on its receiver. */
  const storedBy = (file: WorldFile, { parameters }: FunctionFact, attr: string): number[] => {
    const self = parameters[0]?.variable;
    const { acts } = file.facts;
    const found: number[] = [];
    for (let i = 0; i < acts.length; i += ACT_WIDTH) {
      if (acts[i] !== Act.Store && acts[i] !== Act.StoreAug) continue;
      const receiver = acts[i + 1]!;
      if (stringAt(file, acts[i + 2]!) !== attr || opAt(file, receiver) !== Op.Var) continue;
      if (row(file, receiver).a === self) found.push(acts[i + 3]!);
    }
    return found;
  };

  /** The text of a value; the variable `named` stands for the text `name`. */
  const textOf = (known: Known, depth = 0, named = -1, name = ''): string | null => {
    const { file, value, given } = known;
    if (depth > DEEPEST || value < 0) return null;
    const { op, a, b } = row(file, value);
    const join = (parts: Iterable<number>): string | null => {
      const texts = Array.from(parts, v => textOf({ file, value: v, given }, depth + 1, named, name));
      return texts.includes(null) ? null : texts.join('');
    };
    switch (op) {
      case Op.Str:
        return stringAt(file, a);
      case Op.Text:
        return join(listAt(file, b));
      case Op.Binary:
        // the only operation on two texts that are no formats
        return join([a, b]);
      case Op.Var: {
        if (a === named) return name;
        const found = givenTo(known, a);
        return found && textOf(found, depth + 1);
      }
      case Op.Attr: {
        // `self.name = function.__name__`
        const found =
          stringAt(file, b) === '__name__' && opAt(file, a) === Op.Var
            ? givenTo(known, row(file, a).a)
            : null;
        return found && opAt(found.file, found.value) === Op.Func
          ? found.file.facts.functions[row(found.file, found.value).a]!.name
          : null;
      }
      default:
        return null;
    }
  };

  /** What a variable is given by the calls around a value. */
  const givenTo = ({ file, given }: Known, variable: number): Known | null => {
    for (let g = given; g; g = g.around) {
      const found = g.file === file ? g.variables.get(variable) : undefined;
      if (found) return found;
    }
    return null;
  };

  return { holderAt, namesIn };
}

const isBelow = (cls: WorldClass, other: WorldClass): boolean =>
  cls.mro.some(e => e.kind === 'class' && e.cls === other);
