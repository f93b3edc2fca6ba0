// Where the attributes of objects are listed: dir() and what calls it. A `__dir__` only tells who asks.
import type { FunctionFact } from '../../model/definitions.js';
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above, relatives } from '../../slots.js';
import { opAt, operandsOf, row, stringAt, valueCount } from '../index-file.js';
import type { Asked } from './class-dicts.js';
import { newListedCrowds } from './listed-crowds.js';
import type { Call, Sight } from './sight.js';

/** Functions that list the attributes of their first argument. */
export const LISTING: ReadonlySet<string> = new Set([
  'builtins.dir',
  'builtins.object.__dir__',
  'inspect.getmembers',
  'inspect.getmembers_static',
]);

/** What a `__dir__` names that looks at the attributes there are. */
const LISTS: ReadonlySet<string> = new Set(['dir', '__dir__', 'getmembers', 'getmembers_static']);

/** Those that do not ask the `__dir__` of the object. */
const PAST: ReadonlySet<string> = new Set(['builtins.object.__dir__']);

export interface Listings {
  /** Notes that the attributes of what stands at a receiver are listed, or asked for some names. */
  readonly list: (
    file: WorldFile,
    receiver: number,
    asked: Asked,
    at: number,
    says: string,
    by?: string,
  ) => void;
  /** `x.__dir__()`, `super().__dir__()` */
  readonly byMethod: (call: Call) => void;
  /** Whether the listing of a class at an offset is what its own `__dir__` hands on. */
  readonly handsOn: (file: WorldFile, at: number, cls: WorldClass) => boolean;
  /** Notes what could not be told before everything was seen. `isAsked`: whether code asks a class for attributes under
   *  names that are computed. */
  readonly end: (isAsked: (cls: WorldClass) => boolean) => void;
}

export function newListings(sight: Sight): Listings {
  const { solved, classesAt, instancesAt, note, onReceiver, unset } = sight;
  const { flow } = solved;
  const listedCrowds = newListedCrowds(sight);
  const isAlwaysSet = (cls: WorldClass): boolean => [cls, ...cls.descendants].every(c => !unset(c).size);
  const later: ((isAsked: (cls: WorldClass) => boolean) => void)[] = [];

  /** The method `__dir__` around an offset. */
  const telling = (file: WorldFile, at: number): FunctionFact | undefined =>
    file.facts.functions.find(f => f.name === '__dir__' && f.cls >= 0 && f.at <= at && at < f.end);

  const handsOn: Listings['handsOn'] = (file, at, cls) => {
    const method = telling(file, at);
    const owner = method && flow.classesOf(file)[method.cls]!;
    return owner !== undefined && (owner === cls || above(cls).includes(owner) || above(owner).includes(cls));
  };

  const known = new Map<WorldClass, boolean>();
  /** Whether dir() of an instance tells its attributes: not where a `__dir__` of the program lists other names. */
  const tells = (cls: WorldClass): boolean => {
    let answer = known.get(cls);
    if (answer === undefined) known.set(cls, (answer = [cls, ...cls.descendants].some(tellsItself)));
    return answer;
  };
  const tellsItself = (cls: WorldClass): boolean => {
    const owner = [cls, ...above(cls)].find(c => c.members.has('__dir__'));
    const member = owner?.members.get('__dir__');
    if (!owner || member?.kind !== 'function') return true;
    const { file } = owner;
    const { at, end, parameters } = file.facts.functions[row(file, member.value).a]!;
    const self = parameters[0]?.variable ?? -1;
    const isSelf = (v: number): boolean => opAt(file, v) === Op.Var && row(file, v).a === self;
    for (let v = 0; v < valueCount(file); v++) {
      const r = row(file, v);
      if (r.at < at || r.at >= end) continue;
      if (LISTS.has(nameOf(file, v))) return true;
      // what is handed the object may list it
      if (r.op !== Op.Attr && [...operandsOf(file, v)].some(isSelf)) return true;
    }
    return false;
  };

  const list: Listings['list'] = (file, receiver, asked, at, says, by = '') => {
    if (asked !== 'public') return listAll(file, receiver, asked, at, says, by, () => true);
    // slots that are always set bring no other names than `__slots__`; a class that is asked for one shows it, though
    later.push(isAsked => {
      const isNoticed = (cls: WorldClass): boolean => !isAlwaysSet(cls) || [...relatives(cls)].some(isAsked);
      listAll(file, receiver, 'all', at, says, by, isNoticed);
    });
  };

  const listAll = (
    file: WorldFile,
    receiver: number,
    asked: Exclude<Asked, 'public'>,
    at: number,
    says: string,
    by: string,
    isNoticed: (cls: WorldClass) => boolean,
  ): void => {
    const concerns = (cls: WorldClass): boolean =>
      (PAST.has(by) || tells(cls)) && !handsOn(file, at, cls) && isNoticed(cls);
    const names = asked === 'all' || asked === 'none' ? [null] : asked;
    for (const name of names) {
      onReceiver('class-listing', file, receiver, at, says, name, concerns);
      for (const cls of listedCrowds(file, receiver))
        if (concerns(cls)) note('class-listing', cls, file, at, says, name, false);
    }
  };

  const byMethod: Listings['byMethod'] = ({ file, callee, called, args: [first], at }) => {
    if (opAt(file, callee) !== Op.Attr || stringAt(file, row(file, callee).b) !== '__dir__') return;
    const says = 'lists its attributes with __dir__()';
    const { a: base } = row(file, callee);
    list(file, base, 'all', at, says);
    if (first && classesAt(file, base).length) list(file, first.value, 'all', at, says);
    for (const token of called)
      for (const cls of token.kind === 'externalMethod' ? instancesAt(token.receiver) : [])
        if (!handsOn(file, at, cls)) note('class-listing', cls, file, at, says);
  };

  const end: Listings['end'] = isAsked => {
    for (const act of later) act(isAsked);
  };

  return { list, byMethod, handsOn, end };
}

/** The name that a value is, reads or spells; empty for others. */
function nameOf(file: WorldFile, value: number): string {
  const { op, a, b } = row(file, value);
  if (op === Op.Var) return file.facts.variables[a]!.name;
  if (op === Op.Attr) return stringAt(file, b);
  return op === Op.Str ? stringAt(file, a) : '';
}
