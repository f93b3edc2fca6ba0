// Where code looks into instances and classes: at their `__dict__`, their state, their listed attributes; what replaces
// their `__dict__` or class.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { Token } from '../flow/tokens.js';
import { opAt, row, stringAt } from '../index-file.js';
import { asksClassAttributes, newClassAttributes } from './class-attributes.js';
import { type Asked, NO_SLOT_IS, newClassDicts } from './class-dicts.js';
import { newReadOnFunctions } from './copied-names.js';
import { LISTING, newListings } from './listings.js';
import type { Call, Finder, Read, Sight, Store } from './sight.js';
import { newSlotsInTurn } from './slots-in-turn.js';

/** Functions that read the `__dict__` of their first argument. */
export const DICT_READERS: ReadonlySet<string> = new Set(['builtins.vars', 'functools.update_wrapper']);

/** Functions that copy the `__dict__` of the function, or of the object that is called like one, at a place among their
 *  arguments. */
const DICT_COPIERS: ReadonlyMap<string, number> = new Map([
  ['functools.wraps', 0],
  ['functools.update_wrapper', 1],
]);

/** A format that shows the `__dict__` of what is filled in. */
const SHOWS_DICT = /\{[^{}]*\.__dict__\b/;

/** What stands for a text that is spelled out; of one that shows no name nothing is kept. */
const TEXTS: ReadonlySet<Op> = new Set([Op.Str, Op.Const]);

/** Whether calls of a token, or reads on it, are looked at here. */
export const asksReflection = (token: Token): boolean =>
  asksClassAttributes(token) ||
  (token.kind === 'external'
    ? DICT_READERS.has(token.dotted) || DICT_COPIERS.has(token.dotted) || LISTING.has(token.dotted)
    : token.kind === 'externalMethod' && token.dotted.endsWith('.__dir__'));

/**
 * Finds what reads the dict, the state or the attributes of an object, and what replaces its dict.
 * @param kept every name that instances of some class of the world keep
 */
export function newReflection(sight: Sight, kept: ReadonlySet<string>): Finder {
  const { solved, deepClasses, slotAware, classesAt, note, onReceiver, onClass } = sight;
  const { resolver } = solved.flow;
  const classDicts = newClassDicts(resolver);
  const listings = newListings(sight);
  const slotsInTurn = newSlotsInTurn(sight);
  const classAttributes = newClassAttributes(sight, kept, classDicts);

  const read = (site: Read): void => {
    const { file, value, base, name, at } = site;
    if (name === '__subclasses__') onClass('subclass-listing', file, base, at, 'lists its subclasses');
    classAttributes.read(site);
    if (name === '__orig_class__') onReceiver('instance-dict', file, base, at, 'reads .__orig_class__');
    if (name !== '__dict__' || slotAware.mindsBoth(file, at)) return;
    onReceiver('instance-dict', file, base, at, 'reads .__dict__');
    ofClass(classDicts.askedOf(file, value), 'class-dict', file, base, at, 'reads the __dict__ of the class');
  };

  /** Notes what is asked of a listing of a class's attributes: that it is made at all, or the names. */
  const ofClass = (
    asked: Asked,
    kind: 'class-dict' | 'class-listing',
    file: WorldFile,
    value: number,
    at: number,
    says: string,
  ): void => {
    if (asked === 'all' || asked === 'public') onClass(kind, file, value, at, says);
    else if (asked !== 'none') for (const name of asked) onClass(kind, file, value, at, says, name);
  };

  const call = (site: Call): void => {
    for (const token of site.called) if (token.kind === 'external') external(token.dotted, site);
    listings.byMethod(site);
    wrappedBy(site);
    formatted(site);
    dictByName(site);
  };

  const readOnFunctions = newReadOnFunctions(solved, sight.live);
  const isCopied = (cls: WorldClass): boolean =>
    solved.members.lookup(cls, '__call__').length > 0 && readOnFunctions(cls);

  const external = (dotted: string, site: Call): void => {
    const { file, call, args, at } = site;
    const [first, second] = args;
    if (!first) return;
    const short = dotted.replace(/^builtins\./, '');
    if (DICT_READERS.has(dotted)) {
      onReceiver('instance-dict', file, first.value, at, `passes it to ${short}()`);
      if (dotted === 'builtins.vars')
        ofClass(classDicts.askedOf(file, call), 'class-dict', file, first.value, at, 'vars() of the class');
    }
    const copied = args.find(a => a.name === 'wrapped') ?? args[DICT_COPIERS.get(dotted) ?? -1];
    if (copied && !args.some(a => a.name === 'updated'))
      onReceiver(
        'instance-dict',
        file,
        copied.value,
        at,
        `copies its __dict__ with ${dotted}()`,
        null,
        isCopied,
      );
    if (LISTING.has(dotted) && !(second && picksMembers(file, second.value))) {
      const asked = classDicts.listed(file, call);
      listings.list(file, first.value, asked, at, `lists its attributes with ${short}()`, dotted);
      if (!classesAt(file, first.value).every(cls => listings.handsOn(file, at, cls)))
        ofClass(
          asked,
          'class-listing',
          file,
          first.value,
          at,
          `lists the class's attributes with ${short}()`,
        );
    }
    classAttributes.call(dotted, site);
    if (dotted === 'builtins.getattr') slotsInTurn(site);
  };

  let shownAnywhere: boolean | null = null;
  /** Whether any text of the program shows the `__dict__` of what is filled in. */
  const isShownAnywhere = (): boolean =>
    (shownAnywhere ??= sight.live.some(file => file.facts.strings.some(text => SHOWS_DICT.test(text))));

  /** `"{0.__dict__}".format(x)`, `format_map({"x": x})` */
  const formatted = ({ file, callee, args, at }: Call): void => {
    if (opAt(file, callee) !== Op.Attr || !/^format(_map)?$/.test(stringAt(file, row(file, callee).b)))
      return;
    const texts = resolver.value(file, row(file, callee).a);
    const isTold =
      texts.length > 0 && texts.every(m => m.kind === 'value' && TEXTS.has(opAt(m.file, m.value)));
    const showsDict = isTold
      ? texts.some(m => {
          if (m.kind !== 'value' || opAt(m.file, m.value) !== Op.Str) return false;
          return SHOWS_DICT.test(stringAt(m.file, row(m.file, m.value).a));
        })
      : isShownAnywhere();
    if (!showsDict) return;
    for (const { value } of args) {
      onReceiver('instance-dict', file, value, at, 'shows its __dict__');
      for (const cls of deepClasses(solved.flow.valueNode(file, value)))
        note('instance-dict', cls, file, at, 'shows its __dict__');
    }
  };

  /** `functools.wraps(f)(x)` */
  const wrappedBy = ({ file, callee, args: [first], at }: Call): void => {
    if (!first || opAt(file, callee) !== Op.Call) return;
    const makers = resolver.value(file, row(file, callee).a);
    if (makers.some(m => m.kind === 'external' && m.dotted === 'functools.wraps'))
      onReceiver('instance-dict', file, first.value, at, 'passes it to functools.wraps()');
  };

  /** `inspect.getmembers(x, predicate)` with a predicate that slots do not fulfil, or that asks for them. */
  const picksMembers = (file: WorldFile, predicate: number): boolean =>
    slotAware.listsSlots(file, predicate) ||
    resolver.value(file, predicate).every(m => m.kind === 'external' && NO_SLOT_IS.has(m.dotted));

  /** `getattr(x, "__dict__")`, `operator.attrgetter("__dict__")`, `object.__getattribute__(x, "__dict__")`. */
  const dictByName = ({ file, callee, args, at }: Call): void => {
    const named = args.some(
      a => opAt(file, a.value) === Op.Str && stringAt(file, row(file, a.value).a) === '__dict__',
    );
    if (!named || slotAware.mindsBoth(file, at)) return;
    const says = 'names "__dict__" in a call';
    if (opAt(file, callee) === Op.Attr) onReceiver('instance-dict', file, row(file, callee).a, at, says);
    for (const a of args) onReceiver('instance-dict', file, a.value, at, says);
  };

  const store = ({ file, receiver, attr, at }: Store): void => {
    if (attr === '__dict__' && !slotAware.mindsBoth(file, at))
      onReceiver('instance-dict', file, receiver, at, 'replaces .__dict__');
  };

  return { read, call, store, end: () => listings.end(classAttributes.isAsked) };
}
