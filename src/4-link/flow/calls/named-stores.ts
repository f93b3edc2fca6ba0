// Stores under names that are strings: setattr() and its like, `monkeypatch.setattr`, `mock.patch`.
import { ArgKind, Op } from '../../../model/facts.js';
import type { WorldClass, WorldFile } from '../../../model/world.js';
import { mayCreate, opAt, row, spelling, stringAt } from '../../index-file.js';
import { longestModule } from '../../modules.js';
import type { Containers } from '../containers.js';
import { ANY_NAME, OF_CLASS } from '../fields.js';
import { unboundAs, unboundIn } from '../kept.js';
import type { Bag } from '../keyed.js';
import type { Members } from '../members.js';
import { literalNames, storedNames } from '../names.js';
import type { Flow } from '../state.js';
import type { Site, Stores } from '../stores.js';
import type { Token } from '../tokens.js';
import { type Arguments, namesOf } from './arguments.js';
import type { Mocks } from './mocks.js';
import { lookedUpIn, pouredFrom } from './poured.js';

/** A store without its name and receiver. `value` is -1 for a deletion. */
export type Unnamed = Pick<Site, 'file' | 'value' | 'given' | 'at' | 'past'>;

export interface NamedStores {
  /** Stores on what is at the node `receiver` under each of the names; null for names that are computed. */
  readonly storeNamed: (receiver: number, attrs: readonly string[] | null, site: Unnamed) => void;
  /** `setattr(receiver, name, ...)`: stores the argument number `value`, or deletes where there is none. */
  readonly storeOn: (args: Arguments, value?: number, past?: boolean) => void;
  /** Test tools that store under a literal name: `monkeypatch.setattr(x, "name", v)`, `mock.patch.object(x, "name")`,
   *  and with a dotted one `mock.patch("shop.cart.Cart.total")`. They are told by how they are spelled where it is not
   *  known what is called. */
  readonly patches: (args: Arguments, dotted?: string) => void;
  /** A call of a `__setattr__` or `__delattr__` of the world under a literal name: `self.__setattr__("name", v)`,
   *  `super().__setattr__("name", v)`, `Base.__setattr__(self, "name", v)`. */
  readonly byMethod: (args: Arguments) => void;
}

/** Parameters of `mock.patch.multiple` itself; every other keyword names an attribute. */
const OF_PATCH: ReadonlySet<string> = new Set('target spec create spec_set autospec new_callable'.split(' '));

const CALLABLE: ReadonlySet<Token['kind']> = new Set(['function', 'bound', 'partial']);

