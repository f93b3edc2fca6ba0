// Names across modules and the hierarchy they make: bases, linearisations, and what is stored through imports.
import { describe, expect, test } from 'vitest';
import { inMemory } from '../src/1-discover/in-memory.js';
import { loadEngine } from '../src/2-parse/engine.js';
import { collect } from '../src/3-facts/collect.js';
import { link } from '../src/4-link/link.js';
import type { Base, MroEntry, World } from '../src/model/world.js';
import { analyse } from '../src/slotify.js';

type Texts = Readonly<Record<string, string>>;

const engine = await loadEngine();
const listed = (texts: Texts) => Object.entries(texts).map(([path, text]) => ({ path, text }));

function worldOf(texts: Texts): World {
  const { sources } = inMemory(listed(texts));
  const collected = sources.map(source => ({ source, facts: collect(source.text, engine.parse) }));
  for (const { source, facts } of collected) expect(facts.errorAt, source.path).toBe(-1);
  return link(collected, [], { oldest: [3, 8], newest: [3, 13], from: 'test' });
}

const classNamed = (world: World, id: string) => {
  const found = world.classes.find(c => c.ref.id === id);
  if (!found) throw new Error(`no class ${id} among ${world.classes.map(c => c.ref.id).join(', ')}`);
  return found;
};
const shownBase = (b: Base): string =>
  b.kind === 'class' ? b.cls.ref.id : b.kind === 'external' ? b.dotted : `unknown ${b.text}`;
const shownEntry = (e: MroEntry): string =>
  e.kind === 'class' ? e.cls.ref.id : e.kind === 'external' ? e.dotted : shownBase(e.base);

const basesOf = (texts: Texts, id: string): string[] => classNamed(worldOf(texts), id).bases.map(shownBase);
const mroOf = (texts: Texts, id: string): string[] => classNamed(worldOf(texts), id).mro.map(shownEntry);

const A = 'class A: pass\n';

describe('what is not found is unknown', () => {
  test.each<[string, Texts, string]>([
    ['a name nobody binds', { 'app.py': 'class C(A): pass' }, 'unknown A'],
    ['a module that is not there', { 'app.py': 'from m import A\nclass C(A): pass' }, 'unknown A'],
    ['a name the module lacks', { 'm.py': '', 'app.py': 'from m import A\nclass C(A): pass' }, 'unknown A'],
    ['a call', { 'app.py': 'class C(make()): pass' }, 'unknown make()'],
    ['a parameter', { 'app.py': 'def f(A):\n    class C(A): pass' }, 'unknown A'],
    [
      'too many dots',
      { 'p/__init__.py': '', 'p/a.py': A, 'p/b.py': 'from ...a import A\nclass C(A): pass' },
      'unknown A',
    ],
    [
      'a name of a class body',
      { 'app.py': 'class O:\n    class A: pass\n    def f(self):\n        class C(A): pass' },
      'unknown A',
    ],
  ])('%s', (_, texts, expected) => {
    const world = worldOf(texts);
    const cls = world.classes.find(c => c.ref.name === 'C')!;
    expect(cls.bases.map(shownBase)).toEqual([expected]);
  });
});

