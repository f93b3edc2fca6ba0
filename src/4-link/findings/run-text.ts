// Code that is text: what it can name may get any attribute. `exec(text, namespace)`, timers, profilers, other scripts.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { RUN_OPEN } from '../flow/externals.js';
import { isOfText, newRunTexts, TextKind } from '../flow/run-texts.js';
import type { Token } from '../flow/tokens.js';
import { type Argument, listAt, opAt, row, stringAt } from '../index-file.js';
import { newDeepClasses } from './deep-classes.js';
import type { Call, Finder, Sight } from './sight.js';

/** Where a call takes the names that the text sees: places and keywords of arguments. */
interface Taking {
  readonly places: readonly number[];
  readonly keywords: RegExp;
  /** Without such an argument the text sees what stands around the call. */
  readonly seesAround: boolean;
}

const taking = (places: readonly number[], keywords: RegExp, seesAround = false): Taking => ({
  places,
  keywords,
  seesAround,
});

const GLOBALS = /^(globals|locals)$/;

const RUNS: ReadonlyMap<string, Taking> = new Map([
  ['builtins.exec', taking([1, 2], GLOBALS, true)],
  ['builtins.eval', taking([1, 2], GLOBALS)],
  ['timeit.timeit', taking([4], GLOBALS)],
  ['timeit.repeat', taking([5], GLOBALS)],
  ['timeit.Timer', taking([3], GLOBALS)],
  ['cProfile.runctx', taking([1, 2], GLOBALS)],
  ['profile.runctx', taking([1, 2], GLOBALS)],
  ['code.InteractiveInterpreter', taking([0], GLOBALS)],
  ['runpy.run_path', taking([1], /^init_globals$/)],
  ['runpy.run_module', taking([1], /^init_globals$/)],
  ['doctest.testfile', taking([], /^(extra)?globs$/)],
  ['doctest.testmod', taking([], /^(extra)?globs$/)],
]);
/** The same for methods, of profilers. */
const METHODS: ReadonlyMap<string, Taking> = new Map([['runctx', taking([1, 2], GLOBALS)]]);

/** Those that are given the text itself. */
const TEXTS: ReadonlySet<string> = new Set(['exec', 'eval']);

/** A namespace with instances of more classes than this says nothing about any of them. */
const MOST_NAMED = 3;

/** The same of all that leads on from there: what containers hold and what instances keep. */
const MOST_REACHED = 8;

/** Functions that give the variables around them. */
const AROUND: ReadonlySet<string> = new Set(['builtins.globals', 'builtins.locals', 'builtins.vars']);

/** Whether this finder asks for a token where it is called. */
export const asksRunText = (token: Token): boolean =>
  token.kind === 'external' && (RUNS.has(token.dotted) || token.dotted === RUN_OPEN);

