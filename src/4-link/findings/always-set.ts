// Which classes have instances whose attributes are all there from the beginning to the end, so that none of their slots is
// ever found unset.
import type { FunctionFact } from '../../model/definitions.js';
import { ACT_WIDTH, Act, lineAndColumn, Op } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { Field, WorldClass, WorldFile } from '../../model/world.js';
import { above, fieldDecorator } from '../../slots.js';
import { keeps } from '../attributes.js';
import type { Flow, StoreSite } from '../flow/state.js';
import { argumentsOf, opAt, operandsOf, row, stringAt, valueCount } from '../index-file.js';

/** A method that runs when an instance is made. */
interface Making {
  readonly file: WorldFile;
  readonly fn: FunctionFact;
  /** UTF-16 offset of the call of the method above, or -1. */
  readonly callsAbove: number;
}

/** Whether all that instances of a class and of those below it ever keep is there before anybody sees them: statements of
 *  their own in the methods that make instances store it, and nothing deletes it. */
export function newAlwaysSet(flow: Flow, live: readonly WorldFile[]): (cls: WorldClass) => boolean {
  let sites: ReadonlyMap<WorldClass, readonly StoreSite[]> | null = null;
  const sitesOn = (line: readonly WorldClass[]): readonly StoreSite[] => {
    if (!sites) {
      const found = new Map<WorldClass, StoreSite[]>();
      for (const site of flow.stores.values()) addTo(found, site.cls, site);
      sites = found;
    }
    return line.flatMap(c => sites!.get(c) ?? []);
  };

  let bare: ReadonlySet<WorldClass> | null = null;
  const isSetItself = (cls: WorldClass): boolean => {
    const line = [cls, ...above(cls)];
    const all = sitesOn(line);
    if (all.some(site => site.kind === 'delete') || (bare ??= madeBare(flow, live)).has(cls)) return false;
    const set = new Set<string>();
    const initialisers = makings(line, '__init__');
    const { generator } = initialisers;
    for (const name of ['__new__', '__init__', '__post_init__', '__attrs_post_init__']) {
      // only an `__init__` that is generated calls the last two
      if (/post/.test(name) && !generator) continue;
      const { found } = name === '__init__' ? initialisers : makings(line, name);
      const from = seenFrom(found, line);
      found.forEach(({ file, fn }, i) => {
        for (const site of all)
          if (site.file === file && fn.at <= site.at && site.at < from[i]! && isPlain(site, fn))
            set.add(site.attr);
      });
    }
    const isGiven = (field: Field): boolean => field.isSet || field.isSetWithSlots;
    for (const field of generator ? fieldsOf([generator, ...above(generator)]) : [])
      if (isGiven(field)) set.add(field.name);
    return (
      all.every(site => !keeps(site.kind) || set.has(site.attr)) && fieldsOf(line).every(f => set.has(f.name))
    );
  };

  const known = new Map<WorldClass, boolean>();
  return cls => {
    let answer = known.get(cls);
    if (answer === undefined) known.set(cls, (answer = [cls, ...cls.descendants].every(isSetItself)));
    return answer;
  };
}

/** Fields that dataclasses and attrs make of what classes declare. */
const fieldsOf = (line: readonly WorldClass[]): Field[] =>
  line.flatMap(c => (fieldDecorator(c) === null ? [] : c.fields));

/** The methods of a name that surely run when an instance is made, each called by the one before; and the class whose
 *  generated `__init__` is the last of them. */
function makings(
  line: readonly WorldClass[],
  name: string,
): { readonly found: readonly Making[]; readonly generator: WorldClass | null } {
  const found: Making[] = [];
  for (const cls of line) {
    const member = cls.members.get(name);
    const isGenerated = name === '__init__' && fieldDecorator(cls)?.flags.get('init') !== false;
    if (!member && isGenerated && fieldDecorator(cls)) return { found, generator: cls };
    if (!member) continue;
    const { file } = cls;
    const fn = member.kind === 'function' ? file.facts.functions[row(file, member.value).a]! : null;
    // a decorator may leave out what it decorates, other than those that Python has for __new__
    if (!fn || fn.decorators.length) break;
    const callsAbove = callOfAbove(file, fn);
    found.push({ file, fn, callsAbove });
    if (callsAbove < 0) break;
  }
  return { found, generator: null };
}

/** Where a method calls the one above, in a statement of its own or, as `__new__` does, to return what it gives; else -1. */
function callOfAbove(file: WorldFile, fn: FunctionFact): number {
  for (let value = 0; value < valueCount(file); value++) {
    const { op, a, at } = row(file, value);
    if (op !== Op.Call || at < fn.at || at >= fn.end || opAt(file, a) !== Op.Attr) continue;
    const { a: base, b: name } = row(file, a);
    if (stringAt(file, name) !== fn.name || opAt(file, base) !== Op.Super) continue;
    if (fn.name === '__new__' || isInBody(file, at, fn)) return at;
  }
  return -1;
}

