// Arithmetic with an operand that is not known: any class of the world may define the method that it calls.
import { Op } from '../../model/facts.js';
import { addTo } from '../../model/grouping.js';
import type { WorldFile } from '../../model/world.js';
import { arithmeticCalled } from '../flow/operators.js';
import type { Solved } from '../flow/solve.js';
import { UNKNOWN } from '../flow/tokens.js';
import { opAt, operatorAt, row, valueCount } from '../index-file.js';

/** For the name of a method, nodes of what it may be given as the other operand; looked for when first asked. */
export function newOpenOperations(
  { flow }: Solved,
  live: readonly WorldFile[],
): (method: string) => readonly number[] {
  let found: Map<string, number[]> | null = null;
  const find = (): Map<string, number[]> => {
    const others = new Map<string, number[]>();
    for (const file of live)
      for (let v = 0; v < valueCount(file); v++) {
        if (opAt(file, v) !== Op.Binary) continue;
        const { operator, inPlace } = operatorAt(file, v);
        const called = arithmeticCalled(operator, inPlace);
        if (!called) continue;
        const { a, b } = row(file, v);
        const [left, right] = [flow.valueNode(file, a), flow.valueNode(file, b)];
        if (flow.graph.has(left, UNKNOWN)) for (const name of called.left) addTo(others, name, right);
        if (flow.graph.has(right, UNKNOWN)) for (const name of called.right) addTo(others, name, left);
      }
    return others;
  };
  return method => (found ??= find()).get(method) ?? [];
}
