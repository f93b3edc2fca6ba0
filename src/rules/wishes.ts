// SLT0xx: what the user wants left alone.
import { rule } from './rule.js';

/** Given by deciding, from comments and configuration. */
export const skipped = rule({
  code: 'SLT001',
  name: 'skipped',
  level: 'skips',
  final: true,
  title: 'is to be left alone',
  why:
    '`# slotify: skip` on the class line or on a decorator, or a pattern in the setting `skip`, asks for it. Classes ' +
    'that inherit from it gain nothing by slots of their own, and are left alone as well.',
  unlock: 'drop the comment or the pattern',
  *find() {},
});

/** Given by deciding. */
export const transformOff = rule({
  code: 'SLT002',
  name: 'transform-off',
  level: 'skips',
  final: true,
  title: 'is of a form that is not to be rewritten',
  why: 'The settings `select` and `ignore` say which transforms may rewrite classes.',
  unlock: 'add the transform to select, or take it out of ignore',
  *find() {},
});

/** Given by deciding, from estimates and a profile. */
export const belowSaving = rule({
  code: 'SLT003',
  name: 'below-saving',
  level: 'skips',
  final: true,
  title: 'saves too little',
  why: 'The settings `min-saving` and `top` restrict a run to the classes that pay. What a class saves is estimated from its attributes, and with a `profile` multiplied by the instances that were alive at once.',
  unlock: 'lower min-saving, or raise top',
  *find() {},
});
