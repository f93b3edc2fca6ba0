// The table of the standard library: known facts, names, and agreement with the interpreter at hand.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Layouts, layoutsFor } from '../src/4-link/layouts/layouts.js';
import type { ExternalClass } from '../src/model/layouts.js';

const folder = fileURLToPath(new URL('../src/4-link/layouts/', import.meta.url));
const text = readFileSync(`${folder}layouts.json`, 'utf8');
const minors = [8, 9, 10, 11, 12, 13] as const;
const tables = new Map<number, Layouts>(minors.map(minor => [minor, layoutsFor([3, minor])]));
const committed = Object.keys((JSON.parse(text) as { classes: object }).classes);

function known(minor: number, dotted: string): ExternalClass {
  const cls = tables.get(minor)!.find(dotted);
  if (cls === null) throw new Error(`${dotted} is not in the table of 3.${minor}`);
  return cls;
}

/** Minor versions in which a fact holds, of those that have the class. */
function holds(dotted: string, fact: (cls: ExternalClass) => boolean): readonly number[] {
  return minors.filter(minor => {
    const cls = tables.get(minor)!.find(dotted);
    return cls !== null && fact(cls);
  });
}

describe('what must not be found', () => {
  const table = tables.get(12)!;

  test.each([
    'int',
    'Mapping',
    'builtins',
    'builtins.len',
    'typing.cast',
    'shop.models.Order',
    '',
    '.',
    'a.',
  ])('%j is no class', dotted => {
    expect(table.find(dotted)).toBeNull();
    expect(table.canonical(dotted)).toBeNull();
  });

  test.each(['', 'int', 'shop', 'test', 'unittest.test', 'asyncio.nothing', 'toString', '__proto__'])(
    '%j is no module',
    dotted => expect(table.isModule(dotted)).toBe(false),
  );

  test('a class that is not yet, or no longer, in the library', () => {
    expect(holds('asyncio.TaskGroup', () => true)).toEqual([11, 12, 13]);
    expect(holds('distutils.cmd.Command', () => true)).toEqual([8, 9, 10, 11]);
    expect(holds('typing.Any', () => true)).toEqual([11, 12, 13]);
    // the old place of the abstract classes
    expect(holds('collections.Mapping', () => true)).toEqual([8, 9]);
  });

  test('a subscripted alias and a type variable are no classes', () => {
    expect(table.find('typing.AnyStr')).toBeNull();
    expect(table.find('typing.Union')).toBeNull();
  });
});

describe('the instance dictionary', () => {
  test.each([
    'builtins.object',
    'abc.ABC',
    'typing.Generic',
    'typing.Protocol',
    'typing.SupportsInt',
    'typing.NamedTuple',
    'typing.TypedDict',
    'collections.abc.Mapping',
    'collections.abc.MutableSequence',
    'collections.abc.Iterator',
    'collections.abc.Callable',
    'numbers.Number',
    'decimal.Decimal',
    'fractions.Fraction',
    'datetime.datetime',
    'uuid.UUID',
    'pathlib.PurePath',
    'asyncio.Protocol',
    'collections.defaultdict',
    'collections.deque',
    'builtins.dict',
    'builtins.list',
    'builtins.str',
    'builtins.int',
  ])('%s has none', dotted => expect(holds(dotted, cls => !cls.hasDict)).toEqual([...minors]));

  test.each([
    'enum.Enum',
    'enum.IntEnum',
    'threading.Thread',
    'builtins.BaseException',
    'builtins.Exception',
    'logging.Handler',
    'json.JSONEncoder',
    'io.RawIOBase',
    'unittest.TestCase',
    'ast.NodeVisitor',
    'collections.UserDict',
    'collections.OrderedDict',
    'collections.Counter',
    'contextlib.ContextDecorator',
    'asyncio.Future',
    'concurrent.futures.Future',
    'string.Template',
    'argparse.Action',
    'functools.partial',
    'builtins.type',
  ])('%s has one', dotted => expect(holds(dotted, cls => cls.hasDict)).toEqual([...minors]));

  test('three bases lost it in 3.13', () => {
    for (const name of ['AbstractContextManager', 'AbstractAsyncContextManager']) {
      expect(holds(`contextlib.${name}`, cls => cls.hasDict)).toEqual([8, 9, 10, 11, 12]);
      expect(holds(`contextlib.${name}`, cls => cls.hasWeakref)).toEqual([8, 9, 10, 11, 12]);
    }
    expect(holds('os.PathLike', cls => cls.hasDict)).toEqual([8, 9, 10, 11, 12]);
  });
});

