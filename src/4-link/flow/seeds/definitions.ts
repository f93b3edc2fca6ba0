// What definitions say before the program runs: receivers, annotations and defaults of parameters, class bodies.
import type { ParameterFact } from '../../../model/definitions.js';
import type { WorldClass, WorldFile } from '../../../model/world.js';
import { above, isMetaclass, metaclassesOf, methodsNamed } from '../../../slots.js';
import { takesBody } from '../../metaclasses.js';
import { annotate } from '../annotations.js';
import type { Binding } from '../calls/binding.js';
import { constrain } from '../constraints.js';
import type { Containers } from '../containers.js';
import type { Descriptors } from '../descriptors.js';
import { functionKind, isRest } from '../functions.js';
import { FEW, type Guard } from '../gates.js';
import { modelsOf, standsForModel } from '../modelled.js';
import { addClasses, type Flow, mayBeShort, newBag } from '../state.js';
import { UNKNOWN } from '../tokens.js';

export interface SeedDefinitions {
  readonly functions: (file: WorldFile) => void;
  readonly classBodies: (file: WorldFile) => void;
  /** Parameters of functions that nothing in the world calls may be anything, but for those of which it is known what
   *  they are given (`file:variable`). Only after solving. */
  readonly uncalled: (file: WorldFile, told: ReadonlySet<string>) => void;
}

const CLASSES: ReadonlySet<string> = new Set(['class', 'someClass', 'unknown']);
/** Nothing from a crowd. */
const DIRECT: Guard = { fits: () => false, few: FEW };

