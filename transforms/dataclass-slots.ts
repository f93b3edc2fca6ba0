// Dataclasses: `slots=True` where the second class it builds is harmless, else a literal `__slots__` where exact.

import type { Edit } from '../src/model/decision.js';
import type { Transform } from '../src/model/transform.js';
import type { ClassDecorator } from '../src/model/world.js';
import * as attributes from '../src/rules/attributes.js';
import * as owned from '../src/rules/owned.js';
import { dataclassDecorator } from '../src/slots.js';
import { plainSlots } from './plain-slots.js';

/** Rules about plain class bodies that do not hold for fields. */
const NOT_FOR_FIELDS = new Set([attributes.shadowsInherited.code, owned.attrsClass.code]);

/** The edit that adds keyword arguments to a decorator, keeping its own formatting. */
function withKeywords(text: string, d: ClassDecorator, keywords: string, cls: string): Edit {
  const { start, end } = d.span;
  if (!d.called) return { start, end, text: `${text.slice(start, end)}(${keywords})`, cls };
  // behind the last argument: blanks, comments and a trailing comma before the parenthesis stay as they are
  const inside = text.slice(start, end - 1);
  const open = inside.indexOf('(') + 1;
  const code = inside.replace(/#[^\r\n]*/g, comment => ' '.repeat(comment.length)).trimEnd();
  const at = start + Math.max(open, code.length);
  if (code.length <= open) return { start, end, text: `${text.slice(start, start + open)}${keywords})`, cls };
  if (!code.endsWith(',')) return { start: at, end: at, text: `, ${keywords}`, cls };
  const lastLine = /(?:^|[\r\n])([ \t]*)[^\r\n]*$/.exec(code);
  const newline = /\r\n|\r|\n/.exec(inside)?.[0];
  const separator = newline ? `${newline}${lastLine?.[1] ?? ''}` : ' ';
  return { start: at, end: at, text: `${separator}${keywords},`, cls };
}

export const dataclassSlots: Transform = {
  name: 'dataclass-slots',
  claims: cls => dataclassDecorator(cls) !== null,
  rules: [
    ...plainSlots.rules.filter(r => !NOT_FOR_FIELDS.has(r.code)),
    owned.noDataclassForm,
    owned.nonFieldStore,
    owned.frozenGeneric,
    owned.defaultRead,
    owned.fieldOverDescriptor,
    owned.dataclassOptions,
    owned.unslottedDataclassWeakref,
  ],
  // slots=True makes the slots out of the fields, and nothing else
  holdsDict: (cls, world) => owned.dataclassForm(cls, world) === 'literal',
  cautions: () => [],
  draw(cls, slots, { text, place, world }) {
    if (owned.dataclassForm(cls, world) === 'literal') return [place(slots.map(s => s.name))];
    const weak = slots.some(s => s.name === '__weakref__');
    const keywords = weak ? 'slots=True, weakref_slot=True' : 'slots=True';
    return [withKeywords(text, dataclassDecorator(cls)!, keywords, cls.ref.id)];
  },
};
