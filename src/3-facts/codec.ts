// FileFacts as bytes and back: what crosses from a worker to its caller, and what the cache keeps.
import { deserialize, serialize } from 'node:v8';
import type { FileFacts, ScopeFact, VariableFact } from '../model/facts.js';

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

/** The facts that `encode` was given. Throws when the bytes are none of its. */
export const decode = (bytes: Uint8Array): FileFacts => unpacked(deserialize(bytes) as Packed);

function unpacked(facts: Packed): FileFacts {
  const [kinds, parents, owners] = facts.scopes;
  const [scopesOf, names, bound] = facts.variables;
  const scopes: ScopeFact[] = [];
  for (let i = 0; i < kinds.length; i++)
    scopes.push({ kind: SCOPE_KINDS[kinds[i]!]!, parent: parents[i]!, owner: owners[i]! });
  const variables: VariableFact[] = names.map((name, i) => ({
    scope: scopesOf[i]!,
    name,
    bound: bound[i] === 1,
  }));
  return { ...facts, scopes, variables, doctests: facts.doctests && unpacked(facts.doctests) };
}
