// Protocols that `isinstance()` asks for: a slot is there on the class before the instance has a value. Methods are looked
// for in the class, data on the instance up to 3.11, from 3.12 on as inspect.getattr_static() finds it (Lib/typing.py).
import { lineAndColumn, VALUE_WIDTH } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above } from '../../slots.js';
import type { StoreSite } from '../flow/state.js';
import type { Finder, Sight } from './sight.js';
import { MAKING } from './unset-slots.js';

const RUNTIME = /^typing(_extensions)?\.(runtime_checkable|runtime)$/;

/** Finds classes that a protocol would take for its own although instances lack what it asks for. */
export function newRuntimeProtocols({ solved: { flow }, live, note }: Sight): Finder {
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

  /** Whether instances have it from the beginning to the end: no condition surrounds the statement that stores it. */
  const isAlwaysSet = (sites: readonly StoreSite[]): boolean =>
    !sites.some(site => site.kind === 'delete') && sites.some(isPlainlyMade);

  const end = (): void => {
    const protocols = flow.classes.filter(c => c.decorators.some(d => RUNTIME.test(d.name)));
    if (!protocols.length) return;
    for (const site of flow.stores.values())
      if (site.kind !== 'declare') storesOf.set(site.cls, [...(storesOf.get(site.cls) ?? []), site]);
    const asksClasses = live.some(file =>
      file.facts.variables.some(v => /^(issubclass|singledispatch)/.test(v.name)),
    );
    for (const protocol of protocols) {
      const { names, data } = askedBy(protocol);
      for (const cls of flow.classes) {
        if (cls === protocol || above(cls).includes(protocol)) continue;
        const own = names.filter(name => !isShown(cls, name));
        if (own.some(name => !storesOn(cls, name).length)) continue;
        for (const name of own)
          if ((!data && asksClasses) || !isAlwaysSet(storesOn(cls, name)))
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

  return { end };
}

/** Whether a store is a statement of its own in a method that makes instances. */
function isPlainlyMade({ file, at, kind }: StoreSite): boolean {
  const fn = file.facts.functions.find(f => MAKING.has(f.name) && f.at <= at && at < f.end);
  return kind === 'set' && fn !== undefined && columnOf(file, at) === bodyColumn(file, fn);
}

const columnOf = (file: WorldFile, at: number): number => lineAndColumn(file.facts.lineStarts, at).column;

/** Where the statements of a function begin. */
function bodyColumn(file: WorldFile, { at, end }: { readonly at: number; readonly end: number }): number {
  const { values, lineStarts } = file.facts;
  const header = lineAndColumn(lineStarts, at).line;
  let column = Number.POSITIVE_INFINITY;
  for (let i = 3; i < values.length; i += VALUE_WIDTH) {
    const offset = values[i]!;
    if (offset < at || offset >= end) continue;
    const place = lineAndColumn(lineStarts, offset);
    if (place.line > header) column = Math.min(column, place.column);
  }
  return column;
}
