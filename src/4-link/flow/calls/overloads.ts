// Functions with `@overload` stubs: which of the stubs a call means, and what it then gives.
import { Op } from '../../../model/facts.js';
import type { WorldClass, WorldFile } from '../../../model/world.js';
import { inheritsFrom, PROTOCOLS } from '../../../slots.js';
import { listAt, row } from '../../index-file.js';
import type { Meaning } from '../../resolve.js';
import { constrain } from '../constraints.js';
import { isOverload } from '../functions.js';
import type { Flow } from '../state.js';
import { type Arguments, accepts, argumentFor } from './arguments.js';

export interface Overloads {
  /** Nodes that the results of a call of a function go through on their way into `into`, each with the annotation of a
   *  stub that the call may mean; `into` itself for a function without stubs, nothing for a stub that the call cannot
   *  mean. `given` parameters are bound already. */
  readonly resultsOf: (
    file: WorldFile,
    fn: number,
    given: number,
    args: Arguments,
    into: number,
  ) => readonly number[];
}

/** The definitions of one name in one scope. */
interface Group {
  readonly stubs: readonly number[];
  readonly isStub: boolean;
}

/** Whether a call may mean a stub: `sure` where an argument is of the class that the stub names, and none of another. */
type Match = 'sure' | 'maybe' | 'no';

export function newOverloads(flow: Flow): Overloads {
  const groups = new Map<number, ReadonlyMap<number, Group>>();

  const groupsOf = (file: WorldFile): ReadonlyMap<number, Group> => {
    const known = groups.get(file.index);
    if (known) return known;
    const found = new Map<number, Group>();
    groups.set(file.index, found);
    const { functions, scopes } = file.facts;
    const open = new Map<string, number[]>();
    functions.forEach((fact, fn) => {
      const key = `${scopes[fact.scope]!.parent}:${fact.name}`;
      const before = open.get(key);
      if (isOverload(file, fn, flow.resolver)) {
        if (before) before.push(fn);
        else open.set(key, [fn]);
      } else if (before) {
        // the definition right behind its stubs
        for (const stub of before) found.set(stub, { stubs: before, isStub: true });
        found.set(fn, { stubs: before, isStub: false });
        open.delete(key);
      }
    });
    return found;
  };

  /** The stubs that a call may mean: all up to the first that it surely means. */
  const meant = (file: WorldFile, stubs: readonly number[], given: number, args: Arguments): number[] => {
    const found: number[] = [];
    for (const stub of stubs) {
      const match = matches(file, stub, given, args);
      if (match !== 'no') found.push(stub);
      if (match === 'sure') break;
    }
    return found;
  };

  const matches = (file: WorldFile, stub: number, given: number, args: Arguments): Match => {
    const { parameters } = file.facts.functions[stub]!;
    if (!accepts(parameters, given, args.list)) return 'no';
    let match: Match = 'maybe';
    for (let i = given; i < parameters.length; i++) {
      const { annotation } = parameters[i]!;
      const arg = annotation < 0 ? undefined : argumentFor(parameters, given, i, args.list);
      if (!arg) continue;
      const cls = classNamed(args.file, arg.value);
      if (!cls) continue;
      const told = namedBy(file, annotation);
      if (!told.length) continue;
      if (!told.some(t => t === cls || cls.mro.some(e => e.kind === 'class' && e.cls === t))) return 'no';
      match = 'sure';
    }
    return match;
  };

  /** The class that a value names, or null where it may be anything else. */
  const classNamed = (file: WorldFile, value: number): WorldClass | null => {
    const [only, ...others] = flow.resolver.value(file, value);
    return only?.kind === 'class' && !others.length ? flow.classOf(only) : null;
  };

  /** The classes that an annotation `type[A] | type[B]` names; none where it says more than that. */
  const namedBy = (file: WorldFile, annotation: number): WorldClass[] => {
    const parts = flow.resolver.value(file, annotation).map(typeNamed);
    return parts.includes(null) ? [] : parts.flatMap(p => p ?? []);
  };
  const typeNamed = (m: Meaning): WorldClass[] | null => {
    if (m.kind === 'value' && row(m.file, m.value).op === Op.Binary) {
      const { a, b } = row(m.file, m.value);
      const [left, right] = [namedBy(m.file, a), namedBy(m.file, b)];
      return left.length && right.length ? [...left, ...right] : null;
    }
    if (m.kind !== 'subscript' || m.base.kind !== 'external') return null;
    const { dotted } = m.base;
    const index = row(m.file, m.index);
    if (/^typing(_extensions)?\.Union$/.test(dotted) && index.op === Op.Tuple) {
      const parts = Array.from(listAt(m.file, index.b), item => (item < 0 ? [] : namedBy(m.file, item)));
      return parts.every(p => p.length) ? parts.flat() : null;
    }
    if (!/^(typing(_extensions)?\.Type|builtins\.type)$/.test(dotted)) return null;
    const found = flow.resolver.value(m.file, m.index).map(of => (of.kind === 'subscript' ? of.base : of));
    const classes = found.flatMap(of => (of.kind === 'class' ? [flow.classOf(of)] : []));
    // a protocol stands for every class of its shape
    return classes.length === found.length && !classes.some(c => inheritsFrom(c, PROTOCOLS)) ? classes : null;
  };

  const resultsOf: Overloads['resultsOf'] = (file, fn, given, args, into) => {
    const group = groupsOf(file).get(fn);
    if (!group) return [into];
    const stubs = meant(file, group.stubs, given, args);
    if (group.isStub) return stubs.includes(fn) ? [into] : [];
    if (!stubs.length) return [into];
    return stubs.map(stub => {
      const { returns } = file.facts.functions[stub]!;
      if (returns < 0) return into;
      const result = flow.graph.node();
      constrain(flow, file, returns, result);
      flow.graph.edge(result, into);
      return result;
    });
  };

  return { resultsOf };
}
