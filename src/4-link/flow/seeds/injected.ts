// What pytest hands to functions that nothing calls: what fixtures give to parameters of their names, and what
// `@pytest.mark.parametrize` lists (pytest, "How to use fixtures" and "How to parametrize").
import { ArgKind, ConstKind, Op } from '../../../model/facts.js';
import { addTo } from '../../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../../model/world.js';
import { above } from '../../../slots.js';
import { argumentsOf, listAt, opAt, row, stringAt, valueCount } from '../../index-file.js';
import type { Meaning } from '../../resolve.js';
import type { Containers } from '../containers.js';
import { calledName } from '../functions.js';
import { literalItems } from '../names.js';
import type { Flow } from '../state.js';
import { UNKNOWN } from '../tokens.js';

/** A function whose result parameters of its name are given. */
interface Fixture {
  readonly file: WorldFile;
  readonly fn: number;
  readonly name: string;
  readonly decorator: number;
}

/** What `parametrize("order", [..])` lists for a parameter: its values, and the place where each of several has it. */
interface Listing {
  readonly values: number;
  readonly place: number | null;
  /** It is for the fixture of the name. */
  readonly isIndirect: boolean;
}

/** `pytest.fixture`, also those that plug-ins have in its place. */
const FIXTURE = /^_?pytest(_\w+)?(\.\w+)*\.((yield|trio)_)?fixture$/;
const PARAMETRIZE = /(^|\.)parametrize$/;
const PARAM = /^_?pytest(\.\w+)*\.param$/;

/** Files in which pytest looks for tests. */
const TEST_FILE = /(^|\/)(tests?\/|(test_[^/]*|[^/]*_test|conftest)\.py$)/;

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** Lets what pytest hands to the functions of the files flow into their parameters. Answers the variables of those of
 *  which all that they are given is known, as `file:variable`. */
