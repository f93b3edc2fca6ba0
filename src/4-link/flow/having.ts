// Which instances may have attributes of given names: what has none does not stand where one has been read before.
// `order.send(); order.state = 1` stores on nothing that lacks `send` (reference 6.3.1: AttributeError).
import { addTo } from '../../model/grouping.js';
import type { MroEntry, WorldClass } from '../../model/world.js';
import { declaredSlots, externalHasDict, fieldDecorator, relatives } from '../../slots.js';
import type { Graph } from './graph.js';
import type { Tokens } from './tokens.js';

export interface Having {
  /** Whether a token may stand where attributes of all the names have been read; the same function each time. */
  readonly admits: (names: readonly string[]) => (token: number) => boolean;
  /** Adds a token to a node as soon as it is admitted there; nothing where it is already. */
  readonly awaits: (names: readonly string[], token: number, node: number) => void;
  /** Instances of a class get an attribute, or show one of the class. */
  readonly gains: (cls: WorldClass, name: string) => void;
  /** A class itself gets an attribute, which its instances show. */
  readonly shows: (cls: WorldClass, name: string) => void;
  /** Whether instances of a class may have an attribute that no store on them gives: attributes that no source shows, or
   *  one that the class got. */
  readonly mayShow: (cls: WorldClass, name: string) => boolean;
  /** Instances of a class may get attributes of any name. */
  readonly opens: (cls: WorldClass) => void;
  /** Something unknown gets an attribute: any instance may have it. */
  readonly spreads: (name: string) => void;
}

/** An instance that waits at a node for its class to get an attribute. */
interface Waiting {
  readonly cls: WorldClass;
  readonly names: readonly string[];
  readonly token: number;
  readonly node: number;
}

export function newHaving(classes: readonly WorldClass[], graph: Graph, tokens: Tokens): Having {
  let binding: ReadonlyMap<string, readonly WorldClass[]> | null = null;
  const opened = new Set<WorldClass>();
  /** Those that may have attributes of any name, and what stands for them or inherits from them. */
  const open = new Set<WorldClass>();
  /** For each name that is asked for, the classes whose instances may have it: those that bind or get it, and what an
   *  instance of these is an instance of. */
  const holders = new Map<string, Set<WorldClass>>();
  const gained = new Map<string, Set<WorldClass>>();
  /** Classes that got an attribute themselves, and those above and below them, by its name. */
  const shown = new Map<string, Set<WorldClass>>();
  const everywhere = new Set<string>();
  const waiting = new Map<string, Waiting[]>();
  const admitting = new Map<string, (token: number) => boolean>();

  const started = (): ReadonlyMap<string, readonly WorldClass[]> => (binding ??= start());
  const start = (): ReadonlyMap<string, readonly WorldClass[]> => {
    for (const cls of classes) if (mayHaveMore(cls)) for (const c of relatives(cls)) open.add(c);
    return namesBound(classes);
  };
  const holdersOf = (name: string): Set<WorldClass> => {
    let known = holders.get(name);
    if (known) return known;
    holders.set(name, (known = new Set()));
    for (const cls of [...(started().get(name) ?? []), ...(gained.get(name) ?? [])])
      for (const c of relatives(cls)) known.add(c);
    return known;
  };
  /** The first of the names that instances of a class cannot have, or null. */
  const lacking = (cls: WorldClass, names: readonly string[]): string | null => {
    for (const name of names)
      if (!holdersOf(name).has(cls) && !open.has(cls) && !everywhere.has(name)) return name;
    return null;
  };
  const release = (name: string, isFree: (cls: WorldClass) => boolean): void => {
    const list = waiting.get(name);
    if (!list) return;
    waiting.set(
      name,
      list.filter(w => !isFree(w.cls)),
    );
    for (const { cls, names, token, node } of list) {
      if (!isFree(cls)) continue;
      if (lacking(cls, names) === null) graph.add(node, token);
      else awaits(names, token, node);
    }
  };
  const awaits: Having['awaits'] = (names, id, node) => {
    const token = tokens.get(id);
    const name = token.kind === 'instance' ? lacking(token.cls, names) : null;
    if (token.kind === 'instance' && name !== null)
      addTo(waiting, name, { cls: token.cls, names, token: id, node });
  };
  const gains: Having['gains'] = (cls, name) => {
    const known = gained.get(name);
    if (known?.has(cls)) return;
    if (known) known.add(cls);
    else gained.set(name, new Set([cls]));
    const asked = holders.get(name);
    if (!asked) return;
    const line = relatives(cls);
    for (const c of line) asked.add(c);
    release(name, c => line.has(c));
  };

  return {
    awaits,
    admits(names) {
      const key = names.join(' ');
      let known = admitting.get(key);
      if (!known) {
        let asked: readonly ReadonlySet<WorldClass>[] | null = null;
        known = id => {
          const token = tokens.get(id);
          if (token.kind !== 'instance') return true;
          asked ??= names.map(holdersOf);
          if (open.has(token.cls)) return true;
          for (let i = 0; i < asked.length; i++)
            if (!asked[i]!.has(token.cls) && !everywhere.has(names[i]!)) return false;
          return true;
        };
        admitting.set(key, known);
      }
      return known;
    },
    gains,
    shows(cls, name) {
      const known = shown.get(name) ?? new Set();
      shown.set(name, known);
      for (const c of relatives(cls)) known.add(c);
      gains(cls, name);
    },
    mayShow(cls, name) {
      started();
      return open.has(cls) || everywhere.has(name) || (shown.get(name)?.has(cls) ?? false);
    },
    opens(cls) {
      if (opened.has(cls)) return;
      opened.add(cls);
      const line = relatives(cls);
      for (const c of line) open.add(c);
      for (const name of [...waiting.keys()]) release(name, c => line.has(c));
    },
    spreads(name) {
      if (everywhere.has(name)) return;
      everywhere.add(name);
      release(name, () => true);
    },
  };
}

