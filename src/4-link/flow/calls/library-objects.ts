// What the standard library makes and gives back: an object of a class of its own, be its parts what they may.
import { lastPart, withoutLast } from '../../../model/dotted.js';
import { ACT_WIDTH, Act, ArgKind, Op } from '../../../model/facts.js';
import { addTo } from '../../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../../model/world.js';
import { opAt, row, stringAt, valueCount } from '../../index-file.js';
import type { Containers } from '../containers.js';
import { MAKER_NAMES, MAKERS, type Maker, MODULE, type Own } from '../library-makers.js';
import { type Flow, newBag } from '../state.js';
import { FOREIGN } from '../tokens.js';
import type { Arguments } from './arguments.js';
import type { Escapes } from './escapes.js';

/** Lets what a function or method of the library makes flow into `into`; `holder`: node of what the object holds whose
 *  method is called. False, and nothing flows, where no such thing is known of a dotted name. */
export type LibraryObjects = (dotted: string, args: Arguments, into: number, holder?: number) => boolean;

export function newLibraryObjects(
  flow: Flow,
  { madeBy }: Containers,
  { bagOf, leaveBy }: Escapes,
): LibraryObjects {
  const { graph, tokens } = flow;
  const heirs = new Map<string, WorldClass[]>();
  for (const cls of flow.classes)
    for (const e of cls.mro) if (e.kind === 'external') addTo(heirs, e.dotted, cls);
  /** Classes of the program below one of the library: what makes an object of that may make one of theirs. */
  const below = (gives: string): readonly WorldClass[] => heirs.get(gives) ?? [];
  /** Whether a class of the program below the one whose method makes objects has its own way to make them. */
  const isChanged = (dotted: string, { by }: Maker): boolean => {
    const names = [lastPart(dotted), ...by];
    return below(withoutLast(dotted)).some(cls => names.some(name => cls.members.has(name)));
  };

  /** Whether a call is handed what it is to give back, or what is to make that. */
  const isGivenOwn = ({ file, list }: Arguments, { keyword, place }: Own): boolean =>
    list.some(
      ({ kind, name, value }, i) =>
        kind === ArgKind.Star ||
        kind === ArgKind.DoubleStar ||
        ((name === keyword || (kind === ArgKind.Positional && i >= place)) && opAt(file, value) !== Op.Str),
    );

  let replaced: ReadonlySet<string> | null = null;
  const isReplaced = (name: string): boolean => {
    replaced ??= new Set(flow.files.filter(f => f.source.role !== 'environment').flatMap(replacedIn));
    return replaced.has(name);
  };

  return (dotted, args, into, holder) => {
    const maker = MAKERS.get(dotted);
    if (!maker || isChanged(dotted, maker) || isReplaced(lastPart(dotted))) return false;
    if (maker.own && isGivenOwn(args, maker.own)) return false;
    leaveBy(args);
    const made = madeBy(args, maker.gives);
    graph.edge(bagOf(args), made.items);
    // a part of a parser is told what the parser will give
    if (holder !== undefined)
      for (const [from, to] of [
        [holder, made.items],
        [made.items, holder],
      ] as const)
        graph.edge(from, to);
    if (!flow.once('made', made.items)) return true;
    const objects = maker.leads ? graph.node() : into;
    // of a module that is found by its name more is known
    graph.add(objects, maker.gives === MODULE ? flow.someModule : tokens.id(made));
    for (const cls of below(maker.gives)) graph.add(objects, tokens.id({ kind: 'instance', cls }));
    if (maker.leads) graph.add(into, led(objects));
    return true;
  };

  /** A tuple of the objects at a node and of data. */
  function led(objects: number): number {
    const data = graph.node();
    graph.add(data, FOREIGN);
    return newBag(flow, 'tuple', { places: [objects, data] });
  }
}

/** Names of makers that a file stores on something, or spells in a text, as tools do that replace them for a test:
 *  `patch("shop.command.run", fake)`. */
function replacedIn(file: WorldFile): string[] {
  const { acts, strings } = file.facts;
  if (!strings.some(text => MAKER_NAMES.has(lastPart(text)))) return [];
  const found: string[] = [];
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    if (acts[i] === Act.Store) found.push(stringAt(file, acts[i + 2]!));
  for (let v = 0; v < valueCount(file); v++)
    if (opAt(file, v) === Op.Str) found.push(lastPart(stringAt(file, row(file, v).a)));
  return found.filter(name => MAKER_NAMES.has(name));
}
