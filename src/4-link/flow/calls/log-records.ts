// What is logged reaches the handlers, filters and formatters of the world in a record.
import { Op } from '../../../model/facts.js';
import type { WorldClass } from '../../../model/world.js';
import { externalAbove } from '../../../slots.js';
import { opAt, row, stringAt } from '../../index-file.js';
import type { Containers } from '../containers.js';
import { type Flow, newBag } from '../state.js';
import type { Arguments } from './arguments.js';

/** Methods of loggers, and functions of `logging`, whose arguments go into a record. */
const LOGS: ReadonlySet<string> = new Set(
  'debug info warning warn error critical fatal exception log'.split(' '),
);

/** Classes whose methods are given records, and these methods. */
const TAKERS = /^logging\.(\w+\.)*(\w*Handler|Formatter|Filter)$/;
const TAKES = /^(emit|handle|handleError|filter|format|prepare|enqueue)$/;

export interface LogRecords {
  /** What a call of a logger is given goes into the record. */
  readonly logged: (args: Arguments) => void;
}

/** The records of the world: one for all, where some class takes records at all
 *  (https://docs.python.org/3/library/logging.html#logrecord-objects). */
export function newLogRecords(flow: Flow, { parameterNode }: Containers): LogRecords {
  const { graph } = flow;
  const takers = flow.classes.filter(c => externalAbove(c).some(e => TAKERS.test(e.dotted)));
  if (!takers.length) return { logged: () => {} };
  const given = graph.node();
  const record = newBag(flow, 'logging.LogRecord', { items: given });
  const seed = (cls: WorldClass): void => {
    for (const m of cls.fact.members) {
      if (m.kind !== 'function' || !TAKES.test(m.name)) continue;
      const taken = cls.file.facts.functions[row(cls.file, m.value).a]!.parameters[1];
      if (taken) graph.add(parameterNode(cls.file, taken), record);
    }
  };
  takers.forEach(seed);
  return {
    logged({ file, call, list }) {
      const callee = row(file, call).a;
      if (opAt(file, callee) !== Op.Attr || !LOGS.has(stringAt(file, row(file, callee).b))) return;
      if (!flow.once('logged', flow.valueNode(file, call))) return;
      for (const { value, name } of list) {
        const from = flow.valueNode(file, value);
        if (name === 'extra')
          graph.listen(from, id => {
            const token = flow.tokens.get(id);
            if (token.kind === 'bag') graph.edge(token.items, given);
          });
        else graph.edge(from, given);
      }
    },
  };
}