describe('layouts', () => {
  test('no slots on classes whose instances vary in size', () => {
    for (const name of [
      'builtins.int',
      'builtins.bool',
      'builtins.tuple',
      'builtins.bytes',
      'builtins.type',
    ]) {
      expect(holds(name, cls => cls.variableSize)).toEqual([...minors]);
    }
    // by inheritance: a named tuple, an integer enumeration, a metaclass
    for (const name of ['typing.NamedTuple', 'enum.IntEnum', 'abc.ABCMeta', 'urllib.parse.SplitResult']) {
      expect(holds(name, cls => cls.variableSize)).toEqual([...minors]);
    }
  });

  test('slots on the other builtins', () => {
    for (const name of [
      'object',
      'str',
      'float',
      'dict',
      'list',
      'set',
      'frozenset',
      'bytearray',
      'Exception',
    ]) {
      expect(holds(`builtins.${name}`, cls => !cls.variableSize)).toEqual([...minors]);
    }
  });

  test('what adds fields cannot be combined, what adds only a dictionary can', () => {
    for (const name of [
      'builtins.dict',
      'builtins.str',
      'builtins.BaseException',
      'builtins.OSError',
      'uuid.UUID',
    ]) {
      expect(holds(name, cls => cls.solid)).toEqual([...minors]);
    }
    const soft = [
      'builtins.object',
      'builtins.Exception',
      'builtins.ValueError',
      'threading.Thread',
      'abc.ABC',
    ];
    for (const name of [...soft, 'typing.Generic', 'collections.abc.Mapping', 'collections.UserDict']) {
      expect(holds(name, cls => !cls.solid)).toEqual([...minors]);
    }
  });

  test('weak references', () => {
    expect(holds('builtins.set', cls => cls.hasWeakref)).toEqual([...minors]);
    expect(holds('threading.Thread', cls => cls.hasWeakref)).toEqual([...minors]);
    expect(holds('uuid.UUID', cls => cls.hasWeakref)).toEqual([...minors]);
    for (const name of ['builtins.dict', 'builtins.Exception', 'typing.Generic', 'collections.abc.Mapping']) {
      expect(holds(name, cls => !cls.hasWeakref)).toEqual([...minors]);
    }
  });

  test('exceptions', () => {
    for (const name of [
      'builtins.BaseException',
      'builtins.KeyError',
      'asyncio.CancelledError',
      'queue.Empty',
    ]) {
      expect(holds(name, cls => cls.isException)).toEqual([...minors]);
    }
    expect(holds('unittest.TestCase', cls => !cls.isException)).toEqual([...minors]);
  });

  test('bases, metaclass, members and slots', () => {
    const mapping = known(12, 'collections.abc.Mapping');
    expect(mapping.bases).toEqual(['collections.abc.Collection']);
    expect(mapping.metaclass).toBe('abc.ABCMeta');
    expect(mapping.members).toEqual(['get', 'items', 'keys', 'values']);
    expect(mapping.slots).toEqual([]);

    expect(known(12, 'collections.abc.Collection').bases).toEqual([
      'collections.abc.Sized',
      'collections.abc.Iterable',
      'collections.abc.Container',
    ]);
    expect(known(12, 'typing.NamedTuple').bases).toEqual(['builtins.tuple']);
    expect(known(12, 'typing.TypedDict').bases).toEqual(['builtins.dict']);
    expect(known(12, 'builtins.int').bases).toEqual([]);
    expect(known(12, 'builtins.int').metaclass).toBeNull();

    const fraction = known(12, 'fractions.Fraction');
    expect(fraction.slots).toEqual(['_denominator', '_numerator']);
    expect(fraction.members).toEqual(
      expect.arrayContaining(['_denominator', 'limit_denominator', 'numerator']),
    );
    // kept in C: written through a getset and a member descriptor
    expect(known(12, 'builtins.BaseException').slots).toEqual(['args']);
    expect(known(12, 'builtins.OSError').slots).toContain('filename');
    // readable only
    expect(known(12, 'builtins.int').slots).toEqual([]);
  });
});

