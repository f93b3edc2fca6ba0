// Modules that are loaded under names that are computed: plug-ins found by name, what settings name.
import type { WorldFile } from '../../model/world.js';
import { absolute } from '../modules.js';
import type { Meaning, Resolver } from '../resolve.js';
import { endsOf, literalNames } from './names.js';

/** A class or function that a string names with its module. */
export type Part = Meaning & { readonly kind: 'class' | 'function' };

export interface Loadable {
  /** Modules that the name or path at a value may mean; of a name that tells nothing, those that no import statement
   *  names: they can only be meant for that. */
  readonly at: (file: WorldFile, name: number) => readonly WorldFile[];
  /** Modules to be rewritten that no import statement names. */
  readonly unnamed: () => readonly WorldFile[];
  /** Whether a name or path at a value tells which modules it may mean. */
  readonly isTold: (file: WorldFile, name: number) => boolean;
  /** What some string names with its module. */
  readonly parts: () => readonly Part[];
  /** Dotted names of what some string of the program names with its module. */
  readonly spelled: () => ReadonlySet<string>;
}

/** `package.module:Class`, `package.module.Class` */
const DOTTED = /^\w+(?:[.:]\w+)+$/;

/** What every path of a module ends with tells none from the others. */
const SUFFIX = /^\.?py$/;

export function newLoadable(files: readonly WorldFile[], resolver: Resolver): Loadable {
  const live = files.filter(f => f.source.role !== 'environment' && !f.source.isStub);
  const targets = live.filter(f => f.source.role === 'target' && f.host === null);

  let named: ReadonlySet<string> | null = null;
  /** Modules that import statements name. */
  const imported = (): ReadonlySet<string> => {
    if (named) return named;
    const found = new Set<string>();
    for (const file of live)
      for (const { module, level, name } of file.facts.imports) {
        const dotted = absolute(file, module, level);
        if (dotted === null) continue;
        found.add(dotted);
        if (name !== null) found.add(dotted ? `${dotted}.${name}` : name);
      }
    named = found;
    return found;
  };

  let texts: ReadonlySet<string> | null = null;
  const spelled: Loadable['spelled'] = () =>
    (texts ??= new Set(
      live.flatMap(file => file.facts.strings.filter(t => DOTTED.test(t)).map(t => t.replaceAll(':', '.'))),
    ));

  let parts: readonly Part[] | null = null;
  const partsOf = (file: WorldFile): readonly Part[] => {
    const { classes, functions } = file.facts;
    const isSpelled = (qualname: string): boolean => spelled().has(`${file.source.module}.${qualname}`);
    const defined = (kind: 'class' | 'function', of: readonly { readonly qualname: string }[]) =>
      of.flatMap((d, number): Part[] => (isSpelled(d.qualname) ? [{ kind, file, number }] : []));
    return [...defined('class', classes), ...defined('function', functions)];
  };

  let alone: readonly WorldFile[] | null = null;
  const isUnnamed = (file: WorldFile): boolean => !imported().has(file.source.module);

  const told = (file: WorldFile, name: number) => {
    const literal = literalNames(file, name, resolver)?.map(text => ({ start: text, end: text }));
    return (literal ?? [endsOf(file, name, resolver)]).filter(
      ({ start, end }) => start || (end && !SUFFIX.test(end)),
    );
  };

  return {
    at(file, name) {
      const known = told(file, name);
      if (!known.length) return live.filter(f => f !== file && isUnnamed(f));
      const fits = ({ source: { module, path } }: WorldFile): boolean =>
        known.some(({ start, end }) => [module, path].some(n => n.startsWith(start) && n.endsWith(end)));
      return live.filter(fits);
    },
    isTold: (file, name) => told(file, name).length > 0,
    unnamed: () => (alone ??= targets.filter(isUnnamed)),
    parts: () => (parts ??= targets.flatMap(partsOf)),
    spelled,
  };
}
