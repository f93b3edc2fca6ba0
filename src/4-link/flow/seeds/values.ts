// What each value of a file is before anything flows: constants, displays, definitions, and what to listen to.
import { Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { isPlainName, listAt, namesAt, row, valueCount } from '../../index-file.js';
import { pouredFrom } from '../calls/poured.js';
import type { Containers } from '../containers.js';
import type { Decorated } from '../decorated.js';
import type { Bag } from '../keyed.js';
import { literalNames } from '../names.js';
import type { Narrowing } from '../narrowing.js';
import type { Operators } from '../operators.js';
import { type Flow, newBag } from '../state.js';
import { FOREIGN, UNKNOWN } from '../tokens.js';

/** Tuples up to this length keep their items apart. */
const MOST_PLACES = 8;

/** Puts what the values of a file are into their nodes. */
export type SeedValues = (file: WorldFile) => void;

export function newSeedValues(
  flow: Flow,
  { elements, keepNames, pour, under }: Containers,
  { defined, decoratedClass }: Decorated,
  operators: Operators,
  narrow: Narrowing,
): SeedValues {
  const { graph, tokens } = flow;
  const { valueNode } = flow;

  /** Lets a node show what another one holds. */
  const view = (into: number, of: number): void => {
    flow.views.set(into, of);
    graph.edge(of, into);
  };

  /** `(a, *b)`, `[a, *b]`, `{a, *b}` */
  const display = (file: WorldFile, op: Op, list: number, into: number): void => {
    const parts = [...listAt(file, list)];
    if (op === Op.Tuple && parts.length <= MOST_PLACES && parts.every(p => p >= 0)) {
      const places = parts.map(p => valueNode(file, p));
      return graph.add(into, newBag(flow, 'tuple', { places }));
    }
    const items = graph.node();
    for (const p of parts) {
      if (p >= 0) graph.edge(valueNode(file, p), items);
      else elements(valueNode(file, ~p), items);
    }
    const type = op === Op.Set ? 'builtins.set' : op === Op.List ? 'builtins.list' : 'tuple';
    graph.add(into, newBag(flow, type, { items }));
  };

  /** `{a: b, **c}`; `{k: v for k, v in c.items() if wanted(k)}` takes in what c holds, each under its name. */
  const mapping = (file: WorldFile, list: number, into: number): void => {
    const bag = tokens.get(newBag(flow, 'dict')) as Bag;
    const { keys } = bag;
    keepNames(bag);
    const parts = listAt(file, list);
    for (let i = 0; i < parts.length; i += 2) {
      const [key, item] = [parts[i]!, parts[i + 1]!];
      const source = key < 0 ? item : pouredFrom(file, key, item, flow.resolver);
      const put = (names: readonly string[] | null): void => {
        for (const node of under(bag, names)) graph.edge(valueNode(file, item), node);
      };
      if (key >= 0) graph.edge(valueNode(file, key), keys);
      if (source < 0) put(literalNames(file, key, flow.resolver));
      else
        graph.listen(valueNode(file, source), id => {
          const token = tokens.get(id);
          if (token.kind === 'bag') pour(token, bag);
          else if (key >= 0) put(null);
        });
    }
    graph.add(into, tokens.id(bag));
  };

  const classStatement = (file: WorldFile, number: number, into: number): void => {
    const cls = flow.classesOf(file)[number]!;
    const token = tokens.id({ kind: 'class', cls });
    graph.add(into, token);
    decoratedClass(cls, token, into);
  };

  const seed = (file: WorldFile, value: number): void => {
    const { op, a, b } = row(file, value);
    const into = valueNode(file, value);
    switch (op) {
      case Op.Unknown:
        return graph.add(into, UNKNOWN);
      case Op.Var: {
        graph.filter(into, flow.having.admits(namesAt(file, value)));
        graph.watch(flow.variableNode(file, a), into);
        return view(into, flow.variableNode(file, a));
      }
      case Op.Str:
      case Op.Const:
      case Op.Text:
      case Op.Is:
        return graph.add(into, FOREIGN);
      case Op.Attr:
      case Op.Call:
      case Op.Sub:
      case Op.Enter:
      case Op.Await:
      case Op.Caught:
      case Op.Field:
        return graph.watch(valueNode(file, a), into);
      case Op.Narrow:
        if (narrow.isOutdated(file, value)) return view(into, valueNode(file, a));
        return graph.watch(valueNode(file, a), into);
      case Op.Exclude:
        if (!narrow.isOutdated(file, value))
          graph.filter(into, id => narrow.fails(file, listAt(file, b), id));
        return view(into, valueNode(file, a));
      case Op.Binary:
        return operators.seed(file, value);
      case Op.In:
        graph.add(into, FOREIGN);
        return operators.contains(valueNode(file, a), valueNode(file, b));
      case Op.Tuple:
      case Op.List:
      case Op.Set:
        return display(file, op, b, into);
      case Op.Dict:
        return mapping(file, b, into);
      case Op.Comp: {
        const type = b === 1 ? 'builtins.set' : 'builtins.list';
        return graph.add(into, newBag(flow, type, { items: valueNode(file, a) }));
      }
      case Op.Join:
        for (const part of listAt(file, b)) graph.edge(valueNode(file, part), into);
        return;
      case Op.Func:
        return defined(file, a, into);
      case Op.Class:
        return classStatement(file, a, into);
      case Op.Iter:
        return elements(valueNode(file, a), into);
      case Op.Item:
        return elements(valueNode(file, a), into, b);
      case Op.Rest: {
        const items = graph.node();
        elements(valueNode(file, a), items, -1, b);
        return graph.add(into, newBag(flow, 'builtins.list', { items }));
      }
      case Op.Super: {
        const receiver = b >= 0 ? flow.variableNode(file, b) : into;
        return graph.add(into, tokens.id({ kind: 'super', cls: flow.classesOf(file)[a]!, receiver }));
      }
      case Op.ClassCell:
        return graph.add(into, tokens.id({ kind: 'class', cls: flow.classesOf(file)[a]! }));
      default:
        return;
    }
  };

  return file => {
    const count = valueCount(file);
    // the value of a plain name is the node of the variable
    for (let v = 0; v < count; v++) if (!isPlainName(file, v)) seed(file, v);
  };
}