describe('names', () => {
  test.each([
    ['typing.Iterable', 'collections.abc.Iterable'],
    ['typing.Sequence', 'collections.abc.Sequence'],
    ['typing.Mapping', 'collections.abc.Mapping'],
    ['typing.Callable', 'collections.abc.Callable'],
    ['typing.Dict', 'builtins.dict'],
    ['typing.Tuple', 'builtins.tuple'],
    ['typing.Text', 'builtins.str'],
    ['typing.Deque', 'collections.deque'],
    ['typing.ContextManager', 'contextlib.AbstractContextManager'],
    ['typing.Pattern', 're.Pattern'],
    ['_collections_abc.Mapping', 'collections.abc.Mapping'],
    ['_io.StringIO', 'io.StringIO'],
    ['asyncio.protocols.Protocol', 'asyncio.Protocol'],
    ['unittest.case.TestCase', 'unittest.TestCase'],
    ['unittest.async_case.IsolatedAsyncioTestCase', 'unittest.IsolatedAsyncioTestCase'],
    ['json.encoder.JSONEncoder', 'json.JSONEncoder'],
    ['concurrent.futures._base.Future', 'concurrent.futures.Future'],
    ['concurrent.futures.thread.ThreadPoolExecutor', 'concurrent.futures.ThreadPoolExecutor'],
    ['multiprocessing.context.Process', 'multiprocessing.Process'],
    ['builtins.IOError', 'builtins.OSError'],
    ['socket.error', 'builtins.OSError'],
    ['enum.EnumMeta', 'enum.EnumMeta'],
    ['types.GeneratorType', 'types.GeneratorType'],
    ['weakref.ReferenceType', 'weakref.ref'],
    ['_thread._local', 'threading.local'],
    ['_ctypes.Structure', 'ctypes.Structure'],
    ['email._policybase.Policy', 'email.policy.Policy'],
    ['builtins.int', 'builtins.int'],
  ])('%s is %s', (dotted, name) => {
    for (const minor of minors) expect(tables.get(minor)!.canonical(dotted)).toBe(name);
  });

  test('names that came to mean the same', () => {
    expect(known(10, 'asyncio.TimeoutError').name).toBe('asyncio.TimeoutError');
    expect(known(11, 'asyncio.TimeoutError').name).toBe('builtins.TimeoutError');
    expect(known(13, 'pathlib._local.Path').name).toBe('pathlib.Path');
    expect(known(11, 'enum.EnumType').name).toBe('enum.EnumMeta');
  });

  test('classes inside classes, through any name of the outer one', () => {
    expect(known(12, 'weakref.finalize._Info').slots).toEqual([
      'args',
      'atexit',
      'func',
      'index',
      'kwargs',
      'weakref',
    ]);
    expect(known(12, 'asyncio.events.BaseDefaultEventLoopPolicy._Local').bases).toEqual(['threading.local']);
    // completing_reader imports Reader
    const cache = '_pyrepl.reader.Reader.RefreshCache';
    expect(tables.get(13)!.canonical('_pyrepl.completing_reader.Reader.RefreshCache')).toBe(cache);
    expect(tables.get(13)!.canonical('_pyrepl.completing_reader.Reader.nothing')).toBeNull();
  });

  test('one record for all names of a class', () => {
    const table = layoutsFor([3, 12]);
    expect(table.find('typing.Mapping')).toBe(table.find('collections.abc.Mapping'));
  });

  test('modules', () => {
    for (const minor of minors) {
      const { isModule } = tables.get(minor)!;
      for (const name of [
        'builtins',
        'sys',
        'asyncio',
        'collections.abc',
        'os.path',
        'xml.etree.ElementTree',
      ]) {
        expect(isModule(name)).toBe(true);
      }
      // of another platform, and one that is never imported to make the table
      for (const name of ['winreg', 'asyncio.windows_events', 'antigravity', 'idlelib.config']) {
        expect(isModule(name)).toBe(true);
      }
    }
    expect(minors.filter(minor => tables.get(minor)!.isModule('tomllib'))).toEqual([11, 12, 13]);
    expect(minors.filter(minor => tables.get(minor)!.isModule('distutils.core'))).toEqual([8, 9, 10, 11]);
  });

  test('builtins', () => {
    for (const minor of minors) {
      const names = tables.get(minor)!.builtinNames;
      for (const name of [
        'int',
        'len',
        'property',
        'super',
        'None',
        'exit',
        'help',
        '__import__',
        'OSError',
      ]) {
        expect(names.has(name)).toBe(true);
      }
      expect(names.has('Probe')).toBe(false);
    }
    const having = (name: string) => minors.filter(minor => tables.get(minor)!.builtinNames.has(name));
    expect(having('aiter')).toEqual([10, 11, 12, 13]);
    expect(having('ExceptionGroup')).toEqual([11, 12, 13]);
    expect(having('unicode')).toEqual([]);
  });
});

