// Inclusion-based, flow-insensitive points-to analysis over the whole world: which values may stand where.
// (Andersen 1994; field-sensitive by class, one abstract object per class and per container display.)
import { ACT_WIDTH, Act, Op, VALUE_WIDTH } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { isSlice, listAt, opAt, row, stringAt, valueCount } from '../index-file.js';
import type { Layouts } from '../layouts/layouts.js';
import type { Meaning, Resolver } from '../resolve.js';
import { annotate, constrain } from './annotations.js';
import { newBinding } from './calls/binding.js';
import { newCall } from './calls/call.js';
import { newEscapes } from './calls/escapes.js';
import { newResults } from './calls/results.js';
import { newSummaries } from './calls/summaries.js';
import { newContainers } from './containers.js';
import { newDescriptors } from './descriptors.js';
import { isMapping } from './externals.js';
import { decoratorNames, functionKind, isTransparent } from './functions.js';
import { type Members, newMembers } from './members.js';
import { type Flow, functionKey, type Numbering, newBag, newFlow } from './state.js';
import { newStores } from './stores.js';
import { FOREIGN, UNKNOWN } from './tokens.js';

export interface Solved {
  readonly flow: Flow & Numbering;
  readonly members: Members;
}

/** Tuples up to this length keep their items apart. */
const MOST_PLACES = 8;

const BINARY_METHODS =
  'add sub mul truediv floordiv mod pow matmul and or xor lshift rshift radd rsub rmul rtruediv ror rand iadd ior'
    .split(' ')
    .map(n => `__${n}__`);

/** More operators than this, in a class and those below it, or operands that hold more values than this: such calls
 *  go through one pair of nodes for each class, not from each operation to each method. */
const MOST_OPERATORS = 24;
const MOST_OPERANDS = 4;

/** Methods that an arithmetic operation may call. */
interface Operators {
  readonly methods: readonly { readonly file: WorldFile; readonly fn: number }[];
  shared: { readonly operand: number; readonly result: number } | null;
}

