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

export function newNoteWithin({
  solved: { flow },
  belief,
  deepClasses,
  guesses,
  noteAll,
}: Sight): NoteWithin {
  const { tokens } = flow;
  /** By the number of a container: many nodes hold it. */
  const known = new Map<number, readonly WorldClass[]>();
  /** Classes of what may be in a container as well, by guess. */
  const guessedIn = (id: number): readonly WorldClass[] => {
    const token = tokens.get(id);
    if (token.kind !== 'bag') return NONE;
    let found = known.get(id);
    if (!found) {
      const inside = [token.items, ...(token.places ?? [])];
      known.set(id, (found = [...new Set(inside.flatMap(node => [...guesses.behind(node)]))]));
    }
    return found;
  };
  const lists = new Map<number, readonly (readonly WorldClass[])[]>();
  /** The same for all containers at a node. */
  const guessedAt = (node: number): readonly (readonly WorldClass[])[] => {
    let found = lists.get(node);
    if (!found) {
      const all = new Set(Array.from(belief.tokens(node), guessedIn));
      lists.set(node, (found = [...all].filter(classes => classes.length > 0)));
    }
    return found;
  };
  const noted = new Set<string>();

  return (kind, file, value, at, says) => {
    // several functions may do the same to it at one place: the first one's words stay
    const key = `${kind} ${file.index} ${value} ${at}`;
    if (noted.has(key)) return;
    noted.add(key);
    const node = flow.valueNode(file, value);
    noteAll(kind, deepClasses(node), file, at, says);
    noteAll(kind, guesses.at(file, value), file, at, says, null, false);
    for (const classes of guessedAt(node)) noteAll(kind, classes, file, at, says, null, false);
  };
}

const NONE: readonly WorldClass[] = [];

/** Classes that stand at a value themselves, or in the containers there; in a crowd none is told from the others. */
export function newClassesWithin({
  solved: { flow },
  belief,
}: Sight): (file: WorldFile, value: number) => readonly WorldClass[] {
  const known = new Map<number, readonly WorldClass[]>();

  const tokensAt = (node: number): Token[] =>
    belief.isCrowd(node) ? [] : Array.from(flow.graph.tokens(node), id => flow.tokens.get(id));
  const find = (node: number): readonly WorldClass[] => {
    const own = tokensAt(node);
    const held = own.flatMap(token =>
      token.kind === 'bag' ? [token.items, ...(token.places ?? [])].flatMap(tokensAt) : [],
    );
    return [...new Set([...own, ...held].flatMap(token => (token.kind === 'class' ? [token.cls] : [])))];
  };
  return (file, value) => {
    const node = flow.valueNode(file, value);
    let found = known.get(node);
    if (!found) known.set(node, (found = find(node)));
    return found;
  };
}
