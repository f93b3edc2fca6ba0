// SLT5xx: the class statement itself.
import { lineAndColumn } from '../model/facts.js';
import type { ClassDecorator } from '../model/world.js';
import { makesFields } from '../slots.js';
import { frameworkOf } from './frameworks.js';
import { atClass, rule } from './rule.js';

/** Decorators that make fields of the body, or belong to a framework, are the business of other rules. */
const isOwned = (d: ClassDecorator): boolean =>
  makesFields(d.wraps ?? d.name) || frameworkOf(d.name) !== null;

export const unknownDecorator = rule({
  code: 'SLT501',
  name: 'class-decorator',
  level: 'blocks',
  title: 'is decorated by something that may replace or change it',
  why: 'A class decorator may build the class anew from its namespace, store defaults under the names of attributes, or use the instance `__dict__`.',
  unlock: 'use a decorator that returns the class it is given, or none',
  *find(cls) {
    for (const d of cls.decorators)
      if (!d.harmless && !isOwned(d)) yield { at: d.at, says: `decorated by ${d.name.replace(/^.*:/, '')}` };
  },
});

export const dynamicBody = rule({
  code: 'SLT502',
  name: 'dynamic-body',
  level: 'blocks',
  title: 'binds names in its body that cannot be seen',
  why: '`locals()[...]`, `exec` or a star import in a class body may bind the name of a slot: ValueError at import.',
  unlock: 'bind the names one by one',
  *find(cls) {
    const offset = cls.fact.dynamicBody;
    if (offset < 0) return;
    const at = { path: cls.file.source.path, offset, ...lineAndColumn(cls.file.facts.lineStarts, offset) };
    yield { at, says: 'the body binds computed names' };
  },
});

export const classKeywords = rule({
  code: 'SLT503',
  name: 'init-subclass-keywords',
  level: 'blocks',
  title: 'is made with class keywords',
  why: 'Class keywords go to `__init_subclass__` or a metaclass, which get hold of the class as soon as it is made and may change it or look into it.',
  unlock: 'add __slots__ by hand after reading that code',
  *find(cls) {
    const known = new Set(['metaclass', 'total']);
    for (const k of cls.fact.keywords)
      if (!known.has(k.name)) yield atClass(cls, `takes the class keyword ${k.name}`);
  },
});
