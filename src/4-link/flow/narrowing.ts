// What is left of a value behind an isinstance test, or where one or a hasattr test does not hold.
import { ACT_WIDTH, Act, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above, isMetaclass } from '../../slots.js';
import { isLate, listAt, opAt, row, stringAt } from '../index-file.js';
import { dataTypesOf } from './built-in.js';
import { functionKind } from './functions.js';
import type { Flow } from './state.js';
import { newTested, type Tested } from './tested.js';
import { FOREIGN, type Token } from './tokens.js';

export interface Narrowing {
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

/** `live`: files that may register subclasses that do not inherit with an abstract class. */
export function newNarrowing(flow: Flow, live: readonly WorldFile[]): Narrowing {
  const { graph, tokens } = flow;
  const testedBy = newTested(flow, live);
  let bound: ReadonlySet<string> | null = null;

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

  const pass: Narrowing['pass'] = (file, test, id, into) => {
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

  const fails: Narrowing['fails'] = (file, tests, id) => {
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

  const isOutdated: Narrowing['isOutdated'] = (file, value) => {
    if (!isLate(file, value)) return false;
    bound ??= boundLater(live);
    for (let { a } = row(file, value); ; a = row(file, a).a) {
      const { op, b } = row(file, a);
      if (op === Op.Attr ? bound.has(stringAt(file, b)) : !NARROWED.has(op)) return op === Op.Attr;
    }
  };

  const leaves: Narrowing['leaves'] = (file, value, cls) => {
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
