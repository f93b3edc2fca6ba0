// Which form of slots a decorated class takes, by situation and range of versions: the README's table, from the code.
import { expect, test } from 'vitest';
import { loadEngine } from '../src/2-parse/engine.js';
import type { Report } from '../src/model/decision.js';
import { analyse } from '../src/slotify.js';
import { expectInReadme } from './support/readme.js';

const BASE = 'class Base:\n    def go(self):\n        return 1\n';
const DATACLASS = 'from dataclasses import dataclass, field\n';

/** Each defines a class `C`, whose form is asked for. */
const SITUATIONS: readonly (readonly [situation: string, source: string])[] = [
  ['dataclass without defaults', `${DATACLASS}@dataclass\nclass C:\n    x: int\nC(1)\n`],
  ['dataclass with defaults', `${DATACLASS}@dataclass\nclass C:\n    x: int = 1\nC()\n`],
  ['frozen dataclass, no defaults', `${DATACLASS}@dataclass(frozen=True)\nclass C:\n    x: int\nC(1)\n`],
  [
    'frozen dataclass, no defaults, with a `__reduce__`',
    `${DATACLASS}@dataclass(frozen=True)\nclass C:\n    x: int\n    def __reduce__(self):\n        return C, (self.x,)\nC(1)\n`,
  ],
  [
    'referred to weakly, no defaults',
    `import weakref\n${DATACLASS}@dataclass\nclass C:\n    x: int\nweakref.ref(C(1))\n`,
  ],
  [
    'referred to weakly, defaults',
    `import weakref\n${DATACLASS}@dataclass\nclass C:\n    x: int = 1\nweakref.ref(C())\n`,
  ],
  [
    'zero-argument `super()`, no defaults',
    `${DATACLASS}${BASE}@dataclass\nclass C(Base):\n    x: int\n    def go(self):\n        return super().go()\nC(1)\n`,
  ],
  [
    'zero-argument `super()`, defaults, or frozen',
    `${DATACLASS}${BASE}@dataclass\nclass C(Base):\n    x: int = 1\n    def go(self):\n        return super().go()\nC()\n`,
  ],
  [
    '`__class__` in a method, defaults, or frozen',
    `${DATACLASS}@dataclass\nclass C:\n    x: int = 1\n    def go(self):\n        return __class__\nC()\n`,
  ],
  [
    '`__init_subclass__` above or a decorator below, no defaults',
    `${DATACLASS}def seen(c):\n    return c\n@dataclass\n@seen\nclass C:\n    x: int\nC(1)\n`,
  ],
  [
    '`__init_subclass__` above or a decorator below, defaults, or frozen',
    `${DATACLASS}def seen(c):\n    return c\n@dataclass\n@seen\nclass C:\n    x: int = 1\nC()\n`,
  ],
  [
    'stores what is no field, no defaults',
    `${DATACLASS}@dataclass\nclass C:\n    x: int\n    def __post_init__(self):\n        self.y = 1\nC(1)\n`,
  ],
  [
    'stores what is no field, defaults, or frozen',
    `${DATACLASS}@dataclass\nclass C:\n    x: int = 1\n    def __post_init__(self):\n        self.y = 1\nC()\n`,
  ],
  [
    'frozen generic, called as `C[int]()`',
    `${DATACLASS}from typing import Generic, TypeVar\nT = TypeVar("T")\n@dataclass(frozen=True)\nclass C(Generic[T]):\n    x: T\nC[int](1)\n`,
  ],
  [
    '`@attr.s`, `@attr.attrs`, `@attr.dataclass`',
    'import attr\n@attr.s\nclass C:\n    x = attr.ib()\nC(1)\n',
  ],
  [
    '`@attr.s` with zero-argument `super()`',
    `import attr\n${BASE}@attr.s\nclass C(Base):\n    x = attr.ib()\n    def go(self):\n        return super().go()\nC(1)\n`,
  ],
  [
    '`@define`, `@frozen`, `@mutable` of attrs',
    'from attrs import define\n@define\nclass C:\n    x: int\nC(1)\n',
  ],
];

const RANGES = [8, 10, 11, 13] as const;

/** What was written, as the table says it: the form, or the first reason against any. */
function formOf(report: Report): string {
  const decision = report.decisions.find(d => d.cls.name === 'C')!;
  if (decision.kind === 'leave') return 'has slots';
  if (decision.kind === 'refuse') return `no: ${decision.reasons[0].name}`;
  expect(decision.applicability).toBe('safe');
  const after = report.changes[0]!.after;
  if (after.slice(after.indexOf('class C')).includes('    __slots__ = ')) return '`__slots__ = (...)`';
  const keywords = /\((?:.*, )?(slots=True.*)\)\nclass C/.exec(after)![1]!;
  const supers = after.includes('super(C, self)') ? ', `super(C, self)`' : '';
  return `\`${keywords}\`${supers}`;
}

test('the README says which form is chosen (UPDATE=1 renews it)', { timeout: 60_000 }, async () => {
  const engine = await loadEngine();
  const rows: string[] = [];
  for (const [situation, source] of SITUATIONS) {
    const forms = RANGES.map(async minor => {
      const python = { oldest: [3, minor], newest: [3, 13], from: 'test' } as const;
      return formOf(await analyse([{ path: 'c.py', text: source }], { python, engine }));
    });
    rows.push(`| ${situation} | ${(await Promise.all(forms)).join(' | ')} |`);
  }
  const head = `| class | ${RANGES.map(minor => `3.${minor}+`).join(' | ')} |\n| --- |${' --- |'.repeat(RANGES.length)}`;
  expectInReadme('forms', `${head}\n${rows.join('\n')}\n`);
});