/** Solves the flow of all files that take part in the program: targets and evidence, not stubs or packages. */
export function solve(
  files: readonly WorldFile[],
  classes: readonly WorldClass[],
  resolver: Resolver,
  layouts: Layouts,
): Solved {
  const flow: Flow & Numbering = newFlow(files, classes, resolver, (constraint, token) =>
    onToken(constraint, token),
  );
  const { graph, tokens } = flow;
  const members = newMembers(flow);
  const summaries = newSummaries(flow, members);
  const live = files.filter(f => f.source.role !== 'environment' && !f.source.isStub);
  const containers = newContainers(flow, members);
  const results = newResults(flow, summaries);
  const binding = newBinding(flow, members, containers, results);
  const escapes = newEscapes(flow, members, containers, binding);
  const descriptors = newDescriptors(flow, members, containers, binding);
  const { store, storeItem } = newStores(flow, members, containers, binding, descriptors);
  const call = newCall(flow, layouts, {
    members,
    containers,
    results,
    binding,
    escapes,
    stores: { store, storeItem },
  });

  const onToken = (constraint: number, id: number): void => {
    const c = flow.constraint(constraint);
    if ('act' in c) return onAct(c.file, c.act, id);
    const { file, value } = c;
    const r = row(file, value);
    const into = flow.valueNode(file, value);
    switch (r.op) {
      case Op.Attr:
        return members.read(id, stringAt(file, r.b), into, flow.valueNode(file, r.a), namesClass(file, r.a));
      case Op.Call:
        return call(file, value, id);
      case Op.Sub:
        return subscript(file, r.a, r.b, id, into);
      case Op.Enter:
        return enter(id, into);
      case Op.Await:
        return awaited(id, into);
      case Op.Caught:
        return caught(id, into);
      case Op.Binary:
        return binary(file, r.a, r.b, id, into);
      case Op.Field: {
        const token = tokens.get(id);
        if (token.kind === 'instance') return graph.edge(members.everything(token.cls), into);
        return graph.add(into, UNKNOWN);
      }
      case Op.Narrow:
        return narrow(file, r.b, id, into);
      default:
        return;
    }
  };

  /** Whether a value is the name of a class rather than a variable that holds some class. */
  const namesClass = (file: WorldFile, value: number): boolean =>
    opAt(file, value) !== Op.Call && flow.resolver.value(file, value).every(m => m.kind === 'class');

  const onAct = (file: WorldFile, at: number, id: number): void => {
    const { acts } = file.facts;
    const act = acts[at]! as Act;
    const [a, b, c, offset] = [acts[at + 1]!, acts[at + 2]!, acts[at + 3]!, acts[at + 4]!];
    const receiver = flow.valueNode(file, a);
    switch (act) {
      case Act.Store:
        return store(id, { file, attr: stringAt(file, b), value: c, at: offset, kind: 'set', receiver });
      case Act.StoreAug:
        return store(id, {
          file,
          attr: stringAt(file, b),
          value: c,
          at: offset,
          kind: 'augmented',
          receiver,
        });
      case Act.StoreDel:
        return store(id, { file, attr: stringAt(file, b), value: -1, at: offset, kind: 'delete', receiver });
      case Act.Declare:
        return store(id, { file, attr: stringAt(file, b), value: -1, at: offset, kind: 'declare', receiver });
      case Act.AnnotateAttr: {
        const token = tokens.get(id);
        if (token.kind === 'instance' && flow.once(`field ${file.index} ${at} ${token.cls.index}`))
          constrain(flow, file, c, members.field(token.cls, stringAt(file, b)));
        return;
      }
      case Act.StoreItem:
        return storeItem(id, file, b, c);
      default:
        return;
    }
  };

  const subscript = (file: WorldFile, base: number, index: number, id: number, into: number): void => {
    const token = tokens.get(id);
    switch (token.kind) {
      case 'unknown':
        return graph.add(into, UNKNOWN);
      case 'bag':
        if (isSlice(file, index) && !isMapping(token.type)) return graph.add(into, id);
        graph.edge(token.items, into);
        for (const p of token.places ?? []) graph.edge(p, into);
        graph.add(into, FOREIGN);
        return;
      case 'class':
      case 'external':
        return graph.add(into, id);
      case 'instance': {
        const found = members.lookup(token.cls, '__getitem__');
        for (const m of found)
          if (m.fact.kind === 'function')
            binding.apply(
              m.cls.file,
              row(m.cls.file, m.fact.value).a,
              1,
              [flow.valueNode(file, index)],
              into,
            );
        if (!found.length) graph.add(into, UNKNOWN);
        return;
      }
      case 'foreign':
        return graph.add(into, FOREIGN);
      default:
        return graph.add(into, base < 0 ? FOREIGN : UNKNOWN);
    }
  };

  const enter = (id: number, into: number): void => {
    const token = tokens.get(id);
    if (token.kind === 'instance') {
      const found = [...members.lookup(token.cls, '__enter__'), ...members.lookup(token.cls, '__aenter__')];
      const self = graph.node();
      graph.add(self, id);
      for (const m of found)
        if (m.fact.kind === 'function')
          binding.apply(m.cls.file, row(m.cls.file, m.fact.value).a, 1, [], into, self);
      if (!found.length) graph.add(into, id);
      if (!found.length) graph.add(into, UNKNOWN);
    } else if (token.kind === 'bag') {
      graph.edge(token.items, into);
      if (token.type !== 'generator') graph.add(into, id);
    } else graph.add(into, token.kind === 'foreign' ? FOREIGN : UNKNOWN);
  };

  const awaited = (id: number, into: number): void => {
    const token = tokens.get(id);
    graph.add(into, id);
    if (token.kind === 'bag') graph.edge(token.items, into);
    if (token.kind === 'instance' && members.lookup(token.cls, '__await__').length) graph.add(into, UNKNOWN);
  };

  const caught = (id: number, into: number): void => {
    const token = tokens.get(id);
    if (token.kind === 'class') graph.add(into, tokens.id({ kind: 'instance', cls: token.cls }));
    else if (token.kind === 'bag') {
      for (const node of [token.items, ...(token.places ?? [])])
        if (flow.once(`caught ${node} ${into}`)) graph.listen(node, inner => caught(inner, into));
    } else graph.add(into, token.kind === 'external' ? FOREIGN : UNKNOWN);
  };

  const binary = (file: WorldFile, left: number, right: number, id: number, into: number): void => {
    const token = tokens.get(id);
    switch (token.kind) {
      case 'instance':
        return operate(token.cls, flow.valueNode(file, left), flow.valueNode(file, right), into);
      case 'bag':
      case 'foreign':
        return graph.add(into, id);
      case 'unknown':
        return graph.add(into, UNKNOWN);
      default:
        return graph.add(into, FOREIGN);
    }
  };

  const operators = new Map<WorldClass, Operators>();
  /** Gives an operand to whatever operators instances of a class have, since facts do not tell them apart. */
  const operate = (cls: WorldClass, receiver: number, operand: number, into: number): void => {
    let known = operators.get(cls);
    if (!known) {
      const methods = BINARY_METHODS.flatMap(name => members.lookup(cls, name)).flatMap(m =>
        m.fact.kind === 'function' ? [{ file: m.cls.file, fn: row(m.cls.file, m.fact.value).a }] : [],
      );
      operators.set(cls, (known = { methods, shared: null }));
    }
    const { methods } = known;
    if (!methods.length) return graph.add(into, UNKNOWN);
    if (methods.length <= MOST_OPERATORS && graph.size(receiver) <= MOST_OPERANDS) {
      for (const m of methods) binding.apply(m.file, m.fn, 1, [operand], into);
      return;
    }
    if (!known.shared) {
      known.shared = { operand: graph.node(), result: graph.node() };
      for (const m of methods) binding.apply(m.file, m.fn, 1, [known.shared.operand], known.shared.result);
    }
    graph.edge(operand, known.shared.operand);
    graph.edge(known.shared.result, into);
  };

  const narrow = (file: WorldFile, test: number, id: number, into: number): void => {
    const token = tokens.get(id);
    const targets = classTests(file, test);
    if (token.kind === 'instance') {
      const { cls } = token;
      const fits = (t: WorldClass): boolean =>
        cls === t || cls.mro.some(e => e.kind === 'class' && e.cls === t);
      if (targets.open || targets.classes.some(fits)) return graph.add(into, id);
      for (const t of targets.classes)
        if (cls.descendants.includes(t)) graph.add(into, tokens.id({ kind: 'instance', cls: t }));
      // a subclass of both may exist where neither is above the other
      if (targets.classes.some(t => t.descendants.some(d => cls.descendants.includes(d))))
        graph.add(into, id);
      return;
    }
    if (token.kind === 'unknown' || token.kind === 'foreign') {
      for (const t of targets.classes) graph.add(into, tokens.id({ kind: 'instance', cls: t }));
      if (targets.open) graph.add(into, id);
      else if (targets.foreign) graph.add(into, FOREIGN);
      return;
    }
    graph.add(into, id);
  };
  const registers = live.some(f => f.facts.strings.includes('register'));
  /** Whether isinstance() may say yes to what does not inherit from a class. */
  const mayBeVirtual = (cls: WorldClass): boolean =>
    cls.mro.some(e => {
      if (e.kind === 'external')
        return e.dotted.endsWith('.Protocol') || (registers && e.dotted === 'abc.ABC');
      if (e.kind !== 'class') return false;
      const isRegistered = registers && e.cls.metaclasses.length > 0;
      const own = e.cls.metaclasses.some(m => m.kind !== 'external');
      return isRegistered || own || e.cls.members.has('__subclasshook__');
    });
  const tests = new Map<string, { classes: WorldClass[]; open: boolean; foreign: boolean }>();
  /** The classes that an isinstance test names; open when some cannot be told. */
  const classTests = (
    file: WorldFile,
    value: number,
  ): { classes: WorldClass[]; open: boolean; foreign: boolean } => {
    const key = `${file.index}:${value}`;
    const known = tests.get(key);
    if (known) return known;
    const found = { classes: [] as WorldClass[], open: false, foreign: false };
    tests.set(key, found);
    const visit = (f: WorldFile, v: number, depth: number): void => {
      const r = row(f, v);
      if (depth > 6) found.open = true;
      else if (r.op === Op.Tuple || r.op === Op.List)
        for (const item of listAt(f, r.b)) visit(f, item < 0 ? ~item : item, depth + 1);
      else if (r.op === Op.Binary) {
        visit(f, r.a, depth + 1);
        visit(f, r.b, depth + 1);
      } else for (const m of flow.resolver.value(f, v)) visitMeaning(m, depth);
    };
    const visitMeaning = (m: Meaning, depth: number): void => {
      if (m.kind === 'class') {
        const cls = flow.classOf(m);
        found.classes.push(cls);
        if (mayBeVirtual(cls)) found.open = true;
      } else if (m.kind === 'external') {
        // an abstract class of the library stands for whatever has its methods
        if (/^(collections\.abc|typing|abc|numbers|os|contextlib)\./.test(m.dotted)) found.open = true;
        else if (m.dotted === 'builtins.object') found.open = true;
        else found.foreign = true;
      } else if (m.kind === 'subscript') visitMeaning(m.base, depth);
      else if (m.kind === 'value' && opAt(m.file, m.value) !== Op.Call) visit(m.file, m.value, depth + 1);
      else found.open = true;
    };
    visit(file, value, 0);
    return found;
  };

  for (const file of live) {
    seedFunctions(file);
    seedClassBodies(file);
    seedImports(file);
    seedValues(file);
    seedActs(file);
  }
  graph.solve();
  seedUncalled();
  graph.solve();
  // what nothing reaches that is seen is what it is annotated with
  while (graph.awake(isUnreached)) graph.solve();
  return { flow, members };

  function isUnreached(node: number): boolean {
    for (const id of graph.tokens(node)) if (tokens.get(id).kind === 'instance') return false;
    return true;
  }

  function seedFunctions(file: WorldFile): void {
    const own = flow.classesOf(file);
    file.facts.functions.forEach((fact, fn) => {
      const scope = file.facts.scopes[fact.scope]!;
      const around = file.facts.scopes[scope.parent];
      const lambdaIn = fact.isLambda && around?.kind === 'class' ? around.owner : -1;
      const cls = fact.cls >= 0 ? own[fact.cls] : lambdaIn >= 0 ? own[lambdaIn] : undefined;
      fact.parameters.forEach((p, i) => {
        const node = flow.variableNode(file, p.variable);
        const isReceiver = i === 0 && cls !== undefined;
        if (isReceiver) {
          const kind = fact.isLambda ? 'method' : functionKind(file, fn, resolver);
          const asClass = kind === 'class' || fact.name === '__new__';
          if (kind !== 'static' || fact.name === '__new__') {
            const receiver = tokens.id({ kind: asClass ? 'class' : 'instance', cls });
            if (p.kind === 'star') {
              // `def go(*args): self, *rest = args`
              const first = graph.node();
              graph.add(first, receiver);
              containers.parameterBag(node, false, [first]);
            } else if (fact.name === '__init_subclass__') {
              for (const below of cls.descendants) graph.add(node, tokens.id({ kind: 'class', cls: below }));
              graph.refuse(node, UNKNOWN);
            } else {
              graph.add(node, receiver);
              for (const below of cls.descendants)
                graph.refuse(node, tokens.id({ kind: asClass ? 'class' : 'instance', cls: below }));
              graph.refuse(node, UNKNOWN);
              // a method borrowed by another class is handed its receiver directly, not through a crowd
              graph.guard(node, () => false);
            }
          }
        }
        if (p.kind === 'star' || p.kind === 'doubleStar') {
          const bag = containers.parameterBag(node, p.kind === 'doubleStar');
          if (p.annotation >= 0) annotate(flow, file, p.annotation, bag.items);
          return;
        }
        if (p.annotation >= 0) constrain(flow, file, p.annotation, node);
        if (p.defaultValue >= 0) graph.edge(flow.valueNode(file, p.defaultValue), node);
      });
      const result = flow.returnNode(file, fn);
      if (fact.isGenerator) graph.add(result, newBag(flow, 'generator', { items: flow.yieldNode(file, fn) }));
      if (fact.returns >= 0 && !fact.isGenerator) constrain(flow, file, fact.returns, result);
    });
  }

  /** Bases and keywords of class statements that combine classes in ways only the run knows. */
  function seedClassBodies(file: WorldFile): void {
    for (const cls of flow.classesOf(file)) {
      descriptors.seed(cls);
      if (cls.fact.bases.length < 2 || !cls.bases.some(b => b.kind === 'unknown')) continue;
      const open = cls.bases.flatMap((b, i) => {
        const written = cls.fact.bases[i];
        return b.kind === 'unknown' && written ? [flow.valueNode(file, written.value)] : [];
      });
      flow.combined.push({
        file,
        at: cls.fact.at,
        name: cls.ref.name,
        fixed: cls.bases.filter(b => b.kind !== 'unknown'),
        open,
        many: cls.fact.bases.some(b => b.star),
      });
    }
  }

  function seedImports(file: WorldFile): void {
    for (const fact of file.facts.imports) {
      if (fact.variable < 0) continue;
      for (const m of flow.resolver.imported(file, fact))
        members.meaning(m, flow.variableNode(file, fact.variable));
      if (fact.name === null) continue;
      for (const m of flow.resolver.imported(file, { ...fact, name: null, bindsRoot: false })) {
        if (m.kind !== 'module') continue;
        const variable = flow.resolver.bindings(m.file).moduleNames.get(fact.name);
        if (variable !== undefined)
          graph.edge(flow.variableNode(m.file, variable), flow.variableNode(file, fact.variable));
      }
    }
    file.facts.variables.forEach((v, number) => {
      if (v.bound) return;
      const found = flow.resolver.variable(file, number);
      for (const m of found) members.meaning(m, flow.variableNode(file, number));
      if (!found.length) graph.add(flow.variableNode(file, number), UNKNOWN);
    });
  }

  function seedValues(file: WorldFile): void {
    const own = flow.classesOf(file);
    const { values } = file.facts;
    const count = valueCount(file);
    for (let v = 0; v < count; v++) {
      const i = v * VALUE_WIDTH;
      const op = values[i]! as Op;
      const a = values[i + 1]!;
      const b = values[i + 2]!;
      if (op === Op.Var) continue;
      const into = flow.valueNode(file, v);
      switch (op) {
        case Op.Unknown:
          graph.add(into, UNKNOWN);
          break;
        case Op.Str:
        case Op.Const:
          graph.add(into, FOREIGN);
          break;
        case Op.Attr:
        case Op.Call:
        case Op.Sub:
        case Op.Enter:
        case Op.Await:
        case Op.Caught:
        case Op.Field:
        case Op.Binary:
          graph.watch(flow.valueNode(file, a), into);
          if (op === Op.Binary) graph.watch(flow.valueNode(file, b), into);
          break;
        case Op.Narrow:
          graph.watch(flow.valueNode(file, a), into);
          break;
        case Op.Tuple:
        case Op.List:
        case Op.Set:
          display(file, op, b, into);
          break;
        case Op.Dict: {
          const keys = graph.node();
          const items = graph.node();
          const list = listAt(file, b);
          for (let k = 0; k < list.length; k += 2) {
            const value = flow.valueNode(file, list[k + 1]!);
            if (list[k]! >= 0) {
              graph.edge(flow.valueNode(file, list[k]!), keys);
              graph.edge(value, items);
            } else
              graph.listen(value, id => {
                const token = tokens.get(id);
                if (token.kind !== 'bag') return;
                graph.edge(token.keys, keys);
                graph.edge(token.items, items);
              });
          }
          graph.add(into, newBag(flow, 'dict', { keys, items }));
          break;
        }
        case Op.Comp:
          graph.add(
            into,
            newBag(flow, b === 1 ? 'builtins.set' : 'builtins.list', { items: flow.valueNode(file, a) }),
          );
          break;
        case Op.Join:
          for (const part of listAt(file, b)) graph.edge(flow.valueNode(file, part), into);
          break;
        case Op.Func:
          defined(file, a, into);
          break;
        case Op.Class: {
          const cls = own[a]!;
          const token = tokens.id({ kind: 'class', cls });
          graph.add(into, token);
          for (const d of [...cls.fact.decorators].reverse()) decorate(file, d.value, token, into);
          break;
        }
        case Op.Iter:
          containers.elements(flow.valueNode(file, a), into);
          break;
        case Op.Item:
          containers.elements(flow.valueNode(file, a), into, b);
          break;
        case Op.Rest: {
          const items = graph.node();
          containers.elements(flow.valueNode(file, a), items, -1, b);
          graph.add(into, newBag(flow, 'builtins.list', { items }));
          break;
        }
        case Op.Super:
          graph.add(
            into,
            tokens.id({ kind: 'super', cls: own[a]!, receiver: b >= 0 ? flow.variableNode(file, b) : into }),
          );
          break;
        case Op.ClassCell:
          graph.add(into, tokens.id({ kind: 'class', cls: own[a]! }));
          break;
        default:
          break;
      }
    }
  }

  function display(file: WorldFile, op: Op, list: number, into: number): void {
    const parts = [...listAt(file, list)];
    const plain = parts.every(p => p >= 0);
    if (op === Op.Tuple && plain && parts.length <= MOST_PLACES) {
      graph.add(into, newBag(flow, 'tuple', { places: parts.map(p => flow.valueNode(file, p)) }));
      return;
    }
    const items = graph.node();
    for (const p of parts) {
      if (p >= 0) graph.edge(flow.valueNode(file, p), items);
      else containers.elements(flow.valueNode(file, ~p), items);
    }
    graph.add(
      into,
      newBag(flow, op === Op.Set ? 'builtins.set' : op === Op.List ? 'builtins.list' : 'tuple', { items }),
    );
  }

  /** A def or lambda: the function itself, and what its decorators make of it. */
  function defined(file: WorldFile, fn: number, into: number): void {
    const token = tokens.id({ kind: 'function', file, fn });
    graph.add(into, token);
    const names = decoratorNames(file, fn, resolver);
    for (const { name, value, accessor } of [...names].reverse()) {
      if (accessor || isTransparent(name) || /^builtins\.(staticmethod|classmethod|property)$/.test(name))
        continue;
      decorate(file, value, token, into);
    }
  }

  /** What the decorator at `value` makes of `token`, added to `into`. */
  function decorate(file: WorldFile, value: number, token: number, into: number): void {
    const argument = graph.node();
    graph.add(argument, token);
    graph.listen(flow.valueNode(file, value), id => {
      const decorator = tokens.get(id);
      switch (decorator.kind) {
        case 'function':
          return binding.apply(decorator.file, decorator.fn, 0, [argument], into);
        case 'bound':
          return binding.apply(decorator.file, decorator.fn, 1, [argument], into);
        case 'class': {
          graph.add(into, tokens.id({ kind: 'instance', cls: decorator.cls }));
          flow.instantiated.add(decorator.cls);
          const init = members.lookup(decorator.cls, '__init__')[0];
          if (init?.fact.kind === 'function')
            binding.apply(init.cls.file, row(init.cls.file, init.fact.value).a, 1, [argument], graph.node());
          return;
        }
        case 'instance':
          for (const m of members.lookup(decorator.cls, '__call__'))
            if (m.fact.kind === 'function')
              binding.apply(m.cls.file, row(m.cls.file, m.fact.value).a, 1, [argument], into);
          return;
        default: {
          // unseen code gets hold of the function: it calls it with whatever it has
          if (tokens.get(token).kind === 'function') escapes.leave(argument);
          return;
        }
      }
    });
  }

  function seedActs(file: WorldFile): void {
    const { acts } = file.facts;
    for (let i = 0; i < acts.length; i += ACT_WIDTH) {
      const act = acts[i]! as Act;
      const a = acts[i + 1]!;
      const b = acts[i + 2]!;
      switch (act) {
        case Act.Bind:
          graph.edge(flow.valueNode(file, b), flow.variableNode(file, a));
          break;
        case Act.Store:
        case Act.StoreAug:
        case Act.StoreDel:
        case Act.Declare:
        case Act.StoreItem:
        case Act.AnnotateAttr:
          graph.watch(flow.valueNode(file, a), flow.constraintOfAct(file, i));
          break;
        case Act.Return:
          if (!file.facts.functions[a]!.isGenerator)
            graph.edge(flow.valueNode(file, b), flow.returnNode(file, a));
          break;
        case Act.Yield:
          graph.edge(flow.valueNode(file, b), flow.yieldNode(file, a));
          break;
        case Act.YieldFrom:
          containers.elements(flow.valueNode(file, b), flow.yieldNode(file, a));
          break;
        case Act.Annotate: {
          const variable = file.facts.variables[a]!;
          const scope = file.facts.scopes[variable.scope]!;
          const cls = scope.kind === 'class' ? flow.classesOf(file)[scope.owner] : undefined;
          constrain(flow, file, b, cls ? members.field(cls, variable.name) : flow.variableNode(file, a));
          break;
        }
        default:
          break;
      }
    }
  }

  /** Parameters of functions that nothing in the world calls may be anything. */
  function seedUncalled(): void {
    for (const file of live) {
      file.facts.functions.forEach((fact, fn) => {
        if (flow.called.has(functionKey(file, fn))) return;
        for (const p of fact.parameters) {
          const node = flow.variableNode(file, p.variable);
          if (p.kind === 'star' || p.kind === 'doubleStar')
            graph.add(containers.parameterBag(node, p.kind === 'doubleStar').items, UNKNOWN);
          else graph.add(node, UNKNOWN);
        }
      });
    }
  }
}