describe('imports', () => {
  test.each<[string, Texts, string]>([
    ['from m import A', { 'm.py': A }, 'm.py:A'],
    ['from m import A as B\nA = B', { 'm.py': A }, 'm.py:A'],
    ['import m\nA = m.A', { 'm.py': A }, 'm.py:A'],
    ['import m as n\nA = n.A', { 'm.py': A }, 'm.py:A'],
    ['import p.m\nA = p.m.A', { 'p/__init__.py': '', 'p/m.py': A }, 'p/m.py:A'],
    ['import p.m as n\nA = n.A', { 'p/__init__.py': '', 'p/m.py': A }, 'p/m.py:A'],
    ['from p import m\nA = m.A', { 'p/__init__.py': '', 'p/m.py': A }, 'p/m.py:A'],
    ['from p import A', { 'p/__init__.py': 'from .m import A', 'p/m.py': A }, 'p/m.py:A'],
    ['from p import A', { 'p/__init__.py': 'from p.m import Z as A', 'p/m.py': 'class Z: pass' }, 'p/m.py:Z'],
    ['from p import m\nA = m.A', { 'p/__init__.py': 'from . import m', 'p/m.py': A }, 'p/m.py:A'],
    [
      'from p import A',
      {
        'p/__init__.py': 'from .q import A',
        'p/q/__init__.py': 'from ..r.m import A',
        'p/r/__init__.py': '',
        'p/r/m.py': A,
      },
      'p/r/m.py:A',
    ],
    ['from m import Outer\nA = Outer.A', { 'm.py': `class Outer:\n    ${A}` }, 'm.py:Outer.A'],
    ['from m import A', { 'm.py': `${A}A2 = A\n`, 'm.pyi': 'class A(dict): ...' }, 'm.py:A'],
    ['from collections import OrderedDict as A', {}, 'collections.OrderedDict'],
    ['import collections.abc\nA = collections.abc.Mapping', {}, 'collections.abc.Mapping'],
    ['from m import A', { 'm.py': 'from threading import Thread as A' }, 'threading.Thread'],
    ['A = dict', {}, 'builtins.dict'],
    ['from typing import Generic, TypeVar\nA = Generic[TypeVar("T")]', {}, 'typing.Generic'],
    ['def f(): pass\nimport m\nA = m.A', { 'm.py': `def g(): pass\n${A}` }, 'm.py:A'],
  ])('%s', (lines, texts, expected) => {
    expect(basesOf({ ...texts, 'app.py': `${lines}\nclass C(A): pass\n` }, 'app.py:C')).toEqual([expected]);
  });

  test('relative ones, from modules and from packages', () => {
    const texts = {
      'p/__init__.py': 'from . import a\nclass I(a.A): pass',
      'p/a.py': A,
      'p/q/__init__.py': 'from ..a import A\nfrom .b import B\nclass J(A, B): pass',
      'p/q/b.py': 'from .. import a\nfrom . import c\nclass B: pass\nclass C(a.A, c.D): pass',
      'p/q/c.py': 'class D: pass',
    };
    const world = worldOf(texts);
    const bases = (id: string) => classNamed(world, id).bases.map(shownBase);
    expect(bases('p/__init__.py:I')).toEqual(['p/a.py:A']);
    expect(bases('p/q/__init__.py:J')).toEqual(['p/a.py:A', 'p/q/b.py:B']);
    expect(bases('p/q/b.py:C')).toEqual(['p/a.py:A', 'p/q/c.py:D']);
  });

  test('modules that import each other', () => {
    const world = worldOf({
      'a.py': 'from b import B\nclass A: pass\nclass C(B): pass',
      'b.py': 'import a\nclass B: pass\nclass D(a.A): pass',
    });
    expect(classNamed(world, 'a.py:C').bases.map(shownBase)).toEqual(['b.py:B']);
    expect(classNamed(world, 'b.py:D').bases.map(shownBase)).toEqual(['a.py:A']);
  });

  test('a chain of imports that goes in a circle ends', () => {
    const texts = {
      'a.py': 'from b import A',
      'b.py': 'from a import A',
      'app.py': 'from a import A\nclass C(A): pass',
    };
    expect(basesOf(texts, 'app.py:C')).toEqual(['unknown A']);
  });

  test('an import in a function', () => {
    const texts = { 'm.py': A, 'app.py': 'def f():\n    from m import A\n    class C(A): pass' };
    expect(basesOf(texts, 'app.py:f.C')).toEqual(['m.py:A']);
  });

  test('under TYPE_CHECKING', async () => {
    const texts = {
      'a.py':
        'from __future__ import annotations\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from b import B\n\ndef mark(b: B):\n    b.marked = True\n',
      'b.py': 'import a\nclass B:\n    def __init__(self): self.x = 1\na.mark(B())\n',
    };
    const report = await analyse(listed(texts));
    expect(report.decisions).toMatchObject([{ kind: 'rewrite', slots: [{ name: 'x' }, { name: 'marked' }] }]);
  });
});

