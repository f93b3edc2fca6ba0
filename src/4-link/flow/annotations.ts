// Type annotations as values: `x: list[Node] | None` puts instances of Node into a list at x.
import { ConstKind, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { listAt, row } from '../index-file.js';
import type { Meaning } from '../resolve.js';
import { type Flow, newBag } from './state.js';
import { FOREIGN, UNKNOWN } from './tokens.js';

/** Whether an annotation says all there is to say about a value, or leaves it open (Any, a type variable). */
export type Certainty = 'closed' | 'open';

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
const OPEN: ReadonlySet<string> = new Set([
  'typing.Any',
  'typing_extensions.Any',
  'builtins.object',
  'typing.Callable',
  'collections.abc.Callable',
  'typing.Generic',
  'typing.Hashable',
  'typing.Type',
  'builtins.type',
  'builtins.list',
  'builtins.dict',
  'builtins.tuple',
  'builtins.set',
]);

const lastPart = (dotted: string): string => dotted.slice(dotted.lastIndexOf('.') + 1);

/** Annotates a node; where the annotation says all there is to say, values of other types are kept out. An annotation
 *  may be wrong, so what surely arrives is let in all the same. */
export function constrain(flow: Flow, file: WorldFile, value: number, into: number): void {
  const said = flow.graph.node();
  if (annotate(flow, file, value, said) === 'open') return flow.graph.edge(said, into);
  flow.graph.edge(said, into);
  flow.graph.refuse(into, UNKNOWN);
  const classes: WorldClass[] = [];
  let containers = false;
  for (const id of flow.graph.tokens(said)) {
    const token = flow.tokens.get(id);
    if (token.kind === 'instance') classes.push(token.cls);
    else if (token.kind === 'bag') containers = true;
  }
  const isContainer = (cls: WorldClass): boolean => cls.mro.some(e => e.kind !== 'class');
  containers ||= classes.some(isContainer);
  flow.graph.guard(into, id => {
    const token = flow.tokens.get(id);
    if (token.kind === 'bag') return containers;
    if (token.kind !== 'instance') return token.kind === 'foreign';
    return classes.some(c => c === token.cls || token.cls.mro.some(e => e.kind === 'class' && e.cls === c));
  });
}

/** Lets instances of an annotated type flow into `into`. */
export function annotate(flow: Flow, file: WorldFile, value: number, into: number, depth = 0): Certainty {
  if (depth > 12) return 'open';
  const r = row(file, value);
  switch (r.op) {
    case Op.Const:
      return r.a === ConstKind.None ? 'closed' : 'open';
    case Op.Binary: {
      const left = annotate(flow, file, r.a, into, depth + 1);
      const right = annotate(flow, file, r.b, into, depth + 1);
      return left === 'closed' && right === 'closed' ? 'closed' : 'open';
    }
    case Op.Join:
    case Op.Sub:
    case Op.Var:
    case Op.Attr:
    case Op.Class:
      return all(flow.resolver.value(file, value).map(m => meaning(flow, m, into, depth)));
    default:
      return 'open';
  }
}

const all = (parts: readonly Certainty[]): Certainty =>
  parts.length > 0 && parts.every(p => p === 'closed') ? 'closed' : 'open';

function meaning(flow: Flow, m: Meaning, into: number, depth: number): Certainty {
  switch (m.kind) {
    case 'class': {
      const cls = flow.classOf(m);
      flow.graph.add(into, flow.tokens.id({ kind: 'instance', cls }));
      // a protocol stands for every class of its shape
      const isProtocol = cls.bases.some(b => b.kind === 'external' && lastPart(b.dotted) === 'Protocol');
      return isProtocol ? 'open' : 'closed';
    }
    case 'external':
      if (OPEN.has(m.dotted) || /\bTypeVar$/.test(m.dotted)) return 'open';
      if (/^(typing|typing_extensions|collections\.abc)\./.test(m.dotted)) return 'open';
      flow.graph.add(into, FOREIGN);
      return 'closed';
    case 'subscript':
      return subscript(flow, m.base, m.file, m.index, into, depth);
    case 'value': {
      const op = row(m.file, m.value).op;
      if (op === Op.Binary || op === Op.Sub) return annotate(flow, m.file, m.value, into, depth + 1);
      return 'open';
    }
    default:
      return 'open';
  }
}

function subscript(
  flow: Flow,
  base: Meaning,
  file: WorldFile,
  index: number,
  into: number,
  depth: number,
): Certainty {
  if (base.kind === 'class') return meaning(flow, base, into, depth + 1);
  if (base.kind === 'subscript') return 'open';
  if (base.kind !== 'external') return 'open';
  const name = lastPart(base.dotted);
  const indexRow = row(file, index);
  const items = indexRow.op === Op.Tuple ? [...listAt(file, indexRow.b)].map(i => (i < 0 ? ~i : i)) : [index];
  const first = items[0];
  const last = items.at(-1);
  if (first === undefined || last === undefined) return 'open';
  if (WRAPPERS.has(name)) return all(items.map(i => annotate(flow, file, i, into, depth + 1)));
  if (FIRST_ONLY.has(name)) return annotate(flow, file, first, into, depth + 1);
  if (LAST.has(name)) return annotate(flow, file, last, into, depth + 1);
  if (name === 'Literal') return 'closed';
  if (name === 'Type' || name === 'type') {
    for (const m of flow.resolver.value(file, first))
      if (m.kind === 'class') flow.graph.add(into, flow.tokens.id({ kind: 'class', cls: flow.classOf(m) }));
    return 'open';
  }
  if (name === 'Callable') return 'open';
  const places =
    (name === 'Tuple' || name === 'tuple') && row(file, last).op !== Op.Const
      ? items.map(() => flow.graph.node())
      : null;
  const bag = flow.tokens.get(newBag(flow, MAPPINGS.has(name) ? 'dict' : base.dotted, { places }));
  if (bag.kind !== 'bag') return 'open';
  const parts: Certainty[] = [];
  if (MAPPINGS.has(name) && items.length > 1) {
    parts.push(
      annotate(flow, file, first, bag.keys, depth + 1),
      annotate(flow, file, last, bag.items, depth + 1),
    );
  } else if (places) {
    items.forEach((item, i) => {
      parts.push(annotate(flow, file, item, places[i]!, depth + 1));
      flow.graph.edge(places[i]!, bag.items);
    });
  } else parts.push(annotate(flow, file, first, bag.items, depth + 1));
  flow.graph.add(into, flow.tokens.id(bag));
  return all(parts);
}
