// Calls that run a text as code: what it defines is code that no file of the world shows.
import { ArgKind, Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { type Argument, row } from '../../index-file.js';
import type { Containers } from '../containers.js';
import { RUN_MADE, RUN_OPEN } from '../externals.js';
import { unboundIn } from '../kept.js';
import { literalNames } from '../names.js';
import { isOfText, newRunTexts, TextKind } from '../run-texts.js';
import type { Flow } from '../state.js';
import { FOREIGN, UNKNOWN } from '../tokens.js';
import { type Arguments, nodeOf } from './arguments.js';
import type { Callees } from './callees.js';
import type { Escapes } from './escapes.js';
import type { SpecialCall } from './special.js';

/** The argument that a call gives at a place or under a name. */
const given = ({ list }: Arguments, place: number, name: string): Argument | undefined =>
  list.find((arg, i) => arg.name === name || (i === place && arg.kind === ArgKind.Positional));

/** Modules that text is run in. */
const MODULES = ['types.ModuleType', 'imp.new_module'];

/** The calls, by the dotted name of what is called. */
export function newRunTextCalls(
  flow: Flow,
  { madeBy, under }: Containers,
  { leaveBy }: Escapes,
  calledIn: Callees,
): ReadonlyMap<string, SpecialCall> {
  const { graph, tokens } = flow;
  const texts = newRunTexts(flow);
  const ofDotted = (dotted: string): number => tokens.id({ kind: 'external', dotted });
  const open = ofDotted(RUN_OPEN);
  const made = ofDotted(RUN_MADE);

  /** What the text at the first argument makes; null where it stores nothing. */
  const codeOf = ({ file, list: [text] }: Arguments): number | null => {
    const kind = text ? texts.kindOf(file, text.value) : TextKind.Idle;
    if (kind === TextKind.Idle) return null;
    flow.runningTexts.add(file);
    return kind === TextKind.Made ? made : open;
  };

  /** What code defines stands in dicts that it is given, or among the names of the module. */
  const define = (code: number, { file }: Arguments, namespaces: readonly Argument[]): void => {
    if (!namespaces.length) {
      const node = graph.node();
      graph.add(node, code);
      flow.kept.put(unboundIn(file), node);
    }
    for (const { value } of namespaces)
      graph.listen(flow.valueNode(file, value), id => {
        const token = tokens.get(id);
        if (token.kind === 'bag') for (const node of under(token, null)) graph.add(node, code);
      });
  };

  /** `compile(text, filename, mode, flags)`; an expression makes values, and a syntax tree is no code yet. */
  const compile: SpecialCall = (args, into) => {
    const mode = given(args, 2, 'mode');
    const modes = mode && literalNames(args.file, mode.value, flow.resolver);
    const flags = given(args, 3, 'flags');
    const isCode = !modes?.every(m => m === 'eval') && !(flags && namesTree(args.file, flags.value));
    const code = isCode ? codeOf(args) : null;
    graph.add(into, FOREIGN);
    if (code !== null) graph.add(into, code);
  };
  /** Whether flags ask for a syntax tree, alone or among others: `ast.PyCF_ONLY_AST | TYPE_COMMENTS`. */
  const namesTree = (file: WorldFile, flags: number): boolean => {
    const { op, a, b } = row(file, flags);
    if (op === Op.Binary) return namesTree(file, a) || namesTree(file, b);
    const found = flow.resolver.value(file, flags);
    return (
      found.length > 0 && found.every(m => m.kind === 'external' && /^_?ast\.PyCF_ONLY_AST$/.test(m.dotted))
    );
  };
  /** `exec(text, globals, locals)` */
  const exec: SpecialCall = args => {
    leaveBy(args);
    const code = codeOf(args);
    if (code !== null) define(code, args, args.list.slice(1));
  };
  /** Lets `then` happen for the code that compile() has made of a text and that stands at the first argument. */
  const compiled = (args: Arguments, then: (code: number) => void): void => {
    const first = nodeOf(flow, args, 0);
    if (first !== null) graph.listen(first, id => isOfText(tokens.get(id)) && then(id));
  };
  /** `eval(code, globals)` runs what is compiled. */
  const evaluate: SpecialCall = (args, into) => {
    leaveBy(args);
    graph.add(into, UNKNOWN);
    // a text may be the name of a function
    if (calledIn(args.file).has(args.call)) graph.add(into, flow.functionsIn(args.file.host ?? args.file));
    compiled(args, code => define(code, args, args.list.slice(1)));
  };
  /** `types.FunctionType(code, globals)` */
  const functionOf: SpecialCall = (args, into) => {
    leaveBy(args);
    graph.add(into, UNKNOWN);
    compiled(args, code => graph.add(into, code));
  };
  const moduleBy =
    (dotted: string): SpecialCall =>
    (args, into) => {
      graph.add(into, tokens.id(madeBy(args, dotted)));
      graph.add(into, open);
    };
  return new Map([
    ['builtins.compile', compile],
    ['builtins.exec', exec],
    ['builtins.eval', evaluate],
    ['types.FunctionType', functionOf],
    ...MODULES.map(name => [name, moduleBy(name)] as const),
  ]);
}