/** Classes that bind a name in their body or have a slot of that name, by name. */
function namesBound(classes: readonly WorldClass[]): ReadonlyMap<string, readonly WorldClass[]> {
  const found = new Map<string, WorldClass[]>();
  for (const cls of classes) {
    const names = new Set([...cls.fact.members.map(m => m.name), ...(declaredSlots(cls) ?? [])]);
    for (const e of cls.mro)
      if (e.kind === 'external') for (const l of e.layouts) for (const m of l.members) names.add(m);
    if (cls.mro.some(mayBeCallable)) names.add('__call__');
    for (const name of names) addTo(found, name, cls);
  }
  return found;
}

/** What stands above many classes and gives their instances nothing, no `__call__` either. */
const EMPTY: ReadonlySet<string> = new Set(['abc.ABC', 'typing.Generic', 'typing.Protocol']);

/** Whether what stands above a class is outside the world and gives its instances something. */
export const givesMore = (e: MroEntry): boolean =>
  e.kind !== 'class' && (e.kind !== 'external' || !e.layouts.some(l => EMPTY.has(l.name)));

/** Whether a class outside the world may have a `__call__`: special names of the library's classes are not known. */
const mayBeCallable = (e: MroEntry): boolean =>
  e.kind === 'external' && givesMore(e) && !e.layouts.some(l => l.isException);

/** Attributes that no source of the world shows may come with a class: through `__getattr__`, from bases outside the
 *  world that keep a `__dict__`, from metaclasses and decorators, from names that its body computes. */
const mayHaveMore = (cls: WorldClass): boolean =>
  cls.file.source.role === 'environment' ||
  cls.file.source.isStub ||
  cls.fact.dynamicBody >= 0 ||
  cls.slots?.kind === 'opaque' ||
  cls.members.has('__getattr__') ||
  cls.members.has('__getattribute__') ||
  cls.metaclasses.some(m => m.kind !== 'external' || m.dotted !== 'abc.ABCMeta') ||
  cls.decorators.some(d => d.kind !== 'own' && !d.harmless && d !== fieldDecorator(cls)) ||
  cls.mro.some(
    e => e.kind === 'unknown' || (e.kind === 'external' && (!e.layouts.length || externalHasDict(e.layouts))),
  );
