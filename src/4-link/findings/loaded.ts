// Modules that are loaded under names that are computed: plug-ins found by name, scripts that are run.
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { Belief } from '../flow/belief.js';
import type { Solved } from '../flow/solve.js';
import { argumentsOf, row } from '../index-file.js';

export interface Loaded {
  /** Classes that stand in the variables of modules that a call may load, or that have instances there; none for calls
   *  of other functions. */
  readonly by: (file: WorldFile, call: number) => Iterable<WorldClass>;
  /** Whether a callee gives a module, or what one is made from: no instance of a class of the world. */
  readonly isModule: (file: WorldFile, callee: number) => boolean;
}

/** Functions that give a module, or something in it, and the place of its name or path among their arguments. */
const LOADERS: ReadonlyMap<string, number> = new Map([
  ['builtins.__import__', 0],
  ['importlib.import_module', 0],
  ['importlib.util.spec_from_file_location', 1],
  ['importlib.util.module_from_spec', 0],
  ['importlib.machinery.SourceFileLoader', 1],
  ['pkgutil.resolve_name', 0],
  ['pydoc.locate', 0],
  ['runpy.run_module', 0],
  ['runpy.run_path', 0],
]);

/** Those that give something in the module. */
const GIVES_INNER: ReadonlySet<string> = new Set(['pkgutil.resolve_name', 'pydoc.locate']);

export function newLoaded({ flow }: Solved, belief: Belief): Loaded {
  const { loadable, resolver, tokens } = flow;
  const held = new Map<WorldFile, readonly WorldClass[]>();

  /** Classes, and those of instances, in the variables of a module. */
  const heldBy = (file: WorldFile): readonly WorldClass[] => {
    let classes = held.get(file);
    if (!classes) {
      const found = new Set<WorldClass>();
      for (const variable of resolver.bindings(file).moduleNames.values())
        for (const id of belief.tokens(flow.variableNode(file, variable))) {
          const token = tokens.get(id);
          if (token.kind === 'class' || token.kind === 'instance') found.add(token.cls);
        }
      held.set(file, (classes = [...found]));
    }
    return classes;
  };

  /** Classes that some string of the program names with their module. */
  const inStrings = (): readonly WorldClass[] => {
    const names = loadable.spelled();
    return flow.classes.filter(cls => names.has(`${cls.file.source.module}.${cls.fact.qualname}`));
  };

  const loadedFrom = (file: WorldFile, name: number): readonly WorldClass[] => {
    const found = loadable.at(file, name).flatMap(heldBy);
    return loadable.isTold(file, name) ? found : [...found, ...inStrings()];
  };

  const by: Loaded['by'] = (file, call) => {
    for (const m of resolver.value(file, row(file, call).a)) {
      const place = m.kind === 'external' ? LOADERS.get(m.dotted) : undefined;
      const name = place === undefined ? undefined : argumentsOf(file, call)[place];
      if (name) return loadedFrom(file, name.value);
    }
    return [];
  };

  const isModule: Loaded['isModule'] = (file, callee) => {
    const meanings = resolver.value(file, callee);
    const gives = (dotted: string): boolean => LOADERS.has(dotted) && !GIVES_INNER.has(dotted);
    return meanings.length > 0 && meanings.every(m => m.kind === 'external' && gives(m.dotted));
  };

  return { by, isModule };
}
