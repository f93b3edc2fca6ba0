// Classes that a framework owns: it reads the body, makes attributes of it and lays out the instances itself.
import type { Evidence } from '../model/decision.js';
import type { MroEntry, WorldClass } from '../model/world.js';
import { rule } from './rule.js';

/** Modules whose base classes and class decorators make attributes of a class body, with the name they go by. */
const FRAMEWORKS: readonly [module: RegExp, name: string][] = [
  [/^pydantic(_settings)?\./, 'pydantic'],
  [/^msgspec\./, 'msgspec'],
  [/^sqlmodel\./, 'SQLModel'],
  [/^(flask_)?sqlalchemy(_utils)?\./, 'SQLAlchemy'],
  [/^(django|rest_framework|mptt)\./, 'Django'],
  [/^(peewee|playhouse)\./, 'peewee'],
  [/^pony\.orm\./, 'Pony'],
  [/^tortoise\./, 'Tortoise'],
  [/^(mongoengine|beanie|odmantic|ormar)\./, 'a document mapper'],
  [/^marshmallow(_dataclass|_sqlalchemy)?\./, 'marshmallow'],
  [/^(traitlets|traits\.api|param|atom\.api)\./, 'a traits library'],
  [/^(strawberry|graphene)\./, 'a GraphQL library'],
  [/^(wtforms|flask_wtf)\./, 'WTForms'],
  [/^factory\./, 'factory_boy'],
  [/^(torch\.nn|pytorch_lightning|lightning|flax|keras|tensorflow)\./, 'a neural network library'],
];

/** The framework that a dotted name belongs to, or null. */
export const frameworkOf = (dotted: string): string | null =>
  FRAMEWORKS.find(([module]) => module.test(dotted))?.[1] ?? null;

/** The framework that an entry of a linearisation belongs to, at hand or not, or null. */
export function frameworkAt(entry: MroEntry): string | null {
  switch (entry.kind) {
    case 'unknown':
      return entry.base.dotted === null ? null : frameworkOf(entry.base.dotted);
    case 'external':
      return null;
    case 'class': {
      // a module of the project may have the name of a framework, or be one
      const { role, module } = entry.cls.file.source;
      return role === 'environment' ? frameworkOf(`${module}.${entry.cls.ref.name}`) : null;
    }
  }
}

export const frameworkClass = rule({
  code: 'SLT610',
  name: 'framework-class',
  level: 'blocks',
  final: true,
  title: 'belongs to a framework that lays out its instances',
  why:
    'pydantic, msgspec, SQLModel, SQLAlchemy, Django and the like read the class body, make attributes of it and keep the ' +
    'values where they see fit. Slots beside that clash with it or are bypassed.',
  unlock:
    'nothing here: use what the framework offers (slots=True of pydantic.dataclasses, msgspec.Struct as it is)',
  *find(cls) {
    yield* framedBases(cls);
    for (const d of cls.decorators) {
      const owner = frameworkOf(d.name);
      if (owner !== null) yield { at: d.at, says: `decorated by ${d.name}, of ${owner}` };
    }
  },
});

function* framedBases(cls: WorldClass): Generator<Evidence> {
  for (const entry of cls.mro) {
    const owner = frameworkAt(entry);
    if (owner === null || entry.kind === 'external') continue;
    const [at, name] =
      entry.kind === 'class' ? [entry.cls.ref.at, entry.cls.ref.name] : [entry.base.at, entry.base.text];
    yield { at, says: `${name} belongs to ${owner}` };
    return;
  }
}
