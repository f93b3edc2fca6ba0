// SLT4xx: pickling and copying.
import { above } from '../slots.js';
import { lineAndColumn } from '../model/facts.js';
import { rule } from './rule.js';

export const stateWithoutSetstate = rule({
  code: 'SLT401',
  name: 'state-without-setstate',
  level: 'blocks',
  title: 'defines __getstate__ without __setstate__',
  why: 'Without `__setstate__`, pickle and copy put a dict state straight into `instance.__dict__`; an instance without one raises AttributeError.',
  unlock: 'add a __setstate__ that sets each attribute',
  *find(cls) {
    const line = [cls, ...above(cls)];
    const getter = line.find(c => c.members.has('__getstate__'));
    if (!getter || line.some(c => c.members.has('__setstate__'))) return;
    const at = getter.members.get('__getstate__')!.at;
    const place = { path: getter.file.source.path, offset: at, ...lineAndColumn(getter.file.facts.lineStarts, at) };
    yield { at: place, says: 'the state it gives is put back into __dict__' };
  },
});
