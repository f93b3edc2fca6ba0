// All rules, in order of code.
import * as attributes from './attributes.js';
import * as attrs from './attrs.js';
import * as bases from './bases.js';
import * as body from './body.js';
import * as dataclasses from './dataclasses.js';
import * as frameworks from './frameworks.js';
import * as introspection from './introspection.js';
import * as lifecycle from './lifecycle.js';
import * as metaclasses from './metaclass.js';
import type { Rule } from './rule.js';
import * as sight from './sight.js';
import * as wishes from './wishes.js';

/** Every rule, in order of code. */
export const RULES: readonly Rule[] = [
  attributes,
  attrs,
  bases,
  body,
  dataclasses,
  frameworks,
  introspection,
  lifecycle,
  metaclasses,
  sight,
  wishes,
]
  .flatMap(family => Object.values(family))
  .filter((r): r is Rule => typeof r === 'object' && 'code' in r)
  .sort((a, b) => (a.code < b.code ? -1 : 1));
