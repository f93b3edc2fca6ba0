// Protocols that `isinstance()` asks for: a slot is there on the class before the instance has a value. Methods are looked
// for in the class, data on the instance up to 3.11, from 3.12 on as inspect.getattr_static() finds it (Lib/typing.py).
import { Op } from '../../model/facts.js';
import type { WorldClass } from '../../model/world.js';
import { above } from '../../slots.js';
import type { StoreSite } from '../flow/state.js';
import { lastName, opAt, row, valueCount } from '../index-file.js';
import type { Call, Finder, Sight } from './sight.js';

const RUNTIME = /^typing(_extensions)?\.(runtime_checkable|runtime)$/;

const isRuntime = (cls: WorldClass): boolean => cls.decorators.some(d => RUNTIME.test(d.name));

const TESTS: ReadonlySet<string> = new Set(['isinstance', 'issubclass']);

/** Finds classes that a protocol would take for its own although instances lack what it asks for. */
export function newRuntimeProtocols({
  solved: { flow, narrow },
  live,
  classesAt,
  note,
  unset,
}: Sight): Finder {
  /** What a protocol asks for, and whether all of it are methods. */
  const askedBy = (protocol: WorldClass): { readonly names: readonly string[]; readonly data: boolean } => {
    const line = [protocol, ...above(protocol)];
    const methods = line.flatMap(c => [...c.members.keys()]);
    const data = line.flatMap(c => c.fields.map(f => f.name));
    const names = new Set([...methods, ...data].filter(name => !/^__\w+__$/.test(name)));
    return { names: [...names], data: data.length > 0 };
  };

  const storesOf = new Map<WorldClass, StoreSite[]>();
  const storesOn = (cls: WorldClass, name: string): StoreSite[] =>
    [cls, ...above(cls)].flatMap(c => storesOf.get(c) ?? []).filter(site => site.attr === name);

  const isShown = (cls: WorldClass, name: string): boolean =>
    cls.mro.some(
      e =>
        e.kind === 'unknown' ||
        (e.kind === 'class' ? e.cls.members.has(name) : e.layouts.some(l => l.members.includes(name))),
    );

  /** Protocols that are asked for, each with the functions that do. */
  const asked = new Map<WorldClass, Set<string>>();
  const ask = (by: string, classes: readonly WorldClass[]): void => {
    for (const cls of classes) {
      if (!isRuntime(cls)) continue;
      const known = asked.get(cls);
      if (known) known.add(by);
      else asked.set(cls, new Set([by]));
    }
  };
  const call = ({ file, callee, args: [, by] }: Call): void => {
    const name = lastName(file, callee);
    if (by && TESTS.has(name)) ask(name, [...narrow.classesOf(file, by.value), ...classesAt(file, by.value)]);
  };
  /** `case Connected():` */
  const inPatterns = (): void => {
    for (const file of flow.classes.some(isRuntime) ? live : [])
      for (let value = 0; value < valueCount(file); value++)
        if (opAt(file, value) === Op.Narrow) ask('isinstance', narrow.classesOf(file, row(file, value).b));
  };

  const end = (): void => {
    inPatterns();
    if (!asked.size) return;
    for (const site of flow.stores.values())
      if (site.kind !== 'declare') storesOf.set(site.cls, [...(storesOf.get(site.cls) ?? []), site]);
    for (const [protocol, by] of asked) {
      const { names, data } = askedBy(protocol);
      const ofClasses = !data && by.has('issubclass');
      for (const cls of flow.classes) {
        if (cls === protocol || above(cls).includes(protocol)) continue;
        const own = names.filter(name => !isShown(cls, name));
        if (own.some(name => !storesOn(cls, name).length)) continue;
        for (const name of own)
          if (ofClasses || unset(cls).has(name))
            note(
              'class-attribute-test',
              cls,
              protocol.file,
              protocol.fact.anchor.keyword,
              says(cls, name),
              name,
            );
      }
    }
  };
  const says = (cls: WorldClass, name: string): string =>
    `takes ${cls.ref.name} for its own where the class shows .${name}`;

  return { call, end };
}
