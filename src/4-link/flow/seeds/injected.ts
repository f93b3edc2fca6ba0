// What pytest hands to functions that nothing calls: what fixtures give to parameters of their names, and what
// `@pytest.mark.parametrize` lists (pytest, "How to use fixtures" and "How to parametrize").
import { isTestLike } from '../../../1-discover/roles.js';
import { ArgKind, ConstKind, Op } from '../../../model/facts.js';
import { addTo } from '../../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../../model/world.js';
import { above } from '../../../slots.js';
import { argumentsOf, listAt, opAt, row, stringAt, valueCount } from '../../index-file.js';
import type { Containers } from '../containers.js';
import { type Fixture, folderOf, newFixtures, type Written } from '../fixtures.js';
import { literalItems, literalNames } from '../names.js';
import type { Flow } from '../state.js';
import { UNKNOWN } from '../tokens.js';

/** What `parametrize("order", [..])` lists for a parameter: its values, and the place where each of several has it. */
interface Listing extends Written {
  readonly place: number | null;
  /** It is for the fixture of the name. */
  readonly isIndirect: boolean;
}

const PARAMETRIZE = /(^|\.)parametrize$/;
const PARAM = /^_?pytest(\.\w+)*\.param$/;
/** Decorators that leave it to fixtures what a test or fixture is given, by the ends of their names. */
const PLAIN =
  /(^|\.)(mark\.\w+|fixture|patch(\.\w+)*|staticmethod|classmethod|given|settings|example|skip(If|Unless)?)$/;
/** What gives parameters values that no mark tells. */
const GENERATES = 'pytest_generate_tests';
/** A variable of a module or class whose marks count for all that is in it. */
const MARKS = 'pytestmark';

/** Lets what pytest hands to the functions of the files flow into their parameters. Answers the variables of those of
 *  which all that they are given is known, as `file:variable`. */
