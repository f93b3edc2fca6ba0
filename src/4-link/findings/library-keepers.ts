// What functions and decorators of libraries keep on the objects, and on instances of the classes, that they are given.

import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { decoratorNames } from '../flow/functions.js';
import type { Token } from '../flow/tokens.js';
import { row, stringAt } from '../index-file.js';
import type { Call, Finder, Sight } from './sight.js';
import { newClassesWithin, newNoteWithin } from './within.js';

/** Decorators of methods that keep a cache or a lock on each instance. */
const DECORATORS =
  /^(methodtools\.\w+|wrapt(\.\w+)*\.(synchronized|lru_cache)|cachetools\.cachedmethod|(zope\.cachedescriptors|plone\.memoize|memojito)\.[\w.]+|sqlalchemy\.util(\.\w+)*\.memoized_\w+|pandas(\.\w+)*\.cache_readonly)$/;

interface Keeper {
  /** Dotted name of a function, a class or, with the class in front, a method. */
  readonly name: RegExp;
  /** Keyword of what something is kept on; failing that it stands first. */
  readonly keyword: string;
  readonly says: string;
}

/** Functions that store attributes on an object that they are given. */
const ON_OBJECTS: readonly Keeper[] = [
  // the state, and a method for each trigger (transitions/core.py)
  {
    name: /^transitions(\.\w+)*\.\w*Machine(\.__init__|\.add_model)?$/,
    keyword: 'model',
    says: 'makes it the model of a state machine, which stores on it',
  },
  // the stand-ins for its methods
  {
    name: /^(flexmock(\.\w+)*\.flexmock|mockito(\.\w+)*\.(when|when2|expect|patch|spy2))$/,
    keyword: 'obj',
    says: 'gives it to a library of mocks, which stores on it',
  },
];

/** Methods, as they are spelled, to which a class is given whose instances keep in their `__dict__` what is loaded. */
const OF_CLASSES: ReadonlyMap<string, string> = new Map([
  ['map_imperatively', 'maps it to a table, whose values live in the __dict__'],
  ['map_declaratively', 'maps it to a table, whose values live in the __dict__'],
  ['register_class', 'registers it to be written out and loaded by its __dict__'],
]);

/** The same for functions. */
const CLASS_MAPPERS: ReadonlySet<string> = new Set(['sqlalchemy.orm.mapper']);

const keeperOf = (token: Token): Keeper | undefined =>
  token.kind === 'external' || token.kind === 'externalMethod'
    ? ON_OBJECTS.find(({ name }) => name.test(token.dotted))
    : undefined;

/** Whether calls of a token are looked at here. */
export const asksLibraryKeepers = (token: Token): boolean =>
  keeperOf(token) !== undefined || (token.kind === 'external' && CLASS_MAPPERS.has(token.dotted));

/** Finds objects and classes that libraries keep something on. */
export function newLibraryKeepers(sight: Sight): Finder {
  const {
    solved: { flow },
    live,
    tokensOf,
    note,
  } = sight;
  const noteWithin = newNoteWithin(sight);
  const classesWithin = newClassesWithin(sight);

  const call = ({ file, callee, called, args, at }: Call): void => {
    for (const keeper of [...called.map(keeperOf), ...inherited(file, callee)]) {
      const target = keeper && (args.find(arg => arg.name === keeper.keyword) ?? args[0]);
      if (keeper && target) noteWithin('computed-store', file, target.value, at, keeper.says);
    }
    const says = mapping(file, callee, called);
    if (!says || !args[0]) return;
    for (const cls of classesWithin(file, args[0].value)) note('computed-store', cls, file, at, says);
  };

  /** `super().__init__(model=x)` below a class that is not seen. */
  const inherited = (file: WorldFile, callee: number): readonly Keeper[] => {
    const { op, a, b } = row(file, callee);
    const name = op === Op.Attr ? stringAt(file, b) : '';
    if (name !== '__init__' && name !== 'add_model') return [];
    return tokensOf(file, a).flatMap(token => {
      const above = token.kind === 'super' || token.kind === 'instance' ? token.cls.mro : [];
      return above.flatMap(e => {
        const dotted = e.kind === 'unknown' ? e.base.dotted : null;
        return dotted === null ? [] : ON_OBJECTS.filter(k => k.name.test(`${dotted}.${name}`));
      });
    });
  };

  /** What is said of the class that stands first in a call, if anything. */
  const mapping = (file: WorldFile, callee: number, called: readonly Token[]): string | undefined => {
    const isMapper = called.some(token => token.kind === 'external' && CLASS_MAPPERS.has(token.dotted));
    if (isMapper) return OF_CLASSES.get('map_imperatively');
    const { op, b } = row(file, callee);
    return op === Op.Attr ? OF_CLASSES.get(stringAt(file, b)) : undefined;
  };

  const end = (): void => {
    for (const file of live)
      file.facts.functions.forEach(({ cls, decorators }, fn) => {
        if (cls >= 0 && decorators.length) decorated(file, fn, flow.classesOf(file)[cls]!);
      });
  };

  const decorated = (file: WorldFile, fn: number, cls: WorldClass): void => {
    for (const { name, value } of decoratorNames(file, fn, flow.resolver)) {
      const says = `${name} keeps something on each instance`;
      if (DECORATORS.test(name)) note('computed-store', cls, file, row(file, value).at, says);
    }
  };

  return { call, end };
}
