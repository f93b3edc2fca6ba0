// Which slots of an instance may be unset when somebody asks for them: all but those that are surely filled before anybody
// sees the instance, and never emptied.
import type { FunctionFact } from '../../model/definitions.js';
import { ARM_WIDTH, Op } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { Field, WorldClass, WorldFile } from '../../model/world.js';
import { above, fieldDecorator } from '../../slots.js';
import { keeps } from '../attributes.js';
import { functionKind } from '../flow/functions.js';
import type { Solved } from '../flow/solve.js';
import type { StoreSite } from '../flow/state.js';
import { argumentsOf, opAt, row, stringAt, valueCount } from '../index-file.js';
import { isIndentedLike, type MakingStep, newMakingSteps } from './making-steps.js';

/** For each name that may be unset on instances of a class the stores on it; none for a field that nothing stores. */
export type UnsetSlots = (cls: WorldClass) => ReadonlyMap<string, readonly StoreSite[]>;

/** A method of a class. */
interface Method {
  readonly owner: WorldClass;
  readonly fn: FunctionFact;
}

/** What running a method does to the instance. */
interface Ran {
  /** Names that it surely stores. */
  readonly set: ReadonlySet<string>;
  /** Others may have seen the instance when it ends. */
  readonly isSeen: boolean;
}

const NOTHING: Ran = { set: new Set(), isSeen: false };
const SEEN: Ran = { set: new Set(), isSeen: true };

export function newUnsetSlots({ flow, members }: Solved, live: readonly WorldFile[]): UnsetSlots {
  const steps = newMakingSteps(members);
  let sites: ReadonlyMap<WorldClass, readonly StoreSite[]> | null = null;
  const sitesOn = (line: readonly WorldClass[]): readonly StoreSite[] => {
    if (!sites) {
      const found = new Map<WorldClass, StoreSite[]>();
      for (const site of flow.stores.values()) addTo(found, site.cls, site);
      sites = found;
    }
    return line.flatMap(c => sites!.get(c) ?? []);
  };

  /** What making an instance of the class at the front of a line surely stores. */
  const madeBy = (line: readonly WorldClass[], all: readonly StoreSite[]): ReadonlySet<string> => {
    const runs = new Map<FunctionFact, Ran>();
    const run = (method: Method): Ran => {
      const before = runs.get(method.fn);
      if (before) return before;
      // what calls itself is not followed
      runs.set(method.fn, SEEN);
      const ran = runOnce(method);
      runs.set(method.fn, ran);
      return ran;
    };

    const runOnce = ({ owner, fn }: Method): Ran => {
      const { file } = owner;
      const set = new Set<string>();
      let until = fn.end;
      let isSeen = false;
      const take = ({ at, isAlone }: MakingStep, ran: Ran): void => {
        if (isAlone && at < until) for (const name of ran.set) set.add(name);
        if (ran.isSeen) isSeen = true;
        if (isSeen) until = Math.min(until, at);
      };
      for (const step of steps.of(file, fn))
        if (step.kind === 'return') until = Math.min(until, step.at);
        else if (step.kind === 'seen') take(step, SEEN);
        else if (step.kind === 'own') take(step, calling(step.name, line));
        else take(step, calling(fn.name, line.slice(line.indexOf(owner) + 1)));
      const stored = all.filter(site => site.file === file && site.kind === 'set' && site.at < until);
      for (const name of surelyStored(file, { start: fn.body, end: fn.end }, stored)) set.add(name);
      return { set, isSeen };
    };

    /** What a call of a method does that is looked for in some classes of the line. */
    const calling = (name: string, among: readonly WorldClass[]): Ran => {
      for (const owner of among) {
        const member = owner.members.get(name);
        if (!member && name === '__init__' && generatesInit(owner)) return generated(owner);
        if (!member) continue;
        if (member.kind !== 'function') return SEEN;
        const { a: number } = row(owner.file, member.value);
        const fn = owner.file.facts.functions[number]!;
        const kind = functionKind(owner.file, number, flow.resolver);
        if (name !== '__new__' && (kind === 'static' || kind === 'class')) return NOTHING;
        // any other decorator may call it or not
        return fn.decorators.length ? SEEN : run({ owner, fn });
      }
      return NOTHING;
    };

    /** The `__init__` that dataclasses or attrs make gives fields their values, then calls one more method. */
    const generated = (owner: WorldClass): Ran => {
      const given = fieldsOf([owner, ...above(owner)]).filter(f => f.isSet || f.isSetWithSlots);
      const after = ['__post_init__', '__attrs_post_init__'].map(name => calling(name, line));
      return {
        set: new Set([...given.map(f => f.name), ...after.flatMap(ran => [...ran.set])]),
        isSeen: after.some(ran => ran.isSeen),
      };
    };

    const created = calling('__new__', line);
    return new Set([...created.set, ...(created.isSeen ? [] : calling('__init__', line).set)]);
  };

  let bare: ReadonlySet<WorldClass> | null = null;
  const find: UnsetSlots = cls => {
    const line = [cls, ...above(cls)];
    const all = sitesOn(line);
    const set = new Set((bare ??= madeBare(flow, live)).has(cls) ? [] : madeBy(line, all));
    for (const site of all) if (site.kind === 'delete') set.delete(site.attr);
    const unset = new Map<string, StoreSite[]>();
    for (const field of fieldsOf(line)) if (!set.has(field.name)) unset.set(field.name, []);
    for (const site of all) if (keeps(site.kind) && !set.has(site.attr)) addTo(unset, site.attr, site);
    return unset;
  };

  const known = new Map<WorldClass, ReadonlyMap<string, readonly StoreSite[]>>();
  return cls => {
    let unset = known.get(cls);
    if (!unset) known.set(cls, (unset = find(cls)));
    return unset;
  };
}

const generatesInit = (cls: WorldClass): boolean => {
  const decorator = fieldDecorator(cls);
  return decorator !== null && decorator.flags.get('init') !== false;
};

/** Fields that dataclasses and attrs make of what classes declare. */
const fieldsOf = (line: readonly WorldClass[]): readonly Field[] =>
  line.flatMap(c => (fieldDecorator(c) === null ? [] : c.fields));

/** Classes of which some code makes instances past `__init__`: `cls.__new__(cls)`, other than in a `__new__`. */
function madeBare(
  { graph, tokens, valueNode }: Solved['flow'],
  live: readonly WorldFile[],
): ReadonlySet<WorldClass> {
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

/** A run of statements, indented alike (reference 2.1.8), in UTF-16 offsets. */
interface Block {
  readonly start: number;
  readonly end: number;
}

/** Names that a block stores in statements of its own, or in each arm that an `if` among them may take and go on. */
function surelyStored(file: WorldFile, block: Block, stores: readonly StoreSite[]): ReadonlySet<string> {
  const inBlock = (at: number): boolean =>
    block.start <= at && at < block.end && isIndentedLike(file, at, block.start);
  const found = new Set(stores.filter(site => inBlock(site.at)).map(site => site.attr));
  const { arms } = file.facts;
  const going = new Map<number, Block[]>();
  for (let i = 0; i < arms.length; i += ARM_WIDTH)
    if (inBlock(arms[i]!) && !arms[i + 3]) addTo(going, arms[i]!, { start: arms[i + 1]!, end: arms[i + 2]! });
  for (const blocks of going.values()) {
    const [first, ...others] = blocks.map(each => surelyStored(file, each, stores));
    for (const name of first!) if (others.every(names => names.has(name))) found.add(name);
  }
  return found;
}