/** For each method the offset from which on others may see the instance, or the method may have ended: where it hands on
 *  the instance, reads or calls a method of it, or returns; where it calls one above that does. */
function seenFrom(found: readonly Making[], line: readonly WorldClass[]): number[] {
  const from: number[] = [];
  for (const making of found.toReversed()) {
    const { fn, callsAbove } = making;
    const own = shownAt(making, line);
    const isQuiet = from.length === 0 || from[0]! >= found[found.length - from.length]!.fn.end;
    from.unshift(isQuiet || callsAbove < 0 ? own : Math.min(own, callsAbove));
    if (fn.name === '__new__' && instanceIn(making) < 0) from[0] = fn.at;
  }
  return from;
}

/** The variable that holds the instance in a method; -1 where `__new__` returns none. */
function instanceIn({ file, fn }: Making): number {
  if (fn.name !== '__new__') return fn.parameters[0]?.variable ?? -1;
  const number = file.facts.functions.indexOf(fn);
  const [only, ...others] = [...returnsOf(file, number)];
  return only && !others.length && opAt(file, only.value) === Op.Var ? row(file, only.value).a : -1;
}

function* returnsOf({ facts: { acts } }: WorldFile, fn: number): Generator<{ value: number; at: number }> {
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    if (acts[i] === Act.Return && acts[i + 1] === fn) yield { value: acts[i + 2]!, at: acts[i + 4]! };
}

function shownAt(making: Making, line: readonly WorldClass[]): number {
  const { file, fn } = making;
  const self = instanceIn(making);
  const isSelf = (v: number): boolean => v >= 0 && opAt(file, v) === Op.Var && row(file, v).a === self;
  const isMethod = (name: string): boolean => line.some(c => c.members.get(name)?.kind === 'function');
  const shows = (value: number): boolean => {
    const { op, a, b } = row(file, value);
    if (op === Op.Attr) return isSelf(a) && isMethod(stringAt(file, b));
    return operandsOf(file, value).some(isSelf);
  };
  let first = fn.end;
  const see = (at: number): void => {
    if (fn.at <= at && at < first) first = at;
  };
  for (let value = 0; value < valueCount(file); value++) {
    const { at } = row(file, value);
    if (fn.at <= at && at < first && shows(value)) first = at;
  }
  const { acts } = file.facts;
  for (let i = 0; i < acts.length; i += ACT_WIDTH) {
    const given = acts[i] === Act.Store || acts[i] === Act.StoreItem ? acts[i + 3]! : acts[i + 2]!;
    if ((acts[i] === Act.Bind && isSelf(given)) || (HANDING.has(acts[i]!) && isSelf(given)))
      see(acts[i + 4]!);
  }
  for (const { at } of returnsOf(file, file.facts.functions.indexOf(fn))) see(at);
  return first;
}

const HANDING: ReadonlySet<Act> = new Set([Act.Store, Act.StoreItem, Act.Yield]);

/** Classes of which some code makes instances past `__init__`: `cls.__new__(cls)`, other than in a `__new__`. */
function madeBare({ graph, tokens, valueNode }: Flow, live: readonly WorldFile[]): ReadonlySet<WorldClass> {
  const found = new Set<WorldClass>();
  const add = (file: WorldFile, value: number): void => {
    for (const id of graph.tokens(valueNode(file, value))) {
      const token = tokens.get(id);
      if (token.kind === 'class') for (const cls of [token.cls, ...token.cls.descendants]) found.add(cls);
    }
  };
  for (const file of live) {
    if (!file.facts.strings.includes('__new__')) continue;
    const makers = file.facts.functions.filter(fn => fn.name === '__new__');
    for (let value = 0; value < valueCount(file); value++) {
      const { op, a, at } = row(file, value);
      const read = op === Op.Call ? a : value;
      if (opAt(file, read) !== Op.Attr || stringAt(file, row(file, read).b) !== '__new__') continue;
      if (makers.some(fn => fn.at <= at && at < fn.end)) continue;
      add(file, row(file, read).a);
      for (const arg of op === Op.Call ? argumentsOf(file, value) : []) add(file, arg.value);
    }
  }
  return found;
}

/** Whether a store is a statement of its own in a function. */
export const isPlain = ({ file, at, kind }: StoreSite, fn: FunctionFact): boolean =>
  kind === 'set' && isInBody(file, at, fn);

/** Whether what begins at an offset begins a statement right in the body of a function: its statements are indented alike
 *  (reference 2.1.8). */
const isInBody = ({ facts: { lineStarts } }: WorldFile, at: number, fn: FunctionFact): boolean =>
  lineAndColumn(lineStarts, at).column === lineAndColumn(lineStarts, fn.body).column;