export function newRunText({ solved, tokensOf, belief, note, onReceiver }: Sight): Finder {
  const { flow } = solved;
  const deepClasses = newDeepClasses(flow, belief, MOST_NAMED);
  const texts = newRunTexts(flow);

  const call = (site: Call): void => {
    const { file, callee } = site;
    for (const token of site.called) {
      if (token.kind !== 'external') continue;
      const takes = RUNS.get(token.dotted);
      if (takes) runs(takes, token.dotted.replace(/^builtins\./, ''), site);
      if (token.dotted === RUN_OPEN) handed(site);
    }
    const method = opAt(file, callee) === Op.Attr ? stringAt(file, row(file, callee).b) : '';
    const takes = METHODS.get(method);
    if (takes && !site.called.some(t => t.kind === 'external')) runs(takes, method, site);
  };

  const runs = ({ places, keywords, seesAround }: Taking, name: string, { file, args, at }: Call): void => {
    const [text] = args;
    if (text && TEXTS.has(name) && texts.kindOf(file, text.value) === TextKind.Idle) return;
    const says = `hands it to ${name}()`;
    const given = args.filter((arg: Argument, i) =>
      arg.name ? keywords.test(arg.name) : places.includes(i),
    );
    // an expression seldom stores: only what is named for it counts
    for (const { value } of given)
      if (name === 'eval') displayed(file, value, at, says);
      else if (isAround(file, value)) around(file, at, says);
      else inside(file, value, at, says);
    if (seesAround && !given.length) around(file, at, says);
  };

  const isAround = (file: WorldFile, value: number): boolean =>
    opAt(file, value) === Op.Call &&
    flow.resolver.value(file, row(file, value).a).some(m => m.kind === 'external' && AROUND.has(m.dotted));

  /** What code that is text is called with. */
  const handed = ({ file, args, at }: Call): void => {
    for (const { value } of args)
      doubted(deepClasses(flow.valueNode(file, value)), file, at, 'hands it to code that is text');
  };

  /** Such code as a method of a class is called with its instances. */
  const end = (): void => {
    const isMade = (node: number): boolean =>
      flow.graph.tokens(node).some(id => isOfText(flow.tokens.get(id)));
    const says = 'is given a method that is text';
    for (const [cls, given] of flow.attached)
      for (const { node, file, at } of given) if (isMade(node)) doubted([cls], file, at, says);
    for (const cls of flow.classes)
      for (const { value, at } of cls.fact.members)
        if (value >= 0 && isMade(flow.valueNode(cls.file, value))) doubted([cls], cls.file, at, says);
  };

  /** What stands in a namespace. */
  const inside = (file: WorldFile, value: number, at: number, says: string): void => {
    displayed(file, value, at, says);
    reached(file, value, at, says);
    const items = tokensOf(file, value).flatMap(t => (t.kind === 'bag' ? [t.items] : []));
    doubted(held(items), file, at, says);
  };

  /** What a text comes to by way of what stands in a namespace: `shop.orders[0].note = ...` */
  const reached = (file: WorldFile, value: number, at: number, says: string): void => {
    const classes = new Set<WorldClass>();
    const nodes = new Set([flow.valueNode(file, value)]);
    for (const node of nodes)
      for (const cls of deepClasses(node)) {
        if (classes.has(cls)) continue;
        classes.add(cls);
        if (classes.size > MOST_REACHED) return;
        for (const field of solved.members.fields(cls, new Set())) nodes.add(field);
      }
    for (const cls of classes) note('computed-store', cls, file, at, says, null, false);
  };

  /** What is named in a display. */
  const displayed = (file: WorldFile, value: number, at: number, says: string): void => {
    if (opAt(file, value) !== Op.Dict) return;
    const items = listAt(file, row(file, value).b);
    for (let i = 0; i < items.length; i += 2) onReceiver('computed-store', file, items[i + 1]!, at, says);
  };

  /** What stands in the variables around a place. */
  const around = (file: WorldFile, at: number, says: string): void => {
    const { functions, variables } = file.facts;
    const scopes = new Set(functions.filter(fn => fn.at <= at && at < fn.end).map(fn => fn.scope));
    const nodes = variables.flatMap((v, number) =>
      v.scope === 0 || scopes.has(v.scope) ? [flow.variableNode(file, number)] : [],
    );
    doubted(held(nodes), file, at, says);
  };

  /** The text may name anything that has instances of these classes. Where that is much, what it means is not told. */
  const doubted = (named: Iterable<WorldClass>, file: WorldFile, at: number, says: string): void => {
    const classes = new Set(named);
    if (classes.size <= MOST_NAMED)
      for (const cls of classes) note('computed-store', cls, file, at, says, null, false);
  };

  /** Classes of the instances at nodes, up to one too many. */
  const held = (nodes: readonly number[]): ReadonlySet<WorldClass> => {
    const classes = new Set<WorldClass>();
    const isTooMuch = (id: number): boolean => {
      const token = flow.tokens.get(id);
      if (token.kind === 'instance') classes.add(token.cls);
      return classes.size > MOST_NAMED;
    };
    nodes.some(node => belief.some(node, isTooMuch));
    return classes;
  };

  return { call, end };
}
