// Storing: attributes of instances, classes and modules, and items of containers.
import { OF_FUNCTIONS } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above, metaclassesOf } from '../../slots.js';
import { isInside, isSlice, isToFail, row } from '../index-file.js';
import { takesNoItems } from './built-in.js';
import type { Binding } from './calls/binding.js';
import type { Containers } from './containers.js';
import type { Descriptors } from './descriptors.js';
import { isMapping } from './externals.js';
import { OF_CLASS } from './fields.js';
import { forwardsIn } from './forwards.js';
import { onExternal, onFunction, unboundAs } from './kept.js';
import type { Members } from './members.js';
import { literalNames } from './names.js';
import type { Flow, StoreSite } from './state.js';
import { FOREIGN, type Token } from './tokens.js';

/** Where an attribute is stored, by a statement or by a call of setattr() and its like. */
export interface Site {
  readonly file: WorldFile;
  readonly attr: string;
  /** The stored value, or -1 where there is none. */
  readonly value: number;
  /** Node of what is stored, where that is not all that stands at the value. */
  readonly given?: number;
  /** UTF-16 offset. */
  readonly at: number;
  readonly kind: StoreSite['kind'];
  /** Node of the receiver. */
  readonly receiver: number;
  /** By `object.__setattr__()`, past the `__setattr__` of the class. */
  readonly past?: boolean;
  /** The receiver is known to have had the attribute before. */
  readonly had?: boolean;
}

export interface Stores {
  /** A store of an attribute, for one token of the receiver. */
  readonly store: (token: number, site: Site) => void;
  /** `container[index] = value`, for one token of the container. */
  readonly storeItem: (token: number, file: WorldFile, index: number, value: number) => void;
}

