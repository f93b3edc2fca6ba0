// What one search of origin-search.ts comes upon: the classes at the places that it counts, with what lies within them.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above, rootOf } from '../../slots.js';
import type { Belief } from '../flow/belief.js';
import { modelsOf } from '../flow/modelled.js';
import { literalNames } from '../flow/names.js';
import type { Solved } from '../flow/solve.js';
import type { Token } from '../flow/tokens.js';
import { argumentsOf, operandsOf, row, spelling } from '../index-file.js';

export interface Tally {
  readonly found: ReadonlySet<WorldClass>;
  /** It has come to more than a search that knows its aim would. */
  readonly isLost: () => boolean;
  /** Instances at a node, in containers there, and those that functions and classes there give when called. */
  readonly count: (node: number) => void;
  /** What a container holds, what a function gives. */
  readonly countInside: (token: Token) => void;
  /** What the instances and classes at a value, and in containers there, keep and what their methods give. */
  readonly countParts: (at: WorldFile, value: number) => void;
  readonly countResults: (cls: WorldClass) => void;
  /** Nodes of what the methods of a class, and those of classes below it, give. */
  readonly resultsOf: (cls: WorldClass) => readonly number[];
  /** What instances at a value keep whose attributes have names that are computed. */
  readonly countComputed: (at: WorldFile, value: number) => void;
  /** What exceptions carry: those of the world in their attributes, others what they are made with. */
  readonly countExceptions: () => void;
  /** `frame.f_locals["name"]`, `frame.f_locals.get("name")`: any variable of the name. */
  readonly countFrameVariable: (at: WorldFile, receiver: number, index: number) => void;
  /** What stands in the variables around an offset, and in those of the module, unless only the nearest scope is meant. */
  readonly countVariables: (at: WorldFile, offset: number, isLocal?: boolean) => void;
}

/** A search that comes to more places than this stops: it has lost its aim. */
export const MOST_PLACES = 60;
/** So does one that comes to classes of more hierarchies. */
const MOST_FAMILIES = 8;

/** So does one that finds more than this within one place. */
const MOST_INSIDE = 200;

/** Kinds of tokens that have something within. */
const HOLDING: ReadonlySet<Token['kind']> = new Set(['bag', 'function', 'bound', 'partial']);

/** What stands at a place, up to where a search is lost. */
interface Contents {
  /** Classes that stand there, or whose instances do. */
  readonly classes: readonly WorldClass[];
  readonly inner: readonly Token[];
}

/** Types of objects that carry what they were made with to a handler far away. */
const EXCEPTIONS = /(Error|Exception|Warning|Interrupt|Exit|Iteration)$/;

/** Where the variables of a frame are kept. */
const OF_FRAMES = /\.(f_locals|f_globals|__globals__)$|(^|\.)get(generator|coroutine|asyncgen)locals\(\)$/;

