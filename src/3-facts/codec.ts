// FileFacts as bytes and back: what crosses from a worker to its caller, and what the cache keeps.
import { deserialize, serialize } from 'node:v8';
import type { ScopeFact, VariableFact } from '../model/definitions.js';
import type { FileFacts } from '../model/facts.js';

/** Facts whose longest lists are columns: an object a variable would repeat the names of its keys. */
interface Packed extends Omit<FileFacts, 'scopes' | 'variables' | 'doctests'> {
  readonly scopes: readonly [kinds: Uint8Array, parents: Int32Array, owners: Int32Array];
  readonly variables: readonly [scopes: Int32Array, names: readonly string[], bound: Uint8Array];
  readonly doctests: Packed | null;
}

const SCOPE_KINDS: readonly ScopeFact['kind'][] = ['module', 'class', 'function', 'comprehension'];

/** Facts as bytes. */
export const encode = (facts: FileFacts): Uint8Array => serialize(packed(facts));

function packed(facts: FileFacts): Packed {
  const { scopes, variables, doctests } = facts;
  return {
    ...facts,
    scopes: [
      Uint8Array.from(scopes, s => SCOPE_KINDS.indexOf(s.kind)),
      Int32Array.from(scopes, s => s.parent),
      Int32Array.from(scopes, s => s.owner),
    ],
    variables: [
      Int32Array.from(variables, v => v.scope),
      variables.map(v => v.name),
      Uint8Array.from(variables, v => Number(v.bound)),
    ],
    doctests: doctests && packed(doctests),
  };
}

/** A function that makes facts of bytes again, as `encode` was given them; it throws when the bytes are none of its.
 *  What several files name becomes one string. */
export function newDecode(): (bytes: Uint8Array) => FileFacts {
  const strings = new Map<string, string>();
  const shared = (text: string): string => {
    const known = strings.get(text);
    if (known === undefined) strings.set(text, text);
    return known ?? text;
  };
  return bytes => unpacked(deserialize(bytes) as Packed, shared);
}

function unpacked(facts: Packed, shared: (text: string) => string): FileFacts {
  const [kinds, parents, owners] = facts.scopes;
  const [scopesOf, names, bound] = facts.variables;
  const scopes: ScopeFact[] = [];
  for (let i = 0; i < kinds.length; i++)
    scopes.push({ kind: SCOPE_KINDS[kinds[i]!]!, parent: parents[i]!, owner: owners[i]! });
  const variables: VariableFact[] = names.map((name, i) => ({
    scope: scopesOf[i]!,
    name: shared(name),
    bound: bound[i] === 1,
  }));
  return {
    ...facts,
    // a column that is left where it lies keeps all bytes of the facts in memory
    lineStarts: facts.lineStarts.slice(),
    statements: facts.statements.slice(),
    failing: facts.failing.slice(),
    arms: facts.arms.slice(),
    values: facts.values.slice(),
    acts: facts.acts.slice(),
    lists: facts.lists.slice(),
    presences: facts.presences.slice(),
    strings: facts.strings.map(shared),
    scopes,
    variables,
    doctests: facts.doctests && unpacked(facts.doctests, shared),
  };
}
