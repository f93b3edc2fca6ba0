// Where code reads an attribute on a class, or asks for one by name: it finds the default of a field, or nothing, and a
// slot's descriptor from then on.
import { ConstKind, Op } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above, fieldDecorator, meets, relatives } from '../../slots.js';
import { literalNames } from '../flow/names.js';
import type { Token } from '../flow/tokens.js';
import { type Argument, opAt, row, stringAt } from '../index-file.js';
import { newCalledFrom } from './called-from.js';
import type { ClassDicts } from './class-dicts.js';
import type { Call, Read, Sight } from './sight.js';

/** Functions that ask their first argument for an attribute by name. */
const ASKING: ReadonlySet<string> = new Set(['builtins.hasattr', 'builtins.getattr']);

/** Those that give what they find as it is: a slot, be it of a class or of an instance. */
const PAST_SLOTS: ReadonlySet<string> = new Set(['inspect.getattr_static']);

const isClass = (token: Token): token is Token & { kind: 'class' } => token.kind === 'class';

/** Whether calls of a token, or reads on it, are looked at here. */
export const asksClassAttributes = (token: Token): boolean =>
  isClass(token) || token.kind === 'super'
    ? [...relatives(token.cls)].some(c => c.fields.length > 0)
    : token.kind === 'external' && (ASKING.has(token.dotted) || PAST_SLOTS.has(token.dotted));

/** Notes what is read on classes, and what is asked for by name, where slots give another answer. */
export interface ClassAttributes {
  readonly read: (read: Read) => void;
  /** A call of what stands outside the world under a dotted name. */
  readonly call: (dotted: string, call: Call) => void;
  /** Whether some call so far asks a class for attributes under names that are computed. */
  readonly isAsked: (cls: WorldClass) => boolean;
}

