// What is known of a text that is run as code: whether it stores attributes.
import { ACT_WIDTH, Act, ArgKind, ConstKind, Op, Operator } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { WorldFile } from '../../model/world.js';
import { returnsOf } from '../hiding-decorators.js';
import { argumentsOf, listAt, opAt, operatorAt, row, stringAt, valueCount, written } from '../index-file.js';
import type { Resolver } from '../resolve.js';
import { argumentFor } from './calls/arguments.js';
import { RUN_MADE, RUN_OPEN } from './externals.js';
import { functionKind } from './functions.js';
import { isParameter } from './names.js';
import type { Token } from './tokens.js';

/** It stores no attribute; the program puts it together from parts that are not told; it stores attributes, or comes
 *  from elsewhere. Of several, the last counts. */
export enum TextKind {
  Idle,
  Made,
  Open,
}

export interface RunTexts {
  readonly kindOf: (file: WorldFile, value: number) => TextKind;
}

/** Whether a token is what code that is text makes. */
export const isOfText = (token: Token): boolean =>
  token.kind === 'external' && (token.dotted === RUN_OPEN || token.dotted === RUN_MADE);

const DEEPEST = 8;

/** Methods that give a text like the one that they are called on. */
const LIKE: ReadonlySet<string> = new Set('format format_map strip lstrip rstrip encode replace'.split(' '));
/** Functions that give a text like the one they are given. */
const SHAPING: ReadonlySet<string> = new Set(['textwrap.dedent', 'inspect.cleandoc', 'builtins.compile']);

interface Call {
  readonly file: WorldFile;
  readonly call: number;
}

export function newRunTexts(files: readonly WorldFile[], resolver: Resolver): RunTexts {
  let calls: Map<string, Call[]> | null = null;
  /** Calls of functions of a name. */
  const callsOf = (name: string): readonly Call[] => {
    if (!calls) {
      calls = new Map();
      for (const file of files)
        for (let v = 0; v < valueCount(file); v++) {
          if (opAt(file, v) !== Op.Call) continue;
          const { op, a, b } = row(file, row(file, v).a);
          if (op === Op.Var) addTo(calls, file.facts.variables[a]!.name, { file, call: v });
          else if (op === Op.Attr) addTo(calls, stringAt(file, b), { file, call: v });
        }
    }
    return calls.get(name) ?? [];
  };

  /** What all calls give for a parameter; open where none is seen, or one cannot be told. */
  const ofParameter = (file: WorldFile, variable: number, depth: number): TextKind => {
    const number = file.facts.functions.findIndex(f => f.parameters.some(p => p.variable === variable));
    const fn = file.facts.functions[number]!;
    const place = fn.parameters.findIndex(p => p.variable === variable);
    const skipped = fn.cls >= 0 && functionKind(file, number, resolver) !== 'static' ? 1 : 0;
    const kinds = callsOf(fn.name).flatMap(({ file: at, call }) => {
      const called = resolver.value(at, row(at, call).a);
      if (called.length && !called.some(m => m.kind === 'function' && m.file === file && m.number === number))
        return [];
      const given = argumentFor(fn.parameters, skipped, place, argumentsOf(at, call));
      return [given ? kindOf(at, given.value, depth) : TextKind.Open];
    });
    return kinds.length ? worst(kinds) : TextKind.Open;
  };

  const ofCall = (file: WorldFile, call: number, depth: number): TextKind => {
    const { a } = row(file, call);
    const args = argumentsOf(file, call);
    const callee = row(file, a);
    if (callee.op === Op.Attr) {
      const method = stringAt(file, callee.b);
      if (LIKE.has(method)) return kindOf(file, callee.a, depth);
      if (method === 'join' && args[0]) return worst([TextKind.Made, kindOf(file, args[0].value, depth)]);
    }
    const [called, ...others] = resolver.value(file, a);
    if (!called || others.length) return TextKind.Open;
    if (called.kind === 'external' && SHAPING.has(called.dotted) && args[0]?.kind === ArgKind.Positional)
      return kindOf(file, args[0].value, depth);
    if (called.kind !== 'function') return TextKind.Open;
    const returned = returnsOf(called.file, called.number);
    return returned.length ? worst(returned.map(v => kindOf(called.file, v, depth))) : TextKind.Open;
  };

  /** Variables that are being looked at: what one is put together from itself adds nothing. */
  const open = new Set<string>();
  const ofVariable = (file: WorldFile, variable: number, depth: number): TextKind => {
    const key = `${file.index}:${variable}`;
    if (open.has(key)) return TextKind.Idle;
    open.add(key);
    const { imports, values } = resolver.bindings(file);
    const bound = imports.has(variable) ? [] : (values.get(variable) ?? []);
    const given = isParameter(file, variable) ? [ofParameter(file, variable, depth)] : [];
    const kinds = [...given, ...bound.map(v => kindOf(file, v, depth))];
    open.delete(key);
    return kinds.length ? worst(kinds) : TextKind.Open;
  };

  const kindOf = (file: WorldFile, value: number, depth = 0): TextKind => {
    if (depth > DEEPEST) return TextKind.Open;
    const inner = (v: number): TextKind => kindOf(file, v, depth + 1);
    const r = written(file, value);
    switch (r.op) {
      case Op.Const:
        return r.a === ConstKind.Text && r.b === 1 ? TextKind.Idle : TextKind.Open;
      case Op.Str:
        return /^[\w.]*$/.test(stringAt(file, r.a)) ? TextKind.Idle : TextKind.Open;
      case Op.Text:
      case Op.List:
        return TextKind.Made;
      case Op.Comp:
        return inner(r.a);
      case Op.Binary:
        if (operatorAt(file, value).operator === Operator.Mod) return inner(r.a);
        return worst([TextKind.Made, inner(r.a), inner(r.b)]);
      case Op.Join:
        return worst([...listAt(file, r.b)].map(inner));
      case Op.Call:
        return ofCall(file, value, depth + 1);
      case Op.Var:
        return ofVariable(file, r.a, depth + 1);
      case Op.Attr: {
        const stored = storedIn(file, r.b);
        return stored.length ? worst(stored.map(inner)) : TextKind.Open;
      }
      default:
        return TextKind.Open;
    }
  };
  return { kindOf };
}

const worst = (kinds: readonly TextKind[]): TextKind => Math.max(...kinds);

/** Values that a file stores under a name, given as a string of the file. */
function storedIn({ facts: { acts } }: WorldFile, name: number): readonly number[] {
  const found: number[] = [];
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    if (acts[i] === Act.Store && acts[i + 2] === name && acts[i + 3]! >= 0) found.push(acts[i + 3]!);
  return found;
}
