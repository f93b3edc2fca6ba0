// Arithmetic and comparisons: which methods of the operands they call, and with what (reference 3.3.1 and 3.3.8).
import { Operator } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { metaclassesOf, outsideOf, rootOf } from '../../slots.js';
import { operatorAt, row } from '../index-file.js';
import type { Binding } from './calls/binding.js';
import type { Containers } from './containers.js';
import type { Method } from './lookups.js';
import type { Members } from './members.js';
import type { Flow } from './state.js';
import { FOREIGN, UNKNOWN } from './tokens.js';

export interface Operators {
  /** Before solving: lets what an `Op.Binary` value gives flow into its node. */
  readonly seed: (file: WorldFile, value: number) => void;
  /** What such a value gives for one token that stands at an operand. */
  readonly onToken: (file: WorldFile, value: number, token: number) => void;
  /** `element in container` */
  readonly contains: (element: number, container: number) => void;
  /** An operation between what stands at two nodes that nobody wrote: sorting compares. */
  readonly between: (left: number, right: number, operator: Operator, into?: number | null) => void;
}

/** One operation, by the nodes of its operands and of its result. */
interface Operation {
  readonly operator: Operator;
  /** `a += b` */
  readonly inPlace: boolean;
  readonly left: number;
  readonly right: number;
  /** Null for a result that goes nowhere. */
  readonly into: number | null;
}

/** The methods that an operator calls on one of its operands, and a number for them. */
interface Called {
  readonly number: number;
  readonly names: readonly string[];
}

interface CalledBy {
  readonly left: Called;
  /** The same for `a += b`. */
  readonly inPlace: Called;
  readonly right: Called;
}

let kinds = 0;
const called = (...names: string[]): Called => ({
  number: kinds++,
  names: names.map(name => `__${name}__`),
});
const arithmetic = (name: string): CalledBy => ({
  left: called(name),
  inPlace: called(`i${name}`, name),
  right: called(`r${name}`),
});
const NOTHING = called();
const comparison = (left: Called, right: Called): CalledBy => ({ left, inPlace: NOTHING, right });
const sign = (name: string): CalledBy => ({ left: called(name), inPlace: NOTHING, right: NOTHING });

const [LT, LE, GT, GE, EQ] = [called('lt'), called('le'), called('gt'), called('ge'), called('eq')];
// object.__ne__ calls __eq__
const NE = called('ne', 'eq');

const CALLED: Readonly<Record<Operator, CalledBy>> = {
  [Operator.Or]: arithmetic('or'),
  [Operator.Xor]: arithmetic('xor'),
  [Operator.And]: arithmetic('and'),
  [Operator.LShift]: arithmetic('lshift'),
  [Operator.RShift]: arithmetic('rshift'),
  [Operator.Add]: arithmetic('add'),
  [Operator.Sub]: arithmetic('sub'),
  [Operator.Mul]: arithmetic('mul'),
  [Operator.MatMul]: arithmetic('matmul'),
  [Operator.TrueDiv]: arithmetic('truediv'),
  [Operator.FloorDiv]: arithmetic('floordiv'),
  [Operator.Mod]: arithmetic('mod'),
  [Operator.Pow]: arithmetic('pow'),
  [Operator.DivMod]: arithmetic('divmod'),
  [Operator.Lt]: comparison(LT, GT),
  [Operator.Le]: comparison(LE, GE),
  [Operator.Gt]: comparison(GT, LT),
  [Operator.Ge]: comparison(GE, LE),
  [Operator.Eq]: comparison(EQ, EQ),
  [Operator.Ne]: comparison(NE, NE),
  [Operator.Neg]: sign('neg'),
  [Operator.Pos]: sign('pos'),
  [Operator.Invert]: sign('invert'),
};

/** Methods that an operator of arithmetic calls on its left operand with the right one, and the other way round. */
export const arithmeticCalled = (
  operator: Operator,
  inPlace: boolean,
): { readonly left: readonly string[]; readonly right: readonly string[] } | null => {
  if (isComparison(operator) || isSign(operator)) return null;
  const { left, inPlace: augmented, right } = CALLED[operator];
  return { left: (inPlace ? augmented : left).names, right: right.names };
};

const isComparison = (operator: Operator): boolean => operator >= Operator.Lt && operator <= Operator.Ne;
const isSign = (operator: Operator): boolean => operator >= Operator.Neg;

/** An operand that holds more values than this calls through one pair of nodes for each hierarchy of classes, not
 *  from each operation to each method. */
const MOST_OPERANDS = 4;

/** Where the operands of many operations meet the methods of a hierarchy. */
interface Hub {
  readonly operand: number;
  readonly result: number;
}

