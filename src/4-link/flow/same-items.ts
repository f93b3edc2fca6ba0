// Containers that hold nothing but what another one does: parts and copies of it.
import { ArgKind, Op } from '../../model/facts.js';
import type { WorldFile } from '../../model/world.js';
import { argumentsOf, isSlice, row } from '../index-file.js';
import type { Resolver } from '../resolve.js';

/** Functions that give all that is in what they are given, and nothing else. */
const SAME_ITEMS = /^builtins\.(tuple|list|set|frozenset|sorted|reversed|iter)$/;

/** What a part of something, or a copy of it, is made of. */
export function itself(file: WorldFile, value: number, resolver: Resolver): number {
  const { op, a, b } = row(file, value);
  if (op === Op.Sub && isSlice(file, b)) return itself(file, a, resolver);
  const [only, ...others] = op === Op.Call ? argumentsOf(file, value) : [];
  if (only?.kind !== ArgKind.Positional || others.length) return value;
  const called = resolver.value(file, a);
  const isSame = called.every(m => m.kind === 'external' && SAME_ITEMS.test(m.dotted));
  return isSame ? itself(file, only.value, resolver) : value;
}
