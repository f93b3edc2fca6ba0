// Random programs whose behaviour a Python interpreter tells: hierarchies of classes in two modules, a main program
// that does things with their instances, and a test that does so too.
import fc from 'fast-check';
import * as forms from './forms.js';
import { HELPERS, helpersFor, importsFor } from './helpers.js';

export interface Program {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Oldest Python that the program is written for. */
  readonly oldest: readonly [number, number];
}

/** A form and what its holes are filled with. */
interface Piece {
  readonly form: string;
  readonly a: string;
  readonly b: string;
  readonly v: string;
  readonly m: string;
  /** Numbers of classes, taken modulo those at hand. */
  readonly c: number;
  readonly d: number;
}

interface ClassShape {
  readonly bases: readonly number[];
  readonly external: string | null;
  readonly decorator: Piece | null;
  readonly dataclass: Piece | null;
  readonly fields: readonly Piece[];
  readonly doc: boolean;
  readonly members: readonly Piece[];
  /** Statements of `__init__`; null for none. */
  readonly init: readonly Piece[] | null;
  readonly callsSuper: boolean;
  /** The class only serves as a base: nothing makes instances of it. */
  readonly isMixin: boolean;
}

interface Step {
  readonly flow: Piece;
  readonly action: Piece;
  readonly fresh: boolean;
}

interface Shape {
  readonly classes: readonly ClassShape[];
  /** How many of the classes stand in the second module. */
  readonly moved: number;
  readonly star: boolean;
  readonly steps: readonly Step[];
  readonly tests: readonly Step[];
  readonly oldest: readonly [number, number];
}

const NAMES = ['Node', 'Leaf', 'Order', '_Item', 'Shop'];

const filled = (form: fc.Arbitrary<string>): fc.Arbitrary<Piece> =>
  fc.record({
    form,
    a: fc.constantFrom(...forms.ATTRIBUTES),
    b: fc.constantFrom(...forms.ATTRIBUTES),
    v: fc.constantFrom(...forms.VALUES),
    m: fc.constantFrom(...forms.METHODS),
    c: fc.nat(7),
    d: fc.nat(7),
  });

/** Mostly what every program does; a program full of obstacles would prove nothing, since nothing is rewritten. */
const mostly = (forms: {
  readonly usual: readonly string[];
  readonly rare: readonly string[];
}): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...forms.usual) },
    { weight: 1, arbitrary: fc.constantFrom(...forms.rare) },
  );

