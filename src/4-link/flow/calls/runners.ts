// What runs a function that it is given and hands its result on: pools of threads and processes, event loops
// (library reference: concurrent.futures, multiprocessing.pool, asyncio).
import { ArgKind } from '../../../model/facts.js';
import { row, spelling } from '../../index-file.js';
import type { Containers } from '../containers.js';
import { type Flow, newBag } from '../state.js';
import type { Arguments } from './arguments.js';
import type { Binding } from './binding.js';

interface Runner {
  /** Place of the function among the arguments. */
  readonly at: number;
  /** It is called with the arguments behind it, with their elements, or with what is not told. */
  readonly takes: 'arguments' | 'elements' | 'unknown';
  readonly gives: 'result' | 'list' | 'future' | 'futureList';
}

const LISTING: Runner = { at: 0, takes: 'elements', gives: 'list' };

/** By the last name of what is called. */
const RUNNERS: Readonly<Record<string, Runner>> = {
  submit: { at: 0, takes: 'arguments', gives: 'future' },
  to_thread: { at: 0, takes: 'arguments', gives: 'result' },
  run_sync: { at: 0, takes: 'arguments', gives: 'result' },
  run_in_executor: { at: 1, takes: 'arguments', gives: 'result' },
  apply: { at: 0, takes: 'unknown', gives: 'result' },
  apply_async: { at: 0, takes: 'unknown', gives: 'future' },
  map: LISTING,
  imap: LISTING,
  imap_unordered: LISTING,
  starmap: { at: 0, takes: 'unknown', gives: 'list' },
  map_async: { at: 0, takes: 'elements', gives: 'futureList' },
  starmap_async: { at: 0, takes: 'unknown', gives: 'futureList' },
};

/** What a pool promises: `result()` and `get()` give what is in it. */
const FUTURE = 'concurrent.futures.Future';

/** Lets what unseen code gives back of the functions that it runs flow into its calls. */
export function newRunners(
  flow: Flow,
  { elements }: Containers,
  applyToken: Binding['applyToken'],
): (args: Arguments) => void {
  const { graph } = flow;
  return ({ file, call, list }) => {
    const name = /\w*$/.exec(spelling(file, row(file, call).a))![0];
    const runner = Object.hasOwn(RUNNERS, name) ? RUNNERS[name]! : null;
    const run = runner && list[runner.at];
    if (!run || run.kind !== ArgKind.Positional) return;
    const rest = list.slice(runner.at + 1).filter(arg => arg.kind === ArgKind.Positional);
    const given = rest.map(({ value }) => {
      const from = flow.valueNode(file, value);
      if (runner.takes === 'arguments') return from;
      const each = graph.node();
      elements(from, each);
      return each;
    });
    const results = graph.node();
    graph.listen(flow.valueNode(file, run.value), id =>
      applyToken(id, runner.takes === 'unknown' ? [] : given, results),
    );
    const into = flow.valueNode(file, call);
    const listed = (items: number): number => {
      const node = graph.node();
      graph.add(node, newBag(flow, 'builtins.list', { items }));
      return node;
    };
    const isList = runner.gives === 'list' || runner.gives === 'futureList';
    const made = isList ? listed(results) : results;
    if (runner.gives === 'result' || runner.gives === 'list') graph.edge(made, into);
    else graph.add(into, newBag(flow, FUTURE, { items: made }));
  };
}