export function seedInjected(
  flow: Flow,
  { elements, parameterNode }: Containers,
  files: readonly WorldFile[],
): ReadonlySet<string> {
  const { graph, resolver } = flow;
  const fixtures = new Map<string, Fixture[]>();
  const known = new Map<string, Fixture>();
  const conftests = files.filter(f => /(^|\/)conftest\.py$/.test(f.source.path));
  const told = new Set<string>();

  /** Dotted name of what is called, also where the source of pytest is at hand, else how it is spelled. */
  const nameAt = (file: WorldFile, value: number): string => {
    const callee = opAt(file, value) === Op.Call ? row(file, value).a : value;
    const inner = resolver
      .value(file, callee)
      .flatMap(m =>
        m.kind === 'function' ? [`${m.file.source.module}.${m.file.facts.functions[m.number]!.name}`] : [],
      );
    return inner[0] ?? calledName(file, callee, resolver);
  };

  /** `@fixture(name="db")`, or the name of the function. */
  const nameOf = (file: WorldFile, fn: number, decorator: number): string => {
    const named =
      opAt(file, decorator) === Op.Call && argumentsOf(file, decorator).find(arg => arg.name === 'name');
    if (!named) return file.facts.functions[fn]!.name;
    const { op, a } = row(file, named.value);
    return op === Op.Str ? stringAt(file, a) : '';
  };
  for (const file of files)
    file.facts.functions.forEach(({ decorators }, fn) => {
      const decorator = decorators.find(d => FIXTURE.test(nameAt(file, d)));
      if (decorator === undefined) return;
      const fixture = { file, fn, name: nameOf(file, fn, decorator), decorator };
      addTo(fixtures, fixture.name, fixture);
      known.set(`${file.index}:${fn}`, fixture);
    });

  const classOf = ({ file, fn }: Pick<Fixture, 'file' | 'fn'>): WorldClass | undefined =>
    flow.classesOf(file)[file.facts.functions[fn]!.cls];

  /** Those that a module has, its own or imported ones. */
  const inModule = (file: WorldFile, of: readonly Fixture[], name: string): readonly Fixture[] => {
    const own = of.filter(f => f.file === file && !classOf(f));
    if (own.length) return own;
    return resolver.member(file, name).flatMap((m: Meaning) => {
      const fixture = m.kind === 'function' ? known.get(`${m.file.index}:${m.number}`) : undefined;
      return fixture ? [fixture] : [];
    });
  };

  /** The fixtures that a name means in a function: those of its class, its module, the nearest conftest.py, plug-ins.
   *  One that asks for its own name means the one around it. */
  const fixturesFor = (file: WorldFile, fn: number, name: string): readonly Fixture[] => {
    const of = (fixtures.get(name) ?? []).filter(f => f.file !== file || f.fn !== fn);
    const cls = classOf({ file, fn });
    const family = cls ? [cls, ...above(cls)] : [];
    for (const each of family) {
      const inClass = of.filter(f => classOf(f) === each);
      if (inClass.length) return inClass;
    }
    const isOver = known.get(`${file.index}:${fn}`)?.name === name && !cls;
    const here = isOver ? [] : inModule(file, of, name);
    if (here.length) return here;
    const folder = folderOf(file.source.path);
    const around = conftests
      .filter(f => f !== file && folder.startsWith(folderOf(f.source.path)))
      .sort((a, b) => b.source.path.length - a.source.path.length);
    for (const conftest of around) {
      const there = inModule(conftest, of, name);
      if (there.length) return there;
    }
    return of.filter(f => !classOf(f));
  };

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

  /** One of the values that are listed, at a place where each is several. */
  const listed = (file: WorldFile, item: number, place: number | null, into: number): void => {
    const { op, b } = row(file, item);
    const isParam = op === Op.Call && PARAM.test(nameAt(file, item));
    if (isParam) {
      const args = argumentsOf(file, item).filter(arg => arg.kind === ArgKind.Positional);
      const arg = args[place ?? 0];
      if (arg) graph.edge(flow.valueNode(file, arg.value), into);
    } else if (place === null) graph.edge(flow.valueNode(file, item), into);
    else if (op === Op.Tuple || op === Op.List) {
      const part = listAt(file, b)[place];
      if (part !== undefined && part >= 0) graph.edge(flow.valueNode(file, part), into);
    } else elements(flow.valueNode(file, item), into, place);
  };

  /** What a decorator lists for a parameter, or null. */
  const listingFor = (file: WorldFile, decorator: number, name: string): Listing | null => {
    if (opAt(file, decorator) !== Op.Call || !PARAMETRIZE.test(nameAt(file, decorator))) return null;
    const args = argumentsOf(file, decorator);
    const names = args.find((arg, i) => arg.name === 'argnames' || (i === 0 && !arg.name));
    const values = args.find((arg, i) => arg.name === 'argvalues' || (i === 1 && !arg.name));
    const indirect = args.find(arg => arg.name === 'indirect');
    if (!names || !values) return null;
    const all = namesAt(file, names.value);
    const at = all.indexOf(name);
    if (at < 0) return null;
    const isSeveral = all.length > 1 || opAt(file, names.value) !== Op.Str;
    return {
      values: values.value,
      place: isSeveral ? at : null,
      isIndirect: !!indirect && meansFixture(file, indirect.value, name),
    };
  };
  /** `indirect=True`, `indirect=["db"]` */
  const meansFixture = (file: WorldFile, indirect: number, name: string): boolean => {
    const { op, a, b } = row(file, indirect);
    if (op === Op.Const) return a !== ConstKind.Bool || b !== 0;
    return literalItems(file, indirect, resolver)?.includes(name) ?? true;
  };

  const hand = (file: WorldFile, { values, place }: Listing, into: number): void => {
    const { op, b } = row(file, values);
    if (op !== Op.List && op !== Op.Tuple) return held(file, values, place, into);
    for (const item of listAt(file, b))
      if (item >= 0) listed(file, item, place, into);
      else held(file, ~item, place, into);
  };
  /** The same of each item of what stands at a value. */
  const held = (file: WorldFile, value: number, place: number | null, into: number): void => {
    const items = place === null ? into : graph.node();
    elements(flow.valueNode(file, value), items);
    if (place !== null) elements(items, into, place);
  };

  /** Nodes of what `request.param` gives in fixtures. */
  const params = new Map<Fixture, number>();
  const paramOf = (fixture: Fixture): number => {
    let node = params.get(fixture);
    if (node === undefined) params.set(fixture, (node = graph.node()));
    return node;
  };
  const readParams = ({ file, fn }: Fixture, given: number): void => {
    const request = file.facts.functions[fn]!.parameters.find(p => p.name === 'request');
    for (let v = 0; request && v < valueCount(file); v++) {
      const { op, a, b } = row(file, v);
      if (op !== Op.Attr || stringAt(file, b) !== 'param') continue;
      const holder = row(file, a);
      if (holder.op !== Op.Var || holder.a !== request.variable) continue;
      graph.edge(given, flow.valueNode(file, v));
      graph.refuse(flow.valueNode(file, v), UNKNOWN);
    }
  };

  for (const fixture of known.values()) {
    const { file, decorator } = fixture;
    const listing =
      opAt(file, decorator) === Op.Call && argumentsOf(file, decorator).find(arg => arg.name === 'params');
    if (listing) hand(file, { values: listing.value, place: null, isIndirect: true }, paramOf(fixture));
  }
  for (const file of files)
    file.facts.functions.forEach((fact, fn) => {
      const isTest = fact.name.startsWith('test') && TEST_FILE.test(file.source.path);
      if (fact.isLambda || !(isTest || known.has(`${file.index}:${fn}`))) return;
      const cls = classOf({ file, fn });
      const decorators = [...fact.decorators, ...(cls?.fact.decorators.map(d => d.value) ?? [])];
      fact.parameters.forEach((p, i) => {
        if (p.kind === 'star' || p.kind === 'doubleStar' || p.defaultValue >= 0 || (cls && i === 0)) return;
        const into = parameterNode(file, p);
        const found = fixturesFor(file, fn, p.name);
        const listings = decorators.flatMap(d => listingFor(file, d, p.name) ?? []);
        const direct = listings.filter(l => !l.isIndirect);
        for (const listing of listings)
          if (!listing.isIndirect) hand(file, listing, into);
          else for (const fixture of found) hand(file, listing, paramOf(fixture));
        if (!direct.length) for (const fixture of found) give(fixture, into);
        if (direct.length || found.length) told.add(`${file.index}:${p.variable}`);
      });
    });
  for (const [fixture, given] of params) readParams(fixture, given);
  return told;
}
