// A base that is a parameter: which classes of the world stand there. `class Wrapped(cls)` in a class decorator.
import { Op } from '../model/facts.js';
import { addTo } from '../model/grouping.js';
import type { Base, WorldClass, WorldFile } from '../model/world.js';
import type { Flow } from './flow/state.js';
import { UNKNOWN } from './flow/tokens.js';
import { row } from './index-file.js';

type UnknownBase = Base & { readonly kind: 'unknown' };

/** For each base that is a parameter, all classes that stand there; a base that anything else may stand at is left
 *  out. */
export function alternativesOf(flow: Flow): ReadonlyMap<UnknownBase, readonly WorldClass[]> {
  const found = new Map<UnknownBase, readonly WorldClass[]>();
  const decorated = decoratedBy(flow);
  for (const cls of flow.classes) {
    if (cls.bases.length !== cls.fact.bases.length || bindsNames(cls)) continue;
    cls.bases.forEach((base, i) => {
      if (base.kind !== 'unknown') return;
      const written = cls.fact.bases[i]!;
      const { op, a } = row(cls.file, written.value);
      if (written.star || op !== Op.Var) return;
      const fn = cls.file.facts.functions.findIndex(f => f.parameters[0]?.variable === a);
      if (fn < 0 || flow.resolver.bindings(cls.file).values.has(a)) return;
      const classes = new Set(decorated.get(`${cls.file.index}:${fn}`));
      if (classes.size && standsOnly(flow, cls.file, a, classes)) found.set(base, [...classes]);
    });
  }
  return found;
}

/** Whether the body of a class binds more than special methods: a name among them could hide a slot of a base. */
const bindsNames = (cls: WorldClass): boolean =>
  [...cls.members].some(([name, m]) => m.kind !== 'function' || !/^__\w+__$/.test(name));

/** Classes that each function of the world decorates, without a call in between. */
function decoratedBy(flow: Flow): ReadonlyMap<string, readonly WorldClass[]> {
  const found = new Map<string, WorldClass[]>();
  for (const cls of flow.classes)
    for (const { value } of cls.fact.decorators)
      for (const m of flow.resolver.value(cls.file, value)) {
        if (m.kind !== 'function') continue;
        addTo(found, `${m.file.index}:${m.number}`, cls);
      }
  return found;
}

/** Whether nothing but classes of the world stands at a parameter; those that come by other ways than as decorated
 *  classes are added to `classes`. A node that was full cannot tell the unknown from what did not fit. */
function standsOnly(flow: Flow, file: WorldFile, variable: number, classes: Set<WorldClass>): boolean {
  const node = flow.variableNode(file, variable);
  let known = 0;
  let others = false;
  for (const id of flow.graph.tokens(node)) {
    const token = flow.tokens.get(id);
    if (token.kind === 'class') {
      classes.add(token.cls);
      known++;
    } else others ||= id !== UNKNOWN;
  }
  const isFull = known >= flow.tokens.room(flow.tokens.id({ kind: 'class', cls: flow.classes[0]! }));
  return !others && (isFull || !flow.graph.has(node, UNKNOWN));
}
