// Calls: what happens when a value is called.
import { Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { argumentsOf, opAt, row, stringAt } from '../../index-file.js';
import type { Layouts } from '../../layouts/layouts.js';
import type { Containers } from '../containers.js';
import { isMock, isReference } from '../externals.js';
import type { Members } from '../members.js';
import type { Operations } from '../operations.js';
import type { Operators } from '../operators.js';
import type { Raised } from '../raised.js';
import type { Flow } from '../state.js';
import { type Token, UNKNOWN } from '../tokens.js';
import { type Arguments, around, writtenAt } from './arguments.js';
import type { Binding } from './binding.js';
import { newCallees } from './callees.js';
import { newClassTests } from './class-tests.js';
import { newConstruct } from './construct.js';
import { newContainerMethods } from './container-methods.js';
import type { Escapes } from './escapes.js';
import { newExternalCalls } from './external.js';
import { newHandedFunctions } from './handed-functions.js';
import { newImportCalls } from './imports.js';
import { newIterableCalls } from './iterables.js';
import { newCallLeft } from './left-functions.js';
import { newLibraryObjects } from './library-objects.js';
import { newLogRecords } from './log-records.js';
import { newMakeClass } from './made-classes.js';
import type { Mocks } from './mocks.js';
import { newNamedMethods } from './named-methods.js';
import type { NamedStores } from './named-stores.js';
import { newNamespaceCalls } from './namespaces.js';
import { newProtocols } from './protocols.js';
import type { Results } from './results.js';
import { newRunTextCalls } from './run-text.js';
import { newSpecialCalls } from './special.js';
import { newSteps } from './steps.js';
import type { Summaries } from './summaries.js';
import type { Wrappers } from './wrappers.js';

/** What calls are followed with. */
export interface CallTools {
  readonly members: Members;
  readonly containers: Containers;
  readonly results: Results;
  readonly summaries: Summaries;
  readonly wrappers: Wrappers;
  readonly binding: Binding;
  readonly escapes: Escapes;
  readonly stores: NamedStores;
  readonly mocks: Mocks;
  readonly operators: Operators;
  readonly operations: Operations;
  readonly raised: Raised;
}

/** Methods outside the world that enter a context they are given: `stack.enter_context(opened())`. */
const ENTERS = /^enter_?(async_?)?context$/i;

/** What happens when a token is called by the call value `call`. */
export type Call = (file: WorldFile, call: number, token: number) => void;

export function newCall(flow: Flow, layouts: Layouts, tools: CallTools): Call {
  const { graph, tokens } = flow;
  const {
    members,
    containers,
    results,
    summaries,
    wrappers,
    binding,
    escapes,
    stores,
    mocks,
    operators,
    operations,
    raised,
  } = tools;
  const { bind } = binding;
  const callLeft = newCallLeft(flow, containers, binding);
  const makeClass = newMakeClass(flow, containers);
  const { logged } = newLogRecords(flow, containers);
  const { construct, make, keep } = newConstruct(flow, members, binding, escapes, makeClass);
  const handed = newHandedFunctions(flow, containers, binding);
  const library = newLibraryObjects(flow, containers, escapes);
  const calledIn = newCallees(flow.resolver);
  const namedMethods = newNamedMethods(flow, members);
  const steps = newSteps(flow, members);
  const special = new Map([
    ...newSpecialCalls(flow, members, containers, stores, makeClass, namedMethods, calledIn, steps),
    ...newIterableCalls(flow, containers, handed),
    ...newNamespaceCalls(flow, containers, escapes),
    ...newClassTests(flow, members, containers, binding),
    ...newImportCalls(flow, members, library, escapes, namedMethods),
    ...newRunTextCalls(flow, containers, escapes, calledIn),
  ]);
  const { external, externalMethod } = newExternalCalls(flow, layouts, {
    containers,
    results,
    escapes,
    stores,
    handed,
    library,
    special,
    make,
    raised,
    protocols: newProtocols(flow, containers, binding, operators, steps),
  });
  const containerMethod = newContainerMethods(flow, containers, escapes, handed, operators, library);

  /** What a context gives that is handed to a method which enters it flows into `into`. */
  const entered = ({ file, call, list: [first] }: Arguments, into: number): void => {
    const callee = row(file, call).a;
    if (!first || opAt(file, callee) !== Op.Attr) return;
    if (
      !ENTERS.test(stringAt(file, row(file, callee).b)) ||
      !flow.once('entered', flow.valueNode(file, call))
    )
      return;
    graph.listen(flow.valueNode(file, first.value), id => operations.enter(id, into));
  };

  const unseen = (args: Arguments, into: number): void => {
    escapes.leaveBy(args);
    graph.add(into, UNKNOWN);
  };

  /** What becomes of the arguments of a class that is called through a partial. */
  const keepBy = ({ file, call }: Token & { kind: 'partial' }, args: Arguments): void => {
    const [callee, ...list] = argumentsOf(file, call);
    if (!callee) return;
    graph.listen(flow.valueNode(file, callee.value), id => {
      const token = tokens.get(id);
      if (token.kind === 'class') for (const part of [{ file, call, list }, args]) keep(token.cls, part);
    });
  };

  /** `stamp = partial(setattr, order)`, then `stamp("state", "paid")`; one that another file makes has its arguments
   *  there. */
  const ofLibrary = (token: Token & { kind: 'partial' }, args: Arguments, into: number): void => {
    const { file, call } = args;
    const [callee, ...own] = argumentsOf(token.file, token.call);
    if (!callee || token.file !== file) return;
    graph.listen(flow.valueNode(file, callee.value), id => {
      const held = tokens.get(id);
      if (held.kind === 'external') external(held.dotted, { file, call, list: around(own, args.list) }, into);
    });
  };

  /** What a wrapper gets from the function it wraps, which its callers call, too: the results alone. */
  const wrapped: Call = (file, call, id) => {
    const wrapper = summaries.handingOn(file, call);
    const functions = wrapper ? binding.functionsOf(id) : [];
    for (const { file: at, fn } of functions)
      results.flowInto(at, fn, () => null, flow.valueNode(file, call));
    if (wrapper && functions.length) wrappers.whenOpen(wrapper, () => calls(file, call, id));
    else calls(file, call, id);
  };

  const calls: Call = (file, call, id) => {
    const token = tokens.get(id);
    const into = flow.valueNode(file, call);
    const args = writtenAt(file, call);
    switch (token.kind) {
      case 'unknown':
      case 'foreign':
        stores.patches(args);
        entered(args, into);
        logged(args);
        return unseen(args, into);
      case 'someClass':
        return unseen(args, into);
      case 'function': {
        stores.byMethod(args);
        const atHand = token.file.source.role === 'environment' && special.get(dottedOf(token));
        return atHand ? atHand(args, into) : bind(token.file, token.fn, 0, args, into);
      }
      case 'bound':
        stores.byMethod(args);
        return bind(token.file, token.fn, 1, args, into);
      case 'class':
        return construct(token.cls, args, into);
      case 'instance':
        for (const m of members.methods(token.cls, '__call__')) bind(m.file, m.fn, 1, args, into);
        if (!members.lookup(token.cls, '__call__').length) graph.add(into, UNKNOWN);
        return;
      case 'external':
        logged(args);
        return external(token.dotted, args, into);
      case 'externalMethod':
        entered(args, into);
        return externalMethod(token, args, into);
      case 'bagMethod':
        entered(args, into);
        logged(args);
        return containerMethod(token, args, into);
      case 'bag':
        if (isReference(token.type)) return graph.edge(token.items, into);
        if (isMock(token.type)) mocks.answer(token, args, into);
        return unseen(args, into);
      case 'partial':
        keepBy(token, args);
        ofLibrary(token, args, into);
        return binding.callPartial(token, args, into);
      case 'getter':
        binding.applyToken(
          id,
          args.list.map(a => flow.valueNode(file, a.value)),
          into,
        );
        return;
      case 'rest':
        return callLeft(id, args);
      case 'methods':
        return namedMethods.each(token, method => calls(file, call, method));
      case 'module':
      case 'super':
        return graph.add(into, UNKNOWN);
    }
  };

  return wrapped;
}

/** The dotted name of a function where it is defined. */
const dottedOf = ({ file, fn }: Token & { kind: 'function' }): string =>
  `${file.source.module}.${file.facts.functions[fn]!.qualname}`;
