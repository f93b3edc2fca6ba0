// What the code ever stores under the name of an attribute, whatever object it is stored on.
import { ACT_WIDTH, Act, Op } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { argumentsOf, opAt, row, stringAt, valueCount } from '../index-file.js';
import type { Resolver } from '../resolve.js';
import { spokenIn } from './names.js';

/** A value and the file that it is written in. */
export interface Written {
  readonly file: WorldFile;
  readonly value: number;
}

/** All values that are stored under a name, or bound to it in a class body; null where some cannot be seen. */
export type KeptValues = (name: string) => readonly Written[] | null;

/** Calls that read the attributes which they name. */
const READING = /(^|\.)(attrgetter|getattr|hasattr)$/;

const STORING: ReadonlySet<Act> = new Set([Act.Store, Act.StoreAug, Act.AnnotateAttr]);

export function newKeptValues(
  files: readonly WorldFile[],
  classes: readonly WorldClass[],
  resolver: Resolver,
): KeptValues {
  let known: ReadonlyMap<string, readonly Written[]> | null = null;
  let hidden: ReadonlySet<string> | null = null;

  return name => {
    known ??= storedIn(files, classes);
    const found = known.get(name) ?? [];
    if (found.some(({ value }) => value < 0)) return null;
    hidden ??= new Set([...spokenIn(files, READING), ...givenByName(files, resolver)]);
    return hidden.has(name) ? null : found;
  };
}

/** Values by the names that they are stored under; -1 for what is not told. */
function storedIn(
  files: readonly WorldFile[],
  classes: readonly WorldClass[],
): ReadonlyMap<string, readonly Written[]> {
  const found = new Map<string, Written[]>();
  for (const file of files) {
    const { acts } = file.facts;
    for (let i = 0; i < acts.length; i += ACT_WIDTH)
      if (STORING.has(acts[i]!)) {
        const value = acts[i] === Act.Store ? acts[i + 3]! : -1;
        addTo(found, stringAt(file, acts[i + 2]!), { file, value });
      }
  }
  for (const cls of classes)
    for (const { name, kind, annotation, value } of cls.fact.members) {
      const { file } = cls;
      if (kind !== 'annotation') addTo(found, name, { file, value });
      if (annotation >= 0 && mayTakeFields(cls)) addTo(found, name, { file, value: -1 });
    }
  return found;
}

/** Whether Python, or code that is not plain to read, may write a constructor that takes what a body annotates. */
const mayTakeFields = ({ decorators, metaclasses, mro }: WorldClass): boolean =>
  decorators.some(d => !d.keeps || d.wraps !== null) ||
  metaclasses.length > 0 ||
  mro.some(e => e.kind === 'unknown' || (e.kind === 'external' && e.dotted !== 'builtins.object'));

/** Names of arguments of calls of anything but functions and classes of the project: `SimpleNamespace(text=text)`. */
function* givenByName(files: readonly WorldFile[], resolver: Resolver): Generator<string> {
  for (const file of files)
    for (let v = 0; v < valueCount(file); v++) {
      if (opAt(file, v) !== Op.Call) continue;
      const named = argumentsOf(file, v).filter(arg => arg.name);
      if (!named.length) continue;
      const called = resolver.value(file, row(file, v).a);
      if (!called.length || called.some(m => m.kind !== 'function' && m.kind !== 'class'))
        for (const { name } of named) yield name;
    }
}