describe('import *', () => {
  const app = 'from m import *\nclass C(A): pass\n';
  test.each<[string, string, Texts]>([
    ['a name that __all__ leaves out', 'unknown A', { 'm.py': `__all__ = ["B"]\n${A}` }],
    [
      'a private name',
      'unknown _A',
      { 'm.py': 'class _A: pass', 'app.py': 'from m import *\nclass C(_A): pass' },
    ],
    ['without __all__', 'm.py:A', { 'm.py': A }],
    ['a name in __all__', 'm.py:A', { 'm.py': `__all__ = ["A"]\n${A}` }],
    [
      'a private name in __all__',
      'm.py:_A',
      { 'm.py': '__all__ = ["_A"]\nclass _A: pass', 'app.py': 'from m import *\nclass C(_A): pass' },
    ],
    ['through another one', 'n.py:A', { 'm.py': 'from n import *', 'n.py': A }],
    ['through a package', 'm/n.py:A', { 'm/__init__.py': 'from .n import *', 'm/n.py': A }],
    [
      'of the standard library',
      'collections.OrderedDict',
      { 'app.py': 'from collections import *\nclass C(OrderedDict): pass' },
    ],
    [
      'an own class goes before',
      'app.py:A',
      { 'm.py': A, 'app.py': `from m import *\n${A}class C(A): pass` },
    ],
    ['in a circle', 'n.py:A', { 'm.py': 'from n import *', 'n.py': `from m import *\n${A}` }],
    [
      'in a circle that the file itself is in',
      'o.py:A',
      {
        'm.py': 'from n import *',
        'n.py': 'from o import *\nfrom app import *',
        'o.py': `from m import *\n${A}`,
      },
    ],
    ['the nearer of two that bind it', 'm.py:A', { 'm.py': `from n import *\n${A}`, 'n.py': A }],
    [
      'not through what leaves it out',
      'unknown A',
      { 'm.py': '__all__ = ["B"]\nfrom n import *', 'n.py': A },
    ],
    [
      'of the standard library, through another one',
      'collections.OrderedDict',
      { 'm.py': 'from collections import *', 'app.py': 'from m import *\nclass C(OrderedDict): pass' },
    ],
    ['__all__ +=', 'm.py:A', { 'm.py': `__all__ = ["B"]\n__all__ += ["A"]\n${A}` }],
    ['__all__.append', 'm.py:A', { 'm.py': `__all__ = ["B"]\n__all__.append("A")\n${A}` }],
    ['__all__.extend', 'm.py:A', { 'm.py': `__all__ = ["B"]\n__all__.extend(["A"])\n${A}` }],
    [
      'a star in __all__',
      'n.py:A',
      { 'm.py': 'import n\nfrom n import *\n__all__ = ["B", *n.__all__]', 'n.py': `__all__ = ["A"]\n${A}` },
    ],
    [
      'a sum in __all__',
      'n.py:A',
      { 'm.py': 'import n\nfrom n import *\n__all__ = ["B"] + n.__all__', 'n.py': `__all__ = ["A"]\n${A}` },
    ],
  ])('%s', (_, expected, texts) => {
    expect(basesOf({ 'app.py': app, ...texts }, 'app.py:C')).toEqual([expected]);
  });
});

describe('alternatives', () => {
  test('both arms of try/except are bases', () => {
    const texts = {
      'fast.py': A,
      'slow.py': A,
      'app.py': 'try:\n    from fast import A\nexcept ImportError:\n    from slow import A\nclass C(A): pass',
    };
    expect(basesOf(texts, 'app.py:C').toSorted()).toEqual(['fast.py:A', 'slow.py:A']);
  });
  test('an own class as the fallback of a package that is not at hand', () => {
    const texts = {
      'app.py': `try:\n    from fastlib import A\nexcept ImportError:\n    ${A}class C(A): pass`,
    };
    expect(basesOf(texts, 'app.py:C').toSorted()).toEqual(['app.py:A', 'unknown A']);
  });
  test('object as the fallback: the other arm stays unknown', () => {
    const texts = {
      'app.py': 'try:\n    from fastlib import A\nexcept ImportError:\n    A = object\nclass C(A): pass',
    };
    expect(basesOf(texts, 'app.py:C')).toContain('unknown A');
  });
  test('two definitions under a condition', () => {
    const texts = { 'app.py': `if p:\n    ${A}else:\n    ${A}class C(A): pass` };
    expect(basesOf(texts, 'app.py:C')).toEqual(['app.py:A', 'app.py:A#2']);
  });
});

