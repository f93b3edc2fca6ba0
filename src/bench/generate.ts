// A monorepo made up for measuring: packages whose modules import, inherit, store and call each other, the same each
// time.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const NAMES =
  'order cart item price stock user session token node edge table column query field value task'.split(' ');
const PER_PACKAGE = 20;
const SEED = 1;

/** Writes at least `lines` lines of Python below a folder that is not there yet; gives how many they are. */
export function generate(folder: string, lines: number): number {
  const random = newRandom(SEED);
  let written = 0;
  for (let number = 0; written < lines; number++) {
    const text = number % 7 === 6 ? testModule(number, random) : module(number, random);
    const file = join(folder, packageOf(number), `${number % 7 === 6 ? 'test_' : ''}mod${number}.py`);
    mkdirSync(dirname(file), { recursive: true });
    if (number % PER_PACKAGE === 0) writeFileSync(join(dirname(file), '__init__.py'), '');
    writeFileSync(file, text);
    written += text.split('\n').length;
  }
  writeFileSync(join(folder, 'pyproject.toml'), '[project]\nname = "made-up"\nrequires-python = ">=3.9"\n');
  return written;
}

type Random = (below: number) => number;

/** Numerical Recipes' linear congruential generator. */
function newRandom(seed: number): Random {
  let state = seed >>> 0;
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const packageOf = (number: number): string => `pkg${Math.floor(number / PER_PACKAGE)}`;

/** An earlier module, mostly of the same package, that is no test. */
function earlier(number: number, random: Random): number | null {
  const near = random(4) > 0 ? number - (number % PER_PACKAGE) : 0;
  if (number <= near) return null;
  const found = near + random(number - near);
  return found % 7 === 6 ? null : found;
}

function module(number: number, random: Random): string {
  const base = earlier(number, random);
  const out = ['import os', 'from dataclasses import dataclass, field', 'from typing import Optional', ''];
  if (base !== null) out.push(`from ${packageOf(base)}.mod${base} import Class${base}_0, make${base}`, '');
  for (let i = 0; i < 4; i++) out.push(...classText(number, i, i === 1 ? base : null, random));
  out.push('', `def make${number}(count, name="x"):`, '    found = []', '    for i in range(count):');
  out.push(
    `        item = Class${number}_${random(3)}(i, name)`,
    '        item.update(i)',
    '        found.append(item)',
  );
  if (base !== null)
    out.push(`    other = make${base}(count)`, '    for each in other:', '        each.update(count)');
  out.push('    return {each.name: each for each in found}', '');
  for (let f = 0; f < 6; f++) out.push(...functionText(f, random));
  return out.join('\n');
}

function classText(number: number, i: number, base: number | null, random: Random): string[] {
  const name = `Class${number}_${i}`;
  if (i === 3) {
    const fields = Array.from(
      { length: 3 + random(4) },
      (_, f) => `    ${NAMES[f]}: ${f % 2 ? 'int' : 'str'}${f > 1 ? ' = field(default=0)' : ''}`,
    );
    return ['', '@dataclass', `class ${name}:`, '    """Plain data."""', '', ...fields, ''];
  }
  const attributes = Array.from({ length: 2 + random(5) }, () => NAMES[random(NAMES.length)]!);
  const above = base === null ? '' : `(Class${base}_0)`;
  const out = ['', `class ${name}${above}:`, `    """A ${attributes[0]} among others."""`, ''];
  out.push(`    def __init__(self, number, name: str, parent: Optional["${name}"] = None):`);
  if (base !== null) out.push('        super().__init__(number, name)');
  out.push('        self.number = number', '        self.name = name', '        self.parent = parent');
  for (const a of new Set(attributes)) out.push(`        self.${a}s = [number, "${a}"]`);
  out.push(
    '',
    '    def update(self, value):',
    `        self.${attributes[0]}s.append(value)`,
    '        self.number += value',
  );
  out.push(
    '        if self.parent is not None:',
    '            self.parent.update(value)',
    '        return self',
    '',
  );
  out.push(
    '    @property',
    '    def total(self):',
    `        return sum(len(str(x)) for x in self.${attributes[0]}s)`,
    '',
  );
  if (random(12) === 0) out.push('    def dump(self):', '        return dict(self.__dict__)', '');
  out.push('    def __repr__(self):', `        return f"{type(self).__name__}({self.number!r})"`, '');
  return out;
}

function functionText(f: number, random: Random): string[] {
  const [a, b] = [NAMES[random(NAMES.length)]!, NAMES[random(NAMES.length)]!];
  return [
    '',
    `def ${a}_${b}_${f}(${a}, *args, limit=${random(100)}, **options):`,
    `    """Joins a ${a} with every ${b}."""`,
    `    path = os.path.join(str(${a}), "${b}")`,
    '    result = {}',
    '    for index, each in enumerate(args):',
    '        if index > limit or not each:',
    '            continue',
    `        result[f"{path}-{index}"] = [part.strip() for part in str(each).split(",") if part]`,
    '    try:',
    `        return result, options.get("${a}", ${random(1000)} * limit + 1)`,
    '    except (KeyError, ValueError) as error:',
    '        raise RuntimeError(path) from error',
    '',
  ];
}

function testModule(number: number, random: Random): string {
  const subject = earlier(number, random) ?? number - 1;
  return [
    `from ${packageOf(subject)}.mod${subject} import Class${subject}_0, make${subject}`,
    '',
    ...Array.from({ length: 12 }, (_, i) =>
      [
        `def test_${i}():`,
        `    made = make${subject}(${random(9)})`,
        `    one = Class${subject}_0(${i}, "${NAMES[random(NAMES.length)]}")`,
        '    assert one.update(2).number > 0',
        '    assert all(each.total >= 0 for each in made.values())',
        ...(random(10) === 0 ? ['    one.extra = True'] : []),
        '',
      ].join('\n'),
    ),
  ].join('\n');
}
