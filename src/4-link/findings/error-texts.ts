// Where the text of an AttributeError is shown: of a slot that is unset it says less than of what is missing.
import { ACT_WIDTH, Act, Op, VALUE_WIDTH } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { functionsAround } from '../functions-around.js';
import { lastName, listAt, opAt, row } from '../index-file.js';
import { newCalledFrom } from './called-from.js';
import type { Finder, Read, Sight } from './sight.js';

/** Stands for the code of a file that is in no function. */
const WHOLE = -1;

/**
 * Finds deletions and reads of what may be unset, in code whose AttributeError is caught under a name that is used; for
 * deletions also in functions that such code calls.
 * @param kept every name that instances of some class of the world keep
 */
export function newErrorTexts(sight: Sight, kept: ReadonlySet<string>): Finder {
  const { solved, tokensOf, note, unset } = sight;
  const { flow } = solved;
  const deleted = new Set([...flow.stores.values()].filter(s => s.kind === 'delete').map(s => s.attr));

  const showing = new Map<WorldFile, ReadonlyMap<number, number>>();
  const showingIn = (file: WorldFile): ReadonlyMap<number, number> => {
    let found = showing.get(file);
    if (!found) showing.set(file, (found = showersIn(file)));
    return found;
  };
  /** What stands behind the last handler is no body of one. */
  const isShownIn = (file: WorldFile, at: number): boolean => {
    const found = showingIn(file);
    return found.size > 0 && aroundOf(file, at).some(fn => at < (found.get(fn) ?? 0));
  };

  const isCalledThere = newCalledFrom(sight, isShownIn);
  const isShown = (file: WorldFile, at: number): boolean => isShownIn(file, at) || isCalledThere(file, at);

  const mayBeUnset = (cls: WorldClass, name: string): boolean => deleted.has(name) || unset(cls).has(name);

  const read = ({ file, base, name, at }: Read): void => {
    if (!kept.has(name) || !isShownIn(file, at)) return;
    for (const token of tokensOf(file, base))
      if (token.kind === 'instance' && mayBeUnset(token.cls, name))
        note('read-text', token.cls, file, at, `the text is shown where .${name} is unset`, name);
  };

  const end = (): void => {
    for (const { cls, attr, kind, file, at } of flow.stores.values())
      if (kind === 'delete' && isShown(file, at))
        note('deletion-text', cls, file, at, `the text is shown where .${attr} is unset`, attr);
  };

  return { read, end, mindsFailing: true };
}

const aroundOf = (file: WorldFile, at: number): readonly number[] => {
  const around = functionsAround(file, at);
  return around.length ? around : [WHOLE];
};

/** Functions with `except AttributeError as error:` and a use of the error, with the place of the last such handler. */
function showersIn(file: WorldFile): ReadonlyMap<number, number> {
  const { acts, values } = file.facts;
  const found = new Map<number, number>();
  if (!file.facts.variables.some(v => v.name === 'AttributeError')) return found;
  const errors = new Map<number, number>();
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    if (acts[i] === Act.Bind && opAt(file, acts[i + 2]!) === Op.Caught && catchesMissing(file, acts[i + 2]!))
      errors.set(acts[i + 1]!, acts[i + 4]!);
  for (let i = 0; errors.size > 0 && i < values.length; i += VALUE_WIDTH) {
    const handler = opAt(file, i / VALUE_WIDTH) === Op.Var ? errors.get(values[i + 1]!) : undefined;
    if (handler === undefined) continue;
    for (const fn of aroundOf(file, values[i + 3]!)) found.set(fn, Math.max(handler, found.get(fn) ?? 0));
  }
  return found;
}

function catchesMissing(file: WorldFile, caught: number): boolean {
  const { a } = row(file, caught);
  const named = opAt(file, a) === Op.Tuple ? [...listAt(file, row(file, a).b)] : [a];
  return named.some(v => v >= 0 && lastName(file, v) === 'AttributeError');
}
