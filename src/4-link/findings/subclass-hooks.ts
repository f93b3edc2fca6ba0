// Which `__init_subclass__` of the program gives the class it is called for to other code.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { Token } from '../flow/tokens.js';
import { functionsAround } from '../functions-around.js';
import { opAt, row } from '../index-file.js';
import { CALM } from './metaclasses.js';
import type { Call, Finder, Sight } from './sight.js';

/** Notes on the class with the hook where it hands on a class, as an argument or by a call of one of its methods. */
export function newSubclassHooks({ solved, tokensOf, note }: Sight): Finder {
  const { classesOf } = solved.flow;

  const hooksAround = (file: WorldFile, at: number): WorldClass[] =>
    functionsAround(file, at)
      .map(fn => file.facts.functions[fn]!)
      .filter(fact => fact.name === '__init_subclass__' && fact.cls >= 0)
      .map(fact => classesOf(file)[fact.cls]!);

  const call = ({ file, callee, args, at }: Call): void => {
    for (const hook of hooksAround(file, at)) {
      const isMade = (t: Token): boolean =>
        t.kind === 'class' && (t.cls === hook || hook.descendants.includes(t.cls));
      const stands = (value: number): boolean => tokensOf(file, value).some(isMade);
      const isCalm = tokensOf(file, callee).every(t => t.kind === 'external' && CALM.test(t.dotted));
      if (!isCalm && args.some(a => stands(a.value)))
        note('subclass-hook', hook, file, at, 'hands the class on');
      if (opAt(file, callee) === Op.Attr && stands(row(file, callee).a))
        note('subclass-hook', hook, file, at, 'calls the class');
    }
  };
  return { call };
}
