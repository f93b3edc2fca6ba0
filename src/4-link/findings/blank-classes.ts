// Classes with nothing in them that functions make objects of: such an object is there for others to put attributes on,
// while one that a module makes for itself is a mark.
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { Solved } from '../flow/solve.js';
import { opAt, row, valueCount } from '../index-file.js';

/** The blank classes of a world, looked for when they are asked for first. */
export function newBlankClasses({ flow }: Solved, live: readonly WorldFile[]): () => ReadonlySet<WorldClass> {
  const { graph, tokens } = flow;
  let found: ReadonlySet<WorldClass> | null = null;

  const find = (): ReadonlySet<WorldClass> => {
    const blank = new Set(flow.classes.filter(isBlank));
    const made = new Set<WorldClass>();
    if (blank.size === 0) return made;
    for (const file of live)
      for (let v = 0; v < valueCount(file); v++) {
        if (opAt(file, v) !== Op.Call) continue;
        const { a, at } = row(file, v);
        for (const id of graph.tokens(flow.valueNode(file, a))) {
          const token = tokens.get(id);
          if (token.kind === 'class' && blank.has(token.cls) && isInFunction(file, at)) made.add(token.cls);
        }
      }
    return made;
  };
  return () => (found ??= find());
}

const isInFunction = ({ facts }: WorldFile, at: number): boolean =>
  facts.functions.some(fn => fn.at <= at && at < fn.end);

const isBlank = ({ fact, bases, decorators, descendants }: WorldClass): boolean =>
  !fact.members.length &&
  !decorators.length &&
  !descendants.length &&
  bases.every(b => b.kind === 'external' && b.dotted === 'builtins.object');