export function newNamedStores(
  flow: Flow,
  members: Members,
  { at, pour }: Containers,
  { store }: Stores,
  mocks: Mocks,
): NamedStores {
  const { graph, tokens, descriptorNames, listedNames } = flow;

  const storeNamed: NamedStores['storeNamed'] = (receiver, attrs, site) => {
    const kind = site.value < 0 ? 'delete' : 'set';
    for (const attr of attrs ?? [])
      graph.listen(receiver, id => store(id, { ...site, attr, kind, receiver }));
  };

  /** Stores under several names, each what a mapping holds under it where that is what is stored. */
  const storeEach = (receiver: number, attrs: readonly string[], name: number, site: Unnamed): void => {
    const mapping = lookedUpIn(site.file, name, site.value);
    if (mapping < 0) return storeNamed(receiver, attrs, site);
    for (const attr of attrs) {
      const given = graph.node();
      graph.listen(flow.valueNode(site.file, mapping), id => {
        const token = tokens.get(id);
        if (token.kind === 'unknown') return graph.add(given, id);
        if (token.kind !== 'bag') return graph.edge(flow.valueNode(site.file, site.value), given);
        for (const node of at(token, [attr])) graph.edge(node, given);
      });
      storeNamed(receiver, [attr], { ...site, given });
    }
  };

  const storeAs = ({ file, list: [target, name] }: Arguments, site: Unnamed): void => {
    if (!target || !name) return;
    const attrs = storedNames(file, target.value, name.value, flow.resolver, flow.callers);
    const receiver = flow.valueNode(file, target.value);
    if (attrs && attrs.length > 1) return storeEach(receiver, attrs, name.value, site);
    if (attrs) return storeNamed(receiver, attrs, site);
    if (site.value >= 0) storeComputed(name.value, { ...site, attr: ANY_NAME, kind: 'set', receiver });
    const holder = descriptorNames.holderAt(file, name.value);
    const lists = listedNames.listsAt(file, target.value, name.value);
    if (holder)
      storeByClass(receiver, cls => descriptorNames.namesIn(holder, cls)?.map(n => n.name) ?? null, site);
    if (lists) storeByClass(receiver, cls => listedNames.namesIn(lists, cls), site);
  };

  /** Stores under names that differ from class to class. */
  const storeByClass = (
    receiver: number,
    namesOf: (cls: WorldClass) => readonly string[] | null,
    site: Unnamed,
  ): void =>
    graph.listen(receiver, id => {
      const token = tokens.get(id);
      if (token.kind !== 'instance') return;
      // an instance of a class stands for those of classes below it
      for (const cls of [token.cls, ...token.cls.descendants]) {
        const own = graph.node();
        graph.add(own, tokens.id({ kind: 'instance', cls }));
        storeNamed(own, namesOf(cls), site);
      }
    });

  /** A store under a computed name: any, or those of a mapping that is gone through. */
  const storeComputed = (name: number, site: Site): void => {
    const mapping = pouredFrom(site.file, name, site.value, flow.resolver);
    const names = literalNames(site.file, name, flow.resolver);
    graph.listen(site.receiver, id => {
      keep(id, names, site);
      const dict = mapping < 0 ? null : dictOf(tokens.get(id));
      if (!dict) return;
      graph.listen(flow.valueNode(site.file, mapping), from => {
        const held = tokens.get(from);
        if (held.kind === 'bag') pour(held, dict);
      });
    });
  };

  const dictOf = (token: Token): Bag | null => {
    if (token.kind === 'instance') return members.dictOf(token.cls);
    return token.kind === 'bag' ? members.objectDict(token) : null;
  };

  const keepOnModule = (file: WorldFile, names: readonly string[] | null, given: number): void => {
    if (!names) return flow.kept.put(unboundIn(file), given);
    for (const name of names) {
      const variable = flow.resolver.bindings(file).moduleNames.get(name);
      if (variable !== undefined) graph.edge(given, flow.variableNode(file, variable));
      else flow.kept.put(unboundAs(file, name), given);
    }
  };

  /** A store under a computed name, or one of several, for one token of the receiver. */
  const keep = (id: number, names: readonly string[] | null, site: Site): void => {
    const token = tokens.get(id);
    const given = flow.valueNode(site.file, site.value);
    if (token.kind === 'module') keepOnModule(token.file, names, given);
    if (token.kind === 'instance') graph.edge(given, members.field(token.cls, ANY_NAME));
    replace(token, names, given);
    if (token.kind === 'bag') for (const name of names ?? [null]) members.putOn(token, name, given);
    if (token.kind !== 'class') return;
    flow.having.opens(token.cls);
    store(id, site);
  };

  /** A function that is stored under a computed name may stand for each one that is there: wrappers are put on so. */
  const replace = (token: Token, names: readonly string[] | null, given: number): void => {
    const isMeant = (name: string): boolean => names?.includes(name) ?? !/^__\w+__$/.test(name);
    const functions = functionsAt(given);
    if (token.kind === 'module') {
      for (const fn of token.file.facts.functions) {
        const variable = fn.name === fn.qualname && isMeant(fn.name) ? fn.name : '';
        const bound = flow.resolver.bindings(token.file).moduleNames.get(variable);
        if (bound !== undefined) graph.edge(functions, flow.variableNode(token.file, bound));
      }
    } else if (token.kind === 'class' || token.kind === 'instance') {
      for (const { name, kind } of token.cls.members.values()) {
        if (kind !== 'function' || !isMeant(name)) continue;
        graph.edge(
          token.kind === 'class' ? members.view(functions) : functions,
          members.field(token.cls, name),
        );
        if (token.kind === 'class') graph.edge(functions, members.field(token.cls, OF_CLASS + name));
      }
    }
  };
  const functionNodes = new Map<number, number>();
  /** Node of the functions at a node. */
  const functionsAt = (given: number): number => {
    let node = functionNodes.get(given);
    if (node === undefined) {
      functionNodes.set(given, (node = graph.node()));
      graph.filter(node, id => CALLABLE.has(tokens.get(id).kind));
      graph.edge(given, node);
    }
    return node;
  };

  const storeOn: NamedStores['storeOn'] = (args, value, past = false) => {
    const { file, call, list } = args;
    const stored = value === undefined ? undefined : list[value];
    storeAs(args, { file, value: stored?.value ?? -1, at: row(file, call).at, past });
  };

  const patches: NamedStores['patches'] = (args, called) => {
    const { file, call, list } = args;
    const r = row(file, call);
    const written = called ?? spelling(file, r.a);
    if (/\bpatch\.multiple$/.test(written)) return patchMany(args);
    // pytest-mock spies on a method by a patch of it
    if (!/\b(patch|patch\.object|setattr|delattr|\w*mocker\.spy)$/.test(written)) return;
    const [target, name] = list;
    const isDotted = target && opAt(file, target.value) === Op.Str;
    const dotted = isDotted ? literalNames(file, target.value, flow.resolver)?.[0] : undefined;
    if (dotted !== undefined)
      return patchDotted(
        dotted,
        { file, value: mocks.replacement(args, 1), at: r.at },
        mayCreate(file, list, 3),
      );
    if (!name || written.endsWith('.patch')) return;
    const value = /(patch\.object|\.spy)$/.test(written) ? mocks.replacement(args, 2) : list[2]?.value;
    storeAs(args, { file, value: value ?? name.value, at: r.at });
  };

  /** `mock.patch.multiple(target, name=value, ...)` */
  const patchMany = ({ file, call, list }: Arguments): void => {
    const target = list.find((a, i) => a.name === 'target' || (i === 0 && a.kind === ArgKind.Positional));
    if (!target) return;
    const dotted =
      opAt(file, target.value) === Op.Str && literalNames(file, target.value, flow.resolver)?.[0];
    const holder = dotted ? standingFor(dotted.split('.'), file) : flow.valueNode(file, target.value);
    if (holder === null) return;
    const creates = mayCreate(file, list, 2);
    const { at } = row(file, call);
    for (const { kind, name, value } of list)
      if (kind === ArgKind.Keyword && !OF_PATCH.has(name))
        patchAttribute(holder, name, { file, value, at }, creates);
  };

  /** A store under the last of dotted names, on what the others stand for. */
  const patchDotted = (dotted: string, site: Unnamed, creates: boolean): void => {
    const parts = dotted.split('.');
    const attr = parts.pop()!;
    const holder = standingFor(parts, site.file);
    patchAttribute(holder ?? outside(parts), attr, site, creates);
  };
  /** Node of what has a dotted name outside the world. */
  const outside = (parts: readonly string[]): number => {
    const node = graph.node();
    if (parts.length) graph.add(node, tokens.id({ kind: 'external', dotted: parts.join('.') }));
    return node;
  };
  const patchAttribute = (holder: number, attr: string, site: Unnamed, creates: boolean): void => {
    flow.patched.push({ holder, attr, creates, file: site.file, at: site.at });
    storeNamed(holder, [attr], site);
  };

  /** Node of what dotted names stand for; null where they begin with no module of the world. */
  const standingFor = (parts: readonly string[], file: WorldFile): number | null => {
    const found = longestModule(parts, file, flow.resolver);
    if (!found) return null;
    let holder = graph.node();
    for (const m of found.modules) members.meaning(m, holder);
    for (const part of found.rest) {
      const [from, to] = [holder, graph.node()];
      graph.listen(from, id => members.read(id, part, to, from, true));
      holder = to;
    }
    return holder;
  };

  const byMethod: NamedStores['byMethod'] = args => {
    const { file, call, list } = args;
    const callee = row(file, call).a;
    const method = opAt(file, callee) === Op.Attr ? stringAt(file, row(file, callee).b) : '';
    if (!/^__(set|del)attr__$/.test(method) || !flow.once('by method', flow.valueNode(file, call))) return;
    const base = flow.valueNode(file, row(file, callee).a);
    const storeFrom = (at: number, receiver: number, past: boolean): void => {
      const attrs = namesOf(flow, args, at);
      const value = method === '__setattr__' ? (list[at + 1]?.value ?? -1) : -1;
      storeNamed(receiver, attrs, { file, value, at: row(file, call).at, past });
    };
    graph.listen(base, id => {
      const token = tokens.get(id);
      if (token.kind === 'instance' && flow.once('by method of it', base, flow.valueNode(file, call)))
        storeFrom(0, base, false);
      else if (token.kind === 'super') storeFrom(0, token.receiver, true);
      else if (token.kind === 'class' && list[0]) storeFrom(1, flow.valueNode(file, list[0].value), true);
    });
  };

  return { storeNamed, storeOn, patches, byMethod };
}
