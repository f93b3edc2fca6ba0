// The fixtures of pytest, and which of them a name means (pytest, "Fixtures reference": fixture availability).
import { Op } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above } from '../../slots.js';
import { argumentsOf, opAt, row, stringAt } from '../index-file.js';
import type { Meaning } from '../resolve.js';
import { calledName } from './functions.js';
import type { Flow } from './state.js';

/** A function whose result parameters of a name are given. */
export interface Fixture {
  readonly name: string;
  /** Module that has it under this name. */
  readonly home: WorldFile;
  readonly file: WorldFile;
  readonly fn: number;
  /** What makes it a fixture. */
  readonly by: Written;
}

/** What a name means. */
export interface Meant {
  readonly fixtures: readonly Fixture[];
  /** They stand where pytest looks for them first: no other fixture is meant. */
  readonly isSure: boolean;
}

/** A value in its file. */
export interface Written {
  readonly file: WorldFile;
  readonly value: number;
}

export interface Fixtures {
  readonly all: readonly Fixture[];
  readonly isOne: (file: WorldFile, fn: number) => boolean;
  /** Those that a name means in a function: those of its class, its module, the nearest conftest.py, else any of the
   *  name, which a plug-in may have. One that asks for its own name means the one around it. */
  readonly named: (file: WorldFile, fn: number, name: string) => Meant;
  /** Every one of a name, wherever it stands. */
  readonly ofName: (name: string) => readonly Fixture[];
  /** Dotted name of what a value is or calls, also where the source of pytest is at hand, else how it is spelled. */
  readonly nameAt: (written: Written) => string;
  /** The call that a decorator or mark is, also where a name stands for it. */
  readonly callAt: (file: WorldFile, value: number) => Written | null;
}

/** `pytest.fixture`, also those that plug-ins have in its place. */
const FIXTURE = /^_?pytest(_\w+)?(\.\w+)*\.((yield|trio)_)?fixture$/;
/** Names that stand for calls are followed so far. */
const DEEPEST = 4;
const CONFTEST = /(^|\/)conftest\.py$/;

export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

export function newFixtures(flow: Flow, files: readonly WorldFile[]): Fixtures {
  const { resolver } = flow;
  const byName = new Map<string, Fixture[]>();
  const byFunction = new Map<string, Fixture[]>();
  const conftests = files.filter(f => CONFTEST.test(f.source.path));

  const callAt: Fixtures['callAt'] = (file, value) => {
    if (opAt(file, value) === Op.Call) return { file, value };
    const [only, ...others] = resolver.value(file, value);
    return only?.kind === 'value' && !others.length && opAt(only.file, only.value) === Op.Call ? only : null;
  };
  const nameAt = ({ file, value }: Written, depth = 0): string => {
    let callee = value;
    while (opAt(file, callee) === Op.Call) callee = row(file, callee).a;
    const [only] = resolver.value(file, callee);
    if (only?.kind === 'function')
      return `${only.file.source.module}.${only.file.facts.functions[only.number]!.name}`;
    // `max = max(1, 2)` is called by its own name
    const made = only?.kind === 'value' && depth < DEEPEST ? callAt(file, callee) : null;
    return made ? nameAt(made, depth + 1) : calledName(file, callee, resolver);
  };

  const add = (fixture: Fixture): void => {
    addTo(byName, fixture.name, fixture);
    addTo(byFunction, `${fixture.file.index}:${fixture.fn}`, fixture);
  };
  /** `@fixture(name="db")`, or the name of the function. */
  const nameOf = (file: WorldFile, fn: number, by: Written): string => {
    const args = opAt(by.file, by.value) === Op.Call ? argumentsOf(by.file, by.value) : [];
    const named = args.find(arg => arg.name === 'name');
    if (!named) return file.facts.functions[fn]!.name;
    const { op, a } = row(by.file, named.value);
    return op === Op.Str ? stringAt(by.file, a) : '';
  };
  for (const file of files) {
    file.facts.functions.forEach(({ decorators }, fn) => {
      for (const value of decorators) {
        const by = callAt(file, value) ?? { file, value };
        if (FIXTURE.test(nameAt(by))) add({ name: nameOf(file, fn, by), home: file, file, fn, by });
      }
    });
    // `db = pytest.fixture(make_db)`
    const { moduleNames, values } = resolver.bindings(file);
    for (const [name, variable] of moduleNames)
      for (const value of values.get(variable) ?? []) {
        const [of] = opAt(file, value) === Op.Call ? argumentsOf(file, value) : [];
        if (!of || of.name || !FIXTURE.test(nameAt({ file, value }))) continue;
        for (const m of resolver.value(file, of.value))
          if (m.kind === 'function')
            add({ name, home: file, file: m.file, fn: m.number, by: { file, value } });
      }
  }

  const classOf = (file: WorldFile, fn: number): WorldClass | undefined =>
    fn < 0 ? undefined : flow.classesOf(file)[file.facts.functions[fn]!.cls];
  const holderOf = (f: Fixture): WorldClass | undefined => classOf(f.file, f.fn);

  /** Those that a module has, its own or imported ones. */
  const inModule = (file: WorldFile, of: readonly Fixture[], name: string): readonly Fixture[] => {
    const own = of.filter(f => f.home === file && !holderOf(f));
    if (own.length) return own;
    return resolver
      .member(file, name)
      .flatMap((m: Meaning) =>
        m.kind === 'function' ? (byFunction.get(`${m.file.index}:${m.number}`) ?? []) : [],
      );
  };

  /** Some fixture has a name that is not known. */
  const isUnnamed = byName.has('');
  /** Something that a module binds under a name, which may be a fixture that is made elsewhere. */
  const isBound = (file: WorldFile, name: string): boolean => resolver.bindings(file).moduleNames.has(name);

  const holds = (cls: WorldClass, file: WorldFile, fn: number): boolean =>
    classOf(file, fn) === cls && byFunction.has(`${file.index}:${fn}`);

  const named: Fixtures['named'] = (file, fn, name) => {
    let isSure = !isUnnamed;
    const of = (byName.get(name) ?? []).filter(f => f.file !== file || f.fn !== fn);
    const cls = classOf(file, fn);
    for (const each of cls ? [cls, ...above(cls)] : []) {
      const inClass = of.filter(f => holderOf(f) === each);
      if (inClass.length) return { fixtures: inClass, isSure };
      isSure &&= !each.members.has(name) || holds(each, file, fn);
    }
    const isOver = !cls && !!byFunction.get(`${file.index}:${fn}`)?.some(f => f.name === name);
    const here = isOver ? [] : inModule(file, of, name);
    if (here.length) return { fixtures: here, isSure };
    isSure &&= isOver || !isBound(file, name);
    const folder = folderOf(file.source.path);
    const around = conftests
      .filter(f => f !== file && folder.startsWith(folderOf(f.source.path)))
      .sort((a, b) => b.source.path.length - a.source.path.length);
    for (const conftest of around) {
      const there = inModule(conftest, of, name);
      if (there.length) return { fixtures: there, isSure };
      isSure &&= !isBound(conftest, name);
    }
    return { fixtures: of.filter(f => !holderOf(f)), isSure: false };
  };

  return {
    all: [...byName.values()].flat(),
    isOne: (file, fn) => byFunction.has(`${file.index}:${fn}`),
    named,
    ofName: name => byName.get(name) ?? [],
    nameAt: written => nameAt(written),
    callAt,
  };
}