describe('the table as a whole', () => {
  test('is compact, and one class a line', () => {
    expect(text.length).toBeLessThan(1_500_000);
    const lines = text.split('\n').filter(line => line.startsWith('"builtins.int":'));
    expect(lines).toHaveLength(1);
    expect(text.split('\n').length).toBeGreaterThan(committed.length);
  });

  test('versions without a table get the nearest one', () => {
    expect(layoutsFor([2, 7])).toHaveProperty('builtinNames', tables.get(8)!.builtinNames);
    expect(layoutsFor([3, 6]).find('contextlib.AbstractContextManager')?.hasDict).toBe(true);
    expect(layoutsFor([3, 14]).find('contextlib.AbstractContextManager')?.hasDict).toBe(false);
    expect(layoutsFor([3, 14]).isModule('tomllib')).toBe(true);
    expect(layoutsFor([4, 0]).builtinNames).toEqual(tables.get(13)!.builtinNames);
  });

  test('bases and metaclasses are canonical names of the same version, and every line of bases ends', () => {
    for (const minor of minors) {
      const table = tables.get(minor)!;
      const depth = (name: string, above: number): number => {
        if (above > 30) throw new Error(`the bases of ${name} go round in a circle`);
        return Math.max(0, ...known(minor, name).bases.map(base => 1 + depth(base, above + 1)));
      };
      for (const name of committed) {
        if (table.canonical(name) !== name) continue;
        const cls = known(minor, name);
        expect(cls.name).toBe(name);
        for (const other of cls.metaclass === null ? cls.bases : [...cls.bases, cls.metaclass]) {
          if (table.canonical(other) !== other)
            throw new Error(`3.${minor}: ${other}, known to ${name}, is missing`);
        }
        depth(name, 0);
      }
    }
  });

  test('facts are inherited as they must be', () => {
    for (const minor of minors) {
      for (const name of committed) {
        if (tables.get(minor)!.canonical(name) !== name || name === 'typing.TypedDict') continue;
        const cls = known(minor, name);
        for (const base of cls.bases.map(each => known(minor, each))) {
          // no weak references to instances that vary in size: IntEnum(int, Enum) loses what Enum has
          const wrong =
            (base.hasDict && !cls.hasDict) ||
            (base.hasWeakref && !cls.hasWeakref && !cls.variableSize) ||
            (base.variableSize && !cls.variableSize) ||
            (base.isException && !cls.isException);
          if (wrong) throw new Error(`3.${minor}: ${name} lacks what ${base.name} has`);
        }
      }
    }
  });
});

interface Generated {
  readonly imported: readonly string[];
  readonly modules: readonly string[];
  readonly builtins: readonly string[];
  readonly special: readonly string[];
  readonly classes: Readonly<Record<string, ExternalClass>>;
}

describe('the interpreter at hand', () => {
  test('says the same as the table', { timeout: 60_000 }, ({ skip }) => {
    if (process.platform === 'win32') skip('the table was made on Linux; event loops and ctypes differ');
    const python = process.env.PYTHON ?? 'python3';
    const asked = spawnSync(
      python,
      ['-c', 'import sys; print(*sys.version_info[:2], sys.implementation.name)'],
      {
        encoding: 'utf8',
      },
    );
    if (asked.status !== 0) skip(`${python} does not run`);
    const [major, minor, implementation] = asked.stdout.trim().split(' ');
    const table = tables.get(Number(minor));
    if (major !== '3' || table === undefined || implementation !== 'cpython') {
      skip(`the table is about CPython 3.8 to 3.13, ${python} is ${implementation} ${major}.${minor}`);
      return;
    }
    const run = spawnSync(python, [`${folder}generate.py`], { encoding: 'utf8', maxBuffer: 1 << 28 });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    const generated = JSON.parse(run.stdout) as Generated;

    const facts = ({ bases, hasDict, variableSize, solid }: ExternalClass) => ({
      bases,
      hasDict,
      variableSize,
      solid,
    });
    // Debian puts classes of its own between distutils' commands and their bases
    const both = committed.filter(
      name => name in generated.classes && table.canonical(name) === name && !name.startsWith('distutils.'),
    );
    const differing = both.filter(name => {
      const [ours, theirs] = [table.find(name)!, generated.classes[name]!];
      return JSON.stringify(facts(ours)) !== JSON.stringify(facts(theirs));
    });
    expect(differing).toEqual([]);

    // distributions leave out whole packages (tkinter, distutils): only modules that are here count
    const here = new Set(generated.imported);
    const expected = committed.filter(
      name => table.canonical(name) === name && here.has(moduleOf(name, table)),
    );
    expect(expected.length).toBeGreaterThan(2000);
    const present = expected.filter(name => name in generated.classes);
    expect(present.length / expected.length).toBeGreaterThanOrEqual(0.95);
    expect(generated.builtins.filter(name => !table.builtinNames.has(name))).toEqual([]);
    expect(generated.special.filter(name => !table.specialNames.has(name))).toEqual([]);
    expect(
      [...table.specialNames].filter(name => /^__(init|call|name|file|path)__$/.test(name)),
    ).toHaveLength(5);
  });
});

/** The longest leading part of a class's name that is a module. */
function moduleOf(dotted: string, table: Layouts): string {
  let name = dotted;
  while (name !== '' && !table.isModule(name)) name = name.slice(0, Math.max(0, name.lastIndexOf('.')));
  return name;
}
