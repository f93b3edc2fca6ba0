// Where the `__dict__` of instances is used, or attributes are stored, by what was made for it before: getters, cached
// properties put on a class.
import type { WorldClass } from '../../model/world.js';
import { functionKind, isCachedName } from '../flow/functions.js';
import type { Token } from '../flow/tokens.js';
import type { Finder, Sight } from './sight.js';

/** Finds `get = attrgetter("__dict__")` where it is called, and `C.area = cached_property(measure)`. */
export function newMadeBefore({ solved: { flow }, belief, guesses, note }: Sight): Finder {
  const { graph, tokens, resolver } = flow;

  const got = (): void => {
    for (const { name, node, file, at } of flow.got) {
      // one getter serves all calls: what a crowd of them hands over is not told apart
      if (belief.isCrowd(node)) continue;
      const kind = name === '__dict__' ? 'instance-dict' : 'computed-store';
      const says = `makes a getter of the ${name} of what it is called with`;
      for (const id of belief.tokens(node)) {
        const token = tokens.get(id);
        if (token.kind === 'instance') note(kind, token.cls, file, at, says);
      }
      for (const cls of guesses.behind(node)) note(kind, cls, file, at, says, null, false);
    }
  };

  /** Whether a token keeps its value in the `__dict__` of instances once it is a class variable. */
  const isCached = (token: Token): boolean => {
    if (token.kind === 'bag') return isCachedName(token.type);
    if (token.kind === 'function') return functionKind(token.file, token.fn, resolver) === 'cached';
    return token.kind === 'instance' && inheritsCached(token.cls);
  };
  const inheritsCached = (cls: WorldClass): boolean =>
    cls.mro.some(e => e.kind === 'external' && isCachedName(e.dotted));

  const attached = (): void => {
    for (const [cls, list] of flow.attached)
      for (const { node, file, at } of list)
        if (graph.tokens(node).some(id => isCached(tokens.get(id))))
          note('instance-dict', cls, file, at, 'puts a cached property on the class');
  };

  return {
    end: () => {
      got();
      attached();
    },
  };
}
