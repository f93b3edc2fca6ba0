// SLT6xx: classes made by attrs.
import { attrsHurts } from './forms.js';
import { rule } from './rule.js';

export const noAttrsForm = rule({
  code: 'SLT602',
  name: 'attrs-form',
  level: 'blocks',
  final: true,
  title: 'is an attrs class for which slots=True is not exact',
  why:
    '`slots=True` makes attrs build a second class, which `__init_subclass__`, `__set_name__` and decorators below ' +
    'notice, and methods that keep the `__class__` cell out of its sight; it also brings a state of its own for pickles.',
  unlock: 'remove what the second class would disturb',
  find: attrsHurts,
});
