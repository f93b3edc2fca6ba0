// What is left of a value behind an isinstance test, or where one or a hasattr test does not hold.
import { ACT_WIDTH, Act, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above, isMetaclass } from '../../slots.js';
import { returnsOf } from '../hiding-decorators.js';
import { isLate, listAt, opAt, row, stringAt, valueCount } from '../index-file.js';
import type { Meaning } from '../resolve.js';
import { dataTypesOf, isData } from './built-in.js';
import { decoratorNames, functionKind } from './functions.js';
import type { Flow } from './state.js';
import { FOREIGN, type Token } from './tokens.js';

export interface Narrow {
  /** Lets what passes the test at the value `test` flow into `into`, for one token of what is tested. */
  readonly pass: (file: WorldFile, test: number, token: number, into: number) => void;
  /** Whether a token may stand where none of the tests holds. */
  readonly fails: (file: WorldFile, tests: Iterable<number>, token: number) => boolean;
  /** Whether an `Op.Narrow` or `Op.Exclude` value may be another one than what was tested: code that runs in between
   *  may bind an attribute that it comes from. */
  readonly isOutdated: (file: WorldFile, value: number) => boolean;
  /** Whether instances of a class may stand at a value, as far as tests that do not hold there tell. */
  readonly leaves: (file: WorldFile, value: number, cls: WorldClass) => boolean;
  /** Classes of the world that the value `test` of an isinstance test names. */
  readonly classesOf: (file: WorldFile, test: number) => readonly WorldClass[];
}