export function newStores(
  flow: Flow,
  members: Members,
  { elements, pour, under }: Containers,
  { apply, applyMethods }: Binding,
  { describes, becomesMethod }: Descriptors,
): Stores {
  const { graph, tokens } = flow;
  const forwards = forwardsIn(flow);

  /** Node of the name that `__setattr__` is given. */
  const text = graph.node();
  graph.add(text, FOREIGN);

  const store: Stores['store'] = (id, site) => {
    const token = tokens.get(id);
    if (token.kind === 'instance') {
      if (forwards.size > 0 && !site.past && forward(token.cls, site)) {
        if (site.value >= 0) applyMethods(token.cls, '__setattr__', [text, givenBy(site)]);
        return;
      }
      note(token, id, site);
    } else if (token.kind === 'class') flow.having.shows(token.cls, site.attr);
    else if (
      !site.had &&
      !OF_FUNCTIONS.has(site.attr) &&
      (token.kind === 'unknown' || token.kind === 'someClass')
    )
      flow.having.spreads(site.attr);
    if (site.value < 0) return;
    const { attr } = site;
    const given = givenBy(site);
    switch (token.kind) {
      case 'instance':
        if (!site.past) applyMethods(token.cls, '__setattr__', [text, given]);
        take(token, id, attr, given);
        if (attr === '__dict__' && isInside(token.cls, site)) putInPlace(token.cls, given);
        return graph.edge(given, members.field(token.cls, attr));
      case 'class':
        for (const metaclass of metaclassesOf(token.cls))
          applyMethods(metaclass, '__setattr__', [text, given]);
        graph.edge(given, members.field(token.cls, OF_CLASS + attr));
        graph.edge(members.view(given), members.field(token.cls, attr));
        addTo(flow.attached, token.cls, { node: given, file: site.file, at: site.at });
        describes(token.cls, given);
        return becomesMethod(token.cls, given, 'method');
      case 'module': {
        const variable = flow.resolver.bindings(token.file).moduleNames.get(attr);
        if (variable !== undefined) graph.edge(given, flow.variableNode(token.file, variable));
        else flow.kept.put(unboundAs(token.file, attr), given);
        return;
      }
      case 'function':
      case 'bound':
        return flow.kept.put(onFunction(token, attr), given);
      case 'external':
        return flow.kept.put(onExternal(token.dotted, attr), given);
      case 'bag':
        if (id === flow.someModule) for (const node of variablesNamed(attr)) graph.edge(given, node);
        return members.putOn(token, attr, given);
      default:
        return;
    }
  };

  const givenBy = ({ file, value, given }: Site): number => given ?? flow.valueNode(file, value);

  /** `self.__dict__ = state`; elsewhere it is how copies are made. */
  const putInPlace = (cls: WorldClass, given: number): void =>
    graph.listen(given, id => {
      const token = tokens.get(id);
      if (token.kind === 'bag') pour(token, members.dictOf(cls));
    });

  let byName: ReadonlyMap<string, readonly number[]> | null = null;
  /** Variables of modules that have a name. */
  const variablesNamed = (name: string): readonly number[] =>
    (byName ??= moduleVariables(flow)).get(name) ?? [];

  /** What the `__setattr__` of a class hands on; true where it keeps nothing itself. */
  const forward = (cls: WorldClass, site: Site): boolean => {
    const own = [cls, ...above(cls)].find(c => c.members.has('__setattr__'));
    const found = own && forwards.get(own);
    for (const receiver of found?.receivers ?? [])
      if (flow.once(`forward ${site.file.index} ${site.attr}`, receiver, site.at))
        graph.listen(receiver, id => store(id, { ...site, receiver }));
    if (!found?.only) return false;
    return found.receivers.length > 0 || !cls.descendants.some(c => c.members.has('__setattr__'));
  };

  const note = ({ cls }: Token & { kind: 'instance' }, id: number, site: Site): void => {
    const { file, attr, at, receiver } = site;
    const kind = isToFail(file, at) ? 'refused' : site.kind;
    const key = `${cls.index}:${file.index}:${at}:${attr}:${kind}`;
    const had = site.had ?? false;
    if (!flow.stores.has(key)) flow.stores.set(key, { cls, file, attr, kind, at, receiver, token: id, had });
    if (kind !== 'delete' && kind !== 'refused') flow.having.gains(cls, attr);
  };

  /** Properties and descriptors of the world take the value. */
  const take = ({ cls }: Token & { kind: 'instance' }, id: number, attr: string, given: number): void => {
    for (const m of members.lookup(cls, attr)) {
      if (members.kindOf(m.cls, m.fact) === 'accessor')
        apply(m.cls.file, row(m.cls.file, m.fact.value).a, 1, [given], graph.node());
      else if (m.fact.kind === 'assign' && m.fact.value >= 0)
        graph.listen(flow.valueNode(m.cls.file, m.fact.value), d => {
          const descriptor = tokens.get(d);
          if (descriptor.kind === 'bag' && descriptor.type === 'builtins.property')
            setBy(descriptor.items, given);
          if (descriptor.kind !== 'instance') return;
          const self = graph.node();
          graph.add(self, id);
          applyMethods(descriptor.cls, '__set__', [self, given]);
        });
    }
  };

  /** The setter among the parts of a property takes the value. */
  const setBy = (parts: number, given: number): void => {
    if (!flow.once('set by', parts, given)) return;
    graph.listen(parts, id => {
      const part = tokens.get(id);
      if (part.kind === 'function') apply(part.file, part.fn, 1, [given], graph.node());
    });
  };

  const storeItem: Stores['storeItem'] = (id, file, index, value) => {
    const token = tokens.get(id);
    const [key, item] = [flow.valueNode(file, index), flow.valueNode(file, value)];
    if (token.kind === 'bag') {
      if (takesNoItems(token.type)) return;
      const names = isMapping(token.type) ? literalNames(file, index, flow.resolver) : null;
      for (const node of under(token, names)) graph.edge(item, node);
      graph.edge(key, token.keys);
      if (isSlice(file, index)) elements(item, token.items);
    } else if (token.kind === 'instance') applyMethods(token.cls, '__setitem__', [key, item]);
  };

  return { store, storeItem };
}

/** The variables of all modules, by name. */
function moduleVariables({ files, resolver, variableNode }: Flow): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const file of files)
    for (const [name, variable] of resolver.bindings(file).moduleNames)
      addTo(found, name, variableNode(file, variable));
  return found;
}
