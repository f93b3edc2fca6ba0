// One syntax tree -> FileFacts: what the file says, without judging it.

import type { Tree } from '../2-parse/tree.js';
import type { FileFacts } from '../model/facts.js';
import { beyondBounds, emptied } from './bounds.js';
import { classFact, functionFact, membersByScope } from './definition-facts.js';
import { directivesOf } from './directives.js';
import { lower } from './lower/lower.js';
import { misreadAt } from './misread.js';
import { scoping } from './names/scopes.js';

/** Offsets at which lines start. Lines end where Python's tokenizer ends them: \n, \r\n or \r (a form feed or
 *  U+2028 ends no line). */
export function lineStartsOf(text: string): Uint32Array {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  return Uint32Array.from(starts);
}

/** Facts of one file. Pure: the same tree gives the same facts, in band and in a worker. */
export function collect(whole: Tree): FileFacts {
  const beyond = beyondBounds(whole);
  const t = beyond === null ? whole : emptied(whole);
  const s = scoping(t);
  const low = lower(t, s);
  const members = membersByScope(t, s, low);
  const classes = s.classNodes.map(node => classFact(t, s, low, node, members));
  const functions = s.functionNodes.map(node => functionFact(t, s, low, node));
  const errorAt = beyond?.at ?? (t.errorAt >= 0 ? t.errorAt : misreadAt(t));
  return {
    lineStarts: lineStartsOf(t.text),
    errorAt,
    beyond: beyond?.says ?? null,
    words: errorAt < 0 ? [] : [...new Set(t.text.match(/[A-Za-z_]\w*/g) ?? [])],
    strings: low.strings,
    values: low.values,
    acts: low.acts,
    lists: low.lists,
    scopes: s.scopes,
    variables: s.variables,
    functions,
    classes,
    imports: low.imports,
    exported: low.exported,
    directives: directivesOf(t, s.classNodes, classes),
  };
}
