// What a call gives: the function's results, those that are its own arguments from this call only.
import { Op, Presence } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { listAt, row } from '../../index-file.js';
import type { Containers } from '../containers.js';
import type { Narrowing } from '../narrowing.js';
import type { Flow } from '../state.js';
import type { Token } from '../tokens.js';
import { type Conditional, mayLack } from './conditional.js';
import { newListOf } from './listed.js';
import type { Summaries, Summary } from './summaries.js';
import type { Wrappers } from './wrappers.js';

export interface Results {
  /** Results of a function flow into `into`. `given` tells at which nodes the arguments of a parameter stand, or null
   *  when that is not known. */
  readonly flowInto: (
    file: WorldFile,
    fn: number,
    given: (parameter: number) => readonly number[] | null,
    into: number,
  ) => void;
  /** Whether all that a function gives depends on whether parameters are given. */
  readonly isConditional: (file: WorldFile, fn: number) => boolean;
  /** Hands out the functions that wrappers leave together with, where a place wraps just one; elsewhere the wrappers are
   *  opened. Only when nothing flows any more: it is not known before how many there are. True when something is new. */
  readonly handOut: () => boolean;
  /** New instances of the classes at a node flow into `into`. */
  readonly instances: (classes: number, into: number) => void;
}

const CLASSES: ReadonlySet<Token['kind']> = new Set(['class', 'someClass', 'external', 'unknown']);
/** Functions that decorators above each other make of one definition before its place counts as one of several. */
const MOST_STACKED = 4;

const FUNCTIONS: ReadonlySet<Token['kind']> = new Set(['function', 'bound', 'instance']);

