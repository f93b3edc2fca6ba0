// SLT6xx: dataclasses, attrs, and classes that a framework owns.
import { rule } from './rule.js';

export const attrsClass = rule({
  code: 'SLT602',
  name: 'attrs-class',
  level: 'blocks',
  title: 'is made by attrs',
  why: 'attrs builds slots itself from its own fields: they belong into its decorator, not into the body.',
  unlock: 'use attrs.define, or slots=True in the decorator',
  *find(cls) {
    for (const d of cls.decorators) if (/^(attr|attrs)\./.test(d.name)) yield { at: d.at, says: `decorated by ${d.name}` };
  },
});
