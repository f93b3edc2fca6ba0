// Functions outside the world that call special methods of their arguments: `abs(x)` calls `x.__abs__()`, `sum(xs)`
// adds, `sorted(xs)` compares (reference 3.3, and the documentation of each function).
import { ArgKind, Operator } from '../../../model/facts.js';
import type { Containers } from '../containers.js';
import type { Operators } from '../operators.js';
import type { Flow } from '../state.js';
import { FOREIGN, UNKNOWN } from '../tokens.js';
import { type Arguments, nodeOf } from './arguments.js';
import type { Binding } from './binding.js';
import type { Steps } from './steps.js';

/** Follows what a call of an external function does to its arguments; what special methods give flows into `into`. */
export type Protocols = (dotted: string, args: Arguments, into: number) => void;

/** Functions that call a method of their first argument with the others. */
const METHODS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'builtins.abs': '__abs__',
    'builtins.pow': '__pow__',
    'builtins.round': '__round__',
    'builtins.reversed': '__reversed__',
    'builtins.format': '__format__',
    'copy.copy': '__copy__',
    'copy.deepcopy': '__deepcopy__',
    'math.trunc': '__trunc__',
    'math.floor': '__floor__',
    'math.ceil': '__ceil__',
    'operator.abs': '__abs__',
    'operator.getitem': '__getitem__',
    'operator.setitem': '__setitem__',
    'operator.delitem': '__delitem__',
    'operator.call': '__call__',
  }),
);

/** Functions that do what an operator does. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['builtins.pow', Operator.Pow],
  ['builtins.divmod', Operator.DivMod],
  ...Object.entries({
    add: Operator.Add,
    concat: Operator.Add,
    sub: Operator.Sub,
    mul: Operator.Mul,
    matmul: Operator.MatMul,
    truediv: Operator.TrueDiv,
    floordiv: Operator.FloorDiv,
    mod: Operator.Mod,
    pow: Operator.Pow,
    lshift: Operator.LShift,
    rshift: Operator.RShift,
    and_: Operator.And,
    or_: Operator.Or,
    xor: Operator.Xor,
    lt: Operator.Lt,
    le: Operator.Le,
    gt: Operator.Gt,
    ge: Operator.Ge,
    eq: Operator.Eq,
    ne: Operator.Ne,
    neg: Operator.Neg,
    pos: Operator.Pos,
    invert: Operator.Invert,
    inv: Operator.Invert,
  }).map(([name, operator]) => [`operator.${name}`, operator] as const),
]);

/** The functions of `operator` that do what `a += b` does, by what they do where a has no method for that. */
const IN_PLACE = /^operator\.i(add|concat|sub|mul|matmul|truediv|floordiv|mod|pow|lshift|rshift|and|or|xor)$/;

/** Functions that put things in order. */
const ORDERS = /^(builtins\.(sorted|min|max)|(heapq|bisect)\.\w+)$/;

/** What a function outside the world does: methods and an operator that it calls. */
interface Does {
  readonly method: string | null;
  readonly orders: boolean;
  /** The method behind `a += b`. */
  readonly inPlace: string | null;
  readonly operator: Operator | null;
}

function doneBy(dotted: string): Does {
  const [, plain] = IN_PLACE.exec(dotted) ?? [];
  const names = plain === undefined ? [dotted] : [`operator.${plain}`, `operator.${plain}_`];
  return {
    method: METHODS.get(dotted) ?? null,
    orders: ORDERS.test(dotted),
    inPlace: plain === undefined ? null : `__i${plain}__`,
    operator: names.map(name => OPERATORS.get(name)).find(o => o !== undefined) ?? null,
  };
}

export function newProtocols(
  flow: Flow,
  { elements }: Containers,
  { applyMethods, applyToken }: Binding,
  { between, contains }: Operators,
  { take }: Steps,
): Protocols {
  const { graph, tokens } = flow;

  const method = (name: string, args: Arguments, into: number): void => {
    const [first, ...others] = args.list.map(a => flow.valueNode(args.file, a.value));
    if (first === undefined) return;
    graph.listen(first, id => {
      const token = tokens.get(id);
      if (token.kind === 'instance') applyMethods(token.cls, name, others, into);
    });
  };

  /** Compares the arguments, and what is in them, with each other. */
  const order = ({ file, list }: Arguments): void => {
    const items = graph.node();
    for (const { value } of list) {
      graph.edge(flow.valueNode(file, value), items);
      elements(flow.valueNode(file, value), items);
    }
    between(items, items, Operator.Lt);
  };

  /** `sum(items, start)`, `functools.reduce(operator.add, items, start)` */
  const fold = (items: number | null, start: number | null, operator: Operator, into: number): void =>
    folded(items, start, into, (total, item) => between(total, item, operator, total));

  /** `add` is told where the total of the items so far stands, where the next item, and puts the new total there. */
  const folded = (
    items: number | null,
    start: number | null,
    into: number,
    add: (total: number, item: number) => void,
  ): void => {
    if (items === null) return;
    const total = graph.node();
    const item = graph.node();
    elements(items, item);
    if (start === null) graph.edge(item, total);
    else graph.edge(start, total);
    add(total, item);
    graph.edge(total, into);
  };

  /** `functools.reduce` and `itertools.accumulate`: an operator as a function, or one of the program. */
  const foldWith = (by: number | null, items: number | null, start: number | null, into: number): void => {
    if (by === null) return fold(items, start, Operator.Add, into);
    graph.listen(by, id => {
      const token = tokens.get(id);
      const operator = token.kind === 'external' ? OPERATORS.get(token.dotted) : undefined;
      if (operator !== undefined) fold(items, start, operator, into);
      else
        folded(items, start, into, (total, item) => {
          if (token.kind === 'external' && token.dotted === 'builtins.getattr') take(total, total);
          if (!applyToken(id, [total, item], total)) graph.add(total, UNKNOWN);
        });
    });
  };

  const known = new Map<string, Does>();
  return (dotted, args, into) => {
    let does = known.get(dotted);
    if (!does) known.set(dotted, (does = doneBy(dotted)));
    if (does.method !== null) method(does.method, args, into);
    if (does.orders) order(args);
    const [first, second, third] = [0, 1, 2].map(i => nodeOf(flow, args, i));
    if (does.inPlace !== null) method(does.inPlace, args, into);
    if (does.operator !== null && first != null) between(first, second ?? first, does.operator, into);
    switch (dotted) {
      case 'builtins.sum': {
        const start = args.list.find(a => a.name === 'start')?.value;
        const zero = graph.node();
        graph.add(zero, FOREIGN);
        return fold(
          first!,
          start === undefined ? (second ?? zero) : flow.valueNode(args.file, start),
          Operator.Add,
          into,
        );
      }
      case 'functools.reduce':
        return foldWith(first!, second!, third!, into);
      case 'itertools.accumulate': {
        const by = args.list.find(a => a.kind === ArgKind.Keyword && a.name === 'func')?.value;
        return foldWith(by === undefined ? second! : flow.valueNode(args.file, by), first!, null, into);
      }
      case 'operator.contains':
        if (first != null && second != null) contains(second, first);
        return;
    }
  };
}
