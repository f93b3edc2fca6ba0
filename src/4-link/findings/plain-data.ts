// Which values are texts, numbers or bytes: they lead to no instance, wherever they come from.
import { ConstKind, Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import type { Solved } from '../flow/solve.js';
import { row } from '../index-file.js';
import type { Meaning } from '../resolve.js';
import type { ParameterAt } from './parameters.js';

const TYPES: ReadonlySet<string> = new Set(
  'str bytes int float complex bool'.split(' ').map(name => `builtins.${name}`),
);
/** What gives one of them, besides the types themselves. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  'ascii bin callable chr format hasattr hash hex id isinstance issubclass len oct ord repr'
    .split(' ')
    .map(name => `builtins.${name}`),
);

/** Whether a node is a parameter that is said to be plain data, or a call that gives some. */
export function newPlainData(
  { constraint, resolver, variableNode, files }: Solved['flow'],
  parameterAt: ParameterAt,
): (node: number) => boolean {
  const firstVariable = files.length ? variableNode(files[0]!, 0) : 0;

  const areAll = (file: WorldFile, value: number, fits: (m: Meaning) => boolean): boolean => {
    const meanings = resolver.value(file, value);
    return meanings.length > 0 && meanings.every(fits);
  };
  const isType = (file: WorldFile, annotation: number): boolean => {
    const { op, a, b } = row(file, annotation);
    if (op === Op.Binary) return isType(file, a) && isType(file, b);
    if (op === Op.Const) return a === ConstKind.None;
    return areAll(file, annotation, m => {
      if (m.kind === 'external') return TYPES.has(m.dotted);
      if (m.kind !== 'subscript' || m.base.kind !== 'external') return false;
      return m.base.dotted === 'typing.Optional' && isType(m.file, m.index);
    });
  };

  return node => {
    if (node >= firstVariable) {
      const parameter = parameterAt(node);
      return (
        parameter !== null &&
        parameter.fact.annotation >= 0 &&
        isType(parameter.file, parameter.fact.annotation)
      );
    }
    const origin = constraint(node);
    if (!('value' in origin)) return false;
    const { op, a } = row(origin.file, origin.value);
    const gives = (m: Meaning): boolean =>
      m.kind === 'external' && (TYPES.has(m.dotted) || FUNCTIONS.has(m.dotted));
    return op === Op.Call && areAll(origin.file, a, gives);
  };
}
