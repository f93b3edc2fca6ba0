// Which parameter a node stands for.
import type { ParameterFact } from '../../model/definitions.js';
import type { WorldFile } from '../../model/world.js';
import type { Solved } from '../flow/solve.js';

interface Parameter {
  readonly file: WorldFile;
  readonly fn: number;
  readonly fact: ParameterFact;
}

export type ParameterAt = (node: number) => Parameter | null;

/** Finds the parameter that a node stands for; null for other nodes. */
export function parameterFinder(flow: Solved['flow']): ParameterAt {
  const starts = flow.files.map(file => flow.variableNode(file, 0));
  const known = new Map<WorldFile, ReadonlyMap<number, Parameter>>();
  const parametersIn = (file: WorldFile): ReadonlyMap<number, Parameter> => {
    let found = known.get(file);
    if (!found) {
      const parameters = file.facts.functions.flatMap((f, fn) =>
        f.parameters.map(fact => [fact.variable, { file, fn, fact }] as const),
      );
      known.set(file, (found = new Map(parameters)));
    }
    return found;
  };
  return node => {
    if (node < (starts[0] ?? 0)) return null;
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= node) low = middle;
      else high = middle - 1;
    }
    return parametersIn(flow.files[low]!).get(node - starts[low]!) ?? null;
  };
}
