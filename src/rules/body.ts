// SLT5xx: the class statement itself.
import type { ClassDecorator, WorldClass } from '../model/world.js';
import { makesFields, metaclassesOf } from '../slots.js';
import { frameworkOf } from './frameworks.js';
import { atClass, findingsOn, inFileOf, rule } from './rule.js';

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
    const { dynamicBody } = cls.fact;
    if (dynamicBody >= 0) yield inFileOf(cls, dynamicBody, 'the body binds computed names');
  },
});

export const classKeywords = rule({
  code: 'SLT503',
  name: 'init-subclass-keywords',
  level: 'blocks',
  title: 'is made with class keywords',
  why:
    'Class keywords go to `__init_subclass__` or a metaclass, which get hold of the class as soon as it is made and may ' +
    'change it or look into it. An `__init_subclass__` of the project is read, unless it hands the class to other code.',
  unlock: 'add __slots__ by hand after reading that code',
  *find(cls, world) {
    const known = new Set(['metaclass', 'total']);
    const taker = hookAbove(cls);
    // a hook that hands the class on is read as well, unless code that is not seen is given such classes
    const [handsOn] = findingsOn(cls, world, 'subclass-hook');
    const isRead = taker !== null && !(handsOn && [taker, ...taker.descendants].some(world.isHandedOut));
    for (const k of cls.fact.keywords)
      if (!known.has(k.name) && !isRead) yield atClass(cls, `takes the class keyword ${k.name}`);
  },
});

/** The class of the project whose `__init_subclass__` takes the keywords of a class, or null where others may. */
function hookAbove(cls: WorldClass): WorldClass | null {
  if (metaclassesOf(cls).length) return null;
  for (const entry of cls.mro.slice(1)) {
    if (entry.kind === 'unknown') return null;
    if (entry.kind === 'external') {
      if (entry.layouts.some(l => l.members.includes('__init_subclass__'))) return null;
      continue;
    }
    const hook = entry.cls.members.get('__init_subclass__');
    if (!hook) continue;
    const { role, isStub } = entry.cls.file.source;
    return hook.kind === 'function' && role !== 'environment' && !isStub ? entry.cls : null;
  }
  return null;
}
