// Where a function that reads, lists or stores is handed to another one, beside what that will call it with.
import { ArgKind, Op } from '../../model/facts.js';
import type { FindingKind, WorldFile } from '../../model/world.js';
import { type Argument, written } from '../index-file.js';
import { LISTING } from './listings.js';
import { DICT_READERS } from './reflection.js';
import type { Call, Finder, Sight } from './sight.js';
import { COMPUTED } from './stores.js';
import { WEAK_CALLS } from './weak-references.js';

/** What functions do to the objects that they are called with. */
const DOES: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  ...[...DICT_READERS].map(name => [name, 'instance-dict'] as const),
  ...[...WEAK_CALLS].map(name => [name, 'weak-reference'] as const),
  ...[...LISTING].map(name => [name, 'class-listing'] as const),
  ...[...COMPUTED].map(name => [name, 'computed-store'] as const),
]);

/** Functions that ask which class something is of, and call nothing that they are given. */
const ASKS_CLASS: ReadonlySet<string> = new Set(['builtins.isinstance', 'builtins.issubclass']);

/** `map(vars, items)`, `json.dumps(x, default=vars)`: the function reaches what stands beside it. */
export function newHandedOn({ solved, belief, asked, deepClasses, guesses, note }: Sight): Finder {
  const { flow } = solved;

  /** Whether setattr() at place `i` may store on what stands at place `j`: behind its own name only on the next. */
  const mayReceive = (file: WorldFile, args: readonly Argument[], i: number, j: number): boolean => {
    const isNamed = flow.resolver.value(file, args[i]!.value).every(m => m.kind === 'external');
    return !isNamed || args[i + 1]?.kind !== ArgKind.Positional || j === i + 1;
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

  const asksClass = (file: WorldFile, callee: number): boolean => {
    const found = flow.resolver.value(file, callee);
    return found.length > 0 && found.every(m => m.kind === 'external' && ASKS_CLASS.has(m.dotted));
  };

  const call = ({ file, callee, args, at }: Call): void => {
    if (asksClass(file, callee)) return;
    args.forEach((arg, i) => {
      if (flow.handedStores.makes(file, arg.value)) return;
      const { op } = written(file, arg.value);
      if (op !== Op.Var && op !== Op.Attr) return;
      for (const token of asked(file, arg.value)) {
        if (token.kind !== 'external') continue;
        const kind = DOES.get(token.dotted);
        if (kind === undefined) continue;
        const says = `hands it to ${token.dotted.replace(/^builtins\./, '')}`;
        args.forEach((other, j) => {
          if (i === j || (kind === 'computed-store' && !mayReceive(file, args, i, j))) return;
          for (const cls of deepClasses(flow.valueNode(file, other.value))) note(kind, cls, file, at, says);
          for (const cls of guesses.at(file, other.value)) note(kind, cls, file, at, says, null, false);
          for (const node of inside(flow.valueNode(file, other.value)))
            for (const cls of guesses.behind(node)) note(kind, cls, file, at, says, null, false);
        });
      }
    });
  };
  return { call };
}