describe('modules', () => {
  test('namespace packages need no __init__.py', () => {
    const lines = [
      'from ns.one.models import A',
      'from ns.one import models',
      'import ns.one.models',
      'class C(A): pass',
      'class D(models.A): pass',
      'class E(ns.one.models.A): pass',
    ];
    const world = worldOf({ 'ns/one/models.py': A, 'ns/two/other.py': '', 'app.py': lines.join('\n') });
    for (const name of ['C', 'D', 'E'])
      expect(classNamed(world, `app.py:${name}`).bases.map(shownBase)).toEqual(['ns/one/models.py:A']);
  });

  test('a src folder is no package', () => {
    const texts = {
      'src/shop/__init__.py': '',
      'src/shop/m.py': A,
      'tests/test_m.py': 'from shop.m import A\nclass C(A): pass',
    };
    expect(basesOf(texts, 'tests/test_m.py:C')).toEqual(['src/shop/m.py:A']);
  });

  test('of two roots with the same module each file means its own', () => {
    const app = 'from pkg.m import A\nfrom helper import H\nclass C(A, H): pass';
    const tree = (root: string): Texts => ({
      [`${root}/src/pkg/__init__.py`]: '',
      [`${root}/src/pkg/m.py`]: A,
      [`${root}/src/helper.py`]: 'class H: pass',
      [`${root}/src/app.py`]: app,
    });
    const world = worldOf({ ...tree('one'), ...tree('two') });
    for (const root of ['one', 'two'])
      expect(classNamed(world, `${root}/src/app.py:C`).bases.map(shownBase)).toEqual([
        `${root}/src/pkg/m.py:A`,
        `${root}/src/helper.py:H`,
      ]);
    expect(new Set(world.classes.map(c => c.ref.id)).size).toBe(world.classes.length);
  });

  test('nearness is a matter of folders, not of letters', () => {
    const texts = {
      'one/m.py': A,
      'one/sub/m.py': A,
      'one/subway/app.py': 'from m import A\nclass C(A): pass',
    };
    expect(basesOf(texts, 'one/subway/app.py:C')).toEqual(['one/m.py:A']);
  });

  test('what a third place stores may go to either root', async () => {
    const model = 'class A:\n    def __init__(self): self.x = 1\n';
    const report = await analyse(
      listed({
        'one/models.py': model,
        'two/models.py': model,
        'tests/test_a.py': 'import sys\nsys.path.insert(0, "two")\nfrom models import A\nA().extra = 1\n',
      }),
    );
    const safe = report.decisions.filter(d => d.kind === 'rewrite' && d.applicability === 'safe');
    expect(safe.map(d => d.cls.id)).toEqual([]);
  });
});

