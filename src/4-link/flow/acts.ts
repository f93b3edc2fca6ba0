// What statements do: bind, store, return, yield, annotate.
import { ACT_WIDTH, Act, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { namesAt, row, stringAt } from '../index-file.js';
import { bodyVariables } from '../metaclasses.js';
import { constrainKept } from './constraints.js';
import type { Containers } from './containers.js';
import type { Members } from './members.js';
import { literalNames } from './names.js';
import type { Numbering } from './numbering.js';
import type { Flow } from './state.js';
import type { Site, Stores } from './stores.js';

export interface Acts {
  /** Lets what the statements of a file bind and return flow, and listens to what the others depend on. */
  readonly seed: (file: WorldFile) => void;
  /** A token has arrived at what the act row `at` depends on. */
  readonly onToken: (file: WorldFile, at: number, token: number) => void;
}

export function newActs(
  flow: Flow & Numbering,
  members: Members,
  { elements }: Containers,
  { store, storeItem }: Stores,
): Acts {
  const { graph, tokens } = flow;

  const seed: Acts['seed'] = file => {
    const { acts } = file.facts;
    const bodies = bodyVariables(file, flow.classesOf(file));
    for (let i = 0; i < acts.length; i += ACT_WIDTH) {
      const act: Act = acts[i]!;
      const a = acts[i + 1]!;
      const b = acts[i + 2]!;
      switch (act) {
        case Act.Bind:
          graph.edge(flow.valueNode(file, b), flow.variableNode(file, a));
          break;
        case Act.StoreItem:
          if (bodies.size) storeInBody(file, i, bodies);
          graph.watch(flow.valueNode(file, a), flow.constraintOfAct(file, i));
          break;
        case Act.Store:
        case Act.StoreAug:
        case Act.StoreDel:
        case Act.Declare:
        case Act.AnnotateAttr:
          graph.watch(flow.valueNode(file, a), flow.constraintOfAct(file, i));
          break;
        case Act.Return:
          graph.edge(
            flow.valueNode(file, b),
            file.facts.functions[a]!.isGenerator ? flow.endNode(file, a) : flow.returnNode(file, a),
          );
          break;
        case Act.Yield:
          graph.edge(flow.valueNode(file, b), flow.yieldNode(file, a));
          break;
        case Act.YieldFrom:
          elements(flow.valueNode(file, b), flow.yieldNode(file, a));
          break;
        case Act.Annotate:
          constrainKept(flow, file, b, annotated(file, a));
          break;
        default:
          break;
      }
    }
  };

  /** `body["name"] = value` in a method of a metaclass, which is what `cls.name = value` is later. */
  const storeInBody = (file: WorldFile, at: number, bodies: ReadonlyMap<number, WorldClass>): void => {
    const [container, index, value, offset] = file.facts.acts.subarray(at + 1, at + ACT_WIDTH);
    const receiver = row(file, container!);
    const metaclass = receiver.op === Op.Var ? bodies.get(receiver.a) : undefined;
    if (!metaclass) return;
    for (const attr of literalNames(file, index!, flow.resolver) ?? [])
      for (const cls of flow.madeBy(metaclass))
        store(tokens.id({ kind: 'class', cls }), {
          file,
          attr,
          value: value!,
          at: offset!,
          kind: 'set',
          receiver: flow.valueNode(file, container!),
        });
  };

  /** Node of what the annotation of a variable is about: in a class body, what instances keep under its name. */
  const annotated = (file: WorldFile, number: number): number => {
    const variable = file.facts.variables[number]!;
    const scope = file.facts.scopes[variable.scope]!;
    const cls = scope.kind === 'class' ? flow.classesOf(file)[scope.owner] : undefined;
    return cls ? members.field(cls, variable.name) : flow.variableNode(file, number);
  };

  const onToken: Acts['onToken'] = (file, row, id) => {
    const { acts } = file.facts;
    const act: Act = acts[row]!;
    const [a, b, c, at] = [acts[row + 1]!, acts[row + 2]!, acts[row + 3]!, acts[row + 4]!];
    const storeAs = (kind: Site['kind'], value: number): void => {
      const attr = stringAt(file, b);
      const had = kind === 'augmented' || namesAt(file, a).includes(attr);
      store(id, { file, attr, value, at, kind, receiver: flow.valueNode(file, a), had });
    };
    switch (act) {
      case Act.Store:
        return storeAs('set', c);
      case Act.StoreAug:
        return storeAs('augmented', c);
      case Act.StoreDel:
        return storeAs('delete', -1);
      case Act.Declare:
        return storeAs('declare', -1);
      case Act.AnnotateAttr: {
        const token = tokens.get(id);
        if (token.kind === 'instance' && flow.once('field', flow.constraintOfAct(file, row), token.cls.index))
          constrainKept(flow, file, c, members.field(token.cls, stringAt(file, b)));
        return;
      }
      case Act.StoreItem:
        return storeItem(id, file, b, c);
      default:
        return;
    }
  };

  return { seed, onToken };
}
