// Notes what is done to all that a value holds, where it is not told to which of it.
import type { FindingKind, WorldClass, WorldFile } from '../../model/world.js';
import type { Token } from '../flow/tokens.js';
import type { Sight } from './sight.js';

/** Notes a finding for every class whose instances may stand at a value or in the containers there, the guessed ones as
 *  uncertain. */
export type NoteWithin = (
  kind: FindingKind,
  file: WorldFile,
  value: number,
  at: number,
  says: string,
) => void;

export function newNoteWithin({ solved: { flow }, belief, deepClasses, guesses, note }: Sight): NoteWithin {
  const known = new Map<number, ReadonlySet<WorldClass>>();
  /** Classes of what may be in the containers at a node as well, by guess. */
  const guessedInside = (node: number): ReadonlySet<WorldClass> => {
    let found = known.get(node);
    if (!found) known.set(node, (found = new Set([...inside(node)].flatMap(n => [...guesses.behind(n)]))));
    return found;
  };
  /** Nodes of what is in the containers at a node. */
  const inside = (node: number): Set<number> => {
    const found = new Set<number>();
    for (const id of belief.tokens(node)) {
      const token = flow.tokens.get(id);
      if (token.kind === 'bag') for (const inner of [token.items, ...(token.places ?? [])]) found.add(inner);
    }
    return found;
  };

  return (kind, file, value, at, says) => {
    const node = flow.valueNode(file, value);
    for (const cls of deepClasses(node)) note(kind, cls, file, at, says);
    for (const cls of guesses.at(file, value)) note(kind, cls, file, at, says, null, false);
    for (const cls of guessedInside(node)) note(kind, cls, file, at, says, null, false);
  };
}

/** Classes that stand at a value themselves, or in the containers there; in a crowd none is told from the others. */
export function newClassesWithin({
  solved: { flow },
  belief,
}: Sight): (file: WorldFile, value: number) => ReadonlySet<WorldClass> {
  const known = new Map<number, ReadonlySet<WorldClass>>();

  const tokensAt = (node: number): Token[] =>
    belief.isCrowd(node) ? [] : Array.from(flow.graph.tokens(node), id => flow.tokens.get(id));
  const find = (node: number): ReadonlySet<WorldClass> => {
    const own = tokensAt(node);
    const held = own.flatMap(token =>
      token.kind === 'bag' ? [token.items, ...(token.places ?? [])].flatMap(tokensAt) : [],
    );
    return new Set([...own, ...held].flatMap(token => (token.kind === 'class' ? [token.cls] : [])));
  };
  return (file, value) => {
    const node = flow.valueNode(file, value);
    let found = known.get(node);
    if (!found) known.set(node, (found = find(node)));
    return found;
  };
}
