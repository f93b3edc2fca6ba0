// What may come out of pickles that the program did not just make: what it dumps, as far as that is known.
import { ACT_WIDTH, Act, type PickledFact } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import type { LeftOut } from './left-out.js';
import { newNamedClasses } from './named-classes.js';
import { newOwnPickles } from './own-pickles.js';
import type { Sight } from './sight.js';

/** A call that pickles, or opens a shelf. */
interface Dump {
  readonly file: WorldFile;
  /** Node of what it pickles, or of what is put into the shelf. */
  readonly node: number;
  readonly at: number;
  /** Classes of the instances in it. */
  readonly classes: ReadonlySet<WorldClass>;
}

/** A call that makes objects of a pickle. */
interface Load {
  readonly dotted: string;
  readonly file: WorldFile;
  readonly call: number;
  /** What holds the pickle. */
  readonly from: number;
  readonly at: number;
}

export interface Loads {
  readonly dumped: (dump: Dump) => void;
  readonly loaded: (load: Load) => void;
  /** Notes what may come out of every load. */
  readonly end: () => void;
}

/** Names that containers have as well: what is loaded may be a container of anything. */
const OF_CONTAINERS: ReadonlySet<string> = new Set(
  (
    'add append clear copy count difference extend get index insert intersection issubset items keys pop popitem ' +
    'remove reverse setdefault sort union update values split join close'
  ).split(' '),
);

export function newLoads(
  { solved, live, guesses, tokensOf, deepTokens, note }: Sight,
  leftOut: LeftOut,
): Loads {
  const { flow } = solved;
  const dumps: Dump[] = [];
  const loads: Load[] = [];
  const isOwnPickle = newOwnPickles(solved);
  const namedIn = newNamedClasses(flow);

  const isFresh = ({ file, from }: Load): boolean => {
    const given = tokensOf(file, from);
    if (given.length > 0 && given.every(t => t.kind === 'bag' && t.type === 'pickle.dumps')) return true;
    return isOwnPickle(file, from);
  };

  /** What the program pickles that has the names a loaded object is used with; null when they tell nothing. */
  const byUse = ({ file, call }: Load): readonly Dump[] | null => {
    const { names, fitting } = guesses.usesOf(file, variablesFor(file, call));
    if (!names.length || (!fitting.length && names.some(n => OF_CONTAINERS.has(n)))) return null;
    if (!fitting.length) return [];
    const found = dumps.filter(d => fitting.some(c => d.classes.has(c)));
    return found.length ? found : null;
  };

  /** The dumps of the file itself, where it is known what each of them is given. */
  const byFile = ({ file }: Load): readonly Dump[] | null => {
    const own = dumps.filter(d => d.file === file);
    return own.length > 0 && own.every(isKnown) ? own : null;
  };
  const isKnown = ({ node, classes }: Dump): boolean => {
    const kept = [...classes].flatMap(c => solved.members.fields(c, leftOut(c)));
    return (
      classes.size > 0 &&
      [node, ...kept].every(n =>
        [...deepTokens(n)].every(t => t.kind !== 'unknown' && t.kind !== 'someClass'),
      )
    );
  };

  /** Classes that a pickle in the source names: those of the file or of the name where the module is not of the world. */
  const namedBy = (file: WorldFile, { module, name }: PickledFact): readonly WorldClass[] => {
    const named = flow.classes.filter(c => c.fact.qualname === name);
    const isIn = (c: WorldClass): boolean => `.${c.file.source.module}`.endsWith(`.${module}`);
    const near = [named.filter(isIn), named.filter(c => c.file === file)];
    return near.find(classes => classes.length > 0) ?? named;
  };

  const end = (): void => {
    for (const file of live)
      for (const fact of file.facts.pickled)
        for (const cls of namedBy(file, fact))
          note('stored-pickle', cls, file, fact.at, 'is in a pickle that is written here');
    for (const load of loads) {
      if (isFresh(load)) continue;
      const made = byUse(load) ?? byFile(load);
      const classes = made ? new Set(made.flatMap(d => [...d.classes])) : namedIn(load.file);
      for (const cls of classes)
        note('stored-pickle', cls, load.file, load.at, `may come out of ${load.dotted}()`);
    }
  };

  return { dumped: dump => dumps.push(dump), loaded: load => loads.push(load), end };
}

/** Variables that a value is bound to: a name may stand for several, one for each way to it. */
function variablesFor({ facts: { acts } }: WorldFile, value: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < acts.length; i += ACT_WIDTH)
    if (acts[i] === Act.Bind && acts[i + 2] === value) found.push(acts[i + 1]!);
  return found;
}
