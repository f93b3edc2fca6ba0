// What dataclasses and attrs make of a class body: its fields and the parameters of the `__init__` they generate.
import type { MemberFact } from '../model/definitions.js';
import { Op } from '../model/facts.js';
import type { ClassDecorator, Field, Parameter, WorldClass, WorldFile } from '../model/world.js';
import { attrsDecorator, dataclassDecorator, describesField } from '../slots.js';
import { flagsOf } from './decorators.js';
import { row, spelling } from './index-file.js';
import type { Meaning, Resolver } from './resolve.js';

export interface Made {
  readonly fields: readonly Field[];
  readonly parameters: readonly Parameter[];
}

/** Annotations that dataclasses tell from fields. */
type Pseudo = 'ClassVar' | 'InitVar' | 'KW_ONLY';

const PSEUDO: Readonly<Record<string, Pseudo>> = {
  'typing.ClassVar': 'ClassVar',
  'typing_extensions.ClassVar': 'ClassVar',
  'dataclasses.InitVar': 'InitVar',
  'dataclasses.KW_ONLY': 'KW_ONLY',
};

/** Fields and parameters of one class body, in order. Without a decorator known to make fields, every annotated name
 *  that is no ClassVar counts as one. */
export function madeOf(cls: WorldClass, resolver: Resolver): Made {
  const attrs = dataclassDecorator(cls) ? null : attrsDecorator(cls);
  return attrs ? byAttrs(cls, attrs, resolver) : byDataclasses(cls, resolver);
}

function byDataclasses(cls: WorldClass, resolver: Resolver): Made {
  const fields = new Map<string, Field>();
  const parameters = new Map<string, Parameter>();
  let keywordOnly = dataclassDecorator(cls)?.flags.get('kw_only') === true;
  // `__annotations__` keeps the last annotation of a name, at the place of the first
  const annotated = new Map<string, MemberFact>();
  for (const m of cls.fact.members) if (m.kind === 'annotation' && !m.isTyping) annotated.set(m.name, m);
  for (const m of annotated.values()) {
    const pseudo = pseudoOf(m, cls.file, resolver);
    if (pseudo === 'KW_ONLY') keywordOnly = true;
    if (pseudo === 'ClassVar' || pseudo === 'KW_ONLY') continue;
    const { name } = m;
    const { hasDefault, given } = defaultOf(cls, name, resolver);
    const onClass = hasDefault && (!given || given.has('default') || given.has('**'));
    const init = given?.get('init') !== false;
    const isField = pseudo === null;
    const isSet = init || onClass || given?.has('default_factory') === true;
    const isSetWithSlots = !init && onClass;
    if (isField) fields.set(name, { name, hasDefault, onClass, isSet, isSetWithSlots, at: m.at });
    if (init) parameters.set(name, { name, isField, keywordOnly: given?.get('kw_only') ?? keywordOnly });
  }
  return { fields: [...fields.values()], parameters: [...parameters.values()] };
}

/** attrs takes `attr.ib()` members, or all annotated ones (attrs docs, `auto_attribs`); `define` takes the latter
 *  unless a member without annotation is an `attr.ib()`. Defaults do not stay on the class. */
function byAttrs(cls: WorldClass, decorator: ClassDecorator, resolver: Resolver): Made {
  const annotated = new Map<string, MemberFact>();
  for (const m of cls.fact.members) if (m.kind === 'annotation' && !m.isTyping) annotated.set(m.name, m);
  const made = new Map<string, MemberFact>();
  for (const m of cls.fact.members)
    if (m.kind === 'assign' && isFieldCall(m.value, cls.file, resolver)) made.set(m.name, m);
  const asked = decorator.flags.get('auto_attribs');
  const usually =
    /\.dataclass$/.test(decorator.name) ||
    (ATTRS_DEFINES.test(decorator.name) && [...made.keys()].every(name => annotated.has(name)));
  const auto = asked ?? usually;
  const chosen = auto
    ? [...annotated.values()].filter(m => !isAttrsClassVar(m, cls.file, resolver))
    : [...made.values()];
  const everyKeyword = decorator.flags.get('kw_only') === true;
  const fields: Field[] = [];
  const parameters: Parameter[] = [];
  for (const { name, at } of chosen) {
    const { hasDefault, given } = defaultOf(cls, name, resolver);
    const init = given?.get('init') !== false;
    const isSet = init || given?.has('default') === true || given?.has('factory') === true;
    fields.push({ name, hasDefault, onClass: false, isSet, isSetWithSlots: false, at });
    const keywordOnly = everyKeyword || given?.get('kw_only') === true;
    // attrs strips leading underscores off parameters
    if (init) parameters.push({ name, isField: true, keywordOnly });
  }
  return { fields, parameters };
}

