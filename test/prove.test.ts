// The proof itself: what it samples, and that it sees a class that is not as the plan says.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Decision } from '../src/model/decision.js';
import { chosenFor, findInterpreters } from '../src/prove/interpreters.js';
import { prove } from '../src/prove/prove.js';
import { importAll } from '../src/prove/python.js';
import { batchesOf, sampled, unitsOf } from '../src/prove/sample.js';
import { analyse } from '../src/slotify.js';

let temp: string;
const folder = (name: string, files: Readonly<Record<string, string>>): string => {
  const root = join(temp, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
};

beforeAll(() => {
  temp = realpathSync(mkdtempSync(join(tmpdir(), 'slotify-prove-')));
});
afterAll(() => rmSync(temp, { recursive: true, force: true }));

describe('a sample', () => {
  const units = Array.from({ length: 50 }, (_, i) => ({ name: `package${i}`, files: 10 }));

  it('is the same for the same seed, and another for another', () => {
    const first = sampled(units, 100, 'a');
    expect(first.length).toBe(10);
    expect(
      sampled(units.toReversed(), 100, 'a')
        .map(u => u.name)
        .sort(),
    ).toEqual(first.map(u => u.name).sort());
    expect(sampled(units, 100, 'b')).not.toEqual(first);
    expect(sampled(units, 1e6, 'a')).toEqual(units);
  });

  it('holds a package larger than itself only where the others do not suffice', () => {
    const large = { name: 'large', files: 900 };
    for (const seed of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
      expect(sampled([...units, large], 100, seed)).not.toContain(large);
    expect(sampled([...units, large], 501, 'a')).toContain(large);
  });

  it('knows packages and modules, and leaves out what is excluded or holds no Python', async () => {
    const root = folder('parts', {
      'shop/__init__.py': '',
      'shop/deep/cart.py': '',
      'alone.py': '',
      'setup.cfg': '',
      'docs/index.rst': '',
      'vendor/six.py': '',
    });
    expect(await unitsOf(root, ['vendor/**'])).toEqual([
      { name: 'alone.py', files: 1 },
      { name: 'shop', files: 2 },
    ]);
  });

  it('is proven in batches of bounded size, each unit once', () => {
    const large = [1, 2400, 99, 1, 9000, 1].map((files, i) => ({ name: `p${i}`, files }));
    expect(batchesOf(large).map(b => b.map(u => u.files))).toEqual([[1, 2400, 99], [1], [9000], [1]]);
    expect(batchesOf([])).toEqual([]);
  });
});

const SHOP = `
class Order:
    def __init__(self, number):
        self.number = number
        self.__note = ""


class Text(str):
    pass


class Marker:
    def seen(self):
        return ref(self)


from weakref import ref
print("made", Order(1), Text("a"), Marker().seen())
`;

describe('layouts after import', () => {
  const [python] = findInterpreters();

  it('agree with the plan on every installed Python', { timeout: 60_000 }, async () => {
    const pythons = chosenFor({ oldest: [3, 8], newest: [3, 13] }, findInterpreters(), true);
    const { decisions, changes } = await analyse([{ path: 'shop.py', text: SHOP }]);
    const before = folder('planned/before', { 'shop.py': SHOP });
    const after = folder('planned/after', { 'shop.py': changes[0]!.after });
    for (const { executable } of pythons)
      expect(await importAll(executable, before, after, decisions, 'all')).toEqual({
        modules: 1,
        classes: 3,
        faults: [],
      });
  });

  it('are compared for the parts of a tree that are named', { timeout: 60_000 }, async () => {
    const tree = folder('shop', { 'shop.py': SHOP, 'other.py': 'class Other:\n    pass\n' });
    const proof = await prove(tree, { imports: 'all', parts: ['shop.py'] });
    expect(proof).toMatchObject({ files: 1, classes: 3, rewritten: 3, imported: 1, compared: 3, faults: [] });
  });

  /** Faults when the rewritten module is another than the plan speaks of. */
  const faultsFor = async (name: string, after: string): Promise<readonly string[]> => {
    const { decisions } = await analyse([{ path: 'shop.py', text: SHOP }]);
    const before = folder(`${name}/before`, { 'shop.py': SHOP });
    const rewritten = folder(`${name}/after`, { 'shop.py': after });
    const order = (d: Decision): boolean => d.cls.name === 'Order';
    const found = await importAll(python!.executable, before, rewritten, decisions.filter(order), 'all');
    return found.faults.map(f => f.kind);
  };

  const withSlots = (slots: string): string =>
    SHOP.replace('class Order:', `class Order:\n    __slots__ = ${slots}`);

  it.each([
    ['nothing wrong', withSlots('("number", "__note")'), []],
    ['no slots', SHOP, ['has no slots']],
    ['a dict', withSlots('("number", "__note", "__dict__")'), ['keeps its dict']],
    ['a weakref', withSlots('("number", "__note", "__weakref__")'), ['other weakref']],
    ['one more', withSlots('("number", "__note", "tax")'), ['other slots', 'other size']],
    ['an error', `${SHOP}\nOrder(1).colour = 1\nimport nowhere`, ['import differs']],
    ['an end', `import os\nos._exit(3)`, ['import differs']],
    ['no class', SHOP.replace('class Order:', 'class Other:').replace('Order(1)', '0'), ['class is gone']],
  ])('tell %s', async (name, after, kinds) => {
    expect(await faultsFor(name.replaceAll(' ', '-'), after)).toEqual(kinds);
  });

  it('go on behind a module that ends the interpreter', async () => {
    const files = { 'ends.py': `import os\n${SHOP}\nos._exit(0)`, 'shop.py': SHOP };
    const tree = folder('ending', files);
    const { decisions } = await analyse(Object.entries(files).map(([path, text]) => ({ path, text })));
    const found = await importAll(python!.executable, tree, tree, decisions, 'all');
    expect(found.modules).toBe(2);
    // the first gives no answer on either side, the second is imported and has no slots
    expect(new Set(found.faults.map(f => f.where.split(':')[0]))).toEqual(new Set(['shop.py']));
  });
});
