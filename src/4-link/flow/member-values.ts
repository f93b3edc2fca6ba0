// What a member of a class gives where it is read: functions are bound, descriptors give what they give (reference
// 3.3.2.3).
import type { MemberFact } from '../../model/definitions.js';
import type { WorldClass } from '../../model/world.js';
import { row } from '../index-file.js';
import { isEnumMember } from './enums.js';
import { functionKind } from './functions.js';
import type { Lookups } from './lookups.js';
import type { Flow } from './state.js';
import { type Token, UNKNOWN } from './tokens.js';

export interface MemberValues {
  /** Lets what a member gives flow into a node, read on an instance or on the class. */
  readonly readMember: (cls: WorldClass, fact: MemberFact, into: number, viaInstance: boolean) => void;
  /** Node of what stands at a node, as seen through an instance of the class that holds it: functions are bound. */
  readonly view: (node: number) => number;
  /** Whether a class member is an object whose class has `__set__`, or a call of `property`. */
  readonly isDataDescriptor: (cls: WorldClass, fact: MemberFact) => boolean;
  /** Whether a class body holds an object whose class has `__set_name__`. */
  readonly hasNamedDescriptor: (cls: WorldClass) => boolean;
}

export function newMemberValues(flow: Flow, { lookup, methods, kindOf, variables }: Lookups): MemberValues {
  const { graph, tokens } = flow;
  const views = new Map<number, number>();

  /** Node of the variable that a class body binds a name to. */
  const memberNode = (cls: WorldClass, name: string): number | null => {
    const number = variables(cls).get(name);
    return number === undefined ? null : flow.variableNode(cls.file, number);
  };

  /** Functions become bound, descriptors give what they give. */
  const view = (node: number): number => {
    const known = views.get(node);
    if (known !== undefined) return known;
    const seen = graph.node();
    views.set(node, seen);
    graph.listen(node, id => {
      const token = tokens.get(id);
      if (token.kind === 'function') return bound(token, seen);
      if (token.kind === 'rest') return tokens.eachLeft(id, of => bound(tokens.get(of), seen));
      if (token.kind === 'bag' && token.type === 'builtins.property') return got(token.items, seen);
      if (token.kind === 'bag') unwrap(token, seen);
      if (token.kind === 'instance')
        for (const m of methods(token.cls, '__get__')) graph.edge(flow.returnNode(m.file, m.fn), seen);
      graph.add(seen, id);
    });
    return seen;
  };
  /** What `staticmethod(f)` and `classmethod(f)` give where a class variable holds them. */
  const unwrap = ({ type, items }: Token & { kind: 'bag' }, into: number): void => {
    if (type === 'builtins.staticmethod') graph.edge(items, into);
    if (type !== 'builtins.classmethod') return;
    graph.listen(items, id => {
      const token = tokens.get(id);
      graph.add(into, token.kind === 'function' ? tokens.id({ ...token, kind: 'bound' }) : id);
    });
  };
  const bound = (token: Token, into: number): void => {
    if (token.kind === 'function') graph.add(into, tokens.id({ ...token, kind: 'bound' }));
  };
  /** What the parts of a property give. */
  const got = (parts: number, into: number): void =>
    graph.listen(parts, id => {
      const part = tokens.get(id);
      if (part.kind === 'function') graph.edge(flow.returnNode(part.file, part.fn), into);
      else if (part.kind !== 'foreign') graph.add(into, UNKNOWN);
    });

  const readMember: MemberValues['readMember'] = (cls, fact, into, viaInstance) => {
    const seen = (node: number): number => (viaInstance ? view(node) : node);
    if (fact.kind !== 'function') {
      if (isEnumMember(flow, cls, fact)) return graph.add(into, tokens.id({ kind: 'instance', cls }));
      const node = memberNode(cls, fact.name);
      if (node !== null) graph.edge(seen(node), into);
      return;
    }
    const { file } = cls;
    const fn = row(file, fact.value).a;
    const kind = kindOf(cls, fact);
    switch (kind) {
      case 'property':
      case 'cached':
        if (viaInstance) graph.edge(flow.returnNode(file, fn), into);
        return;
      case 'accessor':
        return;
      default: {
        const isBound = kind === 'class' || (viaInstance && kind !== 'static');
        graph.add(into, tokens.id({ kind: isBound ? 'bound' : 'function', file, fn }));
        if (kind === 'opaque') graph.edge(seen(flow.valueNode(file, fact.value)), into);
      }
    }
  };

  /** Whether a token that fits stands at a class variable. */
  const holds = (cls: WorldClass, name: string, fits: (token: Token) => boolean): boolean => {
    const node = memberNode(cls, name);
    return node !== null && graph.tokens(node).some(id => fits(tokens.get(id)));
  };

  const isDataDescriptor: MemberValues['isDataDescriptor'] = (cls, fact) =>
    holds(cls, fact.name, token => {
      if (token.kind === 'instance') return lookup(token.cls, '__set__').length > 0;
      if (token.kind === 'bag') return token.type === 'builtins.property';
      if (token.kind !== 'function') return false;
      return functionKind(token.file, token.fn, flow.resolver) === 'property';
    });

  const hasNamedDescriptor: MemberValues['hasNamedDescriptor'] = cls =>
    [...cls.members.keys()].some(name =>
      holds(cls, name, t => t.kind === 'instance' && lookup(t.cls, '__set_name__').length > 0),
    );

  return { readMember, view, isDataDescriptor, hasNamedDescriptor };
}
