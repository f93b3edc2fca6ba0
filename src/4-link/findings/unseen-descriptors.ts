// What unseen code makes of the methods and variables of a class: `@lib.traced` above a method, `colour = lib.Field()` in
// the body, `machine = lib.Machine()` there and `@machine.state()` above a method. Each may be called with an instance, and
// keep on it what it has to remember.

import type { MemberFact } from '../../model/definitions.js';
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { describesField } from '../../slots.js';
import { isCachedName, isTransparent } from '../flow/functions.js';
import { row } from '../index-file.js';
import type { Finder, Sight } from './sight.js';

/** Finds classes whose methods are decorated by what their own body gets from unseen code. */
export function newUnseenDescriptors({ solved: { flow, layouts }, live, note }: Sight): Finder {
  const { resolver } = flow;

  const isUnseen = (dotted: string): boolean =>
    !describesField(dotted) && !layouts.isModule(dotted.split('.')[0]!) && !layouts.find(dotted);
  /** Dotted name of code at a value that is neither of the program nor of the standard library. */
  const unseenAt = (file: WorldFile, value: number): string | undefined =>
    resolver
      .value(file, value)
      .flatMap(m => (m.kind === 'external' && isUnseen(m.dotted) ? [m.dotted] : []))[0];

  /** The same of the code that makes what stands at a value. */
  const makerOf = (file: WorldFile, value: number): string | undefined => {
    const { op, a } = row(file, value);
    return op === Op.Call ? unseenAt(file, a) : undefined;
  };

  /** The variable of the class body whose attribute a decorator is, or -1. */
  const holderOf = (file: WorldFile, decorator: number, cls: number): number => {
    const { op, a } = row(file, decorator);
    const attribute = row(file, op === Op.Call ? a : decorator);
    const holder = attribute.op === Op.Attr ? row(file, attribute.a) : null;
    if (holder?.op !== Op.Var) return -1;
    const { kind, owner } = file.facts.scopes[file.facts.variables[holder.a]!.scope]!;
    return kind === 'class' && owner === cls ? holder.a : -1;
  };

  const doubt = (cls: WorldClass, at: number, says: string): void =>
    note('computed-store', cls, cls.file, at, says, null, false);

  const decorated = (cls: WorldClass, decorator: number): void => {
    const { file } = cls;
    const { op, a, at } = row(file, decorator);
    const holder = holderOf(file, decorator, file.facts.classes.indexOf(cls.fact));
    const bound = holder < 0 ? [] : (resolver.bindings(file).values.get(holder) ?? []);
    if (bound.some(value => makerOf(file, value)))
      doubt(
        cls,
        at,
        `${file.facts.variables[holder]!.name} comes from unseen code and may store on instances`,
      );
    const name = unseenAt(file, op === Op.Call ? a : decorator);
    if (name && !isTransparent(name) && !isCachedName(name) && !HARMLESS_DECORATORS.test(name))
      doubt(cls, at, `${name} decorates a method and may store on instances`);
  };

  /** `colour = lib.Field()`; a field of a dataclass or the like only has it as its default. */
  const assigned = (cls: WorldClass, { kind, name, value }: MemberFact): void => {
    if (kind !== 'assign' || value < 0 || cls.fields.some(f => f.name === name)) return;
    const maker = makerOf(cls.file, value);
    if (maker && !isCachedName(maker) && !HARMLESS_MAKERS.test(maker))
      doubt(cls, row(cls.file, value).at, `${maker} may give a descriptor that stores on instances`);
  };

  const end = (): void => {
    for (const file of live)
      for (const { cls, decorators } of file.facts.functions)
        for (const decorator of cls < 0 ? [] : decorators) decorated(flow.classesOf(file)[cls]!, decorator);
    for (const cls of flow.classes) for (const member of cls.fact.members) assigned(cls, member);
  };

  return { end };
}

/** Decorators of libraries that keep nothing on what a method is called on. */
const HARMLESS_DECORATORS =
  /^(pytest|hypothesis|click|typer|typing_extensions|deprecated|deprecation|overrides|tenacity|backoff|retry|retrying|numba|beartype|typeguard|multipledispatch|multimethod|plum|zope\.interface|opentelemetry|sentry_sdk|line_profiler|memory_profiler|mock|parameterized|ddt|freezegun|responses|respx|vcr)\.|^twisted\.internet\.defer\.|^tornado\.gen\.|^six\.|^cachetools\.(func\.\w+|cached)$|^async_lru\.|^attrs?\.|^(decorator|wrapt)\.(decorator|contextmanager)$|^async_generator\.|(^|\.)(pyqtSlot|Slot)$/;

/** What gives no descriptors: loggers, numbers, arrays, types. */
const HARMLESS_MAKERS =
  /^(structlog|loguru|logbook|numpy|pandas|regex|six|typing_extensions|attrs?|packaging|yarl|pytz|dateutil|sympy|threading|gevent|multidict|immutables|frozendict|pyrsistent|ordered_set|sortedcontainers)\.|(^|\.)(get_?logger|\w*Logger|TypeVar|namedtuple)$/i;
