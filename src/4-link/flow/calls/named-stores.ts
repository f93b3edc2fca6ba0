// Stores under names that are strings: setattr() and its like, `monkeypatch.setattr`, `mock.patch`.
import { ArgKind, Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { relatives } from '../../../slots.js';
import { mayCreate, opAt, row, spelling, stringAt } from '../../index-file.js';
import { unboundIn } from '../kept.js';
import type { Members } from '../members.js';
import { literalNames, storedNames } from '../names.js';
import type { Flow } from '../state.js';
import type { Site, Stores } from '../stores.js';
import { type Arguments, namesOf } from './arguments.js';

/** A store without its name and receiver. `value` is -1 for a deletion. */
export type Unnamed = Pick<Site, 'file' | 'value' | 'at' | 'past'>;

export interface NamedStores {
  /** Stores on what is at the node `receiver` under each of the names; null for names that are computed. */
  readonly storeNamed: (receiver: number, attrs: readonly string[] | null, site: Unnamed) => void;
  /** `setattr(receiver, name, ...)`: stores the argument number `value`, or deletes where there is none. */
  readonly storeOn: (args: Arguments, value?: number, past?: boolean) => void;
  /** Test tools that store under a literal name: `monkeypatch.setattr(x, "name", v)`, `mock.patch.object(x, "name")`,
   *  and with a dotted one `mock.patch("shop.cart.Cart.total")`. */
  readonly patches: (args: Arguments) => void;
  /** A call of a `__setattr__` or `__delattr__` of the world under a literal name: `self.__setattr__("name", v)`,
   *  `super().__setattr__("name", v)`, `Base.__setattr__(self, "name", v)`. */
  readonly byMethod: (args: Arguments) => void;
}

/** Parameters of `mock.patch.multiple` itself; every other keyword names an attribute. */
const OF_PATCH: ReadonlySet<string> = new Set('target spec create spec_set autospec new_callable'.split(' '));

export function newNamedStores(flow: Flow, members: Members, { store }: Stores): NamedStores {
  const { graph, tokens, descriptorNames } = flow;

  const storeNamed: NamedStores['storeNamed'] = (receiver, attrs, site) => {
    const kind = site.value < 0 ? 'delete' : 'set';
    for (const attr of attrs ?? [])
      graph.listen(receiver, id => store(id, { ...site, attr, kind, receiver }));
  };

  const storeAs = ({ file, list: [target, name] }: Arguments, site: Unnamed): void => {
    if (!target || !name) return;
    const attrs = storedNames(file, target.value, name.value, flow.resolver);
    const receiver = flow.valueNode(file, target.value);
    if (attrs) return storeNamed(receiver, attrs, site);
    if (site.value >= 0) graph.listen(receiver, id => keep(id, flow.valueNode(file, site.value)));
    const holder = descriptorNames.holderAt(file, name.value);
    if (!holder) return;
    const kind = site.value < 0 ? 'delete' : 'set';
    graph.listen(receiver, id => {
      const token = tokens.get(id);
      if (token.kind !== 'instance') return;
      // an instance of a class stands for those of classes below it
      for (const cls of relatives(token.cls)) {
        const own = graph.node();
        graph.add(own, tokens.id({ kind: 'instance', cls }));
        for (const { name: attr } of descriptorNames.namesIn(holder, cls) ?? [])
          graph.listen(own, instance => store(instance, { ...site, attr, kind, receiver: own }));
      }
    });
  };

  /** A store under a computed name, for one token of the receiver. */
  const keep = (id: number, given: number): void => {
    const token = tokens.get(id);
    if (token.kind === 'module') flow.kept.put(unboundIn(token.file), given);
    if (token.kind === 'instance') graph.edge(given, flow.computed(token.cls));
    if (token.kind === 'class') flow.having.opens(token.cls);
  };

  const storeOn: NamedStores['storeOn'] = (args, value, past = false) => {
    const { file, call, list } = args;
    const stored = value === undefined ? undefined : list[value];
    storeAs(args, { file, value: stored?.value ?? -1, at: row(file, call).at, past });
  };

  const patches: NamedStores['patches'] = args => {
    const { file, call, list } = args;
    const r = row(file, call);
    const written = spelling(file, r.a);
    if (/\bpatch\.multiple$/.test(written)) return patchMany(args);
    if (!/\b(patch|patch\.object|setattr|delattr)$/.test(written)) return;
    const [target, name] = list;
    const isDotted = target && opAt(file, target.value) === Op.Str;
    const dotted = isDotted ? literalNames(file, target.value, flow.resolver)?.[0] : undefined;
    if (dotted !== undefined)
      return patchDotted(dotted, { file, value: name?.value ?? -1, at: r.at }, mayCreate(file, list, 3));
    if (!name || written.endsWith('.patch')) return;
    storeAs(args, { file, value: list[2]?.value ?? name.value, at: r.at });
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
    if (holder !== null) patchAttribute(holder, attr, site, creates);
  };
  const patchAttribute = (holder: number, attr: string, site: Unnamed, creates: boolean): void => {
    flow.patched.push({ holder, attr, creates, file: site.file, at: site.at });
    storeNamed(holder, [attr], site);
  };

  /** Node of what dotted names stand for; null where they begin with no module of the world. */
  const standingFor = (parts: readonly string[], file: WorldFile): number | null => {
    for (let count = parts.length; count > 0; count--) {
      const modules = flow.resolver.module(parts.slice(0, count).join('.'), file);
      if (!modules.some(m => m.kind === 'module')) continue;
      let holder = graph.node();
      for (const m of modules) members.meaning(m, holder);
      for (const part of parts.slice(count)) {
        const [from, to] = [holder, graph.node()];
        graph.listen(from, id => members.read(id, part, to, from, true));
        holder = to;
      }
      return holder;
    }
    return null;
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
