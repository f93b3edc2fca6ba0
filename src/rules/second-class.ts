// What notices that `slots=True` builds a second class in the place of the one that the statement made.
import type { Evidence } from '../model/decision.js';
import { ACT_WIDTH, Act } from '../model/facts.js';
import type { CellUse, ClassDecorator, World, WorldClass, WorldFile } from '../model/world.js';
import { above, externalAbove, metaclassesOf } from '../slots.js';
import { atClass, inFileOf } from './rule.js';

/** Libraries whose base classes take no notice of their subclasses and store nothing on instances. */
const CALM_BASES = /^(builtins|abc|typing|typing_extensions|collections\.abc|contextlib|numbers)\./;

/** Whether a class outside the world leaves its subclasses and their instances alone. */
export const keepsStill = (dotted: string): boolean => CALM_BASES.test(dotted);

/** Decorators that only leave marks or methods in the namespace of the class, which the second class gets as well. */
const LEAVES_MARKS: ReadonlySet<string> = new Set([
  'typing.final',
  'typing.runtime_checkable',
  'typing_extensions.final',
  'typing_extensions.runtime_checkable',
  'functools.total_ordering',
]);

/** What would see the first class, or see both; `own` is the decorator that builds the second one. Uses of the
 *  `__class__` cell are left to the caller: dataclasses and attrs differ in them. */
export function* noticesSecondClass(cls: WorldClass, world: World, own: ClassDecorator): Generator<Evidence> {
  for (const c of above(cls)) {
    const hook = c.members.get('__init_subclass__');
    if (hook) yield inFileOf(c, hook.at, `__init_subclass__ of ${c.ref.name} would run twice`);
  }
  for (const metaclass of metaclassesOf(cls))
    yield atClass(cls, `the metaclass ${metaclass.ref.name} would make the class twice`);
  for (const e of externalAbove(cls))
    if (!keepsStill(e.dotted)) yield atClass(cls, `${e.dotted} may not bear a second subclass of one name`);
  if (cls.fact.keywords.some(k => k.name !== 'metaclass'))
    yield atClass(cls, 'the second class is made without the class keywords');
  if (world.hasNamedDescriptor(cls)) yield atClass(cls, '__set_name__ in its body would run twice');
  for (const d of cls.decorators)
    if (d.span.start > own.span.start && !LEAVES_MARKS.has(d.name))
      yield { at: d.at, says: 'this decorator would see the class before slots' };
  for (const c of above(cls)) for (const f of world.findings(c, 'subclass-listing')) yield f.evidence;
}

/** A zero-argument super() with the two arguments that say the same: `super(Name, self)`. */
export interface ExplicitSuper {
  /** UTF-16 offset of `super`. */
  readonly at: number;
  readonly args: string;
}

/** A use of the `__class__` cell as a call of super() with arguments that mean the same at run time, or null when it
 *  cannot be written so: names that are bound anew or hidden in between, methods that may run before the name of the
 *  class is bound, private class names, which the compiler would change. */
export function explicitSuper(cls: WorldClass, use: CellUse): ExplicitSuper | null {
  const { file } = cls;
  const parameter = file.facts.functions[use.fn]?.parameters[0];
  const name = nameAtRunTime(cls);
  if (use.kind !== 'super' || name === null || parameter?.kind !== 'positional') return null;
  if (isBoundAnew(file, parameter.variable, 0) || isHidden(cls, name.split('.')[0]!)) return null;
  if (file.facts.variables.some(v => v.bound && v.name === 'super')) return null;
  return { at: use.at, args: `${name}, ${parameter.name}` };
}

/** An expression that means a class in its own methods once they run, or null. */
function nameAtRunTime(cls: WorldClass): string | null {
  const { file, fact } = cls;
  if (/^__.*(?<!__)$/.test(fact.name) || isBoundAnew(file, fact.variable, 1)) return null;
  // what a decorator calls runs before the name is bound
  if (cls.decorators.some(d => d.kind !== 'external')) return null;
  const scope = file.facts.scopes[file.facts.variables[fact.variable]!.scope]!;
  return scope.kind === 'class' ? null : fact.name;
}

/** Whether statements bind a variable more often than `times`, or delete it. */
function isBoundAnew(file: WorldFile, variable: number, times: number): boolean {
  const { acts, imports } = file.facts;
  let bound = imports.filter(i => i.variable === variable).length;
  for (let i = 0; i < acts.length; i += ACT_WIDTH) {
    if (acts[i + 1] !== variable) continue;
    if (acts[i] === Act.Bind) bound++;
    if (acts[i] === Act.Unbind) return true;
  }
  return bound > times;
}

/** Whether some scope inside a class body, the body itself left out, binds a name of its own. */
function isHidden(cls: WorldClass, name: string): boolean {
  const { scopes, variables } = cls.file.facts;
  return variables.some(v => {
    if (!v.bound || v.name !== name) return false;
    for (let s = v.scope; s >= 0 && s !== cls.fact.scope; s = scopes[s]!.parent)
      if (scopes[s]!.parent === cls.fact.scope) return true;
    return false;
  });
}
