// What a program puts among the modules that are loaded, to be imported later: statements and calls that are given
// `sys.modules`.
import { ACT_WIDTH, Act, ArgKind, Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { argumentsOf, opAt, row, spelling, stringAt, valueCount } from '../../index-file.js';
import { LOADED, loadedAs } from '../kept.js';
import { literalItems, literalNames } from '../names.js';
import type { Flow } from '../state.js';

const TABLE = 'sys.modules';

/** Methods of the table that put something into it, and functions that take something out of a table they are given. */
const PUTS = /\.(setdefault|update|__setitem__|__ior__)$/;
const TAKES = /(^|\.)(del|get|pop)\w*$/;

/** Lets the objects that a file puts in the place of modules flow to those who import modules. */
export function seedLoaded(flow: Flow, file: WorldFile): void {
  const { graph, tokens, resolver } = flow;
  const { imports, strings } = file.facts;
  const isNamed = (name: string | null): boolean => name === 'modules' || name === TABLE;
  if (!strings.some(isNamed) && !imports.some(i => isNamed(i.name))) return;

  /** The table itself, or its name, which test tools are given. */
  const isTable = (value: number): boolean =>
    opAt(file, value) === Op.Str
      ? stringAt(file, row(file, value).a) === TABLE
      : resolver.value(file, value).some(m => m.kind === 'external' && m.dotted === TABLE);
  /** The names of the modules at a key, or of those in a display that holds some. */
  const modulesAt = (key: number): readonly string[] => {
    const { op, a } = row(file, key);
    if (op === Op.Var && file.facts.variables[a]!.name === '__name__')
      return [(file.host ?? file).source.module];
    if (op === Op.Dict) return literalItems(file, key, resolver) ?? [];
    return literalNames(file, key, resolver) ?? [];
  };
  /** A module, or what holds some: `patch.dict(sys.modules, {"shop": shop})`. */
  const put = (value: number, key: number): void => {
    const objects = graph.node();
    graph.filter(objects, id => tokens.get(id).kind === 'instance');
    flow.kept.put(LOADED, objects);
    for (const name of modulesAt(key))
      for (const m of resolver.module(name, file))
        if (m.kind === 'module' || m.kind === 'external') {
          flow.kept.put(loadedAs(m), objects);
          if (m.kind === 'module') flow.replaced.add(m.file);
        }
    const given = flow.valueNode(file, value);
    graph.edge(given, objects);
    graph.listen(given, id => {
      const token = tokens.get(id);
      if (token.kind === 'bag') graph.edge(token.items, objects);
    });
  };

  const { acts } = file.facts;
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    if (acts[i] === Act.StoreItem && isTable(acts[i + 1]!)) put(acts[i + 3]!, acts[i + 2]!);
  for (let v = 0; v < valueCount(file); v++) {
    const { op, a: callee } = row(file, v);
    if (op !== Op.Call) continue;
    const isMethod = opAt(file, callee) === Op.Attr && isTable(row(file, callee).a);
    if (isMethod ? !PUTS.test(spelling(file, callee)) : TAKES.test(spelling(file, callee))) continue;
    const args = argumentsOf(file, v);
    const others = args.filter(arg => !isTable(arg.value));
    if (!isMethod && others.length === args.length) continue;
    const keywords = others.filter(arg => arg.kind !== ArgKind.Positional);
    // names come before what is put under them
    const [last, key = last] = others.filter(arg => arg.kind === ArgKind.Positional).reverse();
    for (const { value } of keywords) put(value, value);
    if (last && key) put(last.value, key.value);
  }
}
