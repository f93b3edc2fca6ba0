// What is left of a value behind an isinstance test.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above } from '../../slots.js';
import { listAt, opAt, row, stringAt, valueCount } from '../index-file.js';
import type { Meaning } from '../resolve.js';
import type { Flow } from './state.js';
import { FOREIGN } from './tokens.js';

/** Lets what passes the test at the value `test` flow into `into`, for one token of what is tested. */
export type Narrow = (file: WorldFile, test: number, token: number, into: number) => void;

/** The classes that an isinstance test names. */
interface Tested {
  readonly classes: WorldClass[];
  /** Some cannot be told, or stand for more than what inherits from them. */
  open: boolean;
  /** Some are outside the world. */
  foreign: boolean;
  /** Tokens that are left of an instance of a class, by class. */
  readonly left: Map<WorldClass, readonly number[]>;
}

const DEEPEST = 6;

/** `live`: files that may register subclasses that do not inherit with an abstract class. */
export function newNarrow(flow: Flow, live: readonly WorldFile[]): Narrow {
  const { graph, tokens } = flow;
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
    const found: Tested = { classes: [], open: false, foreign: false, left: new Map() };
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
      else found.foreign = true;
    } else if (m.kind === 'subscript') collectMeaning(m.base, depth, found);
    else if (m.kind === 'value' && opAt(m.file, m.value) !== Op.Call)
      collect(m.file, m.value, depth + 1, found);
    else found.open = true;
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

  return (file, test, id, into) => {
    const token = tokens.get(id);
    const tested = testedBy(file, test);
    switch (token.kind) {
      case 'instance':
        for (const left of leftOf(token.cls, tested)) graph.add(into, left);
        return;
      case 'unknown':
      case 'foreign':
        for (const t of tested.classes) graph.add(into, instanceOf(t));
        if (tested.open) graph.add(into, id);
        else if (tested.foreign) graph.add(into, FOREIGN);
        return;
      default:
        return graph.add(into, id);
    }
  };
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
