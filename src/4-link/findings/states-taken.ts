// Where the state that object gives for an instance is taken: with slots it is no longer a dict.
import { lastPart } from '../../model/dotted.js';
import { Op } from '../../model/facts.js';
import type { WorldClass, WorldFile } from '../../model/world.js';
import { above } from '../../slots.js';
import { literalNames } from '../flow/names.js';
import type { Token } from '../flow/tokens.js';
import { opAt, row, stringAt } from '../index-file.js';
import type { Call, Finder, Sight } from './sight.js';

/** Methods of object that give the state of an instance. */
const STATE_METHODS: readonly string[] = ['__getstate__', '__reduce__', '__reduce_ex__'];

/** Whether calls of a token are looked at here. */
export const asksStatesTaken = (token: Token): token is Token & { kind: 'external' } =>
  token.kind === 'external' &&
  token.dotted.startsWith('builtins.object.') &&
  STATE_METHODS.includes(lastPart(token.dotted));

/** Finds `x.__getstate__()`, `super().__reduce_ex__(4)`, `getattr(x, "__getstate__")`, `object.__reduce_ex__(x, 4)`. */
export function newStatesTaken({ solved, guesses, tokensOf, note }: Sight): Finder {
  const { flow } = solved;

  const call = (site: Call): void => {
    const { file, callee, called, args, at } = site;
    const [first, second] = args;
    if (opAt(file, callee) === Op.Attr)
      taken(file, row(file, callee).a, stringAt(file, row(file, callee).b), at);
    for (const token of called) {
      if (token.kind !== 'external' || !first) continue;
      if (asksStatesTaken(token)) taken(file, first.value, lastPart(token.dotted), at);
      if (token.dotted === 'builtins.getattr' && second)
        for (const name of literalNames(file, second.value, flow.resolver) ?? [])
          taken(file, first.value, name, at);
    }
  };

  const taken = (file: WorldFile, receiver: number, method: string, at: number): void => {
    if (!STATE_METHODS.includes(method)) return;
    const gives = (cls: WorldClass, line: readonly WorldClass[], isCertain: boolean): void => {
      if (line.some(c => STATE_METHODS.some(name => c.members.has(name)))) return;
      note('instance-dict', cls, file, at, `takes its state from the ${method} of object`, null, isCertain);
    };
    for (const token of tokensOf(file, receiver)) {
      if (token.kind !== 'instance' && token.kind !== 'super') continue;
      const line = token.kind === 'super' ? above(token.cls) : [token.cls, ...above(token.cls)];
      gives(token.cls, line, true);
    }
    for (const cls of guesses.behind(flow.valueNode(file, receiver))) gives(cls, [cls, ...above(cls)], false);
  };

  return { call };
}