export function newResults(
  flow: Flow,
  containers: Containers,
  narrow: Narrowing,
  summaries: Summaries,
  wrappers: Wrappers,
): Results {
  const { graph, tokens } = flow;
  const listOf = newListOf(flow, containers);
  const restNodes = new Map<number, number>();
  const instanceNodes = new Map<number, number>();
  const classNodes = new Map<number, number>();

  /** What a function gives back besides its own arguments. */
  const restOf = (file: WorldFile, fn: number, rest: readonly number[]): number => {
    const key = flow.returnNode(file, fn);
    const known = restNodes.get(key);
    if (known !== undefined) return known;
    const into = graph.node();
    restNodes.set(key, into);
    for (const value of rest) graph.edge(flow.valueNode(file, value), into);
    return into;
  };

  const flowInto: Results['flowInto'] = (file, fn, given, into) => {
    const summary = summaries.of(file, fn);
    const passed = summary?.passed.filter(p => !isUnmet(p, given)) ?? [];
    const sources = passed.map(p => given(p.parameter));
    const listed = summary?.listed.map(l => l.parts.map(part => part.parameters.map(given)));
    const isUnclear = sources.includes(null) || listed?.flat(2).includes(null);
    if (!summary || !listed || isUnclear) {
      if (summary) openAll(file, summary);
      return graph.edge(flow.returnNode(file, fn), into);
    }
    graph.edge(restOf(file, fn, summary.rest), into);
    for (const c of summary.conditional) giveWhere(file, c, given, into);
    summary.listed.forEach(({ value, parts: written }, i) => {
      const parts = listed[i]!.map((part, at) =>
        part.flatMap(nodes => (nodes ?? []).map(node => tested(file, written[at]!.value, node))),
      );
      graph.add(into, listOf(file, value, parts));
    });
    passed.forEach((p, i) => {
      for (const source of sources[i] ?? []) {
        if (p.as === 'instance') graph.edge(instancesOf(source), into);
        else if (p.lets === 'functions') wrapped(source, into, () => openAll(file, summary));
        else if (p.lets === 'classes') graph.edge(classesOf(source), into);
        else graph.edge(p.tested < 0 ? source : tested(file, p.tested, source), into);
      }
    });
  };

  /** A value comes back where what a call gives may meet its conditions. */
  const giveWhere = (
    file: WorldFile,
    { value, conditions }: Conditional,
    given: (parameter: number) => readonly number[] | null,
    into: number,
  ): void => {
    const from = flow.valueNode(file, value);
    if (isUnmet({ conditions }, given)) return;
    // where None is not seen to come from it may come all the same: decorators alone are sure to be given something
    const tested = conditions.map(c => ({ ...c, sources: given(c.parameter) }));
    const sure = tested.find(c => c.is !== Presence.Given && c.sources?.every(s => flow.decorating.has(s)));
    if (!sure) return graph.edge(from, into);
    for (const source of sure.sources ?? [])
      graph.listen(source, id => {
        if (mayLack(tokens.get(id), sure.is)) graph.edge(from, into);
      });
  };

  /** Whether what a call gives is surely None where something is asked for. */
  const isUnmet = (
    { conditions }: Pick<Conditional, 'conditions'>,
    given: (parameter: number) => readonly number[] | null,
  ): boolean => conditions.some(c => c.is === Presence.Given && given(c.parameter)?.every(flow.isNone));

  const testedNodes = new Map<string, number>();
  /** A node of what is left at `source` by the tests around a value: those that it has passed, or that have failed. */
  const tested = (file: WorldFile, value: number, source: number): number => {
    const { op, a, b } = row(file, value);
    if (op !== Op.Narrow && op !== Op.Exclude) return source;
    const key = `${flow.valueNode(file, value)} ${source}`;
    const known = testedNodes.get(key);
    if (known !== undefined) return known;
    const into = graph.node();
    testedNodes.set(key, into);
    const from = tested(file, a, source);
    if (op === Op.Narrow) graph.listen(from, id => narrow.pass(file, b, id, into));
    else {
      graph.filter(into, id => narrow.fails(file, listAt(file, b), id));
      graph.edge(from, into);
    }
    return into;
  };

  const openAll = (file: WorldFile, summary: Summary): void => {
    for (const wrapper of summary.wrappers) wrappers.open(file, wrapper);
  };

  const waiting: { source: number; into: number; opened: () => void }[] = [];
  const wrapped = (source: number, into: number, opened: () => void): void => {
    if (!summaries.isFollowed(into) && flow.once('wrapped', source, into))
      waiting.push({ source, into, opened });
  };

  const handOut: Results['handOut'] = () => {
    let isNew = false;
    for (const { source, into, opened } of waiting.splice(0)) {
      const functions = graph.tokens(source).filter(id => FUNCTIONS.has(tokens.get(id).kind));
      if (functions.length > (flow.stacked.has(source) ? MOST_STACKED : 1)) {
        opened();
        isNew = true;
        continue;
      }
      waiting.push({ source, into, opened });
      for (const id of functions) {
        if (!flow.once(`handed out ${id}`, source, into)) continue;
        graph.add(into, id);
        isNew = true;
      }
    }
    return isNew;
  };

  /** A node of what at a node may be a class. */
  const classesOf = (source: number): number => {
    const known = classNodes.get(source);
    if (known !== undefined) return known;
    const into = graph.node();
    classNodes.set(source, into);
    graph.filter(into, id => CLASSES.has(tokens.get(id).kind));
    graph.edge(source, into);
    return into;
  };

  /** A node of instances of the classes at a node, and of the instances there as they are. */
  const instancesOf = (classes: number): number => {
    const known = instanceNodes.get(classes);
    if (known !== undefined) return known;
    const into = graph.node();
    instanceNodes.set(classes, into);
    instances(classes, into);
    graph.listen(classes, id => {
      if (tokens.get(id).kind === 'instance') graph.add(into, id);
    });
    return into;
  };

  const instances: Results['instances'] = (classes, into) => {
    graph.listen(classes, id => {
      const token = tokens.get(id);
      if (token.kind !== 'class') return;
      flow.instantiated.add(token.cls);
      graph.add(into, tokens.id({ kind: 'instance', cls: token.cls }));
      for (const made of flow.madeBy(token.cls)) graph.add(into, tokens.id({ kind: 'class', cls: made }));
    });
  };

  const isConditional: Results['isConditional'] = (file, fn) => {
    const summary = summaries.of(file, fn);
    if (!summary || summary.listed.length || summary.rest.length) return false;
    return [...summary.passed, ...summary.conditional].every(c => c.conditions.length);
  };

  return { flowInto, isConditional, handOut, instances };
}