export function seedInjected(
  flow: Flow,
  { elements, parameterNode }: Containers,
  files: readonly WorldFile[],
): ReadonlySet<string> {
  const { graph, resolver, tokens } = flow;
  const fixtures = newFixtures(flow, files);
  const { callAt, nameAt } = fixtures;
  const told = new Set<string>();

  const give = ({ file, fn }: Fixture, into: number): void =>
    graph.edge(
      file.facts.functions[fn]!.isGenerator ? flow.yieldNode(file, fn) : flow.returnNode(file, fn),
      into,
    );

  /** `"count, order"`, or a display of names. */
  const namesAt = (file: WorldFile, value: number): readonly string[] => {
    const { op, a } = row(file, value);
    if (op === Op.Str)
      return stringAt(file, a)
        .split(',')
        .map(name => name.trim());
    return literalItems(file, value, resolver) ?? [];
  };

  /** What a mark lists for a parameter. */
  const listingFor = ({ file, value }: Written, name: string): Listing[] => {
    if (!PARAMETRIZE.test(nameAt({ file, value }))) return [];
    const args = argumentsOf(file, value);
    const names = args.find((arg, i) => arg.name === 'argnames' || (i === 0 && !arg.name));
    const values = args.find((arg, i) => arg.name === 'argvalues' || (i === 1 && !arg.name));
    const indirect = args.find(arg => arg.name === 'indirect');
    if (!names || !values) return [];
    const all = namesAt(file, names.value);
    const at = all.indexOf(name);
    if (at < 0) return [];
    const isSeveral = all.length > 1 || opAt(file, names.value) !== Op.Str;
    const isIndirect = !!indirect && meansFixture(file, indirect.value, name);
    return [{ file, value: values.value, place: isSeveral ? at : null, isIndirect }];
  };
  /** `indirect=True`, `indirect=["db"]` */
  const meansFixture = (file: WorldFile, indirect: number, name: string): boolean => {
    const { op, a, b } = row(file, indirect);
    if (op === Op.Const) return a !== ConstKind.Bool || b !== 0;
    return literalItems(file, indirect, resolver)?.includes(name) ?? true;
  };

  const hand = ({ file, value, place }: Omit<Listing, 'isIndirect'>, into: number): void => {
    const { op, b } = row(file, value);
    if (op !== Op.List && op !== Op.Tuple) return held(file, value, place, into);
    for (const item of listAt(file, b))
      if (item >= 0) listed(file, item, place, into);
      else held(file, ~item, place, into);
  };
  /** One of the values that are listed, at a place where each is several. */
  const listed = (file: WorldFile, item: number, place: number | null, into: number): void => {
    const { op, b } = row(file, item);
    if (op === Op.Call && PARAM.test(nameAt({ file, value: item }))) {
      const args = argumentsOf(file, item).filter(arg => arg.kind === ArgKind.Positional);
      const arg = args[place ?? 0];
      if (arg) graph.edge(flow.valueNode(file, arg.value), into);
    } else if (place === null) graph.edge(flow.valueNode(file, item), into);
    else if (op === Op.Tuple || op === Op.List) {
      const part = listAt(file, b)[place];
      if (part !== undefined && part >= 0) graph.edge(flow.valueNode(file, part), into);
    } else elements(flow.valueNode(file, item), into, place);
  };
  /** The same of each item of what stands at a value. */
  const held = (file: WorldFile, value: number, place: number | null, into: number): void => {
    const items = place === null ? into : graph.node();
    elements(flow.valueNode(file, value), items);
    if (place !== null) elements(items, into, place);
  };

  /** `pytestmark = [pytest.mark.slow, pytest.mark.parametrize(..)]` */
  const marksIn = (file: WorldFile, value: number): readonly number[] =>
    opAt(file, value) === Op.List ? [...listAt(file, row(file, value).b)].filter(v => v >= 0) : [value];
  const marksOf = (file: WorldFile): readonly number[] => {
    const { moduleNames, values } = resolver.bindings(file);
    const variable = moduleNames.get(MARKS);
    const bound = variable === undefined ? [] : (values.get(variable) ?? []);
    return bound.flatMap(v => marksIn(file, v));
  };
  const marksOn = ({ file, fact }: WorldClass): readonly number[] => [
    ...fact.decorators.map(d => d.value),
    ...fact.members.flatMap(m => (m.name === MARKS && m.value >= 0 ? marksIn(file, m.value) : [])),
  ];

  const tests: WorldClass[] = flow.classes.filter(
    cls => isTestLike(cls.file.source.path) && [...cls.members.keys()].some(n => n.startsWith('test')),
  );
  /** What a fixture gets from its request: `request.param`, and the class or object that its test belongs to. */
  const params = new Map<Fixture, number>();
  const paramOf = (fixture: Fixture): number => {
    let node = params.get(fixture);
    if (node === undefined) params.set(fixture, (node = graph.node()));
    return node;
  };
  const readRequest = (fixture: Fixture): void => {
    const { file, fn, home } = fixture;
    const request = file.facts.functions[fn]!.parameters.find(p => p.name === 'request');
    if (!request) return;
    const around = tests.filter(
      cls => cls.file === home || cls.file.source.path.startsWith(folderOf(home.source.path)),
    );
    for (let v = 0; v < valueCount(file); v++) {
      const { op, a, b } = row(file, v);
      if (op !== Op.Attr) continue;
      const holder = row(file, a);
      if (holder.op !== Op.Var || holder.a !== request.variable) continue;
      const into = flow.valueNode(file, v);
      const name = stringAt(file, b);
      if (name === 'param' && params.has(fixture)) {
        graph.edge(params.get(fixture)!, into);
        graph.refuse(into, UNKNOWN);
      }
      const kind = name === 'cls' ? 'class' : 'instance';
      if (name === 'cls' || name === 'instance')
        for (const cls of around) graph.add(into, tokens.id({ kind, cls }));
    }
  };
  /** `request.getfixturevalue("db")` */
  const readNamed = (file: WorldFile): void => {
    if (!file.facts.strings.includes('getfixturevalue')) return;
    for (let v = 0; v < valueCount(file); v++) {
      const { op, a } = row(file, v);
      if (op !== Op.Call || opAt(file, a) !== Op.Attr) continue;
      if (stringAt(file, row(file, a).b) !== 'getfixturevalue') continue;
      const [name] = argumentsOf(file, v);
      for (const text of (name && literalNames(file, name.value, resolver)) ?? [])
        for (const fixture of fixtures.named(file, -1, text).fixtures) give(fixture, flow.valueNode(file, v));
    }
  };

  for (const fixture of fixtures.all) {
    const { file, value } = fixture.by;
    const listing =
      opAt(file, value) === Op.Call && argumentsOf(file, value).find(arg => arg.name === 'params');
    if (listing) hand({ file, value: listing.value, place: null }, paramOf(fixture));
  }
  const marksFor = (file: WorldFile, fn: number): readonly number[] => {
    const fact = file.facts.functions[fn]!;
    const cls = flow.classesOf(file)[fact.cls];
    return [...fact.decorators, ...(cls ? marksOn(cls) : []), ...marksOf(file)];
  };
  /** The names that a mark lists values for, or null where they are not known. */
  const parametersOf = ({ file, value }: Written): readonly string[] | null => {
    const args = argumentsOf(file, value);
    const names = args.find((arg, i) => arg.name === 'argnames' || (i === 0 && !arg.name));
    if (!names || args.some(arg => arg.kind === ArgKind.Star || arg.kind === ArgKind.DoubleStar)) return null;
    const all = namesAt(file, names.value);
    return all.length ? all : null;
  };
  /** What all the marks list for a name, also those of classes that inherit their tests. */
  const listings = new Map<string, Listing[]>();
  const list = (file: WorldFile, mark: number): void => {
    const called = callAt(file, mark);
    if (!called || !PARAMETRIZE.test(nameAt(called))) return;
    for (const name of parametersOf(called) ?? [])
      for (const listing of listingFor(called, name)) addTo(listings, name, listing);
  };
  for (const file of files.filter(f => isTestLike(f.source.path))) {
    for (const { decorators } of file.facts.functions) for (const mark of decorators) list(file, mark);
    for (const cls of flow.classesOf(file)) if (cls) for (const mark of marksOn(cls)) list(file, mark);
    for (const mark of marksOf(file)) list(file, mark);
  }
  const isPlain = (file: WorldFile, mark: number): boolean => {
    const called = callAt(file, mark) ?? { file, value: mark };
    const name = nameAt(called);
    if (PARAMETRIZE.test(name)) return parametersOf(called) !== null;
    return PLAIN.test(name);
  };
  const generating = files.filter(file => file.facts.functions.some(fact => fact.name === GENERATES));
  /** What it is given may come from elsewhere than from marks and fixtures. */
  const isOpen = (file: WorldFile, fn: number): boolean => {
    const { moduleNames, values } = resolver.bindings(file);
    const variable = moduleNames.get(file.facts.functions[fn]!.name);
    return (
      generating.some(g => g === file || !/(^|\/)test_[^/]*$/.test(g.source.path)) ||
      !marksFor(file, fn).every(mark => isPlain(file, mark)) ||
      (variable !== undefined && (values.get(variable) ?? []).length > 0)
    );
  };
  /** Last parts of the modules that others import from: their tests may run with the fixtures of these. */
  const lent = new Set(
    files.flatMap(f => f.facts.imports.map(i => i.module.slice(i.module.lastIndexOf('.') + 1))),
  );
  /** The one who asks is not the one that decides what a name means: a fixture's request is resolved for the test that
   *  it runs for, and an inherited or imported test's where it is inherited or imported. */
  const isElsewhere = (file: WorldFile, fn: number, cls: WorldClass | undefined): boolean =>
    fixtures.isOne(file, fn) ||
    !!cls?.descendants.length ||
    lent.has(file.source.module.slice(file.source.module.lastIndexOf('.') + 1));

  for (const file of files) {
    readNamed(file);
    file.facts.functions.forEach((fact, fn) => {
      const isTest = fact.name.startsWith('test') && isTestLike(file.source.path);
      if (fact.isLambda || !(isTest || fixtures.isOne(file, fn))) return;
      const cls = flow.classesOf(file)[fact.cls];
      const over = cls
        ? above(cls).flatMap(each => marksOn(each).flatMap(v => callAt(each.file, v) ?? []))
        : [];
      const marks = [...marksFor(file, fn).flatMap(v => callAt(file, v) ?? []), ...over];
      const elsewhere = isElsewhere(file, fn, cls);
      const open = isOpen(file, fn);
      fact.parameters.forEach((p, i) => {
        if (p.kind === 'star' || p.kind === 'doubleStar' || p.defaultValue >= 0 || (cls && i === 0)) return;
        const into = parameterNode(file, p);
        const { fixtures: near, isSure } = fixtures.named(file, fn, p.name);
        const found = elsewhere ? fixtures.ofName(p.name) : near;
        const handed = elsewhere
          ? (listings.get(p.name) ?? [])
          : marks.flatMap(mark => listingFor(mark, p.name));
        const direct = handed.filter(l => !l.isIndirect);
        for (const listing of handed)
          if (!listing.isIndirect) hand(listing, into);
          else for (const fixture of found) hand(listing, paramOf(fixture));
        if (!direct.length || elsewhere) for (const fixture of found) give(fixture, into);
        const isListed = direct.length > 0 && !elsewhere;
        if (!open && (isListed || isSure)) told.add(`${file.index}:${p.variable}`);
      });
    });
  }
  for (const fixture of fixtures.all) readRequest(fixture);
  return told;
}