describe('linearisation', () => {
  const own = (names: string): string[] => [...names].map(n => `m.py:${n}`);
  test.each<[string, string, string[]]>([
    ['one line', 'class A: pass\nclass B(A): pass\nclass X(B): pass', own('XBA')],
    ['a diamond', 'class A: pass\nclass B(A): pass\nclass C(A): pass\nclass X(B, C): pass', own('XBCA')],
    [
      'the order of the bases counts',
      'class A: pass\nclass B(A): pass\nclass C(A): pass\nclass X(C, B): pass',
      own('XCBA'),
    ],
    // the example of https://docs.python.org/3/howto/mro.html
    [
      'the order of the howto',
      'class F: pass\nclass E: pass\nclass D: pass\nclass C(D, F): pass\nclass B(D, E): pass\nclass X(B, C): pass',
      own('XBCDEF'),
    ],
    [
      'externals among them',
      'from collections import OrderedDict\nclass A: pass\nclass X(A, OrderedDict): pass',
      [...own('XA'), 'collections.OrderedDict', 'builtins.dict'],
    ],
    ['object is left out', 'class X(object): pass', own('X')],
    ['an unknown one', 'class A: pass\nclass X(A, make()): pass', [...own('XA'), 'unknown make()']],
    ['no consistent order', 'class A: pass\nclass B(A): pass\nclass X(A, B): pass', own('XAB')],
    ['its own name is the class before it', 'class A: pass\nclass X(A): pass', own('XA')],
  ])('%s', (_, text, expected) => {
    expect(mroOf({ 'm.py': text }, 'm.py:X')).toEqual(expected);
  });

  test('a class that extends its namesake from elsewhere', () => {
    const texts = { 'm.py': A, 'app.py': 'import m\nclass A(m.A): pass' };
    expect(mroOf(texts, 'app.py:A')).toEqual(['app.py:A', 'm.py:A']);
  });

  test('descendants are all that come below, each once', () => {
    const world = worldOf({
      'm.py': 'class A: pass\nclass B(A): pass\nclass C(A): pass\nclass D(B, C): pass\nclass E: pass',
    });
    const below = (name: string) => classNamed(world, `m.py:${name}`).descendants.map(c => c.ref.name);
    expect(below('A')).toEqual(['B', 'C', 'D']);
    expect(below('B')).toEqual(['D']);
    expect(below('D')).toEqual([]);
    expect(below('E')).toEqual([]);
  });

  test('bases in a circle end', () => {
    const world = worldOf({
      'a.py': 'from b import B\nclass A(B): pass',
      'b.py': 'from a import A\nclass B(A): pass',
    });
    for (const cls of world.classes) {
      expect(cls.mro.map(shownEntry)).toEqual([...new Set(cls.mro.map(shownEntry))]);
      expect(cls.descendants).not.toContain(cls);
    }
  });

  test('a name that is given to one subclass after the other makes no circle of bases', () => {
    const text = 'class Base: pass\nclass B(Base): pass\nBase = B\nclass C(Base): pass\nBase = C\n';
    const world = worldOf({ 'm.py': text });
    for (const cls of world.classes) {
      expect(cls.mro.map(shownEntry)).toEqual([...new Set(cls.mro.map(shownEntry))]);
      expect(cls.descendants).not.toContain(cls);
    }
  });

  test('long lines and wide classes', { timeout: 60_000 }, () => {
    const line = Array.from({ length: 500 }, (_, i) => `class A${i}(${i ? `A${i - 1}` : ''}): pass`);
    expect(mroOf({ 'm.py': line.join('\n') }, 'm.py:A499')).toHaveLength(500);
    const wide = Array.from({ length: 300 }, (_, i) => `class A${i}: pass`);
    const all = wide.map((_, i) => `A${i}`).join(', ');
    expect(mroOf({ 'm.py': `${wide.join('\n')}\nclass X(${all}): pass` }, 'm.py:X')).toHaveLength(301);
  });
});

describe('slots that are there', () => {
  const slots = (body: string) => {
    const world = worldOf({ 'm.py': `NAMES = ("x", "y")\nclass A:\n    ${body}` });
    const found = classNamed(world, 'm.py:A').slots;
    return found?.kind === 'names' ? found.names : (found?.kind ?? null);
  };
  test.each([
    ['pass', null],
    ['__slots__: tuple', null],
    ['__slots__ = make()', 'opaque'],
    ['__slots__ = "x",', ['x']],
    ['__slots__ = "x"', ['x']],
    ['__slots__ = ()', []],
    ['__slots__ = ["x", "y"]', ['x', 'y']],
    ['__slots__ = {"x": "doc"}', ['x']],
    ['__slots__ = NAMES', ['x', 'y']],
    ['__slots__ = NAMES + ("z",)', ['x', 'y', 'z']],
    ['__slots__ = (*NAMES, "z")', ['x', 'y', 'z']],
  ])('%s', (body, expected) => expect(slots(body)).toEqual(expected));
});

