// Calls that import a module by its name or path.
import { ArgKind, Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { listAt, row } from '../../index-file.js';
import { longestModule } from '../../modules.js';
import { LOADED } from '../kept.js';
import type { Members } from '../members.js';
import type { Flow } from '../state.js';
import { UNKNOWN } from '../tokens.js';
import { type Arguments, namesOf, nodeOf } from './arguments.js';
import type { Escapes } from './escapes.js';
import type { LibraryObjects } from './library-objects.js';
import type { NamedMethods } from './named-methods.js';
import type { SpecialCall } from './special.js';

/** The class of what a module is made from. */
const SPEC = 'importlib.machinery.ModuleSpec';

/** Functions that give what one dotted name means. */
const RESOLVERS = [
  'pkgutil.resolve_name',
  'pydoc.locate',
  'django.utils.module_loading.import_string',
  'werkzeug.utils.import_string',
  'zope.dottedname.resolve.resolve',
];

/** These calls, by the dotted name of what is called. */
export function newImportCalls(
  flow: Flow,
  members: Members,
  library: LibraryObjects,
  { leaveBy }: Escapes,
  namedMethods: NamedMethods,
): ReadonlyMap<string, SpecialCall> {
  const { graph, loadable, tokens } = flow;

  /** Lets the modules that a computed name or path may mean flow into a node; tests are not loaded by what they test. */
  const load = ({ file, list }: Arguments, place: number, into: number): void => {
    const name = list[place]?.value;
    if (name === undefined) return;
    if (!loadable.isTold(file, name)) {
      flow.loaders.add(file);
      return graph.add(into, flow.someModule);
    }
    for (const module of loadable.at(file, name)) {
      const { host, source } = module;
      if (host || (source.role !== 'target' && file.source.role === 'target')) continue;
      flow.loaded.add(module);
      graph.add(into, tokens.id({ kind: 'module', file: module }));
    }
  };

  /** `moduleOf`: what a call gives for the name it is given. */
  const importing =
    (importer: string, moduleOf: (name: string, args: Arguments) => string): SpecialCall =>
    (args, into) => {
      const names = namesOf(flow, args, 0);
      flow.kept.read(LOADED, into);
      for (const name of names ?? [])
        for (const m of flow.resolver.module(moduleOf(name, args), args.file)) members.meaning(m, into);
      if (names) return;
      // a test may put a function of its own in its place
      if (!library(importer, args, into)) graph.add(into, UNKNOWN);
      load(args, 0, into);
    };
  /** `__import__("shop.desk")` gives `shop`, and with names to take from it `shop.desk`. */
  const root = (name: string, { file, list }: Arguments): string => {
    const taken = list.find(
      (arg, i) => arg.name === 'fromlist' || (i === 3 && arg.kind === ArgKind.Positional),
    );
    const { op, b } = taken ? row(file, taken.value) : { op: Op.Const, b: 0 };
    const isEmpty = op === Op.Const || ((op === Op.Tuple || op === Op.List) && !listAt(file, b).length);
    return isEmpty ? name.split('.')[0]! : name;
  };

  /** A file that is found by its path may be one that the program writes. */
  const mayBeWritten: SpecialCall = (args, into) => {
    flow.runningTexts.add(args.file);
    leaveBy(args);
    graph.add(into, UNKNOWN);
  };
  /** `imp.load_source(name, path)` */
  const fromPath: SpecialCall = (args, into) => {
    mayBeWritten(args, into);
    load(args, 1, into);
  };
  /** `spec_from_file_location(name, path)`, then `module_from_spec(spec)` */
  const describing =
    (maker: string): SpecialCall =>
    (args, into) => {
      const specs = graph.node();
      library(maker, args, specs);
      graph.edge(specs, into);
      graph.listen(specs, id => {
        const token = tokens.get(id);
        if (token.kind === 'bag') load(args, 1, token.items);
      });
    };
  const described: SpecialCall = (args, into) => {
    mayBeWritten(args, into);
    const spec = nodeOf(flow, args, 0);
    if (spec === null) return;
    graph.listen(spec, id => {
      const token = tokens.get(id);
      if (token.kind === 'bag' && token.type === SPEC) graph.edge(token.items, into);
    });
  };

  /** What is in a module, by one dotted name: `pkgutil.resolve_name("package.module:function")`. */
  const resolving: SpecialCall = (args, into) => {
    const names = namesOf(flow, args, 0);
    const modules = graph.node();
    graph.add(into, UNKNOWN);
    for (const name of names ?? []) follow(name.split(/[.:]/), args.file, into);
    if (names) return;
    load(args, 0, modules);
    namedMethods.ofLoaded(modules, into);
  };
  const follow = (parts: readonly string[], file: WorldFile, into: number): void => {
    const found = longestModule(parts, file, flow.resolver);
    if (!found) return;
    let from = found.rest.length ? graph.node() : into;
    for (const m of found.modules) members.meaning(m, from);
    found.rest.forEach((name, i) => {
      const [holder, to] = [from, i + 1 < found.rest.length ? graph.node() : into];
      graph.listen(holder, id => members.read(id, name, to, holder));
      from = to;
    });
  };

  return new Map([
    ['builtins.__import__', importing('builtins.__import__', root)],
    ['importlib.import_module', importing('importlib.import_module', name => name)],
    ['imp.load_source', fromPath],
    ['runpy.run_path', mayBeWritten],
    ['importlib.util.spec_from_file_location', describing('importlib.util.spec_from_file_location')],
    ['importlib.util.module_from_spec', described],
    ...RESOLVERS.map(name => [name, resolving] as const),
  ]);
}
