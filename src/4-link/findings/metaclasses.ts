// What the metaclasses of the program do that could notice `__slots__` in a class, or be broken by it.
import type { MemberFact } from '../../model/definitions.js';
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { isMetaclass } from '../../slots.js';
import { SOME_CLASS, type Token, UNKNOWN } from '../flow/tokens.js';
import { opAt, row, stringAt, valueCount } from '../index-file.js';
import { takesBody } from '../metaclasses.js';
import { usesOfBody } from './class-bodies.js';
import { type Asked, newClassDicts } from './class-dicts.js';
import { LISTING } from './listings.js';
import type { Call, Finder, Read, Sight, Store } from './sight.js';
import { COMPUTED } from './stores.js';

/** Methods by which a metaclass has a hand in the making of a class or in reading and storing its attributes. */
const MEDDLES: ReadonlySet<string> = new Set([
  '__prepare__',
  'mro',
  '__getattr__',
  '__getattribute__',
  '__setattr__',
  '__delattr__',
  '__dir__',
  '__dict__',
]);

/** Methods that are only understood as they are written. */
const WRITTEN_OUT: ReadonlySet<string> = new Set(['__new__', '__init__', '__call__']);

/** Attributes of classes that tell of slots. */
const LAYOUT = /^__(dict|slots|basicsize|dictoffset|weakrefoffset|itemsize)__$/;

/** Attributes that change what a class is made of. */
const CHANGES = /^__(dict|slots|bases|class)__$/;

/** Code outside the program that leaves the classes and names it is handed alone. */
export const CALM =
  /^(builtins|abc|typing|typing_extensions|collections|weakref|threading|logging|warnings|re|functools\.partial)(\.|$)/;

/** Builtins that run text, or give all names at once. */
const SEES_ALL: ReadonlySet<string> = new Set(
  ['exec', 'eval', 'locals', 'globals'].map(n => `builtins.${n}`),
);

/** Finds what metaclasses do; the findings are noted on the metaclass. */
export function newMetaclasses(sight: Sight): Finder {
  const { solved, live, tokensOf, note } = sight;
  const { flow, members } = solved;
  const { graph, resolver } = flow;
  const dicts = newClassDicts(resolver);
  const metaclasses = flow.classes.filter(c => live.includes(c.file) && isMetaclass(c));

  const around = (file: WorldFile, at: number): WorldClass[] =>
    metaclasses.filter(c => c.file === file && c.fact.anchor.keyword <= at && at < c.fact.end);
  /** Whether a class that is not told apart may stand at a value. */
  const isOpen = (file: WorldFile, value: number): boolean => {
    const node = flow.valueNode(file, value);
    return graph.size(node) === 0 || graph.has(node, UNKNOWN) || graph.has(node, SOME_CLASS);
  };

  /** Notes what is asked of the attributes of a class that is not told apart. */
  const asking = (owner: WorldClass, file: WorldFile, at: number, asked: Asked, says: string): void => {
    if (asked === 'all' || asked === 'public') note('metaclass', owner, file, at, says);
    else if (asked !== 'none') for (const name of asked) note('metaclass', owner, file, at, says, name);
  };

  const read = ({ file, value, base, name, at }: Read): void => {
    if (!LAYOUT.test(name)) return;
    for (const owner of around(file, at))
      if (name !== '__dict__') note('metaclass', owner, file, at, `reads .${name}`);
      else if (isOpen(file, base)) asking(owner, file, at, dicts.askedOf(file, value), 'reads .__dict__');
  };

  const call = (site: Call): void => {
    for (const owner of around(site.file, site.at)) {
      for (const token of tokensOf(site.file, site.callee))
        if (token.kind === 'external') looking(owner, token.dotted, site);
      handing(owner, site);
    }
  };

  const looking = (
    owner: WorldClass,
    dotted: string,
    { file, call: value, args: [first], at }: Call,
  ): void => {
    const says = `calls ${dotted.replace(/^builtins\./, '')}()`;
    if (SEES_ALL.has(dotted)) note('metaclass', owner, file, at, says);
    if (!first || !isOpen(file, first.value)) return;
    if (COMPUTED.has(dotted)) note('metaclass', owner, file, at, says);
    if (dotted === 'builtins.vars') asking(owner, file, at, dicts.askedOf(file, value), says);
    else if (LISTING.has(dotted)) asking(owner, file, at, dicts.listed(file, value), says);
  };

  /** A class that is handed to code which is not seen, as soon as it is made. */
  const handing = (owner: WorldClass, { file, callee, args, at }: Call): void => {
    const isUnseen = tokensOf(file, callee).some(
      t => t.kind === 'unknown' || t.kind === 'someClass' || (t.kind === 'external' && !CALM.test(t.dotted)),
    );
    const made = flow.madeBy(owner);
    const isMade = (t: Token): boolean => t.kind === 'class' && made.includes(t.cls);
    if (isUnseen && args.some(a => tokensOf(file, a.value).some(isMade)))
      note('metaclass', owner, file, at, 'hands the class to code that is not seen');
  };

  const store = ({ file, attr, at }: Store): void => {
    if (!CHANGES.test(attr)) return;
    for (const cls of around(file, at)) note('metaclass', cls, file, at, `changes .${attr}`);
  };

  const end = (): void => {
    for (const cls of metaclasses) {
      for (const m of cls.fact.members) meddling(cls, m);
      texts(cls);
      cls.file.facts.functions.forEach(fact => {
        if (cls.file.facts.classes[fact.cls] !== cls.fact || !takesBody(fact)) return;
        for (const { at, says, attr } of usesOfBody(cls.file, fact, resolver, dicts))
          note('metaclass', cls, cls.file, at, says, attr);
      });
    }
  };

  const meddling = (cls: WorldClass, member: MemberFact): void => {
    if (MEDDLES.has(member.name)) note('metaclass', cls, cls.file, member.at, `defines ${member.name}`);
    if (!WRITTEN_OUT.has(member.name)) return;
    const kind = members.kindOf(cls, member);
    if (kind !== 'method' && kind !== 'static')
      note('metaclass', cls, cls.file, member.at, `${member.name} is not a plain function`);
  };

  /** `"__slots__"` as text: asked for, or put into the body. */
  const texts = (cls: WorldClass): void => {
    for (let v = 0; v < valueCount(cls.file); v++) {
      const r = row(cls.file, v);
      if (r.at < cls.fact.anchor.keyword || r.at >= cls.fact.end || opAt(cls.file, v) !== Op.Str) continue;
      const text = stringAt(cls.file, r.a);
      if (LAYOUT.test(text)) note('metaclass', cls, cls.file, r.at, `names "${text}"`);
    }
  };

  return { read, call, store, end };
}
