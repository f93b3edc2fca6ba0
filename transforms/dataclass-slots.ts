// Dataclasses: `slots=True` where the second class it builds is harmless, else a literal `__slots__` where exact.
import type { Edit } from '../src/model/decision.js';
import type { Transform } from '../src/model/transform.js';
import * as dataclasses from '../src/rules/dataclasses.js';
import { dataclassForm, type Form } from '../src/rules/forms.js';
import type { ExplicitSuper } from '../src/rules/second-class.js';
import { dataclassDecorator } from '../src/slots.js';
import { withKeywords } from './keywords.js';
import { plainSlots } from './plain-slots.js';

/** What is written when a rule that refuses has been switched off. */
const FALLBACK: Form = { kind: 'keyword', supers: [] };

/** `super()` with its arguments: what stands between the parentheses is blank or a comment, and stays. */
function written(text: string, { at, args }: ExplicitSuper, cls: string): Edit {
  const start = text.indexOf('(', at);
  const [whole, blank = ''] = /^\(((?:[^)#]|#[^\r\n]*(?:[\r\n]|$))*)\)/.exec(text.slice(start))!;
  return { start, end: start + whole.length, text: `(${args}${blank})`, cls };
}

const places = (supers: readonly ExplicitSuper[]): string =>
  [...new Set(supers.map(s => `super(${s.args})`))].join(', ');

export const dataclassSlots: Transform = {
  name: 'dataclass-slots',
  claims: cls => dataclassDecorator(cls) !== null,
  rules: [
    dataclasses.slotsDeclined,
    ...plainSlots.rules,
    dataclasses.noDataclassForm,
    dataclasses.nonFieldStore,
    dataclasses.frozenGeneric,
    dataclasses.defaultRead,
    dataclasses.fieldOverDescriptor,
    dataclasses.unslottedDataclassWeakref,
    dataclasses.defaultFallback,
  ],
  // slots=True makes the slots out of the fields, and nothing else
  holdsDict: (cls, world) => dataclassForm(cls, world)?.kind === 'literal',
  cautions(cls, world) {
    const form = dataclassForm(cls, world);
    if (form?.kind !== 'keyword' || !form.supers.length) return [];
    return [
      `super() is written ${places(form.supers)}, because slots=True builds a second class; below Python 3.14, ` +
        'pyupgrade and ruff (UP008) would undo that and break it: exempt these lines',
    ];
  },
  draw(cls, slots, { text, place, world }) {
    const form = dataclassForm(cls, world) ?? FALLBACK;
    if (form.kind === 'literal') return [place(slots.map(s => s.name))];
    const weak = slots.some(s => s.name === '__weakref__');
    const keywords = weak ? ['slots=True', 'weakref_slot=True'] : ['slots=True'];
    return [
      withKeywords(text, dataclassDecorator(cls)!, keywords, cls.ref.id),
      ...form.supers.map(s => written(text, s, cls.ref.id)),
    ];
  },
};
