// Classes made by the older decorators of attrs: `slots=True`. `define`, `frozen` and `mutable` have slots already.
import type { Transform } from '../src/model/transform.js';
import * as attrs from '../src/rules/attrs.js';
import * as dataclasses from '../src/rules/dataclasses.js';
import { attrsDecorator } from '../src/slots.js';
import { withKeywords } from './keywords.js';
import { plainSlots } from './plain-slots.js';

export const attrsSlots: Transform = {
  name: 'attrs-slots',
  claims: cls => attrsDecorator(cls) !== null,
  rules: [
    dataclasses.slotsDeclined,
    ...plainSlots.rules,
    attrs.noAttrsForm,
    dataclasses.nonFieldStore,
    dataclasses.defaultRead,
    dataclasses.fieldOverDescriptor,
  ],
  holdsDict: () => false,
  cautions: () => [],
  draw: (cls, _slots, { text }) => [withKeywords(text, attrsDecorator(cls)!, ['slots=True'], cls.ref.id)],
};
