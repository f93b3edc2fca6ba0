// What stands at a class variable: descriptors get to see instances of the class, functions become its methods.
import type { WorldClass } from '../../model/world.js';
import { argumentsOf } from '../index-file.js';
import type { Binding } from './calls/binding.js';
import type { Containers } from './containers.js';
import { type FunctionKind, functionKind } from './functions.js';
import type { Members } from './members.js';
import type { Flow } from './state.js';

export interface Descriptors {
  /** A descriptor at a class variable, by whatever way it came there, gets to see instances of the class. */
  readonly describes: (cls: WorldClass, node: number) => void;
  /** What stands at a class variable is called with instances of the class, also a function defined elsewhere: the
   *  wrapper that a decorator puts in a method's place, `Cls.method = function`, the parts of a property made by a
   *  factory. `kind`: what the class body makes of it. */
  readonly becomesMethod: (cls: WorldClass, node: number, kind: FunctionKind) => void;
  /** Follows all that a class body binds. */
  readonly seed: (cls: WorldClass) => void;
}

const isUnbound = (kind: FunctionKind | null): kind is 'static' | 'class' =>
  kind === 'static' || kind === 'class';

export function newDescriptors(
  flow: Flow,
  members: Members,
  containers: Containers,
  { applyMethods }: Binding,
): Descriptors {
  const { graph, tokens } = flow;

  const describes: Descriptors['describes'] = (cls, node) => {
    if (!flow.once('descriptor', cls.index, node)) return;
    graph.listen(node, id => {
      const token = tokens.get(id);
      if (token.kind !== 'instance') return;
      const instance = graph.node();
      graph.add(instance, tokens.id({ kind: 'instance', cls }));
      const owner = graph.node();
      graph.add(owner, tokens.id({ kind: 'class', cls }));
      applyMethods(token.cls, '__get__', [instance, owner]);
      applyMethods(token.cls, '__set__', [instance]);
      applyMethods(token.cls, '__delete__', [instance]);
      applyMethods(token.cls, '__set_name__', [owner]);
    });
  };

  const becomesMethod: Descriptors['becomesMethod'] = (cls, node, kind) => {
    if (kind === 'static' || !flow.once(`method ${kind}`, cls.index, node)) return;
    graph.listen(node, id => {
      const token = tokens.get(id);
      if (token.kind === 'bag' && token.type === 'builtins.property')
        return becomesMethod(cls, token.items, kind);
      if (token.kind === 'partial') {
        const [callee] = argumentsOf(token.file, token.call);
        if (callee) becomesMethod(cls, flow.valueNode(token.file, callee.value), kind);
        return;
      }
      if (token.kind !== 'function') return;
      const fact = token.file.facts.functions[token.fn]!;
      const [first] = fact.parameters;
      const isOwn = fact.cls >= 0 && flow.classesOf(token.file)[fact.cls] === cls;
      if (!first || isOwn || isUnbound(functionKind(token.file, token.fn, flow.resolver))) return;
      const to = containers.parameterNode(token.file, first);
      graph.add(to, tokens.id({ kind: kind === 'class' ? 'class' : 'instance', cls }));
    });
  };

  const seed: Descriptors['seed'] = cls => {
    for (const [name, number] of members.variables(cls)) {
      const node = flow.variableNode(cls.file, number);
      const kinds = cls.fact.members.filter(m => m.name === name).map(m => members.kindOf(cls, m));
      becomesMethod(cls, node, kinds.find(isUnbound) ?? 'method');
      describes(cls, node);
    }
  };

  return { describes, becomesMethod, seed };
}
