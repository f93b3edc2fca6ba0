// What reads of attributes say of local names: where `x` stands behind `x.send()`, it has `send`.
import { expect, test } from 'vitest';
import { loadEngine } from '../src/2-parse/engine.js';
import { collect } from '../src/3-facts/collect.js';
import { Op, VALUE_WIDTH } from '../src/model/facts.js';

const { parse } = await loadEngine();

/** What is known at each read of a name in a text, in order: its line, counted from 0, and the names. */
function knownOf(name: string, text: string): { line: number; names: string }[] {
  const { values, lists, strings, variables, lineStarts } = collect(text, parse);
  const reads: { at: number; names: string }[] = [];
  for (let i = 0; i < values.length; i += VALUE_WIDTH) {
    const [op, a, b, at] = values.subarray(i, i + VALUE_WIDTH) as unknown as [Op, number, number, number];
    if (op !== Op.Var || variables[a]!.name !== name) continue;
    const names = b === 0 ? [] : Array.from(lists.subarray(b, b + lists[b - 1]!), n => strings[n]!);
    reads.push({ at, names: names.join(' ') || '-' });
  }
  reads.sort((one, other) => one.at - other.at);
  return reads.map(({ at, names }) => ({ line: lineStarts.findLastIndex(start => start <= at), names }));
}

/** What is known of `x` where it is read in each line of a function body. */
function knownIn(body: readonly string[]): string[] {
  const text = `def f(x, y):\n${body.map(line => `    ${line}\n`).join('')}`;
  const reads = knownOf('x', text);
  return body.map((_, i) => reads.flatMap(r => (r.line === i + 1 ? [r.names] : [])).join(', '));
}

test.each<[string, string[], string[]]>([
  ['the statements behind', ['x.send()', 'use(x)'], ['-', 'send']],
  ['what is called', ['x(y)', 'use(x)'], ['-', '__call__']],
  ['what a call is given is not', ['y(x)', 'use(x)'], ['-', '-']],
  ['where it can be called', ['if callable(x):', '  use(x)', 'use(x)'], ['-', '__call__', '-']],
  ['what cannot be called has left', ['if not callable(x):', '  return', 'use(x)'], ['-', '', '__call__']],
  [
    'where it has a name',
    ['if hasattr(x, "send"):', '  use(x)', 'else:', '  use(x)'],
    ['-', 'send', '', '-'],
  ],
  ['not a special one', ['if hasattr(x, "__dict__"):', '  use(x)'], ['-', '-']],
  ['not one that is computed', ['if hasattr(x, y):', '  use(x)'], ['-', '-']],
  ['names add up', ['x.send(x.size)', 'use(x)'], ['-, send', 'send size']],
  ['the target of what was read', ['x.a = x.send()'], ['send, -']],
  ['all arms of a condition', ['if x.send():', '  use(x)', 'else:', '  use(x)'], ['-', 'send', '', 'send']],
  [
    'an elif says nothing behind it',
    ['if y:', '  pass', 'elif x.send():', '  use(x)', 'use(x)'],
    ['', '', '-', 'send', '-'],
  ],
  ['a loop and what follows', ['for x.i in x.all:', '  use(x)', 'use(x)'], ['-, -', 'all', 'all']],
  ['the body of a with, not what follows', ['with x.lock:', '  use(x)', 'use(x)'], ['-', 'lock', '-']],
  [
    'a try only within',
    ['try:', '  x.send()', '  use(x)', 'except E:', '  use(x)', 'use(x)'],
    ['', '-', 'send', '', '-', '-'],
  ],
  ['not the right of an operator', ['y or x.send()', 'use(x)'], ['-', '-']],
  ['the left of one', ['x.send() or y', 'use(x)'], ['-', 'send']],
  ['not the arms of a choice', ['x.send() if y else 0', 'use(x)'], ['-', '-']],
  ['the test of one', ['y if x.send() else 0', 'use(x)'], ['-', 'send']],
  ['not the third of a comparison', ['y < y < x.size', 'use(x)'], ['-', '-']],
  ['not an assertion', ['assert x.send()', 'use(x)'], ['-', '-']],
  ['not another function', ['def g(): return x.send()', 'use(x)'], ['-', '-']],
  ['not inside another function', ['x.send()', 'def g(): return x'], ['-', '-']],
  ['not a comprehension', ['[x.send() for z in y]', 'use(x)'], ['-', '-']],
  ['what its first loop runs over', ['x.a = [z for z in x.all if z]'], ['all, -']],
  ['also where nothing is taken yet', ['y = (z for z in x.all)', 'use(x)'], ['-', 'all']],
  ['not what the second one does', ['[z for z in y for z in x.all]', 'use(x)'], ['-', '-']],
  ['not what its conditions ask', ['{z for z in y if x.size}', 'use(x)'], ['-', '-']],
  ['no longer than it is bound', ['x.send()', 'use(x)', 'x = y', 'use(x)'], ['-', 'send', '', '-']],
  ['not what binds it anew', ['x = x.next', 'use(x)'], ['-', '-']],
  ['not what a loop binds anew', ['for x in x.all:', '  use(x)', 'use(x)'], ['-', '-', '-']],
  ['not what a walrus binds anew', ['if (x := x.next):', '  use(x)'], ['-', '-']],
  [
    'not around a loop that binds it',
    ['x.send()', 'while y:', '  use(x)', '  x = y', 'use(x)'],
    ['-', '', '-', '', '-'],
  ],
  ['no special names', ['x.__len__()', 'use(x)'], ['-', '-']],
  ['not a store', ['x.size = 1', 'use(x)'], ['-', '-']],
  [
    'not where another function binds it',
    ['def g():', '  nonlocal x', '  x = y', 'x.send()', 'use(x)'],
    ['', '', '', '-', '-'],
  ],
])('%s', (_, body, expected) => {
  expect(knownIn(body)).toEqual(expected);
});

test('nothing is known of the receiver of a method, which stands for all below its class', () => {
  const text = 'class A:\n    def f(self):\n        self.a()\n        self.b()\n';
  expect(knownOf('self', text)).toEqual([
    { line: 2, names: '-' },
    { line: 3, names: '-' },
  ]);
});

test('a private name is known as the class spells it, and one in a string as it stands', () => {
  const text = [
    'class A:',
    '    def f(self, x):',
    '        x.__n()',
    '        if hasattr(x, "__m"):',
    '            use(x)',
    '',
  ].join('\n');
  expect(knownOf('x', text)).toEqual([
    { line: 2, names: '-' },
    { line: 3, names: '_A__n' },
    { line: 4, names: '_A__n __m' },
  ]);
});
