// Setters of the program that are more than called where they are read: they store under names that nobody sees.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { literalNames } from '../flow/names.js';
import { callsIn, opAt, row, stringAt, valueCount } from '../index-file.js';
import type { Call, Finder, Read, Sight } from './sight.js';
import { SETTING } from './stores.js';

/** Finds where `__setattr__` or `__delattr__` of a class is handed out: `put = self.__setattr__`, `getattr(x,
 *  "__setattr__")`, `__setitem__ = __setattr__` in a class body. */
export function newSetters({ solved, live, classesAt, note, onReceiver }: Sight): Finder {
  const { flow, members } = solved;
  const { resolver } = flow;

  const handsOut = (file: WorldFile, value: number, method: string, at: number): void => {
    const says = `hands out its ${method}()`;
    const isOwn = (cls: WorldClass): boolean => members.lookup(cls, method).length > 0;
    onReceiver('computed-store', file, value, at, says, null, isOwn);
    for (const cls of classesAt(file, value).filter(isOwn)) note('computed-store', cls, file, at, says);
  };

  const inPlace = new Map<WorldFile, ReadonlySet<number>>();
  const isUsedInPlace = (file: WorldFile, value: number): boolean => {
    let found = inPlace.get(file);
    if (!found) inPlace.set(file, (found = new Set(usedInPlace(file))));
    return found.has(value);
  };

  const read = ({ file, value, base, name, at }: Read): void => {
    if (SETTING.test(name) && !isUsedInPlace(file, value)) handsOut(file, base, name, at);
  };

  /** `Cart.__dict__["__setattr__"](cart, name, value)` */
  const outOfDict = ({ file, callee, args: [first], at }: Call): void => {
    if (!first || opAt(file, callee) !== Op.Sub) return;
    const names = literalNames(file, row(file, callee).b, resolver) ?? [];
    if (names.some(name => SETTING.test(name)))
      onReceiver('computed-store', file, first.value, at, 'hands it to a setter out of a dict');
  };

  /** A call that names a setter may get it of anything that it is given. */
  const call = (site: Call): void => {
    const { file, args, at } = site;
    outOfDict(site);
    for (const { value: name } of args) {
      const method = opAt(file, name) === Op.Str ? stringAt(file, row(file, name).a) : '';
      if (SETTING.test(method)) for (const { value } of args) handsOut(file, value, method, at);
    }
  };

  const bindsSetter = (cls: WorldClass): void => {
    const { file, fact } = cls;
    for (const { name, kind, value, at } of fact.members) {
      if (kind !== 'assign' || value < 0 || SETTING.test(name)) continue;
      const sets = resolver.value(file, value).some(m => {
        if (m.kind === 'external') return m.dotted === 'builtins.object.__setattr__';
        return m.kind === 'function' && m.file.facts.functions[m.number]!.name === '__setattr__';
      });
      if (sets) note('computed-store', cls, file, at, `.${name} stores under any name`);
    }
  };
  const end = (): void => {
    for (const file of live) for (const cls of flow.classesOf(file)) bindsSetter(cls);
  };

  return { read, call, end };
}

/** Values that are called, asked whether they are another one, or bound in a class body as its `__setattr__`. */
function* usedInPlace(file: WorldFile): Generator<number> {
  for (const { callee } of callsIn(file)) yield callee;
  for (let v = 0; v < valueCount(file); v++) {
    const { op, a, b } = row(file, v);
    if (op === Op.Is) yield* [a, b];
  }
  for (const cls of file.facts.classes)
    for (const member of cls.members) if (SETTING.test(member.name)) yield member.value;
}
