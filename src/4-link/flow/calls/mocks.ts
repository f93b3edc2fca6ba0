// What `unittest.mock` puts in the place of something that is called: `patch("shutil.which", return_value=path)`.
import { ArgKind } from '../../../model/facts.js';
import type { Containers } from '../containers.js';
import { isPlainContainer } from '../externals.js';
import type { Bag } from '../keyed.js';
import type { Members } from '../members.js';
import type { Flow } from '../state.js';
import type { Arguments } from './arguments.js';
import type { Binding } from './binding.js';

export interface Mocks {
  /** The value that a patch puts in place: the one it is given at a place or by name, else itself, which then stands
   *  for a mock that answers as the patch is told. */
  readonly replacement: (args: Arguments, place: number) => number;
  /** Lets what a call of a mock gives flow into `into`. */
  readonly answer: (mock: Bag, args: Arguments, into: number) => void;
}

const MOCK = 'unittest.mock.Mock';

/** How a mock is told what to answer: by keywords when it is made, by attributes later. */
const TELLING: readonly string[] = ['return_value', 'side_effect', 'wraps'];

export function newMocks(
  flow: Flow,
  members: Members,
  { madeBy }: Containers,
  { applyToken }: Binding,
): Mocks {
  const { graph, tokens } = flow;

  const replacement: Mocks['replacement'] = (args, place) => {
    const { file, call, list } = args;
    const put = list.find((a, i) => a.name === 'new' || (a.kind === ArgKind.Positional && i === place));
    if (put) return put.value;
    const mock = madeBy(args, MOCK);
    for (const { name, value } of list)
      if (TELLING.includes(name)) graph.edge(flow.valueNode(file, value), mock.items);
    graph.add(flow.valueNode(file, call), tokens.id(mock));
    return call;
  };

  const answer: Mocks['answer'] = (mock, { file, call, list }, into) => {
    if (!flow.once('answer', mock.items, flow.valueNode(file, call))) return;
    const told = graph.node();
    graph.edge(mock.items, told);
    for (const name of TELLING) members.readOn(mock, name, told);
    const given = list.map(arg => flow.valueNode(file, arg.value));
    graph.listen(told, id => {
      const token = tokens.get(id);
      graph.add(into, id);
      // one after the other
      if (token.kind === 'bag' && isPlainContainer(token.type)) graph.edge(token.items, into);
      applyToken(id, given, into);
    });
  };

  return { replacement, answer };
}