export function newSeedDefinitions(
  flow: Flow,
  { elements, parameterBag, parameterNode }: Containers,
  { applyMethods }: Binding,
  descriptors: Descriptors,
): SeedDefinitions {
  const { graph, tokens } = flow;

  /** The class in whose body a function or lambda stands. */
  const classAround = (file: WorldFile, fn: number): WorldClass | undefined => {
    const fact = file.facts.functions[fn]!;
    if (fact.cls >= 0) return flow.classesOf(file)[fact.cls];
    if (!fact.isLambda) return undefined;
    const { scopes } = file.facts;
    const around = scopes[scopes[fact.scope]!.parent];
    return around?.kind === 'class' ? flow.classesOf(file)[around.owner] : undefined;
  };

  const mayBeClass = (id: number): boolean => CLASSES.has(tokens.get(id).kind);

  /** The first parameter of a method is an instance of the class or of one below it, or such a class itself. */
  const receiver = (file: WorldFile, fn: number, p: ParameterFact, cls: WorldClass): void => {
    const fact = file.facts.functions[fn]!;
    const kind = fact.isLambda ? 'method' : functionKind(file, fn, flow.resolver);
    const isNew = fact.name === '__new__';
    if (kind === 'static' && !isNew) return;
    const as = kind === 'class' || isNew ? 'class' : 'instance';
    const node = flow.variableNode(file, p.variable);
    if (p.kind === 'star') {
      // `def go(*args): self, *rest = args`
      const first = graph.node();
      graph.add(first, tokens.id({ kind: as, cls }));
      parameterBag(node, false, [first]);
      return;
    }
    // whoever calls it, Python passes a class
    if (as === 'class') graph.filter(node, mayBeClass);
    if (fact.name === '__init_subclass__') {
      addClasses(flow, cls.descendants, node);
      return mayBeShort(cls.descendants) ? undefined : graph.refuse(node, UNKNOWN);
    }
    graph.add(node, tokens.id({ kind: as, cls }));
    if (as === 'instance')
      for (const made of flow.madeBy(cls)) graph.add(node, tokens.id({ kind: 'class', cls: made }));
    if (kind === 'opaque' && standsForModel(cls))
      for (const model of modelsOf(cls, flow)) graph.add(node, tokens.id({ kind: 'instance', cls: model }));
    for (const below of cls.descendants) graph.refuse(node, tokens.id({ kind: as, cls: below }));
    graph.refuse(node, UNKNOWN);
    // a method borrowed by another class is handed its receiver directly, not through a crowd
    graph.guard(node, DIRECT);
  };

  const parameter = (file: WorldFile, p: ParameterFact): void => {
    const node = parameterNode(file, p);
    if (isRest(p)) {
      if (p.annotation >= 0) annotate(flow, file, p.annotation, node);
      return;
    }
    if (p.annotation >= 0) constrain(flow, file, p.annotation, node);
    if (p.defaultValue >= 0) graph.edge(flow.valueNode(file, p.defaultValue), node);
  };

  const functions: SeedDefinitions['functions'] = file => {
    file.facts.functions.forEach((fact, fn) => {
      const cls = classAround(file, fn);
      const [first] = fact.parameters;
      if (cls && first) receiver(file, fn, first, cls);
      for (const p of fact.parameters) parameter(file, p);
      // every class statement calls it with bases and a body that no call shows
      if (cls && takesBody(fact) && isMetaclass(cls))
        for (const p of fact.parameters.slice(1)) graph.add(parameterNode(file, p), UNKNOWN);
      const result = flow.returnNode(file, fn);
      if (fact.isGenerator) {
        const [items, keys] = [flow.yieldNode(file, fn), flow.endNode(file, fn)];
        graph.add(result, newBag(flow, 'generator', { items, keys }));
      }
      if (!fact.isGenerator && fact.returns >= 0) constrain(flow, file, fact.returns, result);
    });
  };

  const givesBases = flow.classes.some(cls => cls.members.has('__mro_entries__'));
  /** A base may be an object that gives others in its place. */
  const standIn = (id: number, bases: number): void => {
    const token = tokens.get(id);
    if (token.kind !== 'instance') return graph.add(bases, id);
    const given = graph.node();
    applyMethods(token.cls, '__mro_entries__', [], given);
    elements(given, bases);
  };

  /** Bases of a class statement that only the run knows. */
  const combination = (cls: WorldClass): void => {
    const many = givesBases || cls.fact.bases.some(b => b.star);
    if ((cls.fact.bases.length < 2 && !many) || !cls.bases.some(b => b.kind === 'unknown')) return;
    const open = cls.bases.flatMap((b, i) => {
      const written = cls.fact.bases[i];
      if (b.kind !== 'unknown' || !written) return [];
      const given = flow.valueNode(cls.file, written.value);
      const each = graph.node();
      if (written.star) elements(given, each);
      else if (givesBases) graph.listen(given, id => standIn(id, each));
      else return [given];
      return [each];
    });
    flow.combined.push({
      file: cls.file,
      at: cls.fact.at,
      name: cls.ref.name,
      fixed: cls.bases.filter(b => b.kind !== 'unknown'),
      open,
      many,
    });
  };

  /** `class C(Base, key=value)` hands the value to `__init_subclass__` of a class above and to the metaclass. */
  const keywords = (cls: WorldClass): void => {
    for (const { name, value } of cls.fact.keywords) {
      if (name === 'metaclass') continue;
      const takers = [
        ...above(cls).map(c => [c, /^__init_subclass__$/] as const),
        ...metaclassesOf(cls).map(c => [c, /^__(prepare|new|init)__$/] as const),
      ];
      for (const [taker, names] of takers)
        for (const { parameters } of methodsNamed(taker, names)) {
          const p = parameters.find(q => q.name === name) ?? parameters.find(q => q.kind === 'doubleStar');
          if (p) graph.edge(flow.valueNode(cls.file, value), parameterNode(taker.file, p));
        }
    }
  };

  const classBodies: SeedDefinitions['classBodies'] = file => {
    for (const cls of flow.classesOf(file)) {
      descriptors.seed(cls);
      combination(cls);
      keywords(cls);
    }
  };

  const uncalled: SeedDefinitions['uncalled'] = (file, told) => {
    file.facts.functions.forEach((fact, fn) => {
      if (flow.called.has(flow.returnNode(file, fn))) return;
      for (const p of fact.parameters)
        if (!told.has(`${file.index}:${p.variable}`)) graph.add(parameterNode(file, p), UNKNOWN);
    });
  };

  return { functions, classBodies, uncalled };
}