export function newOperators(
  flow: Flow,
  members: Members,
  { elements }: Containers,
  { apply, applyMethods }: Binding,
): Operators {
  const { graph, tokens } = flow;
  const { valueNode } = flow;
  /** Hubs by what is called and the root of a hierarchy, and the same by what is called and any class of it. */
  const hubs = new Map<number, Hub>();
  const hubOfClass = new Map<number, Hub | null>();
  /** Names that some class of the world binds: operators that call none of them need no look. */
  const bound = new Set(flow.classes.flatMap(cls => [...cls.members.keys()]));
  const isBound = ({ names }: Called): boolean => names.some(name => bound.has(name));

  const isDefined = (operator: Operator): boolean =>
    isBound(CALLED[operator].left) || isBound(CALLED[operator].right);

  const methodsOf = (cls: WorldClass, { names }: Called): Method[] =>
    names.flatMap(name => members.methods(cls, name));

  /** The hub for methods of a class, which it then calls; null where the class has none. */
  const hubFor = (cls: WorldClass, what: Called): Hub | null => {
    const key = cls.index * kinds + what.number;
    const known = hubOfClass.get(key);
    if (known !== undefined) return known;
    const methods = methodsOf(cls, what);
    let hub: Hub | null = null;
    if (methods.length) {
      const root = rootOf(cls).index * kinds + what.number;
      hub = hubs.get(root) ?? { operand: graph.node(), result: graph.node() };
      hubs.set(root, hub);
      for (const m of methods) apply(m.file, m.fn, 1, [hub.operand], hub.result);
    }
    hubOfClass.set(key, hub);
    return hub;
  };

  /** Calls methods of a class on what stands at `receiver`; false where it has none. `other`: node of the other
   *  operand, `into`: null for results that go nowhere. */
  const call = (
    cls: WorldClass,
    what: Called,
    receiver: number,
    other: number | null,
    into: number | null,
  ): boolean => {
    if (!isBound(what)) return false;
    if (graph.size(receiver) > MOST_OPERANDS) {
      const hub = hubFor(cls, what);
      if (!hub) return false;
      if (other !== null) graph.edge(other, hub.operand);
      if (into !== null) graph.edge(hub.result, into);
      return true;
    }
    const methods = methodsOf(cls, what);
    for (const m of methods) apply(m.file, m.fn, 1, other === null ? [] : [other], into ?? graph.node());
    return methods.length > 0;
  };

  const contents = new Map<number, number>();
  /** Node of what is in the containers at a node: lists are compared item by item. */
  const contentsOf = (node: number): number => {
    const known = contents.get(node);
    if (known !== undefined) return known;
    const into = graph.node();
    contents.set(node, into);
    graph.listen(node, id => {
      const token = tokens.get(id);
      if (token.kind !== 'bag') return;
      for (const part of [token.items, ...(token.places ?? [])]) graph.edge(part, into);
    });
    return into;
  };

  /** What an operation gives for one token of an operand; `isLeft`, `isRight`: where the token stands. */
  const operate = (id: number, o: Operation, isLeft: boolean, isRight: boolean): void => {
    const { left, right, into } = o;
    const result = (token: number): void => {
      if (into !== null && !isComparison(o.operator)) graph.add(into, token);
    };
    const callFrom = (cls: WorldClass): boolean => {
      const what = CALLED[o.operator];
      const other = isSign(o.operator) ? null : right;
      const forward = isLeft && call(cls, o.inPlace ? what.inPlace : what.left, left, other, into);
      return (isRight && call(cls, what.right, right, left, into)) || forward;
    };
    const token = tokens.get(id);
    switch (token.kind) {
      case 'instance':
        // what nothing in the world defines, a class above from outside may
        if (!callFrom(token.cls) && outsideOf(token.cls).length > 0) result(UNKNOWN);
        return;
      case 'class':
        for (const metaclass of metaclassesOf(token.cls)) callFrom(metaclass);
        return result(FOREIGN);
      case 'bag':
        return result(id);
      case 'unknown':
        return result(UNKNOWN);
      default:
        return result(FOREIGN);
    }
  };

  const operationAt = (file: WorldFile, value: number): Operation => {
    const { a, b } = row(file, value);
    const written = operatorAt(file, value);
    return {
      operator: written.operator,
      inPlace: written.inPlace,
      left: valueNode(file, a),
      right: valueNode(file, b),
      into: valueNode(file, value),
    };
  };

  const seed: Operators['seed'] = (file, value) => {
    const { operator, left, right, into } = operationAt(file, value);
    if (isComparison(operator)) {
      graph.add(into!, FOREIGN);
      if (!isDefined(operator)) return;
    }
    graph.watch(left, into!);
    if (!isSign(operator)) graph.watch(right, into!);
  };

  const onToken: Operators['onToken'] = (file, value, id) => {
    const operation = operationAt(file, value);
    const { operator, left, right } = operation;
    // only of what is written: what is in containers of containers has no end
    if (isComparison(operator) && tokens.get(id).kind === 'bag')
      between(contentsOf(left), contentsOf(right), operator);
    operate(id, operation, graph.has(left, id), graph.has(right, id));
  };

  const between: Operators['between'] = (left, right, operator, into = null) => {
    if (!isDefined(operator) || !flow.once(`operator ${operator} ${into}`, left, right)) return;
    const operation = { operator, inPlace: false, left, right, into };
    graph.listen(left, id => operate(id, operation, true, false));
    graph.listen(right, id => operate(id, operation, false, true));
  };

  const contains: Operators['contains'] = (element, container) => {
    if (bound.has('__contains__'))
      graph.listen(container, id => {
        const token = tokens.get(id);
        if (token.kind !== 'instance' && token.kind !== 'class') return;
        for (const cls of token.kind === 'class' ? metaclassesOf(token.cls) : [token.cls])
          applyMethods(cls, '__contains__', [element]);
      });
    if (!isBound(EQ)) return;
    const items = graph.node();
    elements(container, items);
    between(element, items, Operator.Eq);
  };

  return { seed, onToken, contains, between };
}
