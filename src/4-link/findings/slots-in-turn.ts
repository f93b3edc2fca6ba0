// Where all slots of an instance are read one after the other: `for name in self._slots(): getattr(self, name)`.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above } from '../../slots.js';
import type { StoreSite } from '../flow/state.js';
import { argumentsOf, opAt, row, stringAt } from '../index-file.js';
import type { Call, Sight } from './sight.js';

/** Notes the slots that may be unset where a call of getattr() without a default reads them. */
export function newSlotsInTurn({ solved, slotAware, tokensOf, note, unset }: Sight): (call: Call) => void {
  const { resolver } = solved.flow;

  const isName = (file: WorldFile, value: number): boolean =>
    opAt(file, value) === Op.Str && stringAt(file, row(file, value).a) === '__slots__';
  /** `cls.__slots__`, `getattr(cls, "__slots__", ())` */
  const areOfOneClass = (file: WorldFile, value: number): boolean => {
    const { op, b } = row(file, value);
    if (op === Op.Attr) return stringAt(file, b) === '__slots__';
    return op === Op.Call && argumentsOf(file, value).some(a => isName(file, a.value));
  };
  const areSlots = (file: WorldFile, value: number, at: number): boolean => {
    if (slotAware.listsSlots(file, value)) return true;
    if (areOfOneClass(file, value)) return slotAware.around(file, at).some(a => a.lists);
    return (
      opAt(file, value) === Op.Call &&
      tokensOf(file, row(file, value).a).some(
        t => (t.kind === 'function' || t.kind === 'bound') && slotAware.lists(t.file, t.fn),
      )
    );
  };
  const isSlotName = (file: WorldFile, value: number, at: number): boolean => {
    const { op, a } = row(file, value);
    const bound = op === Op.Var ? (resolver.bindings(file).values.get(a) ?? []) : [];
    return bound.some(b => opAt(file, b) === Op.Iter && areSlots(file, row(file, b).a, at));
  };

  /** A method of the class stores it: from outside, an instance of the class may only be thought to stand there. */
  const isOwn = ({ file, at }: StoreSite, cls: WorldClass): boolean => {
    const line = [cls, ...above(cls)];
    return file.facts.functions.some(
      f => f.cls >= 0 && f.at <= at && at < f.end && line.includes(solved.flow.classesOf(file)[f.cls]!),
    );
  };

  return ({ file, args: [receiver, name, byDefault], at }) => {
    if (!receiver || !name || byDefault || !isSlotName(file, name.value, at)) return;
    if (slotAware.around(file, at).some(a => a.mindsUnset)) return;
    const read = (cls: WorldClass): void => {
      for (const [attr, sites] of unset(cls))
        if (!sites.length || sites.some(site => isOwn(site, cls)))
          note('class-listing', cls, file, at, `reads all its slots, and .${attr} may be unset`, attr);
    };
    for (const token of tokensOf(file, receiver.value))
      if (token.kind === 'instance') for (const cls of [token.cls, ...token.cls.descendants]) read(cls);
  };
}
