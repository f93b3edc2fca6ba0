// Where a function that reads, lists or stores is handed to another one, beside what that will call it with.
import { Op } from '../../model/facts.js';
import type { FindingKind } from '../../model/world.js';
import { opAt } from '../index-file.js';
import { DICT_READERS, LISTING } from './reflection.js';
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

/** `map(vars, items)`, `json.dumps(x, default=vars)`: the function reaches what stands beside it. */
export function newHandedOn({ solved, tokensOf, deepTokens, note }: Sight): Finder {
  const call = ({ file, args, at }: Call): void => {
    for (const arg of args) {
      if (opAt(file, arg.value) !== Op.Var && opAt(file, arg.value) !== Op.Attr) continue;
      for (const token of tokensOf(file, arg.value)) {
        if (token.kind !== 'external') continue;
        const kind = DOES.get(token.dotted);
        if (kind === undefined) continue;
        const says = `hands it to ${token.dotted.replace(/^builtins\./, '')}`;
        for (const other of args)
          if (other !== arg)
            for (const beside of deepTokens(solved.flow.valueNode(file, other.value)))
              if (beside.kind === 'instance') note(kind, beside.cls, file, at, says);
      }
    }
  };
  return { call };
}
