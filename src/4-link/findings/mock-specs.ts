// Classes that mocks are made to look like: `Mock(spec=Client)`, `patch("shop.Client", autospec=True)`. Such a mock shows
// what the class shows: with slots also what only its instances had (unittest.mock, "Autospeccing").
import { ArgKind, ConstKind, Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { relatives } from '../../slots.js';
import { isMock } from '../flow/externals.js';
import { isReceiver, literalNames } from '../flow/names.js';
import { UNKNOWN } from '../flow/tokens.js';
import { lastName, row, spelling } from '../index-file.js';
import { longestModule } from '../modules.js';
import type { Meaning } from '../resolve.js';
import type { Call, Finder, Read, Sight, Store } from './sight.js';

const MAKER = /(Mock|^create_autospec)$/;
const PATCH = /(^|\.)patch(\.object)?$/;
/** What says of a patch that the mock is made after what it replaces. */
const AFTER: ReadonlySet<string> = new Set(['spec', 'spec_set', 'autospec']);
const AUTO = /autospec$/;

/** Code that goes on where an attribute is missing, which a mock may be asked for. */
interface Asked {
  readonly file: WorldFile;
  readonly receiver: number;
  readonly attr: string;
  readonly at: number;
}

/**
 * Finds what mocks of a class would answer otherwise once it has slots.
 * @param kept every name that instances of some class of the world keep
 */
export function newMockSpecs(sight: Sight, kept: ReadonlySet<string>): Finder {
  const { solved, belief, slotAware, classesAt, note } = sight;
  const { resolver, tokens, valueNode, classOf, classesOf } = solved.flow;
  const names = new Set([...kept, ...solved.flow.classes.flatMap(cls => cls.fields.map(f => f.name))]);
  const asked: Asked[] = [];
  const mocked = new Set<WorldClass>();

  /** A method is not called on a mock. */
  const asks = (file: WorldFile, receiver: number, attr: string, at: number): void => {
    if (names.has(attr) && !isReceiver(file, receiver)) asked.push({ file, receiver, attr, at });
  };
  const read = ({ file, base, name, at }: Read): void => {
    if (slotAware.catchesMissing(file, at)) asks(file, base, name, at);
  };
  const store = ({ file, receiver, attr, at }: Store): void => {
    if (slotAware.catchesMissing(file, at)) asks(file, receiver, attr, at);
  };

  const call = (site: Call): void => {
    const { file, callee, args, at } = site;
    const name = lastName(file, callee);
    if (args[1] && (name === 'hasattr' || (name === 'getattr' && args.length > 2)))
      for (const attr of literalNames(file, args[1].value, resolver) ?? [])
        asks(file, args[0]!.value, attr, at);
    const isMaker = MAKER.test(name);
    if (!isMaker && !PATCH.test(spelling(file, callee))) return;
    const isAuto = AUTO.test(name) || args.some(a => AUTO.test(a.name));
    for (const cls of isMaker ? speccedBy(site) : replacedBy(site)) {
      mocked.add(cls);
      if (isAuto) showsDefaults(cls, file, at);
    }
  };

  const speccedBy = ({ file, args: [first, ...others] }: Call): WorldClass[] =>
    [
      ...(first?.kind === ArgKind.Positional ? [first] : []),
      ...[first, ...others].filter(a => a && AFTER.has(a.name)),
    ].flatMap(arg => classesAt(file, arg!.value));

  /** A mock made after a class shows mocks of what the class shows: of the default of a field, not of its slot. */
  const showsDefaults = (cls: WorldClass, file: WorldFile, at: number): void => {
    for (const { name } of [...relatives(cls)].flatMap(c => c.fields.filter(f => f.onClass)))
      note('class-attribute-test', cls, file, at, `makes a mock of what the class shows as .${name}`, name);
  };

  /** `patch("shop.client.Client", autospec=True)`, `patch.object(shop, "Client", spec=True)` */
  const replacedBy = ({ file, args }: Call): WorldClass[] => {
    const [target, second] = args;
    const told = args.filter(a => AFTER.has(a.name) && !isFalse(file, a.value));
    if (!target || !told.length) return [];
    const given = told.flatMap(a => classesAt(file, a.value));
    const dotted = literalNames(file, target.value, resolver) ?? [];
    const attrs = second ? (literalNames(file, second.value, resolver) ?? []) : [];
    const meant = dotted.length
      ? dotted.flatMap(name => standingFor(name.split('.'), file))
      : attrs.flatMap(attr =>
          resolver.value(file, target.value).flatMap(m => resolver.attribute(m, attr, file)),
        );
    return [...given, ...meant.flatMap(classesBehind)];
  };
  const standingFor = (parts: readonly string[], file: WorldFile): readonly Meaning[] => {
    const found = longestModule(parts, file, resolver);
    const modules: readonly Meaning[] = found?.modules.filter(m => m.kind === 'module') ?? [];
    return (found?.rest ?? []).reduce(
      (holders, part) => holders.flatMap(m => resolver.attribute(m, part, file)),
      modules,
    );
  };
  const classesBehind = (m: Meaning): readonly WorldClass[] =>
    m.kind === 'class' ? [classOf(m)] : m.kind === 'module' ? classesOf(m.file) : [];

  const isFalse = (file: WorldFile, value: number): boolean => {
    const { op, a, b } = row(file, value);
    return op === Op.Const && (a === ConstKind.None || (a === ConstKind.Bool && b === 0));
  };

  /** Whether what stands at a receiver may be a mock of a class: one that is made there, one that takes the place of the
   *  class, or nobody knows what. */
  const maybe = (cls: WorldClass, file: WorldFile, receiver: number): boolean => {
    let isEmpty = true;
    for (const id of belief.tokens(valueNode(file, receiver))) {
      if (id === UNKNOWN) return true;
      const token = tokens.get(id);
      if (token.kind === 'bag' && isMock(token.type)) return true;
      if (token.kind === 'instance' && relatives(cls).has(token.cls)) return true;
      isEmpty = false;
    }
    return isEmpty;
  };

  const end = (): void => {
    for (const cls of mocked)
      for (const { file, receiver, attr, at } of asked) {
        if (solved.members.lookup(cls, attr).length || !maybe(cls, file, receiver)) continue;
        note(
          'class-attribute-test',
          cls,
          file,
          at,
          `asks what may be a mock of the class for .${attr}`,
          attr,
        );
      }
  };

  return { read, call, store, mindsFailing: true, end };
}
