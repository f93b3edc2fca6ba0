// What managers of multiprocessing and servers of XML-RPC do with what they are given: they ask an object for each name that
// dir() lists, and what is put into the lists and dicts of a manager is pickled on its way there and back.
import { ACT_WIDTH, Act, ArgKind, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { opAt, row, stringAt } from '../index-file.js';
import type { Call, Finder, Sight } from './sight.js';

const MANAGERS = /^multiprocessing\.managers\.\w*Manager$/;
/** What makes a manager that has lists and dicts. */
const WITH_CONTAINERS =
  /^(multiprocessing\.(managers\.Sync)?Manager|multiprocessing\.context\.\w+\.Manager)$/;
const MAKERS: ReadonlySet<string> = new Set(['Manager', 'SyncManager']);
/** Methods that put something into such a list or dict, or make one. */
const PUTS: ReadonlySet<string> = new Set(
  'append insert extend setdefault update list dict Namespace Value'.split(' '),
);
/** The method that lets a server of XML-RPC list the methods of the instance that is registered with it. */
const INTROSPECTS = 'register_introspection_functions';
/** With these the names are given, and nothing is asked for (`BaseManager.register`). */
const NAMED: ReadonlySet<string> = new Set(['proxytype', 'exposed']);

/** Finds what is registered with managers and servers, and what is put into their containers. */
export function newManaged({ solved, live, tokensOf, deepClasses, unset, note }: Sight): Finder {
  const { flow } = solved;
  const { graph, tokens } = flow;
  const isUsed = live.some(({ facts: { imports, strings } }) =>
    imports.some(
      i =>
        i.module.startsWith('multiprocessing') &&
        (MAKERS.has(i.name ?? '') || (i.name === null && strings.some(text => MAKERS.has(text)))),
    ),
  );

  /** Some server of XML-RPC tells which methods it has. */
  const isIntrospected = live.some(({ facts }) => facts.strings.includes(INTROSPECTS));

  const isManager = (file: WorldFile, value: number): boolean =>
    tokensOf(file, value).some(token => {
      if (token.kind === 'external') return MANAGERS.test(token.dotted);
      return (
        token.kind === 'class' && token.cls.mro.some(e => e.kind === 'external' && MANAGERS.test(e.dotted))
      );
    });

  /** Classes of what a manager makes by calling what stands at a value. */
  const madeBy = (file: WorldFile, value: number): readonly WorldClass[] =>
    tokensOf(file, value).flatMap(token => {
      if (token.kind === 'class') return [token.cls];
      if (token.kind !== 'function' && token.kind !== 'bound') return [];
      return graph.tokens(flow.returnNode(token.file, token.fn)).flatMap(id => {
        const given = tokens.get(id);
        return given.kind === 'instance' ? [given.cls] : [];
      });
    });

  const registered = ({ file, args, at }: Call): void => {
    const positional = args.filter(a => a.kind === ArgKind.Positional);
    const makes = args.find(a => a.name === 'callable') ?? positional[1];
    if (!makes || positional.length > 2 || args.some(a => a.name !== null && NAMED.has(a.name))) return;
    listed(madeBy(file, makes.value), file, at, 'a manager');
  };

  const listed = (classes: readonly WorldClass[], file: WorldFile, at: number, by: string): void => {
    for (const cls of classes)
      for (const attr of unset(cls).keys())
        note(
          'class-listing',
          cls,
          file,
          at,
          `${by} reads all that dir() lists, and .${attr} may be unset`,
          attr,
        );
  };

  /** Whether something of unseen code stands at a value, or something made by a manager. */
  const mayBeManaged = (file: WorldFile, value: number): boolean =>
    tokensOf(file, value).some(
      token => token.kind === 'unknown' || (token.kind === 'bag' && WITH_CONTAINERS.test(token.type)),
    );
  const put = (file: WorldFile, value: number, at: number): void => {
    for (const cls of deepClasses(flow.valueNode(file, value)))
      note('state-copy', cls, file, at, 'may be put into what a manager shares with other processes');
  };

  const call = (site: Call): void => {
    const { file, callee, args, at } = site;
    if (opAt(file, callee) !== Op.Attr) return;
    const { a, b } = row(file, callee);
    const name = stringAt(file, b);
    if (name === 'register_instance' && isIntrospected && args[0])
      listed(deepClasses(flow.valueNode(file, args[0].value)), file, at, 'a server');
    else if (name === 'register' && isManager(file, a)) registered(site);
    else if (isUsed && PUTS.has(name) && mayBeManaged(file, a))
      for (const arg of args) put(file, arg.value, at);
  };

  const end = (): void => {
    for (const file of isUsed ? live : []) {
      const { acts } = file.facts;
      for (let i = 0; i < acts.length; i += ACT_WIDTH)
        if (acts[i] === Act.StoreItem && mayBeManaged(file, acts[i + 1]!))
          put(file, acts[i + 3]!, acts[i + 4]!);
    }
  };

  return { call, end };
}
