// What functions and methods tell of themselves: attributes kept on them, what a method is bound to.
import { argumentsOf } from '../index-file.js';
import { onFunction, WRAPPED } from './kept.js';
import type { Flow } from './state.js';
import { type Token, UNKNOWN } from './tokens.js';

/** A function, or a method together with what it is called on. */
export type MethodToken = Token & {
  kind: 'function' | 'bound' | 'externalMethod' | 'bagMethod' | 'partial' | 'getter';
};

/** What binds a function to an object: `f.__get__(x)`. */
export const GET = 'types.FunctionType.__get__';

/** Lets what `f.name` gives flow into `into`, for the token `id` of a function or method. */
export function readMethod(flow: Flow, token: MethodToken, id: number, name: string, into: number): void {
  const { graph, tokens } = flow;
  switch (token.kind) {
    case 'bound': {
      const { file, fn } = token;
      const self = file.facts.functions[fn]!.parameters[0];
      // all that the method is bound to stands at its first parameter
      if (name === '__self__' && self) return graph.edge(flow.variableNode(file, self.variable), into);
      if (name === '__func__') return graph.add(into, tokens.id({ kind: 'function', file, fn }));
      break;
    }
    case 'externalMethod':
      if (name === '__self__') return graph.edge(token.receiver, into);
      break;
    case 'bagMethod':
      if (name === '__self__') return graph.add(into, token.bag);
      break;
    case 'partial': {
      const [called] = argumentsOf(token.file, token.call);
      if (name === 'func' && called) return graph.edge(flow.valueNode(token.file, called.value), into);
      break;
    }
    default:
  }
  const isOwn = token.kind === 'function' || token.kind === 'bound';
  if (isOwn && name === '__call__') return graph.add(into, id);
  if (token.kind === 'function' && name === '__get__') {
    const receiver = graph.node();
    graph.add(receiver, id);
    return graph.add(into, tokens.id({ kind: 'externalMethod', dotted: GET, receiver }));
  }
  // decorators that keep a function as it is, such as lru_cache, give that one; the others any that some wrapper hides
  if (isOwn && name === '__wrapped__') {
    graph.add(into, id);
    return flow.kept.read(WRAPPED, into);
  }
  if (isOwn && !/^__\w+__$/.test(name)) flow.kept.read(onFunction(token, name), into);
  graph.add(into, UNKNOWN);
}
