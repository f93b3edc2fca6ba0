// Classes with a base that is not seen whose instances stand for those of others: a factory makes them, by way of
// `class Meta: model = Order` in the body or `ModelFactory[Order]` among its bases; a proxy is made with one.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { opAt, operandsOf } from '../index-file.js';
import type { Resolver } from '../resolve.js';
import type { Flow } from './state.js';

type Classes = Pick<Flow, 'classesOf' | 'classOf'> & { readonly resolver: Resolver };

/** Libraries whose classes give instances of others where they are called, and hand those to their methods. */
const FACTORIES = /^factory(_boy)?\./;

/** Whether a call of a class gives an instance of its model instead. */
export const standsForModel = (cls: WorldClass): boolean =>
  cls.mro.some(e => e.kind === 'unknown' && e.base.dotted !== null && FACTORIES.test(e.base.dotted));

/** Libraries whose classes store what is stored on their instances on what those stand for. */
const PROXIES = /^wrapt(\.\w+)*\.(\w*ObjectProxy|FunctionWrapper)$/;

/** Whether instances of a class stand for what they are made with. */
export const isProxy = (cls: WorldClass): boolean =>
  cls.mro.some(e => e.kind === 'unknown' && e.base.dotted !== null && PROXIES.test(e.base.dotted));

/** The classes that a class with a base that is not seen, or one above it, names as those it makes instances of. */
export function modelsOf(cls: WorldClass, classes: Classes): readonly WorldClass[] {
  if (!cls.mro.some(e => e.kind === 'unknown')) return [];
  const found = new Set<WorldClass>();
  for (const e of cls.mro)
    if (e.kind === 'class') for (const model of namedBy(e.cls, classes)) found.add(model);
  return [...found];
}

function* namedBy(cls: WorldClass, { classesOf, classOf, resolver }: Classes): Generator<WorldClass> {
  const { file, fact } = cls;
  const named = (at: WorldFile, value: number): readonly WorldClass[] =>
    resolver.value(at, value).flatMap(m => (m.kind === 'class' ? [classOf(m)] : []));
  for (const inner of classesOf(file)) {
    if (file.facts.scopes[inner.fact.scope]!.parent !== fact.scope) continue;
    for (const { kind, value } of inner.fact.members)
      if (kind === 'assign' && value >= 0) yield* named(file, value);
  }
  for (const { value } of fact.bases)
    if (opAt(file, value) === Op.Sub)
      for (const part of operandsOf(file, value).slice(1))
        for (const one of opAt(file, part) === Op.Tuple ? operandsOf(file, part) : [part])
          yield* named(file, one);
}
