// What one file says: stores, scopes, names, imports and bodies, the same from both parsers.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { decode } from '../src/1-discover/decode.js';
import { type EngineName, loadEngine } from '../src/2-parse/engine.js';
import { collect } from '../src/3-facts/collect.js';
import {
  ACT_WIDTH,
  Act,
  ConstKind,
  type FileFacts,
  IN_PLACE,
  LATE,
  lineAndColumn,
  OP_BITS,
  Op,
  Operator,
  PRESENCE_WIDTH,
  Presence,
  VALUE_WIDTH,
} from '../src/model/facts.js';
import { findInterpreters } from '../src/prove/interpreters.js';

const engineOrNot = (name: EngineName) => loadEngine(name).catch(() => null);
const engines = [await engineOrNot('native'), await engineOrNot('wasm')].filter(engine => engine !== null);
const each = describe.each(engines.map(engine => [engine.name, engine] as const));

/** A value, in a shorthand close to Python. `spell(f, -1)` is ''. */
function spell(f: FileFacts, value: number): string {
  if (value < 0) return '';
  const [column, a, b] = f.values.subarray(value * VALUE_WIDTH) as unknown as [number, number, number];
  const op: Op = column & ((1 << OP_BITS) - 1);
  const items = (at: number) => [...f.lists.subarray(at + 1, at + 1 + f.lists[at]!)];
  const v = (n: number) => (n < -1 ? `*${spell(f, ~n)}` : spell(f, n));
  const all = (at: number) => items(at).map(v).join(', ');
  switch (op) {
    case Op.Var:
      return f.variables[a]!.name;
    case Op.Attr:
      return `${v(a)}.${f.strings[b]}`;
    case Op.Call: {
      const args = items(b);
      const shown: string[] = [];
      for (let i = 0; i < args.length; i += 3)
        shown.push(`${['', `${f.strings[args[i + 1]!]}=`, '*', '**'][args[i]!]}${v(args[i + 2]!)}`);
      return `${v(a)}(${shown.join(', ')})`;
    }
    case Op.Str:
      return `'${f.strings[a]}'`;
    case Op.Const:
      return a === ConstKind.Int
        ? String(b)
        : a === ConstKind.Bool
          ? b === 1
            ? 'True'
            : 'False'
          : ConstKind[a]!;
    case Op.Tuple:
      return `(${all(b)})`;
    case Op.List:
      return `[${all(b)}]`;
    case Op.Join:
      return f.lists[b] === 1 ? all(b) : `either(${all(b)})`;
    case Op.Binary:
      return `${v(a)} ${Operator[(column >> OP_BITS) & ~IN_PLACE]}${column >> OP_BITS >= IN_PLACE ? '=' : ''} ${v(b)}`;
    case Op.In:
      return `${v(a)} in ${v(b)}`;
    case Op.Is:
      return `${v(a)} is ${v(b)}`;
    case Op.Sub:
      return `${v(a)}[${v(b)}]`;
    case Op.Item:
      return b < 0 ? `some of ${v(a)}` : `item ${b} of ${v(a)}`;
    case Op.Func:
      return `def ${f.functions[a]!.qualname}`;
    case Op.Class:
      return `class ${f.classes[a]!.qualname}`;
    case Op.Narrow:
      return `${column & LATE ? 'late ' : ''}${v(a)}:${v(b)}`;
    case Op.Exclude:
      return `${column & LATE ? 'late ' : ''}${v(a)}:not (${all(b)})`;
    case Op.Super:
      return `super of ${f.classes[a]!.name} on ${b < 0 ? '?' : f.variables[b]!.name}`;
    case Op.ClassCell:
      return `__class__ of ${f.classes[a]!.name}`;
    default:
      return `${Op[op]}(${op === Op.Unknown ? '' : v(a)})`;
  }
}

const where = (f: FileFacts, variable: number): string => {
  const { scope, name, bound } = f.variables[variable]!;
  const { kind, owner } = f.scopes[scope]!;
  const of =
    kind === 'class' ? f.classes[owner]!.name : kind === 'function' ? f.functions[owner]?.name : kind;
  return `${name}@${of}${bound ? '' : '?'}`;
};

