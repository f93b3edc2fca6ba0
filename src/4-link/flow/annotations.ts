// Type annotations as values: `x: list[Node] | None` puts instances of Node into a list at x.
import { lastPart } from '../../model/dotted.js';
import { ArgKind, ConstKind, Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { listAt, row, stringAt } from '../index-file.js';
import type { Meaning } from '../resolve.js';
import { type Allowed, guardOf, nothingAllowed } from './allowed.js';
import { hasMakers } from './library-makers.js';
import { type Flow, newBag } from './state.js';
import { FOREIGN, SOME_CLASS, UNKNOWN } from './tokens.js';

/** How much an annotation says about a value: all there is to say, what cannot stand there (a Callable is no string,
 *  but any function), or nothing (Any, object). */
export type Certainty = 'closed' | 'partial' | 'open';

const WRAPPERS: ReadonlySet<string> = new Set([
  'Optional',
  'Union',
  'Final',
  'ClassVar',
  'Required',
  'NotRequired',
  'ReadOnly',
  'InitVar',
  'TypeGuard',
]);
const FIRST_ONLY: ReadonlySet<string> = new Set(['Annotated', 'Mapped']);
const LAST: ReadonlySet<string> = new Set(['Awaitable', 'Coroutine']);
const MAPPINGS: ReadonlySet<string> = new Set([
  'Dict',
  'dict',
  'Mapping',
  'MutableMapping',
  'DefaultDict',
  'defaultdict',
  'OrderedDict',
  'ItemsView',
  'WeakKeyDictionary',
  'WeakValueDictionary',
]);
const OPEN: ReadonlySet<string> = new Set(['Any', 'object', 'Generic', 'Hashable']);
/** Mappings of other kinds than dict may have methods of their own. */
const mappingType = (name: string): string =>
  name.toLowerCase() === 'dict' ? 'dict' : 'collections.abc.Mapping';
/** Containers that an annotation may name without saying what is in them. */
const CONTAINERS: ReadonlySet<string> = new Set(
  (
    'list dict tuple set frozenset List Dict Tuple Set FrozenSet Deque deque DefaultDict defaultdict OrderedDict ' +
    'Counter ChainMap Sequence MutableSequence Mapping MutableMapping AbstractSet MutableSet Collection'
  ).split(' '),
);
const CALLABLES: ReadonlySet<string> = new Set(['Callable', 'FunctionType', 'MethodType', 'LambdaType']);

/** Types within types, and aliases of aliases, that are looked through. */
const DEEPEST = 12;

/** Lets instances of an annotated type flow into `into`. */
export function annotate(
  flow: Flow,
  file: WorldFile,
  value: number,
  into: number,
  allowed: Allowed = nothingAllowed(),
  depth = 0,
): Certainty {
  if (depth > DEEPEST) return 'open';
  const r = row(file, value);
  switch (r.op) {
    case Op.Const:
      return r.a === ConstKind.None ? 'closed' : 'open';
    case Op.Binary:
      return all([
        annotate(flow, file, r.a, into, allowed, depth + 1),
        annotate(flow, file, r.b, into, allowed, depth + 1),
      ]);
    case Op.Join:
    case Op.Sub:
    case Op.Var:
    case Op.Attr:
    case Op.Class:
      return all(flow.resolver.value(file, value).map(m => meaning(flow, m, into, allowed, depth)));
    default:
      return 'open';
  }
}

const all = (parts: readonly Certainty[]): Certainty => {
  if (!parts.length || parts.includes('open')) return 'open';
  return parts.includes('partial') ? 'partial' : 'closed';
};

function meaning(flow: Flow, m: Meaning, into: number, allowed: Allowed, depth: number): Certainty {
  switch (m.kind) {
    case 'class': {
      const cls = flow.classOf(m);
      allowed.classes.push(cls);
      flow.graph.add(into, flow.tokens.id({ kind: 'instance', cls }));
      // a protocol stands for every class of its shape
      return flow.describes(cls) ? 'open' : 'closed';
    }
    case 'external':
      return external(flow, m.dotted, into, allowed);
    case 'subscript':
      return depth > DEEPEST ? 'open' : subscript(flow, m.base, m.file, m.index, into, allowed, depth);
    case 'value': {
      const { op, a } = row(m.file, m.value);
      if (op === Op.Binary || op === Op.Sub) return annotate(flow, m.file, m.value, into, allowed, depth + 1);
      if (op === Op.Call) return madeType(flow, m.file, m.value, a, into, allowed, depth);
      return 'open';
    }
    default:
      return 'open';
  }
}

/** `TypeVar("T", bound=Shape)` and `TypeVar("T", Circle, Square)`: the bound or the constraints; `NewType("Plate",
 *  Circle)`: what it is made of. */
function madeType(
  flow: Flow,
  file: WorldFile,
  call: number,
  callee: number,
  into: number,
  allowed: Allowed,
  depth: number,
): Certainty {
  const callees = flow.resolver.value(file, callee);
  const isMadeBy = (name: string): boolean =>
    callees.every(m => m.kind === 'external' && lastPart(m.dotted) === name);
  const list = listAt(file, row(file, call).b);
  if (isMadeBy('NewType'))
    return list.length === 6 ? annotate(flow, file, list[5]!, into, allowed, depth + 1) : 'open';
  if (!isMadeBy('TypeVar')) return 'open';
  const types: number[] = [];
  for (let i = 0; i < list.length; i += 3)
    if (list[i] === ArgKind.Positional ? i > 0 : stringAt(file, list[i + 1]!) === 'bound')
      types.push(list[i + 2]!);
  const bound = flow.graph.node();
  const certainty = all(types.map(t => annotate(flow, file, t, bound, allowed, depth + 1)));
  allowed.bounds.push(bound);
  if (certainty === 'open') return 'open';
  const isType = (m: Meaning): boolean => m.kind === 'external' && m.dotted === 'builtins.type';
  if (!types.every(t => flow.resolver.value(file, t).every(isType))) return 'partial';
  // `bound=type`: classes, whichever they are
  flow.graph.add(into, SOME_CLASS);
  return certainty;
}

function external(flow: Flow, dotted: string, into: number, allowed: Allowed): Certainty {
  const name = lastPart(dotted);
  const isTyping = /^(typing|typing_extensions|collections(\.abc)?|builtins|types)\.[^.]+$/.test(dotted);
  if (isTyping && OPEN.has(name)) return 'open';
  if (isTyping && (name === 'type' || name === 'Type')) {
    allowed.types = true;
    flow.graph.add(into, SOME_CLASS);
    return 'closed';
  }
  if (isTyping && CALLABLES.has(name)) {
    allowed.callables = true;
    return 'partial';
  }
  if (isTyping && CONTAINERS.has(name)) {
    allowed.containers = true;
    const items = flow.graph.node();
    const keys = flow.graph.node();
    flow.graph.add(items, UNKNOWN);
    flow.graph.add(keys, UNKNOWN);
    flow.graph.add(
      into,
      newBag(flow, MAPPINGS.has(name) ? mappingType(name) : `builtins.${name.toLowerCase()}`, {
        items,
        keys,
      }),
    );
    return 'closed';
  }
  if (/^(typing|typing_extensions|collections\.abc)\./.test(dotted)) return 'open';
  if (!hasMakers(dotted)) flow.graph.add(into, FOREIGN);
  else {
    allowed.containers = true;
    flow.graph.add(into, newBag(flow, dotted));
  }
  return 'closed';
}

function subscript(
  flow: Flow,
  base: Meaning,
  file: WorldFile,
  index: number,
  into: number,
  allowed: Allowed,
  depth: number,
): Certainty {
  // of an alias, what it says of its type variables is open
  if (base.kind === 'class' || base.kind === 'value' || base.kind === 'subscript')
    return meaning(flow, base, into, allowed, depth + 1);
  if (base.kind !== 'external') return 'open';
  const name = lastPart(base.dotted);
  const indexRow = row(file, index);
  const items = indexRow.op === Op.Tuple ? [...listAt(file, indexRow.b)].map(i => (i < 0 ? ~i : i)) : [index];
  const first = items[0];
  const last = items.at(-1);
  if (first === undefined || last === undefined) return 'open';
  if (WRAPPERS.has(name)) return all(items.map(i => annotate(flow, file, i, into, allowed, depth + 1)));
  if (FIRST_ONLY.has(name)) return annotate(flow, file, first, into, allowed, depth + 1);
  if (LAST.has(name)) return annotate(flow, file, last, into, allowed, depth + 1);
  if (name === 'Literal') return 'closed';
  // `**options: Unpack[Options]` speaks of all of them together
  if (name === 'Unpack') return 'open';
  if (name === 'Type' || name === 'type') {
    for (const m of flow.resolver.value(file, first))
      if (m.kind === 'class') flow.graph.add(into, flow.tokens.id({ kind: 'class', cls: flow.classOf(m) }));
    return external(flow, base.dotted, into, allowed);
  }
  if (CALLABLES.has(name)) return external(flow, base.dotted, into, allowed);
  const places =
    (name === 'Tuple' || name === 'tuple') && row(file, last).op !== Op.Const
      ? items.map(() => flow.graph.node())
      : null;
  const bag = flow.tokens.get(newBag(flow, MAPPINGS.has(name) ? mappingType(name) : base.dotted, { places }));
  if (bag.kind !== 'bag') return 'open';
  const parts: Certainty[] = [];
  if (MAPPINGS.has(name) && items.length > 1) {
    parts.push(
      elementsIn(flow, file, first, bag.keys, depth + 1),
      elementsIn(flow, file, last, bag.items, depth + 1),
    );
  } else if (places) {
    items.forEach((item, i) => {
      parts.push(elementsIn(flow, file, item, places[i]!, depth + 1));
      flow.graph.edge(places[i]!, bag.items);
    });
  } else parts.push(elementsIn(flow, file, first, bag.items, depth + 1));
  flow.graph.add(into, flow.tokens.id(bag));
  allowed.containers = true;
  return all(parts);
}

/** Lets the elements that an annotation names flow into `into`, and keeps others out as `constrain` does. */
function elementsIn(flow: Flow, file: WorldFile, value: number, into: number, depth: number): Certainty {
  const allowed = nothingAllowed();
  const certainty = annotate(flow, file, value, into, allowed, depth);
  if (certainty === 'open') return certainty;
  if (certainty === 'closed') flow.graph.refuse(into, UNKNOWN);
  flow.graph.guard(into, guardOf(flow, allowed));
  return certainty;
}
