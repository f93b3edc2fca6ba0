// Which classes an isinstance test names.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { listAt, opAt, returnsOf, row, stringAt, valueCount } from '../index-file.js';
import type { Meaning } from '../resolve.js';
import { isData } from './built-in.js';
import { decoratorNames } from './functions.js';
import type { Flow } from './state.js';

/** The classes that an isinstance test names. */
export interface Tested {
  readonly classes: WorldClass[];
  /** Some cannot be told, or stand for more than what inherits from them. */
  open: boolean;
  /** Some are outside the world. */
  foreign: boolean;
  /** `type` is among them: classes are its instances. */
  type: boolean;
  /** Types outside the world whose instances are data. */
  readonly data: Set<string>;
  /** Other types outside the world are among them. */
  other: boolean;
  /** Tokens that are left of an instance of a class, by class. */
  readonly left: Map<WorldClass, readonly number[]>;
}

const DEEPEST = 6;

/** What asks for classes: `isinstance(x, type)`, `inspect.isclass(x)`. */
const CLASS_TESTS: ReadonlySet<string> = new Set(['builtins.type', 'inspect.isclass']);

/** Decorators that keep what a function has returned. */
const CACHING = /^functools\.(lru_)?cache$/;

/** What the value of an isinstance test names, worked out once. `live`: files that may register subclasses that do not
 *  inherit with an abstract class. */
export function newTested(
  flow: Flow,
  live: readonly WorldFile[],
): (file: WorldFile, value: number) => Tested {
  const tests = new Map<number, Tested>();
  const mayRegister = registering(flow, live);

  /** Whether isinstance() may say yes to what does not inherit from a class. */
  const mayBeVirtual = (cls: WorldClass): boolean =>
    cls.mro.some(e => {
      if (e.kind === 'external')
        return e.dotted.endsWith('.Protocol') || (e.dotted === 'abc.ABC' && mayRegister(cls));
      if (e.kind !== 'class') return false;
      const isRegistered = e.cls.metaclasses.length > 0 && mayRegister(cls);
      const own = e.cls.metaclasses.some(m => m.kind !== 'external');
      return isRegistered || own || e.cls.members.has('__subclasshook__');
    });

  const testedBy = (file: WorldFile, value: number): Tested => {
    const key = flow.valueNode(file, value);
    const known = tests.get(key);
    if (known) return known;
    const found: Tested = {
      classes: [],
      open: false,
      foreign: false,
      type: false,
      data: new Set(),
      other: false,
      left: new Map(),
    };
    tests.set(key, found);
    collect(file, value, 0, found);
    return found;
  };

  /** `exact`: what is compared with type(), in a set. */
  const collect = (file: WorldFile, value: number, depth: number, found: Tested, exact = false): void => {
    const r = row(file, value);
    if (depth > DEEPEST) found.open = true;
    else if (r.op === Op.Tuple || r.op === Op.List || r.op === Op.Set)
      for (const item of listAt(file, r.b))
        collect(file, item < 0 ? ~item : item, depth + 1, found, exact || r.op === Op.Set);
    else if (r.op === Op.Binary) {
      collect(file, r.a, depth + 1, found);
      collect(file, r.b, depth + 1, found);
    } else for (const m of flow.resolver.value(file, value)) collectMeaning(m, depth, found, exact);
  };

  const collectMeaning = (m: Meaning, depth: number, found: Tested, exact = false): void => {
    if (m.kind === 'class') {
      const cls = flow.classOf(m);
      found.classes.push(cls);
      if (!exact && mayBeVirtual(cls)) found.open = true;
    } else if (m.kind === 'external') {
      // an abstract class of the library stands for whatever has its methods
      if (/^(collections\.abc|typing|abc|numbers|os|contextlib)\./.test(m.dotted)) found.open = true;
      else if (m.dotted === 'builtins.object') found.open = true;
      else {
        found.foreign = true;
        if (isData(m.dotted)) found.data.add(m.dotted);
        else found.other = true;
      }
      if (CLASS_TESTS.has(m.dotted)) found.type = true;
    } else if (m.kind === 'subscript') collectMeaning(m.base, depth, found);
    else if (m.kind !== 'value') found.open = true;
    else if (opAt(m.file, m.value) === Op.Call) collectReturned(m, depth, found);
    else collect(m.file, m.value, depth + 1, found);
  };

  /** `Order = order_class()`, where the function imports the class late and returns it. */
  const collectReturned = (m: Meaning & { kind: 'value' }, depth: number, found: Tested): void => {
    const called = flow.resolver.value(m.file, row(m.file, m.value).a);
    if (!called.length) found.open = true;
    for (const f of called) {
      const returned = f.kind === 'function' && isPlain(f.file, f.number) ? returnsOf(f.file, f.number) : [];
      if (f.kind !== 'function' || !returned.length) found.open = true;
      else for (const value of returned) collect(f.file, value, depth + 1, found);
    }
  };
  /** Whether calling a function gives what it returns. */
  const isPlain = (file: WorldFile, fn: number): boolean => {
    const { isAsync, isGenerator } = file.facts.functions[fn]!;
    const decorators = decoratorNames(file, fn, flow.resolver);
    return !isAsync && !isGenerator && decorators.every(d => CACHING.test(d.name));
  };

  return testedBy;
}

/** Whether some code may register a subclass of a class, or of one below it, that does not inherit from it:
 *  `Shape.register(Box)`. What `register` is asked of is no class when it is a module or a class outside the world. */
function registering(flow: Flow, live: readonly WorldFile[]): (cls: WorldClass) => boolean {
  const asked = new Set<WorldClass>();
  let isOpen = false;
  for (const file of live) {
    if (!file.facts.strings.includes('register')) continue;
    for (let v = 0; v < valueCount(file); v++) {
      const r = row(file, v);
      // `getattr(Shape, "register")`
      if (r.op === Op.Str && stringAt(file, r.a) === 'register') isOpen = true;
      if (r.op !== Op.Attr || stringAt(file, r.b) !== 'register') continue;
      for (const m of flow.resolver.value(file, r.a)) {
        if (m.kind === 'class') asked.add(flow.classOf(m));
        else isOpen ||= m.kind !== 'external' && m.kind !== 'module';
      }
    }
  }
  return cls => isOpen || asked.has(cls) || cls.descendants.some(d => asked.has(d));
}