/** The acts of a file, in order, one string each; bindings of functions and classes left out. */
function acts(f: FileFacts): string[] {
  const found: string[] = [];
  for (let i = 0; i < f.acts.length; i += ACT_WIDTH) {
    const [act, a, b, c] = f.acts.subarray(i) as unknown as [Act, number, number, number];
    if (act === Act.Bind && [Op.Func, Op.Class].includes(f.values[b * VALUE_WIDTH]!)) continue;
    const attribute = () => `${spell(f, a)}.${f.strings[b]}`;
    const shown: Record<Act, () => string> = {
      [Act.Bind]: () => `${f.variables[a]!.name} = ${spell(f, b)}`,
      [Act.Store]: () => `${attribute()} = ${spell(f, c)}`,
      [Act.StoreAug]: () => `${attribute()} op= ${spell(f, c)}`,
      [Act.StoreDel]: () => `del ${attribute()}`,
      [Act.Declare]: () => `declare ${attribute()}: ${spell(f, c)}`,
      [Act.StoreItem]: () => `${spell(f, a)}[${spell(f, b)}] = ${spell(f, c)}`,
      [Act.Return]: () => `return ${spell(f, b)}`,
      [Act.Yield]: () => `yield ${spell(f, b)}`,
      [Act.YieldFrom]: () => `yield from ${spell(f, b)}`,
      [Act.Annotate]: () => `${f.variables[a]!.name}: ${spell(f, b)}`,
      [Act.AnnotateAttr]: () => `${attribute()}: ${spell(f, c)}`,
      [Act.Unbind]: () => `del ${f.variables[a]!.name}`,
    };
    found.push(shown[act]());
  }
  return found;
}

