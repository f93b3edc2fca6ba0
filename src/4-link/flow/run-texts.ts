// What is known of a text that is run as code: whether it stores attributes.
import { ArgKind, ConstKind, Op, Operator } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import {
  argumentsOf,
  listAt,
  opAt,
  operatorAt,
  returnsOf,
  row,
  stringAt,
  valueCount,
  written,
} from '../index-file.js';
import { RUN_MADE, RUN_OPEN } from './externals.js';
import { isParameter } from './names.js';
import type { Flow } from './state.js';
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

/** A text that is put together of more parts than this is not followed. */
const MOST_PARTS = 200;

/** Methods that give a text like the one that they are called on. */
const LIKE: ReadonlySet<string> = new Set(['strip', 'lstrip', 'rstrip', 'encode']);
/** Methods that fill the holes of a text. */
const FILLING: ReadonlySet<string> = new Set(['format', 'format_map']);
/** Methods that put more into a list. */
const GROWING: ReadonlySet<string> = new Set(['append', 'extend', 'insert']);
/** Functions that give a text like the one they are given. */
const SHAPING: ReadonlySet<string> = new Set(['textwrap.dedent', 'inspect.cleandoc', 'builtins.compile']);

export function newRunTexts({ callers, keptValues, resolver }: Flow): RunTexts {
  const ofCall = (file: WorldFile, call: number): TextKind => {
    const { a } = row(file, call);
    const args = argumentsOf(file, call);
    const callee = row(file, a);
    if (callee.op === Op.Attr) {
      const method = stringAt(file, callee.b);
      if (LIKE.has(method)) return kindOf(file, callee.a);
      if (FILLING.has(method))
        return args.some(arg => mayFill(file, arg.value)) ? TextKind.Open : kindOf(file, callee.a);
      if (method === 'join' && args[0]) return worst([TextKind.Made, kindOf(file, args[0].value)]);
    }
    const [called, ...others] = resolver.value(file, a);
    if (!called || others.length) return TextKind.Open;
    if (called.kind === 'external' && SHAPING.has(called.dotted) && args[0]?.kind === ArgKind.Positional)
      return kindOf(file, args[0].value);
    if (called.kind !== 'function') return TextKind.Open;
    const { decorators, isGenerator, isAsync } = called.file.facts.functions[called.number]!;
    if (decorators.length || isGenerator || isAsync) return TextKind.Open;
    const returned = returnsOf(called.file, called.number);
    return returned.length ? worst(returned.map(v => kindOf(called.file, v))) : TextKind.Open;
  };

  /** Variables and attributes that are being looked at: what one is put together from itself adds nothing. */
  const open = new Set<string>();
  const once = (key: string, kinds: () => readonly TextKind[]): TextKind => {
    if (open.has(key)) return TextKind.Idle;
    open.add(key);
    const found = kinds();
    open.delete(key);
    return found.length ? worst(found) : TextKind.Open;
  };
  const ofVariable = (file: WorldFile, variable: number): readonly TextKind[] => {
    const { imports, values } = resolver.bindings(file);
    const bound = imports.has(variable) ? [] : (values.get(variable) ?? []);
    const given = isParameter(file, variable) ? callers.givenFor(file, variable) : [];
    const { name, scope } = file.facts.variables[variable]!;
    // other code may store it on the module
    const stored = scope === 0 ? keptValues(name) : [];
    const isGrown = bound.some(v => opAt(file, v) === Op.List);
    const grown = isGrown && putInto(file, variable).some(v => isToldStore(file, v)) ? [TextKind.Open] : [];
    return [
      ...grown,
      ...bound.map(v => kindOf(file, v)),
      ...[given, stored].flatMap(of => of?.map(v => kindOf(v.file, v.value)) ?? [TextKind.Open]),
    ];
  };

  /** Whether a value puts more into the hole of a text than names and expressions, as far as it is told.
   *  `seen`: variables that have been looked at. */
  const mayFill = (file: WorldFile, value: number, seen: Set<string> = new Set()): boolean => {
    const inner = (v: number): boolean => mayFill(file, v, seen);
    const r = written(file, value);
    switch (r.op) {
      case Op.Const:
        return r.a === ConstKind.Text;
      case Op.Tuple:
      case Op.Dict:
      case Op.Join:
        return [...listAt(file, r.b)].some(v => v >= 0 && inner(v));
      case Op.Binary:
        return inner(r.a) || inner(r.b);
      case Op.Var: {
        const key = `${file.index}:${r.a}`;
        if (seen.has(key)) return false;
        seen.add(key);
        const given = isParameter(file, r.a) ? callers.givenFor(file, r.a) : null;
        const bound = resolver.bindings(file).values.get(r.a) ?? [];
        return bound.some(inner) || !!given?.some(g => mayFill(g.file, g.value, seen));
      }
      default:
        return false;
    }
  };

  /** Whether a part of a text is written here and may store: `"self.%s = 1" % name`. */
  const isToldStore = (file: WorldFile, value: number): boolean => {
    const inner = (v: number): boolean => isToldStore(file, v);
    const r = written(file, value);
    switch (r.op) {
      case Op.Const:
        return r.a === ConstKind.Text && r.b !== 1;
      case Op.Binary:
        return inner(r.a) || (operatorAt(file, value).operator !== Operator.Mod && inner(r.b));
      case Op.List:
      case Op.Join:
        return [...listAt(file, r.b)].some(v => v >= 0 && inner(v));
      case Op.Comp:
        return inner(r.a);
      case Op.Call: {
        const callee = row(file, r.a);
        return callee.op === Op.Attr && FILLING.has(stringAt(file, callee.b)) && inner(callee.a);
      }
      default:
        return false;
    }
  };

  /** What calls put into a list that a variable holds. */
  const putInto = (file: WorldFile, variable: number): readonly number[] => {
    const { name, scope } = file.facts.variables[variable]!;
    const isIt = (v: number): boolean => {
      const { op, a } = row(file, v);
      const of = op === Op.Var ? file.facts.variables[a]! : null;
      return of?.name === name && of.scope === scope;
    };
    const found: number[] = [];
    for (let v = 0; v < valueCount(file); v++) {
      const callee = opAt(file, v) === Op.Call ? row(file, row(file, v).a) : null;
      if (callee?.op === Op.Attr && GROWING.has(stringAt(file, callee.b)) && isIt(callee.a))
        found.push(...argumentsOf(file, v).map(arg => arg.value));
    }
    return found;
  };

  let parts = 0;
  const kindOf = (file: WorldFile, value: number): TextKind => {
    if (++parts > MOST_PARTS) return TextKind.Open;
    const inner = (v: number): TextKind => kindOf(file, v);
    const r = written(file, value);
    switch (r.op) {
      case Op.Const:
        return r.a === ConstKind.Text && r.b === 1 ? TextKind.Idle : TextKind.Open;
      case Op.Str:
        return /^[\w.]*$/.test(stringAt(file, r.a)) ? TextKind.Idle : TextKind.Open;
      case Op.Text:
        return TextKind.Made;
      case Op.List:
        return isToldStore(file, value) ? TextKind.Open : TextKind.Made;
      case Op.Comp:
        return inner(r.a);
      case Op.Binary:
        if (operatorAt(file, value).operator === Operator.Mod)
          return mayFill(file, r.b) ? TextKind.Open : inner(r.a);
        return worst([TextKind.Made, inner(r.a), inner(r.b)]);
      case Op.Join:
        return worst([...listAt(file, r.b)].map(inner));
      case Op.Call:
        return ofCall(file, value);
      case Op.Var:
        return once(`${file.index}:${r.a}`, () => ofVariable(file, r.a));
      case Op.Attr: {
        const name = stringAt(file, r.b);
        return once(`.${name}`, () => keptValues(name)?.map(v => kindOf(v.file, v.value)) ?? []);
      }
      default:
        return TextKind.Open;
    }
  };
  return {
    kindOf(file, value) {
      parts = 0;
      return kindOf(file, value);
    },
  };
}

const worst = (kinds: readonly TextKind[]): TextKind => Math.max(...kinds);