const seldom = <T>(arbitrary: fc.Arbitrary<T>, freq = 20): fc.Arbitrary<T | null> => {
  return fc.oneof({ weight: freq, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
};

const classShape: fc.Arbitrary<ClassShape> = fc.record({
  bases: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 4, arbitrary: fc.array(fc.nat(7), { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(fc.nat(7), { minLength: 2, maxLength: 2 }) },
  ),
  external: fc.oneof(
    { weight: 16, arbitrary: fc.constant(null) },
    { weight: 3, arbitrary: fc.constantFrom(...forms.EXTERNAL_BASES.usual) },
    { weight: 1, arbitrary: fc.constantFrom(...forms.EXTERNAL_BASES.rare) },
  ),
  decorator: seldom(filled(fc.constantFrom(...forms.DECORATORS))),
  dataclass: seldom(filled(fc.constantFrom(...forms.DATACLASS)), 5),
  fields: fc.array(filled(fc.constantFrom(...forms.FIELDS)), { maxLength: 3 }),
  doc: fc.boolean(),
  members: fc.array(filled(mostly(forms.MEMBERS)), { maxLength: 3 }),
  init: fc.option(fc.array(filled(mostly(forms.STORES)), { minLength: 1, maxLength: 3 }), { freq: 3 }),
  callsSuper: fc.boolean(),
  isMixin: fc.oneof(
    { weight: 3, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

const step: fc.Arbitrary<Step> = fc.record({
  flow: filled(fc.constantFrom(...forms.FLOWS.usual)),
  action: filled(mostly(forms.ACTIONS)),
  fresh: fc.boolean(),
});

const shape: fc.Arbitrary<Shape> = fc.record({
  classes: fc.array(classShape, { minLength: 1, maxLength: 4 }),
  moved: fc.nat(3),
  star: fc.boolean(),
  steps: fc.array(step, { maxLength: 6 }),
  tests: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(step, { maxLength: 2 }) },
  ),
  oldest: fc.constantFrom([3, 8] as const, [3, 10] as const, [3, 11] as const),
});

/** Programs that shrink towards few classes with few statements. */
export const programs: fc.Arbitrary<Program> = shape.map(render);

const indent = (text: string, by = '    '): string => text.replace(/^(?=.)/gm, by);

/** Fills the holes of a form; `$o` and `$p` stay where they are not given. */
function fill(piece: Piece, classes: readonly string[], o = '$o', p = '$p'): string {
  const holes: Readonly<Record<string, string>> = {
    a: piece.a,
    b: piece.b,
    v: piece.v,
    m: piece.m,
    C: classes[piece.c % classes.length]!,
    D: classes[piece.d % classes.length]!,
    o,
    p,
  };
  return piece.form.replace(/\$([abvmCDop])(?![a-z])/g, (_, hole: string) => holes[hole]!);
}

function renderClass(shape: ClassShape, at: number): string {
  const name = NAMES[at]!;
  const earlier = NAMES.slice(0, at);
  const inherited = [...new Set(shape.bases.map(n => n % Math.max(at, 1)))].sort((x, y) => y - x);
  const bases = at > 0 ? inherited.map(n => earlier[n]!) : [];
  if (shape.external !== null) bases.push(shape.external);
  const known = NAMES.slice(0, at + 1);
  const decorators = [
    ...(shape.decorator ? [`@${fill(shape.decorator, known)}`] : []),
    ...(shape.dataclass ? [fill(shape.dataclass, known)] : []),
  ];
  const body: string[] = [];
  if (shape.doc) body.push(`"""A ${name}."""`);
  if (shape.dataclass) body.push(...shape.fields.map(each => fill(each, known)));
  const init = shape.init?.map(each => fill(each, known)) ?? [];
  if (shape.callsSuper && init.length > 0) init.unshift('super().__init__()');
  const head = shape.dataclass ? 'def __post_init__(self, *rest):' : 'def __init__(self, *args):';
  // an `__init__` beside dataclass fields is `__post_init__`, without the call above it
  const statements = shape.dataclass ? init.filter(each => each !== 'super().__init__()') : init;
  if (statements.length > 0) body.push(`${head}\n${indent(statements.join('\n'))}`);
  body.push(...shape.members.map(each => fill(each, known)));
  const header = bases.length > 0 ? `class ${name}(${bases.join(', ')}):` : `class ${name}:`;
  return [...decorators, header, indent(body.join('\n\n') || 'pass')].join('\n');
}

/** `made`: the classes that the program makes instances of. */
function renderStep(
  { flow, action, fresh }: Step,
  number: number,
  classes: readonly string[],
  made: readonly string[],
): string {
  const one = made[flow.c % made.length]!;
  const two = made[flow.d % made.length]!;
  const [o, p] = fresh ? ['one', 'two'] : [`the_${one.toLowerCase()}`, `the_${two.toLowerCase()}`];
  const around = fill(flow, classes, o, p).replace(
    /^( *)\$do(?:\[(.*?)\])?$/gm,
    (_, space: string, item: string | undefined) => indent(fill(action, classes, item ?? o, p), space),
  );
  const fresher = fresh ? [`one = ${one}()`, `two = ${two}()`] : [];
  const reads = forms.ATTRIBUTES.filter(attr => !attr.startsWith('__')).map(
    attr => `getattr(${o}, "${attr}", "-")`,
  );
  const body = [...fresher, around, `print(${reads.join(', ')})`].join('\n');
  const call = `try:\n    step_${number}()\nexcept Exception as error:\n    print(type(error).__name__)`;
  return `def step_${number}():\n${indent(body)}\n\n\n${call}`;
}

function render(shape: Shape): Program {
  const split = shape.classes.length - Math.min(shape.moved, shape.classes.length - 1);
  const classes = shape.classes.map(renderClass);
  const all = NAMES.slice(0, classes.length);
  const lib = classes.slice(0, split);
  const app = classes.slice(split);
  const madeOf = all.filter((_, n) => !shape.classes[n]!.isMixin);
  const concrete = madeOf.length > 0 ? madeOf : all;
  const steps = shape.steps.map((each, n) => renderStep(each, n, all, concrete));
  const tests = shape.tests.map((each, n) => renderStep(each, n, all, concrete));
  const helpers = helpersFor([...classes, ...steps, ...tests].join('\n'));
  const objects = concrete.map(
    name =>
      `try:\n    the_${name.toLowerCase()} = ${name}()\nexcept Exception as error:\n    print("${name}", type(error).__name__)\n    the_${name.toLowerCase()} = None`,
  );

  const base = `${helpers.map(name => HELPERS[name]).join('\n\n\n')}\n\n\n${lib.join('\n\n\n')}`;
  const taken = (count: number): string => [...helpers, ...all.slice(0, count)].join(', ');
  const fromLib = (): string =>
    shape.star && !all.some(name => name.startsWith('_'))
      ? 'from lib import *'
      : `from lib import ${taken(split)}`;
  const module = (text: string, imports: string): string =>
    `${[importsFor(text), imports].filter(Boolean).join('\n')}\n\n\n${text}\n`;
  const rest = app.join('\n\n\n');
  const main = [...objects, ...steps].join('\n\n\n');
  const inApp = app.length > 0 ? `\nfrom app import ${all.slice(split).join(', ')}` : '';
  const files = [
    { path: 'lib.py', text: module(base, '') },
    ...(app.length > 0 ? [{ path: 'app.py', text: module(rest, fromLib()) }] : []),
    { path: 'main.py', text: module(main, `${fromLib()}${inApp}`) },
    ...(tests.length > 0
      ? [
          {
            path: 'test_main.py',
            text: module([...objects, ...tests].join('\n\n\n'), `import main\n${fromLib()}${inApp}`),
          },
        ]
      : []),
  ];
  return { files, oldest: shape.oldest };
}