/** @param kept every name that instances of some class of the world keep */
export function newClassAttributes(
  sight: Sight,
  kept: ReadonlySet<string>,
  classDicts: ClassDicts,
): ClassAttributes {
  const { solved, slotAware, tokensOf, asked, classesAt, note, noteAll, onReceiver } = sight;
  const { callers, resolver } = solved.flow;
  const fields = fieldsByName(solved.flow.classes);
  const shown = new Map<string, ReadonlySet<WorldClass>>();
  /** The classes that show a field of a name. */
  const showing = (name: string): ReadonlySet<WorldClass> => {
    let known = shown.get(name);
    if (!known) {
      const having = (fields.get(name) ?? []).flatMap(cls => [cls, ...cls.descendants]);
      shown.set(name, (known = new Set(having.filter(cls => showsField(cls, name)))));
    }
    return known;
  };

  /** Classes that a name may be read on: those that stand there, and those above where it is super() that reads. */
  const readOn = (file: WorldFile, base: number): readonly WorldClass[] =>
    asked(file, base).flatMap(t => (isClass(t) ? [t.cls] : t.kind === 'super' ? above(t.cls) : []));

  const read = ({ file, base, name, at }: Read): void => {
    if (fields.has(name))
      for (const cls of readOn(file, base).filter(c => meets(relatives(c), showing(name))))
        note('class-attribute-test', cls, file, at, `reads .${name} on the class`, name);
    if (kept.has(name) && !name.startsWith('__')) readUnbound(file, base, name, at);
  };

  /** What calls the code may go on where an attribute is missing. */
  const isCalledWhereCaught = newCalledFrom(sight, slotAware.catchesMissing);

  /** `C.x`, `type(y).x` where no class has an x of its own: it raises AttributeError until there is a slot. */
  const readUnbound = (file: WorldFile, base: number, name: string, at: number): void => {
    const says = `reads .${name} on the class`;
    for (const cls of namedAt(file, base))
      if (!solved.members.lookup(cls, name).length) note('class-attribute-test', cls, file, at, says, name);
    if (!slotAware.mindsMissing(file, at) && !isCalledWhereCaught(file, at)) return;
    const bound = showingMember(name);
    const reached = new Set<WorldClass>();
    for (const cls of new Set(classesAt(file, base)))
      for (const c of [cls, ...cls.descendants]) if (!bound.has(c)) reached.add(c);
    noteAll('class-attribute-test', [...reached], file, at, says, name);
  };
  let binding: Map<string, WorldClass[]> | null = null;
  const members = new Map<string, ReadonlySet<WorldClass>>();
  /** Classes whose body binds a name, and those below them. */
  const showingMember = (name: string): ReadonlySet<WorldClass> => {
    if (!binding) {
      binding = new Map();
      for (const cls of solved.flow.classes)
        for (const bound of cls.members.keys()) addTo(binding, bound, cls);
    }
    let known = members.get(name);
    if (!known)
      members.set(name, (known = new Set((binding.get(name) ?? []).flatMap(c => [c, ...c.descendants]))));
    return known;
  };
  /** Classes that a value names or takes from an instance, rather than some that a variable holds. */
  const namedAt = (file: WorldFile, value: number): readonly WorldClass[] => {
    const { op, a, b } = row(file, value);
    if (op === Op.Var)
      return resolver.value(file, value).flatMap(m => (m.kind === 'class' ? [solved.flow.classOf(m)] : []));
    const isOfInstance =
      op === Op.Call
        ? resolver.value(file, a).some(m => m.kind === 'external' && m.dotted === 'builtins.type')
        : op === Op.Attr && stringAt(file, b) === '__class__';
    return isOfInstance ? classesAt(file, value) : [];
  };

  const computed = new Set<WorldClass>();
  const call = (dotted: string, { file, call, args: [target, name, otherwise], at }: Call): void => {
    if (!target || !name) return;
    // `isinstance(getattr(C, name, None), property)` is false with a slot as without
    const isTold = otherwise && isNone(file, otherwise.value) && classDicts.isTestedForOthers(file, call);
    if (ASKING.has(dotted) && !isTold) asksFor(file, target.value, name, at);
    if (PAST_SLOTS.has(dotted)) asksPastSlots(file, target.value, name, at);
  };

  /** The names that a value may be: those that all callers give, where it is a parameter. */
  const namesAt = (file: WorldFile, value: number): readonly string[] | null =>
    literalNames(file, value, resolver, 0, callers.givenFor);

  /** `hasattr(x, "__slots__")`, `getattr(C, "field", None)`. */
  const asksFor = (file: WorldFile, value: number, name: Argument, at: number): void => {
    const names = namesAt(file, name.value);
    if (names?.includes('__slots__')) asksForSlots(file, value, at);
    if (names?.includes('__orig_class__'))
      onReceiver('instance-dict', file, value, at, 'asks for .__orig_class__');
    if (opAt(file, name.value) !== Op.Str && names?.includes('__dict__') && !slotAware.mindsBoth(file, at))
      onReceiver('instance-dict', file, value, at, 'asks for its __dict__ by name');
    for (const cls of classesAt(file, value)) {
      if (!names) computed.add(cls);
      for (const attr of names ?? fieldNames(cls))
        note('class-attribute-test', cls, file, at, `asks the class for .${attr}`, attr);
    }
  };

  /** `inspect.getattr_static(x, "name")`: what the class has comes before what the instance keeps. */
  const asksPastSlots = (file: WorldFile, value: number, name: Argument, at: number): void => {
    const names = namesAt(file, name.value);
    const says = 'looks for attributes past what slots hold';
    for (const token of tokensOf(file, value)) {
      if (token.kind !== 'instance' && token.kind !== 'class') continue;
      if (!names) note('class-listing', token.cls, file, at, says);
      for (const attr of names ?? []) note('class-attribute-test', token.cls, file, at, says, attr);
    }
  };

  /** What has no slots of its own shows those of the class above it. */
  const asksForSlots = (file: WorldFile, value: number, at: number): void => {
    const says = 'asks whether it has __slots__';
    onReceiver('class-listing', file, value, at, says, '__slots__');
    for (const token of tokensOf(file, value))
      for (const cls of token.kind === 'instance' ? above(token.cls) : [])
        note('class-listing', cls, file, at, `${says}, or a class below it`, '__slots__');
  };

  return { read, call, isAsked: cls => computed.has(cls) };
}

const isNone = (file: WorldFile, value: number): boolean => {
  const { op, a } = row(file, value);
  return op === Op.Const && a === ConstKind.None;
};

/** Whether reading a name on a class finds the default of a field, or would find its slot. */
function showsField(cls: WorldClass, name: string): boolean {
  for (const entry of cls.mro) {
    if (entry.kind !== 'class') continue;
    const field = entry.cls.fields.find(f => f.name === name);
    if (field) return field.hasDefault || fieldDecorator(entry.cls) !== null;
  }
  return false;
}

/** The classes that declare a field, by its name. */
function fieldsByName(classes: readonly WorldClass[]): ReadonlyMap<string, readonly WorldClass[]> {
  const found = new Map<string, WorldClass[]>();
  for (const cls of classes) for (const { name } of cls.fields) addTo(found, name, cls);
  return found;
}

/** Fields of a class and of its relatives, as far as a decorator makes them. */
const fieldNames = (cls: WorldClass): string[] =>
  [...relatives(cls)].flatMap(c => (fieldDecorator(c) ? c.fields.map(f => f.name) : []));