each('facts by the %s parser', (_, engine) => {
  const facts = (text: string): FileFacts => collect(text, engine.parse);
  const actsOf = (text: string): string[] => {
    const f = facts(text);
    expect(f.errorAt).toBe(-1);
    return acts(f);
  };

  describe('what stores nothing', () => {
    test.each([
      ['s.x == 1', []],
      ['s.x', []],
      ['f(x=1)', []],
      ['assert s.x', []],
      ['(x := s.y)', ['x = s.y']],
      ['for x in s.y: pass', ['x = Iter(s.y)']],
      ['with s.y: pass', []],
      ['del s.x[0]', []],
      ['s: int', ['s: int']],
    ])('%s', (text, expected) => expect(actsOf(text)).toEqual(expected));
  });

  describe('examples in strings', () => {
    const stored = (text: string): string[] => {
      const inside = facts(text).doctests;
      if (!inside) return [];
      expect(inside.errorAt).toBe(-1);
      const places: string[] = [];
      for (let i = 0; i < inside.acts.length; i += ACT_WIDTH) {
        if (inside.acts[i] !== Act.Store) continue;
        const { line, column } = lineAndColumn(inside.lineStarts, inside.acts[i + 4]!);
        places.push(`${inside.strings[inside.acts[i + 2]!]} at ${line}:${column}`);
      }
      return places;
    };
    test.each([
      ['no prompt', 'def f():\n    """x.a = 1"""\n', []],
      ['prompts that are no examples', 'x = 1 >>> 2\ny = "a >>> b.c = 1"\n', []],
      [
        'indented',
        'def f():\n    """Does.\n\n    >>> x.a = 1\n    >>> x.b = 2\n    2\n    """\n',
        ['a at 4:9', 'b at 5:9'],
      ],
      [
        'several lines',
        '"""\n>>> for x in y:\n...     x.a = 1\n...\n>>> x.b = 2"""',
        ['a at 3:9', 'b at 5:5'],
      ],
      [
        'two strings',
        '"""\n>>> x.a = 1\n"""\ndef f():\n  """\n    >>> x.b = 2\n  """',
        ['a at 2:5', 'b at 6:9'],
      ],
      ['Windows lines', '"""\r\n>>> x.a = 1\r\n\r\n>>> x.b = 2\r\n"""', ['a at 2:5', 'b at 4:5']],
      ['what is no Python', '"""\n>>> x.a = = 1\n>>> print x\n>>> x.b = 2\n>>> if x:\n3\n"""', ['b at 4:5']],
      ['escaped quotes', '"""\n>>> x.a = \\"b\\"\n"""', ['a at 2:5']],
      ['f-strings and bytes are none', 'f"""\n>>> x.a = {y}\n"""\nb"""\n>>> x.b = 2\n"""', []],
    ])('%s', (_, text, expected) => expect(stored(text)).toEqual(expected));
  });

  describe('pickles that are written out', () => {
    const pickled = (text: string): string[] =>
      facts(text).pickled.map(p => `${p.module}.${p.name} at ${p.at}`);
    test.each([
      ['bytes that are none', 'x = b"a cabin\\nboat\\nb."', []],
      ['a class by itself', 'x = b"c__main__\\nBoat\\n."', []],
      ['protocol 0', 'x = b"(i__main__\\nBoat\\np0\\n(dp1\\nb."', ['__main__.Boat at 4']],
      ['raw bytes hold no escapes', 'x = rb"(i__main__\\nBoat\\np0\\n(dp1\\nb."', []],
      [
        'protocol 4 in pieces',
        "x = (b'\\x80\\x04\\x8c\\x04boat\\x94\\x8c'\n  b'\\x04Boat\\x94\\x93\\x94)\\x81\\x94}\\x94b.')",
        ['boat.Boat at 5'],
      ],
      ['base64', 'x = "gAJjX19tYWluX18KQQpxACmBcQF9cQJYAQAAAGFxA0sBc2Iu"', ['__main__.A at 4']],
    ])('%s', (_, text, expected) => expect(pickled(text)).toEqual(expected));
  });

  describe('lists that are matched', () => {
    test.each([
      ['match [a, b]:\n    case [_, x]:\n        x.y = 1\n', 'x.y = 1'],
      ['match [a]:  # note\n\n    # another\n    case [x]:\n        x.y = 1\n', 'x.y = 1'],
      ['match [a, b]:\n    case [_, x]:\n        x.y = 1\nmatch [c]:\n    case [z]: z.y = 2\n', 'z.y = 2'],
    ])('%s', (text, expected) => expect(actsOf(text)).toContain(expected));
  });

  test('private names of type parameters', () => {
    const { variables } = facts('class A:\n    def f[__T](self, x: __T): pass\nclass B[__T]:\n    x = __T\n');
    const bound = variables.filter(v => v.bound && v.name.endsWith('__T'));
    expect(bound.map(v => v.name)).toEqual(['_A__T', '_B__T']);
  });

  describe('every form of store', () => {
    test.each([
      ['s.x = 1', ['s.x = 1']],
      ['s.x = s.y = 1', ['s.x = 1', 's.y = 1']],
      ['s.x, s.y = 1, 2', ['s.x = 1', 's.y = 2']],
      ['s.x, s.y = p', ['s.x = item 0 of p', 's.y = item 1 of p']],
      ['[s.x, (s.y)] = p', ['s.x = item 0 of p', 's.y = item 1 of p']],
      ['(s.x) = 1', ['s.x = 1']],
      ['s.x, = p', ['s.x = item 0 of p']],
      ['a, *s.x, s.y = p', ['a = item 0 of p', 's.x = Rest(p)', 's.y = some of p']],
      ['*s.x, = p', ['s.x = Rest(p)']],
      [
        'a, (s.x, [b, *s.y]) = p',
        [
          'a = item 0 of p',
          's.x = item 0 of item 1 of p',
          'b = item 0 of item 1 of item 1 of p',
          's.y = Rest(item 1 of item 1 of p)',
        ],
      ],
      ['s.x += 1', ['s.x op= s.x Add= 1']],
      ['s.x @= 1', ['s.x op= s.x MatMul= 1']],
      ['s.x: int = 1', ['s.x = 1', 's.x: int']],
      ['s.x: int', ['declare s.x: int']],
      ['for s.x in p: pass', ['s.x = Iter(p)']],
      ['for (s.x) in p: pass', ['s.x = Iter(p)']],
      ['(a) = p', ['a = p']],
      ['((a)) = p', ['a = p']],
      ['(a,) = p', ['a = item 0 of p']],
      ['for a, s.x in p: pass', ['a = item 0 of Iter(p)', 's.x = item 1 of Iter(p)']],
      ['async def f():\n    async for s.x in p: pass', ['s.x = Iter(p)']],
      ['[0 for s.x in p]', ['s.x = Iter(p)']],
      ['{a: 0 for a, s.x in p}', ['a = item 0 of Iter(p)', 's.x = item 1 of Iter(p)']],
      ['with p as s.x: pass', ['s.x = Enter(p)']],
      ['with p as s.x, q as s.y: pass', ['s.x = Enter(p)', 's.y = Enter(q)']],
      ['with (p as s.x, q as s.y): pass', ['s.x = Enter(p)', 's.y = Enter(q)']],
      ['with p as (s.x, s.y): pass', ['s.x = item 0 of Enter(p)', 's.y = item 1 of Enter(p)']],
      ['async def f():\n    async with p as s.x: pass', ['s.x = Enter(p)']],
      ['try: pass\nexcept E as e: pass', ['e = Caught(E)']],
      ['try: pass\nexcept (E, F) as e: pass', ['e = Caught((E, F))']],
      ['try: pass\nexcept* E as e: pass', ['e = Caught(E)']],
      ['del s.x', ['del s.x']],
      ['del s.x, s.y', ['del s.x', 'del s.y']],
      ['del (s.x, [s.y, a])', ['del s.x', 'del s.y', 'del a']],
      ['s.t.x = 1', ['s.t.x = 1']],
      ['s[0].x = 1', ['s[0].x = 1']],
      ['f(1, *a, k=2, **b).x = 1', ['f(1, *a, k=2, **b).x = 1']],
      ['s[k] = 1', ['s[k] = 1']],
      ['s.x[k] = s.y = 1', ['s.x[k] = 1', 's.y = 1']],
      ['if s.x: s.x = 1', ['s.x = 1']],
    ])('%s', (text, expected) => expect(actsOf(text)).toEqual(expected));

    test.each([
      ['a + b', 'a Add b'],
      ['a - -b', 'a Sub b Neg b'],
      ['a ** b', 'a Pow b'],
      ['a // b', 'a FloorDiv b'],
      ['a @ b', 'a MatMul b'],
      ['a<<b', 'a LShift b'],
      ['~a', 'a Invert a'],
      ['(a) | (b)', 'a Or b'],
      ['(a  # + c\n  - b)', 'a Sub b'],
      ['a \\\n  % b', 'a Mod b'],
      ['a == b', 'a Eq b'],
      ['a<b', 'a Lt b'],
      ['a >= (b)', 'a Ge b'],
      ['a < b != c', 'either(a Lt b, b Ne c)'],
      ['a not in b', 'a in b'],
      ['a is b', 'a is b'],
      ['a is not b.c', 'a is b.c'],
      ['a is None', 'Text'],
      ['not a', 'Text'],
    ])('%s', (text, expected) => expect(actsOf(`x = ${text}`)).toEqual([`x = ${expected}`]));
    test.each([
      ['s += a', 's = s Add= a'],
      ['s[k] //= a', 's[k] = s[k] FloorDiv= a'],
      ['s >>= a', 's = s RShift= a'],
    ])('%s', (text, expected) => expect(actsOf(text)).toEqual([expected]));

    test('patterns bind names', () => {
      const cases = [
        'case 1: pass',
        'case m.ONE: pass',
        'case _: pass',
        'case a: pass',
        'case [b, *c]: pass',
        'case {"k": d, **e}: pass',
        'case P(f, g=h): pass',
        'case P() as i: pass',
        'case (P() | Q()) as j: pass',
        'case P(k=Q(l)) if n: pass',
      ];
      const names = cases.map(line => actsOf(`match s:\n    ${line}`).map(act => act.replace(/ = .*/, '')));
      expect(names.map(n => n.filter(name => name !== '_'))).toEqual([
        [],
        [],
        [],
        ['a'],
        ['b', 'c'],
        ['d', 'e'],
        ['f', 'h'],
        ['i'],
        ['j'],
        ['l'],
      ]);
    });

    test('class patterns narrow what they capture', () => {
      expect(actsOf('match s:\n    case P() as a: pass')).toEqual(['a = s:P']);
      expect(actsOf('match s:\n    case P() | Q() as a: pass')).toEqual(['a = either(s:P, s:Q)']);
      expect(actsOf('match s:\n    case P(x=a): pass')).toEqual(['a = s:P.x']);
      expect(actsOf('match s:\n    case P(x=Q() as a): pass')).toEqual(['a = s:P.x:Q']);
    });
    test('sequence patterns give items and the rest', () => {
      expect(actsOf('match s:\n    case [a, *b]: pass')).toEqual(['a = Iter(s)', 'b = Rest(s)']);
    });
  });

  describe('private names', () => {
    const stored = (cls: string, name: string) =>
      actsOf(`class ${cls}:\n    def f(self): self.${name} = 1`)[0];
    test.each([
      ['A', '__x', 'self._A__x = 1'],
      ['_A__', '__x', 'self._A____x = 1'],
      ['__A', '__x', 'self._A__x = 1'],
      ['__', '__x', 'self.__x = 1'],
      ['A', '__x_', 'self._A__x_ = 1'],
      ['A', '__x__', 'self.__x__ = 1'],
      ['A', '_x', 'self._x = 1'],
      ['A', '__', 'self.__ = 1'],
    ])('class %s, .%s', (cls, name, expected) => expect(stored(cls, name)).toBe(expected));

    test('the innermost class counts, functions do not, and outside there is none', () => {
      const text = `
class A:
    class B:
        def f(self):
            def g(): self.__x = 1
    def h(self): self.__x = 2
def k(s): s.__x = 3
`;
      expect(actsOf(text)).toEqual(['self._B__x = 1', 'self._A__x = 2', 's.__x = 3']);
    });
    test('members and variables are mangled too', () => {
      const f = facts('class A:\n    __m = 1\n    def __f(self, __p): return __p');
      expect(f.classes[0]!.members.map(m => m.name)).toEqual(['_A__m', '_A__f']);
      expect(acts(f)).toEqual(['_A__m = 1', 'return _A__p']);
    });
  });

  describe('scopes', () => {
    /** Where the variables that `return` reads live. */
    const returned = (text: string): string[] => {
      const f = facts(text);
      const found: string[] = [];
      for (let i = 0; i < f.acts.length; i += ACT_WIDTH) {
        if (f.acts[i] !== Act.Return) continue;
        const row = f.acts[i + 2]! * VALUE_WIDTH;
        if (f.values[row] === Op.Var) found.push(where(f, f.values[row + 1]!));
      }
      return found;
    };
    test.each([
      ['a local hides a global', 'x = 1\ndef f():\n    x = 2\n    return x', ['x@f']],
      ['bound below the use', 'x = 1\ndef f():\n    return x\n    x = 2', ['x@f']],
      ['a global', 'x = 1\ndef f(): return x', ['x@module']],
      ['never bound', 'def f(): return x', ['x@module?']],
      ['global', 'def f():\n    global x\n    x = 1\n    return x', ['x@module']],
      [
        'global inside a function that binds it',
        'def f():\n    x = 1\n    def g():\n        global x\n        return x',
        ['x@module'],
      ],
      [
        'nonlocal',
        'def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n        return x',
        ['x@f'],
      ],
      ['class scope is skipped', 'x = 1\nclass A:\n    x = 2\n    def f(self): return x', ['x@module']],
      [
        'class scope is skipped by comprehensions',
        'x = 1\nclass A:\n    x = 2\n    f = lambda: [x for _ in y]\n    def g(self): return x',
        ['x@module'],
      ],
      [
        'parameters',
        'def f(a, /, b=1, *c, d, e: int = 2, **g):\n    return a\n    return b\n    return c\n    return d\n    return e\n    return g',
        ['a@f', 'b@f', 'c@f', 'd@f', 'e@f', 'g@f'],
      ],
      ['lambda', 'x = 1\nf = lambda x: x', ['x@<lambda>']],
      ['a default is read around', 'x = 1\ndef f(x=lambda: x): return x', ['x@module', 'x@f']],
      ['a walrus in a comprehension', 'def f():\n    [y := 1 for _ in p]\n    return y', ['y@f']],
      ['a comprehension keeps its name', 'x = 1\ndef f():\n    [x for x in p]\n    return x', ['x@module']],
      ['an import', 'def f():\n    import x.y\n    return x', ['x@f']],
      ['a for target', 'def f():\n    for x in p: pass\n    return x', ['x@f']],
      ['a del', 'x = 1\ndef f():\n    return x\n    del x', ['x@f']],
      ['an except name', 'def f():\n    try: pass\n    except E as x: return x', ['x@f']],
      ['a class or function name', 'def f():\n    class x: pass\n    return x', ['x@f']],
      ['a pattern', 'def f():\n    match p:\n        case [x]: return x', ['x@f']],
    ])('%s', (_name, text, expected) => expect(returned(text)).toEqual(expected));

    test('the first iterable of a comprehension belongs to the scope around it', () => {
      const f = facts('class A:\n    x = [1]\n    y = [x for x in x]');
      const last = f.acts.length - ACT_WIDTH;
      expect(acts(f).at(-1)).toBe('x = Iter(x)');
      const value = f.acts[last + 2]! * VALUE_WIDTH;
      const from = f.values[value + 1]! * VALUE_WIDTH;
      expect(where(f, f.values[from + 1]!)).toBe('x@A');
      expect(where(f, f.acts[last + 1]!)).toBe('x@comprehension');
    });
  });

  describe('functions', () => {
    test('kinds, generators, parameters and decorators', () => {
      const f = facts(`
@deco
@app.route("/x", k=1)
async def f(a: int, /, b: "B" = 1, *, c=None) -> "list[A]": yield 1
class A:
    @property
    def g(self): return lambda: (yield)
`);
      const seen = f.functions.map(fn => ({
        name: fn.qualname,
        flags: `${fn.isAsync ? 'async ' : ''}${fn.isGenerator ? 'generator ' : ''}${fn.isLambda ? 'lambda' : ''}`,
        cls: fn.cls,
        decorators: fn.decorators.map(d => spell(f, d)),
        returns: spell(f, fn.returns),
        parameters: fn.parameters.map(
          p => `${p.kind} ${p.name}: ${spell(f, p.annotation)} = ${spell(f, p.defaultValue)}`,
        ),
      }));
      expect(seen).toEqual([
        {
          name: 'f',
          flags: 'async generator ',
          cls: -1,
          decorators: ['deco', 'app.route(Text, k=1)'],
          returns: 'list[A]',
          parameters: ['positional a: int = ', 'positional b: B = 1', 'keyword c:  = None'],
        },
        {
          name: 'A.g',
          flags: '',
          cls: 0,
          decorators: ['property'],
          returns: '',
          parameters: ['positional self:  = '],
        },
        { name: '<lambda>', flags: 'generator lambda', cls: -1, decorators: [], returns: '', parameters: [] },
      ]);
    });
  });

  describe('classes', () => {
    test('header', () => {
      const f = facts('@d\n@m.e(slots=True)\nclass A(B, m.C[int], *more, metaclass=M, k=1, **kw): pass');
      const [cls] = f.classes;
      expect(cls!.bases.map(b => [spell(f, b.value), b.star])).toEqual([
        ['B', false],
        ['m.C[int]', false],
        ['more', true],
      ]);
      expect(cls!.keywords.map(k => [k.name, spell(f, k.value)])).toEqual([
        ['metaclass', 'M'],
        ['k', '1'],
      ]);
      expect(cls!.splatsKeywords).toBe(true);
      expect(cls!.decorators.map(d => spell(f, d.value))).toEqual(['d', 'm.e(slots=True)']);
    });
    test('members, in order', () => {
      const f = facts(`
class A:
    """doc"""
    a = 1
    b: int
    c: int = 2
    d = e = 3
    f, (g, *h) = p
    i += 1
    import j.k
    from l import m as n
    def o(self): self.not_me = not_me = 1
    class P: not_me = 1
    for q in r: s = 1
    if t: u = 1
    else: v = 1
    with w as x: pass
    try: y = 1
    except E as z: pass
    [not_me for not_me in p]
    (aa := 1)
    del a
`);
      const shown = f.classes[0]!.members.map(m => `${m.name} ${m.kind}`);
      expect(shown).toEqual([
        'a assign',
        'b annotation',
        'c assign',
        'c annotation',
        'd assign',
        'e assign',
        'f assign',
        'g assign',
        'h assign',
        'i assign',
        'j import',
        'n import',
        'o function',
        'P class',
        'q assign',
        's assign',
        'u assign',
        'v assign',
        'x assign',
        'y assign',
        'z assign',
        'aa assign',
        'a other',
      ]);
    });
    test('qualname', () => {
      const f = facts(
        'class A:\n    class B:\n        def f(self):\n            class C:\n                class D: pass',
      );
      expect(f.classes.map(c => c.qualname)).toEqual(['A', 'A.B', 'A.B.f.C', 'A.B.f.C.D']);
    });
    test.each([
      ['x = 1', false],
      ['def f(self): locals()', false],
      ['x = locals', false],
      ['locals()["x"] = 1', true],
      ['vars().update(p)', true],
      ['exec("x = 1")', true],
      ['from m import *', true],
      ['for n in p: locals()[n] = 1', true],
      ['x = [locals() for _ in p]', false],
    ])('dynamic body: %s', (line, dynamic) => {
      expect(facts(`class A:\n    ${line}`).classes[0]!.dynamicBody >= 0).toBe(dynamic);
    });
  });

  describe('imports', () => {
    const shown = (text: string) => {
      const f = facts(text);
      return f.imports
        .toSorted((x, y) => x.at - y.at)
        .map(
          i =>
            `${'.'.repeat(i.level)}${i.module} ${i.name} -> ${i.variable < 0 ? '-' : where(f, i.variable)}${i.bindsRoot ? ' root' : ''}`,
        );
    };
    test.each([
      ['import a', ['a null -> a@module']],
      ['import a.b', ['a.b null -> a@module root']],
      ['import a.b as c, d', ['a.b null -> c@module', 'd null -> d@module']],
      ['from a import b', ['a b -> b@module']],
      ['from a.b import (c, d as e,)', ['a.b c -> c@module', 'a.b d -> e@module']],
      ['from . import a', ['. a -> a@module']],
      ['from .. import a', ['.. a -> a@module']],
      ['from ...a.b import c', ['...a.b c -> c@module']],
      ['from . a import b', ['.a b -> b@module']],
      ['from a import *', ['a * -> -']],
      ['from .a import *', ['.a * -> -']],
      ['def f():\n    from a import b', ['a b -> b@f']],
      ['def f():\n    global b\n    import b', ['b null -> b@module']],
    ])('%s', (text, expected) => expect(shown(text)).toEqual(expected));

    test.each([
      ['', null],
      ['__all__ = ["A", "B"]', ['A', 'B']],
      ['__all__ = ("A",)', ['A']],
      ['__all__ = make()', null],
    ])('exported: %s', (text, expected) => expect(facts(text).exported).toEqual(expected));
  });

  describe('annotations written as text', () => {
    const annotation = (text: string) => {
      const f = facts(`def f(a: ${text}): pass`);
      return spell(f, f.functions[0]!.parameters[0]!.annotation);
    };
    test.each([
      ['"A"', 'A'],
      ['"m.A"', 'm.A'],
      ['"list[A]"', 'list[A]'],
      ['"dict[str, A]"', 'dict[(str, A)]'],
      ['"A | None"', 'A Or None'],
      ['A | "B"', 'A Or B'],
      ['list["A"]', 'list[A]'],
      ['Optional["A"]', 'Optional[A]'],
      ['"A" "B"', 'AB'],
      ['"(A)"', 'A'],
      ['"not a type at all"', 'Unknown()'],
      ['"A["', 'Unknown()'],
      ['int', 'int'],
      ['m.A', 'm.A'],
      ['list[A]', 'list[A]'],
    ])('%s', (text, expected) => expect(annotation(text)).toBe(expected));

    test('a string elsewhere is a string', () => expect(actsOf('a = "A"')).toEqual(["a = 'A'"]));
    test.each([
      ['a = Union["A", List["B"]]', 'a = Union[(A, List[B])]'],
      ['a = typing.Optional["A"]', 'a = typing.Optional[A]'],
      ['a: TypeAlias = Dict[str, "A"]', 'a = Dict[(str, A)]'],
      ['a = p["A"]', "a = p['A']"],
      ['a = Union["A"].b', "a = Union['A'].b"],
      ['a = p(Union["A"])', "a = p(Union['A'])"],
    ])('an alias: %s', (text, expected) => expect(actsOf(text)).toContain(expected));
    test('typing.cast', () => {
      expect(actsOf('a = cast("A", b)')).toEqual(['a = cast(A, b)']);
      expect(actsOf('a = typing.cast("list[A]", b)')).toEqual(['a = typing.cast(list[A], b)']);
    });
  });

  describe('isinstance', () => {
    test.each([
      ['if isinstance(s, A): pass\ns.x = 1', ['s.x = 1']],
      ['if not isinstance(s, A): s.x = 1', ['s:not (A).x = 1']],
      ['if isinstance(s, A): pass\nelse: s.x = 1', ['s:not (A).x = 1']],
      ['if isinstance(s, A): raise E\nif isinstance(s, B): raise E\ns.x = 1', ['s:not (A, B).x = 1']],
      ['if p: pass\nelif isinstance(s, A): raise E\ns.x = 1', ['s.x = 1']],
      ['if isinstance(s.t, A):\n    p()\n    s.t.x = 1', ['late s.t:A.x = 1']],
      ['if isinstance(s.t, A):\n    s.t.x = 1', ['s.t:A.x = 1']],
      ['if isinstance(s, A) or p: s.x = 1', ['s.x = 1']],
      ['if isinstance(t, A): s.x = 1', ['s.x = 1']],
      ['if isinstance(s.t, A): s.x = 1', ['s.x = 1']],
      ['if isinstance(s, A):\n    s = t\n    s.x = 1', ['s = t', 's.x = 1']],
      ['if isinstance(s, A):\n    for s in t: s.x = 1', ['s = Iter(t)', 's.x = 1']],
      ['assert isinstance(s, A)\ns = t\ns.x = 1', ['s = t', 's.x = 1']],
      ['if isinstance(s, A) and (s := t): s.x = 1', ['s = t', 's.x = 1']],
      ['match s:\n    case A():\n        s = t\n        s.x = 1', ['s = t', 's.x = 1']],
      ['if isinstance(s, A): s.x = 1', ['s:A.x = 1']],
      ['if isinstance(s, (A, B)): s.x = 1', ['s:(A, B).x = 1']],
      ['if p and isinstance(s, A): s.x = 1', ['s:A.x = 1']],
      ['if isinstance(s, A) and p: s.x = 1', ['s:A.x = 1']],
      ['if not isinstance(s, A): raise E\ns.x = 1', ['s:A.x = 1']],
      ['if not isinstance(s, A) or p: raise E\ns.x = 1', ['s:A.x = 1']],
      ['if not isinstance(s, A) and p: raise E\ns.x = 1', ['s.x = 1']],
      ['assert isinstance(s, A)\ns.x = 1', ['s:A.x = 1']],
      ['while isinstance(s, A): s.x = 1', ['s:A.x = 1']],
      ['if p: pass\nelif isinstance(s, A): s.x = 1', ['s:A.x = 1']],
      ['t = s if isinstance(s, A) else u', ['t = either(s:A, u)']],
      ['t = [s for s in p if isinstance(s, A)]', ['t = Comp(s:A)', 's = Iter(p)']],
    ])('%s', (text, expected) => expect(actsOf(text)).toEqual(expected));
  });

  describe('what is returned where a parameter is given, or is not', () => {
    /** `value: what is known of names` for each value that a function returns under a test. */
    const returned = (body: string): string[] => {
      const f = facts(`def f(s, p=None):\n${body.replace(/^/gm, '    ')}`);
      const found: string[] = [];
      for (let i = 0; i < f.presences.length; i += PRESENCE_WIDTH) {
        const [value, variable, is] = f.presences.subarray(i) as unknown as [number, number, Presence];
        found.push(`${spell(f, value)}: ${f.variables[variable]!.name} ${Presence[is]}`);
      }
      return found.sort();
    };
    test.each([
      ['return s', []],
      ['if s is p: return s', []],
      ['s = p\nif s == None: return a', []],
      ['if p is None: return a', ['a: p None']],
      ['if p is None: return a\nreturn b', ['a: p None', 'b: p Given']],
      ['if p is not None: return a\nreturn b', ['a: p Given', 'b: p None']],
      ['if p: return a\nelse: return b', ['a: p Given', 'b: p False']],
      ['if not callable(p): return a\nreturn b', ['a: p False', 'b: p Given']],
      ['return a if p is None else b', ['a: p None', 'b: p Given']],
      ['if p is None and s is None: return a\nreturn b', ['a: p None', 'a: s None']],
      ['if p is None:\n    p = s\n    return a\nreturn b', ['b: p Given']],
      ['if p is None: p = s\nreturn b', []],
      ['def g():\n    return a\nif p is None: return g', ['g: p None']],
    ])('%s', (body, expected) => expect(returned(body)).toEqual(expected));
  });

  describe('super() and __class__', () => {
    test.each([
      ['class A:\n    def f(me): super().x = 1', ['super of A on me.x = 1']],
      ['class A:\n    def f(me): super(A, me).x = 1', ['super(A, me).x = 1']],
      ['class A:\n    def f(): super().x = 1', ['super of A on ?.x = 1']],
      ['super().x = 1', ['super().x = 1']],
      ['class A:\n    def f(me): __class__.x = 1', ['__class__ of A.x = 1']],
      ['class A:\n    def f(me):\n        def g(): __class__.x = 1', ['__class__ of A.x = 1']],
      ['def f(): __class__.x = 1', ['__class__.x = 1']],
      ['class A: __class__.x = 1', ['__class__.x = 1']],
      ['class A:\n    class B:\n        def f(me): super().x = 1', ['super of B on me.x = 1']],
    ])('%s', (text, expected) => expect(actsOf(text)).toEqual(expected));
  });

  describe('errors', () => {
    test.each([
      ['x = 1\nprint "a"', 6],
      ['exec "a"', 0],
      ['x = (1', true],
      ['class A:\ndef', true],
      ['if x = 1: pass', true],
    ])('%s', (text, at) => {
      const found = facts(text);
      if (at === true) expect(found.errorAt).toBeGreaterThanOrEqual(0);
      else expect(found.errorAt).toBe(at);
      expect(found.words).not.toEqual([]);
    });
    test.each([
      'print("a")',
      'class A[T = int]: pass',
      'def f[T: (int, str) = int, *Ts = *tuple[int], **P = [int]](): pass',
      'type X[T = int] = list[T]',
      'type = 1\nmatch = case = 2\nmatch[case] = type',
      'x = f"{a!r:>{b}} {f"{c}"}"',
      'def f(a, /, *, b): pass',
      'lambda *, a: a',
      'async def f(): return [x async for x in y]',
      'try: pass\nexcept* E: pass',
      '',
      '\n\n# only a comment',
    ])('none in %s', text => {
      expect(facts(text).errorAt).toBe(-1);
      expect(facts(text).words).toEqual([]);
    });
    test('a match that looks like an annotation is a match, or else an error', () => {
      const f = facts('match [p]:\n    case [a]:\n        a.x = 1');
      if (f.errorAt < 0) expect(acts(f)).toContain('a.x = 1');
    });
    test('default of a type parameter: the class is whole', () => {
      const f = facts('class A[T = int](B):\n    def f(self): self.x = 1');
      expect(f.classes.map(c => [c.name, c.bases.map(b => spell(f, b.value))])).toEqual([['A', ['B']]]);
      expect(acts(f)).toEqual(['self.x = 1']);
    });
  });

  test('lines end where Python ends them', () => {
    expect([...facts('a\r\nb\rc\nd\fe\u2028f').lineStarts]).toEqual([0, 3, 5, 7]);
  });

  describe('deep nesting', () => {
    const chain = (n: number, indent: (i: number) => string) =>
      Array.from({ length: n }, (_x, i) => ' '.repeat(i) + indent(i)).join('\n');
    test.each([
      ['900 parentheses', `x = ${'('.repeat(900)}1${')'.repeat(900)}`],
      ['900 lists', `x = ${'['.repeat(900)}${']'.repeat(900)}`],
      ['900 attributes', `a${'.b'.repeat(900)} = 1`],
      ['3,000 sums', `x = 1${'+1'.repeat(3000)}`],
      ['400 calls', `a${'.b()'.repeat(400)}.c = 1`],
      ['900 negations', `x = ${'not '.repeat(900)}y`],
      ['300 ands behind isinstance', `if ${'isinstance(s, A) and '.repeat(300)}p: s.x = 1`],
      ['300 functions', `${chain(300, i => `def f${i}(a):`)}\n${' '.repeat(300)}a.x = 1`],
      ['300 classes', `${chain(300, i => `class A${i}:`)}\n${' '.repeat(300)}x = 1`],
      ['300 ifs', `${chain(300, i => `if a${i}:`)}\n${' '.repeat(300)}a.x = 1`],
      ['300 comprehensions', `x = ${'[a for a in '.repeat(300)}p${']'.repeat(300)}`],
      ['20,000 statements', 's.x = s.y\n'.repeat(20_000)],
      ['20,000 items', `x = [${'s.x, '.repeat(20_000)}]`],
    ])('%s', { timeout: 5000 }, (_name, text) => {
      const f = facts(text);
      expect(f.acts.length).toBeGreaterThan(0);
    });
  });
});

/** Every seventh file of the standard library of the newest interpreter, sorted by path. */
function sample(): string[] {
  const python = findInterpreters().at(-1);
  if (!python) return [];
  const code = 'import sysconfig; print(sysconfig.get_paths()["stdlib"])';
  const root = execFileSync(python.executable, ['-I', '-c', code], { encoding: 'utf8' }).trim();
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.py') && !file.includes('site-packages'))
    .sort()
    .filter((_, i) => i % 7 === 0)
    .map(file => path.join(root, file));
}

describe.runIf(engines.length === 2)('the two parsers', () => {
  test('give the same facts for the standard library', { timeout: 120_000 }, async () => {
    const files = sample();
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) {
      const decoded = decode(readFileSync(file));
      if (!('text' in decoded)) continue;
      const [native, wasm] = engines.map(engine => collect(decoded.text, engine.parse));
      // toEqual walks typed arrays slowly
      if (JSON.stringify(native) !== JSON.stringify(wasm)) expect(wasm, file).toEqual(native);
      await new Promise(resolve => setImmediate(resolve));
    }
  });
});