describe('a store by an unusual way reaches the class', () => {
  const kept = 'class Kept:\n    def __init__(self):\n        self.own = 1\n';
  const other = 'class Other:\n    def __init__(self, kept=None):\n        self.kept = kept\n';
  test.each<[string, string]>([
    ['in a plain way', 'Kept().extra = 1'],
    ['starred, first of several', 'a = Kept()\n*a.extra, b = [1, 2]'],
    ['starred, in a list', 'a = Kept()\n[*a.extra, b] = [1, 2]'],
    ['starred, last', 'a = Kept()\nb, *a.extra = [1, 2]'],
    ['on a name in parentheses', '(a) = Kept()\na.extra = 1'],
    ['on an attribute in parentheses', 'o = Other()\n(o.kept) = Kept()\no.kept.extra = 1'],
    ['on a loop name in parentheses', 'for (a) in [Kept()]:\n    a.extra = 1'],
    ['by a keyword of a class pattern', 'match Other(Kept()):\n    case Other(kept=a):\n        a.extra = 1'],
    [
      'by a place of a class pattern',
      'Other.__match_args__ = ("kept",)\nmatch Other(Kept()):\n    case Other(a):\n        a.extra = 1',
    ],
    ['by an item of a pattern', 'x = [Kept()]\nmatch x:\n    case [a]:\n        a.extra = 1'],
    ['by an alternative of a pattern', 'x = [Kept()]\nmatch x:\n    case [a] | (a, _):\n        a.extra = 1'],
    ['by a pattern in parentheses', 'match Kept():\n    case (a):\n        a.extra = 1'],
    [
      'by the rest of a mapping',
      'x = {1: 1, 2: Kept()}\nmatch x:\n    case {1: 1, **a}:\n        a[2].extra = 1',
    ],
    [
      'in a match that the grammar may take for an annotation',
      'match [Kept()]:\n    case [a]:\n        a.extra = 1',
    ],
    ['by the rest of a pattern', 'x = [0, Kept()]\nmatch x:\n    case [_, *a]:\n        a[0].extra = 1'],
    [
      'after isinstance and a new value',
      'def f(a):\n    if isinstance(a, Other):\n        a = a.kept\n        a.extra = 1\nf(Other(Kept()))',
    ],
    [
      'after assert and a new value',
      'def f(a):\n    assert isinstance(a, Other)\n    a = a.kept\n    a.extra = 1\nf(Other(Kept()))',
    ],
    [
      'in a loop that goes on',
      'def f(a):\n    while isinstance(a, Other):\n        a = a.kept\n        a.extra = 1\nf(Other(Kept()))',
    ],
    [
      'by a loop over the same name',
      'def f(a):\n    if isinstance(a, Other):\n        for a in [a.kept]:\n            a.extra = 1\nf(Other(Kept()))',
    ],
    [
      'in a case and a new value',
      'def f(a):\n    match a:\n        case Other():\n            a = a.kept\n            a.extra = 1\nf(Other(Kept()))',
    ],
    [
      'as a registered subclass',
      'import abc\nclass Other(abc.ABC): pass\nOther.register(Kept)\ndef f(a):\n    if isinstance(a, Other):\n        a.extra = 1\nf(Kept())',
    ],
    [
      'as what __instancecheck__ takes it for',
      'class Meta(type):\n    def __instancecheck__(cls, a): return True\nclass Other(metaclass=Meta): pass\ndef f(a):\n    if isinstance(a, Other):\n        a.extra = 1\nf(Kept())',
    ],
    [
      'by an annotation that is half text',
      'from typing import Optional, Union\ndef f(a: Union[int, "Kept"]):\n    a.extra = 1\nf(Kept())',
    ],
  ])('%s', async (_, lines) => {
    const report = await analyse([
      { path: 'm.py', text: `${kept}${lines.includes('class Other') ? '' : other}${lines}\n` },
    ]);
    const decision = report.decisions.find(d => d.cls.name === 'Kept')!;
    const safe = decision.kind === 'rewrite' && decision.applicability === 'safe' ? decision.slots : null;
    if (safe) expect(safe.map(s => s.name)).toContain('extra');
  });

  test.each<[string, Texts]>([
    [
      'import *, __all__ in parts',
      {
        'm.py': `__all__ = ["Other"]\n__all__ += ["Kept"]\n${kept}${other}`,
        'app.py': 'from m import *\nKept().extra = 1\n',
      },
    ],
    [
      'a package that loads lazily',
      {
        'p/__init__.py':
          'import importlib\ndef __getattr__(name):\n    return getattr(importlib.import_module(".m", __name__), name)\n',
        'p/m.py': kept,
        'app.py': 'from p import Kept\nKept().extra = 1\n',
      },
    ],
    [
      'importlib',
      { 'm.py': kept, 'app.py': 'import importlib\nimportlib.import_module("m").Kept().extra = 1\n' },
    ],
    ['__import__', { 'm.py': kept, 'app.py': '__import__("m").Kept().extra = 1\n' }],
  ])('through %s', async (_, texts) => {
    const report = await analyse(listed(texts));
    const decision = report.decisions.find(d => d.cls.name === 'Kept')!;
    const safe = decision.kind === 'rewrite' && decision.applicability === 'safe' ? decision.slots : null;
    if (safe) expect(safe.map(s => s.name)).toContain('extra');
  });
});