/** The classes that an isinstance test names. */
interface Tested {
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

/** `live`: files that may register subclasses that do not inherit with an abstract class. */
export function newNarrow(flow: Flow, live: readonly WorldFile[]): Narrow {
  const { graph, tokens } = flow;
  const tests = new Map<number, Tested>();
  const mayRegister = registering(flow, live);
  let bound: ReadonlySet<string> | null = null;

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

  const collect = (file: WorldFile, value: number, depth: number, found: Tested): void => {
    const r = row(file, value);
    if (depth > DEEPEST) found.open = true;
    else if (r.op === Op.Tuple || r.op === Op.List)
      for (const item of listAt(file, r.b)) collect(file, item < 0 ? ~item : item, depth + 1, found);
    else if (r.op === Op.Binary) {
      collect(file, r.a, depth + 1, found);
      collect(file, r.b, depth + 1, found);
    } else for (const m of flow.resolver.value(file, value)) collectMeaning(m, depth, found);
  };

  const collectMeaning = (m: Meaning, depth: number, found: Tested): void => {
    if (m.kind === 'class') {
      const cls = flow.classOf(m);
      found.classes.push(cls);
      if (mayBeVirtual(cls)) found.open = true;
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

  /** What is left of an instance of a class. */
  const leftOf = (cls: WorldClass, { classes, open, left }: Tested): readonly number[] => {
    let found = left.get(cls);
    if (!found) left.set(cls, (found = open ? [instanceOf(cls)] : passing(cls, classes)));
    return found;
  };

  const instanceOf = (cls: WorldClass): number => tokens.id({ kind: 'instance', cls });

  const passing = (cls: WorldClass, classes: readonly WorldClass[]): readonly number[] => {
    const line = new Set([cls, ...above(cls)]);
    if (classes.some(t => line.has(t))) return [instanceOf(cls)];
    const below = new Set(cls.descendants);
    const found = classes.filter(t => below.has(t)).map(instanceOf);
    // a subclass of both may exist where neither is above the other
    if (classes.some(t => t.descendants.some(d => below.has(d)))) found.push(instanceOf(cls));
    return found;
  };

  const pass: Narrow['pass'] = (file, test, id, into) => {
    const token = tokens.get(id);
    const tested = testedBy(file, test);
    switch (token.kind) {
      case 'instance':
        for (const left of leftOf(token.cls, tested)) graph.add(into, left);
        return;
      case 'unknown':
      case 'foreign':
        for (const t of tested.classes) graph.add(into, instanceOf(t));
        if (tested.open) passTold(file, test, id, into);
        else if (tested.foreign) graph.add(into, FOREIGN);
        return;
      default:
        if (tested.open || tested.other || mayBeData(token, tested) || mayBeInstance(token, tested))
          graph.add(into, id);
    }
  };

  /** What nothing is known of is an instance of the classes that are seen to stand at a test: `isinstance(x, kind)`. */
  const passTold = (file: WorldFile, test: number, id: number, into: number): void => {
    graph.add(into, id);
    const classes = flow.valueNode(file, test);
    if (!flow.once('told', classes, into)) return;
    graph.listen(classes, c => {
      const token = tokens.get(c);
      if (token.kind === 'class') graph.add(into, instanceOf(token.cls));
    });
  };

  const fails: Narrow['fails'] = (file, tests, id) => {
    const token = tokens.get(id);
    if (token.kind !== 'instance' && token.kind !== 'class') return true;
    for (const test of tests) {
      if (opAt(file, test) === Op.Str) {
        if (token.kind === 'instance' && surelyHas(token.cls, stringAt(file, row(file, test).a)))
          return false;
        continue;
      }
      const { classes, type } = testedBy(file, test);
      if (token.kind === 'class' ? type : classes.some(t => isOrInherits(token.cls, t) && !mayDeny(t)))
        return false;
    }
    return true;
  };

  /** Whether every instance of a class has a method of a name: hasattr() finds it. */
  const surelyHas = (cls: WorldClass, name: string): boolean => {
    const line = [cls, ...above(cls)];
    const isPlain = (owner: WorldClass): boolean => {
      const member = owner.members.get(name);
      if (member?.kind !== 'function') return false;
      const kind = functionKind(owner.file, row(owner.file, member.value).a, flow.resolver);
      return kind === 'method' || kind === 'static' || kind === 'class';
    };
    const holder = line.find(c => c.members.has(name));
    return (
      holder !== undefined &&
      [holder, ...cls.descendants.filter(d => d.members.has(name))].every(isPlain) &&
      !line.some(c => c.members.has('__getattribute__'))
    );
  };

  const isOutdated: Narrow['isOutdated'] = (file, value) => {
    if (!isLate(file, value)) return false;
    bound ??= boundLater(live);
    for (let { a } = row(file, value); ; a = row(file, a).a) {
      const { op, b } = row(file, a);
      if (op === Op.Attr ? bound.has(stringAt(file, b)) : !NARROWED.has(op)) return op === Op.Attr;
    }
  };

  const leaves: Narrow['leaves'] = (file, value, cls) => {
    for (let v = value; NARROWED.has(opAt(file, v)); v = row(file, v).a) {
      const { op, b } = row(file, v);
      if (op !== Op.Exclude || isOutdated(file, v)) continue;
      if (!fails(file, listAt(file, b), instanceOf(cls))) return false;
    }
    return true;
  };

  return { pass, fails, isOutdated, leaves, classesOf: (file, test) => testedBy(file, test).classes };
}

/** Whether a token may be of one of the tested types whose instances are data. */
function mayBeData(token: Token, { data }: Tested): boolean {
  switch (token.kind) {
    case 'class':
    case 'someClass':
    case 'function':
    case 'bound':
    case 'module':
    case 'externalMethod':
    case 'bagMethod':
    case 'partial':
    case 'getter':
      return false;
    case 'bag':
      return data.size > 0 && (dataTypesOf(token.type)?.some(t => data.has(t)) ?? true);
    default:
      return data.size > 0;
  }
}

/** Whether what is no instance of a class of the world may be one of the tested classes of the world: a class is one
 *  of its metaclass, whose methods are not told apart from others here. */
function mayBeInstance(token: Token, { classes, foreign }: Tested): boolean {
  switch (token.kind) {
    case 'class':
    case 'someClass':
      return classes.some(isMetaclass);
    case 'function':
    case 'bound':
      return false;
    case 'bag':
      return dataTypesOf(token.type) === null && (classes.length > 0 || !foreign);
    default:
      return classes.length > 0 || !foreign;
  }
}

const isOrInherits = (cls: WorldClass, other: WorldClass): boolean =>
  cls.mro.some(entry => entry.kind === 'class' && entry.cls === other);

/** Whether isinstance() may say no to what inherits from a class: what its metaclass, or a subclass hook, decides. */
const mayDeny = (cls: WorldClass): boolean =>
  cls.mro.some(entry =>
    entry.kind === 'class'
      ? entry.cls.metaclasses.some(m => m.kind !== 'external') || entry.cls.members.has('__subclasshook__')
      : entry.kind === 'unknown',
  );

/** Methods that bind attributes of an instance nobody has seen yet. */
const MAKING = /\b__(init|post_init|new)__$/;

/** Names of attributes that some code binds or deletes later than when an instance is made. */
function boundLater(files: readonly WorldFile[]): Set<string> {
  const names = new Set<string>();
  for (const file of files) {
    const { acts, functions } = file.facts;
    const fresh = new Set(
      functions.flatMap(f => (MAKING.test(f.qualname) ? f.parameters.slice(0, 1) : [])).map(p => p.variable),
    );
    for (let i = 0; i < acts.length; i += ACT_WIDTH) {
      if (!BINDING.has(acts[i]!)) continue;
      const { op, a } = row(file, acts[i + 1]!);
      if (op !== Op.Var || !fresh.has(a)) names.add(stringAt(file, acts[i + 2]!));
    }
  }
  return names;
}

const NARROWED: ReadonlySet<Op> = new Set([Op.Narrow, Op.Exclude]);

const BINDING: ReadonlySet<Act> = new Set([Act.Store, Act.StoreAug, Act.StoreDel, Act.AnnotateAttr]);

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