/** Decorators of attrs that slot a class unless told otherwise. */
export const ATTRS_DEFINES = /^attrs?\.(define|frozen|mutable)$/;

/** Whether the body binds a value to a name, and the keywords of the call of `field` that it is, else null. */
function defaultOf(
  cls: WorldClass,
  name: string,
  resolver: Resolver,
): { hasDefault: boolean; given: ReadonlyMap<string, boolean | null> | null } {
  const member = cls.members.get(name);
  const isField = member?.kind === 'assign' && isFieldCall(member.value, cls.file, resolver);
  return { hasDefault: member !== undefined, given: isField ? flagsOf(cls.file, member.value) : null };
}

function isFieldCall(value: number, file: WorldFile, resolver: Resolver): boolean {
  if (value < 0) return false;
  const r = row(file, value);
  if (r.op !== Op.Call) return false;
  return resolver.value(file, r.a).some(m => m.kind === 'external' && describesField(m.dotted));
}

function pseudoOf(m: MemberFact, file: WorldFile, resolver: Resolver): Pseudo | null {
  if (m.isText) return pseudoOfText(m.annotation, file, resolver);
  for (const meaning of resolver.value(file, m.annotation)) {
    const found = pseudoMeant(meaning);
    if (found) return found;
  }
  return null;
}

const pseudoMeant = (m: Meaning): Pseudo | null => {
  if (m.kind === 'subscript') return pseudoMeant(m.base);
  return m.kind === 'external' ? (PSEUDO[m.dotted] ?? null) : null;
};

/** What dataclasses make of an annotation that is text (`_is_type` in Lib/dataclasses.py): the first name is looked up
 *  in the module's globals, a dotted one only as `module.Name` where the module is typing or dataclasses itself. */
function pseudoOfText(value: number, file: WorldFile, resolver: Resolver): Pseudo | null {
  const r = row(file, value);
  if (r.op === Op.Sub) return pseudoOfText(r.a, file, resolver);
  if (r.op === Op.Var) {
    if (file.facts.variables[r.a]!.scope !== 0) return null;
    for (const m of resolver.variable(file, r.a)) {
      const found = m.kind === 'external' ? pseudoMeant(m) : null;
      if (found) return found;
    }
    return null;
  }
  if (r.op !== Op.Attr || row(file, r.a).op !== Op.Var) return null;
  const holder = row(file, r.a).a;
  if (file.facts.variables[holder]!.scope !== 0) return null;
  const name = spelling(file, value).replace(/^.*\./, '');
  for (const m of resolver.variable(file, holder)) {
    if (m.kind !== 'external' || !/^(typing|dataclasses)$/.test(m.dotted)) continue;
    const found = PSEUDO[`${m.dotted}.${name}`];
    if (found) return found;
  }
  return null;
}

/** attrs goes by the text of an annotation (`_is_class_var` in attr/_make.py). */
function isAttrsClassVar(m: MemberFact, file: WorldFile, resolver: Resolver): boolean {
  if (!m.isText) return pseudoOf(m, file, resolver) === 'ClassVar';
  return /^((typing|t|typing_extensions)\.)?ClassVar/.test(spelling(file, m.annotation));
}
