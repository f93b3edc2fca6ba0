// Where objects get another class, and classes other bases: both have to be laid out alike.
import { Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { above, relatives } from '../../slots.js';
import { literalNames } from '../flow/names.js';
import type { Token } from '../flow/tokens.js';
import { opAt, row, stringAt } from '../index-file.js';
import type { Call, Finder, Sight, Store } from './sight.js';

/** Functions that store on their first argument by name. */
const SETTING: ReadonlySet<string> = new Set(['builtins.setattr', 'builtins.object.__setattr__']);

/** Whether calls of a token are looked at here. */
export const asksClassChanges = (token: Token): token is Token & { kind: 'external' } =>
  token.kind === 'external' && SETTING.has(token.dotted);

/** Finds stores of `__class__` and of `__bases__`, also by name. */
export function newClassChanges({ solved, classesAt, deepTokens, note, onReceiver, onClass }: Sight): Finder {
  const { flow } = solved;

  const store = ({
    file,
    receiver,
    attr,
    value,
    at,
  }: Pick<Store, 'file' | 'receiver' | 'attr' | 'value' | 'at'>): void => {
    if (attr === '__bases__') rebased(file, receiver, value, at);
    if (attr !== '__class__') return;
    onReceiver('class-assignment', file, receiver, at, 'changes .__class__');
    if (value >= 0) onClass('class-assignment', file, value, at, 'becomes the .__class__ of an object');
  };

  /** `C.__bases__ = (Base,)` */
  const rebased = (file: WorldFile, receiver: number, bases: number, at: number): void => {
    const says = 'takes part in a change of .__bases__';
    const moved = classesAt(file, receiver).flatMap(cls => [...relatives(cls)]);
    for (const cls of moved) note('class-assignment', cls, file, at, says);
    if (!moved.length || bases < 0) return;
    for (const token of deepTokens(flow.valueNode(file, bases)))
      if (token.kind === 'class')
        for (const cls of [token.cls, ...above(token.cls)]) note('class-assignment', cls, file, at, says);
  };

  /** `setattr(x, "__class__", C)`, `x.__setattr__("__class__", C)`, `super().__setattr__("__class__", C)` */
  const call = ({ file, callee, called, args, at }: Call): void => {
    const named = (receiver: number, name: number, value: number): void => {
      for (const attr of literalNames(file, name, flow.resolver) ?? [])
        store({ file, receiver, attr, value, at });
    };
    const [first, second, third] = args;
    if (!first || !second) return;
    if (third && called.some(asksClassChanges)) named(first.value, second.value, third.value);
    const { a: receiver, b } = row(file, callee);
    if (opAt(file, callee) === Op.Attr && stringAt(file, b) === '__setattr__')
      named(receiver, first.value, second.value);
  };

  return { call, store };
}
