// What the calls of a function give for its parameters, where all of them can be seen.
import { Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { argumentsOf, opAt, row, spelling, stringAt, valueCount } from '../index-file.js';
import type { Meaning, Resolver } from '../resolve.js';
import { argumentFor, isSpread } from './calls/arguments.js';
import { type FunctionKind, functionKind } from './functions.js';
import type { Written } from './kept-values.js';
import { type Ends, endsOf, OPEN_ENDS, spokenIn } from './names.js';

export interface Callers {
  /** All that calls give for a parameter, its default where one leaves it out; null where some call may not be seen: there
   *  is none, the function is handed on as a value or goes by another name, Python or a library calls it, a string names
   *  it, or arguments are unpacked. */
  readonly givenFor: (file: WorldFile, variable: number) => readonly Written[] | null;
  /** The same for what is no matter of other programs: functions inside others, those that a `_` marks as private, and of
   *  these the methods that only their own class calls. */
  readonly givenWithin: Callers['givenFor'];
}

/** Where a name is called, and whether it is read for something else. */
interface Uses {
  readonly calls: Written[];
  isRead: boolean;
}

/** What decorators leave a function, where its callers call just that. */
const PLAIN: ReadonlySet<FunctionKind> = new Set<FunctionKind>(['method', 'static', 'class']);

/** Classes that call no method of those below them. */
const CALLING_NONE = /^(builtins\.object|abc\.ABC|typing(_extensions)?\.\w+)$/;
const DEEPEST = 8;

export function newCallers(files: readonly WorldFile[], resolver: Resolver): Callers {
  const known = new Map<string, readonly Written[] | null>();
  let uses: ReadonlyMap<string, Uses> | null = null;
  let ends: readonly Ends[] | null = null;

  const givenFor: Callers['givenFor'] = (file, variable) => {
    const key = `${file.index}:${variable}`;
    let given = known.get(key);
    if (given === undefined) known.set(key, (given = find(file, variable)));
    return given;
  };

  const givenWithin: Callers['givenFor'] = (file, variable) => {
    const fn = file.facts.functions.find(f => f.parameters.some(p => p.variable === variable));
    const isInFunction = fn && fn.cls < 0 && fn.qualname.includes('.');
    if (!fn || (!fn.name.startsWith('_') && !isInFunction)) return null;
    const given = givenFor(file, variable);
    if (fn.cls < 0 || !given) return given;
    const { anchor, end } = file.facts.classes[fn.cls]!;
    const isInside = (g: Written): boolean => {
      const { at } = row(g.file, g.value);
      return g.file === file && anchor.keyword <= at && at < end;
    };
    return given.every(isInside) ? given : null;
  };

  const find = (file: WorldFile, variable: number): readonly Written[] | null => {
    const number = file.facts.functions.findIndex(f => f.parameters.some(p => p.variable === variable));
    const fn = file.facts.functions[number];
    if (!fn || fn.isLambda || /^__\w+__$/.test(fn.name)) return null;
    const kind = functionKind(file, number, resolver);
    if (!PLAIN.has(kind) || isOfUnseen(file, fn.cls)) return null;
    ends ??= [...endsAsked(files, resolver)];
    if (ends.some(({ start, end }) => fn.name.startsWith(start) && fn.name.endsWith(end))) return null;
    const used = (uses ??= usesIn(files)).get(fn.name);
    if (!used || used.isRead) return null;
    const place = fn.parameters.findIndex(p => p.variable === variable);
    const parameter = fn.parameters[place]!;
    if (parameter.kind === 'star' || parameter.kind === 'doubleStar') return null;
    const skipped = fn.cls >= 0 && kind !== 'static' ? 1 : 0;
    const found: Written[] = [];
    // slots are named in the order of the text
    const inOrder = (a: Written, b: Written): number =>
      a.file.index - b.file.index || row(a.file, a.value).at - row(b.file, b.value).at;
    for (const { file: at, value: call } of used.calls.toSorted(inOrder)) {
      const called = resolver.value(at, row(at, call).a);
      const isOther = called.every(m => m.kind !== 'function' || m.file !== file || m.number !== number);
      if (called.length && isOther && called.every(m => m.kind !== 'unknown')) continue;
      const list = argumentsOf(at, call);
      if (isSpread(list) || (skipped && kind === 'method' && isOnClass(at, call))) return null;
      const given = argumentFor(fn.parameters, skipped, place, list);
      if (given) found.push({ file: at, value: given.value });
      else if (parameter.defaultValue >= 0) found.push({ file, value: parameter.defaultValue });
      else return null;
    }
    return found.length ? found : null;
  };

  /** Whether a class inherits from something that may call its methods. */
  const isOfUnseen = (file: WorldFile, cls: number, depth = 0): boolean =>
    cls >= 0 &&
    file.facts.classes[cls]!.bases.some(({ value }) => {
      const bases = resolver.value(file, value);
      return !bases.length || depth > DEEPEST || bases.some(m => !callsNone(m, depth));
    });
  const callsNone = (m: Meaning, depth: number): boolean =>
    m.kind === 'class'
      ? !isOfUnseen(m.file, m.number, depth + 1)
      : m.kind === 'external' && CALLING_NONE.test(m.dotted);

  /** `Base.show(self, name)` */
  const isOnClass = (file: WorldFile, call: number): boolean => {
    const { op, a } = row(file, row(file, call).a);
    return op === Op.Attr && resolver.value(file, a).some(m => m.kind === 'class');
  };
  return { givenFor, givenWithin };
}

/** How names begin and end that code puts together to ask for them: `getattr(self, "visit_" + kind)`. */
function* endsAsked(files: readonly WorldFile[], resolver: Resolver): Generator<Ends> {
  for (const file of files)
    for (let v = 0; v < valueCount(file); v++) {
      if (opAt(file, v) !== Op.Call || spelling(file, row(file, v).a) !== 'getattr') continue;
      const name = argumentsOf(file, v)[1];
      const ends = name ? endsOf(file, name.value, resolver) : OPEN_ENDS;
      if (ends.start || ends.end) yield ends;
    }
}

function usesIn(files: readonly WorldFile[]): ReadonlyMap<string, Uses> {
  const found = new Map<string, Uses>();
  const useOf = (name: string): Uses => {
    let known = found.get(name);
    if (!known) found.set(name, (known = { calls: [], isRead: false }));
    return known;
  };
  const usesOf = (file: WorldFile, value: number): Uses | null => {
    const { op, a, b } = row(file, value);
    if (op !== Op.Var && op !== Op.Attr) return null;
    return useOf(op === Op.Var ? file.facts.variables[a]!.name : stringAt(file, b));
  };
  for (const name of spokenIn(files)) useOf(name).isRead = true;
  for (const file of files) {
    for (const { name, variable } of file.facts.imports)
      if (name !== null && variable >= 0 && file.facts.variables[variable]!.name !== name)
        useOf(name).isRead = true;
    const called = new Set<number>();
    for (let v = 0; v < valueCount(file); v++)
      if (opAt(file, v) === Op.Call) {
        called.add(row(file, v).a);
        usesOf(file, row(file, v).a)?.calls.push({ file, value: v });
      }
    for (let v = 0; v < valueCount(file); v++) {
      const used = called.has(v) ? null : usesOf(file, v);
      if (used) used.isRead = true;
    }
  }
  return found;
}