/** Makes tallies, one for each search. */
export function newTallies(
  { flow, members }: Solved,
  live: readonly WorldFile[],
  belief: Belief,
): () => Tally {
  const { graph, resolver, tokens } = flow;
  const exceptions = flow.classes.filter(isException);

  const results = new Map<WorldClass, readonly number[]>();
  /** What the methods of a class, and those of classes below it, give. */
  const resultsOf = (cls: WorldClass): readonly number[] => {
    let nodes = results.get(cls);
    if (!nodes) {
      const methods = [...cls.members.keys()].flatMap(name => members.methods(cls, name));
      results.set(cls, (nodes = methods.map(m => flow.returnNode(m.file, m.fn))));
    }
    return nodes;
  };

  const contents = new Map<number, Contents>();
  /** What a tally needs to know of a node, however much stands there. */
  const contentsOf = (node: number): Contents => {
    let known = contents.get(node);
    if (!known) {
      const classes = new Set<WorldClass>();
      const families = new Set<WorldClass>();
      const inner: Token[] = [];
      belief.some(node, id => {
        const token = tokens.get(id);
        if (token.kind === 'instance' || token.kind === 'class') {
          classes.add(token.cls);
          families.add(rootOf(token.cls));
        } else if (HOLDING.has(token.kind)) inner.push(token);
        return families.size > MOST_FAMILIES || inner.length > MOST_INSIDE;
      });
      contents.set(node, (known = { classes: [...classes], inner }));
    }
    return known;
  };

  const keeping = new Map<number, readonly number[]>();
  /** What instances at a node keep whose attributes have names that are computed. */
  const computedAt = (node: number): readonly number[] => {
    let nodes = keeping.get(node);
    if (!nodes) {
      const found = new Set<number>();
      for (const id of belief.tokens(node)) {
        const token = tokens.get(id);
        if (token.kind === 'instance') for (const kept of computedIn(token.cls)) found.add(kept);
      }
      keeping.set(node, (nodes = [...found]));
    }
    return nodes;
  };

  const open = new Map<WorldClass, readonly number[]>();
  /** What instances of a class keep, where some attributes have names that are computed. */
  const computedIn = (cls: WorldClass): readonly number[] => {
    let nodes = open.get(cls);
    if (!nodes) {
      nodes = [cls, ...above(cls)].filter(members.isComputed).map(members.everything);
      open.set(cls, nodes);
    }
    return nodes;
  };

  return () => {
    const found = new Set<WorldClass>();
    const counted = new Set<number>();
    const families = new Set<WorldClass>();
    const isLost = (): boolean => counted.size > MOST_PLACES || families.size > MOST_FAMILIES;
    const find = (cls: WorldClass): void => {
      found.add(cls);
      families.add(rootOf(cls));
    };

    const count: Tally['count'] = node => {
      if (counted.has(node) || isLost()) return;
      const { classes, inner } = contentsOf(node);
      // a place where nothing stands leads nowhere
      if (!classes.length && !inner.length) return;
      counted.add(node);
      classes.forEach(find);
      for (const token of inner) {
        if (isLost()) return;
        countInside(token);
      }
    };
    const countInside: Tally['countInside'] = token => {
      if (token.kind === 'bag')
        for (const inner of [token.items, token.keys, ...(token.places ?? [])]) count(inner);
      else if (token.kind === 'function' || token.kind === 'bound') countFunction(token.file, token.fn);
      else if (token.kind === 'partial')
        for (const arg of argumentsOf(token.file, token.call)) count(flow.valueNode(token.file, arg.value));
      else if (token.kind === 'class' || token.kind === 'instance') modelsOf(token.cls, flow).forEach(find);
    };
    /** What a function gives, and what is written into its header. */
    const countFunction = (at: WorldFile, fn: number): void => {
      const { parameters, returns } = at.facts.functions[fn]!;
      count(flow.returnNode(at, fn));
      for (const { defaultValue, annotation } of parameters)
        for (const v of [defaultValue, annotation]) if (v >= 0) countWritten(at, v);
      if (returns >= 0) countWritten(at, returns);
    };
    /** What stands at a value and at those it is made of. */
    const countWritten = (at: WorldFile, v: number): void => {
      const { op } = row(at, v);
      if (op === Op.Call || op === Op.Var) count(flow.valueNode(at, v));
      if (op === Op.Sub || op === Op.Tuple) for (const part of operandsOf(at, v)) countWritten(at, part);
    };
    const countVariables: Tally['countVariables'] = (at, offset, isLocal = false) => {
      const { classes, functions, variables } = at.facts;
      const around = [...functions, ...classes]
        .filter(f => f.at <= offset && offset < f.end)
        .map(f => f.scope);
      const ofModule = !isLocal || !around.length;
      const ofScope = variables.flatMap(({ scope }, number) =>
        (scope === 0 ? ofModule : around.includes(scope)) ? [flow.variableNode(at, number)] : [],
      );
      const named = new Set(ofScope.flatMap(node => contentsOf(node).classes));
      // a module that is gone through holds what it holds, be it ever so much: the search has not lost its aim
      if (ofModule && new Set([...named].map(rootOf)).size > MOST_FAMILIES)
        for (const cls of named) found.add(cls);
      else for (const node of ofScope) count(node);
    };

    const countParts: Tally['countParts'] = (at, v) => {
      const nodes = new Set([flow.valueNode(at, v)]);
      for (const node of nodes)
        for (const id of belief.tokens(node)) {
          if (isLost()) return;
          const token = tokens.get(id);
          if (token.kind === 'bag')
            for (const inner of [token.items, ...(token.places ?? [])]) nodes.add(inner);
          else if (token.kind === 'instance' || token.kind === 'class') countKept(token.cls);
          else if (token.kind === 'module') countVariables(token.file, -1);
        }
    };
    const countKept = (cls: WorldClass): void => {
      count(members.everything(cls));
      for (const { value } of cls.fact.members) if (value >= 0) count(flow.valueNode(cls.file, value));
      countResults(cls);
    };
    const countResults: Tally['countResults'] = cls => {
      for (const node of resultsOf(cls)) count(node);
    };
    const countComputed: Tally['countComputed'] = (at, v) => {
      for (const node of computedAt(flow.valueNode(at, v))) count(node);
    };
    const countExceptions: Tally['countExceptions'] = () => {
      for (const made of flow.made) if (EXCEPTIONS.test(made.type)) count(made.items);
      for (const cls of exceptions)
        for (const id of graph.tokens(members.everything(cls))) {
          const token = tokens.get(id);
          if (token.kind === 'instance') find(token.cls);
          else countInside(token);
        }
    };

    const countFrameVariable: Tally['countFrameVariable'] = (at, receiver, index) => {
      if (!OF_FRAMES.test(spelling(at, receiver))) return;
      for (const name of literalNames(at, index, resolver) ?? [])
        for (const file of live)
          file.facts.variables.forEach((v, number) => {
            if (v.name === name && v.bound) count(flow.variableNode(file, number));
          });
    };

    return {
      found,
      isLost,
      count,
      countInside,
      countParts,
      countResults,
      resultsOf,
      countComputed,
      countExceptions,
      countFrameVariable,
      countVariables,
    };
  };
}

const isException = (cls: WorldClass): boolean =>
  cls.mro.some(e => e.kind === 'external' && e.layouts.some(l => l.isException));
